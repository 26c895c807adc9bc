package recordings

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/twilio"
)

func TestLife(t *testing.T) {
	onDatabases(t, func(t *testing.T, b *bench) {
		sid := b.make(1, time.Hour)[0]
		if r := b.sweep(SweepOptions{}); r.Counts[SweepAdd] != 1 || r.Listed != 1 {
			t.Errorf("sweep: %+v", r)
		}
		b.want(sid, Completed, TwilioHas)
		b.work()
		rec := b.want(sid, Verified, TwilioHas)
		if rec.SHA256 == "" || rec.Bytes < 8000 || !rec.KeepUntil.Equal(rec.Created.Add(90*day24)) ||
			!rec.DeleteAtTwilio.Equal(rec.VerifiedAt.Add(7*day24)) || !rec.ExpiresAt.Equal(rec.Created.AddDate(1, 0, 0)) {
			t.Errorf("got %+v", rec)
		}
		audio, _, err := b.Audio(t.Context(), sid)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, audio); n != rec.Bytes || err != nil {
			t.Errorf("audio: %d bytes of %d, %v", n, rec.Bytes, err)
		}
		_ = audio.Close()
		if left, err := os.ReadDir(b.cfg.Spool); err != nil || len(left) != 0 {
			t.Errorf("the spool folder has %v, %v", left, err)
		}
		b.pass(7*day24 - time.Second)
		b.work()
		b.want(sid, Verified, TwilioHas)
		b.pass(time.Second)
		b.work()
		b.want(sid, Verified, TwilioDeleted)
		if by := b.atTwilio(sid); by != "rest" {
			t.Errorf("deleted by %q", by)
		}
		b.pass(83 * day24)
		b.work()
		b.want(sid, Deleted, TwilioDeleted)
		if _, _, err := b.Audio(t.Context(), sid); !errors.Is(err, ErrNoCopy) {
			t.Errorf("audio after deletion: %v", err)
		}
		if got := b.kinds(sid); got != "[archived deleted_at_twilio deleted_from_archive]" {
			t.Errorf("receipts: %s", got)
		}
		v, err := b.Verify(t.Context(), VerifyOptions{}, nil)
		if err != nil || !v.OK() || v.Head.Lines != 3 {
			t.Errorf("verify: %+v, %v", v, err)
		}
		totals, err := b.Totals(t.Context())
		if err != nil || totals.States[Deleted] != 1 || totals.States[Verified] != 0 || totals.Bytes != 0 || totals.AtTwilio != 0 || totals.InArchive != 0 {
			t.Errorf("totals: %+v, %v", totals, err)
		}
	})
}

// A callback comes in any order, any number of times, and a row ends the same.
func TestHearInAnyOrder(t *testing.T) {
	onDatabases(t, func(t *testing.T, b *bench) {
		at := morning.Add(-time.Minute)
		told := []twilio.RecordingStatus{
			{Status: "in-progress", StartTime: at}, {Status: "in-progress", StartTime: at},
			{Status: "completed", Duration: 51, Channels: 2, StartTime: at, Source: "DialVerb"},
		}
		n := 0
		var order func(rest []twilio.RecordingStatus, done []twilio.RecordingStatus)
		order = func(rest, done []twilio.RecordingStatus) {
			if len(rest) > 0 {
				for i := range rest {
					next := append(append([]twilio.RecordingStatus{}, rest[:i]...), rest[i+1:]...)
					order(next, append(append([]twilio.RecordingStatus{}, done...), rest[i]))
				}
				return
			}
			n++
			sid := "RE" + strings.Repeat("0", 30) + string(rune('0'+n/10)) + string(rune('0'+n%10))
			for _, s := range done {
				s.SID, s.CallSID, s.AccountSID = sid, "CA"+strings.Repeat("1", 32), simulator.DefaultAccountSID
				if err := b.Hear(t.Context(), s, CallFacts{Flow: "pay-my-bill", Line: "+15550100000"}); err != nil {
					t.Fatal(err)
				}
			}
			rec := b.want(sid, Completed, TwilioHas)
			if rec.Duration != 51*time.Second || rec.Channels != 2 || rec.Flow != "pay-my-bill" || !rec.Created.Equal(at) || rec.Source != "DialVerb" {
				t.Errorf("got %+v", rec)
			}
		}
		order(told, nil)
		if n != 6 {
			t.Errorf("%d orders", n)
		}
		absent := twilio.RecordingStatus{SID: "RE" + strings.Repeat("a", 32), Status: "absent", ErrorCode: 16101}
		for range 2 {
			if err := b.Hear(t.Context(), absent, CallFacts{}); err != nil {
				t.Fatal(err)
			}
		}
		if rec := b.want(absent.SID, Failed, TwilioHas); !strings.Contains(rec.Trouble, "too short") {
			t.Errorf("trouble %q", rec.Trouble)
		}
	})
}

func TestHold(t *testing.T) {
	onDatabases(t, func(t *testing.T, b *bench) {
		sids := b.verified(2)
		held, free := sids[0], sids[1]
		rec := b.get(held)
		for _, bad := range []struct {
			by, why string
			on      HoldOn
			want    error
		}{
			{"kim", "why", HoldOn{}, ErrHoldNothing}, {"", "why", HoldOn{Call: "CA1"}, ErrNoReason}, {"kim", " ", HoldOn{Call: "CA1"}, ErrNoReason},
		} {
			if _, err := b.Hold(t.Context(), bad.by, bad.on, bad.why); !errors.Is(err, bad.want) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		h, err := b.Hold(t.Context(), "kim", HoldOn{Call: rec.Call}, "legal, case 12")
		if err != nil || h.Kept != 1 {
			t.Fatalf("%+v, %v", h, err)
		}
		b.want(held, Held, TwilioHas)
		b.pass(100 * day24)
		b.work()
		b.want(held, Held, TwilioHas)
		b.want(free, Deleted, TwilioDeleted)
		reasons, err := b.Why(t.Context(), held)
		if err != nil || len(reasons) != 5 || !strings.Contains(reasons[4].Text, `held by kim since 3 Mar 2026 for call `+rec.Call+`: "legal, case 12"`) {
			t.Errorf("why: %+v, %v", reasons, err)
		}
		if err := b.Release(t.Context(), "sam", h.ID, "settled"); err != nil {
			t.Fatal(err)
		}
		if err := b.Release(t.Context(), "sam", h.ID, "settled"); !errors.Is(err, ErrReleased) {
			t.Errorf("released twice: %v", err)
		}
		if err := b.Release(t.Context(), "sam", "hold_x", "settled"); !errors.Is(err, ErrNoHold) {
			t.Errorf("released what is not there: %v", err)
		}
		b.work()
		b.want(held, Deleted, TwilioDeleted)
		all, err := b.Holds(t.Context())
		if err != nil || len(all) != 1 || all[0].ReleasedBy != "sam" || all[0].Released.IsZero() || all[0].Reason != "legal, case 12" {
			t.Errorf("holds: %+v, %v", all, err)
		}
		if v, err := b.Verify(t.Context(), VerifyOptions{}, nil); err != nil || !v.OK() || v.Head.Lines != 8 {
			t.Errorf("verify: %+v, %v", v, err)
		}
	})
}

// A hold that was placed before there was anything to hold makes a recording held at once, also where the rules want no
// copy, and keeps no other.
func TestHoldInAdvance(t *testing.T) {
	t.Parallel()
	b := newBench(t, "sqlite::memory:", nil)
	none := usual()
	none.Archive = false
	b.rules.set("1", none)
	until := b.clock.now().Add(-time.Hour)
	h, err := b.Hold(t.Context(), "kim", HoldOn{Until: until}, "audit")
	if err != nil || h.Kept != 0 {
		t.Fatalf("%+v, %v", h, err)
	}
	old, young := b.make(1, 2*time.Hour)[0], b.make(1, time.Hour)[0]
	b.sweep(SweepOptions{})
	b.work()
	b.want(old, Held, TwilioHas)
	b.want(young, Completed, TwilioHas)
	b.pass(91 * day24)
	b.work()
	b.want(old, Held, TwilioHas)
	b.want(young, Deleted, TwilioDeleted)
	if got := b.kinds(young); got != "[deleted_at_twilio]" {
		t.Errorf("receipts of what was never copied: %s", got)
	}
}

func TestHoldOfOurCopy(t *testing.T) {
	t.Parallel()
	b := newBench(t, "sqlite::memory:", nil)
	p := usual()
	p.OnHold = HoldOurs
	b.rules.set("1", p)
	sid := b.verified(1)[0]
	if _, err := b.Hold(t.Context(), "kim", HoldOn{Recording: sid}, "legal"); err != nil {
		t.Fatal(err)
	}
	b.pass(200 * day24)
	b.work()
	b.want(sid, Held, TwilioDeleted)
	if v, err := b.Verify(t.Context(), VerifyOptions{}, nil); err != nil || !v.OK() || v.Copies != 1 {
		t.Errorf("%+v, %v", v, err)
	}
}

// A year passes while the archive is down: there are warnings, Twilio deletes, and nothing is pretended.
func TestYear(t *testing.T) {
	onDatabases(t, func(t *testing.T, b *bench) {
		never := usual()
		never.DeleteAtTwilio, never.KeepFor = false, 2*365*day24
		b.rules.set("1", never)
		kept := b.verified(1)[0]
		broken := filepath.Join(b.dir, "archive")
		if err := os.Rename(broken, broken+".away"); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(broken, []byte("not a folder"), 0o600); err != nil {
			t.Fatal(err)
		}
		lost := b.make(1, time.Hour)[0]
		b.sweep(SweepOptions{})
		b.work()
		if rec := b.want(lost, Completed, TwilioHas); rec.Tries != 1 || !strings.HasPrefix(rec.Trouble, "store in the archive: ") {
			t.Errorf("got %+v", rec)
		}
		warnings := 0
		b.pass(290 * day24)
		for range 22 {
			b.pass(5 * day24)
			b.work()
			r := b.sweep(SweepOptions{Newest: true})
			warnings += int(r.Counts[SweepWarn])
		}
		if warnings != 3 {
			t.Errorf("%d warnings, want 3", warnings)
		}
		b.want(lost, Expired, TwilioExpired)
		b.want(kept, Verified, TwilioExpired)
		if by := b.atTwilio(lost); by != "retention" {
			t.Errorf("deleted by %q", by)
		}
		if got := b.kinds(lost) + b.kinds(kept); got != "[expired_at_twilio][archived expired_at_twilio]" {
			t.Errorf("receipts: %s", got)
		}
		lines := b.auditCount(t, "recording.warning")
		if lines != 3 {
			t.Errorf("%d lines in the audit log, want 3", lines)
		}
		totals, err := b.Totals(t.Context())
		if err != nil || totals.Warned[60] != 1 || totals.Warned[7] != 1 || totals.Cliff[60] != 0 {
			t.Errorf("totals: %+v, %v", totals, err)
		}
	})
}

// Whatever Twilio answers, nothing is lost, the trouble is told, and it goes on when the trouble is over.
func TestTroubleWithTwilio(t *testing.T) {
	t.Parallel()
	for status, says := range map[int]string{
		http.StatusUnauthorized: "refuses our credentials", http.StatusTooManyRequests: "go slower", http.StatusServiceUnavailable: "has trouble",
		http.StatusNotFound: "found",
	} {
		b := newBench(t, "sqlite::memory:", nil)
		sid := b.make(1, 2*time.Minute)[0]
		b.sweep(SweepOptions{})
		b.deny.set(http.MethodGet, status)
		b.work()
		rec := b.want(sid, Completed, TwilioHas)
		if status != http.StatusNotFound && !strings.Contains(rec.Trouble, says) || rec.Tries != 1 {
			t.Errorf("%d: %+v", status, rec)
		}
		b.deny.set(http.MethodGet, 0)
		b.pass(2 * time.Second)
		b.work()
		if rec := b.want(sid, Verified, TwilioHas); rec.Trouble != "" || rec.Tries != 0 {
			t.Errorf("%d: %+v", status, rec)
		}
		b.deny.set(http.MethodDelete, http.StatusServiceUnavailable)
		b.pass(7 * day24)
		b.work()
		if rec := b.want(sid, Deleting, TwilioHas); !strings.HasPrefix(rec.Trouble, "delete at Twilio: Twilio has trouble") {
			t.Errorf("%d: %+v", status, rec)
		}
		b.deny.set(http.MethodDelete, 0)
		b.pass(time.Minute)
		b.work()
		b.want(sid, Verified, TwilioDeleted)
	}
}

func TestGoneElsewhere(t *testing.T) {
	onDatabases(t, func(t *testing.T, b *bench) {
		kept := b.verified(1)[0]
		lost := b.make(1, time.Hour)[0]
		b.deny.set(http.MethodGet, http.StatusServiceUnavailable)
		if err := b.Hear(t.Context(), twilio.RecordingStatus{SID: lost, Status: "completed", StartTime: b.clock.now().Add(-time.Hour)}, CallFacts{}); err != nil {
			t.Fatal(err)
		}
		b.work()
		b.deny.set(http.MethodGet, 0)
		for _, sid := range []string{kept, lost} {
			if err := b.cfg.Twilio.DeleteRecording(t.Context(), sid); err != nil {
				t.Fatal(err)
			}
		}
		dry := b.sweep(SweepOptions{DryRun: true})
		if dry.Counts[SweepGone] != 2 {
			t.Errorf("dry run: %+v", dry)
		}
		b.want(lost, Completed, TwilioHas)
		if r := b.sweep(SweepOptions{}); r.Counts[SweepGone] != 2 {
			t.Errorf("sweep: %+v", r)
		}
		b.want(lost, Failed, TwilioElsewhere, FlagLost)
		b.want(kept, Verified, TwilioElsewhere)
		if r := b.sweep(SweepOptions{}); len(r.Actions) != 0 {
			t.Errorf("a second sweep: %+v", r)
		}
		if got := b.kinds(lost) + b.kinds(kept); got != "[lost][archived deleted_elsewhere]" {
			t.Errorf("receipts: %s", got)
		}
		page, err := b.List(t.Context(), Query{Filter: Filter{Flagged: true}})
		if err != nil || len(page.Recordings) != 1 || page.Recordings[0].SID != lost {
			t.Errorf("flagged: %+v, %v", page, err)
		}
	})
}
