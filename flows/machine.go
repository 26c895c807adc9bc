package flows

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/looplab/fsm"
)

// machine is a flow's table of states and events. It is the only user of looplab/fsm, and keeps off its traps:
// an FSM holds its current state, so they are pooled and set to a state for each event; two transitions for one
// state and event would silently overwrite each other, so they are refused; a cancelled context or a panic in a
// callback would jam an FSM, so there are no callbacks and no cancelled contexts, and an FSM that answered with
// an error other than "same state again" is not used again.
type machine struct {
	events []fsm.EventDesc
	states map[string]bool
	pool   sync.Pool
}

// transition is one line of the table.
type transition struct{ from, event, to string }

// newMachine builds the table, and refuses one that is not plain.
func newMachine(table []transition) (*machine, error) {
	m := &machine{states: map[string]bool{}}
	seen := map[[2]string]bool{}
	for _, t := range table {
		if key := [2]string{t.from, t.event}; seen[key] {
			return nil, fmt.Errorf("state %s has two transitions for %s", t.from, t.event)
		} else {
			seen[key] = true
		}
		m.events = append(m.events, fsm.EventDesc{Name: t.event, Src: []string{t.from}, Dst: t.to})
		m.states[t.from], m.states[t.to] = true, true
	}
	for name := range m.states {
		if !safeName.MatchString(name) {
			return nil, fmt.Errorf("state %q has no plain name", name)
		}
	}
	m.pool.New = func() any { return fsm.NewFSM(beginState, m.events, nil) }
	return m, nil
}

// next is the state that an event leads to. It is what everything else in this package decides for.
func (m *machine) next(state, event string) (string, error) {
	if !m.states[state] {
		return "", fmt.Errorf("there is no state %q", state)
	}
	f, ok := m.pool.Get().(*fsm.FSM)
	if !ok {
		return "", errors.New("the pool of machines is broken")
	}
	f.SetState(state)
	err := f.Event(context.Background(), event) // never a caller's context: cancelled, it would jam the FSM
	var same fsm.NoTransitionError              // a value: fsm's errors are no pointers
	if err != nil && !errors.As(err, &same) {
		return "", fmt.Errorf("state %s, event %s: %w", state, event, err) // f is dropped
	}
	to := f.Current()
	m.pool.Put(f)
	return to, nil
}

// beginState is where every machine is made; the others are named after their steps.
const beginState = "begin"

var safeName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// unsafeWords mean something to Mermaid or to looplab/fsm.
var unsafeWords = map[string]bool{
	"end": true, "state": true, "event": true, "note": true, "class": true, "click": true, "style": true,
	"graph": true, "subgraph": true, "direction": true, "default": true,
}

// names hands out names that Mermaid and looplab/fsm can bear, each once.
type names struct{ taken map[string]int }

// safe turns any text into a name of a-z, 0-9 and _, different from all that were given out before.
func (n *names) safe(text, prefix string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '_'
	}, text)
	if name == "" || name[0] < 'a' || name[0] > 'z' || unsafeWords[name] {
		name = prefix + "_" + name
	}
	if n.taken == nil {
		n.taken = map[string]int{}
	}
	unique := name
	for n.taken[unique] > 0 {
		n.taken[name]++ // where the next search begins
		unique = fmt.Sprintf("%s_%d", name, n.taken[name])
	}
	n.taken[unique]++
	return unique
}
