package payments

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/internal/redisfeed"
)

// watchBuffer is how far a reader may fall behind before changes are dropped for it, and it is told to look at
// everything again.
const watchBuffer = 64

// Change says that something at the desk is new: a payment, or, with an empty ID, a handover. A Change without a
// Call only says that something may have been missed: look at everything again.
type Change struct {
	ID      string
	Version int64
	Call    string
	Agent   string
}

// Watcher tells of changes at the desk until it is closed.
type Watcher struct {
	// C delivers changes. It is closed by Close and when the desk closes.
	C <-chan Change

	c   chan Change
	hub *deskHub
}

// Close ends the watch.
func (w *Watcher) Close() { w.hub.remove(w) }

// Watch tells of every change from now on, whichever process makes it. When it returns, Redis has confirmed.
func (d *Desk) Watch(ctx context.Context) (*Watcher, error) { return d.hub.watch(ctx) }

// deskHub is the process's one subscription to the desk's changes. It starts with the first watcher.
type deskHub struct {
	feed *redisfeed.Feed

	mu       sync.Mutex
	closed   bool
	watchers map[*Watcher]struct{}
}

func newDeskHub(client redis.UniversalClient) *deskHub {
	h := &deskHub{feed: redisfeed.New(client, deskChannel), watchers: map[*Watcher]struct{}{}}
	h.feed.Gap = func() { h.tell(Change{}) }
	h.feed.Message = func(payload string) { h.tell(parseChange(payload)) }
	return h
}

func (h *deskHub) watch(ctx context.Context) (*Watcher, error) {
	w := &Watcher{c: make(chan Change, watchBuffer), hub: h}
	w.C = w.c
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil, redis.ErrClosed
	}
	h.watchers[w] = struct{}{}
	h.mu.Unlock()
	if err := h.feed.Ready(ctx); err != nil {
		h.remove(w)
		return nil, err
	}
	return w, nil
}

// parseChange reads what the scripts tell. What cannot be read means: look at everything again.
func parseChange(payload string) Change {
	f := strings.Fields(payload)
	if len(f) != 4 {
		return Change{}
	}
	version, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil {
		return Change{}
	}
	undash := func(s string) string {
		if s == "-" {
			return ""
		}
		return s
	}
	return Change{ID: undash(f[0]), Version: version, Call: f[2], Agent: undash(f[3])}
}

// tell never waits: one slow screen must not hold up the others.
func (h *deskHub) tell(c Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		select {
		case w.c <- c:
		default: // it fell behind: one change less, and a word that it should look at everything
			select {
			case <-w.c:
			default:
			}
			w.c <- Change{}
		}
	}
}

func (h *deskHub) remove(w *Watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.watchers[w]; ok {
		delete(h.watchers, w)
		close(w.c)
	}
}

func (h *deskHub) close() {
	h.feed.Close()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for w := range h.watchers {
		delete(h.watchers, w)
		close(w.c)
	}
}
