package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/recordings"
)

// dayForm is how days are shown.
const dayForm = "2 Jan 2006"

// stateWords says what a recording's state means.
func stateWords(s recordings.State) string {
	switch s {
	case recordings.Running:
		return "being made"
	case recordings.Paused:
		return "being made, silent for a payment"
	case recordings.Processing:
		return "over; Twilio is not ready with it"
	case recordings.Completed:
		return "at Twilio only: there is no copy of ours that was read back"
	case recordings.Archiving:
		return "being copied"
	case recordings.Archived:
		return "copied, not read back yet"
	case recordings.Verified:
		return "our copy was read back, and is the same as Twilio's"
	case recordings.Held:
		return "our copy was read back; a hold keeps it"
	case recordings.Deleting:
		return "being deleted"
	case recordings.Deleted:
		return "no copy is left"
	case recordings.Failed:
		return "nothing was recorded, or it was lost"
	case recordings.Expired:
		return "Twilio's year was over before there was a copy of ours"
	}
	return ""
}

// flagWords says what a person has to look at.
func flagWords(r recordingRow, f recordings.Flag) string {
	switch f {
	case recordings.FlagNotPaused:
		return "a payment was taken during it, and it cannot be shown that it was paused: " + strings.Join(r.NotPaused, ", ")
	case recordings.FlagLost:
		return "it is gone at Twilio, and there was no copy"
	case recordings.FlagDamaged:
		return "the copy in the archive is not what was stored"
	case recordings.FlagStuck:
		return "a step has failed many times, and goes on being tried"
	}
	return string(f)
}

// ours says what becomes of our copy.
func (a archiveCopy) words(day func(time.Time) string) string {
	switch {
	case a.State == "verified" && a.DeleteAt.IsZero():
		return "kept"
	case a.State == "verified":
		return "until " + day(a.DeleteAt)
	case a.State == "deleted":
		return "deleted " + day(a.DeletedAt)
	case a.State == "stored":
		return "being checked"
	}
	return "none"
}

// words says what becomes of Twilio's copy.
func (c twilioCopy) words(day func(time.Time) string) string {
	switch {
	case c.State == recordings.TwilioDeleted:
		return "deleted " + day(c.DeletedAt)
	case c.State == recordings.TwilioExpired:
		return "deleted by Twilio"
	case c.State == recordings.TwilioElsewhere:
		return "deleted by others"
	case !c.DeleteAt.IsZero():
		return "until " + day(c.DeleteAt)
	case !c.ExpiresAt.IsZero():
		return "until " + day(c.ExpiresAt) + " (Twilio)"
	}
	return "kept"
}

// shortDay is a day in a table.
func shortDay(t time.Time) string { return t.Local().Format(time.DateOnly) }

// longDay is a day in a sentence.
func longDay(t time.Time) string { return t.Local().Format(dayForm) }

// length is how long a recording is.
func (r recordingRow) length() string {
	if r.Seconds == 0 {
		return "-"
	}
	return lasted(time.Duration(r.Seconds * float64(time.Second)))
}

// marks are what stands beside a recording in a table: a hold, and what somebody has to look at.
func (r recordingRow) marks() string {
	var out []string
	if r.Held {
		out = append(out, "held")
	}
	for _, f := range r.Flags {
		out = append(out, "!"+strings.ReplaceAll(string(f), "_", " "))
	}
	if len(out) == 0 {
		return "-"
	}
	return strings.Join(out, ", ")
}

// bytesWords is a number of bytes for reading.
func bytesWords(n int64) string {
	const step = 1000
	if n < step {
		return fmt.Sprintf("%d bytes", n)
	}
	value, unit := float64(n)/step, 0
	units := []string{"kB", "MB", "GB", "TB"}
	for value >= step && unit < len(units)-1 {
		value, unit = value/step, unit+1
	}
	return fmt.Sprintf("%.1f %s", value, units[unit])
}

// receiptWords says what a receipt is about.
func receiptWords(kind string) string {
	switch kind {
	case recordings.KindArchived:
		return "copied into the archive; the copy was read back and is the same"
	case recordings.KindDeletedAtTwilio:
		return "Twilio's copy was deleted; it was looked whether it is gone"
	case recordings.KindExpiredAtTwilio:
		return "Twilio deleted its copy, when its year was over"
	case recordings.KindDeletedElsewhere:
		return "somebody else deleted Twilio's copy"
	case recordings.KindDeletedHere:
		return "the copy in the archive was deleted; it was looked whether it is gone"
	case recordings.KindHeld:
		return "a hold was placed"
	case recordings.KindReleased:
		return "a hold was released"
	case recordings.KindLost:
		return "lost: gone at Twilio before there was a copy"
	case recordings.KindDamaged:
		return "the copy in the archive is not what was stored"
	}
	return strings.ReplaceAll(kind, "_", " ")
}
