package recordings

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/db"
)

// fill puts made-up recordings into the index, in every state, and returns them.
func (b *bench) fill(t testing.TB, count int) []row {
	t.Helper()
	rnd := rand.New(rand.NewPCG(3, 4))
	rows := make([]row, count)
	for i := range rows {
		w := row{Recording: Recording{
			SID: fmt.Sprintf("RE%032x", rnd.Uint64()), Call: fmt.Sprintf("CA%032x", i/2), Flow: fmt.Sprintf("flow-%d", rnd.IntN(4)),
			Line: fmt.Sprintf("+1555010000%d", rnd.IntN(3)), Class: []string{"", "complaints"}[rnd.IntN(2)], State: states()[rnd.IntN(12)],
			Twilio: TwilioHas, Created: morning.Add(-time.Duration(i/3) * time.Minute), Duration: time.Minute,
		}, checked: true}
		if rnd.IntN(20) == 0 {
			w.flag(FlagLost)
		}
		if w.State == Verified || w.State == Held || w.State == Archived {
			w.Key, w.Bytes, w.SHA256 = "k", 100, strings.Repeat("0", 64)
		}
		if w.State == Verified || w.State == Held {
			w.VerifiedAt = w.Created.Add(time.Hour)
		}
		rows[i] = w
	}
	for part := range slices.Chunk(rows, 500) {
		err := b.cfg.DB.Tx(t.Context(), func(tx *db.Tx) error {
			deltas := map[string]int64{}
			for i := range part {
				part[i].OnHold = part[i].State == Held
				part[i].date(b.rules.For("", ""), true)
				if _, err := tx.Exec(t.Context(), "INSERT INTO recordings ("+columns+") VALUES ("+placeholders+")", part[i].values()...); err != nil {
					return err
				}
				difference(deltas, row{}, part[i])
			}
			return add(t.Context(), tx, deltas)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

// fits is the filter once more, in Go.
func (f Filter) fits(w row) bool {
	return (len(f.States) == 0 || slices.Contains(f.States, w.State)) && (f.Flow == "" || f.Flow == w.Flow) && (f.Call == "" || f.Call == w.Call) &&
		(f.Line == "" || f.Line == w.Line) && (f.Class == "" || f.Class == w.Class) && (!f.Flagged || len(w.Flags) > 0) && (!f.Held || w.OnHold) &&
		(f.Since.IsZero() || !w.Created.Before(f.Since)) && (f.Until.IsZero() || w.Created.Before(f.Until)) &&
		(f.DueBefore.IsZero() || !w.nextDelete.IsZero() && w.nextDelete.Before(f.DueBefore))
}

// Any filter, in pages of any size, gives what the same filter in Go gives, in order.
func TestList(t *testing.T) {
	onDatabases(t, func(t *testing.T, b *bench) {
		all := b.fill(t, 900)
		rnd := rand.New(rand.NewPCG(5, 6))
		maybe := func() bool { return rnd.IntN(3) == 0 }
		for range 50 {
			var f Filter
			for _, s := range states() {
				if rnd.IntN(12) == 0 {
					f.States = append(f.States, s)
				}
			}
			if maybe() {
				f.Flow = fmt.Sprintf("flow-%d", rnd.IntN(5))
			}
			if rnd.IntN(9) == 0 {
				f.Call = all[rnd.IntN(len(all))].Call
			}
			if maybe() {
				f.Line = "+15550100001"
			}
			if maybe() {
				f.Class = "complaints"
			}
			f.Flagged, f.Held = rnd.IntN(6) == 0, rnd.IntN(6) == 0
			if maybe() {
				f.Since = morning.Add(-time.Duration(rnd.IntN(500)) * time.Minute)
			}
			if maybe() {
				f.Until = morning.Add(-time.Duration(rnd.IntN(500)) * time.Minute)
			}
			if rnd.IntN(5) == 0 {
				f.DueBefore = morning.Add(time.Duration(rnd.IntN(100)) * day24)
			}
			var want []row
			for _, w := range all {
				if f.fits(w) {
					want = append(want, w)
				}
			}
			slices.SortFunc(want, func(x, y row) int {
				if !f.DueBefore.IsZero() {
					if c := x.nextDelete.Compare(y.nextDelete); c != 0 {
						return c
					}
					return strings.Compare(x.SID, y.SID)
				}
				if c := y.Created.Compare(x.Created); c != 0 {
					return c
				}
				return strings.Compare(y.SID, x.SID)
			})
			var got []string
			q := Query{Filter: f, Limit: []int{0, 1, 7, 500}[rnd.IntN(4)]}
			if len(want) > 200 && q.Limit == 1 {
				q.Limit = 20
			}
			for range 2000 {
				page, err := b.List(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, rec := range page.Recordings {
					got = append(got, rec.SID)
				}
				if q.After = page.Next; q.After == "" {
					break
				}
			}
			sids := make([]string, len(want))
			for i, w := range want {
				sids[i] = w.SID
			}
			if !slices.Equal(got, sids) {
				t.Fatalf("%+v: %d recordings, want %d, or another order", f, len(got), len(sids))
			}
		}
		for _, after := range []string{"x", "12", "a.b", "12."} {
			if _, err := b.List(t.Context(), Query{After: after}); err == nil {
				t.Errorf("a page behind %q was found", after)
			}
		}
		b.totalsFit(t, all)
	})
}

// totalsFit checks the counters against the rows.
func (b *bench) totalsFit(t *testing.T, all []row) {
	t.Helper()
	totals, err := b.Totals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var held, flagged, copies, due int64
	states := map[State]int64{}
	for _, w := range all {
		states[w.State]++
		held += int64(bit(w.OnHold))
		flagged += int64(bit(len(w.Flags) > 0))
		copies += int64(bit(w.hasCopy()))
		due += int64(bit(!w.nextDelete.IsZero() && w.nextDelete.Before(morning.Add(day24))))
	}
	if fmt.Sprint(totals.States) != fmt.Sprint(states) || totals.Held != held || totals.Flagged != flagged || totals.InArchive != copies ||
		totals.Bytes != 100*copies || totals.DeletedToday != min(due, countedUpTo) {
		t.Errorf("got %+v; want %v, held %d, flagged %d, copies %d, due %d", totals, states, held, flagged, copies, due)
	}
}

// Every list finds its first rows by an index, in order: nothing is sorted that grows with the number of recordings.
func TestListPlans(t *testing.T) {
	t.Parallel()
	b := newBench(t, "sqlite::memory:", nil)
	b.fill(t, 2000)
	if _, err := b.cfg.DB.Exec(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		f     Filter
		index string
	}{
		"all": {Filter{}, "recordings_newest"}, "state": {Filter{States: []State{Verified}}, "recordings_state"},
		"states": {Filter{States: []State{Verified, Held}}, "recordings_state"}, "flow": {Filter{Flow: "flow-1"}, "recordings_flow"},
		"call": {Filter{Call: "CA1"}, "recordings_call"}, "line": {Filter{Line: "+15550100001"}, "recordings_line"},
		"class": {Filter{Class: "complaints"}, "recordings_class"}, "flagged": {Filter{Flagged: true}, "recordings_flagged"},
		"held": {Filter{Held: true}, "recordings_held"}, "since": {Filter{Since: morning}, "recordings_newest"},
		"due":  {Filter{DueBefore: morning}, "recordings_delete"},
		"many": {Filter{Flow: "flow-1", Line: "+15550100001", States: []State{Held}, Until: morning}, "recordings_line"},
	} {
		for _, sid := range []string{"", "RE5"} {
			query, args := c.f.list().sql(db.Place{At: db.Millis(morning), ID: sid}, 51, 51)
			plan, err := b.planOf(t, query, args)
			if err != nil || !strings.Contains(plan, "INDEX "+c.index) || strings.Contains(plan, "SCAN recordings\n") {
				t.Errorf("%s: %v\n%s", name, err, plan)
			}
			lines := strings.Split(plan, "\n")
			for i := 1; i < len(lines); i++ { // what the sources gave may be sorted to be merged, but no source itself
				if strings.Contains(lines[i-1], " recordings ") && strings.Contains(lines[i], "B-TREE") {
					t.Errorf("%s: a source is sorted:\n%s", name, plan)
				}
			}
		}
	}
	for _, query := range []string{
		"SELECT sid, claim FROM recordings WHERE due_at > 0 AND due_at <= 5 ORDER BY due_at, sid LIMIT 5",
		"SELECT sid FROM recordings WHERE dated <> '' AND dated < '3' LIMIT 200",
		"SELECT COUNT(*) FROM (SELECT 1 FROM recordings WHERE cliff_at > 0 AND cliff_at < 5 LIMIT 1000) AS few",
	} {
		if plan, err := b.planOf(t, query, nil); err != nil || !strings.Contains(plan, "SEARCH recordings USING") || strings.Contains(plan, "B-TREE") {
			t.Errorf("%s: %v\n%s", query, err, plan)
		}
	}
}

func (b *bench) planOf(t *testing.T, query string, args []any) (string, error) {
	t.Helper()
	rows, err := b.cfg.DB.Query(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	var plan string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return "", err
		}
		plan += detail + "\n"
	}
	return plan, rows.Err()
}

// BenchmarkList answers the same pages of 1,000 and of 100,000 recordings:
//
//	go test ./recordings -run '^$' -bench List
func BenchmarkList(b *testing.B) {
	for _, count := range []int{1000, 100_000} {
		d, err := db.Open(b.Context(), "sqlite:"+b.TempDir()+"/paydial.db")
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = d.Close() })
		p := &rules{version: "1", all: usual()}
		r, err := New(b.Context(), Config{DB: d, Policies: func() Policies { return p }, Now: func() time.Time { return morning }})
		if err != nil {
			b.Fatal(err)
		}
		all := (&bench{Recordings: r, rules: p}).fill(b, count)
		for _, c := range []struct {
			name string
			q    Query
		}{
			{"all", Query{}}, {"state", Query{Filter: Filter{States: []State{Failed, Held}}}}, {"flow", Query{Filter: Filter{Flow: "flow-1"}}},
			{"call", Query{Filter: Filter{Call: all[count/2].Call}}}, {"flagged", Query{Filter: Filter{Flagged: true}}},
			{"due", Query{Filter: Filter{DueBefore: morning.Add(day24)}}}, {"since", Query{Filter: Filter{Until: morning.Add(-3 * time.Hour)}}},
			{"flow+line+state", Query{Filter: Filter{Flow: "flow-1", Line: "+15550100001", States: []State{Failed}}}},
			{"nothing fits", Query{Filter: Filter{Flow: "flow-1", Line: "+15550100001", Since: morning.Add(time.Hour)}}},
		} {
			b.Run(fmt.Sprintf("%s/%d", c.name, count), func(b *testing.B) {
				for b.Loop() {
					if _, err := r.List(b.Context(), c.q); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(fmt.Sprintf("totals/%d", count), func(b *testing.B) {
			for b.Loop() {
				if _, err := r.Totals(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
