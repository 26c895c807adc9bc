package recordings

import "time"

// step is what a worker has to do with a recording.
type step string

// The steps.
const (
	stepNone    step = ""
	stepCopy    step = "copy"   // from Twilio into the archive, and read it back
	stepRemove  step = "remove" // a deletion that is due
	stepLook    step = "look"   // ask Twilio what became of it
	stepInquire step = "inquire"
)

const (
	// lookAfter is how long Twilio may take with a deletion of its own when a recording's year is over.
	lookAfter = time.Hour
	// lookAgain is when to ask again about one that should be gone, or done, and is not.
	lookAgain = 24 * time.Hour
	// longest is after how long it is asked what became of a recording that was not heard of again: no call lasts longer.
	longest = 25 * time.Hour
)

// twilioYear is when Twilio deletes a recording of PCI Mode by itself:
// https://www.twilio.com/docs/voice/pci-workflows
func twilioYear(created time.Time) time.Time { return created.AddDate(1, 0, 0) }

// date works out a row's dates from the rules, and what is due when.
func (w *row) date(p Policy, year bool) {
	w.ExpiresAt, w.KeepUntil, w.DeleteAtTwilio = time.Time{}, time.Time{}, time.Time{}
	if year {
		w.ExpiresAt = twilioYear(w.Created)
	}
	if p.KeepFor > 0 {
		w.KeepUntil = w.Created.Add(p.KeepFor)
	}
	if p.DeleteAtTwilio {
		w.DeleteAtTwilio = w.twilioDate(p)
	}
	w.nextDelete, w.cliff = w.deletion(p), time.Time{}
	if w.Twilio == TwilioHas && !w.State.over() && !w.hasCopy() && w.wantsCopy(p) {
		w.cliff = w.ExpiresAt
	}
	s, at := w.plan(p)
	switch {
	case !w.claimedUntil.IsZero():
		w.due = w.claimedUntil
	case s == stepNone:
		w.due = time.Time{}
	default:
		w.due = later(at, w.retryAt)
	}
}

// twilioDate is when Twilio's copy is to be deleted: so long after ours was verified, and never later than ours. Where
// there is to be no copy of ours it is the end of the time to keep.
func (w *row) twilioDate(p Policy) time.Time {
	switch {
	case w.hasCopy():
		at := w.VerifiedAt.Add(p.DeleteAfter)
		if !w.KeepUntil.IsZero() && w.KeepUntil.Before(at) {
			at = later(w.KeepUntil, w.VerifiedAt)
		}
		return at
	case !w.wantsCopy(p):
		return w.KeepUntil
	}
	return time.Time{}
}

// wantsCopy tells whether there should be a copy in the archive: the rules say so and its time was not over yet, or it
// is held: Twilio's year would end what is only there.
func (w *row) wantsCopy(p Policy) bool {
	return w.OnHold || p.Archive && w.ArchiveDeletedAt.IsZero()
}

// deletion is when a copy is deleted next; zero when none is to be.
func (w *row) deletion(p Policy) time.Time {
	switch w.State {
	case Completed, Verified, Held, Deleting:
	default:
		return time.Time{}
	}
	var at time.Time
	if w.mayLeaveTwilio(p) {
		at = w.DeleteAtTwilio
	}
	if w.hasCopy() && !w.OnHold {
		at = sooner(at, w.KeepUntil)
	}
	return at
}

// mayLeaveTwilio tells whether Twilio's copy may be deleted when its date has come: never before a verified copy of
// ours, unless the rules want none; and of what is held only where the rules of holds say so.
func (w *row) mayLeaveTwilio(p Policy) bool {
	if w.Twilio != TwilioHas || w.DeleteAtTwilio.IsZero() {
		return false
	}
	if w.OnHold && p.OnHold != HoldOurs {
		return false
	}
	return w.hasCopy() || !w.wantsCopy(p)
}

// scope says which copies are to be deleted now.
func (w *row) scope(p Policy, now time.Time) string {
	twilio := w.mayLeaveTwilio(p) && !now.Before(w.DeleteAtTwilio)
	ours := w.hasCopy() && !w.OnHold && !w.KeepUntil.IsZero() && !now.Before(w.KeepUntil)
	switch {
	case twilio && ours:
		return scopeBoth
	case twilio:
		return scopeTwilio
	case ours:
		return scopeArchive
	}
	return scopeNone
}

// plan says what is to be done with a recording next, and not before when. It is pure: the row and the rules decide.
func (w *row) plan(p Policy) (step, time.Time) {
	switch w.State {
	case Running, Paused, Processing:
		return stepLook, w.Created.Add(longest)
	case Completed:
		if w.wantsCopy(p) {
			return stepCopy, w.Created
		}
		if !w.checked {
			return stepInquire, w.Created
		}
	case Archiving, Archived:
		return stepCopy, w.Created
	case Deleting:
		return stepRemove, w.Created
	case Verified, Held:
	default:
		return stepNone, time.Time{}
	}
	remove, look := w.deletion(p), time.Time{}
	if w.Twilio == TwilioHas && !w.ExpiresAt.IsZero() {
		look = w.ExpiresAt.Add(lookAfter)
	}
	switch {
	case !remove.IsZero() && (look.IsZero() || !look.Before(remove)):
		return stepRemove, remove
	case !look.IsZero():
		return stepLook, look
	}
	return stepNone, time.Time{}
}

// warnDays are how many days before Twilio deletes the only copy a warning is given.
var warnDays = [...]int{60, 30, 7}

// warning says which warning is due: the days of the last step that was reached, 0 when it was given already.
func warning(cliff, now time.Time, given int) int {
	due := 0
	for _, days := range warnDays {
		if !cliff.IsZero() && !now.Before(cliff.AddDate(0, 0, -days)) {
			due = days
		}
	}
	if given != 0 && given <= due {
		return 0
	}
	return due
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// sooner is the earlier of two times; a zero one is no time.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// backoff is how long to wait after so many failures: two seconds, doubled each time up to an hour. What was asked for
// is waited for.
func backoff(tries int, asked time.Duration) time.Duration {
	const first, most = 2 * time.Second, time.Hour
	wait := most
	if tries < 12 {
		wait = min(most, first<<max(0, tries-1))
	}
	return max(wait, min(asked, most))
}

// stuckAfter is how many failures of a step make it something for people.
const stuckAfter = 8
