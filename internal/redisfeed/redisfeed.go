// Package redisfeed listens to one pub/sub channel of Redis for a whole process. Feed is its main type: it begins with
// the first who wants to hear, says when Redis has confirmed, and says when something may have been lost because the
// connection was made anew.
//
// It must not know what the messages mean, nor who reads them: sessions and payments hand them on, each in its own way.
package redisfeed

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Feed is a subscription to one channel. Make it with New and end it with Close.
type Feed struct {
	// Message is told every message, and Gap that some may have been lost, both on the feed's own goroutine. Set them
	// before the first Listen.
	Message func(payload string)
	Gap     func()

	client  redis.UniversalClient
	channel string
	start   sync.Once
	ready   chan struct{} // closed when Redis has confirmed for the first time
	done    chan struct{} // closed when the goroutine has ended
	ctx     context.Context
	cancel  context.CancelFunc
}

// New makes a feed. Nothing is asked of Redis before the first Listen.
func New(client redis.UniversalClient, channel string) *Feed {
	f := &Feed{client: client, channel: channel, ready: make(chan struct{}), done: make(chan struct{})}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	return f
}

// Listen begins to listen, if nobody has before.
func (f *Feed) Listen() { f.start.Do(func() { go f.read() }) }

// Ready listens, and waits until Redis has confirmed: what is said from then on arrives. redis.ErrClosed after Close.
func (f *Feed) Ready(ctx context.Context) error {
	f.Listen()
	select {
	case <-f.ready:
		return nil
	case <-f.ctx.Done():
		return redis.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends the feed; nothing is told any more when it returns.
func (f *Feed) Close() {
	f.cancel()
	f.start.Do(func() { close(f.done) }) // never started
	<-f.done
}

func (f *Feed) read() {
	defer close(f.done)
	ps := f.client.Subscribe(f.ctx, f.channel)
	defer func() { _ = ps.Close() }()
	messages := ps.ChannelWithSubscriptions()
	confirmed := false
	for {
		select {
		case <-f.ctx.Done():
			return
		case m, ok := <-messages:
			if !ok {
				return
			}
			switch m := m.(type) {
			case *redis.Subscription:
				if confirmed {
					f.Gap()
				} else {
					close(f.ready)
				}
				confirmed = true
			case *redis.Message:
				f.Message(m.Payload)
			}
		}
	}
}
