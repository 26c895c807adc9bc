package transcripts_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/pgtest"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/recordings/redact"
	"github.com/paydial/paydial/recordings/transcripts"
	"github.com/paydial/paydial/twilio"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var morning = time.Date(2026, 3, 3, 10, 42, 0, 0, time.UTC)

// clock goes when it is told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bench is a store with its clock, its database and its audit log.
type bench struct {
	*transcripts.Store
	cfg   transcripts.Config
	clock *clock
	audit *audit.Log
	file  string // of SQLite; "" for others
}

// each runs fn on every kind of database.
func each(t *testing.T, fn func(t *testing.T, b bench)) {
	t.Parallel()
	pgtest.Each(t, func(t *testing.T, url string) {
		b := bench{clock: &clock{at: morning}}
		if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
			b.file = file
		}
		d, err := db.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		if b.audit, err = audit.New(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		b.cfg = transcripts.Config{DB: d, Audit: b.audit, Now: b.clock.now}
		b.open(t)
		fn(t, b)
	})
}

// open opens another store on the same database, as another process does.
func (b *bench) open(t *testing.T) *transcripts.Store {
	t.Helper()
	s, err := transcripts.New(t.Context(), b.cfg)
	if err != nil {
		t.Fatal(err)
	}
	b.Store = s
	return s
}

// event is an event of a call, so many seconds after the beginning.
func event(call, sid, what string, seq, seconds int) twilio.TranscriptionEvent {
	return twilio.TranscriptionEvent{
		SID: sid, CallSID: call, Event: "transcription-" + what, SequenceID: seq, Timestamp: morning.Add(time.Duration(seconds) * time.Second),
		LanguageCode: "en-US",
	}
}

func said(call, sid string, seq, seconds int, text string) twilio.TranscriptionEvent {
	e := event(call, sid, "content", seq, seconds)
	e.Track, e.Final, e.Transcript, e.Confidence = transcripts.Inbound, true, text, 0.93
	return e
}

func asked(call, sid string, seq, seconds int, text string) twilio.TranscriptionEvent {
	e := said(call, sid, seq, seconds, text)
	e.Track = transcripts.Outbound
	return e
}

var facts = recordings.CallFacts{Flow: "pay-my-bill", Line: "+15550100000"}

func (b bench) hear(t *testing.T, events ...twilio.TranscriptionEvent) (last transcripts.Heard) {
	t.Helper()
	for _, e := range events {
		got, err := b.Hear(t.Context(), e, facts)
		if err != nil {
			t.Fatal(err)
		}
		last = got
	}
	return last
}

func (b bench) get(t *testing.T, call string) transcripts.Transcript {
	t.Helper()
	got, err := b.Get(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (b bench) wantWords(t *testing.T, call string, want ...string) {
	t.Helper()
	var got []string
	for _, l := range b.get(t, call).Words {
		got = append(got, l.Speaker+": "+l.Text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func (b bench) settle(t *testing.T) {
	t.Helper()
	b.clock.advance(redact.Window + time.Second)
	if err := b.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// conversation is a call with a payment in it, and a card number that is spoken after it.
func conversation(call string) []twilio.TranscriptionEvent {
	begun := func(sid string, at int) twilio.TranscriptionEvent {
		e := event(call, sid, "started", 1, at)
		e.Name, e.Engine, e.InboundLabel, e.OutboundLabel = "desk", "google", "caller", "agent"
		return e
	}
	return []twilio.TranscriptionEvent{
		begun("GT1", 0), asked(call, "GT1", 2, 1, "Good morning, how may I help?"), said(call, "GT1", 2, 4, "I'd like to pay 84 dollars, bill 12345678."),
		event(call, "GT1", "stopped", 4, 10),
		begun("GT2", 60), asked(call, "GT2", 2, 61, "That did not work, what is your number?"), said(call, "GT2", 2, 65, "four two four two"),
		asked(call, "GT2", 3, 67, "Go on"), said(call, "GT2", 3, 70, "um 4242 4242"), said(call, "GT2", 4, 74, "double four, no, four two four two"),
		asked(call, "GT2", 4, 76, "And the security code?"), said(call, "GT2", 5, 79, "one two three"), said(call, "GT2", 6, 90, "Call me at 555 010 0000"),
		event(call, "GT2", "stopped", 9, 95),
	}
}

var wantConversation = []string{
	"agent: Good morning, how may I help?", "caller: I'd like to pay 84 dollars, bill 12345678.",
	"agent: That did not work, what is your number?", "caller: [card number]", "agent: Go on", "caller: um [card number]",
	"caller: [card number]", "agent: And the security code?", "caller: [security code]", "caller: Call me at 555 010 0000",
}

// TestAnyOrder hears the events of a call in many orders, each of them more than once: the transcript is the same.
func TestAnyOrder(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		r := rand.New(rand.NewPCG(5, 6))
		for round := range 6 {
			call := "CA" + string(rune('a'+round))
			events := conversation(call)
			for i := range events { // a transcription is of one call only
				events[i].SID += call
			}
			events = append(events, events[3], events[5], events[8])
			if round > 0 {
				r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			}
			b.hear(t, events...)
			b.settle(t)
			b.wantWords(t, call, wantConversation...)
			got := b.get(t, call)
			if len(got.Parts) != 2 || len(got.Gaps) != 1 || got.Gaps[0].Why != transcripts.WhyPaused ||
				got.Gaps[0].To.Sub(got.Gaps[0].From) != 50*time.Second {
				t.Errorf("parts %+v, gaps %+v", got.Parts, got.Gaps)
			}
			want := transcripts.Summary{
				Call: call, Flow: "pay-my-bill", Line: "+15550100000", Began: morning, Last: morning.Add(95 * time.Second), Lines: 10, Masked: 4, Cards: 3,
			}
			if diff := cmp.Diff(want, got.Summary); diff != "" {
				t.Error(diff)
			}
			if heard := b.hear(t, events[0]); heard.New || heard.Masked != nil {
				t.Errorf("heard again: %+v", heard)
			}
		}
	})
}

// TestNoDigitReachesTheDatabase says a card number a digit at a time and searches all the files after each of them.
func TestNoDigitReachesTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		pieces := []string{"four thousand two hundred forty-two", "twenty-two", "22", "seven", "seven seven", "seven", "triple nine", "one"}
		digits := 0
		for i, text := range pieces {
			b.hear(t, said("CA1", "GT1", 2+i, 5*i, text))
			partial := said("CA1", "GT1", 2+i, 5*i, "partialwords")
			partial.Final = false
			if got := b.hear(t, partial); got.New {
				t.Error("a partial result was kept")
			}
			if i == 0 {
				b.wantWords(t, "CA1", "caller: [4 digits]")
			}
			digits++
			if b.file == "" {
				continue
			}
			raw := files(t, b.file)
			for _, p := range append(pieces, "partialwords") {
				if len(p) > 4 && bytes.Contains(raw, []byte(p)) {
					t.Errorf("after %d lines the database holds %q", digits, p)
				}
			}
			if !bytes.Contains(raw, []byte("digit")) {
				t.Error("the search finds nothing at all")
			}
		}
		b.wantWords(t, "CA1", slices.Repeat([]string{"caller: [card number]"}, len(pieces))...)
	})
}

// files are the bytes of a SQLite database, its log of writes included.
func files(t *testing.T, name string) []byte {
	t.Helper()
	all, err := filepath.Glob(name + "*")
	if err != nil || len(all) < 2 {
		t.Fatalf("files %v: %v", all, err)
	}
	var out []byte
	for _, name := range all {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, raw...)
	}
	return out
}

// TestHeldIsWrittenOut holds digits until nothing can come, and not longer.
func TestHeldIsWrittenOut(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		b.hear(t, said("CA1", "GT1", 2, 0, "My bill is 12345678"), said("CA1", "GT1", 3, 2, "of 84 dollars"))
		b.wantWords(t, "CA1", "caller: My bill is [8 digits]", "caller: of 84 dollars")
		b.clock.advance(redact.Window - time.Second)
		if err := b.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.wantWords(t, "CA1", "caller: My bill is [8 digits]", "caller: of 84 dollars")
		b.settle(t)
		b.wantWords(t, "CA1", "caller: My bill is 12345678", "caller: of 84 dollars")
		// What comes late and belongs to it is still found, and is not shown.
		b.hear(t, said("CA1", "GT1", 4, 3, "and 4242 4242"))
		b.wantWords(t, "CA1", "caller: My bill is 12345678", "caller: of 84 dollars", "caller: and [8 digits]")
		b.settle(t)
		b.wantWords(t, "CA1", "caller: My bill is 12345678", "caller: of 84 dollars", "caller: and 4242 4242")
	})
}

// TestTwoProcesses gives the lines of a number to two processes in turn: neither shows a digit, then or later.
func TestTwoProcesses(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		one := b
		two := b
		two.open(t)
		one.hear(t, said("CA1", "GT1", 2, 0, "four two four two"))
		two.hear(t, said("CA1", "GT1", 3, 3, "four two four two"))
		one.hear(t, said("CA1", "GT1", 4, 6, "four two four two"))
		two.hear(t, said("CA1", "GT1", 5, 9, "four two four two"))
		want := slices.Repeat([]string{"caller: [card number]"}, 4)
		one.wantWords(t, "CA1", want...)
		b.clock.advance(time.Hour)
		for _, s := range []bench{one, two} {
			if err := s.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		one.wantWords(t, "CA1", want...)
		// A process that ends takes what it held with it: the count stays.
		one.hear(t, said("CA2", "GT2", 2, 0, "bill 12345678"))
		three := b
		three.open(t)
		three.settle(t)
		three.wantWords(t, "CA2", "caller: bill [8 digits]")
		// At once: nothing is lost and nothing is there twice.
		var wg sync.WaitGroup
		for i := range 8 {
			for _, s := range []bench{one, two} {
				wg.Go(func() {
					if _, err := s.Hear(t.Context(), said("CA3", "GT3", 2+i, i, "4 2"), facts); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		one.wantWords(t, "CA3", slices.Repeat([]string{"caller: [card number]"}, 8)...)
	})
}

func TestTrouble(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		e := event("CA1", "GT1", "error", 2, 5)
		e.ErrorCode, e.Error = 32655, "provider down, card 4242 4242 4242 4242"
		b.hear(t, said("CA1", "GT1", 1, 1, "Hello"), e, e)
		got := b.get(t, "CA1")
		if !strings.HasPrefix(got.Trouble, "32655: the speech provider is not available") || !strings.Contains(got.Trouble, "provider down, card [card number]") ||
			got.Parts[0].Code != 32655 || got.Parts[0].Stopped.IsZero() {
			t.Errorf("%+v", got)
		}
		e = event("CA2", "", "error", 0, 5) // it never began
		e.ErrorCode = 99999
		b.hear(t, e)
		if got := b.get(t, "CA2"); !strings.Contains(got.Trouble, "99999") {
			t.Errorf("%+v", got)
		}
		for _, bad := range []twilio.TranscriptionEvent{event("CA1", "", "started", 1, 1), event("", "GT1", "started", 1, 1), event("CA1", "GT1", "paused", 1, 1)} {
			if _, err := b.Hear(t.Context(), bad, facts); err == nil {
				t.Errorf("%+v was taken", bad)
			}
		}
		if _, err := b.Get(t.Context(), "CA9"); !errors.Is(err, transcripts.ErrNotFound) {
			t.Errorf("get what is not there: %v", err)
		}
		if got := b.hear(t, said("CA4", "GT4", 1, 1, "  ")); got.New {
			t.Error("a line without words was kept")
		}
	})
	for code, word := range map[int]string{32650: "settings", 32651: "provider", 32652: "together", 17585: "PAYDIAL_PUBLIC_URL"} {
		if got := transcripts.Trouble(code, ""); !strings.Contains(got, word) {
			t.Errorf("%d: %s", code, got)
		}
	}
}

// TestFactsComeLate hears an event whose address says nothing before one that knows the flow.
func TestFactsComeLate(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		if _, err := b.Hear(t.Context(), said("CA1", "GT1", 1, 1, "Hello"), recordings.CallFacts{}); err != nil {
			t.Fatal(err)
		}
		b.hear(t, event("CA1", "GT1", "stopped", 2, 2))
		if got := b.get(t, "CA1"); got.Flow != facts.Flow || got.Line != facts.Line {
			t.Errorf("%+v", got.Summary)
		}
	})
}
