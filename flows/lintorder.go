package flows

import (
	"fmt"
	"slices"
	"strings"
)

// checkOrder finds scenes that just end, and steps that stand behind an end.
func (l *flowLint) checkOrder() {
	for _, s := range l.flow.Scenes {
		if l.notes.broken[s.Name] || len(s.Steps) == 0 {
			continue
		}
		if l.fallsOff(s.Steps) {
			last := s.Steps[len(s.Steps)-1]
			l.add("F107", last.At, fmt.Sprintf("nothing says what happens after the last step of scene %q", s.Name)).
				Label = "end the scene with go:, hang_up:, transfer: or voicemail:"
		}
	}
	start := l.paths.start()
	for _, n := range l.paths.nodes {
		if n.in == 0 && !n.begin && n != start {
			l.add("F109", n.step.At, "no call ever comes to this step").
				Label = "the step before it never goes on with the next"
		}
	}
}

// fallsOff tells whether a call can run past the last step of a scene.
func (l *flowLint) fallsOff(steps []*Step) bool {
	for _, s := range steps {
		n := l.paths.of[s]
		for _, e := range n.lanes {
			if e.to == nil && !e.assumed {
				return true
			}
		}
		for _, b := range targetsOf(s) {
			if l.fallsOff(b.Target.Steps) {
				return true
			}
		}
	}
	return false
}

// checkReached finds scenes that no call ever comes to.
func (l *flowLint) checkReached() {
	from := []*spot{l.paths.start()}
	root := func(t *Target) {
		if t != nil && t.Kind == TargetScene {
			from = append(from, l.paths.first[t.Scene])
		}
	}
	root(l.flow.IfError)
	for _, t := range l.flow.Defaults.Endings {
		root(t)
	}
	for _, k := range l.flow.Anywhere {
		root(k.Target)
	}
	for _, s := range l.flow.Scenes {
		if l.notes.words[s.Name] {
			from = append(from, l.paths.first[s.Name])
		}
	}
	reached := l.paths.reach(from, nil)
	named := l.namedByOthers()
	for i, s := range l.flow.Scenes {
		first := l.paths.first[s.Name]
		if i == 0 || first == nil || reached[first.index] {
			continue
		}
		f := l.add("F105", s.At, fmt.Sprintf("no step leads to scene %q", s.Name))
		f.Label = "delete it, or send callers here with go:"
		if named[first] {
			f.Message = fmt.Sprintf("only scenes that no call comes to lead to scene %q", s.Name)
		}
	}
}

// namedByOthers marks the first steps of the scenes that a step of another scene leads to.
func (l *flowLint) namedByOthers() map[*spot]bool {
	out := map[*spot]bool{}
	for _, n := range l.paths.nodes {
		for _, e := range n.lanes {
			if e.to != nil && e.to.step.Scene != n.step.Scene {
				out[e.to] = true
			}
		}
	}
	return out
}

// checkRounds finds ways that a call can go for ever without the caller having a say.
func (l *flowLint) checkRounds() {
	for _, round := range l.paths.rounds() {
		slices.SortFunc(round, func(a, b *spot) int { return a.index - b.index })
		in := map[*spot]bool{}
		for _, n := range round {
			in[n] = true
		}
		var back *spot // the last step that goes back to an earlier one closes the round
		var scenes []string
		for _, n := range round {
			if !slices.Contains(scenes, n.step.Scene) {
				scenes = append(scenes, n.step.Scene)
			}
			if slices.ContainsFunc(n.free(), func(to *spot) bool { return in[to] && to.index <= n.index }) {
				back = n
			}
		}
		f := l.add("F108", back.step.At, "a call can go round here for ever, without the caller doing anything")
		f.Label = "add at_most:, or a step that waits for the caller"
		f.Help = "the round goes through: " + strings.Join(scenes, ", ")
	}
}

// checkPerson finds menus from which no way leads to a person or to a voicemail.
func (l *flowLint) checkPerson() {
	if len(l.notes.broken) > 0 {
		return
	}
	any := false
	reaches := l.paths.leadTo(func(n *spot) bool {
		switch n.step.Verb.(type) {
		case *Transfer, *Voicemail:
			any = true
			return true
		}
		return false
	}, nil)
	for _, n := range l.paths.nodes {
		if _, menu := n.step.Verb.(*Menu); !menu || reaches[n.index] {
			continue
		}
		f := l.add("F304", n.step.At, "no way leads from this menu to a person")
		f.Label = `offer one, for example 0: { to: speak with someone, go: agent }`
		if !any {
			f.Help = "nowhere in this flow is there a transfer or a voicemail"
			return
		}
	}
}
