package recordings

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/twilio"
)

// Kinds of passes through Twilio's list.
const (
	sweepNew   = "new"   // the newest recordings
	sweepWhole = "whole" // all of them
)

const (
	// overlap is how far a pass through the newest goes back behind the end of the one before.
	overlap = 2 * longest
	// stale is when a whole pass that was interrupted is begun anew and not gone on with.
	stale = 24 * time.Hour
	// manyFound and fewFound are how many recordings of a window make the next one shorter or longer.
	manyFound, fewFound = 5000, 500
	shortest, widest    = time.Hour, 512 * 24 * time.Hour
	pageSize            = 1000
)

// oldest is where a whole pass begins: Twilio has no older recordings.
func oldest() time.Time { return time.Date(2008, 1, 1, 0, 0, 0, 0, time.UTC) }

// ErrSweeping says that another process is sweeping right now.
var ErrSweeping = errors.New("a sweep is under way already")

// SweepOptions say how to sweep. The zero value goes through all of Twilio's recordings.
type SweepOptions struct {
	DryRun bool // tells what would be done, and does nothing
	Newest bool // only what was created since the pass before
}

// What a sweep does with a recording.
const (
	SweepAdd      = "add"      // Twilio has it, and it was not in the index
	SweepCorrect  = "correct"  // Twilio tells something else than the index
	SweepReturned = "returned" // it was taken for gone, and Twilio has it
	SweepGone     = "gone"     // Twilio does not have it any more
	SweepWarn     = "warn"     // Twilio's year ends soon, and there is no copy of ours
	SweepDue      = "due"      // a step is due; only in a dry run: a worker does it
)

// SweepAction is what was done with a recording, or would be.
type SweepAction struct {
	Do        string
	Recording string
	Text      string // for people
}

// SweepProgress is how far a sweep is.
type SweepProgress struct {
	Phase string    // list, warn, date, due
	At    time.Time // list: up to when of creation
	From  time.Time // list: where it began
	To    time.Time // list: where it ends
	Done  int64     // recordings looked at
}

// SweepReport is what a sweep did, or would do.
type SweepReport struct {
	DryRun  bool
	Listed  int64            // recordings of Twilio's that were compared
	Counts  map[string]int64 // by SweepAdd ...
	Dated   int64            // whose dates were worked out anew because the rules have changed
	Actions []SweepAction    // the first thousand
	Twilio  time.Time        // Twilio's clock at the end; zero when it was not heard
}

// maxActions is how many actions a report tells of.
const maxActions = 1000

// sweep is one sweep.
type sweep struct {
	r        *Recordings
	opts     SweepOptions
	progress func(SweepProgress)
	report   SweepReport
	kind     string
	claim    int64
	from, to time.Time
	ahead    time.Duration
}

// Sweep compares the index with Twilio's list: it adds what was not told, corrects what changed, finds what was deleted
// elsewhere, and warns of what Twilio will delete before there is a copy of ours. It goes on where a sweep that was
// interrupted stopped. What it finds due is left to the workers. The errors are ErrSweeping, Twilio's and the
// database's; what was done until then is kept.
func (r *Recordings) Sweep(ctx context.Context, opts SweepOptions, progress func(SweepProgress)) (SweepReport, error) {
	if progress == nil {
		progress = func(SweepProgress) {}
	}
	s := &sweep{r: r, opts: opts, progress: progress, kind: sweepWhole}
	s.report.DryRun, s.report.Counts = opts.DryRun, map[string]int64{}
	if opts.Newest {
		s.kind = sweepNew
	}
	at, err := s.begin(ctx)
	if err != nil {
		return s.report, fmt.Errorf("sweep: %w", err)
	}
	err = s.renewed(ctx, func(ctx context.Context) error {
		for _, phase := range []func(context.Context) error{
			func(ctx context.Context) error { return s.list(ctx, at) }, s.warn, s.date, s.due,
		} {
			if err := phase(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, s.end(ctx, err == nil)); err != nil {
		return s.report, fmt.Errorf("sweep: %w", err)
	}
	return s.report, nil
}

// did notes an action.
func (s *sweep) did(do, sid, text string) {
	s.report.Counts[do]++
	if len(s.report.Actions) < maxActions {
		s.report.Actions = append(s.report.Actions, SweepAction{do, sid, text})
	}
}

// begin claims the sweep, and finds where to begin.
func (s *sweep) begin(ctx context.Context) (at time.Time, err error) {
	r := s.r
	if s.ahead, err = r.ahead(ctx); err != nil {
		return at, err
	}
	err = r.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		now := r.now()
		var claimed, begun, position, finished int64
		err := tx.QueryRow(ctx, "SELECT claim, claimed_until, begun_at, position, finished_at FROM recording_sweeps WHERE kind = ?"+tx.ForUpdate(), s.kind).
			Scan(&s.claim, &claimed, &begun, &position, &finished)
		if err != nil {
			return err
		}
		s.to = now.Add(max(0, s.ahead))
		s.from, at = oldest(), oldest()
		if s.kind == sweepNew && finished > 0 {
			s.from = db.Time(finished).Add(-overlap)
			at = s.from
		}
		if begun > 0 && now.Sub(db.Time(begun)).Abs() < stale && position > 0 {
			at = db.Time(position)
		} else {
			begun = db.Millis(now)
		}
		if s.opts.DryRun {
			return nil
		}
		if db.Time(claimed).After(now) {
			return ErrSweeping
		}
		s.claim++
		_, err = tx.Exec(ctx, "UPDATE recording_sweeps SET claim = ?, claimed_until = ?, begun_at = ?, position = ? WHERE kind = ?",
			s.claim, db.Millis(now.Add(lease)), begun, db.Millis(at), s.kind)
		return err
	})
	if s.opts.DryRun {
		at = s.from // all of it is told
	}
	return at, err
}

// hold renews the claim, and notes the position if there is a new one.
func (s *sweep) hold(ctx context.Context, position time.Time) error {
	if s.opts.DryRun {
		return nil
	}
	set, args := "claimed_until = ?", []any{db.Millis(s.r.now().Add(lease))}
	if !position.IsZero() {
		set, args = set+", position = ?", append(args, db.Millis(position))
	}
	res, err := s.r.cfg.DB.Exec(ctx, "UPDATE recording_sweeps SET "+set+" WHERE kind = ? AND claim = ?", append(args, s.kind, s.claim)...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrSweeping)
	}
	return nil
}

// end lets go of the claim. A pass that is complete begins anew the next time.
func (s *sweep) end(ctx context.Context, complete bool) error {
	if s.opts.DryRun {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	set, args := "claimed_until = 0", []any(nil)
	if complete {
		set, args = set+", begun_at = 0, position = 0, finished_at = ?", append(args, db.Millis(s.r.now()))
	}
	_, err := s.r.cfg.DB.Exec(ctx, "UPDATE recording_sweeps SET "+set+" WHERE kind = ? AND claim = ?", append(args, s.kind, s.claim)...)
	if err != nil {
		return fmt.Errorf("note the end of the sweep: %w", err)
	}
	return nil
}

// renewed runs fn and renews the claim meanwhile.
func (s *sweep) renewed(ctx context.Context, fn func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(lease / 4)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if err := s.hold(ctx, time.Time{}); errors.Is(err, ErrSweeping) {
				cancel(err)
				return
			}
		}
	}()
	err := fn(ctx)
	if cause := context.Cause(ctx); errors.Is(cause, ErrSweeping) {
		err = cause
	}
	cancel(nil)
	<-stopped
	return err
}

// list goes through Twilio's list in windows of the time of creation, the oldest first, so that it can stop and go on.
// Windows are as long as the number of recordings in them allows.
func (s *sweep) list(ctx context.Context, at time.Time) error {
	width := widest / 2
	if s.kind == sweepNew {
		width = 4 * overlap
	}
	for at.Before(s.to) {
		until := at.Add(width)
		if !until.Before(s.to) {
			until = time.Time{} // the last one is open: clocks differ
		}
		found, err := s.window(ctx, at, until)
		if err != nil {
			return err
		}
		switch {
		case found > manyFound:
			width = max(shortest, width/4)
		case found < fewFound:
			width = min(widest, width*2)
		}
		if at = until; at.IsZero() {
			at = s.to
		}
		if err := s.hold(ctx, at); err != nil {
			return err
		}
		s.progress(SweepProgress{Phase: "list", At: at, From: s.from, To: s.to, Done: s.report.Listed})
	}
	return nil
}

// window compares what was created from one time on and before another.
func (s *sweep) window(ctx context.Context, from, until time.Time) (found int, err error) {
	listed := map[string]bool{}
	filter := twilio.RecordingFilter{CreatedAfter: from, CreatedBefore: until, PageSize: pageSize}
	err = s.r.cfg.Twilio.Recordings(ctx, filter, func(page []twilio.Recording, said time.Time) error {
		if err := s.clock(ctx, said); err != nil {
			return err
		}
		for _, rec := range page {
			listed[rec.SID] = true
		}
		s.report.Listed += int64(len(page))
		if err := s.page(ctx, page); err != nil {
			return err
		}
		s.progress(SweepProgress{Phase: "list", At: from, From: s.from, To: s.to, Done: s.report.Listed})
		return nil
	})
	if err != nil {
		return len(listed), err
	}
	return len(listed), s.unlisted(ctx, from, until, listed)
}

// clock takes Twilio's time.
func (s *sweep) clock(ctx context.Context, said time.Time) error {
	if said.IsZero() {
		return nil
	}
	s.report.Twilio = said
	if s.ahead = said.Sub(s.r.now()); s.opts.DryRun {
		return nil
	}
	return s.r.heardClock(ctx, said)
}

// twilioNow is the time by Twilio's clock.
func (s *sweep) twilioNow() time.Time { return s.r.now().Add(s.ahead) }
