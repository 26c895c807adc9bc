package flows

import (
	"iter"
	"slices"
)

// toNext is the target of an ending that goes on with the next step.
var toNext = Target{Kind: TargetContinue}

// goesOn are endings that lead to the next step unless something else is said. Every other ending without a
// target is an error in the flow, which the lint reports and the apology meets.
var goesOn = map[string]bool{
	"ok": true, "yes": true, "no": true, "then": true, "else": true, "open": true, "found": true, "done": true,
	"paid": true, "saved": true, "sent": true, "ended": true, "left": true, "empty": true,
	endingSkip: true, endingGo: true, endingBack: true,
}

// connect adds the ways of a step's endings.
func (c *flowCompiler) connect(n *node) {
	s := n.step
	c.said = make(map[string]*Target, len(s.Then))
	for _, b := range s.Then {
		c.said[b.Ending] = b.Target
	}
	for _, ending := range endingsOf(s) {
		c.wayOut(n, ending, c.targetOf(s, ending))
	}
	if s.When != nil {
		c.wayOut(n, endingSkip, &toNext)
	}
	if asks(s.Verb) {
		for _, k := range c.flow.Anywhere {
			if k.Target.Kind == TargetScene {
				c.wayOut(n, anywhereKey+k.Key, k.Target)
			}
		}
	}
	c.specialWays(n)
	c.wayOut(n, endingError, c.errorTarget(s))
}

// errorTarget is where an error at a step leads: the flow's if_error, and from after_call nowhere.
func (c *flowCompiler) errorTarget(s *Step) *Target {
	if s.Scene == afterCall {
		return &toNext
	}
	return c.flow.IfError
}

// specialWays adds what is built in: a payment nobody knows the end of, a caller who hung up while paying, and a
// last word for those who are not asked where else to go.
func (c *flowCompiler) specialWays(n *node) {
	if _, ok := n.step.Verb.(*Pay); !ok {
		return
	}
	if w := n.ways["hung_up"]; c.target("hung_up") == nil {
		w.to, w.first = c.prog.over, nil
	}
	if c.target("unknown") != nil {
		return
	}
	w, sentence := n.ways["unknown"], &hop{to: c.prog.goodbye} // an empty hop is the built-in sentence
	if person := c.target(gaveUp); person != nil && person.Kind == TargetScene && c.firsts[person.Scene] != nil {
		c.enter(w, person.Scene)
		sentence.next, sentence.to = w.first, w.to
	}
	w.first, w.to = sentence, sentence.to
}

// target is what the author said about an ending of the step that is being connected: in the step itself, or in
// the defaults of the flow.
func (c *flowCompiler) target(ending string) *Target {
	if t := c.said[ending]; t != nil {
		return t
	}
	return c.flow.Defaults.Endings[ending]
}

// targetOf is where an ending of a step leads; nil if nobody has said so.
func (c *flowCompiler) targetOf(s *Step, ending string) *Target {
	switch v := s.Verb.(type) {
	case *Menu:
		for _, o := range v.Options {
			if o.Key == ending {
				return o.Target
			}
		}
	case *If:
		if ending == "then" {
			return v.Then
		} else if v.Else != nil {
			return v.Else
		}
	case *Go:
		if ending == endingGo {
			return &Target{Kind: TargetScene, Scene: v.Target.Scene, At: v.Target.At, AtMost: v.Target.AtMost}
		}
	case *Transfer:
		if ending == "returned" {
			return &Target{Kind: TargetScene, Scene: v.MayReturnTo}
		}
	case *RawTwiML:
		if v.ComeBackTo != "" && ending == endingBack {
			return &Target{Kind: TargetScene, Scene: v.ComeBackTo}
		}
	}
	if t := c.target(ending); t != nil {
		return t
	}
	if _, ok := s.Verb.(*TextMessage); ok || goesOn[ending] || s.Scene == afterCall {
		return &toNext
	}
	if ending == "holiday" {
		return c.targetOf(s, "closed")
	}
	return nil
}

// asks tells whether a step waits for keys.
func asks(v Verb) bool {
	switch v.(type) {
	case *Menu, *Ask, *Confirm, *ChooseLanguage:
		return true
	}
	return false
}

// endingsOf lists the endings of a step that is a state, in the order of the file where there is one: those that
// its fields make, then those that the linter holds every such step to.
func endingsOf(s *Step) []string {
	out := ownEndings(s)
	for _, e := range stepEndings(s) {
		if !slices.Contains(out, e.name) {
			out = append(out, e.name)
		}
	}
	return out
}

// ownEndings are the endings that stepEndings leaves out: keys, branches, and the ones nobody has to handle.
func ownEndings(s *Step) []string {
	var out []string
	switch v := s.Verb.(type) {
	case *Menu:
		for _, o := range v.Options {
			out = append(out, o.Key)
		}
	case *If:
		out = []string{"then", "else"}
	case *Choose:
		for _, b := range s.Then {
			out = append(out, b.Ending)
		}
	case *Go:
		out = []string{endingGo}
	case *Transfer:
		if v.MayReturnTo != "" {
			out = []string{"returned"}
		}
	case *RecordCall:
		out = []string{endingDone}
	case *RawTwiML:
		out = []string{endingBack}
	}
	return out
}

// allSteps goes through every step of the flow in file order, the ones inside branches behind their owner, and
// those of after_call at the end.
func (f *Flow) allSteps() iter.Seq[*Step] {
	return func(yield func(*Step) bool) {
		for _, scene := range f.Scenes {
			if !eachStep(scene.Steps, yield) {
				return
			}
		}
		eachStep(f.AfterCall, yield)
	}
}

func eachStep(steps []*Step, yield func(*Step) bool) bool {
	for _, s := range steps {
		if !yield(s) {
			return false
		}
		for _, b := range targetsOf(s) {
			if !eachStep(b.Target.Steps, yield) {
				return false
			}
		}
	}
	return true
}
