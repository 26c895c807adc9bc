package simulator

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// Limits of a document: Twilio's 64 kB, and a depth that no real document comes near.
const (
	maxDocumentBytes = 64 << 10
	maxDepth         = 32
)

// document is TwiML after parsing: the verbs that will run, and what was wrong with it without stopping it.
type document struct {
	verbs    []*element
	warnings []notice
	base     *url.URL // where it came from; nil for TwiML given inline
	method   string
}

// element is one element of a document.
type element struct {
	name     string
	attrs    map[string]string
	children []*element
	own      string // character data of the element itself
	text     string // all character data inside, in order
}

// documentError is why a document cannot run, with Twilio's code for it.
type documentError struct {
	code int
	text string
}

func (e *documentError) Error() string { return fmt.Sprintf("%d: %s", e.code, e.text) }

// parseDocument reads TwiML. Its error is always a *documentError.
func parseDocument(body []byte) (*document, error) {
	if len(body) > maxDocumentBytes {
		return nil, &documentError{11750, fmt.Sprintf("the document has %d bytes, more than %d", len(body), maxDocumentBytes)}
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if i := bytes.Index(body, []byte("<?xml")); i > 0 && len(bytes.TrimSpace(body[:i])) == 0 {
		return nil, &documentError{12100, "white space before the XML declaration"}
	}
	root, err := parseTree(xml.NewDecoder(bytes.NewReader(body)))
	if err != nil {
		return nil, err
	}
	if root.name != "Response" {
		return nil, &documentError{12102, fmt.Sprintf("the root element is <%s>, not <Response>", root.name)}
	}
	d := &document{}
	checkElement(d, root)
	d.verbs = root.children
	return d, nil
}

// parseTree reads one element with all that is in it, and makes sure that nothing else follows.
func parseTree(dec *xml.Decoder) (*element, error) {
	top := &element{}
	open := []*element{top}
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, syntaxError(err)
		}
		if open, err = grow(open, tok); err != nil {
			return nil, err
		}
	}
	switch len(top.children) {
	case 0:
		return nil, &documentError{12100, "the document has no element"}
	case 1:
		return top.children[0], nil
	}
	return nil, &documentError{12100, "more than one root element"}
}

// grow adds a token to the innermost of the open elements and gives those open after it.
func grow(open []*element, tok xml.Token) ([]*element, error) {
	inner := open[len(open)-1]
	switch t := tok.(type) {
	case xml.StartElement:
		if len(open) > maxDepth {
			return nil, &documentError{12100, fmt.Sprintf("elements are nested more than %d deep", maxDepth)}
		}
		el := &element{name: qualified(t.Name), attrs: make(map[string]string, len(t.Attr))}
		for _, a := range t.Attr {
			if _, twice := el.attrs[qualified(a.Name)]; twice {
				return nil, &documentError{12100, fmt.Sprintf("attribute %q of <%s> is given twice", a.Name.Local, el.name)}
			}
			el.attrs[qualified(a.Name)] = a.Value
		}
		inner.children = append(inner.children, el)
		return append(open, el), nil
	case xml.EndElement:
		open = open[:len(open)-1]
		parent := open[len(open)-1]
		if len(open) > 1 {
			parent.text += inner.text
		}
		return open, nil
	case xml.CharData:
		if len(open) == 1 && len(bytes.TrimSpace(t)) > 0 {
			return nil, &documentError{12100, "text outside of the root element"}
		}
		inner.own += string(t)
		inner.text += string(t)
	}
	return open, nil
}

func qualified(n xml.Name) string {
	if n.Space == "" || strings.Contains(n.Space, "/") {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

func syntaxError(err error) error {
	if strings.Contains(err.Error(), "unsupported version") {
		return &documentError{12101, err.Error()}
	}
	return &documentError{12100, err.Error()}
}

// words is the text of an element as it is heard: runs of white space are one space.
func (e *element) words() string { return strings.Join(strings.Fields(e.text), " ") }

func (e *element) attr(name string) string { return e.attrs[name] }

func (e *element) has(name string) bool {
	_, ok := e.attrs[name]
	return ok
}

func (e *element) attrOr(name, def string) string {
	if v, ok := e.attrs[name]; ok && v != "" {
		return v
	}
	return def
}

// integer is a whole number of at least low; anything else is reported and taken as def.
func (e *element) integer(l *leg, name string, def, low int) int {
	v, ok := e.attrs[name]
	if !ok || v == "" {
		return def
	}
	n, digits := 0, strings.TrimSpace(v)
	for _, r := range digits {
		if r < '0' || r > '9' || n > 1<<24 {
			n = -1
			break
		}
		n = n*10 + int(r-'0')
	}
	if digits == "" || n < low {
		l.note(12200, fmt.Sprintf("%s of <%s> is %q; a whole number of at least %d is meant, %d is taken", name, e.name, v, low, def))
		return def
	}
	return n
}

// boolean is true or false; anything else is reported and taken as def.
func (e *element) boolean(l *leg, name string, def bool) bool {
	switch v := e.attrs[name]; strings.ToLower(v) {
	case "":
		return def
	case "true":
		return true
	case "false":
		return false
	default:
		l.note(12200, fmt.Sprintf("%s of <%s> is %q; true or false is meant, %t is taken", name, e.name, v, def))
		return def
	}
}

// choice is one of values; anything else is reported and taken as the first.
func (e *element) choice(l *leg, name string, values ...string) string {
	v := e.attrs[name]
	if v == "" {
		return values[0]
	}
	for _, known := range values {
		if v == known {
			return v
		}
	}
	l.note(12200, fmt.Sprintf("%s of <%s> is %q; it can be %s; %s is taken", name, e.name, v, strings.Join(values, ", "), values[0]))
	return values[0]
}
