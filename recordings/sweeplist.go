package recordings

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/twilio"
)

// page compares a page of Twilio's list with the index.
func (s *sweep) page(ctx context.Context, page []twilio.Recording) error {
	for len(page) > 0 {
		n := min(len(page), 200)
		known, err := s.known(ctx, page[:n])
		if err != nil {
			return err
		}
		for _, rec := range page[:n] {
			w, there := known[rec.SID]
			if err := s.compare(ctx, rec, w, there); err != nil {
				return err
			}
		}
		page = page[n:]
	}
	return nil
}

// known are the rows of what Twilio lists.
func (s *sweep) known(ctx context.Context, page []twilio.Recording) (map[string]row, error) {
	args := make([]any, len(page))
	for i, rec := range page {
		args[i] = rec.SID
	}
	found, err := s.r.rows(ctx, "SELECT "+columns+" FROM recordings WHERE sid IN (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
	if err != nil {
		return nil, err
	}
	out := make(map[string]row, len(found))
	for _, w := range found {
		out[w.SID] = w
	}
	return out, nil
}

// compare brings one row up to date with what Twilio lists.
func (s *sweep) compare(ctx context.Context, rec twilio.Recording, w row, there bool) error {
	n := askedNews(rec, s.r.cfg.Twilio.AccountSID())
	if there && w.Twilio != TwilioHas || w.State.over() && rec.Status == statusCompleted {
		return s.returned(ctx, rec, w)
	}
	facts := CallFacts{}
	do, text := SweepCorrect, "Twilio says: "+rec.Status
	if !there {
		do, text = SweepAdd, "created "+stamp(rec.Created)+", "+rec.Status
		if s.r.cfg.Facts != nil && rec.Call != "" {
			facts, _ = s.r.cfg.Facts(ctx, rec.Call)
		}
	} else if probe := w; !s.r.learn(&probe, n, facts) {
		return nil
	}
	if !s.opts.DryRun {
		kept, changed, err := s.r.hear(ctx, n, facts)
		if err != nil || !changed {
			return err
		}
		s.r.inquireSoon(ctx, kept)
	}
	s.did(do, rec.SID, text)
	return nil
}

// returned deals with a recording that was taken for gone, and is on the list. The list may be older than the deletion,
// so Twilio is asked once more.
func (s *sweep) returned(ctx context.Context, rec twilio.Recording, w row) error {
	fresh, err := s.r.ask(ctx, rec.SID)
	if twilio.IsNotFound(err) || err == nil && fresh.Status != statusCompleted {
		return nil
	}
	if err != nil {
		return err
	}
	if w.State == Failed && w.Twilio == TwilioHas { // it had recorded nothing, and now it did
		s.r.cfg.Log.WarnContext(ctx, "recording: Twilio has one that it called absent", "recording", w.SID)
	}
	s.did(SweepReturned, rec.SID, "it was "+string(w.State)+" ("+string(w.Twilio)+" at Twilio), and Twilio has it")
	if s.opts.DryRun {
		return nil
	}
	_, err = s.r.change(ctx, rec.SID, func(_ *db.Tx, w *row) error {
		if w.Twilio == TwilioHas && !w.State.over() {
			return errKeep
		}
		w.Twilio, w.TwilioDeletedAt = TwilioHas, time.Time{}
		if s.r.move(w, eventListed) {
			w.Tries, w.Trouble, w.retryAt = 0, "", time.Time{}
			w.unflag(FlagLost)
		}
		return nil
	})
	return err
}

// unlisted looks for rows that Twilio should have listed in a window and has not, and asks for each.
func (s *sweep) unlisted(ctx context.Context, from, until time.Time, listed map[string]bool) error {
	at, last := db.Millis(from), ""
	for {
		where, args := "created_at >= ? AND (created_at, sid) > (?, ?)", []any{at, at, last}
		if !until.IsZero() {
			where, args = where+" AND created_at < ?", append(args, db.Millis(until))
		}
		found, err := s.r.rows(ctx, "SELECT "+columns+" FROM recordings WHERE "+where+" ORDER BY created_at, sid LIMIT 1000", args...)
		if err != nil || len(found) == 0 {
			return err
		}
		for _, w := range found {
			at, last = db.Millis(w.Created), w.SID
			if listed[w.SID] || w.Twilio != TwilioHas || w.State.over() || s.r.foreign(&w) {
				continue
			}
			if err := s.askFor(ctx, w); err != nil {
				return err
			}
		}
	}
}

// foreign tells whether a recording belongs to another account than the one that we work for: nothing is said of it.
func (r *Recordings) foreign(w *row) bool {
	return w.account != "" && r.cfg.Twilio != nil && w.account != r.cfg.Twilio.AccountSID()
}

// askFor asks Twilio for a recording that is not on its list.
func (s *sweep) askFor(ctx context.Context, w row) error {
	rec, err := s.r.ask(ctx, w.SID)
	switch {
	case err == nil:
		return s.compare(ctx, rec, w, true)
	case !twilio.IsNotFound(err):
		return err
	case s.twilioNow().Before(w.Created.Add(young)), w.State == Archiving, w.State == Deleting:
		return nil // Twilio may not have it ready, or a worker is at it
	}
	text := "Twilio does not have it any more; there is a copy of ours"
	if !w.hasCopy() {
		text = "Twilio does not have it any more, and there is no copy of ours"
	}
	if s.opts.DryRun {
		s.did(SweepGone, w.SID, text)
		return nil
	}
	changed := false
	kept, err := s.r.change(ctx, w.SID, func(tx *db.Tx, now *row) error {
		if now.Twilio != TwilioHas || now.State != w.State {
			return errKeep
		}
		changed = true
		return s.r.gone(ctx, tx, now, s.twilioNow())
	})
	if err == nil && changed {
		s.did(SweepGone, w.SID, text)
		s.r.tellGone(ctx, &kept)
	}
	return err
}

// warn warns, once for each step, of recordings that Twilio will delete before there is a copy of ours. How near that is
// is judged by Twilio's own clock.
func (s *sweep) warn(ctx context.Context) error {
	now := s.twilioNow()
	at, last := int64(0), ""
	var done int64
	for {
		found, err := s.r.rows(ctx, "SELECT "+columns+" FROM recordings WHERE cliff_at > 0 AND (cliff_at, sid) > (?, ?) AND cliff_at <= ? ORDER BY cliff_at, sid LIMIT 500",
			at, last, db.Millis(now.AddDate(0, 0, warnDays[0])))
		if err != nil || len(found) == 0 {
			return err
		}
		for _, w := range found {
			at, last = db.Millis(w.cliff), w.SID
			if err := s.warnOf(ctx, w, now); err != nil {
				return err
			}
			done++
		}
		s.progress(SweepProgress{Phase: "warn", Done: done})
	}
}

func (s *sweep) warnOf(ctx context.Context, w row, now time.Time) error {
	days := warning(w.cliff, now, w.Warned)
	if days == 0 {
		return nil
	}
	text := "Twilio deletes it on " + day(w.cliff) + ", and there is no copy of ours"
	if w.Trouble != "" {
		text += " (" + w.Trouble + ")"
	}
	s.did(SweepWarn, w.SID, text)
	if s.opts.DryRun {
		return nil
	}
	// The line first: should we die in between, there are two lines and not none.
	if err := s.r.audit(ctx, &w, "recording.warning", fmt.Sprintf("%d_days", days), text); err != nil {
		return err
	}
	_, err := s.r.change(ctx, w.SID, func(tx *db.Tx, now *row) error {
		if now.cliff.IsZero() || now.Warned != 0 && now.Warned <= days {
			return errKeep
		}
		now.Warned = days
		return nil
	})
	if err != nil {
		return err
	}
	s.r.cfg.Log.WarnContext(ctx, "recording: Twilio will delete it and there is no copy of ours", "recording", w.SID,
		"days", days, "on", stamp(w.cliff), "trouble", w.Trouble)
	return nil
}

// date works out the dates of rows anew that were dated by other rules.
func (s *sweep) date(ctx context.Context) error {
	if s.opts.DryRun {
		return nil
	}
	for {
		n, err := s.r.redate(ctx)
		s.report.Dated += int64(n)
		if err != nil || n == 0 {
			return err
		}
		s.progress(SweepProgress{Phase: "date", Done: s.report.Dated})
	}
}

// redate works out the dates of some rows anew that were dated by other rules than those of now.
func (r *Recordings) redate(ctx context.Context) (int, error) {
	version := r.cfg.Policies().Version()
	sids, err := r.sids(ctx, `SELECT sid FROM (SELECT sid FROM recordings WHERE dated <> '' AND dated < ? LIMIT 200) AS a
		UNION ALL SELECT sid FROM (SELECT sid FROM recordings WHERE dated <> '' AND dated > ? LIMIT 200) AS b ORDER BY sid`, version, version)
	if err != nil || len(sids) == 0 {
		return 0, err
	}
	return len(sids), r.resettle(ctx, sids, func(row) {})
}

// due tells, in a dry run, what the workers would do now.
func (s *sweep) due(ctx context.Context) error {
	if !s.opts.DryRun {
		return nil
	}
	now, rules := s.r.now(), s.r.cfg.Policies()
	at, last := int64(0), ""
	for {
		found, err := s.r.rows(ctx, "SELECT "+columns+" FROM recordings WHERE due_at > 0 AND (due_at, sid) > (?, ?) AND due_at <= ? ORDER BY due_at, sid LIMIT 500",
			at, last, db.Millis(now))
		if err != nil || len(found) == 0 {
			return err
		}
		for _, w := range found {
			at, last = db.Millis(w.due), w.SID
			s.did(SweepDue, w.SID, w.dueText(rules.For(w.Flow, w.Class), now))
		}
		s.progress(SweepProgress{Phase: "due", Done: s.report.Counts[SweepDue]})
	}
}

// dueText is what is due, in words.
func (w *row) dueText(p Policy, now time.Time) string {
	next, _ := w.plan(p)
	switch next {
	case stepCopy:
		return "copy it into the archive and read it back"
	case stepRemove:
		scope := w.deleting
		if scope == scopeNone {
			scope = w.scope(p, now)
		}
		switch scope {
		case scopeTwilio:
			return "delete Twilio's copy: " + w.whyTwilio(p).Text
		case scopeArchive:
			return "delete our copy: " + w.whyKeep(p).Text
		}
		return "delete Twilio's copy and ours: " + w.whyKeep(p).Text
	case stepLook:
		return "ask Twilio what became of it"
	}
	return "find out whether it was paused for payments"
}
