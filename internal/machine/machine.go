package machine

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"

	"github.com/looplab/fsm"
)

// Machine is a table of states and events. It keeps off looplab/fsm's traps: an FSM holds its current state, so they
// are pooled and set to a state for each event; two transitions for one state and event would silently overwrite
// each other, so they are refused; a cancelled context or a panic in a callback would jam an FSM, so there are no
// callbacks and no cancelled contexts, and an FSM that answered with an error other than "same state again" is not
// used again.
type Machine struct {
	begin  string
	events []fsm.EventDesc
	states map[string]bool
	pool   sync.Pool
}

// Transition is one line of the table.
type Transition struct{ From, Event, To string }

// safeName is how a state may be called: some other names mean something to looplab/fsm.
var safeName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// New builds the table, and refuses one that is not plain: two transitions for one state and event, or a state whose
// name is not of a-z, 0-9 and _. Every machine is made at begin and then set to where it is needed.
func New(begin string, table []Transition) (*Machine, error) {
	m := &Machine{begin: begin, states: map[string]bool{begin: true}}
	seen := map[[2]string]bool{}
	for _, t := range table {
		if key := [2]string{t.From, t.Event}; seen[key] {
			return nil, fmt.Errorf("state %s has two transitions for %s", t.From, t.Event)
		} else {
			seen[key] = true
		}
		m.events = append(m.events, fsm.EventDesc{Name: t.Event, Src: []string{t.From}, Dst: t.To})
		m.states[t.From], m.states[t.To] = true, true
	}
	for name := range m.states {
		if !safeName.MatchString(name) {
			return nil, fmt.Errorf("state %q has no plain name", name)
		}
	}
	m.pool.New = func() any { return fsm.NewFSM(m.begin, m.events, nil) }
	return m, nil
}

// Next is the state that an event leads to. An event that the state does not have is an error.
func (m *Machine) Next(state, event string) (string, error) {
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
