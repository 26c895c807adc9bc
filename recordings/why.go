package recordings

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The dates that Reasons are about.
const (
	DateKeepUntil      = "keep_until"       // our copy is deleted
	DateDeleteAtTwilio = "delete_at_twilio" // Twilio's copy is deleted by us
	DateExpires        = "expires_at"       // Twilio's copy is deleted by Twilio
	DateHold           = "hold"             // nothing is deleted for now
	DateCopy           = "copy"             // whether there is a copy of ours at all
)

// Reason is why a date of a recording is what it is.
type Reason struct {
	Date   string    // DateKeepUntil ...
	At     time.Time // zero: no such date
	Origin Origin    // the rule that decides; of a hold there is none
	Text   string    // the arithmetic in words
}

// Why tells why a recording has the dates that it has: each with the rule, where it stands, and the arithmetic.
func (r *Recordings) Why(ctx context.Context, sid string) ([]Reason, error) {
	w, err := r.rowOf(ctx, sid)
	if err != nil {
		return nil, fmt.Errorf("why the dates of recording %s: %w", shown(sid), err)
	}
	holds, err := r.holdsNow(ctx, &w)
	if err != nil {
		return nil, fmt.Errorf("why the dates of recording %s: %w", sid, err)
	}
	return r.Reasons(w.Recording, holds), nil
}

// Reasons is Why for a recording that was read already, with the holds that keep it. It asks nobody.
func (r *Recordings) Reasons(rec Recording, holds []Hold) []Reason {
	w := row{Recording: rec}
	p := r.cfg.Policies().For(w.Flow, w.Class)
	w.OnHold = len(holds) > 0
	w.date(p, !r.cfg.NoYear)
	out := []Reason{w.whyKeep(p), w.whyCopy(p), w.whyTwilio(p), w.whyYear()}
	for _, h := range holds {
		out = append(out, w.whyHold(h, p))
	}
	return out
}

// day is a day as people read it.
func day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

// span is a duration in words: whole days as days.
func span(d time.Duration) string {
	const long = 24 * time.Hour
	switch {
	case d == long:
		return "1 day"
	case d > 0 && d%long == 0:
		return fmt.Sprintf("%d days", d/long)
	case d == time.Hour:
		return "1 hour"
	case d > 0 && d%time.Hour == 0:
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return d.String()
}

// place is where a rule stands: (keep_for: 90 days, paydial.yaml line 14).
func (o Origin) place() string {
	text := o.Text
	if text == "" {
		text = o.Rule
	}
	if o.File == "" {
		if text == "" {
			return "(built in)"
		}
		return "(" + text + ", built in)"
	}
	return fmt.Sprintf("(%s, %s line %d)", text, o.File, o.Line)
}

func (w *row) whyKeep(p Policy) Reason {
	out := Reason{Date: DateKeepUntil, At: w.KeepUntil, Origin: p.KeepForAt}
	switch {
	case !w.ArchiveDeletedAt.IsZero() && !w.hasCopy():
		out.Text = fmt.Sprintf("our copy was deleted on %s, when its time was over: created %s + %s %s",
			day(w.ArchiveDeletedAt), day(w.Created), span(p.KeepFor), p.KeepForAt.place())
	case w.KeepUntil.IsZero():
		out.Text = "kept until somebody deletes it " + p.KeepForAt.place()
	default:
		out.Text = fmt.Sprintf("created %s + %s %s = %s", day(w.Created), span(p.KeepFor), p.KeepForAt.place(), day(w.KeepUntil))
	}
	if w.OnHold {
		out.Text += "; a hold keeps it longer"
	} else if !w.KeepUntil.IsZero() && !w.wantsCopy(p) && !w.ExpiresAt.IsZero() && w.ExpiresAt.Before(w.KeepUntil) {
		out.Text += fmt.Sprintf("; that cannot come true: there is no copy of ours, and Twilio's year ends first, on %s", day(w.ExpiresAt))
	}
	return out
}

func (w *row) whyCopy(p Policy) Reason {
	out := Reason{Date: DateCopy, At: w.VerifiedAt, Origin: p.ArchiveAt}
	switch {
	case w.hasCopy() && slices.Contains(w.Flags, FlagDamaged):
		out.Text = fmt.Sprintf("our copy was read back on %s, and is damaged since: it is not what was stored", day(w.VerifiedAt))
	case w.hasCopy():
		out.Text = fmt.Sprintf("our copy was read back on %s and is the same as Twilio's", day(w.VerifiedAt))
	case w.wantsCopy(p) && !p.Archive:
		out.Text = "a copy is made because it is held, though the rules want none " + p.ArchiveAt.place()
	case w.wantsCopy(p):
		out.Text = "a copy is to be made " + p.ArchiveAt.place()
	case !w.ArchiveDeletedAt.IsZero():
		out.Text = "there was a copy, which was deleted on " + day(w.ArchiveDeletedAt)
	default:
		out.Text = "no copy is made " + p.ArchiveAt.place()
	}
	return out
}

func (w *row) whyTwilio(p Policy) Reason {
	out := Reason{Date: DateDeleteAtTwilio, At: w.DeleteAtTwilio, Origin: p.DeleteAfterAt}
	switch {
	case w.Twilio == TwilioDeleted:
		out.Text = fmt.Sprintf("deleted by us on %s %s", day(w.TwilioDeletedAt), p.DeleteAfterAt.place())
	case w.Twilio == TwilioExpired:
		out.Text = "deleted by Twilio when its year was over"
	case w.Twilio == TwilioElsewhere:
		out.Text = "deleted at Twilio by somebody else"
	case !p.DeleteAtTwilio:
		out.Text = "not deleted by us " + p.DeleteAfterAt.place()
	case w.hasCopy() && w.DeleteAtTwilio.Before(w.VerifiedAt.Add(p.DeleteAfter)):
		out.Origin = p.KeepForAt
		out.Text = fmt.Sprintf("our copy was verified on %s; + %s %s would be later than the end of the time to keep %s, so it is %s",
			day(w.VerifiedAt), span(p.DeleteAfter), p.DeleteAfterAt.place(), p.KeepForAt.place(), day(w.DeleteAtTwilio))
	case w.hasCopy():
		out.Text = fmt.Sprintf("our copy was verified on %s + %s %s = %s", day(w.VerifiedAt), span(p.DeleteAfter),
			p.DeleteAfterAt.place(), day(w.DeleteAtTwilio))
	case w.wantsCopy(p):
		out.Text = fmt.Sprintf("%s after our copy was verified, which it is not yet %s", span(p.DeleteAfter), p.DeleteAfterAt.place())
	case w.DeleteAtTwilio.IsZero():
		out.Origin = p.KeepForAt
		out.Text = "there is no copy of ours, and no end of the time to keep " + p.KeepForAt.place()
	default:
		out.Origin = p.KeepForAt
		out.Text = fmt.Sprintf("there is no copy of ours, so it is deleted at the end of the time to keep %s", p.KeepForAt.place())
	}
	if w.Twilio == TwilioHas && !w.DeleteAtTwilio.IsZero() {
		switch {
		case w.OnHold && !w.mayLeaveTwilio(p):
			out.Text += "; a hold keeps it longer " + p.OnHoldAt.place()
		case !w.ExpiresAt.IsZero() && w.ExpiresAt.Before(w.DeleteAtTwilio):
			out.Text += fmt.Sprintf("; that cannot come true: Twilio's year ends first, on %s", day(w.ExpiresAt))
		}
	}
	return out
}

// yearRule is the rule that is not ours.
func yearRule() Origin { return Origin{Rule: "twilio.pci_mode", Text: "PCI Mode: one year"} }

func (w *row) whyYear() Reason {
	out := Reason{Date: DateExpires, At: w.ExpiresAt, Origin: yearRule()}
	switch {
	case w.ExpiresAt.IsZero():
		out.Text = "the account is not in PCI Mode: Twilio deletes nothing by itself"
	case w.Twilio != TwilioHas:
		out.Text = fmt.Sprintf("created %s + 1 year (Twilio's PCI Mode) = %s, but Twilio's copy is gone already", day(w.Created), day(w.ExpiresAt))
	default:
		out.Text = fmt.Sprintf("created %s + 1 year (Twilio's PCI Mode) = %s; then Twilio deletes its copy for good", day(w.Created), day(w.ExpiresAt))
	}
	return out
}

func (w *row) whyHold(h Hold, p Policy) Reason {
	what := "nothing of it is deleted by us"
	if p.OnHold == HoldOurs {
		what = "our copy is not deleted; Twilio's is, when it is due"
	}
	if w.Twilio == TwilioHas && !w.ExpiresAt.IsZero() {
		what += fmt.Sprintf(" (Twilio deletes its copy on %s all the same)", day(w.ExpiresAt))
	}
	return Reason{Date: DateHold, At: h.Placed, Origin: p.OnHoldAt,
		Text: fmt.Sprintf("held by %s since %s for %s: %q; until it is released %s %s", h.By, day(h.Placed), h.On.String(), h.Reason,
			what, p.OnHoldAt.place())}
}

// because is what a receipt says of a date: the rule and the arithmetic.
func (reason Reason) because() Because {
	return Because{Rule: reason.Origin.Rule, File: reason.Origin.File, Line: reason.Origin.Line, Text: strings.TrimSpace(reason.Text)}
}
