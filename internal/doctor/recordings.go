package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/twilio"
)

const (
	// surveyed is how many of the account's recordings are compared with the index at most, the oldest first.
	surveyed = 50_000
	// fresh is how young a recording is that may be on its way still.
	fresh = time.Hour
	// window is how much of the year is listed at once, so that the oldest come first.
	window = 30 * 24 * time.Hour
	// pciProof is how young Twilio's own transcript of a recording is to show that PCI Mode is off: nothing else would
	// have been switched on since, most likely.
	pciProof = 24 * time.Hour
	// soon is when Twilio's deletion of the only copy is near.
	soon = 7 * 24 * time.Hour
)

const day = "2 Jan 2006"

var errEnough = errors.New("enough was seen")

// pciMode tells what can be seen of PCI Mode, which cannot be asked for over REST.
func (l *look) pciMode(ctx context.Context) {
	if l.client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	l.transcribed(ctx)
	l.olderThanAYear(ctx)
	if l.Simulated {
		return
	}
	l.tell(Finding{Area: AreaTwilio, Grade: Look, Compliance: true, Text: "whether PCI Mode is on cannot be asked over REST",
		Mend: "look in the Console under Voice > Settings > General: PCI Mode must be enabled, and cannot be disabled again"})
	l.tell(Finding{Area: AreaTwilio, Grade: Look, Compliance: true, Text: "Conversation Intelligence cannot be checked from here: its services are not in this API",
		Mend: "look in the Console under Conversational Intelligence > Services: none may transcribe this account's calls"})
}

// transcribed looks for transcripts of recordings that Twilio made itself.
func (l *look) transcribed(ctx context.Context) {
	last, err := l.client.LastNativeTranscript(ctx)
	mend := "take transcribe and transcribeCallback out of what records these calls, and look whether PCI Mode is on"
	switch {
	case err != nil:
		l.found(AreaTwilio, Look, "whether Twilio transcribes recordings itself could not be checked: "+err.Error(), "")
	case last.IsZero():
		l.tell(Finding{Area: AreaTwilio, Grade: OK, Text: "Twilio keeps no transcripts of recordings", Compliance: true})
	case l.Now().Sub(last) < pciProof:
		l.forbidden(AreaTwilio, "Twilio transcribed a recording itself on "+last.Format(day)+": in PCI Mode it does not, so it was off then", mend)
	default:
		l.tell(Finding{Area: AreaTwilio, Grade: Look, Text: "Twilio transcribed a recording itself on " + last.Format(day) + ": PCI Mode was off then", Mend: mend, Compliance: true})
	}
}

// olderThanAYear looks for recordings that Twilio would have deleted if they had been made in PCI Mode.
func (l *look) olderThanAYear(ctx context.Context) {
	before, pages := l.Now().AddDate(-1, 0, -2), 0
	var found twilio.Recording
	err := l.client.Recordings(ctx, twilio.RecordingFilter{CreatedBefore: before, PageSize: 50}, func(page []twilio.Recording, _ time.Time) error {
		if pages++; len(page) > 0 {
			found = page[0]
		}
		if found.SID != "" || pages == 20 {
			return errEnough
		}
		return nil
	})
	switch {
	case err != nil && !errors.Is(err, errEnough):
		l.found(AreaTwilio, Look, "whether there are recordings older than a year could not be checked: "+err.Error(), "")
	case found.SID != "":
		l.tell(Finding{Area: AreaTwilio, Grade: Look, Compliance: true,
			Text: fmt.Sprintf("Twilio has recordings older than a year, such as %s of %s: PCI Mode was off when they were made, and Twilio will not delete them",
				found.SID, found.Created.Format(day)),
			Mend: "look whether PCI Mode is on; what is in them may be card data, and is deleted by nobody but you"})
	default:
		l.ok(AreaTwilio, "Twilio has no recordings older than a year")
	}
}

// survey is what was seen of a year's recordings.
type survey struct {
	seen, unknown, uncopied int
	first                   twilio.Recording // the oldest of which there is no copy of ours
	cut                     bool             // there are more than were compared
}

// keeping compares the year's recordings with the index: of which there is no copy, and when Twilio deletes the first.
func (l *look) keeping(ctx context.Context) {
	if l.client == nil {
		return
	}
	if l.db == nil {
		text, mend := "whether recordings have copies of ours could not be checked: the index is in the database", ""
		if l.Simulated {
			text, mend = "the index of recordings is in "+l.Self+" dev itself", l.Self+" recordings list"
		}
		l.found(AreaRecordings, Look, text, mend)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, surveyTime)
	defer cancel()
	var s survey
	err := l.survey(ctx, &s)
	if err != nil && !errors.Is(err, errEnough) {
		l.found(AreaRecordings, Look, "whether recordings have copies of ours could not be checked: "+err.Error(), "")
		return
	}
	s.cut = errors.Is(err, errEnough)
	l.tell(s.finding(l.Now(), l.Self))
}

// survey lists what Twilio keeps, the oldest months first.
func (l *look) survey(ctx context.Context, s *survey) error {
	end := l.Now().Add(-fresh)
	for from := l.Now().AddDate(-1, 0, -2); from.Before(end); from = from.Add(window) {
		to := from.Add(window)
		if to.After(end) {
			to = end
		}
		err := l.client.Recordings(ctx, twilio.RecordingFilter{CreatedAfter: from, CreatedBefore: to, PageSize: 1000},
			func(page []twilio.Recording, _ time.Time) error { return l.compare(ctx, s, page) })
		if err != nil {
			return err
		}
	}
	return nil
}

// compare looks a page of Twilio's list up in the index.
func (l *look) compare(ctx context.Context, s *survey, page []twilio.Recording) error {
	var sids []string
	for _, r := range page {
		if r.Status == "completed" {
			sids = append(sids, r.SID)
		}
	}
	known, err := recordings.StandingOf(ctx, l.db, sids)
	if err != nil && !errors.Is(err, recordings.ErrNoIndex) {
		return err
	}
	for _, r := range page {
		if r.Status == "completed" {
			stands, there := known[r.SID]
			s.add(r, stands, there)
		}
	}
	if s.seen >= surveyed {
		return errEnough
	}
	return nil
}

// add counts a recording.
func (s *survey) add(r twilio.Recording, stands recordings.Standing, there bool) {
	s.seen++
	if !there {
		s.unknown++
	}
	if stands.Copied || there && !stands.InDanger { // the rules want no copy of it
		return
	}
	s.uncopied++
	if s.first.SID == "" || r.Created.Before(s.first.Created) {
		s.first = r
	}
}

// finding says what a survey comes to.
func (s *survey) finding(now time.Time, self string) Finding {
	f := Finding{Area: AreaRecordings, Grade: OK}
	of := fmt.Sprintf("this year's recordings at Twilio are %d", s.seen)
	if s.cut {
		of = fmt.Sprintf("of this year's recordings at Twilio the oldest %d were compared", s.seen)
	}
	if s.uncopied == 0 {
		f.Text = fmt.Sprintf("%s: of each there is a copy of ours that was read back, or the rules want none", of)
		return f
	}
	dies := s.first.Created.AddDate(1, 0, 0)
	f.Grade = Look
	if dies.Sub(now) < soon {
		f.Grade = Wrong
	}
	left := max(int(dies.Sub(now)/(24*time.Hour)), 0)
	f.Text = fmt.Sprintf("%s; without a copy of ours: %d, of these not in the index: %d. In PCI Mode the first, %s, is deleted by Twilio on %s, in %d days",
		of, s.uncopied, s.unknown, s.first.SID, dies.UTC().Format(day), left)
	f.Mend = "see that a worker runs, then: " + self + " recordings sweep"
	return f
}
