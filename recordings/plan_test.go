package recordings

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestDates(t *testing.T) {
	t.Parallel()
	created := time.Date(2026, 3, 3, 10, 42, 0, 0, time.UTC)
	verified := created.Add(time.Hour)
	policy := func(change func(*Policy)) Policy {
		p := usual()
		if change != nil {
			change(&p)
		}
		return p
	}
	has := func(w *row) { w.State, w.Key, w.VerifiedAt = Verified, "k", verified }
	held := func(w *row) { has(w); w.State, w.OnHold = Held, true }
	year := created.AddDate(1, 0, 0)
	for name, c := range map[string]struct {
		policy  Policy
		row     func(*row)
		step    step
		at      time.Time
		deletes time.Time
		cliff   bool
	}{
		"new":                        {policy(nil), nil, stepCopy, created, time.Time{}, true},
		"verified":                   {policy(nil), has, stepRemove, verified.Add(7 * day24), verified.Add(7 * day24), false},
		"verified, Twilio's gone":    {policy(nil), func(w *row) { has(w); w.Twilio = TwilioDeleted }, stepRemove, created.Add(90 * day24), created.Add(90 * day24), false},
		"late at Twilio":             {policy(func(p *Policy) { p.DeleteAfter = 400 * day24 }), has, stepRemove, created.Add(90 * day24), created.Add(90 * day24), false},
		"never at Twilio":            {policy(func(p *Policy) { p.DeleteAtTwilio = false }), has, stepRemove, created.Add(90 * day24), created.Add(90 * day24), false},
		"for ever":                   {policy(func(p *Policy) { p.DeleteAtTwilio, p.KeepFor = false, 0 }), has, stepLook, year.Add(lookAfter), time.Time{}, false},
		"held":                       {policy(nil), held, stepLook, year.Add(lookAfter), time.Time{}, false},
		"held, ours":                 {policy(func(p *Policy) { p.OnHold = HoldOurs }), held, stepRemove, verified.Add(7 * day24), verified.Add(7 * day24), false},
		"held, ours, deleted":        {policy(func(p *Policy) { p.OnHold = HoldOurs }), func(w *row) { held(w); w.Twilio = TwilioDeleted }, stepNone, time.Time{}, time.Time{}, false},
		"no copy":                    {policy(func(p *Policy) { p.Archive = false }), func(w *row) { w.checked = true }, stepRemove, created.Add(90 * day24), created.Add(90 * day24), false},
		"no copy, not asked yet":     {policy(func(p *Policy) { p.Archive = false }), nil, stepInquire, created, created.Add(90 * day24), false},
		"no copy, for ever":          {policy(func(p *Policy) { p.Archive, p.KeepFor = false, 0 }), func(w *row) { w.checked = true }, stepLook, year.Add(lookAfter), time.Time{}, false},
		"no copy, two years":         {policy(func(p *Policy) { p.Archive, p.KeepFor = false, 730*day24 }), func(w *row) { w.checked = true }, stepLook, year.Add(lookAfter), created.Add(730 * day24), false},
		"no copy, held":              {policy(func(p *Policy) { p.Archive = false }), func(w *row) { w.OnHold = true }, stepCopy, created, time.Time{}, true},
		"ours was kept for its time": {policy(func(p *Policy) { p.DeleteAtTwilio = false }), func(w *row) { w.checked, w.ArchiveDeletedAt = true, created.Add(90*day24) }, stepLook, year.Add(lookAfter), time.Time{}, false},
		"being made":                 {policy(nil), func(w *row) { w.State = Running }, stepLook, created.Add(longest), time.Time{}, true},
		"deleted":                    {policy(nil), func(w *row) { w.State = Deleted }, stepNone, time.Time{}, time.Time{}, false},
	} {
		w := row{Recording: Recording{SID: "RE1", State: Completed, Twilio: TwilioHas, Created: created}}
		if c.row != nil {
			c.row(&w)
		}
		w.date(c.policy, true)
		s, at := w.plan(c.policy)
		if s != c.step || !at.Equal(c.at) || !w.nextDelete.Equal(c.deletes) || w.cliff.IsZero() == c.cliff {
			t.Errorf("%s: got %s at %s, deletion %s, cliff %s; want %s at %s, %s", name, s, at, w.nextDelete, w.cliff, c.step, c.at, c.deletes)
		}
	}
}

// Whatever the rules, the row and the time: Twilio's copy is never deleted before a verified copy of ours where one is
// wanted, nothing that is held is deleted but Twilio's where the rules say so, and nothing before its date.
func TestScopeIsSafe(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	some := func(d time.Duration) time.Duration { return time.Duration(rnd.Int64N(int64(d))) }
	seen := map[string]int{}
	for range 50_000 {
		p := Policy{KeepFor: some(800*day24) * time.Duration(rnd.IntN(2)), Archive: rnd.IntN(2) == 0, DeleteAtTwilio: rnd.IntN(3) > 0,
			DeleteAfter: some(100 * day24), OnHold: []string{HoldEverywhere, HoldOurs, ""}[rnd.IntN(3)]}
		w := row{Recording: Recording{State: states()[rnd.IntN(12)], Created: morning, OnHold: rnd.IntN(3) == 0,
			Twilio: []AtTwilio{TwilioHas, TwilioHas, TwilioDeleted, TwilioExpired}[rnd.IntN(4)]}}
		if rnd.IntN(2) == 0 {
			w.Key, w.VerifiedAt = "k", morning.Add(some(50*day24))
			if rnd.IntN(4) == 0 {
				w.ArchiveDeletedAt = w.VerifiedAt.Add(some(100 * day24))
			}
		}
		w.date(p, true)
		now := morning.Add(some(1000 * day24))
		scope := w.scope(p, now)
		seen[scope]++
		twilio, ours := scope == scopeTwilio || scope == scopeBoth, scope == scopeArchive || scope == scopeBoth
		switch {
		case twilio && !w.hasCopy() && (p.Archive && w.ArchiveDeletedAt.IsZero() || w.OnHold):
			t.Fatalf("Twilio's only copy would go: %+v, %+v", w, p)
		case twilio && (!p.DeleteAtTwilio || w.Twilio != TwilioHas || now.Before(w.DeleteAtTwilio)):
			t.Fatalf("Twilio's copy would go too early: %+v, %+v", w, p)
		case w.OnHold && (ours || twilio && p.OnHold != HoldOurs):
			t.Fatalf("what is held would go: %+v, %+v", w, p)
		case ours && (p.KeepFor == 0 || now.Before(morning.Add(p.KeepFor))):
			t.Fatalf("ours would go too early: %+v, %+v", w, p)
		}
	}
	for _, s := range []string{scopeNone, scopeTwilio, scopeArchive, scopeBoth} {
		if seen[s] < 100 {
			t.Errorf("scope %q came %d times only", s, seen[s])
		}
	}
}

func TestWarning(t *testing.T) {
	t.Parallel()
	cliff := time.Date(2027, 3, 3, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct{ left, given, want int }{
		{61, 0, 0}, {60, 0, 60}, {45, 60, 0}, {30, 60, 30}, {30, 0, 30}, {8, 30, 0}, {7, 30, 7}, {7, 7, 0}, {0, 0, 7}, {-5, 7, 0}, {20, 60, 30},
	} {
		if got := warning(cliff, cliff.AddDate(0, 0, -c.left), c.given); got != c.want {
			t.Errorf("%d days left, %d given: got %d, want %d", c.left, c.given, got, c.want)
		}
	}
	if warning(time.Time{}, cliff, 0) != 0 {
		t.Error("a warning without a cliff")
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for tries, want := range map[int]time.Duration{0: 2 * time.Second, 1: 2 * time.Second, 2: 4 * time.Second, 5: 32 * time.Second, 11: 2048 * time.Second, 12: time.Hour, 900: time.Hour} {
		if got := backoff(tries, 0); got != want {
			t.Errorf("%d tries: got %s, want %s", tries, got, want)
		}
	}
	if got := backoff(1, 30*time.Second); got != 30*time.Second {
		t.Errorf("asked for 30 s: got %s", got)
	}
	if got := backoff(1, 30*time.Hour); got != time.Hour {
		t.Errorf("asked for 30 h: got %s", got)
	}
}

func TestWhyWords(t *testing.T) {
	t.Parallel()
	created := time.Date(2026, 3, 3, 10, 42, 0, 0, time.UTC)
	w := row{Recording: Recording{SID: "RE1", State: Verified, Twilio: TwilioHas, Created: created, Key: "k", VerifiedAt: created.Add(day24)}}
	p := usual()
	w.date(p, true)
	if got, want := w.whyKeep(p).Text, "created 3 Mar 2026 + 90 days (keep_for: 90 days, paydial.yaml line 14) = 1 Jun 2026"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := w.whyTwilio(p).Text, "our copy was verified on 4 Mar 2026 + 7 days (delete_at_twilio_after: 7 days, paydial.yaml line 16) = 11 Mar 2026"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := w.whyYear().Text, "created 3 Mar 2026 + 1 year (Twilio's PCI Mode) = 3 Mar 2027; then Twilio deletes its copy for good"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.Archive, p.KeepFor = false, 730*day24
	none := row{Recording: Recording{SID: "RE1", State: Completed, Twilio: TwilioHas, Created: created}}
	none.date(p, true)
	if got := none.whyKeep(p).Text; !strings.Contains(got, "that cannot come true") || !strings.HasSuffix(got, "on 3 Mar 2027") {
		t.Errorf("got %q", got)
	}
	if got := none.whyTwilio(p).Text; !strings.HasSuffix(got, "that cannot come true: Twilio's year ends first, on 3 Mar 2027") {
		t.Errorf("got %q", got)
	}
}
