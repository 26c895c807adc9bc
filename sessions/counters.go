package sessions

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Count adds to a counter of the UTC day, shared by all instances: calls, outcomes, digits that looked like
// a card. Where a turn is committed anyway use Commit.Count, which costs no round trip.
func (s *Store) Count(ctx context.Context, name string, by int64) error {
	_, err := s.do.Pipelined(ctx, func(p redis.Pipeliner) error {
		s.count(ctx, p, map[string]int64{name: by})
		return nil
	})
	if err != nil {
		return fmt.Errorf("count %s: %w", name, err)
	}
	return nil
}

func (s *Store) count(ctx context.Context, p redis.Pipeliner, by map[string]int64) {
	if len(by) == 0 {
		return
	}
	key := countsKey(dayOf(time.Now()))
	for name, n := range by {
		p.HIncrBy(ctx, key, name, n)
	}
	p.PExpire(ctx, key, countsTTL)
}

// Counts returns the counters of the UTC day that holds t.
func (s *Store) Counts(ctx context.Context, t time.Time) (map[string]int64, error) {
	all, err := s.client.HGetAll(ctx, countsKey(dayOf(t))).Result()
	if err != nil {
		return nil, fmt.Errorf("counts: %w", err)
	}
	out := make(map[string]int64, len(all))
	for name, text := range all {
		if out[name], err = strconv.ParseInt(text, 10, 64); err != nil {
			return nil, fmt.Errorf("counts: %s: %w", name, err)
		}
	}
	return out, nil
}

func dayOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// Stats is what this process's store did since it was opened, for /metrics.
type Stats struct {
	Runs, Replays, Stales, Busies, Unknowns uint64 // verdicts of Begin
	Commits                                 uint64
	LeasesLost                              uint64 // commits refused
	SideErrors                              uint64 // failures of what is best effort
}

type stats struct {
	runs, replays, stales, busies, unknowns atomic.Uint64
	commits, lost, sideErrors               atomic.Uint64
}

func (s *stats) verdict(v Verdict) {
	switch v {
	case Run:
		s.runs.Add(1)
	case Replay:
		s.replays.Add(1)
	case Stale:
		s.stales.Add(1)
	case Busy:
		s.busies.Add(1)
	case Unknown:
		s.unknowns.Add(1)
	}
}

// Stats returns the counts of this process.
func (s *Store) Stats() Stats {
	return Stats{
		Runs: s.stats.runs.Load(), Replays: s.stats.replays.Load(), Stales: s.stats.stales.Load(),
		Busies: s.stats.busies.Load(), Unknowns: s.stats.unknowns.Load(),
		Commits: s.stats.commits.Load(), LeasesLost: s.stats.lost.Load(), SideErrors: s.stats.sideErrors.Load(),
	}
}
