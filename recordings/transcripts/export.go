package transcripts

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paydial/paydial/recordings/redact"
)

// Format is a form to export transcripts in.
type Format string

// The formats.
const (
	Text   Format = "text"
	JSON   Format = "json"
	WebVTT Format = "vtt" // https://www.w3.org/TR/webvtt1/
)

// ErrFormat says that a format is none of text, json and vtt.
var ErrFormat = errors.New("formats are text, json and vtt")

// Export writes a transcript. The errors are ErrFormat and the writer's.
func (t Transcript) Export(w io.Writer, f Format) error {
	var err error
	switch f {
	case Text:
		_, err = io.WriteString(w, t.text())
	case JSON:
		var raw []byte
		if raw, err = json.MarshalIndent(t.View(), "", "  "); err == nil {
			_, err = w.Write(append(raw, '\n'))
		}
	case WebVTT:
		_, err = io.WriteString(w, t.webVTT())
	default:
		return fmt.Errorf("export transcript: %w", ErrFormat)
	}
	if err != nil {
		return fmt.Errorf("export transcript of call %s: %w", t.Call, err)
	}
	return nil
}

// cue is a line, a gap or a trouble, at its time.
type cue struct {
	at, to  time.Time
	speaker string // "" for what nobody said
	text    string
}

// How long a line is shown: as long as it takes to say, within bounds.
const (
	perCharacter = 60 * time.Millisecond
	leastShown   = 1500 * time.Millisecond
	mostShown    = 10 * time.Second
)

// cues are all that there is to show, by time.
func (t Transcript) cues() []cue {
	var out []cue
	for _, l := range t.Words {
		long := min(max(time.Duration(utf8.RuneCountInString(l.Text))*perCharacter, leastShown), mostShown)
		out = append(out, cue{at: l.At, to: l.At.Add(long), speaker: l.Speaker, text: l.Text})
	}
	for _, g := range t.Gaps {
		out = append(out, cue{at: g.From, to: g.To, text: g.Why})
	}
	for _, p := range t.Parts {
		if p.Trouble != "" {
			out = append(out, cue{at: p.Stopped, to: p.Stopped.Add(leastShown), text: "transcription failed: " + p.Trouble})
		}
	}
	slices.SortStableFunc(out, func(a, b cue) int { return a.at.Compare(b.at) })
	return out
}

func (t Transcript) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "call %s, %s\n", t.Call, t.Began.UTC().Format(time.RFC3339))
	for _, c := range t.cues() {
		fmt.Fprintf(&b, "%s  ", clock(c.at.Sub(t.Began), "%02d:%02d:%02d"))
		if c.speaker == "" {
			fmt.Fprintf(&b, "-- %s --\n", c.text)
			continue
		}
		fmt.Fprintf(&b, "%s: %s\n", c.speaker, strings.Join(strings.Fields(c.text), " "))
	}
	return b.String()
}

// clock writes hours, minutes and seconds.
func clock(d time.Duration, form string) string {
	d = max(d, 0)
	return fmt.Sprintf(form, int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
}

func (t Transcript) webVTT() string {
	var b strings.Builder
	b.WriteString("WEBVTT\n\nNOTE call " + t.Call + "\n")
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", " ", "\r", " ")
	at := func(moment time.Time) string {
		d := max(moment.Sub(t.Began), 0)
		return clock(d, "%02d:%02d:%02d") + fmt.Sprintf(".%03d", d.Milliseconds()%1000)
	}
	for _, c := range t.cues() {
		fmt.Fprintf(&b, "\n%s --> %s\n", at(c.at), at(c.to))
		if c.speaker == "" {
			fmt.Fprintf(&b, "<i>%s</i>\n", escape.Replace(c.text))
			continue
		}
		fmt.Fprintf(&b, "<v %s>%s\n", escape.Replace(c.speaker), escape.Replace(c.text))
	}
	return b.String()
}

// View is a transcript as programs are shown it.
type View struct {
	SummaryView
	Parts []PartView `json:"parts"`
	Lines []LineView `json:"lines"`
	Gaps  []GapView  `json:"gaps"`
}

// SummaryView is a transcript without its words, as programs are shown it.
type SummaryView struct {
	Call      string    `json:"call_sid"`
	Flow      string    `json:"flow"`
	Line      string    `json:"line"`
	Began     time.Time `json:"began_at"`
	Last      time.Time `json:"last_at"`
	LineCount int       `json:"line_count"`
	Masked    int       `json:"masked"`
	Cards     int       `json:"cards_masked"`
	Trouble   string    `json:"trouble"`
	Until     time.Time `json:"keep_until,omitzero"`
	Rule      string    `json:"rule,omitempty"` // "keep_for: 90 days (paydial.yaml:12)"
}

// PartView is a transcription at Twilio, as programs are shown it.
type PartView struct {
	SID      string    `json:"transcription_sid"`
	Name     string    `json:"name"`
	Engine   string    `json:"engine"`
	Language string    `json:"language"`
	Started  time.Time `json:"started_at,omitzero"`
	Stopped  time.Time `json:"stopped_at,omitzero"`
	Code     int       `json:"error_code,omitempty"`
	Trouble  string    `json:"trouble,omitempty"`
}

// LineView is what one side said, as programs are shown it.
type LineView struct {
	At         time.Time     `json:"at"`
	Part       string        `json:"transcription_sid"`
	Track      string        `json:"track"`
	Speaker    string        `json:"speaker"`
	Language   string        `json:"language"`
	Text       string        `json:"text"`
	Masked     []redact.Kind `json:"masked"`
	Confidence float64       `json:"confidence"`
}

// GapView is a time of which nothing is known, as programs are shown it.
type GapView struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Why  string    `json:"why"`
}

// View is how programs are shown a summary.
func (s Summary) View() SummaryView {
	v := SummaryView{
		Call: s.Call, Flow: s.Flow, Line: s.Line, Began: s.Began, Last: s.Last, LineCount: s.Lines, Masked: s.Masked, Cards: s.Cards,
		Trouble: s.Trouble, Until: s.Until,
	}
	if !s.Until.IsZero() {
		v.Rule = because(Rules{KeepFor: s.Until.Sub(s.Began), KeepForAt: s.UntilAt})
	}
	return v
}

// View is how programs are shown a transcript.
func (t Transcript) View() View {
	v := View{SummaryView: t.Summary.View(), Parts: []PartView{}, Lines: []LineView{}, Gaps: []GapView{}}
	for _, p := range t.Parts {
		v.Parts = append(v.Parts, PartView{
			SID: p.SID, Name: p.Name, Engine: p.Engine, Language: p.Language, Started: p.Started, Stopped: p.Stopped, Code: p.Code, Trouble: p.Trouble,
		})
	}
	for _, l := range t.Words {
		masked := l.Masked
		if masked == nil {
			masked = []redact.Kind{}
		}
		v.Lines = append(v.Lines, LineView{
			At: l.At, Part: l.Part, Track: l.Track, Speaker: l.Speaker, Language: l.Language, Text: l.Text, Masked: masked, Confidence: l.Confidence,
		})
	}
	for _, g := range t.Gaps {
		v.Gaps = append(v.Gaps, GapView(g))
	}
	return v
}
