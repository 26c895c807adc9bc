package sessions

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// PinBundle keeps the files of a flow version under their content hash, so that any instance can answer any
// turn of a call that began on it. Pinning the same bundle again only renews its life. Call it before a
// call begins on it; the first commit of every call renews it too, and puts it again if Redis lost it.
func (s *Store) PinBundle(ctx context.Context, hash string, files []byte) error {
	s.bundles.Store(hash, files)
	kept, err := s.client.PExpire(ctx, bundleKey(hash), 2*s.cfg.TTL).Result()
	if err == nil && !kept {
		err = s.client.Set(ctx, bundleKey(hash), files, 2*s.cfg.TTL).Err()
	}
	if err != nil {
		return fmt.Errorf("pin bundle %s: %w", hash, err)
	}
	return nil
}

// Bundle returns the files put under a hash, or ErrUnknownBundle. It does not verify that they hash to it.
func (s *Store) Bundle(ctx context.Context, hash string) ([]byte, error) {
	if files, ok := s.bundles.Load(hash); ok {
		return files.([]byte), nil
	}
	b, err := s.client.Get(ctx, bundleKey(hash)).Bytes()
	if errors.Is(err, redis.Nil) {
		err = ErrUnknownBundle
	}
	if err != nil {
		return nil, fmt.Errorf("bundle %s: %w", hash, err)
	}
	return b, nil
}

// putBundleAgain mends a bundle that Redis lost while a call began on it. The call is committed already, so a
// failure is only counted; the next call's commit tries again.
func (s *Store) putBundleAgain(ctx context.Context, hash string) {
	files, ok := s.bundles.Load(hash)
	if !ok {
		return
	}
	if err := s.client.Set(ctx, bundleKey(hash), files, 2*s.cfg.TTL).Err(); err != nil {
		s.stats.sideErrors.Add(1)
	}
}
