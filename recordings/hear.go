package recordings

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/twilio"
)

// Twilio's statuses of a recording.
const (
	statusRunning    = "in-progress"
	statusPaused     = "paused"
	statusStopped    = "stopped"
	statusProcessing = "processing"
	statusCompleted  = "completed"
	statusAbsent     = "absent"
	statusDeleted    = "deleted"
)

// news is what Twilio tells of a recording, by a callback or when it is asked.
type news struct {
	sid, account, call, source, status string
	channels, errorCode                int
	created, started                   time.Time
	duration                           time.Duration
	asked                              bool // Twilio was asked, so it is how things are, and not how they were some time ago
}

func callbackNews(s twilio.RecordingStatus) news {
	return news{
		sid: s.SID, account: s.AccountSID, call: s.CallSID, source: s.Source, status: s.Status, channels: s.Channels,
		errorCode: s.ErrorCode, started: s.StartTime, duration: time.Duration(s.Duration) * time.Second,
	}
}

func askedNews(rec twilio.Recording, account string) news {
	return news{
		sid: rec.SID, account: account, call: rec.Call, source: rec.Source, status: rec.Status, channels: rec.Channels,
		errorCode: rec.ErrorCode, created: rec.Created, started: rec.Started, duration: rec.Duration, asked: true,
	}
}

// Hear takes a recording status callback: in any order, any number of times.
func (r *Recordings) Hear(ctx context.Context, s twilio.RecordingStatus, facts CallFacts) error {
	w, _, err := r.hear(ctx, callbackNews(s), facts)
	if err != nil {
		return fmt.Errorf("hear of recording %s: %w", shown(s.SID), err)
	}
	r.inquireSoon(ctx, w)
	return nil
}

// hear adds what Twilio tells to the index, and reports whether anything was news.
func (r *Recordings) hear(ctx context.Context, n news, facts CallFacts) (kept row, changed bool, err error) {
	err = r.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		before, err := byID(ctx, tx, n.sid)
		if err != nil && !isNotFound(err) {
			return err
		}
		if isNotFound(err) {
			w := r.newRow(n)
			r.learn(&w, n, facts)
			if err := r.settle(ctx, tx, &w); err != nil {
				return err
			}
			added, err := r.insert(ctx, tx, w)
			if err != nil || added {
				kept, changed = w, true
				return err
			}
			if before, err = byID(ctx, tx, n.sid); err != nil { // somebody was faster
				return err
			}
		}
		after := before
		if changed = r.learn(&after, n, facts); !changed {
			kept = before
			return nil
		}
		kept, err = r.save(ctx, tx, before, after)
		return err
	})
	return kept, changed, err
}

// newRow is a recording that is heard of for the first time, before anything is known of it.
func (r *Recordings) newRow(n news) row {
	w := row{Recording: Recording{SID: n.sid, State: Running, Twilio: TwilioHas, Created: r.now()}}
	if !n.started.IsZero() {
		w.Created = db.Time(db.Millis(n.started)) // until Twilio says when it was
	}
	return w
}

// learn adds news to a row, and reports whether anything changed. What is known already is not forgotten, and a state
// is moved by the table only.
func (r *Recordings) learn(w *row, n news, facts CallFacts) bool {
	changed := false
	for _, f := range []struct {
		into *string
		from string
		max  int
	}{
		{&w.account, n.account, 64}, {&w.Call, n.call, 64}, {&w.Source, n.source, 64},
		{&w.Flow, facts.Flow, 200}, {&w.Line, facts.Line, 64}, {&w.Class, facts.Class, 200},
	} {
		if said := db.Clean(f.from, f.max); said != "" && *f.into == "" {
			*f.into, changed = said, true
		}
	}
	for _, f := range []struct {
		into *time.Time
		from time.Time
	}{{&w.Created, n.created}, {&w.Started, n.started}} {
		if said := db.Time(db.Millis(f.from)); !said.IsZero() && !said.Equal(*f.into) {
			*f.into, changed = said, true
		}
	}
	if n.channels > 0 && n.channels != w.Channels {
		w.Channels, changed = n.channels, true
	}
	if n.duration > 0 && n.duration != w.Duration {
		w.Duration, changed = n.duration, true
	}
	return r.learnStatus(w, n) || changed
}

// learnStatus moves the state.
func (r *Recordings) learnStatus(w *row, n news) bool {
	was := w.State
	switch n.status {
	case statusRunning:
		r.move(w, eventRuns)
	case statusPaused:
		r.move(w, eventPauses)
	case statusStopped, statusProcessing:
		r.move(w, eventStops)
	case statusCompleted:
		r.move(w, eventCompletes)
	case statusAbsent:
		if r.move(w, eventAbsent) && was != Failed {
			w.Trouble = "Twilio recorded nothing: " + absentWords(n.errorCode)
		}
	}
	return w.State != was
}

// absentWords are why Twilio recorded nothing: https://www.twilio.com/docs/api/errors
func absentWords(code int) string {
	switch code {
	case 0:
		return "it does not say why"
	case 16101:
		return "it was too short (16101)"
	case 16102:
		return "it was silent (16102)"
	case 16104, 16105:
		return fmt.Sprintf("it could not be encrypted (%d)", code)
	}
	return fmt.Sprintf("error %d", code)
}

// inquireSoon looks up, right when a recording is completed, whether it was paused for payments. Should that fail now,
// a worker does it before anything else.
func (r *Recordings) inquireSoon(ctx context.Context, w row) {
	if w.State != Completed || w.checked {
		return
	}
	if err := r.inquire(ctx, w.Recording, 0); err != nil {
		r.cfg.Log.WarnContext(ctx, "recording: whether it was paused is not known yet", "recording", w.SID, "error", err)
	}
}

// inquire notes during which payments it cannot be shown that a recording was paused. claim is that of the worker who
// asks; 0: it is nobody's.
func (r *Recordings) inquire(ctx context.Context, rec Recording, claim int64) error {
	payments, err := r.unpaused(ctx, rec)
	if err != nil {
		return fmt.Errorf("was recording %s paused for payments: %w", rec.SID, err)
	}
	_, err = r.change(ctx, rec.SID, func(_ *db.Tx, w *row) error {
		if claim != 0 && w.claim != claim {
			return errFenced
		}
		if w.checked = true; len(payments) == 0 {
			return nil
		}
		w.NotPaused = nil
		for _, p := range payments {
			w.NotPaused = append(w.NotPaused, strings.ReplaceAll(db.Clean(p, 64), ",", ""))
		}
		w.flag(FlagNotPaused)
		return nil
	})
	return err
}
