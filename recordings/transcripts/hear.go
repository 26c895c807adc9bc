package transcripts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/recordings/redact"
	"github.com/paydial/paydial/twilio"
)

// Twilio's words for what happened: https://www.twilio.com/docs/voice/twiml/transcription#statuscallbackurl
const (
	eventStarted = "transcription-started"
	eventContent = "transcription-content"
	eventStopped = "transcription-stopped"
	eventError   = "transcription-error"
)

// Limits of what is kept, in bytes.
const (
	maxText = 8 << 10 // of a line
	maxWord = 120
)

// span is how far before and after a line others are read that its numbers may go on in: twenty lines of one digit each.
const span = 20 * redact.Window

// mostLines is how many lines are read at most to find where a number goes on.
const mostLines = 200

// Heard is what became of an event.
type Heard struct {
	New    bool          // it was not known yet
	Masked []redact.Kind // of the numbers that it made to be masked, in lines before it too
}

// Hear takes an event of Twilio's. Events may come in any order, late, and any number of times; partial results are
// dropped, and so is what comes for a call whose transcript was deleted. The errors are an event of no known kind, one
// without a transcription's id, and failures of the database, after which nothing was kept.
func (s *Store) Hear(ctx context.Context, e twilio.TranscriptionEvent, facts recordings.CallFacts) (Heard, error) {
	if e.SID == "" && e.Event == eventError { // what could not begin may have no id
		e.SID = e.CallSID
	}
	if e.CallSID == "" || e.SID == "" {
		return Heard{}, errors.New("hear transcription: the event names no call or no transcription")
	}
	var fresh *line
	switch e.Event {
	case eventStarted, eventStopped, eventError:
	case eventContent:
		if !e.Final || strings.TrimSpace(e.Transcript) == "" {
			return Heard{}, nil
		}
		fresh = s.newLine(e)
	default:
		return Heard{}, fmt.Errorf("hear transcription of call %s: %.60q is no event", e.CallSID, e.Event)
	}
	defer s.turn(e.CallSID)()
	var got Heard
	keep := map[lineKey]heldLine{}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		got = Heard{}
		head, err := s.openCall(ctx, tx, e, facts)
		if err != nil || head.deleted {
			return err
		}
		if got.New, err = s.hearPart(ctx, tx, e); err != nil {
			return err
		}
		if fresh == nil {
			keep = s.heldOf(e.CallSID)
			return s.note(ctx, tx, e, head)
		}
		r := round{call: e.CallSID, rules: s.cfg.Rules(head.flow).Redact, now: s.now(), held: s.heldOf(e.CallSID), fresh: fresh}
		if keep, err = r.run(ctx, tx); err != nil {
			return err
		}
		got = Heard{New: r.added, Masked: r.masked}
		return s.note(ctx, tx, e, head)
	})
	if err != nil {
		return Heard{}, fmt.Errorf("hear transcription of call %s: %w", e.CallSID, err)
	}
	s.hold(e.CallSID, keep)
	return got, nil
}

// newLine is the line of a content event, as it was said.
func (s *Store) newLine(e twilio.TranscriptionEvent) *line {
	return &line{
		lineKey: lineKey{e.SID, db.Clean(e.Track, maxWord), e.SequenceID}, at: s.moment(e), language: db.Clean(e.LanguageCode, maxWord),
		confidence: int(min(max(e.Confidence, 0), 1) * 1000), text: db.Clean(e.Transcript, maxText),
	}
}

// moment is when an event happened: Twilio's word, or now.
func (s *Store) moment(e twilio.TranscriptionEvent) time.Time {
	if e.Timestamp.IsZero() {
		return s.now()
	}
	return db.Time(db.Millis(e.Timestamp))
}

// head is what is known of a call's transcript before an event.
type head struct {
	flow    string
	deleted bool
}

// openCall makes the row of a call, or locks the one that is there.
func (s *Store) openCall(ctx context.Context, tx *db.Tx, e twilio.TranscriptionEvent, facts recordings.CallFacts) (head, error) {
	at := db.Millis(s.moment(e))
	flow, lineOf := db.Clean(facts.Flow, maxWord), db.Clean(facts.Line, maxWord)
	_, err := tx.Exec(ctx, `INSERT INTO transcripts (call, flow, line, began_at, last_at, lines, masked, cards, trouble, deleted_at)
		VALUES (?, ?, ?, ?, ?, 0, 0, 0, '', 0) ON CONFLICT (call) DO NOTHING`, e.CallSID, flow, lineOf, at, at)
	if err != nil {
		return head{}, err
	}
	var h head
	var knownLine string
	var deleted int64
	err = tx.QueryRow(ctx, "SELECT flow, line, deleted_at FROM transcripts WHERE call = ?"+tx.ForUpdate(), e.CallSID).Scan(&h.flow, &knownLine, &deleted)
	if h.deleted = deleted != 0; err != nil || h.deleted {
		return h, err
	}
	if h.flow == "" && flow != "" || knownLine == "" && lineOf != "" { // an earlier event did not know
		if h.flow == "" {
			h.flow = flow
		}
		_, err = tx.Exec(ctx, "UPDATE transcripts SET flow = ?, line = CASE WHEN line = '' THEN ? ELSE line END WHERE call = ?", h.flow, lineOf, e.CallSID)
	}
	return h, err
}

// hearPart notes what an event says of its transcription; it reports whether that is new.
func (s *Store) hearPart(ctx context.Context, tx *db.Tx, e twilio.TranscriptionEvent) (bool, error) {
	at := db.Millis(s.moment(e))
	_, err := tx.Exec(ctx, `INSERT INTO transcript_parts (sid, call, name, engine, language, inbound_label, outbound_label, first_at, started_at,
		stopped_at, error_code, trouble) VALUES (?, ?, '', '', '', '', '', ?, 0, 0, 0, '') ON CONFLICT (sid) DO NOTHING`, e.SID, e.CallSID, at)
	if err != nil {
		return false, err
	}
	var known int64
	_, err = tx.Exec(ctx, "UPDATE transcript_parts SET first_at = ? WHERE sid = ? AND first_at > ?", at, e.SID, at)
	if err != nil || e.Event == eventContent {
		return true, err
	}
	column := map[string]string{eventStarted: "started_at", eventStopped: "stopped_at", eventError: "error_code"}[e.Event]
	if err := tx.QueryRow(ctx, "SELECT "+column+" FROM transcript_parts WHERE sid = ?", e.SID).Scan(&known); err != nil || known != 0 {
		return false, err
	}
	word := func(text string) string {
		masked, _ := redact.Text(db.Clean(text, maxWord), "", redact.All())
		return masked
	}
	switch e.Event {
	case eventStarted:
		_, err = tx.Exec(ctx, `UPDATE transcript_parts SET started_at = ?, name = ?, engine = ?, language = ?, inbound_label = ?, outbound_label = ?
			WHERE sid = ?`, at, word(e.Name), word(e.Engine), word(e.LanguageCode), word(e.InboundLabel), word(e.OutboundLabel), e.SID)
	case eventStopped:
		_, err = tx.Exec(ctx, "UPDATE transcript_parts SET stopped_at = ? WHERE sid = ?", at, e.SID)
	case eventError:
		_, err = tx.Exec(ctx, `UPDATE transcript_parts SET error_code = ?, trouble = ?, stopped_at = CASE WHEN stopped_at = 0 THEN ? ELSE stopped_at END
			WHERE sid = ?`, max(e.ErrorCode, 1), Trouble(e.ErrorCode, e.Error), at, e.SID)
	}
	return true, err
}

// note brings the call's own row up to what is known of its lines.
func (s *Store) note(ctx context.Context, tx *db.Tx, e twilio.TranscriptionEvent, h head) error {
	if h.deleted {
		return nil
	}
	at := db.Millis(s.moment(e))
	_, err := tx.Exec(ctx, `UPDATE transcripts SET began_at = CASE WHEN began_at > ? THEN ? ELSE began_at END,
		last_at = CASE WHEN last_at < ? THEN ? ELSE last_at END,
		trouble = COALESCE((SELECT MAX(trouble) FROM transcript_parts p WHERE p.call = ?), '') WHERE call = ?`, at, at, at, at, e.CallSID, e.CallSID)
	return err
}

// Settle writes the digits that nothing can make a part of a private number any more. Work calls it; the errors are
// failures of the database, after which it is tried again.
func (s *Store) Settle(ctx context.Context) error {
	now := s.now()
	s.mu.Lock()
	var calls []string
	for call, lines := range s.held {
		for _, l := range lines {
			if !l.due.After(now) {
				calls = append(calls, call)
				break
			}
		}
	}
	s.mu.Unlock()
	var errs []error
	for _, call := range calls {
		if err := s.settleCall(ctx, call); err != nil {
			errs = append(errs, fmt.Errorf("settle transcript of call %s: %w", call, err))
		}
	}
	return errors.Join(errs...)
}

func (s *Store) settleCall(ctx context.Context, call string) error {
	defer s.turn(call)()
	keep := map[lineKey]heldLine{}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		keep = map[lineKey]heldLine{}
		var flow string
		var deleted int64
		err := tx.QueryRow(ctx, "SELECT flow, deleted_at FROM transcripts WHERE call = ?"+tx.ForUpdate(), call).Scan(&flow, &deleted)
		if err != nil || deleted != 0 {
			return err
		}
		r := round{call: call, rules: s.cfg.Rules(flow).Redact, now: s.now(), held: s.heldOf(call)}
		keep, err = r.run(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	s.hold(call, keep)
	return nil
}
