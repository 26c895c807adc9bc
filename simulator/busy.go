package simulator

import (
	"sync"
	"time"
)

// busy counts who is at work: running legs, messages not yet read, webhooks under way. The manual clock moves
// only while nobody is.
type busy struct {
	mu   sync.Mutex
	n    int
	idle chan struct{} // closed when n falls to zero; nil while nobody waits
}

func (b *busy) add() {
	b.mu.Lock()
	b.n++
	b.mu.Unlock()
}

func (b *busy) done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n--
	if b.n < 0 {
		panic("simulator: busy count below zero")
	}
	if b.n == 0 && b.idle != nil {
		close(b.idle)
		b.idle = nil
	}
}

// waitIdle waits until nobody is at work, for at most limit of real time, and reports whether that came.
func (b *busy) waitIdle(limit time.Duration) bool {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for {
		b.mu.Lock()
		if b.n == 0 {
			b.mu.Unlock()
			return true
		}
		if b.idle == nil {
			b.idle = make(chan struct{})
		}
		idle := b.idle
		b.mu.Unlock()
		select {
		case <-idle:
		case <-deadline.C:
			return false
		}
	}
}
