package flows

import (
	"fmt"
	"slices"
	"strings"
)

// lint looks at the project as a whole, after everything has been read. What concerns one field alone was said
// when that was read; what concerns expressions is the checker's.
func (l *loader) lint() {
	names := keysOf(l.project.Flows)
	for _, n := range l.project.Numbers {
		if l.project.Flows[n.Flow] == nil && !l.unread[n.Flow] {
			f := l.addUnknown("F115", n.At, "there is no flow called "+quoteWord(n.Flow), n.Flow, names)
			if f.Label == "" {
				f.Label = "write it as flows/" + n.Flow + ".yaml"
			}
		}
	}
	l.checkKeeping()
	for _, f := range l.flows() {
		fl := &flowLint{loader: l, flow: f, notes: l.notes[f], raw: map[*RawTwiML][]string{}, paused: map[string]bool{}, recorded: map[*spot]bool{}}
		fl.run()
	}
}

// flowLint looks at one flow.
type flowLint struct {
	*loader
	flow  *Flow
	notes *notes
	paths *paths
	raw   map[*RawTwiML][]string // the elements of raw TwiML: "start/recording"

	paused    map[string]bool // whether recordings of a class are paused while a caller pays
	recorded  map[*spot]bool  // payments of which it was said that a recording runs
	allPaused *bool           // whether all are that the flow begins; nil: not looked at
}

func (l *flowLint) run() {
	l.paths = pathsOf(l.flow)
	l.checkScenes()
	for _, n := range l.paths.nodes {
		l.checkEndings(n.step)
		l.checkAsk(n.step)
		l.checkMenu(n.step)
		l.checkPay(n.step)
		l.checkRaw(n.step)
	}
	for _, s := range l.flow.AfterCall {
		if len(s.Then) > 0 {
			l.add("F114", s.Then[0].At, "after the call there is nowhere to go").Label = "delete then:"
		}
	}
	l.checkOrder()
	l.checkReached()
	l.checkRounds()
	l.checkPerson()
	l.checkMoney()
	l.checkPauses()
	l.checkLaw()
	l.checkSentences()
}

// checkScenes finds names of scenes that do not exist.
func (l *flowLint) checkScenes() {
	var names []string
	known := map[string]bool{}
	for _, s := range l.flow.Scenes {
		names = append(names, s.Name)
		known[s.Name] = true
	}
	check := func(t *Target) {
		if t == nil || t.Kind != TargetScene || known[t.Scene] {
			return
		}
		words := names
		if len(t.Scene) > 3 { // continue and repeat are legal in most places, but not likely to be meant by a short word
			words = slices.Concat(names, []string{"continue", "repeat"})
		}
		f := l.add("F102", t.At, "there is no scene called "+quoteWord(t.Scene))
		if f.Label, f.Fix = didYouMean(t.Scene, words); f.Label == "" {
			f.Label = "write it below scenes:, or name another one"
		}
	}
	check(l.flow.IfError)
	for _, t := range l.flow.Defaults.Endings {
		check(t)
	}
	for _, k := range l.flow.Anywhere {
		check(k.Target)
	}
	for _, t := range l.notes.returns {
		check(t)
	}
	for _, n := range l.paths.nodes {
		for _, b := range targetsOf(n.step) {
			check(b.Target)
		}
	}
}

// checkEndings finds endings that nothing is said about, and words that are no endings of the step.
func (l *flowLint) checkEndings(s *Step) {
	var missing, names []string
	for _, e := range stepEndings(s) {
		names = append(names, e.name)
		if e.mode == mustLead && l.flow.leadOf(s, e.name) == nil {
			missing = append(missing, e.name)
		}
	}
	if len(missing) > 0 {
		f := l.add("F110", s.At, fmt.Sprintf("nothing says what happens when this %s step ends in: %s", s.Verb.Word(), strings.Join(missing, ", ")))
		f.Label = "add them under then:, or set them once in defaults:"
		if len(missing) == 1 {
			f.Label = "add it under then:, or set it once in defaults:"
		}
		if limited(s) && slices.Contains(missing, "gave_up") {
			f.Help = "a way with at_most: ends in gave_up when it is used up"
		}
	}
	if c, ok := s.Verb.(*Choose); ok {
		l.checkChoose(s, c)
		return
	}
	for _, b := range s.Then {
		if slices.Contains(names, b.Ending) {
			continue
		}
		f := l.addUnknown("F111", b.At, fmt.Sprintf("%q never ends in %s", s.Verb.Word(), quoteWord(b.Ending)), b.Ending, names)
		if _, menu := s.Verb.(*Menu); menu && keyPattern.MatchString(b.Ending) {
			f.Label, f.Fix = "write where a key leads with the key itself, under options:", ""
		}
	}
}

// closedSets are the values that a choose on one of these can see.
var closedSets = map[string][]string{
	"call.answered_by": {"human", "machine", "fax", "unknown"},
	"call.direction":   {"inbound", "outbound"},
	"payment.result":   payEndings,
}

// checkChoose finds a choose that does not say what happens with other values.
func (l *flowLint) checkChoose(s *Step, c *Choose) {
	var names []string
	for _, b := range s.Then {
		names = append(names, b.Ending)
	}
	set, closed := closedSets[c.On.Raw]
	if c.On.Raw == "call.language" {
		set, closed = l.flow.Speaks, true
	}
	if slices.Contains(names, "yes") && slices.Contains(names, "no") {
		set, closed = []string{"yes", "no"}, true
	}
	var missing []string
	for _, want := range set {
		if !slices.Contains(names, want) {
			missing = append(missing, want)
		}
	}
	if closed {
		legal := append(slices.Clone(set), "otherwise")
		if limited(s) {
			legal = append(legal, "gave_up")
		}
		for _, b := range s.Then {
			if !slices.Contains(legal, b.Ending) {
				l.addUnknown("F111", b.At, fmt.Sprintf("%s is never %s", c.On.Raw, quoteWord(b.Ending)), b.Ending, legal)
			}
		}
	}
	if slices.Contains(names, "otherwise") || closed && len(missing) == 0 {
		return
	}
	f := l.add("F113", s.At, "nothing says what happens with other values")
	f.Label = "add otherwise: under then:"
	if closed {
		f.Message = "nothing says what happens with: " + strings.Join(missing, ", ")
		f.Label = "add them under then:, or add otherwise:"
	}
}
