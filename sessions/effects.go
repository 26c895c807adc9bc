package sessions

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// Fields of the effects hash.
const (
	resultField = "r:"
	claimField  = "c:"
)

// ClaimEffect asks to be the one who runs an effect; exactly one of all who ask is told true. A claim lasts as
// long as the session: if its holder dies nobody runs the effect again, and the flow's own deadline decides.
// One round trip.
func (s *Store) ClaimEffect(ctx context.Context, call, id string) (bool, error) {
	var won *redis.BoolCmd
	_, err := s.do.Pipelined(ctx, func(p redis.Pipeliner) error {
		won = p.HSetNX(ctx, effectsKey(call), claimField+id, "1")
		p.PExpire(ctx, effectsKey(call), s.cfg.TTL)
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("claim effect %s of %s: %w", id, call, err)
	}
	return won.Val(), nil
}

// SaveEffect keeps the result of an effect, so that a turn which is run again need not run the effect again.
// The first result stays: what is returned is the one that is kept. Begin has it in Effects until a Commit
// forgets it. Use the effect's ID, which is the same when the turn is run again. One round trip.
func (s *Store) SaveEffect(ctx context.Context, call, id string, result []byte) ([]byte, error) {
	var kept *redis.StringCmd
	_, err := s.do.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.HSetNX(ctx, effectsKey(call), resultField+id, result)
		kept = p.HGet(ctx, effectsKey(call), resultField+id)
		p.PExpire(ctx, effectsKey(call), s.cfg.TTL)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("save effect %s of %s: %w", id, call, err)
	}
	return kept.Bytes()
}

// Effect returns the kept result of an effect, and whether there is one. One round trip.
func (s *Store) Effect(ctx context.Context, call, id string) ([]byte, bool, error) {
	b, err := s.do.HGet(ctx, effectsKey(call), resultField+id).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("effect %s of %s: %w", id, call, err)
	}
	return b, true, nil
}
