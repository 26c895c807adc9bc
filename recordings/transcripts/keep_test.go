package transcripts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/recordings/redact"
	"github.com/paydial/paydial/recordings/transcripts"
)

func (b bench) calls(t *testing.T, q transcripts.Query) string {
	t.Helper()
	var calls []string
	for {
		page, err := b.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Transcripts {
			calls = append(calls, s.Call)
		}
		if q.After = page.Next; page.Next == "" {
			return strings.Join(calls, " ")
		}
	}
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		for i := range 7 {
			call := fmt.Sprintf("CA%d", i)
			b.hear(t, said(call, "GT"+call, 1, i/2, "Hello")) // two begin at once
		}
		b.hear(t, said("CA3", "GTCA3", 2, 5, "4242 4242 4242 4242"))
		e := event("CA4", "GTCA4", "error", 2, 5)
		e.ErrorCode = 32651
		b.hear(t, e)
		other := facts
		other.Flow, other.Line = "support", "+15550100001"
		if _, err := b.Hear(t.Context(), said("CA7", "GTCA7", 1, 9, "cvv 123"), other); err != nil {
			t.Fatal(err)
		}
		for want, q := range map[string]transcripts.Query{
			"CA7 CA6 CA5 CA4 CA3 CA2 CA1 CA0": {Limit: 3},
			"CA7":                             {Flow: "support"},
			"CA6 CA5 CA4 CA3 CA2 CA1 CA0":     {Line: facts.Line, Limit: 1},
			"CA7 CA3":                         {Masked: true},
			"CA3":                             {Cards: true},
			"CA4":                             {Trouble: true},
			"CA5":                             {Call: "CA5"},
			"CA5 CA4":                         {Since: morning.Add(2 * time.Second), Until: morning.Add(3 * time.Second)},
			"":                                {Flow: "none"},
		} {
			if got := b.calls(t, q); got != want {
				t.Errorf("%+v: %s, want %s", q, got, want)
			}
		}
		if there, err := b.Of(t.Context(), []string{"CA1", "CA404", "CA7"}); err != nil || len(there) != 2 || !there["CA1"] || !there["CA7"] {
			t.Errorf("there are transcripts of %v, %v", there, err)
		}
		for _, bad := range []string{"x", "1", ".CA1", "x.CA1"} {
			if _, err := b.List(t.Context(), transcripts.Query{After: bad}); !errors.Is(err, transcripts.ErrCursor) {
				t.Errorf("after %q: %v", bad, err)
			}
		}
	})
}

// TestKeepFor deletes what the rules keep no longer, says why in the audit log, and keeps nothing that comes later.
func TestKeepFor(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		origin := recordings.Origin{Rule: "transcripts.keep_for", File: "paydial.yaml", Line: 12, Text: "keep_for: 90 days"}
		b.cfg.Rules = func(flow string) transcripts.Rules {
			if flow != facts.Flow {
				return transcripts.Rules{Redact: redact.All()}
			}
			return transcripts.Rules{Redact: redact.All(), KeepFor: 90 * 24 * time.Hour, KeepForAt: origin}
		}
		b.open(t)
		b.hear(t, conversation("CA1")...)
		if _, err := b.Hear(t.Context(), said("CA2", "GT9", 1, 1, "Hello"), recordings.CallFacts{Flow: "other"}); err != nil {
			t.Fatal(err)
		}
		if got := b.get(t, "CA1"); !got.Until.Equal(morning.Add(90*24*time.Hour)) || got.UntilAt != origin || got.View().Rule != "keep_for: 90 days (paydial.yaml:12)" {
			t.Errorf("%+v", got.Summary)
		}
		b.clock.advance(90*24*time.Hour - time.Second)
		if got, err := b.Sweep(t.Context()); err != nil || got.Deleted != 0 {
			t.Errorf("a second early: %+v %v", got, err)
		}
		b.clock.advance(time.Second)
		for want := range []int{1, 0} {
			if got, err := b.Sweep(t.Context()); err != nil || got.Deleted != 1-want {
				t.Errorf("sweep: %+v %v", got, err)
			}
		}
		if _, err := b.Get(t.Context(), "CA1"); !errors.Is(err, transcripts.ErrNotFound) {
			t.Errorf("it is there: %v", err)
		}
		b.hear(t, conversation("CA1")...)
		if got := b.calls(t, transcripts.Query{}); got != "CA2" {
			t.Errorf("listed: %s", got)
		}
		b.wantAudit(t, "worker  CA1 keep_for: 90 days (paydial.yaml:12)")
	})
}

func TestDelete(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		b.hear(t, said("CA1", "GT1", 2, 0, "four two"))
		d := transcripts.Deletion{Call: "CA1", Who: "kim", Role: "ops", Via: audit.ViaCLI, Reason: "the caller asked for it"}
		if err := b.Delete(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if err := b.Delete(t.Context(), d); !errors.Is(err, transcripts.ErrNotFound) {
			t.Errorf("deleted twice: %v", err)
		}
		b.settle(t)
		b.hear(t, said("CA1", "GT1", 3, 2, "four two"), event("CA1", "GT1", "stopped", 4, 4))
		if got := b.calls(t, transcripts.Query{}); got != "" {
			t.Errorf("listed: %s", got)
		}
		b.wantAudit(t, "cli kim CA1 the caller asked for it")
		d.Call, d.Via = "CA2", "nowhere"
		b.hear(t, said("CA2", "GT2", 2, 0, "Hello"))
		if err := b.Delete(t.Context(), d); err == nil {
			t.Error("deleted without a line in the audit log")
		}
		b.wantWords(t, "CA2", "caller: Hello")
	})
}

func (b bench) wantAudit(t *testing.T, want ...string) {
	t.Helper()
	page, err := b.audit.List(t.Context(), audit.Query{Action: "transcript.delete"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range page.Entries {
		got = append(got, strings.Join([]string{e.Via, e.Who, e.Call, e.Detail}, " "))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestExport(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		b.hear(t, conversation("CA1")...)
		e := event("CA1", "GT3", "error", 1, 100)
		e.ErrorCode = 32651
		b.hear(t, e, said("CA1", "GT2", 8, 92, "x < y & z --> 0"))
		b.settle(t)
		b.settle(t)
		transcript := b.get(t, "CA1")
		for format, want := range map[transcripts.Format]string{
			transcripts.Text: `call CA1, 2026-03-03T10:42:00Z
00:00:01  agent: Good morning, how may I help?
00:00:04  caller: I'd like to pay 84 dollars, bill 12345678.
00:00:10  -- paused while paying --
00:01:01  agent: That did not work, what is your number?
00:01:05  caller: [card number]
00:01:07  agent: Go on
00:01:10  caller: um [card number]
00:01:14  caller: [card number]
00:01:16  agent: And the security code?
00:01:19  caller: [security code]
00:01:30  caller: Call me at 555 010 0000
00:01:32  caller: x < y & z --> 0
00:01:35  -- not transcribed --
00:01:40  -- transcription failed: 32651: the speech provider failed: what was said from then on is not transcribed; see status.twilio.com if it goes on --
`,
			transcripts.WebVTT: "WEBVTT\n\nNOTE call CA1\n\n00:00:01.000 --> 00:00:02.740\n<v agent>Good morning, how may I help?\n",
			transcripts.JSON:   "{\n  \"call_sid\": \"CA1\",\n  \"flow\": \"pay-my-bill\",\n",
		} {
			var out strings.Builder
			if err := transcript.Export(&out, format); err != nil || !strings.HasPrefix(out.String(), want) {
				t.Errorf("%s: %v\n%s\nwant\n%s", format, err, out.String(), want)
			}
			if format == transcripts.WebVTT && (!strings.Contains(out.String(), "\n<v caller>x &lt; y &amp; z --&gt; 0\n") ||
				!strings.Contains(out.String(), "00:00:10.000 --> 00:01:00.000\n<i>paused while paying</i>\n")) {
				t.Error(out.String())
			}
		}
		if err := transcript.Export(&strings.Builder{}, "pdf"); !errors.Is(err, transcripts.ErrFormat) {
			t.Errorf("pdf: %v", err)
		}
	})
}
