package sessions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Limits of one page of List.
const (
	defaultPage = 50
	maxPage     = 500
)

// Get returns the session of a call with its state, without any lease, or ErrUnknownCall.
func (s *Store) Get(ctx context.Context, call string) (Session, error) {
	vals, err := s.client.HMGet(ctx, sessionKey(call), "turn", "info", "state").Result()
	if err == nil && vals[0] == nil {
		err = ErrUnknownCall
	}
	if err != nil {
		return Session{}, fmt.Errorf("session of %s: %w", call, err)
	}
	out, err := readSession(call, vals[0], vals[1])
	if err != nil {
		return Session{}, err
	}
	if state, ok := vals[2].(string); ok {
		out.State = []byte(state)
	}
	return out, nil
}

func readSession(call string, turn, info any) (Session, error) {
	out := Session{Call: call}
	t, _ := turn.(string)
	out.Turn, _ = strconv.Atoi(t)
	if text, ok := info.(string); ok {
		if err := json.Unmarshal([]byte(text), &out.Info); err != nil {
			return Session{}, fmt.Errorf("session of %s: read info: %w", call, err)
		}
	}
	return out, nil
}

// index keeps the sorted sets that List reads. It runs in the pipeline of a commit, outside its script.
func (s *Store) index(ctx context.Context, p redis.Pipeliner, l Lease, info Info) {
	if l.Turn != 0 && info.Ended.IsZero() {
		return
	}
	started := info.Started
	if started.IsZero() {
		started = info.Updated
	}
	entry := redis.Z{Score: float64(started.UnixMilli()), Member: l.Call}
	old := "(" + strconv.FormatInt(time.Now().Add(-s.cfg.TTL).UnixMilli(), 10)
	p.ZAdd(ctx, callIndexKey, entry)
	if info.Ended.IsZero() {
		p.ZAdd(ctx, liveIndexKey, entry)
	} else {
		p.ZRem(ctx, liveIndexKey, l.Call)
	}
	for _, key := range []string{callIndexKey, liveIndexKey} {
		p.ZRemRangeByScore(ctx, key, "-inf", old)
		p.PExpire(ctx, key, s.cfg.TTL)
	}
}

// List returns the sessions of calls, newest first. It reads the index and then each session, so one that
// is gone meanwhile is left out; a page may be shorter than asked and still have a next one.
func (s *Store) List(ctx context.Context, q Query) (Page, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = defaultPage
	}
	limit = min(limit, maxPage)
	key := callIndexKey
	if q.Live {
		key = liveIndexKey
	}
	entries, err := s.indexed(ctx, key, q.After, limit)
	if err != nil {
		return Page{}, fmt.Errorf("list calls: %w", err)
	}
	var page Page
	if len(entries) > limit {
		entries = entries[:limit]
		last := entries[limit-1]
		page.Next = strconv.FormatInt(int64(last.Score), 10) + "." + last.Member.(string)
	}
	cmds := make([]*redis.SliceCmd, len(entries))
	_, err = s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, e := range entries {
			cmds[i] = p.HMGet(ctx, sessionKey(e.Member.(string)), "turn", "info")
		}
		return nil
	})
	if err != nil {
		return Page{}, fmt.Errorf("list calls: %w", err)
	}
	for i, e := range entries {
		vals := cmds[i].Val()
		if vals[0] == nil {
			continue
		}
		one, err := readSession(e.Member.(string), vals[0], vals[1])
		if err != nil {
			return Page{}, fmt.Errorf("list calls: %w", err)
		}
		if !q.Live || one.Live() {
			page.Sessions = append(page.Sessions, one)
		}
	}
	return page, nil
}

// indexed reads limit+1 entries of an index behind a cursor. Calls that started in the same millisecond are
// in reverse order of their names, so the cursor is both.
func (s *Store) indexed(ctx context.Context, key, after string, limit int) ([]redis.Z, error) {
	max, behind := "+inf", ""
	if after != "" {
		var ok bool
		if max, behind, ok = strings.Cut(after, "."); !ok {
			return nil, errBadCursor
		}
		if _, err := strconv.ParseInt(max, 10, 64); err != nil {
			return nil, errBadCursor
		}
	}
	var out []redis.Z
	for offset := int64(0); ; {
		batch, err := s.client.ZRevRangeByScoreWithScores(ctx, key, &redis.ZRangeBy{
			Min: "-inf", Max: max, Offset: offset, Count: int64(limit) + 1,
		}).Result()
		if err != nil {
			return nil, err
		}
		for _, z := range batch {
			if behind != "" && strconv.FormatInt(int64(z.Score), 10) == max && z.Member.(string) >= behind {
				continue
			}
			out = append(out, z)
		}
		if len(out) > limit || len(batch) <= limit {
			return out, nil
		}
		offset += int64(len(batch))
	}
}

var errBadCursor = errors.New("sessions: not a place in the list")
