package connectorfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/paydial/paydial/simulator"
)

// maxSize is the largest file that is read.
const maxSize = 64 << 10

// example is how to begin, for those who have not.
const example = "write\n  connectors:\n    - name: acme\n      kind: stripe"

// Read reads the connectors of a file. What is wrong with its text is Errors; other errors are of reading it. A
// password_file is found from the folder of the file.
func Read(file string) ([]simulator.Connector, error) {
	text, err := readLimited(file)
	if err != nil {
		return nil, fmt.Errorf("read connectors: %w", err)
	}
	return Parse(file, text, func(name string) ([]byte, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(file), name)
		}
		return readLimited(name)
	})
}

// readLimited reads at most one byte more than a file may have.
func readLimited(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	return text, errors.Join(err, f.Close())
}

// Parse reads the text of a file; open reads a password_file. Its error is Errors.
func Parse(file string, text []byte, open func(name string) ([]byte, error)) ([]simulator.Connector, error) {
	r := &reader{file: file, open: open}
	out := r.document(text)
	if len(r.errs) == 0 {
		return out, nil
	}
	slices.SortStableFunc(r.errs, func(a, b Error) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	return nil, r.errs
}

// reader reads one file and collects what is wrong with it.
type reader struct {
	file string
	open func(string) ([]byte, error)
	errs Errors
}

func (r *reader) wrongAt(line, column int, mend, problem string, args ...any) {
	r.errs = append(r.errs, Error{r.file, max(line, 1), max(column, 1), fmt.Sprintf(problem, args...), mend})
}

func (r *reader) wrong(n *yaml.Node, mend, problem string, args ...any) {
	r.wrongAt(n.Line, n.Column, mend, problem, args...)
}

// document reads the whole file.
func (r *reader) document(text []byte) []simulator.Connector {
	if len(text) > maxSize {
		r.wrongAt(1, 1, "keep what is used", "the file is larger than %d KB", maxSize>>10)
		return nil
	}
	top, err := decode(text)
	if err != nil {
		r.syntax(err)
		return nil
	}
	if top == nil || top.Kind != yaml.MappingNode {
		r.wrongAt(1, 1, example, "there are no connectors")
		return nil
	}
	var list *yaml.Node
	for key, value := range r.pairs(top, []string{"connectors"}) {
		if key == "connectors" {
			list = value
		}
	}
	switch {
	case list == nil && len(r.errs) == 0:
		r.wrong(top, example, "there are no connectors")
	case list != nil && list.Kind == yaml.DocumentNode: // told
	case list != nil && list.Kind != yaml.SequenceNode:
		r.wrong(list, "begin each with a dash: - name: acme", "connectors is not a list")
	case list != nil:
		return r.connectors(list)
	}
	return nil
}

// connectors reads the list.
func (r *reader) connectors(list *yaml.Node) []simulator.Connector {
	lines := map[string]int{}
	var out []simulator.Connector
	for _, item := range list.Content {
		c, at := r.connector(item)
		if at == nil {
			continue
		}
		if before := lines[c.Name]; before > 0 {
			r.wrong(at, "give this one another", "the name %q is taken: the connector in line %d has it", c.Name, before)
		}
		lines[c.Name] = at.Line
		out = append(out, c)
	}
	return out
}

// pairs are the fields of a mapping by name. Those that are not known, or there twice, are told and left out.
func (r *reader) pairs(n *yaml.Node, known []string) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch before := out[key.Value]; {
		case key.Kind != yaml.ScalarNode:
			r.wrong(key, "there are "+strings.Join(known, ", "), "a field's name is a word")
		case !slices.Contains(known, key.Value):
			mend := "there are " + strings.Join(known, ", ")
			if w := near(key.Value, known); w != "" {
				mend = "did you mean " + w + "?"
			}
			r.wrong(key, mend, "there is no field %q", key.Value)
		case before != nil:
			r.wrong(key, "leave one of them out", "%s is there twice", key.Value)
		case value.Kind == yaml.AliasNode || value.Style&yaml.TaggedStyle != 0:
			r.wrong(value, "write the value itself", "%s has an alias or a tag", key.Value)
			out[key.Value] = &yaml.Node{Kind: yaml.DocumentNode} // told; of no kind that is read
		default:
			out[key.Value] = value
		}
	}
	return out
}

// decode gives the value at the top of a file with one document. It guards against a panic of the YAML reader.
func decode(text []byte) (top *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			top, err = nil, fmt.Errorf("the YAML reader gave up: %v", p)
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
		return nil, secondDocument(second.Line)
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(first.Content) == 0 {
		return nil, nil
	}
	return first.Content[0], nil
}

// secondDocument is the error of a file with more than one document: the line of the second.
type secondDocument int

func (d secondDocument) Error() string {
	return fmt.Sprintf("a second document begins in line %d", int(d))
}

// syntax tells what the YAML reader found.
func (r *reader) syntax(err error) {
	var second secondDocument
	var load *yaml.LoadError
	switch {
	case errors.As(err, &second):
		r.wrongAt(int(second), 1, "leave out the ---", "a second document begins here")
	case errors.As(err, &load):
		line, column := load.Mark.Line, load.Mark.Column
		if strings.Contains(load.Message, "anchor") { // it would quote what may be a password
			r.wrongAt(line, column, "put it in double quotes", "a value that begins with * has a meaning of its own in YAML")
			return
		}
		r.wrongAt(line, column, "look at the indentation, colons and quotes here", "this is not YAML (%s)", strings.TrimSpace(load.Message))
	default:
		r.wrongAt(1, 1, example, "this is not YAML (%v)", err)
	}
}
