package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// endingWords are the endings that defaults may speak for.
var endingWords = []string{
	"gave_up", "failed", "not_found", "refused", "declined", "cancelled", "unavailable", "unknown",
	"no_answer", "busy", "closed", "holiday", "found", "done", "paid", "saved", "sent", "left", "empty", "ended",
}

// readFlow reads one flow file. base is the name of the file without its ending.
func (l *loader) readFlow(src *source, top *yaml.Node, base string) {
	f := &Flow{Name: base, At: src.spanOf(top), Direction: "inbound", Speaks: l.project.Languages, Project: l.project}
	n := &notes{broken: map[string]bool{}, words: map[string]bool{}}
	l.project.Flows[base], l.notes[f] = f, n
	r := &reader{loader: l, src: src, flow: f, speaks: f.Speaks, notes: n}
	m := r.mapping(top, f.At, "the flow")
	r.readFormat(m)
	r.readFlowName(m, f, base)
	f.About = m.text("about")
	f.Direction = m.word("direction", f.Direction, "inbound", "outbound", "either")
	legal := l.project.Languages
	if l.noProject {
		legal = nil
	}
	if langs := m.languages("speaks", legal); len(langs) > 0 {
		f.Speaks, r.speaks = langs, langs
	}
	f.Needs, f.Gives = m.typed("needs"), m.typed("gives")
	f.Needs = slices.DeleteFunc(f.Needs, func(n Field) bool { return !r.checkReserved(n.At, n.Name) })
	f.Defaults = r.readDefaults(m)
	r.readAnywhere(m, f)
	if at, ok := m.filled("if_error"); ok {
		f.IfError = r.sceneTarget(at)
	}
	f.Recordings, f.Transcripts = r.readKeeping(m)
	m.later("uses", "tests")
	r.readScenes(m, f)
	if at, ok := m.filled("after_call"); ok {
		r.scene = afterCall
		f.AfterCall = r.steps(at, afterCall+"#")
	}
	m.done()
}

func (r *reader) readFlowName(m *fields, f *Flow, base string) {
	at, ok := m.need("flow")
	if !ok {
		return
	}
	raw, ok := r.raw(at)
	if !ok {
		return
	}
	f.At = r.src.spanOf(at.value)
	if !r.checkName(f.At, raw, "a flow", kebabName) {
		return
	}
	if raw != base {
		f := r.add("F015", f.At, fmt.Sprintf("this flow is called %s, but its file %s", quoteWord(raw), quoteWord(base+".yaml")))
		f.Label = fmt.Sprintf("rename the file to %s.yaml, or call the flow %s", raw, base)
	}
}

func (r *reader) readDefaults(m *fields) Defaults {
	f, ok := m.filled("defaults")
	if !ok {
		return Defaults{}
	}
	sub, ok := m.sub(f, `"defaults"`)
	if !ok {
		return Defaults{}
	}
	d := Defaults{
		At:       sub.at,
		Tries:    sub.number("tries", 1, 9),
		Wait:     sub.duration("wait", time.Minute),
		Voice:    sub.text("voice"),
		IfSilent: sub.taper("if_silent"),
		IfWrong:  sub.taper("if_wrong"),
		Endings:  map[string]*Target{},
	}
	for _, ending := range endingWords {
		if at, ok := sub.filled(ending); ok {
			if t := r.sceneTarget(at, "continue"); t != nil {
				d.Endings[ending] = t
			}
		}
	}
	sub.done()
	return d
}

func (r *reader) readAnywhere(m *fields, f *Flow) {
	r.eachOf(m, "anywhere", func(one field) {
		if !r.checkKey(one) {
			return
		}
		if t := r.sceneTarget(one, "repeat"); t != nil {
			f.Anywhere = append(f.Anywhere, AnywhereKey{Key: one.name(), Target: t})
		}
	})
}

// checkKey tells whether a field's name is a key of a phone.
func (r *reader) checkKey(f field) bool {
	if keyPattern.MatchString(f.name()) {
		return true
	}
	r.add("F128", r.src.spanOf(f.key), quoteWord(f.name())+" is not a key of a phone").
		Label = `one of 0 to 9, "*" and "#"`
	return false
}

func (r *reader) readScenes(m *fields, f *Flow) {
	at, ok := m.need("scenes")
	if !ok {
		return
	}
	sub, ok := m.sub(at, `"scenes"`)
	if !ok {
		return
	}
	if len(sub.order) == 0 {
		r.add("F133", sub.at, "this flow has no scenes").Label = "add at least one"
	}
	sub.each(func(one field) {
		s := &Scene{At: r.src.spanOf(one.key), Name: one.name()}
		if r.checkName(s.At, s.Name, "a scene", kebabName) && slices.Contains(sceneWords, s.Name) {
			r.add("F130", s.At, quoteWord(s.Name)+" has a meaning of its own").Label = "choose another name"
		}
		r.scene = s.Name
		if one.empty() || one.value.Kind == yaml.SequenceNode && len(one.value.Content) == 0 {
			r.add("F133", s.At, "scene "+quoteWord(s.Name)+" has no steps").Label = "add a step, or delete the scene"
			r.notes.broken[s.Name] = true
		} else {
			s.Steps = r.steps(one, s.Name+"#")
		}
		f.Scenes = append(f.Scenes, s)
	})
}

// sceneWords mean something else where a scene could be named.
var sceneWords = []string{"continue", "repeat", "otherwise", afterCall, "end"}

// steps reads a list of steps. Their ids are prefix and a number counted from 1.
func (r *reader) steps(f field, prefix string) []*Step {
	if f.value.Kind != yaml.SequenceNode {
		r.wrongKind(f, "a list of steps", `begin each step with "- "`)
		r.dropStep(f.value)
		return nil
	}
	var out []*Step
	for i, n := range f.value.Content {
		if step := r.step(follow(n), prefix+strconv.Itoa(i+1)); step != nil {
			out = append(out, step)
		} else {
			r.dropStep(follow(n))
		}
	}
	return out
}

// dropStep remembers that something is missing here, and every word in it: some may be names of scenes that
// would otherwise look as if nothing led to them.
func (r *reader) dropStep(n *yaml.Node) {
	r.notes.broken[r.scene] = true
	r.dropWords(n)
}

func (r *reader) dropWords(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		r.notes.words[n.Value] = true
	}
	for _, c := range n.Content {
		r.dropWords(c)
	}
}

// sceneTarget reads the name of a scene, or one of the words that are allowed in its place.
func (r *reader) sceneTarget(f field, words ...string) *Target {
	if f.value.Kind != yaml.ScalarNode || f.empty() {
		r.wrongKind(f, "the name of a scene", "write the name of one scene")
		r.dropWords(f.value)
		return nil
	}
	t := &Target{At: r.src.spanOf(f.value), Kind: TargetScene, Scene: f.value.Value}
	if slices.Contains(words, t.Scene) {
		t.Kind = map[string]TargetKind{"continue": TargetContinue, "repeat": TargetRepeat}[t.Scene]
		t.Scene = ""
	}
	if strings.Contains(t.Scene, ".") {
		r.addLater(t.At, "uses")
		return nil
	}
	return t
}

// target reads where an ending leads: a scene, a list of steps, continue, repeat, or a mapping with go: or do:
// and at_most:. Steps in place get the ids prefix.1, prefix.2 ...
func (r *reader) target(f field, prefix string) *Target {
	switch {
	case f.value.Kind == yaml.SequenceNode:
		return &Target{At: r.src.spanOf(f.key), Kind: TargetSteps, Steps: r.steps(f, prefix+".")}
	case f.isMap():
		m := r.mapping(f.value, r.src.spanOf(f.key), quoteWord(f.name()))
		t := r.goOrDo(m, prefix)
		m.done()
		return t
	}
	return r.sceneTarget(f, "continue", "repeat")
}

// goOrDo reads go: or do:, and at_most:.
func (r *reader) goOrDo(m *fields, prefix string) *Target {
	var t *Target
	if f, ok := m.filled("go"); ok {
		t = r.sceneTarget(f, "continue", "repeat")
	}
	if f, ok := m.filled("do"); ok {
		t = &Target{At: r.src.spanOf(f.key), Kind: TargetSteps, Steps: r.steps(f, prefix+".")}
	}
	first, any := m.onlyOne("go", "do")
	most := m.number("at_most", 1, 99)
	switch {
	case !any:
		m.add("F138", m.at, m.what+" leads nowhere").Label = `add "go:" and a scene, or "do:" and steps`
	case t == nil:
		r.dropWords(first.value)
	default:
		t.AtMost = most
	}
	return t
}
