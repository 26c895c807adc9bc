package payments

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed desksave.lua
var saveLua string

//go:embed deskclaim.lua
var claimLua string

//go:embed deskrelease.lua
var releaseLua string

//go:embed deskswap.lua
var swapLua string

// deskStore keeps agent-assisted payments in Redis. Documents are compared and set: whoever decided on an old
// version decides anew.
type deskStore struct {
	redis                      redis.UniversalClient
	save, claim, release, swap *redis.Script
}

func (s *deskStore) loadScripts(ctx context.Context) error {
	s.save, s.claim, s.release = redis.NewScript(saveLua), redis.NewScript(claimLua), redis.NewScript(releaseLua)
	s.swap = redis.NewScript(swapLua)
	for _, script := range []*redis.Script{s.save, s.claim, s.release, s.swap} {
		if err := script.Load(ctx, s.redis).Err(); err != nil {
			return err
		}
	}
	return nil
}

// document is an agent-assisted payment as it is kept: what is shown, and what only the desk needs.
type document struct {
	Assisted
	Marks     []mark    `json:"marks"` // what Field keeps to itself, in the order of Fields
	SID       string    `json:"sid"`   // Twilio's PK...
	Offer     Offer     `json:"offer"`
	Turn      int       `json:"turn"` // in the ledger
	Create    *order    `json:"create,omitempty"`
	Capt      *order    `json:"capture,omitempty"` // the capture that is under way or was the last
	Final     *order    `json:"final,omitempty"`   // complete or cancel
	Asks      int       `json:"asks"`              // asks so far
	Keys      []string  `json:"keys,omitempty"`    // of the last wishes that were carried out
	Confirm   bool      `json:"confirm,omitempty"`
	Reason    string    `json:"reason,omitempty"`    // for another charge on a call that has paid
	First     string    `json:"first,omitempty"`     // to be asked as soon as the session is open
	Charged   time.Time `json:"charged,omitzero"`    // when the card company was to be asked
	CallEnded time.Time `json:"call_ended,omitzero"` // when the caller left a keypad payment
	Ended     time.Time `json:"ended,omitzero"`
	Paused    []string  `json:"paused,omitempty"`  // recordings that were paused for it
	Hushed    string    `json:"hushed,omitempty"`  // the transcription that was stopped for it
	Settled   bool      `json:"settled,omitempty"` // ledger, recording and call were told of the end

	Way receiptWay `json:"way,omitzero"` // of a receipt
}

// mark is what Field does not show.
type mark struct {
	Ask    int  `json:"a,omitempty"`
	Closed bool `json:"c,omitempty"`
	Nudged bool `json:"n,omitempty"`
	Void   bool `json:"v,omitempty"`
}

// order is something Twilio is asked for. It may be sent again with the same key: Twilio carries it out once.
type order struct {
	Do    string `json:"do"` // create, capture, complete, cancel
	Key   string `json:"key"`
	Field string `json:"field,omitempty"`
	Ask   int    `json:"ask,omitempty"`
	Acked bool   `json:"acked,omitempty"` // Twilio has taken it
	// Unsure says that a try of it may have arrived although nobody heard so: a refusal proves nothing any more.
	Unsure bool      `json:"unsure,omitempty"`
	Tries  int       `json:"tries,omitempty"`
	At     time.Time `json:"at"` // of the last try
}

// load reads a document, or ErrNoAssisted.
func (s *deskStore) load(ctx context.Context, id string) (*document, error) {
	raw, err := s.redis.HGet(ctx, assistedKey(id), "d").Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, ErrNoAssisted
	}
	if err != nil {
		return nil, err
	}
	doc := &document{}
	if err := json.Unmarshal(raw, doc); err != nil {
		return nil, fmt.Errorf("decode assisted payment: %w", err)
	}
	for i := range min(len(doc.Marks), len(doc.Fields)) {
		f, m := &doc.Fields[i], doc.Marks[i]
		f.Ask, f.Closed, f.Nudged, f.Void = m.Ask, m.Closed, m.Nudged, m.Void
	}
	return doc, nil
}

// keep writes the next version of a document. It is false when somebody else has written one since it was read.
// When it has to be looked at next is noted first if that is sooner than before, and else only afterwards: a process
// that dies in between leaves a look too many, never one too late.
func (s *deskStore) keep(ctx context.Context, doc *document, due time.Time) (bool, error) {
	if err := s.note(ctx, doc, due); err != nil {
		return false, err
	}
	based := doc.Version
	doc.Version++
	doc.Marks = doc.Marks[:0]
	for _, f := range doc.Fields {
		doc.Marks = append(doc.Marks, mark{f.Ask, f.Closed, f.Nudged, f.Void})
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		return false, fmt.Errorf("encode assisted payment: %w", err)
	}
	told := fmt.Sprintf("%s %d %s %s", doc.ID, doc.Version, doc.Call, orDash(doc.Agent))
	kept, err := s.save.Run(ctx, s.redis, []string{assistedKey(doc.ID)},
		based, raw, assistedTTL.Milliseconds(), deskChannel, told).Int()
	if err != nil {
		return false, err
	}
	switch {
	case kept != 1:
		return false, nil
	case based == 0: // whoever found a note without a payment may have dropped it just now
		return true, s.note(ctx, doc, due)
	}
	return true, s.postpone(ctx, doc.ID, due)
}

func (s *deskStore) note(ctx context.Context, doc *document, due time.Time) error {
	_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.ZAddLT(ctx, dueKey, redis.Z{Score: float64(due.UnixMilli()), Member: doc.ID})
		p.PExpire(ctx, dueKey, assistedTTL)
		p.ZAddNX(ctx, openKey, redis.Z{Score: float64(doc.Started.UnixMilli()), Member: doc.ID}) // also one that was dropped
		p.PExpire(ctx, openKey, assistedTTL)
		return nil
	})
	return err
}

// postpone moves when a payment is looked at next, if it is to be looked at.
func (s *deskStore) postpone(ctx context.Context, id string, due time.Time) error {
	return s.redis.ZAddXX(ctx, dueKey, redis.Z{Score: float64(due.UnixMilli()), Member: id}).Err()
}

// drop takes a payment that is long over off the lists.
func (s *deskStore) drop(ctx context.Context, id string) error {
	_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.ZRem(ctx, openKey, id)
		p.ZRem(ctx, dueKey, id)
		return nil
	})
	return err
}

func (s *deskStore) open(ctx context.Context) ([]string, error) {
	return s.redis.ZRange(ctx, openKey, 0, -1).Result()
}

func (s *deskStore) due(ctx context.Context, now time.Time) ([]string, error) {
	return s.redis.ZRangeByScore(ctx, dueKey, &redis.ZRangeBy{
		Min: "-inf", Max: strconv.FormatInt(now.UnixMilli(), 10), Count: 200,
	}).Result()
}

// claiming is a call wanted for a payment, which may push aside one that came to nothing.
type claiming struct {
	call, id, key string
	now           time.Time
	aside         string
}

// claimed is what the call's desk says to a wish.
type claimed struct {
	word, id string // new, same, busy
	n        int
	since    time.Time
}

// take gives a call to a new payment, or says which one has it.
func (s *deskStore) take(ctx context.Context, w claiming) (claimed, error) {
	r, err := s.claim.Run(ctx, s.redis, []string{callDeskKey(w.call)},
		w.id, w.key, w.now.UnixMilli(), assistedTTL.Milliseconds(), w.aside).Slice()
	if err != nil {
		return claimed{}, err
	}
	if len(r) != 4 {
		return claimed{}, errors.New("the claim was answered with something else")
	}
	n, _ := r[2].(int64)
	ms, _ := strconv.ParseInt(fmt.Sprint(r[3]), 10, 64)
	return claimed{word: fmt.Sprint(r[0]), id: fmt.Sprint(r[1]), n: int(n), since: time.UnixMilli(ms)}, nil
}

func (s *deskStore) let(ctx context.Context, call, id, key string) error {
	return s.release.Run(ctx, s.redis, []string{callDeskKey(call)}, id, key).Err()
}

// wished tells whether a wish with this key led to a payment of the call.
func (s *deskStore) wished(ctx context.Context, call, key string) (bool, error) {
	return s.redis.HExists(ctx, callDeskKey(call), "k:"+key).Result()
}

// openOn is the payment that is open on a call; "" for none.
func (s *deskStore) openOn(ctx context.Context, call string) (string, error) {
	id, err := s.redis.HGet(ctx, callDeskKey(call), "open").Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return id, err
}

func (s *deskStore) putHandover(ctx context.Context, call string, raw []byte) error {
	_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.HSet(ctx, handoversKey, call, raw)
		p.PExpire(ctx, handoversKey, assistedTTL)
		p.Publish(ctx, deskChannel, "- 0 "+call+" -")
		return nil
	})
	return err
}

// swapHandover changes a handover that is as it was read; false when it is not.
func (s *deskStore) swapHandover(ctx context.Context, call string, was, raw []byte) (bool, error) {
	n, err := s.swap.Run(ctx, s.redis, []string{handoversKey}, call, was, raw, deskChannel, "- 0 "+call+" -").Int()
	return n == 1, err
}

func (s *deskStore) dropHandover(ctx context.Context, call string) error {
	gone, err := s.redis.HDel(ctx, handoversKey, call).Result()
	if err == nil && gone > 0 {
		err = s.redis.Publish(ctx, deskChannel, "- 0 "+call+" -").Err()
	}
	return err
}

func (s *deskStore) handover(ctx context.Context, call string) ([]byte, error) {
	raw, err := s.redis.HGet(ctx, handoversKey, call).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, ErrNotOffered
	}
	return raw, err
}

func (s *deskStore) handovers(ctx context.Context) ([]Handover, error) {
	all, err := s.redis.HGetAll(ctx, handoversKey).Result()
	if err != nil {
		return nil, err
	}
	out := make([]Handover, 0, len(all))
	for call, raw := range all {
		var h Handover
		if err := json.Unmarshal([]byte(raw), &h); err != nil {
			return nil, fmt.Errorf("decode handover of %s: %w", call, err)
		}
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b Handover) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Call, b.Call)) })
	return out, nil
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
