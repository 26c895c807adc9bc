package flows

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"
)

// reader reads one file. Everything it finds goes to the loader it belongs to.
type reader struct {
	*loader
	src    *source
	speaks []string // the languages of the flow; the first is the one its sentences are written in
	flow   *Flow    // nil for the project file
	scene  string   // the scene being read
	notes  *notes
}

// field is one field of a mapping: its key and its value, never an alias.
type field struct {
	key, value *yaml.Node
}

// name is the field's name.
func (f field) name() string { return f.key.Value }

// empty tells whether nothing is written behind the colon.
func (f field) empty() bool { return isNull(f.value) }

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// follow goes from an alias to what it stands for.
func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	return n
}

// fields reads one mapping. Each field is asked for by name; what nobody asked for is unknown in the end.
type fields struct {
	*reader
	at    Span   // where a missing field is reported
	what  string // what the mapping describes, for messages: "menu", "a team"
	order []string
	by    map[string]field
	legal []string        // every name that was asked for
	taken map[string]bool // and was there

	isStep bool // it is a step: its verb, the verb's fields and those of every step
}

// mapping begins to read a mapping node.
func (r *reader) mapping(n *yaml.Node, at Span, what string) *fields {
	m := &fields{reader: r, at: at, what: what, by: map[string]field{}, taken: map[string]bool{}}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := follow(n.Content[i]), follow(n.Content[i+1])
		if key.Kind != yaml.ScalarNode || m.has(key.Value) {
			continue // reported by checkNodes
		}
		m.by[key.Value] = field{key, value}
		m.order = append(m.order, key.Value)
	}
	return m
}

// has tells whether a field is there, without asking for it.
func (m *fields) has(name string) bool {
	_, ok := m.by[name]
	return ok
}

// take asks for a field.
func (m *fields) take(name string) (field, bool) {
	m.legal = append(m.legal, name)
	f, ok := m.by[name]
	if ok {
		m.taken[name] = true
	}
	return f, ok
}

// filled asks for a field that makes no sense without a value.
func (m *fields) filled(name string) (field, bool) {
	f, ok := m.take(name)
	if ok && f.empty() {
		m.add("F120", m.src.spanOf(f.key), fmt.Sprintf("%q has no value", name)).Label = "write the value behind the colon, or delete this"
		return f, false
	}
	return f, ok
}

// need asks for a field that must be there.
func (m *fields) need(name string) (field, bool) {
	if !m.has(name) {
		m.legal = append(m.legal, name)
		m.add("F120", m.at, fmt.Sprintf("%s has no %q", m.what, name)).Label = fmt.Sprintf("add %q", name+":")
		return field{}, false
	}
	return m.filled(name)
}

// later asks for fields that this version does not have yet.
func (m *fields) later(names ...string) {
	for _, name := range names {
		if f, ok := m.take(name); ok {
			m.addLater(m.src.spanOf(f.key), name)
		}
		m.legal = m.legal[:len(m.legal)-1]
	}
}

func (r *reader) addLater(at Span, name string) {
	f := r.add("F104", at, fmt.Sprintf("%q is part of the language, but this version of paydial does not have it yet", name))
	f.Label = "leave it out for now"
}

// done reports the fields that nobody asked for.
func (m *fields) done() {
	for _, name := range m.order {
		if m.taken[name] {
			continue
		}
		if _, isVerb := m.verbs[name]; isVerb && m.isStep {
			m.add("F106", m.src.spanOf(m.by[name].key), "one step cannot do two things").
				Label = fmt.Sprintf("begin a step of its own: \"- %s:\"", name)
			continue
		}
		f := m.addUnknown("F103", m.src.spanOf(m.by[name].key),
			fmt.Sprintf("%s has no field %s", m.what, quoteWord(name)), name, m.legal)
		switch {
		case name == "<<":
			f.Help = "merge keys are not part of the language; what many steps share belongs under defaults:"
		case slices.Contains(stepFields, name) && !m.isStep:
			f.Label, f.Fix = "write it in line with the step's verb, not below it", ""
		}
	}
}

// each goes through the fields of a mapping whose names are free, such as scenes.
func (m *fields) each(do func(f field)) {
	for _, name := range m.order {
		m.taken[name] = true
		do(m.by[name])
	}
}

// sub begins to read a field whose value must be a mapping.
func (m *fields) sub(f field, what string) (*fields, bool) {
	at := m.src.spanOf(f.key)
	if f.value.Kind != yaml.MappingNode {
		m.wrongKind(f, "fields", `write "name: value" pairs below it`)
		return nil, false
	}
	return m.mapping(f.value, at, what), true
}

// wrongKind reports a value of the wrong kind.
func (r *reader) wrongKind(f field, want, label string) {
	at := r.src.spanOf(f.key)
	if f.value.Kind == yaml.ScalarNode && !f.empty() {
		at = r.src.spanOf(f.value)
	}
	r.add("F121", at, fmt.Sprintf("%s needs %s, not %s", quoteWord(f.name()), want, kindOf(f.value))).Label = label
}

// kindOf says in a word what a node is.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "fields"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(n):
		return "nothing"
	}
	return "one value"
}

// items are the values of a list; one value alone is a list of one.
func (r *reader) items(f field) []field {
	if f.value.Kind != yaml.SequenceNode {
		return []field{f}
	}
	var out []field
	for _, n := range f.value.Content {
		out = append(out, field{f.key, follow(n)})
	}
	return out
}

// raw is the text of a single value, exactly as it is written.
func (r *reader) raw(f field) (string, bool) {
	if f.value.Kind != yaml.ScalarNode || f.empty() {
		r.wrongKind(f, "one value", "write one value behind the colon")
		return "", false
	}
	return f.value.Value, true
}
