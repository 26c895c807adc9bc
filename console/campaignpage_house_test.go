package console_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
)

// stage is a house with campaigns as pages have to show them. Nothing is dialed in it.
type stage struct {
	*ringing
	t    *testing.T
	file string // of the campaign spring-renewals
}

// openStage opens a house with campaigns whose people can sign in.
func openStage(t *testing.T) (inhabited, *stage) {
	t.Helper()
	h, r := openRinging(t, nil)
	file, err := os.ReadFile(r.dir + "/campaigns/spring-renewals.yaml")
	if err != nil {
		t.Fatal(err)
	}
	// The dates of the file are about those of the tests, and its hours are always open.
	text := strings.NewReplacer("2026-04-06", noon.AddDate(0, 0, -3).Format(time.DateOnly), "2026-04-24", noon.AddDate(0, 0, 18).Format(time.DateOnly),
		"closed: [2026-04-10]", "sun: \"00:00-24:00\"", `"10:00-16:00"`, `"00:00-24:00"`, `"09:00-19:30"`, `"00:00-24:00"`).Replace(string(file))
	return h, &stage{ringing: r, t: t, file: text}
}

// peopleList is a list with so many people in it, in four zones.
func peopleList(n int) string {
	var out strings.Builder
	out.WriteString("MemberNo,Mobile,First,Lang,BirthYear,Plan,Price,EndDate,TZ,ConsentDate,Notes\n")
	zones := []string{"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"}
	areas := []int{212, 312, 303, 213}
	for i := range n {
		fmt.Fprintf(&out, "M-%d,+1%d55501%02d,Dana,en-US,1980,Gold,129.00,%s,%s,2025-05-12,kept out\n", 10000+i, areas[i%4]+i/400, i/4%100,
			noon.AddDate(0, 1, 0).Format(time.DateOnly), zones[i%4])
	}
	return out.String()
}

// named is the campaign's file under another name.
func (r *stage) named(name string) string {
	return strings.Replace(r.file, "campaign: spring-renewals", "campaign: "+name, 1)
}

// create makes a campaign with so many people.
func (r *stage) create(name string, people int) {
	r.t.Helper()
	_, _, err := r.Create(r.t.Context(), campaigns.CreateRequest{
		File: flows.File{Path: "campaigns/" + name + ".yaml", Source: []byte(r.named(name))}, Contacts: strings.NewReader(peopleList(people)),
		ListFiles: noNumbers, Act: campaigns.Act{By: "sam", Via: "page"},
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// exec writes into the database as it stands, whatever would have led there.
func (r *stage) exec(query string, args ...any) {
	r.t.Helper()
	if _, err := r.db.Exec(r.t.Context(), query, args...); err != nil {
		r.t.Fatalf("%s: %v", query, err)
	}
}

// num is what rows name a campaign by.
func (r *stage) num(name string) (n int64) {
	r.t.Helper()
	if err := r.db.QueryRow(r.t.Context(), "SELECT num FROM campaigns WHERE name = ?", name).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// allowedChecks are what allowed an attempt.
const allowedChecks = `[{"rule":"do_not_call","passed":true,"text":"on none of the lists company, lists/state-dnc.csv"},` +
	`{"rule":"consent","passed":true,"text":"consent 2025-05-12","source":"47 CFR 64.1200(a)(2)"},` +
	`{"rule":"calling_hours","passed":true,"text":"it is 12:08 in America/Chicago, inside 09:00-19:30","source":"47 CFR 64.1200(c)(1)"}]`

// put writes a campaign as it looks in the middle of its way: so many people done, some in every other state, half an
// hour of calls.
func (r *stage) put(name string, people, done int) {
	r.t.Helper()
	num, dice := r.num(name), rand.New(rand.NewPCG(7, 7))
	outcomes := []string{"renewed", "renewed", "renewed", "renewed", "not_now", "not_now", "not_now", "hung_up", "hung_up", "wrong_person", "opted_out", "no_answer",
		"no_answer", "busy", "machine", "declined", "asked_for_person", "error"}
	for i := range people {
		row, at := i+2, noon.Add(-time.Duration(done-i)*30*time.Minute/time.Duration(max(1, done)))
		switch {
		case i < done && i%17 == 0:
			r.person(num, row, "done", "", "no_consent", 0, 0)
		case i < done:
			outcome := outcomes[dice.IntN(len(outcomes))]
			r.person(num, row, "done", outcome, "", 0, 1)
			r.attempt(num, row, 1, "ended", outcome, at)
		case i < done+6 && name == "spring-renewals": // one number is rung by one campaign at a time
			r.person(num, row, "calling", "", "", 0, 1)
			r.attempt(num, row, 1, "dialed", "", noon.Add(-20*time.Second))
		case i < done+20:
			r.person(num, row, "waiting", "", "retry_wait", db.Millis(noon.Add(4*time.Hour)), 1)
			r.attempt(num, row, 1, "ended", "no_answer", at)
		case i%3 == 0:
			r.person(num, row, "pending", "", "outside_hours", db.Millis(noon.Add(2*time.Hour)), 0)
		}
	}
	r.exec("UPDATE campaigns SET state = 'running', started_at = ?, since_at = ?, calls = ?, reached = ?, opted_out = ?, errors = 2, abandoned = 1 WHERE num = ?",
		db.Millis(noon.Add(-2*time.Hour)), db.Millis(noon.Add(-2*time.Hour)), done, done/2, done/2*4/100, num)
	for m := range 30 {
		r.exec("INSERT INTO campaign_minutes (campaign, minute, at_once) VALUES (?, ?, ?)", num, db.Millis(noon.Truncate(time.Minute).Add(-time.Duration(m)*time.Minute)), 3+(m*7)%8)
	}
	r.exec("UPDATE campaign_changes SET at = ? WHERE campaign = ?", db.Millis(noon.Add(-2*time.Hour)), num)
	r.change(num, 2, "started", "sam", "")
	r.change(num, 3, "slowed", "ops", "the desk is busy: 30 a minute instead of 60")
}

func (r *stage) person(num int64, row int, state, outcome, reason string, due int64, attempts int) {
	r.t.Helper()
	words, retry := "", int64(0)
	switch reason {
	case "retry_wait":
		words, retry = "second try, 4h after no_answer", due
	case "outside_hours":
		words = "it is 08:12 in America/Denver, campaign hours start 09:00"
	case "no_consent":
		words = "there is no consent date"
	}
	r.exec(`UPDATE campaign_people SET state = ?, outcome = ?, reason = ?, words = ?, due_at = ?, retry_at = ?,
		attempts = ? WHERE campaign = ? AND line_no = ?`, state, outcome, reason, words, due, retry, attempts, num, row)
}

func (r *stage) attempt(num int64, row, n int, state, outcome string, at time.Time) {
	r.t.Helper()
	ended, seconds, status, paid, currency, answered := int64(0), 0, "", 0, "", ""
	if state == "ended" {
		ended, status = db.Millis(at.Add(40*time.Second)), "completed"
		seconds, answered = 40, "human"
		if outcome == "no_answer" || outcome == "busy" {
			status, seconds, answered = strings.ReplaceAll(outcome, "_", "-"), 0, ""
		}
		if outcome == "renewed" {
			paid, currency = 12900, "usd"
		}
	}
	r.exec(`INSERT INTO campaign_attempts (campaign, line_no, n, state, id, phone, debt_id, from_number, call_sid, status, answered_by, outcome, claimed_at,
		dialed_at, ended_at, look_at, looks, seconds, reached, opted_out, abandoned, book, book_version, checks, zone, local, paid_minor, paid_currency)
		SELECT ?, ?, ?, ?, id, phone, '', '+15550100000', ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, 0, 0, 0, 'us-renewal', '2026-01-15 3f2a91c0', ?, 'America/Chicago',
		'Mon 12:08 America/Chicago', ?, ? FROM campaign_people WHERE campaign = ? AND line_no = ?`,
		num, row, n, state, fmt.Sprintf("CA%030x%02d", num*100000+int64(row), n), status, answered, outcome, db.Millis(at), db.Millis(at.Add(time.Second)), ended,
		seconds, allowedChecks, paid, currency, num, row)
}

func (r *stage) change(num int64, n int, what, who, note string) {
	r.t.Helper()
	r.exec("INSERT INTO campaign_changes (campaign, n, at, what, who, note, person) VALUES (?, ?, ?, ?, ?, ?, 0)", num, n, db.Millis(noon.Add(-time.Duration(40-n)*time.Minute)), what, who, note)
}

// keys presses keys.
func (b *tab) keys(names ...string) {
	b.t.Helper()
	for _, name := range names {
		b.do(chromedp.KeyEvent(name))
	}
}
