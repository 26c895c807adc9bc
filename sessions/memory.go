package sessions

import (
	"context"
	"fmt"
	"sync"
)

// maxRemembered is how many calls a process remembers: some 40 MB of states at most.
const maxRemembered = 20_000

// memory is what this process committed last, call by call. It spares the next turn the loading, where that turn
// comes to the same process; it is never believed, because Commit compares it with what Redis holds.
type memory struct {
	mu    sync.Mutex
	calls map[string]remembered
}

// remembered is a session as it was committed, and the token of that commit.
type remembered struct {
	session Session
	token   string
}

// keep remembers a commit; an ended call is forgotten.
func (m *memory) keep(l Lease, c Commit) {
	next := l.Turn + 1
	if c.KeepTurn {
		next = l.Turn
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !c.Info.Ended.IsZero() {
		delete(m.calls, l.Call)
		return
	}
	if m.calls == nil {
		m.calls = map[string]remembered{}
	}
	if _, known := m.calls[l.Call]; !known && len(m.calls) >= maxRemembered {
		for call := range m.calls { // any will do: a call that is forgotten is loaded again
			delete(m.calls, call)
			break
		}
	}
	m.calls[l.Call] = remembered{
		session: Session{Call: l.Call, Turn: next, State: c.State, Info: c.Info}, token: l.Token,
	}
}

func (m *memory) forget(call string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.calls, call)
}

func (m *memory) recall(call string, turn int) (remembered, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.calls[call]
	return r, ok && r.session.Turn == turn
}

// Recall returns turn n from memory, without asking Redis, where this process committed the turn before. Nothing
// is leased: decide as much as you like, but Secure the turn before anything is done that cannot be undone, and
// take ErrLeaseLost from Secure or Commit as the news that another process was there; then Await tells the rest.
// Effects that were left running are not in it.
func (s *Store) Recall(call string, n int) (Begun, bool) {
	r, ok := s.memory.recall(call, n)
	if !ok {
		return Begun{}, false
	}
	return Begun{Verdict: Run, Session: r.session, Lease: Lease{Call: call, Turn: n, Token: newToken(), after: r.token}}, true
}

// Secure leases a recalled turn. A lease that is held already is returned as it is. One round trip.
func (s *Store) Secure(ctx context.Context, l Lease) (Lease, error) {
	if l.Held() {
		return l, nil
	}
	b, err := s.Begin(ctx, l.Call, l.Turn)
	switch {
	case err != nil:
		return l, err
	case b.Verdict != Run:
		s.memory.forget(l.Call)
		return l, fmt.Errorf("secure turn %d of %s: %w", l.Turn, l.Call, ErrLeaseLost)
	case b.last != l.after: // something outside of a turn's URL was committed meanwhile, such as a hang-up
		s.memory.forget(l.Call)
		if err := s.Release(ctx, b.Lease); err != nil {
			return l, err
		}
		return l, fmt.Errorf("secure turn %d of %s: %w", l.Turn, l.Call, ErrLeaseLost)
	}
	return b.Lease, nil
}
