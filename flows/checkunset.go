package flows

import (
	"maps"
	"slices"
)

// unsetNames knows which names can have a value at each step. It follows every way a call can take and
// collects what may have been saved on it, so a name it rules out has provably no value.
type unsetNames struct {
	flow    *Flow
	prog    *program
	bits    map[string]int
	before  map[any][]uint64    // what may be set when a node or a hop begins
	setters map[string][]string // name to the scenes in which it is saved
}

func findUnset(f *Flow, p *program) *unsetNames {
	u := &unsetNames{flow: f, prog: p, bits: map[string]int{}, before: map[any][]uint64{}, setters: map[string][]string{}}
	for s := range f.allSteps() {
		for _, name := range savedBy(s) {
			if _, ok := u.bits[name]; !ok {
				u.bits[name] = len(u.bits)
			}
			if !slices.Contains(u.setters[name], s.Scene) {
				u.setters[name] = append(u.setters[name], s.Scene)
			}
		}
	}
	for _, need := range f.Needs {
		delete(u.bits, need.Name) // has a value from the beginning
	}
	if !u.spread() {
		return nil
	}
	return u
}

// savedBy lists the names that a step may save.
func savedBy(s *Step) []string {
	switch v := s.Verb.(type) {
	case *Set:
		out := make([]string, 0, len(v.Assign))
		for _, a := range v.Assign {
			out = append(out, a.Name)
		}
		return out
	case *Pay:
		if s.As != "" && s.As != "payment" {
			return []string{"payment", s.As}
		}
		return []string{"payment"}
	}
	if s.As == "" {
		return nil
	}
	return []string{s.As}
}

// endingSaves tells whether a step that ends so has saved what it saves.
func endingSaves(s *Step, ending string) bool {
	switch s.Verb.(type) {
	case *Ask, *ChooseLanguage:
		return ending == "ok"
	case *Confirm:
		return ending == "yes" || ending == "no"
	case *Menu:
		return ending != gaveUp && len(ending) == 1
	case *Lookup:
		return ending == "found"
	case *Submit:
		return ending == "done"
	case *Voicemail:
		return ending == "left"
	}
	return ending != endingSkip && ending != endingError
}

func (u *unsetNames) empty() []uint64 { return make([]uint64, len(u.bits)/64+1) }

func (u *unsetNames) add(set []uint64, names []string) []uint64 {
	out := slices.Clone(set)
	for _, name := range names {
		if bit, ok := u.bits[name]; ok {
			out[bit/64] |= 1 << (bit % 64)
		}
	}
	return out
}

// maxSpread bounds the search: a flow that needs more is not hand-written, and is believed instead.
const maxSpread = 200_000

// join merges what may be set into what was known at a place (a node or a hop), and tells whether that is more
// than before.
func (u *unsetNames) join(at any, set []uint64) bool {
	old := u.before[at]
	if old == nil {
		u.before[at] = slices.Clone(set)
		return true
	}
	more := false
	for i := range set {
		if set[i]&^old[i] != 0 {
			old[i] |= set[i]
			more = true
		}
	}
	return more
}

// spread follows all ways from the beginning until nothing new comes up, and tells whether it came to an end. An
// error can come at any step, so its ways start from what may be set there.
func (u *unsetNames) spread() bool {
	queue := []any{u.prog.begin}
	u.join(u.prog.begin, u.empty())
	reach := func(first *hop, to *node, set []uint64) {
		var at any = to
		if first != nil {
			at = first
		}
		if u.join(at, set) {
			queue = append(queue, at)
		}
	}
	for _, w := range u.prog.after.order { // nobody knows where the call ended
		reach(w.first, w.to, u.add(u.empty(), slices.Collect(maps.Keys(u.bits))))
	}
	for n := 0; n < len(queue); n++ {
		if n > maxSpread {
			return false
		}
		set := u.before[queue[n]]
		switch at := queue[n].(type) {
		case *hop:
			if at.step != nil {
				set = u.add(set, savedBy(at.step))
			}
			reach(at.next, at.to, set)
		case *node:
			for _, w := range at.order {
				out := set
				if at.step != nil && endingSaves(at.step, w.ending) {
					out = u.add(set, savedBy(at.step))
				}
				reach(w.first, w.to, out)
			}
		}
	}
	return true
}

// placeOf is the node or hop of a step.
func (u *unsetNames) placeOf(s *Step) any {
	if n := u.prog.nodes[s.ID]; n != nil && n.step == s {
		return n
	}
	return u.prog.hops[s]
}

// never tells whether a name provably has no value when a step begins. A step that no call reaches is the
// business of others.
func (u *unsetNames) never(s *Step, name string) bool {
	bit, saved := u.bits[name]
	set, reached := u.before[u.placeOf(s)]
	if !reached {
		return false
	}
	if !saved {
		return name == "payment" && len(u.setters["payment"]) == 0 && s.Scene != afterCall
	}
	return set[bit/64]&(1<<(bit%64)) == 0
}

// savedIn names a scene in which a name is saved.
func (u *unsetNames) savedIn(name string) string {
	if where := u.setters[name]; len(where) > 0 {
		return where[0]
	}
	return ""
}
