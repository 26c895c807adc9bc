package sessions

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/internal/redisfeed"
)

// subscriptionBuffer is how far a reader of the feed may fall behind before events are dropped for it.
const subscriptionBuffer = 256

// Subscription is a reader of the live feed.
type Subscription struct {
	// C delivers events as they happen. It is closed by Close and when the store closes. An Event without a
	// Kind only says that something may have been missed.
	C <-chan Event

	c      chan Event
	call   string
	missed atomic.Bool
	hub    *hub
}

// Missed tells whether events were dropped since it was asked last: the reader fell behind, or the connection
// to Redis broke for a moment. Follow reads them again from the call's stream.
func (sub *Subscription) Missed() bool { return sub.missed.Swap(false) }

// Close ends the subscription.
func (sub *Subscription) Close() { sub.hub.remove(sub) }

// Subscribe reads the live feed from now on: of one call, or of all with call "". When it returns, Redis has
// confirmed: whatever happens from then on arrives. All subscriptions of a process share one of Redis's.
func (s *Store) Subscribe(ctx context.Context, call string) (*Subscription, error) {
	sub := &Subscription{c: make(chan Event, subscriptionBuffer), call: call, hub: s.hub}
	sub.C = sub.c
	if err := s.hub.add(ctx, sub); err != nil {
		return nil, fmt.Errorf("subscribe: %w", err)
	}
	return sub, nil
}

// hub is the process's one subscription to the live feed, handed out to all who read it. It starts with the
// first reader and ends with the store.
type hub struct {
	feed *redisfeed.Feed

	mu      sync.Mutex
	closed  bool
	subs    map[*Subscription]struct{}
	waiters map[string]map[chan struct{}]struct{}
}

func newHub(client redis.UniversalClient) *hub {
	h := &hub{
		feed: redisfeed.New(client, liveChannel),
		subs: map[*Subscription]struct{}{}, waiters: map[string]map[chan struct{}]struct{}{},
	}
	h.feed.Gap = h.gap
	h.feed.Message = func(payload string) {
		live, err := parseLive(payload)
		if err != nil {
			h.gap()
			return
		}
		h.deliver(live)
	}
	return h
}

func (h *hub) deliver(m liveMessage) {
	if m.wake {
		h.wake(m.call)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for sub := range h.subs {
		if sub.call != "" && sub.call != m.call {
			continue
		}
		for _, e := range m.events {
			sub.offer(e)
		}
	}
}

// offer never waits: one slow page must not hold up the others.
func (sub *Subscription) offer(e Event) {
	select {
	case sub.c <- e:
	default:
		sub.missed.Store(true)
	}
}

func (h *hub) gap() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for sub := range h.subs {
		sub.missed.Store(true)
		sub.offer(Event{Call: sub.call})
	}
}

func (h *hub) add(ctx context.Context, sub *Subscription) error {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return redis.ErrClosed
	}
	h.subs[sub] = struct{}{}
	h.mu.Unlock()
	err := h.feed.Ready(ctx)
	if err != nil && ctx.Err() != nil {
		h.remove(sub)
	}
	return err
}

func (h *hub) remove(sub *Subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.subs[sub]; ok {
		delete(h.subs, sub)
		close(sub.c)
	}
}

// wait returns a channel that gets a value when a turn of the call was committed.
func (h *hub) wait(call string) (<-chan struct{}, func()) {
	h.feed.Listen()
	c := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.waiters[call] == nil {
		h.waiters[call] = map[chan struct{}]struct{}{}
	}
	h.waiters[call][c] = struct{}{}
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.waiters[call], c)
		if len(h.waiters[call]) == 0 {
			delete(h.waiters, call)
		}
	}
}

func (h *hub) wake(call string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.waiters[call] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (h *hub) close() {
	h.feed.Close()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for sub := range h.subs {
		delete(h.subs, sub)
		close(sub.c)
	}
}
