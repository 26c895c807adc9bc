package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// judged runs the audit over a log and a list.
func judged(t *testing.T, log string, change func(*options)) *verdict {
	t.Helper()
	dir := t.TempDir()
	o := options{
		log: filepath.Join(dir, "log"), people: filepath.Join(dir, "people"), never: filepath.Join(dir, "never"),
		hours: "09:00-19:30", perSecond: 2,
	}
	for name, text := range map[string]string{
		o.log:    log,
		o.people: "phone,timezone\n+15550142001,America/Chicago\n+15550142002,America/Denver\n+15550142003,Etc/GMT+6\n",
		o.never:  "+15550142003\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(&o)
	}
	v, err := run(o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// made is a line of a log: a call to the last digit of the number, so long after 15:00 UTC.
func made(to, row, attempt string, after time.Duration, more string) string {
	at := time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC).Add(after).Format(time.RFC3339Nano)
	return `{"sid":"CA` + row + attempt + `","to":"+1555014200` + to + `","query":{"campaign":"c","row":"` + row + `","attempt":"` +
		attempt + `"},"posted_at":"` + at + `","status":"completed"` + more + "}\n"
}

func TestAudit(t *testing.T) {
	t.Parallel()
	const ended = `,"ended_at":"2026-11-20T15:00:01Z"`
	for name, c := range map[string]struct {
		log    string
		change func(*options)
		want   string // part of the only problem; "" for none
	}{
		"nothing":           {},
		"one":               {log: made("1", "2", "1", 0, ended)},
		"tried again":       {log: made("1", "2", "1", 0, ended) + made("1", "2", "2", time.Minute, "")},
		"twice":             {log: made("1", "2", "1", 0, ended) + made("1", "2", "1", time.Minute, ""), want: "dialed twice"},
		"two live":          {log: made("1", "2", "1", 0, ended) + made("1", "2", "2", 900*time.Millisecond, ""), want: "was live"},
		"no ref":            {log: `{"sid":"CA1","to":"+15550142001","posted_at":"2026-11-20T15:00:00Z"}`, want: "says nothing"},
		"stranger":          {log: made("9", "2", "1", 0, ""), want: "not on the list"},
		"listed":            {log: made("3", "4", "1", 0, ""), want: "do-not-call"},
		"early":             {log: made("2", "3", "1", 0, ""), change: func(o *options) { o.hours = "09:00-19:30" }, want: "at 08:00:00.000 in America/Denver"},
		"late":              {log: made("1", "2", "1", 10*time.Hour+30*time.Minute, ""), want: "at 19:30:00.000"},
		"asked to stop":     {log: made("1", "2", "1", 0, ended+`,"behaviour":"opts_out","answered_at":"2026-11-20T15:00:00Z"`) + made("1", "2", "2", time.Minute, ""), want: "had asked"},
		"had paid":          {log: made("1", "2", "1", 0, ended+`,"paid":[{"amount":"129.00","currency":"usd"}]`) + made("1", "2", "2", time.Minute, ""), want: "had paid"},
		"charged twice":     {log: made("1", "2", "1", 0, ended+`,"paid":[{"amount":"1","currency":"usd"},{"amount":"1","currency":"usd"}]`), want: "charged 2 times"},
		"too fast":          {log: made("1", "2", "1", 0, ended) + made("1", "2", "2", time.Minute, `,"ended_at":"2026-11-20T15:01:00.1Z"`) + made("1", "2", "3", time.Minute+500*time.Millisecond, `,"ended_at":"2026-11-20T15:01:00.6Z"`) + made("1", "2", "4", time.Minute+999*time.Millisecond, ""), want: "3 calls were asked for in the second"},
		"just slow enough":  {log: made("1", "2", "2", time.Minute, `,"ended_at":"2026-11-20T15:01:00.1Z"`) + made("1", "2", "3", time.Minute+500*time.Millisecond, `,"ended_at":"2026-11-20T15:01:00.6Z"`) + made("1", "2", "4", time.Minute+time.Second, "")},
		"too many at once":  {log: made("1", "2", "1", 0, "") + made("2", "3", "1", time.Hour, ""), change: func(o *options) { o.atOnce = 1 }, want: "2 calls were live at once"},
		"too slow":          {log: made("1", "2", "1", 0, ended) + made("1", "3", "1", 30*time.Second, ""), change: func(o *options) { o.slack, o.lead = 2, time.Second }, want: "the mean pace is"},
		"too short to tell": {log: made("1", "2", "1", 0, ended), change: func(o *options) { o.slack, o.lead = 2, time.Second }, want: "too short"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := judged(t, c.log, c.change)
			if got := strings.Join(v.Problems, "; "); c.want == "" && got != "" || c.want != "" && (len(v.Problems) != 1 || !strings.Contains(got, c.want)) {
				t.Errorf("problems: %q, want %q", got, c.want)
			}
		})
	}
}
