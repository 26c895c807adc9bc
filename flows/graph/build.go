package graph

import (
	"maps"
	"slices"
	"strings"

	"github.com/paydial/paydial/flows"
)

// Of draws up the graph of a flow. It takes any flow that could be read, also one with errors: a scene that is
// named and not written becomes a box of KindMissing.
func Of(f *flows.Flow) *Graph {
	g := &Graph{Name: f.Name, About: f.About, Direction: f.Direction}
	for _, s := range f.Scenes {
		b := &builder{flow: f, scene: &Scene{Name: s.Name, Kind: KindTalk, At: s.At}}
		if f.IfError != nil && f.IfError.Kind == flows.TargetScene && f.IfError.Scene == s.Name {
			b.scene.Kind = KindTrouble
		}
		if b.steps(s.Steps, way{}) {
			b.exit(way{}, "")
		}
		g.Scenes = append(g.Scenes, b.scene)
	}
	g.Anytime = anytime(f)
	g.addMissing()
	return g
}

// anytime collects what holds in the whole flow: the keys that work everywhere, where endings lead by default,
// and where errors lead.
func anytime(f *flows.Flow) []Exit {
	b := &builder{flow: f, scene: &Scene{}}
	for _, k := range f.Anywhere {
		if k.Target != nil && k.Target.Kind == flows.TargetScene {
			b.exit(way{label: k.Key}, k.Target.Scene)
		}
	}
	for _, ending := range slices.Sorted(maps.Keys(f.Defaults.Endings)) {
		b.target(f.Defaults.Endings[ending], way{label: plain(ending)})
	}
	if f.IfError != nil {
		b.target(f.IfError, way{label: "error"})
	}
	return b.scene.Exits
}

func (g *Graph) addMissing() {
	all := slices.Clone(g.Anytime)
	for _, s := range g.Scenes {
		all = append(all, s.Exits...)
	}
	for _, e := range all {
		if !e.Ends() && g.scene(e.To) == nil {
			g.Scenes = append(g.Scenes, &Scene{Name: e.To, Kind: KindMissing})
		}
	}
}

// builder walks the steps of one scene.
type builder struct {
	flow  *flows.Flow
	scene *Scene
}

// way is how the caller came to leave: the label of the exit, what a menu says of it, and its limit.
type way struct {
	label, about string
	atMost       int
}

// exit adds a way out, to the exit that leads to the same place if there is one with a label too.
func (b *builder) exit(w way, to string) {
	for i := range b.scene.Exits {
		e := &b.scene.Exits[i]
		if e.To != to || (len(e.Labels) == 0) != (w.label == "") || e.AtMost != w.atMost {
			continue
		}
		if w.label != "" && !slices.Contains(e.Labels, w.label) {
			e.Labels, e.Abouts = append(e.Labels, w.label), append(e.Abouts, w.about)
		}
		return
	}
	e := Exit{To: to, AtMost: w.atMost}
	if w.label != "" {
		e.Labels, e.Abouts = []string{w.label}, []string{w.about}
	}
	b.scene.Exits = append(b.scene.Exits, e)
}

// steps walks a list of steps and tells whether a call can come out at its end.
func (b *builder) steps(steps []*flows.Step, w way) bool {
	for _, s := range steps {
		b.look(s)
		if through := b.step(s, w); !through && s.When == nil {
			return false
		}
	}
	return true
}

// look notes what a step says about its scene.
func (b *builder) look(s *flows.Step) {
	switch s.Verb.(type) {
	case *flows.Pay:
		b.kind(KindMoney)
	case *flows.Transfer, *flows.Voicemail:
		b.kind(KindPerson)
	case *flows.Menu, *flows.Ask, *flows.Confirm, *flows.ChooseLanguage, *flows.Converse, *flows.RawTwiML:
	default:
		return
	}
	label := s.Name
	if _, asks := s.Verb.(*flows.Ask); asks && label == "" {
		label = s.As
	}
	b.scene.Stops = append(b.scene.Stops, Stop{Step: s.ID, Word: plain(s.Verb.Word()), Label: label})
}

func (b *builder) kind(k Kind) {
	if b.scene.Kind == KindTalk {
		b.scene.Kind = k
	}
}

// step adds the exits of one step and tells whether the next one can follow.
func (b *builder) step(s *flows.Step, w way) bool {
	switch v := s.Verb.(type) {
	case *flows.HangUp, *flows.OptOut:
		b.exit(w, "")
		return false
	case *flows.Go:
		b.target(v.Target, w)
		return false
	case *flows.If:
		return b.condition(v, w)
	case *flows.Menu:
		return b.menu(s, v, w)
	case *flows.RawTwiML:
		if v.ComeBackTo == "" {
			return true
		}
		b.exit(w, v.ComeBackTo)
		return false
	case *flows.Transfer:
		if v.MayReturnTo != "" {
			b.exit(w.then("sent back"), v.MayReturnTo)
		}
	}
	return b.branches(s, w)
}

func (b *builder) condition(v *flows.If, w way) bool {
	through := b.target(v.Then, w.then("if "+oneLine(v.Cond.Raw)))
	if v.Else == nil {
		return true
	}
	return b.target(v.Else, w.then("otherwise")) || through
}

func (b *builder) menu(s *flows.Step, v *flows.Menu, w way) bool {
	through := false
	for _, o := range v.Options {
		key := w.then(o.Key)
		key.about = b.text(o.To)
		through = b.target(o.Target, key) || through
	}
	for _, branch := range s.Then {
		through = b.target(branch.Target, w.then(plain(branch.Ending))) || through
	}
	return through
}

// branches follows a step's then. An ending that is not in it leads on to the next step, or where the flow's
// defaults say, which is drawn once for the whole flow.
func (b *builder) branches(s *flows.Step, w way) bool {
	through := false
	written := map[string]bool{}
	for _, branch := range s.Then {
		written[branch.Ending] = true
		through = b.target(branch.Target, w.then(plain(branch.Ending))) || through
	}
	for _, ending := range mainEndings(s.Verb) {
		if !written[ending] && b.flow.Defaults.Endings[ending] == nil {
			return true
		}
	}
	return through
}

// mainEndings are the endings after which a call goes on with the next step if nothing else is said.
func mainEndings(verb flows.Verb) []string {
	switch v := verb.(type) {
	case *flows.Confirm:
		return []string{"yes", "no"}
	case *flows.Choose:
		return nil // every value is written, or otherwise is
	case *flows.HoursCheck:
		return []string{"open", "closed"}
	case *flows.Lookup:
		return []string{"found", "not_found", "failed"}
	case *flows.Submit:
		return []string{"done", "refused", "failed"}
	case *flows.Pay:
		if v.Amount == nil {
			return []string{"saved"}
		}
		return []string{"paid"}
	case *flows.Ask, *flows.ChooseLanguage:
		return []string{"ok"}
	case *flows.Transfer, *flows.Converse:
		return []string{"ended"}
	case *flows.Voicemail:
		return []string{"left", "empty"}
	}
	return []string{""} // no endings: the next step follows
}

// target follows one target and tells whether the next step can be reached by it.
func (b *builder) target(t *flows.Target, w way) bool {
	if t == nil {
		return true
	}
	w.atMost = max(w.atMost, t.AtMost)
	switch t.Kind {
	case flows.TargetScene:
		b.exit(w, t.Scene)
		return false
	case flows.TargetSteps:
		return b.steps(t.Steps, w)
	case flows.TargetRepeat:
		b.exit(w, b.scene.Name)
		return false
	}
	return true
}

// then is the way with one more label on it: a branch inside a branch.
func (w way) then(label string) way {
	if w.label != "" {
		label = w.label + ", " + label
	}
	return way{label: label, atMost: w.atMost}
}

// text is a sentence as it is written in the flow's first language.
func (b *builder) text(t *flows.Text) string {
	if t == nil {
		return ""
	}
	if len(b.flow.Speaks) > 0 {
		if own := t.ByLanguage[b.flow.Speaks[0]]; own != nil {
			return oneLine(own.Raw)
		}
	}
	if languages := slices.Sorted(maps.Keys(t.ByLanguage)); len(languages) > 0 {
		return oneLine(t.ByLanguage[languages[0]].Raw)
	}
	return ""
}

// plain turns a word of the language into one for people: gave_up becomes gave up.
func plain(word string) string { return strings.ReplaceAll(word, "_", " ") }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
