package campaigns_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
)

// The project that the campaign of these tests belongs to.
const (
	checkProject = "../flows/testdata/campaigns/project"
	listHeader   = "MemberNo,Mobile,First,Lang,BirthYear,Plan,Price,EndDate,TZ,ConsentDate\n"
)

// checked is a Wednesday morning inside of the campaign's dates.
var checked = time.Date(2026, 4, 8, 14, 0, 0, 0, time.UTC)

// renewals is the campaign of the tests' project.
func renewals(t testing.TB) (*flows.Campaign, *rules.Book) {
	t.Helper()
	bundle, err := flows.ReadBundle(os.DirFS(checkProject))
	if err != nil {
		t.Fatal(err)
	}
	p, found := flows.Load(bundle)
	if found.Errors() {
		t.Fatal(found)
	}
	source, err := os.ReadFile(filepath.Join(checkProject, "campaigns/spring-renewals.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c, found := flows.ReadCampaign(p, flows.File{Path: "campaigns/spring-renewals.yaml", Source: source})
	if found.Errors() {
		t.Fatal(found)
	}
	book, err := rules.Open(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c, book
}

// check runs a check of a list.
func check(t testing.TB, list string, with func(*campaigns.CheckRequest)) (*campaigns.Report, error) {
	t.Helper()
	c, book := renewals(t)
	q := campaigns.CheckRequest{
		Campaign: c, Book: book, Contacts: strings.NewReader(list), Now: checked,
		ListFiles: func(string) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("number\n+12125550199\n")), nil
		},
	}
	if with != nil {
		with(&q)
	}
	return campaigns.Check(t.Context(), q)
}

// adds holds a report to what must be true of every one.
func adds(t testing.TB, r *campaigns.Report) {
	t.Helper()
	var people, zones int64
	for _, c := range r.Reasons {
		people += c.People
		if c.Text == "" || len(c.Examples) == 0 || c.Examples[0].Line == 0 {
			t.Errorf("half a reason: %+v", c)
		}
	}
	for _, z := range r.Zones {
		zones += z.People
	}
	if r.Will+r.WillNot != r.Rows || people != r.WillNot || zones != r.Will {
		t.Errorf("%d rows, %d will, %d will not; reasons %d, zones %d", r.Rows, r.Will, r.WillNot, people, zones)
	}
}

func person(id, phone, rest string) string { return id + "," + phone + "," + rest + "\n" }

const (
	inChicago = "Dana,en-US,1984,Green Saver,129.00,2026-05-04,America/Chicago,2025-05-01"
	inDenver  = "Luis,es-US,1971,Night Owl,99.50,2026-05-09,America/Denver,2025-05-12"
)

// knows is a server's knowledge: real lists, and attempts that the test has made up.
type knows struct {
	*campaigns.DoNotCall
	past map[string][]rules.Past
}

func (k knows) Past(context.Context, []string, time.Time) (map[string][]rules.Past, error) {
	return k.past, nil
}

func TestCheck(t *testing.T) {
	onEach(t, func(t *testing.T, l lists) {
		l.clock.at = checked
		l.put(t, campaigns.Entry{List: "company", Number: "+12125550103"})
		l.put(t, campaigns.Entry{List: "other", Number: "+12125550101"})
		if err := l.Set(t.Context(), campaigns.List{Name: "company", Scope: campaigns.ScopePerson}); err != nil {
			t.Fatal(err)
		}
		l.put(t, campaigns.Entry{List: "company", Key: "M-4"})
		list := listHeader +
			person("M-1", "+12125550101", inChicago) +
			person("M-2", "+12125550102", inDenver) +
			person("M-3", "+12125550103", inChicago) + // on the company's list
			person("M-4", "+12125550104", inChicago) + // so, by its key
			person("M-5", "+12125550199", inChicago) + // on the file
			person("M-6", "+12125550106", strings.TrimSuffix(inChicago, "2025-05-01")) + // no consent
			person("M-7", "1.21256E+10", inChicago) +
			person("M-8", "+1212555", inChicago) +
			person("M-9", "+12125550101", inChicago) + // the same number
			person("M-10", "+12125550110", strings.Replace(inChicago, "129.00", "", 1)) +
			person("M-11", "+12125550111", strings.Replace(inChicago, "America/Chicago", "", 1)) + // New York, by its number
			person("M-12", "+16055550112", strings.Replace(inChicago, "America/Chicago", "", 1)) + // South Dakota has two
			person("M-13", "+12125550113", inChicago) // rung yesterday, and rung again tomorrow
		var rejected strings.Builder
		past := map[string][]rules.Past{"+12125550113": {{At: checked.Add(-20 * time.Hour), Campaign: "x"}}}
		r, err := check(t, list, func(q *campaigns.CheckRequest) {
			q.Known, q.Rejected = knows{l.DoNotCall, past}, &rejected
		})
		if err != nil {
			t.Fatal(err)
		}
		adds(t, r)
		got := map[rules.Reason]int64{}
		for _, c := range r.Reasons {
			got[c.Reason] = c.People
		}
		want := map[rules.Reason]int64{"on_dnc:company": 2, "on_dnc:state-dnc": 1, "no_consent": 1, "bad_number": 2, "duplicate": 1, "missing:price": 1}
		if diff := cmp.Diff(want, got); diff != "" || r.Rows != 13 || r.Will != 5 || r.Rejected != 4 || !r.Looked {
			t.Errorf("%d rows, %d will, %d rejected, looked %v\n%s", r.Rows, r.Will, r.Rejected, r.Looked, diff)
		}
		if diff := cmp.Diff([]campaigns.ZoneCount{{"America/Chicago", 2}, {"America/Denver", 1}, {"America/New_York", 1}, {"unclear", 1}}, r.Zones); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]campaigns.DetailCount{{"damaged by a spreadsheet", 1}, {"too short", 1}}, reason(r, "bad_number").Details); diff != "" {
			t.Error(diff)
		}
		if e := reason(r, "missing:price").Examples[0]; e.Line != 11 || e.Column != "Price" || e.Expected != "an amount such as 129.00" || e.Found != `""` {
			t.Errorf("%+v", e)
		}
		if diff := cmp.Diff([]campaigns.Sample{
			{Line: 2, ID: "M-1", Name: "Dana", Zone: "America/Chicago", Language: "en-US"}, {Line: 3, ID: "M-2", Name: "Luis", Zone: "America/Denver", Language: "es-US"},
			{Line: 12, ID: "M-11", Name: "Dana", Zone: "America/New_York", Language: "en-US"},
		}, r.Samples); diff != "" {
			t.Error(diff)
		}
		if rows, err := csv.NewReader(strings.NewReader(rejected.String())).ReadAll(); err != nil || len(rows) != 5 {
			t.Errorf("rejected rows: %v\n%s", err, rejected.String())
		}
		if len(r.Book.Rules) < 5 || r.Book.Name != "us-renewal" {
			t.Errorf("the rule book: %+v", r.Book)
		}
	})
}

func reason(r *campaigns.Report, name rules.Reason) campaigns.CheckReason {
	for _, c := range r.Reasons {
		if c.Reason == name {
			return c
		}
	}
	return campaigns.CheckReason{}
}

// TestCheckWritesNothing counts what is sent to the database.
func TestCheckWritesNothing(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	dnc, err := campaigns.NewDoNotCall(t.Context(), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	before := d.Statements()
	var list strings.Builder
	if err := writeList(&list, 1000, 1); err != nil {
		t.Fatal(err)
	}
	r, err := check(t, list.String(), func(q *campaigns.CheckRequest) { q.Known = knows{dnc, nil} })
	if err != nil {
		t.Fatal(err)
	}
	adds(t, r)
	if n := d.Statements() - before; n != 3 { // the list's scope, and 500 numbers twice
		t.Errorf("%d statements for 1,000 rows", n)
	}
	if all, err := dnc.Lists(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%v %v", all, err)
	}
}

// TestCheckTellsWhoCannotPay finds prices that a call could not charge, and a list without people.
func TestCheckTellsWhoCannotPay(t *testing.T) {
	t.Parallel()
	with := func(price string) string { return strings.Replace(inChicago, "129.00", price, 1) }
	list := listHeader + person("M-1", "+12125550101", with("0.00")) + person("M-2", "+12125550102", with("2000.00")) + person("M-3", "+12125550103", with("2000.01")) +
		person("M-4", "+12125550104", with("-5"))
	r, err := check(t, list, nil)
	if err != nil || r.Will != 4 || !strings.HasPrefix(strings.Join(r.Remarks, "|"), "3 people have a price that no call can charge (line 2, 4, 5): it is 0 or less, or more than the 2000.00 usd of per_call_limit") {
		t.Errorf("%v %+v", err, r.Remarks)
	}
	if r, err = check(t, listHeader, nil); err != nil || !cmp.Equal(r.Remarks, []string{"the list has a header and nobody below it"}) {
		t.Errorf("%v %+v", err, r.Remarks)
	}
}

func TestCheckBeforeAndAfterItsDates(t *testing.T) {
	t.Parallel()
	list := listHeader + person("M-1", "+12125550101", inChicago)
	for _, c := range []struct {
		now  time.Time
		will int64
		from time.Time
	}{
		{time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC), 1, time.Date(2026, 4, 6, 14, 0, 0, 0, time.UTC)},    // Monday 9:00 in Chicago
		{time.Date(2026, 4, 8, 2, 0, 0, 0, time.UTC), 1, time.Date(2026, 4, 8, 14, 0, 0, 0, time.UTC)},    // the evening before
		{time.Date(2026, 4, 25, 14, 0, 0, 0, time.UTC), 0, time.Time{}},                                   // it is over
		{time.Date(2026, 4, 10, 14, 0, 0, 0, time.UTC), 1, time.Date(2026, 4, 11, 15, 0, 0, 0, time.UTC)}, // a closed day, then Saturday
	} {
		r, err := check(t, list, func(q *campaigns.CheckRequest) { q.Now = c.now })
		if err != nil {
			t.Fatal(err)
		}
		adds(t, r)
		if r.Will != c.will || !r.FirstWeek.From.Equal(c.from) {
			t.Errorf("at %s: %d will, from %s; want %d, %s", c.now, r.Will, r.FirstWeek.From, c.will, c.from)
		}
		if c.will == 0 && reason(r, "expired").People != 1 {
			t.Errorf("at %s: %+v", c.now, r.Reasons)
		}
	}
}

func TestCheckEstimates(t *testing.T) {
	t.Parallel()
	var list strings.Builder
	if err := writeList(&list, 3000, 1); err != nil {
		t.Fatal(err)
	}
	r, err := check(t, list.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	adds(t, r)
	week := r.FirstWeek
	if week.Attempts < r.Will || week.Attempts > 3*r.Will || !week.Until.After(week.From) || week.Until.Sub(week.From) > 7*24*time.Hour {
		t.Errorf("%d people: %+v", r.Will, week)
	}
	// 30 a minute, and 10 at once: neither is passed.
	if per := float64(week.LineSeconds) / week.Until.Sub(week.From).Seconds(); per > 10 {
		t.Errorf("%.1f lines at once", per)
	}
	if r.Cost.Voice <= 0 || r.Cost.Detection != float64(int(float64(week.Attempts)*0.75+0.5))/100 || r.Cost.Capture <= 0 || r.Cost.Currency != "usd" {
		t.Errorf("%+v", r.Cost)
	}
}

func TestCheckFails(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	good := listHeader + person("M-1", "+12125550101", inChicago)
	for want, c := range map[string]struct {
		list string
		with func(*campaigns.CheckRequest)
	}{
		"there is no column \"Mobile\" for phone": {"a,b\n", nil},
		"do-not-call list lists/state-dnc.csv: boom": {good, func(q *campaigns.CheckRequest) {
			q.ListFiles = func(string) (io.ReadCloser, error) { return nil, boom }
		}},
		"boom":                      {good, func(q *campaigns.CheckRequest) { q.Known = ignorant{boom} }},
		"write rejected rows: full": {listHeader + strings.Repeat("x\n", 5000), func(q *campaigns.CheckRequest) { q.Rejected = full{} }},
	} {
		if _, err := check(t, c.list, c.with); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

type ignorant struct{ err error }

func (i ignorant) Which(context.Context, []string, []string, time.Time) (map[string][]string, error) {
	return nil, i.err
}
func (i ignorant) Past(context.Context, []string, time.Time) (map[string][]rules.Past, error) {
	return nil, i.err
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

// writeList writes a seeded list of n rows, of which about one in twenty has something wrong with it.
func writeList(w io.Writer, n int, seed uint64) error {
	out := bufio.NewWriter(w)
	rng := rand.New(rand.NewPCG(seed, 1))
	areas := []int{212, 312, 415, 303, 602, 713, 305, 206, 617, 404, 850, 907}
	zones := []string{"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "", "", "Eastern"}
	names := []string{"Dana", "Luis", "Kim", "\"Lee, Ann\"", "José", "Priya"}
	_, _ = out.WriteString(listHeader)
	for i := range n {
		phone := fmt.Sprintf("+1%d%07d", areas[i%len(areas)], 2_000_000+(i/len(areas)))
		price := strconv.Itoa(20+rng.IntN(200)) + ".50"
		consent := fmt.Sprintf("2025-%02d-%02d", 1+rng.IntN(12), 1+rng.IntN(28))
		switch rng.IntN(100) {
		case 0:
			phone = "1.21255E+10"
		case 1:
			price = ""
		case 2:
			consent = ""
		case 3:
			phone = "+12125550142" // again and again
		case 4:
			phone = phone[:9]
		}
		fmt.Fprintf(out, "M-%07d,%s,%s,%s,%d,Plan %d,%s,2026-05-%02d,%s,%s\n", i, phone, names[rng.IntN(len(names))], []string{"en-US", "es-US", ""}[rng.IntN(3)],
			1940+rng.IntN(60), rng.IntN(5), price, 1+rng.IntN(28), zones[rng.IntN(len(zones))], consent)
	}
	return out.Flush()
}

// TestCheckOfManyRows reads a list that comes through a pipe, and looks at how much memory is held meanwhile: no more than
// the sets that duplicates are known by. PAYDIAL_CHECK_ROWS says how many rows.
func TestCheckOfManyRows(t *testing.T) {
	n := 50_000
	if text := os.Getenv("PAYDIAL_CHECK_ROWS"); text != "" {
		n, _ = strconv.Atoi(text)
	}
	from, to := io.Pipe()
	go func() { _ = to.CloseWithError(writeList(to, n, 3)) }()
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var most uint64
	began := time.Now()
	r, err := check(t, "", func(q *campaigns.CheckRequest) {
		q.Contacts = from
		q.Progress = func(rows, _ int64) {
			if rows%(2048*16) == 0 {
				runtime.GC()
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	adds(t, r)
	if r.Rows != int64(n) || r.WillNot < int64(n)/50 {
		t.Errorf("%d rows, %d will not", r.Rows, r.WillNot)
	}
	if bound := uint64(8<<20 + 64*n); most > bound {
		t.Errorf("%d bytes are held, more than %d", most, bound)
	}
	t.Logf("%d rows, %.0f a second, %.1f MB held", n, float64(n)/time.Since(began).Seconds(), float64(most)/1e6)
}

func BenchmarkCheck(b *testing.B) {
	var list strings.Builder
	const n = 100_000
	if err := writeList(&list, n, 1); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := check(b, list.String(), nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
