package payments

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
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
	client redis.UniversalClient
	ctx    context.Context
	cancel context.CancelFunc
	start  sync.Once
	ready  chan struct{}
	done   chan struct{}

	mu       sync.Mutex
	watchers map[*Watcher]struct{}
}

func newDeskHub(client redis.UniversalClient) *deskHub {
	h := &deskHub{client: client, ready: make(chan struct{}), done: make(chan struct{}), watchers: map[*Watcher]struct{}{}}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

func (h *deskHub) watch(ctx context.Context) (*Watcher, error) {
	w := &Watcher{c: make(chan Change, watchBuffer), hub: h}
	w.C = w.c
	h.mu.Lock()
	if h.ctx.Err() != nil {
		h.mu.Unlock()
		return nil, redis.ErrClosed
	}
	h.watchers[w] = struct{}{}
	h.mu.Unlock()
	h.start.Do(func() { go h.read() })
	select {
	case <-h.ready:
		return w, nil
	case <-h.ctx.Done():
		return nil, redis.ErrClosed
	case <-ctx.Done():
		h.remove(w)
		return nil, ctx.Err()
	}
}

func (h *deskHub) read() {
	defer close(h.done)
	ps := h.client.Subscribe(h.ctx, deskChannel)
	defer func() { _ = ps.Close() }()
	msgs := ps.ChannelWithSubscriptions()
	confirmed := false
	for {
		select {
		case <-h.ctx.Done():
			return
		case m, ok := <-msgs:
			if !ok {
				return
			}
			switch m := m.(type) {
			case *redis.Subscription:
				if confirmed {
					h.tell(Change{}) // the connection was made anew: something may have been lost between
				} else {
					close(h.ready)
				}
				confirmed = true
			case *redis.Message:
				h.tell(parseChange(m.Payload))
			}
		}
	}
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
	h.cancel()
	h.start.Do(func() { close(h.done) }) // never started
	<-h.done
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		delete(h.watchers, w)
		close(w.c)
	}
}
