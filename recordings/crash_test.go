package recordings

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/simulator"
)

// begun claims a recording's next step for a worker that then dies.
func (b *bench) begun(sid string, want step) *job {
	b.t.Helper()
	j, ok, err := b.claim(b.t.Context(), sid)
	if err != nil || !ok || j.step != want {
		b.t.Fatalf("claimed %v, %+v, %v; want the step %s", ok, j, err, want)
	}
	return j
}

// A worker that died keeps a recording for the length of its claim only, and writes nothing when it comes back.
func TestClaimLapses(t *testing.T) {
	onDatabases(t, func(t *testing.T, b *bench) {
		sid := b.make(1, time.Hour)[0]
		b.sweep(SweepOptions{})
		dead := b.begun(sid, stepCopy)
		b.work() // nothing is due
		b.want(sid, Archiving, TwilioHas)
		if ok, err := b.run(t.Context(), sid); ok || err != nil {
			t.Errorf("it was claimed twice: %v", err)
		}
		b.pass(lease)
		b.work()
		b.want(sid, Verified, TwilioHas)
		if err := dead.copy(t.Context()); !errors.Is(err, errFenced) {
			t.Errorf("the dead one wrote: %v", err)
		}
		if got := b.kinds(sid); got != "[archived]" {
			t.Errorf("receipts: %s", got)
		}
	})
}

// A worker dies at each point of a deletion at Twilio; a hold comes, or does not, before the next one goes on.
func TestDeletionInterrupted(t *testing.T) {
	onDatabases(t, func(t *testing.T, b *bench) {
		sids := b.verified(6)
		b.pass(7 * day24)
		for i, sid := range sids {
			j := b.begun(sid, stepRemove)
			if i >= 2 { // it had written down that it asks Twilio
				if err := j.change(t.Context(), func(_ *db.Tx, w *row) error { w.acted |= askedTwilio; return nil }); err != nil {
					t.Fatal(err)
				}
			}
			if i >= 4 { // it had asked
				if err := b.cfg.Twilio.DeleteRecording(t.Context(), sid); err != nil {
					t.Fatal(err)
				}
			}
			if i%2 == 1 {
				h, err := b.Hold(t.Context(), "kim", HoldOn{Recording: sid}, "legal")
				if err != nil || h.Deleting != 1 || h.Kept != 0 {
					t.Errorf("%d: %+v, %v", i, h, err)
				}
			}
		}
		b.pass(lease)
		b.work()
		for i, want := range []struct {
			state State
			at    AtTwilio
		}{{Verified, TwilioDeleted}, {Held, TwilioHas}, {Verified, TwilioDeleted}, {Held, TwilioHas}, {Verified, TwilioDeleted}, {Held, TwilioDeleted}} {
			b.want(sids[i], want.state, want.at)
			kept := b.atTwilio(sids[i]) == ""
			if kept != (want.at == TwilioHas) {
				t.Errorf("%d: Twilio has it: %v", i, kept)
			}
		}
		if v, err := b.Verify(t.Context(), VerifyOptions{}, nil); err != nil || !v.OK() || v.Copies != 6 {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

// The same for a deletion from the archive.
func TestDeletionHereInterrupted(t *testing.T) {
	t.Parallel()
	b := newBench(t, "sqlite::memory:", nil)
	p := usual()
	p.DeleteAtTwilio = false
	b.rules.set("1", p)
	sids := b.verified(3)
	b.pass(90 * day24)
	for i, sid := range sids {
		j := b.begun(sid, stepRemove)
		if err := j.change(t.Context(), func(_ *db.Tx, w *row) error { w.acted |= askedArchive; return nil }); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			if _, err := b.Hold(t.Context(), "kim", HoldOn{Recording: sid}, "legal"); err != nil {
				t.Fatal(err)
			}
		}
		if i == 2 {
			if err := b.cfg.Archive.Delete(t.Context(), j.row.Key); err != nil {
				t.Fatal(err)
			}
		}
	}
	b.pass(lease)
	b.work()
	b.want(sids[0], Completed, TwilioHas) // Twilio's is left to its year: delete_at_twilio_after: never
	b.want(sids[1], Held, TwilioHas)
	b.want(sids[2], Held, TwilioHas) // was gone from the archive, and was copied again because it is held
	if got := b.kinds(sids[2]); got != "[archived held deleted_from_archive archived]" {
		t.Errorf("receipts: %s", got)
	}
	b.pass(280 * day24)
	b.work()
	b.want(sids[0], Deleted, TwilioExpired)
	b.want(sids[1], Held, TwilioExpired)
	if v, err := b.Verify(t.Context(), VerifyOptions{}, nil); err != nil || !v.OK() || v.Copies != 2 {
		t.Errorf("%+v, %v", v, err)
	}
}

// A clock that is wrong here deletes nothing early.
func TestClockAhead(t *testing.T) {
	t.Parallel()
	b := newBench(t, "sqlite::memory:", nil)
	sid := b.verified(1)[0]
	b.clock.advance(400 * day24) // here, and not at Twilio
	if r := b.sweep(SweepOptions{}); r.Counts[SweepWarn] != 0 || r.Counts[SweepGone] != 0 {
		t.Errorf("sweep: %+v", r)
	}
	b.work()
	if rec := b.want(sid, Verified, TwilioHas); !strings.Contains(rec.Trouble, "the clock here is 9600h0m0s ahead of Twilio's") {
		t.Errorf("trouble %q", rec.Trouble)
	}
	if totals, err := b.Totals(t.Context()); err != nil || totals.TwilioAhead > -399*day24 {
		t.Errorf("%+v, %v", totals, err)
	}
}

// A download that breaks off goes on where it stopped; what cannot be relied on is fetched anew.
func TestDownloadGoesOn(t *testing.T) {
	t.Parallel()
	b := newBench(t, "sqlite::memory:", nil)
	var out struct{ SIDs []string }
	b.control(http.MethodPost, "/sim/v1/recordings", map[string]any{"count": 2, "seconds": 60, "created": morning.Add(-time.Hour)}, &out)
	b.faults(simulator.RecordingFaults{MediaCutPercent: 100})
	b.sweep(SweepOptions{})
	b.work()
	for _, sid := range out.SIDs {
		if rec := b.want(sid, Completed, TwilioHas); !strings.Contains(rec.Trouble, "copy from Twilio") || rec.Tries != 1 {
			t.Errorf("got %+v", rec)
		}
	}
	part := b.spoolPath(out.SIDs[1], ".part")
	text, err := os.ReadFile(part)
	if err != nil {
		t.Fatal(err)
	}
	text[100] ^= 1
	if err := os.WriteFile(part, text, 0o600); err != nil {
		t.Fatal(err)
	}
	b.faults(simulator.RecordingFaults{})
	b.pass(2 * time.Second)
	b.work()
	var all struct {
		Recordings []struct {
			SID       string
			Downloads []struct{ From, Bytes, Size int64 }
		}
	}
	b.control(http.MethodGet, "/sim/v1/recordings", nil, &all)
	for _, r := range all.Recordings {
		b.want(r.SID, Verified, TwilioHas)
		if len(r.Downloads) != 2 || (r.SID == out.SIDs[0]) != (r.Downloads[1].From > 0) {
			t.Errorf("%s: downloads %+v", r.SID, r.Downloads)
		}
	}
	if v, err := b.Verify(t.Context(), VerifyOptions{}, nil); err != nil || !v.OK() {
		t.Errorf("%+v, %v", v, err)
	}
}

// When the rules change, so do the dates, in batches; Why says by which rule.
func TestRulesChange(t *testing.T) {
	t.Parallel()
	b := newBench(t, "sqlite::memory:", nil)
	sids := b.verified(5)
	p := usual()
	p.KeepFor, p.KeepForAt.Line, p.KeepForAt.Text = 30*day24, 99, "keep_for: 30 days"
	b.rules.set("2", p)
	if r := b.sweep(SweepOptions{Newest: true}); r.Dated != 5 {
		t.Errorf("%+v", r)
	}
	for _, sid := range sids {
		rec := b.get(sid)
		reasons, err := b.Why(t.Context(), sid)
		if err != nil || !rec.KeepUntil.Equal(rec.Created.Add(30*day24)) || reasons[0].Origin.Line != 99 || !reasons[0].At.Equal(rec.KeepUntil) {
			t.Errorf("%+v, %+v, %v", rec, reasons, err)
		}
	}
	if _, err := b.Why(t.Context(), "RE404"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// A sweep that is interrupted goes on where it stopped, two do not sweep at once, and what comes back is taken up again.
func TestSweepGoesOn(t *testing.T) {
	onDatabases(t, func(t *testing.T, b *bench) {
		old, sids := b.make(3, 300*day24), b.make(3, time.Hour)
		s := &sweep{r: b.Recordings, kind: sweepWhole, progress: func(SweepProgress) {}}
		s.report.Counts = map[string]int64{}
		at, err := s.begin(t.Context())
		if err != nil || !at.Equal(oldest()) {
			t.Fatal(at, err)
		}
		if _, err := b.Sweep(t.Context(), SweepOptions{}, nil); !errors.Is(err, ErrSweeping) {
			t.Errorf("a second sweep: %v", err)
		}
		// The first one got as far as two hundred days ago, and died.
		if err := s.hold(t.Context(), b.clock.now().Add(-200*day24)); err != nil {
			t.Fatal(err)
		}
		b.pass(lease)
		if r := b.sweep(SweepOptions{}); r.Listed != 3 || r.Counts[SweepAdd] != 3 {
			t.Errorf("it did not go on: %+v", r)
		}
		if r := b.sweep(SweepOptions{DryRun: true}); r.Counts[SweepAdd] != 3 || r.Counts[SweepDue] != 3 || r.Listed != 6 {
			t.Errorf("dry run: %+v", r)
		}
		if r := b.sweep(SweepOptions{}); r.Listed != 6 || r.Counts[SweepAdd] != 3 {
			t.Errorf("the next one: %+v", r)
		}
		for _, sid := range append(old, sids...) {
			b.want(sid, Completed, TwilioHas)
		}
		if err := s.hold(t.Context(), morning); !errors.Is(err, ErrSweeping) {
			t.Errorf("the dead one noted a position: %v", err)
		}
		// Somebody's index was wrong about one.
		if _, err := b.change(t.Context(), sids[0], func(tx *db.Tx, w *row) error { return b.gone(t.Context(), tx, w, b.clock.now()) }); err != nil {
			t.Fatal(err)
		}
		b.want(sids[0], Failed, TwilioElsewhere, FlagLost)
		if r := b.sweep(SweepOptions{}); r.Counts[SweepReturned] != 1 {
			t.Errorf("%+v", r)
		}
		b.want(sids[0], Completed, TwilioHas)
		b.work()
		b.want(sids[0], Verified, TwilioHas)
	})
}
