package sessions

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// CheckServer looks whether the server may be trusted with sessions and returns a sentence for each thing
// that should be changed: a maxmemory-policy other than noeviction, which would throw away the mark of a turn
// that was already answered without a word. The error is for a server that does not answer. One that cannot
// be asked (miniredis) is not warned about.
func (s *Store) CheckServer(ctx context.Context) ([]string, error) {
	var mu sync.Mutex
	var warnings []string
	check := func(ctx context.Context, c *redis.Client) error {
		info, err := c.Info(ctx, "memory").Result()
		if err != nil {
			if pingErr := c.Ping(ctx).Err(); pingErr != nil {
				return fmt.Errorf("check redis: %w", pingErr)
			}
			return nil
		}
		if policy := infoValue(info, "maxmemory_policy"); policy != "" && policy != "noeviction" {
			mu.Lock()
			defer mu.Unlock()
			warnings = append(warnings, fmt.Sprintf(
				"redis %s has maxmemory-policy %s: sessions can vanish in the middle of a call; set it to noeviction",
				c.Options().Addr, policy))
		}
		return nil
	}
	switch c := s.client.(type) {
	case *redis.ClusterClient:
		err := c.ForEachMaster(ctx, check)
		return warnings, err
	case *redis.Client:
		err := check(ctx, c)
		return warnings, err
	}
	return nil, nil
}

// infoValue is one value of an INFO answer.
func infoValue(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+":"); ok {
			return value
		}
	}
	return ""
}
