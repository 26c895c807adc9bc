package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/carddata"
)

// MaxNote is how long a note may be, in characters.
const MaxNote = 500

// ErrNote says that a wrap-up is none: no outcome of ours, or too long a note. Nothing was kept.
var ErrNote = errors.New("payments: not a wrap-up")

// WrapUp is how a call with a payment ended, in one word of the agent's.
type WrapUp string

// The outcomes an agent chooses from. What became of the money is in the payment itself.
const (
	WrapUpDone     WrapUp = "done"      // what the caller wanted was settled
	WrapUpLater    WrapUp = "later"     // the caller pays another time
	WrapUpCallBack WrapUp = "call_back" // we call the caller back
	WrapUpRefused  WrapUp = "refused"   // the caller did not want to pay
	WrapUpOther    WrapUp = "other"     // the note says what
)

// WrapUps are all outcomes, in the order in which they are offered.
func WrapUps() []WrapUp {
	return []WrapUp{WrapUpDone, WrapUpLater, WrapUpCallBack, WrapUpRefused, WrapUpOther}
}

// Note keeps how a call with a payment ended, in one word, and what the agent writes to it; the last one counts. A
// payment has to be over. Whoever led it may write, from any screen, and a supervisor.
//
// Errors: ErrNoAssisted, ErrStage with the payment while it is not over, ErrNote, and ErrCardData for a note with
// digits that look like a card number.
func (d *Desk) Note(ctx context.Context, by Actor, id string, outcome WrapUp, note string) (Assisted, error) {
	note = strings.TrimSpace(note)
	err := checkNote(outcome, note)
	if err != nil {
		return Assisted{}, fmt.Errorf("note of payment %s: %w", shownID(id), err)
	}
	note = db.Clean(note, 4*MaxNote)
	doc, err := d.update(ctx, id, func(doc *document, now time.Time) error {
		switch {
		case doc.Agent != by.ID && !by.Supervisor:
			return ErrNoAssisted
		case !doc.Stage.Over():
			return ErrStage
		case doc.WrapUp == outcome && doc.Note == note:
			return errNoChange
		}
		doc.WrapUp, doc.Note = outcome, note
		doc.log(now, by.ID, "wrapped_up", "", string(outcome))
		return nil
	})
	if errors.Is(err, ErrNoAssisted) {
		return Assisted{}, err
	}
	return shown(doc), err
}

// checkNote tells whether a wrap-up can be kept.
func checkNote(outcome WrapUp, note string) error {
	switch {
	case !slices.Contains(WrapUps(), outcome):
		return fmt.Errorf("%w: there is no outcome %.40q", ErrNote, outcome)
	case utf8.RuneCountInString(note) > MaxNote:
		return fmt.Errorf("%w: a note has up to %d characters", ErrNote, MaxNote)
	case carddata.Holds(note, carddata.Prose):
		return ErrCardData
	}
	return nil
}

// On are the agent-assisted payments of a call, the oldest first, as long as they are kept.
func (d *Desk) On(ctx context.Context, by Actor, call string) ([]Assisted, error) {
	ids, err := d.store.ofCall(ctx, call)
	if err != nil {
		return nil, fmt.Errorf("payments of call %s: %w", call, err)
	}
	out, err := d.those(ctx, by, ids)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b Assisted) int { return a.Started.Compare(b.Started) })
	return out, nil
}

// ofCall are the payments that wishes for a call have led to, in no order.
func (s *deskStore) ofCall(ctx context.Context, call string) ([]string, error) {
	all, err := s.redis.HGetAll(ctx, callDeskKey(call)).Result()
	if err != nil {
		return nil, err
	}
	var ids []string
	for field, value := range all {
		if id, _, _ := strings.Cut(value, " "); strings.HasPrefix(field, "k:") && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
