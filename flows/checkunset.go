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
	always  []uint64            // what every call has from its beginning
	atStep  map[*Step][]uint64  // what may be set when the step begins
	setters map[string][]string // name to the scenes in which it is saved
}

func findUnset(f *Flow, p *program) *unsetNames {
	u := &unsetNames{flow: f, prog: p, bits: map[string]int{}, atStep: map[*Step][]uint64{}, setters: map[string][]string{}}
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
	u.spread()
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

// join merges what may be set into what was known at a step, and tells whether that is more than before.
func (u *unsetNames) join(s *Step, set []uint64) bool {
	old := u.atStep[s]
	if old == nil {
		u.atStep[s] = slices.Clone(set)
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

// spread follows all ways from the beginning until nothing new comes up. An error can come at any step, so its
// ways start from what may be set there.
func (u *unsetNames) spread() {
	type arrival struct {
		node *node
		set  []uint64
	}
	queue := []arrival{{u.prog.begin, u.empty()}}
	for _, w := range u.prog.after.order { // nobody knows where the call ended
		all := u.add(u.empty(), slices.Collect(maps.Keys(u.bits)))
		if u.travel(w, all); w.to.step != nil && u.join(w.to.step, all) {
			queue = append(queue, arrival{w.to, all})
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, w := range at.node.order {
			set := at.set
			if s := at.node.step; s != nil && endingSaves(s, w.ending) {
				set = u.add(set, savedBy(s))
			}
			set = u.travel(w, set)
			if w.to.step != nil && u.join(w.to.step, set) {
				queue = append(queue, arrival{w.to, slices.Clone(u.atStep[w.to.step])})
			}
		}
	}
}

// travel goes along a way and notes at each step on it what may be set there.
func (u *unsetNames) travel(w *way, set []uint64) []uint64 {
	for _, m := range w.moves {
		if m.step == nil {
			continue
		}
		u.join(m.step, set)
		set = u.add(set, savedBy(m.step))
	}
	return set
}

// never tells whether a name provably has no value when a step begins. A step that no call reaches is the
// business of others.
func (u *unsetNames) never(s *Step, name string) bool {
	bit, saved := u.bits[name]
	set, reached := u.atStep[s]
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
