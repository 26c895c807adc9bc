package transcripts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/recordings/redact"
)

// Summary is a call's transcript without its words.
type Summary struct {
	Call    string
	Flow    string // "" when not known
	Line    string // our number; "" when not known
	Began   time.Time
	Last    time.Time // of what was heard last
	Lines   int
	Masked  int       // numbers that were masked, of all kinds
	Cards   int       // card numbers among them
	Trouble string    // what went wrong, in words; "" when nothing did
	Until   time.Time // it is deleted then; zero: not by itself
	// UntilAt is where the rule for Until stands.
	UntilAt recordings.Origin
}

// Whose words they are: Twilio's tracks. On an outbound call Inbound is who was called.
const (
	Inbound  = "inbound_track"
	Outbound = "outbound_track"
)

// Line is what one side said.
type Line struct {
	Part       string // GT...
	At         time.Time
	Track      string // Inbound or Outbound
	Speaker    string // the track's label, or caller and line
	Language   string
	Text       string
	Masked     []redact.Kind
	Confidence float64 // 0 to 1
}

// Part is one transcription of the call at Twilio.
type Part struct {
	SID      string
	Name     string
	Engine   string
	Language string
	Started  time.Time // zero when its start was not told
	Stopped  time.Time // zero while it runs, or when its end was not told
	Code     int       // Twilio's error; 0 for none
	Trouble  string    // what went wrong, in words

	first             time.Time
	inbound, outbound string
}

// Gap is a time within a transcript of which nothing is known.
type Gap struct {
	From, To time.Time
	Why      string
}

// WhyPaused is why a transcription stops and one of the same name begins anew: Twilio knows no pause.
const WhyPaused = "paused while paying"

// whyOther is why there is nothing between two transcriptions of other names.
const whyOther = "not transcribed"

// Transcript is what was said on a call.
type Transcript struct {
	Summary
	Parts []Part // by their beginning
	Words []Line // by time
	Gaps  []Gap  // by time
}

// Get gives the transcript of a call, or ErrNotFound.
func (s *Store) Get(ctx context.Context, call string) (Transcript, error) {
	t, err := s.get(ctx, call)
	if err != nil {
		return Transcript{}, fmt.Errorf("transcript of call %.40s: %w", redactedID(call), err)
	}
	return t, nil
}

// redactedID is a call's id for a message: what is handed in as one may be anything.
func redactedID(call string) string {
	text, _ := redact.Text(db.Clean(call, maxWord), "", redact.Rules{AllNumbers: true})
	return text
}

func (s *Store) get(ctx context.Context, call string) (Transcript, error) {
	sum, err := s.scanSummary(s.db.QueryRow(ctx, "SELECT "+summaryColumns+" FROM transcripts WHERE call = ? AND deleted_at = 0", call))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Transcript{}, err
	}
	t := Transcript{Summary: sum}
	if t.Parts, err = s.parts(ctx, call); err != nil {
		return Transcript{}, err
	}
	lines, err := db.Select(ctx, s.db, scanLine, "SELECT "+lineColumns+" FROM transcript_lines WHERE call = ?", call)
	if err != nil {
		return Transcript{}, err
	}
	slices.SortFunc(lines, compareLines)
	for _, l := range lines {
		t.Words = append(t.Words, Line{
			Part: l.part, At: l.at, Track: l.track, Speaker: t.speaker(l), Language: l.language, Text: l.text, Masked: split(l.kinds),
			Confidence: float64(l.confidence) / 1000,
		})
	}
	t.Gaps = gaps(t.Parts, t.Words)
	return t, nil
}

// speaker names who said a line.
func (t *Transcript) speaker(l line) string {
	for _, p := range t.Parts {
		switch {
		case p.SID != l.part:
		case l.track == Inbound && p.inbound != "":
			return p.inbound
		case l.track == Outbound && p.outbound != "":
			return p.outbound
		}
	}
	switch l.track {
	case Inbound:
		return "caller"
	case Outbound:
		return "line"
	}
	return "somebody"
}

// gaps are the times between one transcription and the next, where both ends are known.
func gaps(parts []Part, words []Line) []Gap {
	var out []Gap
	for i := 1; i < len(parts); i++ {
		before, next := parts[i-1], parts[i]
		from, to := before.Stopped, next.first
		if from.IsZero() { // its end was not told: after its last words
			for _, l := range words {
				if l.Part == before.SID && l.At.After(from) {
					from = l.At
				}
			}
		}
		if from.IsZero() || !to.After(from) {
			continue
		}
		why := whyOther
		if before.Name == next.Name && before.Code == 0 {
			why = WhyPaused
		}
		out = append(out, Gap{From: from, To: to, Why: why})
	}
	return out
}

func (s *Store) parts(ctx context.Context, call string) ([]Part, error) {
	return db.Select(ctx, s.db, scanPart, `SELECT sid, name, engine, language, inbound_label, outbound_label, first_at, started_at, stopped_at, error_code,
		trouble FROM transcript_parts WHERE call = ? ORDER BY first_at, sid`, call)
}

func scanPart(from db.Scanner) (p Part, err error) {
	var first, started, stopped int64
	err = from.Scan(&p.SID, &p.Name, &p.Engine, &p.Language, &p.inbound, &p.outbound, &first, &started, &stopped, &p.Code, &p.Trouble)
	p.first, p.Started, p.Stopped = db.Time(first), db.Time(started), db.Time(stopped)
	return p, err
}

// scanLine scans a row of lineColumns.
func scanLine(from db.Scanner) (l line, err error) {
	var at int64
	err = from.Scan(&l.part, &l.track, &l.seq, &at, &l.language, &l.confidence, &l.text, &l.kinds)
	l.at = db.Time(at)
	return l, err
}

const summaryColumns = "call, flow, line, began_at, last_at, lines, masked, cards, trouble"

func (s *Store) scanSummary(row db.Scanner) (Summary, error) {
	var sum Summary
	var began, last int64
	err := row.Scan(&sum.Call, &sum.Flow, &sum.Line, &began, &last, &sum.Lines, &sum.Masked, &sum.Cards, &sum.Trouble)
	if err != nil {
		return Summary{}, err
	}
	sum.Began, sum.Last = db.Time(began), db.Time(last)
	if rules := s.cfg.Rules(sum.Flow); rules.KeepFor > 0 {
		sum.Until, sum.UntilAt = sum.Began.Add(rules.KeepFor), rules.KeepForAt
	}
	return sum, nil
}
