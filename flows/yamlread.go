package flows

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Limits on what a file may make us do. A file of 256 KB can name a billion values through aliases, and nest
// a hundred thousand lists; no flow needs either.
const (
	maxDepth     = 48
	maxFileNodes = 100_000
)

// readYAML turns a file into the mapping at its top, or says why it cannot. Everything found on the way goes to
// the loader.
func (l *loader) readYAML(f File) (*source, *yaml.Node) {
	src := newSource(f.Path, nil)
	l.project.sources[f.Path] = src
	if len(f.Source) > maxFileSize {
		l.add("F004", src.span(1, 1, 1), fmt.Sprintf("this file is larger than %d KB", maxFileSize>>10)).
			Label = "split the flow into several"
		return src, nil
	}
	*src = *newSource(f.Path, f.Source)
	if !l.checkBytes(src, f.Source) || !l.checkTabs(src) {
		return src, nil
	}
	doc, err := decode(f.Source)
	if err != nil {
		l.addSyntax(src, err)
		return src, nil
	}
	if doc == nil || len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" {
		l.add("F013", src.span(1, 1, 1), "this file is empty").Label = `begin it with "format: 1"`
		return src, nil
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		l.add("F013", src.spanOf(top), "this file does not begin with a field").Label = `begin it with "format: 1"`
		return src, nil
	}
	if !l.checkNodes(src, top) {
		return src, nil
	}
	return src, top
}

// decode guards against a panic of the YAML reader too: a flow is written by people, and a server must not fall
// over one.
func decode(text []byte) (doc *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("the YAML reader gave up: %v", r)
		}
	}()
	loader, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithUniqueKeys(false))
	if err != nil {
		return nil, err
	}
	var first, second yaml.Node
	if err := loader.Load(&first); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if err := loader.Load(&second); err == nil {
		return nil, secondDocument{second.Line}
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return &first, nil
}

// secondDocument is the error of a file with more than one document in it.
type secondDocument struct{ line int }

func (e secondDocument) Error() string {
	return "a second document begins in line " + strconv.Itoa(e.line)
}

// checkBytes finds text that is not UTF-8 and characters that nobody can see, one finding a line.
func (l *loader) checkBytes(src *source, text []byte) bool {
	if !utf8.Valid(text) {
		line, col := 1, 1
		for rest := text; len(rest) > 0; {
			c, size := utf8.DecodeRune(rest)
			if c == utf8.RuneError && size == 1 {
				break
			}
			if col++; c == '\n' {
				line, col = line+1, 1
			}
			rest = rest[size:]
		}
		l.add("F002", src.span(line, col, 1), "this is not UTF-8 text").
			Label = "save the file with the encoding UTF-8"
		return false
	}
	ok := true
	for i, line := range src.lines {
		for j, c := range line {
			if hidden(c) {
				l.add("F003", src.span(i+1, j+1, 1), fmt.Sprintf("there is a character here that nobody can see: U+%04X", c)).
					Label = "delete it"
				ok = false
				break
			}
		}
	}
	return ok
}

// hidden tells of control characters, of line ends that editors and YAML count differently, and of marks that
// make a text look other than it is.
func hidden(c rune) bool {
	switch {
	case c == '\t':
		return false
	case c < ' ', c >= 0x7f && c <= 0x9f, c == 0xfeff, c == 0xfffe, c == 0xffff:
		return true
	}
	return c == 0x2028 || c == 0x2029 || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069
}

// checkTabs finds tabs that indent a line.
func (l *loader) checkTabs(src *source) bool {
	ok := true
	for i, line := range src.lines {
		indent := indentOf(line)
		if indent == len(line) {
			continue
		}
		for j := range indent {
			if line[j] == '\t' {
				l.add("F007", src.span(i+1, j+1, 1), "this line is indented with a tab").
					Label = "use two spaces for each level"
				ok = false
				break
			}
		}
	}
	return ok
}

// checkNodes finds keys that are there twice, keys that are no words, tags, and documents that are too deep or
// grow too large through aliases. Only the last makes the file unreadable.
func (l *loader) checkNodes(src *source, top *yaml.Node) bool {
	c := &nodeCheck{loader: l, src: src, sizes: map[*yaml.Node]int{}, busy: map[*yaml.Node]bool{}}
	c.size(top, 0)
	return !c.tooMuch
}

type nodeCheck struct {
	*loader
	src     *source
	sizes   map[*yaml.Node]int
	busy    map[*yaml.Node]bool
	tooMuch bool
}

// size counts the values below a node as they are after every alias is followed.
func (c *nodeCheck) size(n *yaml.Node, depth int) int {
	if c.tooMuch {
		return 0
	}
	if n.Kind == yaml.AliasNode {
		if n.Alias == nil || c.busy[n.Alias] {
			return c.refuse(n, "this alias stands inside what it repeats")
		}
		if size, ok := c.sizes[n.Alias]; ok {
			return size
		}
		return c.size(n.Alias, depth)
	}
	if depth > maxDepth {
		return c.refuse(n, fmt.Sprintf("this is nested more than %d levels deep", maxDepth))
	}
	if n.Style&yaml.TaggedStyle != 0 {
		c.tagged(n)
	}
	if n.Kind == yaml.MappingNode {
		c.keys(n)
	}
	c.busy[n] = true
	size := 1
	for _, child := range n.Content {
		if size += c.size(child, depth+1); size > maxFileNodes {
			return c.refuse(child, "the aliases of this file repeat too much")
		}
	}
	c.busy[n] = false
	c.sizes[n] = size
	return size
}

func (c *nodeCheck) refuse(n *yaml.Node, why string) int {
	if !c.tooMuch {
		c.add("F009", c.src.spanOf(n), why).Label = "write it out, or move it to a scene of its own"
	}
	c.tooMuch = true
	return 0
}

func (c *nodeCheck) tagged(n *yaml.Node) {
	width := 0
	for _, r := range c.src.rest(n.Line, n.Column) {
		if r == ' ' || r == ',' {
			break
		}
		width++
	}
	f := c.add("F024", c.src.span(n.Line, n.Column, width), "YAML reads a value that begins with ! as a type, not as text")
	f.Label, f.Help = "put the value in double quotes", `in an expression, write "not" instead of "!"`
}

func (c *nodeCheck) keys(n *yaml.Node) {
	first := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			c.add("F011", c.src.spanOf(key), "a field name must be one word").Label = "write a word here"
			continue
		}
		before := first[key.Value]
		if before == nil {
			first[key.Value] = key
			continue
		}
		f := c.add("F010", c.src.spanOf(key), fmt.Sprintf("%s is here twice", quoteWord(key.Value)))
		f.Label = fmt.Sprintf("the first is in line %d; only one of them can count", before.Line)
	}
}

// addSyntax says in words what the YAML reader found.
func (l *loader) addSyntax(src *source, err error) {
	var second secondDocument
	var load *yaml.LoadError
	switch {
	case errors.As(err, &second):
		at := src.span(second.line, 1, 3)
		for n := second.line; n > 1; n-- { // the document begins behind its ---
			if strings.HasPrefix(string(src.line(n)), "---") {
				at = src.span(n, 1, 3)
				break
			}
		}
		l.add("F012", at, "a second document begins here").Label = "put it into a file of its own"
	case errors.As(err, &load):
		s := syntaxError{loader: l, src: src, err: load}
		s.add()
	default:
		f := l.add("F001", src.span(1, 1, 1), "this file is not YAML")
		f.Label = "see the help below"
		f.Help = "the YAML reader says: " + err.Error()
	}
}
