package recordings

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/db"
)

// lease is how long a claim lasts without being renewed. The rows of a worker that was killed are free after that.
const lease = 10 * time.Second

// errFenced says that somebody else has claimed the recording since.
var errFenced = errors.New("the recording was claimed by another worker")

func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// job is a step that a worker has claimed. Everything it writes goes through change, which refuses when the claim was
// lost.
type job struct {
	r    *Recordings
	row  row
	step step
	// policy and scope are what was decided when it was claimed.
	policy Policy
	now    time.Time
	ahead  time.Duration // how far Twilio's clock is ahead of ours
}

// claim takes a recording for its next step, in one transaction: nobody else takes it while the claim is renewed. It
// reports false when there is nothing to be done now, or somebody else is at it.
func (r *Recordings) claim(ctx context.Context, sid string) (*job, bool, error) {
	ahead, err := r.ahead(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("claim recording %s: %w", sid, err)
	}
	j := &job{r: r, now: r.now(), ahead: ahead}
	kept, err := r.change(ctx, sid, func(tx *db.Tx, w *row) error {
		j.step = stepNone
		if w.claimedUntil.After(j.now) || w.due.IsZero() || w.due.After(j.now) {
			return errKeep
		}
		w.claimedUntil = time.Time{}
		if err := r.settle(ctx, tx, w); err != nil { // by the rules and holds of this moment
			return err
		}
		if w.due.IsZero() || w.due.After(j.now) {
			return nil // it was due by rules that have changed
		}
		j.policy = r.cfg.Policies().For(w.Flow, w.Class)
		begun, err := j.begin(w)
		if err != nil || !begun {
			return err
		}
		w.claim++
		w.claimedUntil = j.now.Add(lease)
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	j.row = kept
	return j, j.step != stepNone, nil
}

// begin moves the row into the state of its next step, and reports whether there is one.
func (j *job) begin(w *row) (bool, error) {
	if j.r.foreign(w) {
		w.retryAt = j.now.Add(time.Hour)
		w.Trouble = "it belongs to account " + w.account + ", and this worker is signed in to another"
		return false, nil
	}
	s, _ := w.plan(j.policy)
	switch s {
	case stepNone:
		return false, nil
	case stepCopy:
		if w.State == Completed {
			if err := j.r.must(w, eventClaim); err != nil {
				return false, err
			}
		}
	case stepRemove:
		if w.State != Deleting {
			w.deleting = w.scope(j.policy, j.sure())
			if w.deleting == scopeNone { // due by our clock only: Twilio's says that it is too early
				w.retryAt = j.now.Add(time.Hour)
				w.Trouble = fmt.Sprintf("not deleted: the clock here is %s ahead of Twilio's", (-j.ahead).Round(time.Second))
				return false, nil
			}
			w.acted = 0
			if err := j.r.must(w, eventDelete); err != nil {
				return false, err
			}
		}
	}
	j.step = s
	return true, nil
}

// sure is the earlier of our time and Twilio's: what is due by both is due.
func (j *job) sure() time.Time { return j.now.Add(min(0, j.ahead)) }

// twilioNow is the time by Twilio's clock.
func (j *job) twilioNow() time.Time { return j.now.Add(j.ahead) }

// change changes the row under the claim.
func (j *job) change(ctx context.Context, fn func(*db.Tx, *row) error) error {
	kept, err := j.r.change(ctx, j.row.SID, func(tx *db.Tx, w *row) error {
		if w.claim != j.row.claim || w.claimedUntil.IsZero() {
			return errFenced
		}
		return fn(tx, w)
	})
	if err == nil {
		j.row = kept
	}
	return err
}

// done ends the claim: the step has succeeded.
func (w *row) done() {
	w.claimedUntil, w.retryAt, w.Tries, w.Trouble = time.Time{}, time.Time{}, 0, ""
	if w.differs == 0 {
		w.unflag(FlagStuck)
	}
}

// failed ends the claim: the step is tried again later.
func (w *row) failed(now time.Time, t trouble) {
	w.Tries++
	w.claimedUntil, w.Trouble = time.Time{}, words(t.text, maxReason)
	w.retryAt = now.Add(backoff(w.Tries, t.wait))
	if w.Tries >= stuckAfter {
		w.flag(FlagStuck)
	}
}

// renewed runs fn and renews the claim meanwhile. The context of fn ends when the claim is lost.
func (j *job) renewed(ctx context.Context, fn func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	stopped := make(chan struct{})
	sid, claim := j.row.SID, j.row.claim // fn changes the row
	go func() {
		defer close(stopped)
		j.r.renew(ctx, cancel, sid, claim)
	}()
	err := fn(ctx)
	if cause := context.Cause(ctx); errors.Is(cause, errFenced) {
		err = cause
	}
	cancel(nil)
	<-stopped
	return err
}

// renew renews a claim until ctx ends, and cancels it when the claim is lost.
func (r *Recordings) renew(ctx context.Context, cancel context.CancelCauseFunc, sid string, claim int64) {
	tick := time.NewTicker(lease / 4)
	defer tick.Stop()
	last := time.Now() // by the machine's own clock: it is about this process
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		until := db.Millis(r.now().Add(lease))
		res, err := r.cfg.DB.Exec(ctx, "UPDATE recordings SET claimed_until = ?, due_at = ? WHERE sid = ? AND claim = ? AND claimed_until > 0",
			until, until, sid, claim)
		if err == nil {
			if n, err := res.RowsAffected(); err == nil && n == 0 {
				cancel(errFenced)
				return
			}
			last = time.Now()
		}
		if time.Since(last) > lease {
			cancel(errFenced) // the database was away for so long that somebody may have it
			return
		}
	}
}

// letGo gives a claim back as if the step had not been begun, for a worker that ends.
func (j *job) letGo(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return j.change(ctx, func(_ *db.Tx, w *row) error {
		w.claimedUntil = time.Time{}
		return nil
	})
}

// ahead is how far Twilio's clock was ahead of ours when it was heard last.
func (r *Recordings) ahead(ctx context.Context) (time.Duration, error) {
	var ms int64
	if err := r.cfg.DB.QueryRow(ctx, "SELECT ahead_ms FROM recording_clock WHERE id = 1").Scan(&ms); err != nil {
		return 0, fmt.Errorf("read Twilio's clock: %w", err)
	}
	return time.Duration(ms) * time.Millisecond, nil
}

// heardClock notes what Twilio's clock said.
func (r *Recordings) heardClock(ctx context.Context, said time.Time) error {
	if said.IsZero() {
		return nil
	}
	ahead := said.Sub(r.now())
	if ahead.Abs() < 5*time.Second { // its clock is told in seconds, and the answer took a while
		ahead = 0
	}
	_, err := r.cfg.DB.Exec(ctx, "UPDATE recording_clock SET ahead_ms = ?, seen_at = ? WHERE id = 1", ahead.Milliseconds(), db.Millis(r.now()))
	if err != nil {
		return fmt.Errorf("note Twilio's clock: %w", err)
	}
	return nil
}
