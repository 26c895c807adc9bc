package twiml

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Raw is TwiML somebody else wrote: verbs only, without the Response element. It is read and written anew, so that
// it cannot break the document around it; comments are dropped.
type Raw struct{ XML string }

// rawVerbs are the elements that may stand directly in a Response, by Twilio's names. Raw takes more than this
// package has types for.
const rawVerbs = "Connect|Dial|Echo|Enqueue|Gather|Hangup|Leave|Pause|Pay|Play|Prompt|Queue|Record|Redirect|Refer|" +
	"Reject|Say|Sms|Start|Stop"

const maxDepth = 32

func (*Raw) verb() {}

func (r *Raw) write(w *writer) {
	w.closeTag()
	before := len(w.buf)
	if err := r.copy(w); err != nil {
		w.buf, w.open = w.buf[:before], false
		w.failf("Raw", "", "is not well-formed TwiML: %v", err)
	}
}

// copy reads the XML token by token and writes each one anew.
func (r *Raw) copy(w *writer) error {
	d := xml.NewDecoder(strings.NewReader(r.XML))
	var path []string
	for {
		token, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF) && len(path) > 0:
			return errors.New("<" + path[len(path)-1] + "> is not closed")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			name := qualified(t.Name)
			if len(path) == 0 && !oneOf(name, rawVerbs) {
				return errors.New("<" + name + "> is not a verb; allowed: " + spaced(rawVerbs))
			}
			if path = append(path, name); len(path) > maxDepth {
				return errors.New("elements are nested too deeply")
			}
			if err := w.copyStart(name, t.Attr); err != nil {
				return err
			}
		case xml.EndElement:
			name := qualified(t.Name)
			if len(path) == 0 || path[len(path)-1] != name {
				return errors.New("</" + name + "> does not close what was opened last")
			}
			path = path[:len(path)-1]
			w.end(name)
		case xml.CharData:
			if len(path) > 0 {
				w.text(string(t))
			} else if strings.TrimSpace(string(t)) != "" {
				return errors.New("text stands outside of a verb")
			}
		case xml.ProcInst, xml.Directive:
			return errors.New("declarations are not allowed")
		}
	}
}

func (w *writer) copyStart(name string, attrs []xml.Attr) error {
	if !isName(name) {
		return errors.New("the element name " + quote(name) + " is not allowed")
	}
	w.begin(name)
	for i, a := range attrs {
		attr := qualified(a.Name)
		if !isName(attr) {
			return errors.New("the attribute name " + quote(attr) + " is not allowed")
		}
		for _, other := range attrs[:i] {
			if qualified(other.Name) == attr {
				return errors.New("<" + name + "> has the attribute " + attr + " twice")
			}
		}
		if a.Value == "" {
			a.Value = Empty
		}
		w.str(attr, a.Value)
	}
	return nil
}

func qualified(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

// isName tells whether s is a name this package lets through: ASCII letters, digits and dashes, and of the
// namespaces only xml, which needs no declaration.
func isName(s string) bool {
	s = strings.TrimPrefix(s, "xml:")
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '-') {
			return false
		}
	}
	return s != "" && !strings.EqualFold(s, "xmlns")
}
