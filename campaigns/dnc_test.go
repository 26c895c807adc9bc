package campaigns_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// clock is a clock that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// lists is the lists of a new database.
type lists struct {
	*campaigns.DoNotCall
	db    *db.DB
	clock *clock
}

// onEach runs fn with the lists of every kind of database.
func onEach(t *testing.T, fn func(t *testing.T, l lists)) {
	t.Parallel()
	pgtest.Each(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		c := &clock{time.Unix(1_770_000_000, 0).UTC()}
		dnc, err := campaigns.NewDoNotCall(t.Context(), d, c.now)
		if err != nil {
			t.Fatal(err)
		}
		fn(t, lists{dnc, d, c})
	})
}

func (l lists) put(t *testing.T, e campaigns.Entry) {
	t.Helper()
	if err := l.Put(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

func (l lists) which(t *testing.T, who []string, names ...string) map[string][]string {
	t.Helper()
	on, err := l.Which(t.Context(), who, names, l.clock.at)
	if err != nil {
		t.Fatal(err)
	}
	return on
}

func TestDoNotCall(t *testing.T) {
	onEach(t, func(t *testing.T, l lists) {
		ctx := t.Context()
		for range 2 { // the second time changes nothing
			if err := l.Add(ctx, "company", "+15550123456", "asked by key"); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			number string
			lists  []string
			want   bool
		}{
			{"+15550123456", []string{"company"}, true},
			{"+15550123456", nil, true},
			{"+15550123456", []string{"state", "company"}, true},
			{"+15550123456", []string{"state"}, false},
			{"+15550123457", nil, false},
		} {
			if got, err := l.Has(ctx, c.number, c.lists...); err != nil || got != c.want {
				t.Errorf("Has(%s, %v) = %v, %v, want %v", c.number, c.lists, got, err, c.want)
			}
		}
		if err := l.Add(ctx, "company", "anonymous", "asked"); !errors.Is(err, campaigns.ErrNotANumber) {
			t.Errorf("a withheld number: %v, want ErrNotANumber", err)
		}
	})
}

func TestEntriesRunOut(t *testing.T) {
	onEach(t, func(t *testing.T, l lists) {
		const number = "+15550123456"
		until := l.clock.at.Add(time.Hour)
		l.put(t, campaigns.Entry{List: "state", Number: number, Expires: until})
		l.put(t, campaigns.Entry{List: "state", Number: number, Expires: until.Add(-time.Minute)}) // the later one counts
		if on := l.which(t, []string{number}); len(on[number]) != 1 {
			t.Errorf("before: %v", on)
		}
		l.clock.at = until
		if on := l.which(t, []string{number}); len(on) != 0 {
			t.Errorf("after: %v", on)
		}
		if all, err := l.Lists(t.Context()); err != nil || len(all) != 1 || all[0].Entries != 0 {
			t.Errorf("%v %+v", err, all)
		}
		if err := l.Add(t.Context(), "state", number, "asked by key"); err != nil { // now for good
			t.Fatal(err)
		}
		l.clock.at = until.AddDate(20, 0, 0)
		if on := l.which(t, []string{number}); len(on[number]) != 1 {
			t.Errorf("an opt-out after one that had run out was lost: %v", on)
		}
	})
}

// TestWhichIsOneQuery looks for 500 numbers on two of three lists.
func TestWhichIsOneQuery(t *testing.T) {
	onEach(t, func(t *testing.T, l lists) {
		var who []string
		for i := range 500 {
			number := fmt.Sprintf("+1555014%04d", i)
			who = append(who, number)
			if i%100 == 0 {
				l.put(t, campaigns.Entry{List: "company", Number: number})
				l.put(t, campaigns.Entry{List: "state", Number: number})
				l.put(t, campaigns.Entry{List: "other", Number: number})
			}
		}
		before := l.db.Statements()
		on := l.which(t, who, "company", "state")
		if n := l.db.Statements() - before; n != 1 {
			t.Errorf("%d statements", n)
		}
		if len(on) != 5 || !cmp.Equal(on[who[100]], []string{"company", "state"}) {
			t.Errorf("found %v", on)
		}
		if on := l.which(t, append(who, "+15550149999")); len(on) != 5 || len(on[who[0]]) != 3 {
			t.Errorf("on any list, of 501: %v", on)
		}
	})
}

func TestScopes(t *testing.T) {
	onEach(t, func(t *testing.T, l lists) {
		ctx := t.Context()
		if err := l.Put(ctx, campaigns.Entry{List: "debts", Key: "D-77"}); !errors.Is(err, campaigns.ErrScope) {
			t.Errorf("a key on a list that nobody described: %v", err)
		}
		if err := l.Set(ctx, campaigns.List{Name: "debts", Owner: "legal", Scope: campaigns.ScopeAccount, Source: "court"}); err != nil {
			t.Fatal(err)
		}
		l.put(t, campaigns.Entry{List: "debts", Key: "D-77"})
		l.put(t, campaigns.Entry{List: "debts", Number: "+15550140001"})
		if on := l.which(t, []string{"D-77", "+15550140001", "D-78"}); len(on) != 2 {
			t.Errorf("found %v", on)
		}
		for want, list := range map[error]campaigns.List{
			campaigns.ErrScope:    {Name: "debts"},
			campaigns.ErrListName: {Name: "a b"},
		} {
			if err := l.Set(ctx, list); !errors.Is(err, want) {
				t.Errorf("%+v: %v, want %v", list, err, want)
			}
		}
		if err := l.Set(ctx, campaigns.List{Name: "x", Scope: "planet"}); !errors.Is(err, campaigns.ErrScope) {
			t.Error(err)
		}
		if err := l.Put(ctx, campaigns.Entry{List: "a b", Number: "+15550140001"}); !errors.Is(err, campaigns.ErrListName) {
			t.Error(err)
		}
		if err := l.Put(ctx, campaigns.Entry{List: "debts"}); !errors.Is(err, campaigns.ErrNotANumber) {
			t.Error(err)
		}
		got, err := l.Get(ctx, "debts")
		if diff := cmp.Diff(campaigns.List{Name: "debts", Owner: "legal", Scope: "account", Source: "court", Entries: 2}, got); err != nil || diff != "" {
			t.Error(err, diff)
		}
		if _, err := l.Get(ctx, "nosuch"); !errors.Is(err, campaigns.ErrNoList) {
			t.Error(err)
		}
	})
}

func TestWhoRemovedWhom(t *testing.T) {
	onEach(t, func(t *testing.T, l lists) {
		ctx := t.Context()
		const number = "+15550140001"
		added := l.clock.at
		l.put(t, campaigns.Entry{List: "company", Number: number, Reason: "asked by e-mail", By: "kim"})
		for want, args := range map[error][]string{
			campaigns.ErrNoWhy:     {"company", number, "kim", ""},
			campaigns.ErrNotOnList: {"state", number, "kim", "by mistake"},
		} {
			if err := l.Remove(ctx, args[0], args[1], args[2], args[3]); !errors.Is(err, want) {
				t.Errorf("%v: %v, want %v", args, err, want)
			}
		}
		l.clock.at = added.Add(time.Hour)
		if err := l.Remove(ctx, "company", number, "lee", "wrong number"); err != nil {
			t.Fatal(err)
		}
		if on := l.which(t, []string{number}); len(on) != 0 {
			t.Errorf("it is still on %v", on)
		}
		l.clock.at = added.Add(2 * time.Hour)
		l.put(t, campaigns.Entry{List: "company", Number: number, Reason: "asked again", Source: "call"})
		got, err := l.History(ctx, number)
		want := []campaigns.Stay{
			{Entry: campaigns.Entry{List: "company", Number: number, Reason: "asked again", Source: "call", Added: added.Add(2 * time.Hour)}},
			{
				Entry:   campaigns.Entry{List: "company", Number: number, Reason: "asked by e-mail", By: "kim", Added: added},
				Removed: added.Add(time.Hour), RemovedBy: "lee", Why: "wrong number",
			},
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateApproxTime(0)); err != nil || diff != "" {
			t.Error(err, diff)
		}
	})
}

func TestImport(t *testing.T) {
	onEach(t, func(t *testing.T, l lists) {
		ctx := t.Context()
		var file strings.Builder
		file.WriteString("\ufeffname;Phone Number\r\n")
		for i := range 1200 {
			fmt.Fprintf(&file, "x;(212) 555-%04d\r\n", i)
		}
		file.WriteString("y;(212) 555-1199\r\nz;12\r\n\r\n=1+1;=2+2\r\n")
		l.put(t, campaigns.Entry{List: "state", Number: "+12125550000", Reason: "first"})
		var rejected strings.Builder
		var said int
		q := campaigns.ImportRequest{List: "state", Reason: "registry", Source: "state.csv", By: "kim", DryRun: true, Rejected: &rejected}
		want := campaigns.ImportResult{Lines: 1203, Rows: 1201, New: 1199, Already: 1, Twice: 1, Rejected: 2, Bytes: int64(file.Len()) - 3, DryRun: true}
		for _, dry := range []bool{true, false} {
			q.From, q.DryRun, want.DryRun = strings.NewReader(file.String()), dry, dry
			got, err := l.Import(ctx, q, func(campaigns.ImportResult) { said++ })
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("dry run %v: %v\n%s", dry, err, diff)
			}
			if all, err := l.Get(ctx, "state"); err != nil || all.Entries != map[bool]int64{true: 1, false: 1200}[dry] {
				t.Errorf("dry run %v: %v %+v", dry, err, all)
			}
			q.Rejected = nil
		}
		if said == 0 {
			t.Error("it did not say how far it was")
		}
		if want := "\ufeffline;column;reason;expected;found;how to mend;name;Phone Number\n" +
			"1203;Phone Number;bad_number;a phone number such as +1 212 555 0142;\"\"\"12\"\"\";it is too short: digits are missing;z;12\n" +
			"1205;Phone Number;bad_number;a value;\"\"\"=2+2\"\"\";it is a formula: paste the column as values in the spreadsheet and export it again;'=1+1;'=2+2\n"; rejected.String() != want {
			t.Error(cmp.Diff(want, rejected.String()))
		}
		if h, err := l.History(ctx, "+12125550000"); err != nil || h[0].Reason != "first" {
			t.Errorf("an entry that was there: %v %+v", err, h)
		}
		if h, err := l.History(ctx, "+12125550001"); err != nil || h[0].By != "kim" || h[0].Source != "state.csv" {
			t.Errorf("one that is new: %v %+v", err, h)
		}
	})
}

func TestImportForms(t *testing.T) {
	onEach(t, func(t *testing.T, l lists) {
		ctx := t.Context()
		if err := l.Set(ctx, campaigns.List{Name: "people", Scope: campaigns.ScopePerson}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			list, text string
			rows       int64
			who        string
		}{
			{"lines", "# ours\n+12125550001\n212 555 0002\n", 2, "+12125550002"},
			{"pairs", "212,5550001\n212,5550002\n", 2, "+12125550002"},
			{"people", "id\nM-1\nM-2\n+12125550001\n", 3, "M-2"},
			{"column", "\"a,b\",number\nx,+12125550001\n", 1, "+12125550001"},
		} {
			got, err := l.Import(ctx, campaigns.ImportRequest{List: c.list, From: strings.NewReader(c.text)}, nil)
			if err != nil || got.New != c.rows || got.Rejected != 0 {
				t.Errorf("%s: %v %+v", c.list, err, got)
			}
			if on := l.which(t, []string{c.who}, c.list); len(on) != 1 {
				t.Errorf("%s: %s is not on it", c.list, c.who)
			}
		}
		for text, want := range map[string]string{
			"":                        "the file is empty",
			"a,b\n1,2\n":              "no column is named phone or number",
			"\xff\xfe1\x00":           "the file is UTF-16",
			"number\n\"+1212":         "a quote is opened and never closed",
			"number\n\xe9\n":          "the file is not UTF-8",
			strings.Repeat("9", 20e3): "a cell has more than 10,000 bytes",
		} {
			_, err := l.Import(ctx, campaigns.ImportRequest{List: "x", From: strings.NewReader(text)}, nil)
			var fault *contacts.Fault
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), want) {
				t.Errorf("%.20q: %v, want %s", text, err, want)
			}
		}
		if _, err := l.Import(ctx, campaigns.ImportRequest{List: "no way", From: strings.NewReader("1")}, nil); !errors.Is(err, campaigns.ErrListName) {
			t.Error(err)
		}
		ended, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := l.Import(ended, campaigns.ImportRequest{List: "x", From: strings.NewReader("+12125550001")}, nil); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestExportComesBack(t *testing.T) {
	onEach(t, func(t *testing.T, l lists) {
		ctx := t.Context()
		if err := l.Set(ctx, campaigns.List{Name: "people", Scope: campaigns.ScopePerson}); err != nil {
			t.Fatal(err)
		}
		l.put(t, campaigns.Entry{List: "people", Number: "+12125550001", Reason: "=cmd()", By: "@kim", Source: "-x", Expires: l.clock.at.Add(time.Hour)})
		l.put(t, campaigns.Entry{List: "people", Key: "M-2"})
		var out strings.Builder
		n, err := l.Export(ctx, "people", &out, "csv")
		want := "number,key,reason,source,added_by,added,expires\n'+12125550001,,'=cmd(),'-x,'@kim,2026-02-02T02:40:00Z,2026-02-02T03:40:00Z\n,M-2,,,,2026-02-02T02:40:00Z,\n"
		if n != 2 || err != nil || out.String() != want {
			t.Errorf("%d %v %s", n, err, cmp.Diff(want, out.String()))
		}
		if err := l.Set(ctx, campaigns.List{Name: "again", Scope: campaigns.ScopePerson}); err != nil {
			t.Fatal(err)
		}
		if got, err := l.Import(ctx, campaigns.ImportRequest{List: "again", From: strings.NewReader(out.String())}, nil); err != nil || got.New != 2 {
			t.Errorf("read again: %v %+v", err, got)
		}
		out.Reset()
		if n, err := l.Export(ctx, "people", &out, "ndjson"); n != 2 || err != nil {
			t.Error(n, err)
		}
		for line := range strings.Lines(out.String()) {
			var e struct{ List, Number, Key string }
			if err := json.Unmarshal([]byte(line), &e); err != nil || e.List != "people" || (e.Number == "") == (e.Key == "") {
				t.Errorf("%s: %v", line, err)
			}
		}
		if _, err := l.Export(ctx, "people", &out, "xlsx"); err == nil {
			t.Error("it exports workbooks")
		}
		out.Reset()
		if n, err := l.Export(ctx, "nosuch", &out, "csv"); n != 0 || err != nil || !strings.HasPrefix(out.String(), "number,") {
			t.Error(n, err, out.String())
		}
	})
}
