package audit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var morning = time.Date(2026, 3, 3, 10, 42, 0, 0, time.UTC)

// bench is a log with its database; its clock moves a second with each line.
type bench struct {
	*audit.Log
	db *db.DB
}

// each runs fn on every kind of database.
func each(t *testing.T, fn func(t *testing.T, b bench)) {
	t.Parallel()
	pgtest.Each(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		l, err := audit.New(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		at := morning
		l.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			at = at.Add(time.Second)
			return at
		}
		fn(t, bench{l, d})
	})
}

func (b bench) write(t *testing.T, entries ...audit.Entry) {
	t.Helper()
	for _, e := range entries {
		if e.Via == "" {
			e.Via = audit.ViaPage
		}
		if err := b.Write(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

func (b bench) list(t *testing.T, q audit.Query) audit.Page {
	t.Helper()
	page, err := b.List(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// details are the details of lines, which the tests tell them apart by.
func details(lines []audit.Entry) string {
	var out []string
	for _, e := range lines {
		out = append(out, e.Detail)
	}
	return strings.Join(out, " ")
}

func TestALineComesBackAsWritten(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		e := audit.Entry{
			Who: "kim", Role: "agent", Via: audit.ViaAPI, Action: "payment.ask", Call: "CA42", Payment: "pay_1",
			Field: "security-code", Result: "ok", Detail: "asked again, wie gesagt: schön",
		}
		b.write(t, e)
		e.Seq, e.At = 1, morning.Add(time.Second)
		if diff := cmp.Diff([]audit.Entry{e}, b.list(t, audit.Query{}).Entries); diff != "" {
			t.Errorf("the line (-written +read):\n%s", diff)
		}
	})
}

func TestFiltersAndPages(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		b.write(t,
			audit.Entry{Action: "sign_in", Who: "kim", Detail: "a"},
			audit.Entry{Action: "payment.ask", Who: "kim", Call: "CA1", Payment: "p1", Detail: "b"},
			audit.Entry{Action: "payment.ask", Who: "sam", Call: "CA2", Payment: "p2", Detail: "c"},
			audit.Entry{Action: "payment.complete", Who: "kim", Call: "CA1", Payment: "p1", Detail: "d"},
			audit.Entry{Action: "payments", Who: "sam", Detail: "e"},
		)
		for _, tc := range []struct {
			q    audit.Query
			want string
		}{
			{audit.Query{}, "e d c b a"},
			{audit.Query{Who: "kim"}, "d b a"},
			{audit.Query{Call: "CA1"}, "d b"},
			{audit.Query{Payment: "p2"}, "c"},
			{audit.Query{Action: "payment.ask"}, "c b"},
			{audit.Query{Action: "payment."}, "d c b"},
			{audit.Query{Who: "kim", Action: "payment."}, "d b"},
			{audit.Query{Since: morning.Add(4 * time.Second)}, "e d"},
			{audit.Query{Who: "' OR 1=1 --"}, ""},
		} {
			if got := details(b.list(t, tc.q).Entries); got != tc.want {
				t.Errorf("%+v: got %q, want %q", tc.q, got, tc.want)
			}
		}
		var got []string
		for q := (audit.Query{Limit: 2}); ; {
			page := b.list(t, q)
			got = append(got, details(page.Entries))
			if page.Next == "" {
				break
			}
			q.After = page.Next
			b.write(t, audit.Entry{Action: "sign_in", Detail: "later"}) // does not shift the pages
		}
		if diff := cmp.Diff([]string{"e d", "c b", "a"}, got); diff != "" {
			t.Errorf("pages (-want +got):\n%s", diff)
		}
		for _, after := range []string{"nowhere!", "-", "9999999999999999999999"} {
			if _, err := b.List(t.Context(), audit.Query{After: after}); !errors.Is(err, audit.ErrCursor) {
				t.Errorf("after %q: %v, want ErrCursor", after, err)
			}
		}
	})
}

func TestWriteRefuses(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		for _, e := range []audit.Entry{
			{Via: audit.ViaPage}, {Via: audit.ViaPage, Action: "Sign in"}, {Via: audit.ViaPage, Action: "payment."},
			{Action: "sign_in"}, {Action: "sign_in", Via: "telnet"}, {Via: audit.ViaPage, Action: "4242424242424242"},
		} {
			if err := b.Write(t.Context(), e); err == nil || strings.Contains(err.Error(), "4242") {
				t.Errorf("%+v: %v", e, err)
			}
		}
		if n := len(b.list(t, audit.Query{}).Entries); n != 0 {
			t.Errorf("%d lines were written", n)
		}
	})
}

// A line whose request has ended is written all the same.
func TestWriteOutlivesItsRequest(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := b.Write(ctx, audit.Entry{Action: "payment.complete", Via: audit.ViaPage}); err != nil {
			t.Fatal(err)
		}
	})
}

// No text carries a card number into the log, and none is kept out for carrying one.
func TestCardNumbersAreMasked(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		for _, card := range []string{"4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", "378282246310005"} {
			b.write(t, audit.Entry{
				Action: "sign_in", Who: card, Role: card, Call: card, Payment: card, Field: card, Result: card, Detail: "it was " + card + ".",
			})
			// A number that reaches over the end of what fits.
			b.write(t, audit.Entry{Action: "sign_in", Detail: strings.Repeat("x", 500-10) + " " + card})
		}
		b.write(t, audit.Entry{Action: "sign_in", Detail: strings.Repeat("é", 4000) + "\x00\xff"})
		lines := b.list(t, audit.Query{}).Entries
		if len(lines) != 9 {
			t.Fatalf("%d lines, want 9", len(lines))
		}
		found := false
		for _, e := range lines {
			text := fmt.Sprintf("%+v", e)
			digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
			found = found || strings.Contains(text, "4242")
			if strings.Contains(digits, "42424") || strings.Contains(digits, "37828") || strings.Contains(digits, "463100") {
				t.Errorf("more than four digits are kept: %s", text)
			}
			if len(e.Detail) > 500 {
				t.Errorf("%d bytes of detail", len(e.Detail))
			}
		}
		if !found {
			t.Error("the search does not find even the last four digits")
		}
		if err := b.Verify(t.Context()); err != nil {
			t.Errorf("masked lines do not verify: %v", err)
		}
	})
}

// Many writers at once make one chain, with no number twice.
func TestWritersTakeTurns(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		const writers, times = 8, 10
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for n := range times {
					if err := b.Write(context.Background(), audit.Entry{Action: "sign_in", Via: audit.ViaPage, Detail: fmt.Sprint(w, n)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if err := b.Verify(t.Context()); err != nil {
			t.Error(err)
		}
		if head, err := b.Head(t.Context()); err != nil || head.Lines != writers*times {
			t.Errorf("%+v, %v, want %d lines", head, err, writers*times)
		}
	})
}

func TestTheTableRefusesChanges(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		b.write(t, audit.Entry{Action: "sign_in"})
		for _, sql := range []string{"UPDATE audit SET who = 'sam'", "DELETE FROM audit"} {
			if _, err := b.db.Exec(t.Context(), sql); err == nil {
				t.Errorf("%s was done", sql)
			}
		}
	})
}

// TestVerifyFindsWhatWasChanged has a database owner who takes the guards away, and then changes something.
func TestVerifyFindsWhatWasChanged(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		if err := b.Verify(t.Context()); err != nil {
			t.Errorf("an empty log: %v", err)
		}
		for i := range 5 {
			b.write(t, audit.Entry{Action: "payment.ask", Who: "kim", Detail: fmt.Sprint(i)})
		}
		if err := b.Verify(t.Context()); err != nil {
			t.Fatalf("an untouched log: %v", err)
		}
		drop := []string{"DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"}
		if b.db.Dialect() == db.Postgres {
			drop = []string{"DROP TRIGGER audit_no_change ON audit"}
		}
		exec := func(sql string, args ...any) {
			t.Helper()
			if _, err := b.db.Exec(t.Context(), sql, args...); err != nil {
				t.Fatal(err)
			}
		}
		for _, sql := range drop {
			exec(sql)
		}
		exec("CREATE TABLE kept AS SELECT * FROM audit")
		for _, tc := range []struct{ sql, says string }{
			{"UPDATE audit SET who = 'sam' WHERE seq = 3", "line 3 is not as it was written"},
			{"UPDATE audit SET at = at + 1 WHERE seq = 1", "line 1 is not as it was written"},
			{"UPDATE audit SET who = '', role = 'kim' WHERE seq = 2", "line 2 is not as it was written"},
			{"DELETE FROM audit WHERE seq = 2", "line 2 is missing"},
			{"DELETE FROM audit WHERE seq = 5", "its last line is 4 and should be 5"},
			{"DELETE FROM audit", "its last line is 0 and should be 5"},
			{"UPDATE audit SET hash = hash || '0' WHERE seq = 4", "line 4 is not as it was written"},
			{"UPDATE audit SET hash_before = '' WHERE seq = 4", "line 4 does not follow"},
			{"UPDATE audit SET hash = hash || '0' WHERE seq = 5", "line 5 is not as it was written"},
		} {
			exec(tc.sql)
			if err := b.Verify(t.Context()); !errors.Is(err, audit.ErrChanged) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("after %s: %v, want %q", tc.sql, err, tc.says)
			}
			exec("DELETE FROM audit")
			exec("INSERT INTO audit SELECT * FROM kept")
			if err := b.Verify(t.Context()); err != nil {
				t.Fatalf("put back: %v", err)
			}
		}
	})
}
