package recordings

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/twilio"
)

// Bounds of what a payment may wait for Twilio: a caller hears silence meanwhile, and a webhook has 15 s in all.
const (
	pauseLimit = 2 * time.Second // the list and every order together ...
	orderLimit = time.Second     // ... but the orders have so long at least
	noteLimit  = 5 * time.Second // and what came of them is written down in this time
)

// stepPrefix begins the keys of pauses that a flow's own step made. No payment's ID begins so.
const stepPrefix = "step:"

// ErrNotShown says that it could not be shown that a call's recordings are paused. What was found out is written down,
// and the recording is flagged when it is complete; a payment goes on nevertheless.
var ErrNotShown = errors.New("recordings: not shown to be paused")

// pausesConfig is what Pauses need, each part of Config.
type pausesConfig struct {
	db       *db.DB
	twilio   *twilio.Client // nil: nothing can be paused
	payments func(ctx context.Context, callSID string) ([]Window, error)
	log      *slog.Logger
	now      func() time.Time
}

// errNoTwilio says that Recordings was made for knowing and telling only.
var errNoTwilio = errors.New("no Twilio client is there")

// Pauses keep recordings silent while a caller pays, and know when they were. What is to be done is written down
// before Twilio is told, so that any process can finish it; what Twilio said is written down after, and counts.
type Pauses struct {
	cfg   pausesConfig
	store pauseStore
}

func newPauses(cfg pausesConfig) *Pauses {
	if cfg.payments == nil {
		cfg.payments = func(context.Context, string) ([]Window, error) { return nil, nil }
	}
	return &Pauses{cfg: cfg, store: pauseStore{db: cfg.db}}
}

// now is the time as it can be kept.
func (p *Pauses) now() time.Time { return db.Time(db.Millis(p.cfg.now())) }

// Look is what Twilio says of a call's recordings at one moment.
type Look struct {
	call  string
	at    time.Time // just before Twilio was asked
	until time.Time // how long the orders that follow may take, on the machine's clock
	all   []twilio.Recording
	err   error
}

// MayRun tells whether something is being recorded, or may be: Twilio could not be asked.
func (l Look) MayRun() bool {
	if l.err != nil {
		return true
	}
	for _, r := range l.all {
		if r.Status == twilio.RecordingInProgress {
			return true
		}
	}
	return false
}

// Look asks Twilio once, and does not wait for long. What went wrong comes out of Pause.
func (p *Pauses) Look(ctx context.Context, call string) Look {
	l := Look{call: call, at: p.now(), until: time.Now().Add(pauseLimit)}
	ctx, cancel := context.WithDeadline(ctx, l.until)
	defer cancel()
	if p.cfg.twilio == nil {
		l.err = errNoTwilio
		return l
	}
	l.all, l.err = p.cfg.twilio.CallRecordings(ctx, call)
	return l
}

// Pause silences every recording of a call for a payment that the ledger has, before <Pay> leaves us. It may be called
// again for the same payment. ErrNotShown: a payment may go on.
func (p *Pauses) Pause(ctx context.Context, call, payment string) error {
	_, err := p.PauseSeen(ctx, p.Look(ctx, call), payment)
	return err
}

// PauseSeen is Pause with a look that was taken a moment ago. It gives how many recordings are silent because of it.
func (p *Pauses) PauseSeen(ctx context.Context, l Look, payment string) (int, error) {
	who := byFlow
	if strings.HasPrefix(payment, stepPrefix) {
		who = byStep
	}
	var rows []pauseRow
	err := p.store.change(ctx, l.call, func(kept []pauseRow) []pauseRow {
		rows = plan(l, kept, payment, who)
		return rows
	})
	if err != nil { // without the intent nothing is ordered: nobody would resume it
		return 0, fmt.Errorf("pause for %s on call %s: %w", payment, l.call, err)
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), noteLimit) // from here on it is seen through
	defer stop()
	limit, cancel := context.WithDeadline(ctx, later(l.until, time.Now().Add(orderLimit)))
	defer cancel()
	n, failed := 0, l.err
	for _, r := range rows {
		if r.payment != payment || r.recording == wholePause {
			continue
		}
		if r.state == pauseWanted {
			r = p.silence(limit, r)
			if err := p.store.put(ctx, r); err != nil {
				return n, fmt.Errorf("note pause for %s on call %s: %w", payment, l.call, err)
			}
		}
		switch r.state {
		case pausePaused:
			n++
		case pauseUnsure:
			failed = errors.Join(failed, fmt.Errorf("%s: %s", r.recording, r.trouble))
		}
	}
	if failed != nil {
		return n, fmt.Errorf("pause for %s on call %s: %w: %w", payment, l.call, ErrNotShown, failed)
	}
	return n, nil
}

// silence orders one recording to pause.
func (p *Pauses) silence(ctx context.Context, r pauseRow) pauseRow {
	err := p.cfg.twilio.UpdateRecording(ctx, r.call, r.recording, twilio.RecordingPaused)
	switch {
	case err == nil:
		r.state, r.paused, r.trouble = pausePaused, p.now(), ""
	case twilio.IsNotFound(err): // it ended a moment ago
		r.state, r.paused = pauseGone, p.now()
	default:
		r.state, r.trouble = pauseUnsure, err.Error()
	}
	return r
}

// plan is what is to be known and done about a call's recordings for a payment: pure. kept are the rows of the call;
// it gives those that change.
func plan(l Look, kept []pauseRow, payment, who string) []pauseRow {
	list := pauseRow{payment: payment, call: l.call, who: who, state: pauseListed, wanted: l.at}
	if l.err != nil {
		list.state, list.trouble = pauseUnlisted, l.err.Error()
		return append(unlisted(kept, payment), list)
	}
	out := []pauseRow{list}
	for _, rec := range l.all {
		r := pauseRow{payment: payment, recording: rec.SID, call: l.call, who: who, wanted: l.at}
		switch rec.Status {
		case twilio.RecordingInProgress:
			r.state = pauseWanted
		case twilio.RecordingPaused:
			out = append(out, pausedAlready(r, kept)...)
			continue
		default:
			r.state, r.paused = pauseOver, l.at
		}
		out = append(out, r)
	}
	return out
}

// unlisted are the recordings that an earlier try of the same turn was about to pause, when the list cannot be had now.
func unlisted(kept []pauseRow, payment string) []pauseRow {
	var out []pauseRow
	for _, k := range kept {
		if k.payment == payment && k.recording != wholePause && k.open() {
			k.state = pauseWanted
			out = append(out, k)
		}
	}
	return out
}

// pausedAlready is what is to be known of a recording that was found paused: by an earlier try of the same payment, by
// a payment before that has not resumed it, or by somebody else.
func pausedAlready(r pauseRow, kept []pauseRow) []pauseRow {
	r.state, r.paused = pauseTheirs, r.wanted
	var out []pauseRow
	for _, k := range kept {
		own := k.payment == r.payment
		if k.recording != r.recording || !k.open() || !own && k.who != byFlow {
			continue
		}
		r.state = pausePaused
		if !own {
			k.state, k.resume = pausePassed, orTime(k.resume, r.wanted)
			out = append(out, k)
		}
	}
	return append(out, r)
}

// orTime is a, or b where a is zero.
func orTime(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

// Resume lets the recordings go on that were paused for a payment; those that somebody else had paused stay so. It may
// be called again. What Twilio did not take is tried again by Finish.
func (p *Pauses) Resume(ctx context.Context, call, payment string) error {
	return p.resume(ctx, call, func(r pauseRow) bool { return r.payment == payment && r.who == byFlow })
}

// ResumeCall is Resume for every payment of a call, for when none is being taken there.
func (p *Pauses) ResumeCall(ctx context.Context, call string) error {
	return p.resume(ctx, call, func(r pauseRow) bool { return r.who == byFlow })
}

// resume lets the open ones that are chosen go on.
func (p *Pauses) resume(ctx context.Context, call string, chosen func(pauseRow) bool) error {
	kept, err := p.store.ofCall(ctx, call)
	if err != nil {
		return fmt.Errorf("resume on call %s: %w", call, err)
	}
	if !anyOpen(kept, chosen) { // nearly always: nothing is recorded
		return nil
	}
	var rows []pauseRow
	err = p.store.change(ctx, call, func(kept []pauseRow) []pauseRow {
		rows = nil
		for _, r := range kept {
			if r.open() && chosen(r) {
				r.state, r.resume = pauseResuming, orTime(r.resume, p.now())
				rows = append(rows, r)
			}
		}
		return rows
	})
	if err != nil {
		return fmt.Errorf("resume on call %s: %w", call, err)
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), noteLimit)
	defer stop()
	limit, cancel := context.WithTimeout(ctx, pauseLimit)
	defer cancel()
	var failed []error
	for _, r := range rows {
		err := p.cfg.twilio.UpdateRecording(limit, call, r.recording, twilio.RecordingInProgress)
		switch {
		case err == nil:
			r.state, r.resumed, r.trouble = pauseResumed, p.now(), ""
		case twilio.IsNotFound(err): // it ended with the call, or by itself
			r.state, r.trouble = pauseGone, ""
		default:
			r.trouble = err.Error()
			failed = append(failed, fmt.Errorf("resume %s on call %s: %w", r.recording, call, err))
		}
		failed = append(failed, p.store.put(ctx, r))
	}
	return errors.Join(failed...)
}

func anyOpen(rows []pauseRow, chosen func(pauseRow) bool) bool {
	for _, r := range rows {
		if r.open() && chosen(r) {
			return true
		}
	}
	return false
}

// PauseStep silences a call's recordings because a flow's own step says so; step is the same when it is run again. It
// gives how many are silent because of it.
func (p *Pauses) PauseStep(ctx context.Context, call, step string) (int, error) {
	return p.PauseSeen(ctx, p.Look(ctx, call), stepPrefix+call+":"+step)
}

// ResumeStep lets a call's recordings go on because a flow's own step says so: all that are paused, whoever did it.
func (p *Pauses) ResumeStep(ctx context.Context, call string) (int, error) {
	l := p.Look(ctx, call)
	if l.err != nil {
		return 0, fmt.Errorf("resume on call %s: %w", call, l.err)
	}
	failed := []error{p.resume(ctx, call, func(r pauseRow) bool { return r.who != byDesk })}
	rows, err := p.store.ofCall(ctx, call)
	failed = append(failed, err)
	n := 0
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), orderLimit)
	defer cancel()
	for _, rec := range l.all {
		if rec.Status != twilio.RecordingPaused {
			continue
		}
		n++
		if resumedNow(rows, rec.SID, l.at) {
			continue
		}
		failed = append(failed, p.cfg.twilio.UpdateRecording(limit, call, rec.SID, twilio.RecordingInProgress))
	}
	return n, errors.Join(failed...)
}

// resumedNow tells whether a recording was resumed since.
func resumedNow(rows []pauseRow, recording string, since time.Time) bool {
	for _, r := range rows {
		if r.recording == recording && r.state == pauseResumed && !r.resumed.Before(since) {
			return true
		}
	}
	return false
}

// CallEnded notes that a call is over: its recordings ended as they were, and nothing has to be resumed.
func (p *Pauses) CallEnded(ctx context.Context, call string) error {
	chosen := func(r pauseRow) bool { return r.open() && r.who != byDesk }
	kept, err := p.store.ofCall(ctx, call)
	if err == nil && anyOpen(kept, chosen) {
		err = p.store.change(ctx, call, func(kept []pauseRow) []pauseRow {
			var out []pauseRow
			for _, r := range kept {
				if chosen(r) {
					r.state = pauseGone
					out = append(out, r)
				}
			}
			return out
		})
	}
	if err != nil {
		return fmt.Errorf("end of call %s: %w", call, err)
	}
	return nil
}
