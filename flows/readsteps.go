package flows

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"
)

// stepFields stand in line with a step's verb.
var stepFields = []string{"name", "when", "as", "then"}

// laterVerbs are in the language, but not in this version.
var laterVerbs = []string{"run", "finish", "prompt"}

// afterCall stands in place of a scene for the steps that run when the call is over.
const afterCall = "after_call"

// dataVerbs are the steps that need no caller: only these may run after the call.
var dataVerbs = []string{"send", "submit", "set", "outcome"}

// verbReader reads one verb. main is the value of the short form, and false when the long form is used; m
// holds the verb's other fields. A nil Verb leaves the step out; what is wrong has been said.
type verbReader func(s *stepReader, m *fields, main field, short bool) Verb

// verbSpec tells how a verb is written.
type verbSpec struct {
	read    verbReader
	main    string                // the field that the short form stands for; "" when there is no short form
	isMain  func(*yaml.Node) bool // tells a short form that is a mapping from the long form; nil: none is
	hasAs   bool
	endings []string // nil: none; those of menu and choose are made by their fields
	ownThen bool     // then is not a mapping from endings
}

// allVerbs is every verb of the language. It is a function because a verb with steps in it needs them all again.
func allVerbs() map[string]verbSpec {
	return map[string]verbSpec{
		"say":             {read: readSay, main: "text", isMain: byLanguage},
		"play":            {read: readPlay, main: "file"},
		"pause":           {read: readPause, main: "for"},
		"menu":            {read: readMenu, hasAs: true, endings: []string{"gave_up"}},
		"ask":             {read: readAsk, main: "say", isMain: byLanguage, hasAs: true, endings: []string{"ok", "gave_up"}},
		"confirm":         {read: readConfirm, main: "say", isMain: byLanguage, hasAs: true, endings: []string{"yes", "no", "gave_up"}},
		"choose_language": {read: readChooseLanguage, main: "options", isMain: byPhoneKey, endings: []string{"ok"}},
		"if":              {read: readIf, main: "condition", isMain: anyMapping, ownThen: true},
		"choose":          {read: readChoose, main: "value", isMain: anyMapping, ownThen: true},
		"go":              {read: readGo, main: "scene", endings: []string{"gave_up"}},
		"set":             {read: readSet, main: "values", isMain: anyMapping},
		"hours":           {read: readHoursCheck, main: "name", endings: []string{"open", "closed", "holiday"}},
		"lookup":          {read: readLookup, main: "service", hasAs: true, endings: []string{"found", "not_found", "failed"}},
		"submit":          {read: readSubmit, main: "service", hasAs: true, endings: []string{"done", "refused", "failed"}},
		"send":            {read: readSend, main: "event"},
		"pay":             {read: readPay, hasAs: true, endings: payEndings},
		"transfer":        {read: readTransfer, main: "to", hasAs: true, endings: []string{"ended", "no_answer", "busy", "failed"}},
		"voicemail":       {read: readVoicemail, main: "say", isMain: byLanguage, hasAs: true, endings: []string{"left", "empty"}},
		"text_message":    {read: readTextMessage, main: "text", isMain: byLanguage, endings: []string{"sent", "failed"}},
		"record":          {read: readRecordCall, main: "action"},
		"transcribe":      {read: readTranscribe, main: "action"},
		"converse":        {read: readConverse, main: "url", hasAs: true, endings: []string{"ended", "failed"}},
		"outcome":         {read: readOutcome, main: "of"},
		"note":            {read: readNote, main: "text", isMain: byLanguage},
		"opt_out":         {read: readOptOut, main: "list"},
		"hang_up":         {read: readHangUp, main: "say", isMain: byLanguage},
		"twiml":           {read: readTwiML, main: "xml"},
	}
}

var payEndings = []string{"paid", "saved", "declined", "cancelled", "gave_up", "unavailable", "unknown", "hung_up"}

func anyMapping(*yaml.Node) bool { return true }

// byLanguage tells a mapping from languages to sentences from one with fields.
func byLanguage(n *yaml.Node) bool {
	return len(n.Content) > 0 && languagePattern.MatchString(n.Content[0].Value) && n.Content[0].Value != "say"
}

// byPhoneKey tells a mapping from phone keys from one with fields.
func byPhoneKey(n *yaml.Node) bool {
	return len(n.Content) > 0 && keyPattern.MatchString(n.Content[0].Value)
}

// stepReader reads one step.
type stepReader struct {
	*reader
	step *Step
	word string // the verb
	spec verbSpec
}

// step reads one step of a list, or answers nil and says why.
func (r *reader) step(n *yaml.Node, id string) *Step {
	at := r.src.spanOf(n)
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		f := r.add("F112", at, "this is not a step")
		f.Label = `a step begins with a verb and a colon: "- say: Hello."`
		if n.Kind == yaml.ScalarNode && r.verbs[n.Value].read != nil {
			f.Label = "add a colon behind it"
		}
		return nil
	}
	m := r.mapping(n, at, "the step")
	word := r.findVerb(m)
	if word == "" {
		return nil
	}
	verb, _ := m.take(word)
	m.legal = nil // the verb itself is not among its fields
	s := &stepReader{reader: r, word: word, spec: r.verbs[word], step: &Step{ID: id, Scene: r.scene, At: r.src.spanOf(verb.key)}}
	m.what, m.at, m.isStep = quoteWord(word), s.step.At, true
	if r.scene == afterCall && !slices.Contains(dataVerbs, word) {
		r.add("F114", s.step.At, fmt.Sprintf("%q cannot be done after the call", word)).
			Label = "only send, submit, set and outcome can: nobody is listening any more"
		return nil
	}
	s.readVerb(m, verb)
	s.readCommon(m)
	m.done()
	if s.step.Verb == nil {
		return nil
	}
	return s.step
}

// findVerb finds the verb of a step: its first field that is not a common one.
func (r *reader) findVerb(m *fields) string {
	first := ""
	for _, name := range m.order {
		if slices.Contains(stepFields, name) {
			continue
		}
		if r.verbs[name].read != nil {
			return name
		}
		if first == "" {
			first = name
		}
	}
	if first == "" {
		r.add("F112", m.at, "this step has no verb").Label = `say what it does, for example "say:" or "go:"`
		return ""
	}
	at := r.src.spanOf(m.by[first].key)
	if slices.Contains(laterVerbs, first) {
		r.addLater(at, first)
		return ""
	}
	r.addUnknown("F101", at, quoteWord(first)+" is not a step", first, keysOf(r.verbs))
	return ""
}

// readVerb reads the verb itself, in its short or its long form.
func (s *stepReader) readVerb(m *fields, verb field) {
	long := verb.isMap() && (s.spec.isMain == nil || !s.spec.isMain(verb.value))
	if !long {
		if s.spec.main == "" {
			s.wrongKind(verb, "fields", fmt.Sprintf("write its fields below %q", s.word+":"))
			return
		}
		s.step.Verb = s.spec.read(s, m, verb, true)
		return
	}
	inner := s.mapping(verb.value, s.step.At, quoteWord(s.word))
	s.step.Verb = s.spec.read(s, inner, field{}, false)
	inner.done()
}

// mainField is the field that the short form stands for.
func (s *stepReader) mainField(m *fields, main field, short bool) (field, bool) {
	if !short {
		return m.need(s.spec.main)
	}
	if main.empty() {
		s.add("F120", s.step.At, fmt.Sprintf("%q has no value", s.word)).Label = "write it behind the colon"
		return main, false
	}
	return main, true
}

// readCommon reads the fields that every step has.
func (s *stepReader) readCommon(m *fields) {
	s.step.Name = m.text("name")
	s.step.When = m.expr("when")
	if s.spec.hasAs {
		if f, ok := m.filled("as"); ok {
			s.step.As = s.asName(f)
		}
	}
	if s.spec.ownThen {
		return
	}
	f, ok := m.filled("then")
	if len(s.spec.endings) == 0 {
		m.legal = m.legal[:len(m.legal)-1]
	}
	if !ok {
		return
	}
	if len(s.spec.endings) == 0 {
		s.add("F111", s.src.spanOf(f.key), fmt.Sprintf("%q always goes on with the next step, so it has no then", s.word)).
			Label = `delete it, or write "- go:" as the next step`
		return
	}
	if !f.isMap() {
		s.wrongKind(f, "endings and where they lead", fmt.Sprintf("write { %s: ... }", s.spec.endings[0]))
		s.dropWords(f.value)
		return
	}
	s.step.Then = s.branches(f)
}

// asName reads the name under which a result is kept; "" if it cannot be one.
func (s *stepReader) asName(f field) string {
	raw, ok := s.raw(f)
	at := s.src.spanOf(f.value)
	if !ok || !s.checkName(at, raw, "a value", snakeName) {
		return ""
	}
	if s.word == "pay" && raw == "payment" || s.checkReserved(at, raw) {
		return raw
	}
	return ""
}

// branches reads a mapping from endings to targets.
func (s *stepReader) branches(f field) []Branch {
	var out []Branch
	m := s.mapping(f.value, s.src.spanOf(f.key), `"then"`)
	m.each(func(one field) {
		if t := s.target(one, s.step.ID+"."+one.name()); t != nil {
			out = append(out, Branch{At: s.src.spanOf(one.key), Ending: one.name(), Target: t})
		} else {
			s.dropStep(one.value)
		}
	})
	return out
}

// checkReserved tells whether a value can have a name that means nothing yet.
func (r *reader) checkReserved(at Span, name string) bool {
	if !slices.Contains(reservedNames, name) {
		return true
	}
	r.add("F130", at, quoteWord(name)+" has a meaning of its own in expressions").Label = "choose another name"
	return false
}
