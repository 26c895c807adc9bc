package sessions

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// maxEvents is about how many events of a call are kept: a long call has some 200.
	maxEvents = 500
	// maxEventData bounds one event: it goes to every open page.
	maxEventData = 16 << 10
)

// Publish adds events to a call outside of a turn: a status callback, the progress of a payment. One round
// trip. The call need not be known (yet).
func (s *Store) Publish(ctx context.Context, call string, events ...Event) error {
	if len(events) == 0 {
		return nil
	}
	if err := checkCall(call); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	token := newToken()
	args := []any{token, s.cfg.TTL.Milliseconds(), maxEvents, liveChannel, call}
	args, err := appendEvents(args, events)
	if err != nil {
		return fmt.Errorf("publish events of %s: %w", call, err)
	}
	r, err := s.run(ctx, publishScript, []string{sessionKey(call), eventsKey(call)}, args)
	if err == nil && r.token != token {
		err = ErrEcho
	}
	if err != nil {
		return fmt.Errorf("publish events of %s: %w", call, err)
	}
	return nil
}

// Events returns the events of a call behind the event with ID after ("" for all that are kept), oldest
// first, at most limit (0: all).
func (s *Store) Events(ctx context.Context, call, after string, limit int) ([]Event, error) {
	start := "-"
	if after != "" {
		start = "(" + after
	}
	var msgs []redis.XMessage
	var err error
	if limit > 0 {
		msgs, err = s.client.XRangeN(ctx, eventsKey(call), start, "+", int64(limit)).Result()
	} else {
		msgs, err = s.client.XRange(ctx, eventsKey(call), start, "+").Result()
	}
	if err != nil {
		return nil, fmt.Errorf("events of %s: %w", call, err)
	}
	events := make([]Event, 0, len(msgs))
	for _, m := range msgs {
		kind, _ := m.Values["k"].(string)
		turn, _ := m.Values["t"].(string)
		data, _ := m.Values["d"].(string)
		n, _ := strconv.Atoi(turn)
		events = append(events, newEvent(call, n, m.ID, kind, []byte(data)))
	}
	return events, nil
}

// Follow calls fn for every event of a call behind the one with ID after, first the kept ones, then as they
// happen, each once and in order, until ctx ends (nil) or fn returns an error (that error).
func (s *Store) Follow(ctx context.Context, call, after string, fn func(Event) error) error {
	sub, err := s.Subscribe(ctx, call)
	if err != nil {
		return err
	}
	defer sub.Close()
	for behind := true; ; {
		if behind {
			events, err := s.Events(ctx, call, after, 0)
			if ctx.Err() != nil {
				return nil
			}
			if err != nil {
				return err
			}
			for _, e := range events {
				if err := fn(e); err != nil {
					return err
				}
				after = e.ID
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-sub.C:
			if !ok {
				return nil
			}
			behind = sub.Missed()
			if behind || e.Kind == "" || !idAfter(e.ID, after) {
				continue
			}
			if err := fn(e); err != nil {
				return err
			}
			after = e.ID
		}
	}
}

// appendEvents adds kind and data of each event to a script's arguments.
func appendEvents(args []any, events []Event) ([]any, error) {
	for _, e := range events {
		if e.Kind == "" || strings.ContainsAny(e.Kind, " \n\r") {
			return nil, fmt.Errorf("event kind %q is not one word", e.Kind)
		}
		if len(e.Data) > maxEventData {
			return nil, fmt.Errorf("event %s has %d bytes, more than %d", e.Kind, len(e.Data), maxEventData)
		}
		args = append(args, e.Kind, []byte(e.Data))
	}
	return args, nil
}

func newEvent(call string, turn int, id, kind string, data []byte) Event {
	e := Event{ID: id, Call: call, Turn: turn, Kind: kind}
	if len(data) > 0 {
		e.Data = json.RawMessage(data)
	}
	ms, _, _ := strings.Cut(id, "-")
	if n, err := strconv.ParseInt(ms, 10, 64); err == nil {
		e.At = time.UnixMilli(n).UTC()
	}
	return e
}

// idAfter tells whether stream ID a is behind b. IDs are two numbers, so they do not sort as text.
func idAfter(a, b string) bool {
	if b == "" {
		return true
	}
	a1, a2 := splitID(a)
	b1, b2 := splitID(b)
	return a1 > b1 || a1 == b1 && a2 > b2
}

func splitID(id string) (ms, seq uint64) {
	m, s, _ := strings.Cut(id, "-")
	ms, _ = strconv.ParseUint(m, 10, 64)
	seq, _ = strconv.ParseUint(s, 10, 64)
	return ms, seq
}

// liveMessage is one message of the live feed, as the scripts write it.
type liveMessage struct {
	call   string
	wake   bool
	events []Event
}

func parseLive(payload string) (liveMessage, error) {
	rest := []byte(payload)
	head, rest, ok := bytes.Cut(rest, []byte{'\n'})
	f := strings.Fields(string(head))
	if !ok || len(f) != 3 {
		return liveMessage{}, fmt.Errorf("live message: bad head %q", head)
	}
	turn, err := strconv.Atoi(f[1])
	if err != nil {
		return liveMessage{}, fmt.Errorf("live message: bad turn %q", f[1])
	}
	m := liveMessage{call: f[0], wake: f[2] == "1"}
	for len(rest) > 0 {
		var line []byte
		line, rest, ok = bytes.Cut(rest, []byte{'\n'})
		f := strings.Fields(string(line))
		if !ok || len(f) != 3 {
			return liveMessage{}, fmt.Errorf("live message: bad line %q", line)
		}
		n, err := strconv.Atoi(f[2])
		if err != nil || n < 0 || n >= len(rest) || rest[n] != '\n' {
			return liveMessage{}, fmt.Errorf("live message: bad length %q", f[2])
		}
		m.events = append(m.events, newEvent(m.call, turn, f[0], f[1], rest[:n:n]))
		rest = rest[n+1:]
	}
	return m, nil
}
