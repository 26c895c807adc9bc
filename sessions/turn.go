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

const (
	// keepAnswers is for how many turns the answer's bytes are kept. Twilio repeats within 15 s, when at
	// most the turn before can have been overtaken; two more are for a slow proxy.
	keepAnswers = 4
	// awaitPoll is how often Await looks again where no word of the commit arrives: pub/sub may lose one.
	awaitPoll = 100 * time.Millisecond
)

// Begin loads the session of a call and takes its lease for turn n, or says why not: see Verdict. Turn 0 of a
// call that nobody knows is Run with a Fresh session: that is how a session comes to be. One round trip.
//
// A lease that is not committed in time may be taken over by the next copy; Commit will refuse the old one.
func (s *Store) Begin(ctx context.Context, call string, n int) (Begun, error) {
	if err := checkCall(call); err != nil {
		return Begun{}, fmt.Errorf("begin turn %d: %w", n, err)
	}
	token := newToken()
	keys := []string{sessionKey(call), effectsKey(call)}
	args := []any{n, token, s.cfg.Lease.Milliseconds(), (s.cfg.Lease + freshGrace).Milliseconds()}
	r, err := s.run(ctx, beginScript, keys, args)
	if err == nil && r.token != token {
		err = ErrEcho
	}
	if err != nil {
		return Begun{}, fmt.Errorf("begin turn %d of %s: %w", n, call, err)
	}
	b := Begun{Verdict: Verdict(r.word), Session: Session{Call: call, Turn: r.turn}}
	switch b.Verdict {
	case Run:
		b.Lease = Lease{Call: call, Turn: r.turn, Token: token}
		err = b.load(r)
	case Replay:
		b.Answer, b.Fingerprint = []byte(r.text(0)), r.text(1)
	case Busy:
		if len(r.rest) > 0 {
			ms, _ := r.rest[0].(int64)
			b.Wait = time.Duration(ms) * time.Millisecond
		}
	case Stale, Unknown:
	default:
		err = fmt.Errorf("%w: verdict %q", ErrEcho, r.word)
	}
	if err != nil {
		return Begun{}, fmt.Errorf("begin turn %d of %s: %w", n, call, err)
	}
	s.stats.verdict(b.Verdict)
	return b, nil
}

// load reads the session and the effects out of a run reply.
func (b *Begun) load(r reply) error {
	if info := r.text(0); info != "" {
		if err := json.Unmarshal([]byte(info), &b.Session.Info); err != nil {
			return fmt.Errorf("read info: %w", err)
		}
	}
	if len(r.rest) > 1 {
		if state, ok := r.rest[1].(string); ok {
			b.Session.State = []byte(state)
		}
	}
	if len(r.rest) > 2 {
		if len(r.rest) > 3 {
			b.last, _ = r.rest[3].(string)
		}
		flat, _ := r.rest[2].([]any)
		b.Effects = make(map[string][]byte, len(flat)/2)
		for i := 0; i+1 < len(flat); i += 2 {
			field, _ := flat[i].(string)
			value, _ := flat[i+1].(string)
			b.Effects[field] = []byte(value)
		}
	}
	return nil
}

// Await is Begin for a copy that may have lost the race: while the turn is Busy it waits for the winner's
// commit, and then has its answer as Replay, or for the end of the winner's lease, and may then be told to
// Run. When ctx ends first the last verdict is returned, Busy, without an error: redirect the caller to the
// same turn. A wait of 2 s leaves room in Twilio's 15.
func (s *Store) Await(ctx context.Context, call string, n int) (Begun, error) {
	b, err := s.Begin(ctx, call, n)
	if err != nil || b.Verdict != Busy {
		return b, err
	}
	woken, stop := s.hub.wait(call)
	defer stop()
	for {
		last := b
		b, err = s.Begin(ctx, call, n)
		if err != nil && ctx.Err() != nil {
			return last, nil
		}
		if err != nil || b.Verdict != Busy {
			return b, err
		}
		pause(ctx, woken, min(awaitPoll, b.Wait+time.Millisecond))
		if ctx.Err() != nil {
			return b, nil
		}
	}
}

// Commit writes what the leased turn came to and moves the call to the next one, all in one step and one
// round trip. The error is ErrLeaseLost where the turn is no longer ours; then nothing was written. Sending
// the same commit again after an error of the connection is safe: the second is recognised. Give it a context
// that a hang-up does not cancel.
//
// Index and counters lie in other slots of a cluster than the call, so they cannot be part of the script:
// they travel in the same pipeline, best effort, and only on the first and last turn of a call or where
// counters move. An index entry that got lost is written again when the call ends.
func (s *Store) Commit(ctx context.Context, l Lease, c Commit) error {
	c.Info.Updated = time.Now().UTC().Truncate(time.Millisecond)
	args, err := s.commitArgs(l, c)
	if err != nil {
		return fmt.Errorf("commit turn %d of %s: %w", l.Turn, l.Call, err)
	}
	keys := []string{sessionKey(l.Call), eventsKey(l.Call), effectsKey(l.Call)}
	var r reply
	if l.Turn == 0 || !c.Info.Ended.IsZero() || len(c.Count) > 0 {
		r, err = s.commitIndexed(ctx, keys, args, l, c)
	} else {
		r, err = s.run(ctx, commitScript, keys, args)
	}
	switch {
	case err != nil:
	case r.token != l.Token:
		err = ErrEcho
	case r.word == "lost":
		s.stats.lost.Add(1)
		s.memory.forget(l.Call)
		err = ErrLeaseLost
	}
	if err != nil {
		return fmt.Errorf("commit turn %d of %s: %w", l.Turn, l.Call, err)
	}
	s.stats.commits.Add(1)
	s.memory.keep(l, c)
	s.hub.wake(l.Call)
	return nil
}

func (s *Store) commitArgs(l Lease, c Commit) ([]any, error) {
	if err := checkCall(l.Call); err != nil {
		return nil, err
	}
	if c.State == nil {
		return nil, errors.New("no state")
	}
	info, err := json.Marshal(c.Info)
	if err != nil {
		return nil, fmt.Errorf("write info: %w", err)
	}
	has := "0"
	switch {
	case c.KeepTurn && c.Answer != nil:
		return nil, errors.New("a commit that keeps the turn has no answer")
	case c.KeepTurn:
		has = "k"
	case c.Answer != nil:
		has = "1"
	}
	args := make([]any, 0, 14+len(c.Forget)+2*len(c.Events))
	args = append(args, l.Token, l.Turn, s.cfg.TTL.Milliseconds(), keepAnswers, c.State, info, has, c.Answer,
		c.Fingerprint, maxEvents, liveChannel, l.Call, len(c.Forget), l.after)
	for _, id := range c.Forget {
		args = append(args, id)
	}
	return appendEvents(args, c.Events)
}

// commitIndexed is the commit in one pipeline with what lies in other slots.
func (s *Store) commitIndexed(ctx context.Context, keys []string, args []any, l Lease, c Commit) (reply, error) {
	var commit *redis.Cmd
	var pinned *redis.BoolCmd
	_, _ = s.do.Pipelined(ctx, func(p redis.Pipeliner) error { // each command has its own error
		commit = p.EvalSha(ctx, commitScript.sha, keys, args...)
		s.index(ctx, p, l, c.Info)
		s.count(ctx, p, c.Count)
		if l.Turn == 0 && c.Info.Bundle != "" {
			pinned = p.PExpire(ctx, bundleKey(c.Info.Bundle), 2*s.cfg.TTL)
		}
		return nil
	})
	if redis.HasErrorPrefix(commit.Err(), "NOSCRIPT") {
		commit = s.do.Eval(ctx, commitScript.source, keys, args...)
	}
	if pinned != nil && pinned.Err() == nil && !pinned.Val() {
		s.putBundleAgain(ctx, c.Info.Bundle)
	}
	return readReply(commit)
}

// Release gives the lease back without a commit, for a turn that failed before any effect: the next copy
// need not wait. It is no error when the lease was lost meanwhile.
func (s *Store) Release(ctx context.Context, l Lease) error {
	r, err := s.run(ctx, releaseScript, []string{sessionKey(l.Call)}, []any{l.Token})
	if err == nil && r.token != l.Token {
		err = ErrEcho
	}
	if err != nil {
		return fmt.Errorf("release turn %d of %s: %w", l.Turn, l.Call, err)
	}
	s.hub.wake(l.Call)
	return nil
}

// checkCall refuses what would break out of a key's hash tag or out of the live feed's lines.
func checkCall(call string) error {
	if call == "" || len(call) > 64 || strings.ContainsAny(call, "{} \n\r") {
		return fmt.Errorf("not a call id: %s", strconv.QuoteToASCII(call))
	}
	return nil
}
