package simulator

import "sync"

// message is something that happens to a leg. Exactly one of the fields after ack says what.
type message struct {
	ack *ack // told what became of it; may be nil

	keys     string       // keys pressed by the person on this leg
	silence  bool         // the person lets the running wait pass
	hangup   string       // the leg ends; the value is the status it ends with
	answer   string       // the person answers: human, machine or fax
	redirect *destination // REST sent the call to another document
	child    *childNews   // something happened to a leg that this one dialed
	tick     int          // a timer of this leg went off
	done     func()       // work begun by this leg has ended; run on the leg's goroutine
}

// ack tells the sender of a message that it was handled, and of keys what became of them. The counts may be
// read when done is closed.
type ack struct {
	taken, ignored int
	done           chan struct{}
	settled        bool // the leg's own note that done is closed
}

func newAck() *ack { return &ack{done: make(chan struct{})} }

// settle closes done; a nil ack has nobody to tell.
func (a *ack) settle() {
	if a != nil && !a.settled {
		a.settled = true
		close(a.done)
	}
}

// mailbox holds what has happened to a leg and was not yet looked at. Posting never blocks.
type mailbox struct {
	busy  *busy
	ready chan struct{}

	mu     sync.Mutex
	queue  []message
	closed bool
}

// newMailbox makes one that is closed until somebody reads it.
func newMailbox(b *busy) *mailbox {
	return &mailbox{busy: b, ready: make(chan struct{}, 1), closed: true}
}

// open lets messages be posted: the leg begins to read them.
func (m *mailbox) open() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = false
}

// post puts m into the box; it reports false when the leg has ended, or has not begun.
func (m *mailbox) post(msg message) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false
	}
	m.busy.add() // until the leg has handled it
	m.queue = append(m.queue, msg)
	select {
	case m.ready <- struct{}{}:
	default:
	}
	return true
}

// take removes the oldest message; the caller must call busy.done when it has been handled.
func (m *mailbox) take() (message, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.queue) == 0 {
		return message{}, false
	}
	msg := m.queue[0]
	m.queue[0] = message{}
	m.queue = m.queue[1:]
	return msg, true
}

// close refuses further messages and hands out those that nobody read.
func (m *mailbox) close() []message {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	rest := m.queue
	m.queue = nil
	return rest
}
