package simulator

import (
	"container/heap"
	"fmt"
	"sync"
	"time"
)

// settleLimit is how long, in real time, an advance of the manual clock waits for the calls to come to rest
// between two timers. A webhook may take its whole budget of 15 s, and the connector longer.
const settleLimit = 90 * time.Second

// clock tells the time and wakes people up. There are two: the machine's own, and one that moves only when told.
type clock interface {
	now() time.Time
	// after calls f once when d has passed; stop prevents that, as far as it has not begun.
	after(d time.Duration, f func()) (stop func())
}

type realClock struct{}

func (realClock) now() time.Time { return time.Now() }

func (realClock) after(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}

// manualClock stands still until it is advanced. Timers fire in order, and before each one everybody is given
// the time to finish what the one before has set off, so that a run is the same every time.
type manualClock struct {
	busy *busy

	advancing sync.Mutex // one advance at a time

	mu     sync.Mutex
	at     time.Time
	seq    int
	timers timerHeap
}

func newManualClock(start time.Time, b *busy) *manualClock {
	return &manualClock{at: start, busy: b}
}

func (c *manualClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *manualClock) after(d time.Duration, f func()) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	t := &timer{at: c.at.Add(max(d, 0)), seq: c.seq, fire: f}
	heap.Push(&c.timers, t)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if t.index >= 0 {
			heap.Remove(&c.timers, t.index)
		}
	}
}

// advance moves the clock by d and returns when all that this set off has come to rest.
func (c *manualClock) advance(d time.Duration) error {
	c.advancing.Lock()
	defer c.advancing.Unlock()
	target := c.now().Add(d)
	for {
		if !c.busy.waitIdle(settleLimit) {
			return fmt.Errorf("calls were still busy after %s; the clock stands at %s", settleLimit, c.now().Format(time.RFC3339))
		}
		t := c.next(target)
		if t == nil {
			return nil
		}
		t.fire()
	}
}

// next takes the earliest timer due by target and moves the clock to it, or moves the clock to target.
func (c *manualClock) next(target time.Time) *timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.timers) == 0 || c.timers[0].at.After(target) {
		c.at = target
		return nil
	}
	t := heap.Pop(&c.timers).(*timer)
	c.at = t.at
	return t
}

type timer struct {
	at    time.Time
	seq   int
	index int
	fire  func()
}

// timerHeap orders timers by time, then by age.
type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].seq < h[j].seq
	}
	return h[i].at.Before(h[j].at)
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = -1
	return t
}
