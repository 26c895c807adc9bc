package sessions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// SaveEffect keeps the result of an effect that outlived its turn. The first result of an ID stays. Begin has
// it in Effects until a Commit forgets it, and AwaitEffect wakes up. One round trip.
func (s *Store) SaveEffect(ctx context.Context, call, id string, result []byte) error {
	if err := checkCall(call); err != nil {
		return fmt.Errorf("save effect %s: %w", id, err)
	}
	_, err := s.do.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.HSetNX(ctx, effectsKey(call), id, result)
		p.PExpire(ctx, effectsKey(call), s.cfg.TTL)
		p.Publish(ctx, liveChannel, call+" 0 1\n")
		return nil
	})
	if err != nil {
		return fmt.Errorf("save effect %s of %s: %w", id, call, err)
	}
	s.hub.wake(call)
	return nil
}

// AwaitEffect returns the kept result of an effect, waiting for it until ctx ends; then found is false, and
// that is no error.
func (s *Store) AwaitEffect(ctx context.Context, call, id string) (result []byte, found bool, err error) {
	woken, stop := s.hub.wait(call)
	defer stop()
	for {
		b, err := s.do.HGet(ctx, effectsKey(call), id).Bytes()
		switch {
		case err == nil:
			return b, true, nil
		case ctx.Err() != nil:
			return nil, false, nil
		case !errors.Is(err, redis.Nil):
			return nil, false, fmt.Errorf("await effect %s of %s: %w", id, call, err)
		}
		pause(ctx, woken, awaitPoll)
	}
}

// pause waits for word of the call, but no longer than d: pub/sub may lose a message.
func pause(ctx context.Context, woken <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-woken:
	case <-timer.C:
	case <-ctx.Done():
	}
}
