package rig_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/examples"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/pgtest"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/payments"
)

// The campaign of TestCampaignSurvives.
const (
	campaignPace   = 50 // calls a second
	campaignAtOnce = 400
	campaignName   = "many-renewals"
)

// crowdOfMany are the people of TestCampaignSurvives: all kinds but those who ask for a person, since nobody is there.
const crowdOfMany = `{"seed": 7, "pace": 0.02, "weights": {"pays": 30, "declined": 5, "opts_out": 4, "later": 5, "wrong_person": 3,
	"hangs_up": 8, "silent": 3, "unclear": 1, "voicemail": 20, "voicemail_no_beep": 3, "fax": 2, "busy": 6, "no_answer": 8, "failed": 2}}`

// campaignFile is the campaign: %[1]s are its hours.
const campaignFile = `format: 1
campaign: many-renewals
flow: renew-plan
call_from: ["+15550100000"]
kind: renewal
contacts: lists/many.csv
calling_hours: { mon-sun: "%[1]s" }
pace: { at_once: 400, per_minute: 3000 }
ring_for: 20s
answering_machine: { detect: wait_for_beep, then: leave_message, unsure_means: human }
try_again:
  busy: { after: 20s, up_to: 1 }
  call_back: { after: 1 day, up_to: 1 }
limits: { per_person_per_day: 2 }
never_call: [company, lists/never.txt]
needs_consent: no
rules_off: { holidays: the test runs on any day%[2]s }
`

// TestCampaignSurvives runs a campaign with two worker processes, one of which is killed every few seconds, against a crowd
// and a Twilio that refuses some requests, breaks off some answers and loses some callbacks. Then a program that shares no
// code with the app reads Twilio's own log: nobody was dialed twice for one attempt, outside their hours or while on a
// list, and never more calls were asked for in any second than the account may. PAYDIAL_TEST_CONTACTS=20000 runs it with
// that many people, and judges the mean pace too: it takes eight minutes.
func TestCampaignSurvives(t *testing.T) {
	people, killEvery, lost := campaignPeople, time.Second, 0.0
	if text := os.Getenv("PAYDIAL_TEST_CONTACTS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		people, killEvery, lost = n, 15*time.Second, 0.5
	} else {
		t.Parallel()
	}
	m := newMany(t, people)
	database := pgtest.Start(t)
	c := rig.StartParts(t, rig.Parts{
		Servers: 2, RedisURL: redistest.Real(t), DatabaseURL: database, Dir: m.dir, Serve: []string{"--with-worker=false"},
		Simulator: []string{"--calls-per-second", "-1", "--crowd", m.write("crowd.json", crowdOfMany)},
	})
	control(t, http.MethodPut, c.SimURL+"/sim/v1/faults",
		fmt.Sprintf(`{"rest":{"fail_percent":1,"cut_percent":0.5},"webhooks":{"lose_percent":%v,"shuffle":true}}`, lost))
	book := m.begin(t, database)
	workers := [2]*rig.Process{}
	for i := range workers {
		workers[i] = rig.NewProcess(t, c.Env, "worker", "--log-level", "error")
		workers[i].Start()
	}
	kills := m.watch(t, book, workers, killEvery)
	log := m.write("calls.ndjson", string(fetched(t, c.SimURL+"/sim/v1/calls/log")))
	verdict := m.audit(t, log, people >= 5000)
	t.Logf("%d workers killed; %s", kills, verdict.text)
	m.compare(t, book, database, verdict)
}

// many is a list of people in three time zones: one in which the hours go on, one in which they end while the campaign
// runs, and one in which they are over.
type many struct {
	dir, hours  string
	list, never string
	text        string // of the list
	people      int
}

func newMany(t *testing.T, people int) *many {
	t.Helper()
	m := &many{dir: t.TempDir(), people: people}
	if err := os.CopyFS(m.dir, examples.Renewals()); err != nil {
		t.Fatal(err)
	}
	setRule(t, m.dir, "calls_per_second: 1", "calls_per_second: "+strconv.Itoa(campaignPace))
	setRule(t, m.dir, "at_once: 100", "at_once: "+strconv.Itoa(2*campaignAtOnce))
	// It is about two in the afternoon in the zone whose hours end: what is west of it goes on.
	now := time.Now().UTC()
	offset := 14 - now.Hour()
	ends := now.Add(time.Duration(offset)*time.Hour + time.Duration(people/campaignPace/2+90)*time.Second)
	m.hours = fmt.Sprintf("09:00-%s", ends.Format("15:04"))
	ending, on, over := zoneAt(offset), zoneAt(offset-1), zoneAt(offset+2)
	zones := [10]string{ending, on, over, on, ending, on, zoneAt(offset - 2), on, on, on}
	var list, never strings.Builder
	list.WriteString("id,phone,timezone,first_name,language,birth_year,plan,price,ends_on\n")
	for i := range people {
		number := fmt.Sprintf("+1555%07d", 2_000_000+i)
		zone := zones[i%len(zones)]
		language := []string{"en-US", "es-US"}[i%2]
		fmt.Fprintf(&list, "M-%d,%s,%s,Dana,%s,%s,Green Saver,%d.50,2027-05-04\n", i, number, zone, language, number[len(number)-4:], 40+i%60)
		if i%50 == 7 {
			never.WriteString(number + "\n")
		}
	}
	m.text = list.String()
	m.list = m.write("lists/many.csv", m.text)
	m.never = m.write("lists/never.txt", never.String())
	return m
}

// zoneAt is a zone, without summer time, in which the clocks are so many hours ahead of UTC, or show the same hour.
func zoneAt(hours int) string {
	return [24]string{
		"Africa/Abidjan", "Africa/Lagos", "Africa/Johannesburg", "Africa/Nairobi", "Asia/Dubai", "Asia/Karachi", "Asia/Dhaka",
		"Asia/Bangkok", "Asia/Singapore", "Asia/Tokyo", "Australia/Brisbane", "Pacific/Guadalcanal", "Pacific/Tarawa",
		"Pacific/Pago_Pago", "Pacific/Honolulu", "Pacific/Gambier", "Pacific/Pitcairn", "America/Phoenix", "America/Costa_Rica",
		"America/Panama", "America/Puerto_Rico", "America/Sao_Paulo", "America/Noronha", "Atlantic/Cape_Verde",
	}[(hours+48)%24]
}

func (m *many) write(name, text string) string {
	path := filepath.Join(m.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		panic(err)
	}
	return path
}

// begin creates the campaign and starts it. What it returns does not dial.
func (m *many) begin(t *testing.T, database string) *campaigns.Campaigns {
	t.Helper()
	d, err := db.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	bundle, err := flows.ReadBundle(os.DirFS(m.dir))
	if err != nil {
		t.Fatal(err)
	}
	project, findings := flows.Load(bundle)
	if findings.Errors() {
		t.Fatal(findings)
	}
	book, err := campaigns.New(t.Context(), campaigns.Config{DB: d, Project: func() *flows.Project { return project }})
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.Open(m.list)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	act := campaigns.Act{By: "test"}
	_, _, err = book.Create(t.Context(), campaigns.CreateRequest{
		File:     flows.File{Path: "campaigns/" + campaignName + ".yaml", Source: []byte(fmt.Sprintf(campaignFile, m.hours, ""))},
		Contacts: list, Act: act,
		ListFiles: func(path string) (io.ReadCloser, error) { return os.Open(filepath.Join(m.dir, path)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Start(t.Context(), campaignName, campaigns.StartOptions{}, act); err != nil {
		t.Fatal(err)
	}
	return book
}

// watch kills one worker after the other until nobody is left who may be rung now.
func (m *many) watch(t *testing.T, book *campaigns.Campaigns, workers [2]*rig.Process, every time.Duration) (kills int) {
	most := max(4, m.people/1000)
	t.Helper()
	kill, look := time.NewTicker(every), time.NewTicker(500*time.Millisecond)
	defer kill.Stop()
	defer look.Stop()
	quiet := 0
	for limit := time.After(14 * time.Minute); ; {
		select {
		case <-kill.C:
			if quiet > 0 || kills >= most {
				continue
			}
			w := workers[kills%2]
			w.Kill()
			w.Start()
			kills++
		case <-look.C:
			st, err := book.Status(t.Context(), campaignName)
			if err != nil {
				t.Fatal(err)
			}
			held := 0
			for _, h := range st.HeldBack {
				held += h.People
			}
			if quiet++; st.Counts.Calling > 0 || st.Counts.Pending+st.Counts.Waiting > held || kills < 2 {
				quiet = 0
			}
			if quiet == 4 {
				return kills
			}
			if st.State != campaigns.StateRunning {
				t.Fatalf("the campaign is %s: %+v", st.State, st)
			}
		case <-limit:
			st, _ := book.Status(t.Context(), campaignName)
			t.Fatalf("it did not come to an end: %+v", st)
		}
	}
}

// verdict is what the other program says.
type verdict struct {
	Calls    int            `json:"calls"`
	Numbers  int            `json:"numbers"`
	Paid     map[string]int `json:"paid"`
	Payments int            `json:"payments"`
	text     string
}

// audit has the other program judge Twilio's log.
func (m *many) audit(t *testing.T, log string, long bool) verdict {
	t.Helper()
	args := []string{"run", "github.com/paydial/paydial/internal/rig/dialaudit", "--log", log, "--people", m.list, "--never", m.never,
		"--hours", m.hours, "--per-second", strconv.Itoa(campaignPace), "--at-once", strconv.Itoa(campaignAtOnce), "--slack", "0"}
	if long {
		args = append(args[:len(args)-1], "2", "--lead", "20s")
	}
	var out, problems bytes.Buffer
	cmd := exec.Command("go", args...)
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, out.String(), problems.String())
	}
	v := verdict{text: out.String()}
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// compare holds our books against each other and against what the gateway charged.
func (m *many) compare(t *testing.T, book *campaigns.Campaigns, database string, v verdict) {
	t.Helper()
	d, err := db.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ledger, err := payments.NewLedger(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	totals, err := ledger.Totals(t.Context(), payments.Filter{States: []payments.State{payments.Paid}})
	if err != nil {
		t.Fatal(err)
	}
	kept, n := map[string]int{}, 0
	for _, one := range totals {
		kept[one.Amount.Currency] += int(one.Amount.Minor)
		n += int(one.Count)
	}
	st, err := book.Status(t.Context(), campaignName)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for _, one := range st.Money {
		told[one.Currency] += int(one.Minor)
	}
	if len(v.Paid) == 0 || fmt.Sprint(kept) != fmt.Sprint(v.Paid) || fmt.Sprint(told) != fmt.Sprint(v.Paid) || n != v.Payments {
		t.Errorf("charged %v in %d payments, in the ledger %v in %d, in the campaign %v", v.Paid, v.Payments, kept, n, told)
	}
	dialed := 0
	for after := ""; ; {
		page, err := book.Attempts(t.Context(), campaignName, after, 500)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page.Attempts {
			switch {
			case a.State == campaigns.AttemptEnded && a.CallSID != "":
				dialed++
			case a.State != campaigns.AttemptLost && a.CallSID != "" || a.State == campaigns.AttemptClaimed:
				t.Errorf("row %d attempt %d is still %s", a.Row, a.N, a.State)
			}
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if dialed != v.Calls {
		t.Errorf("%d calls were made, and %d attempts say so", v.Calls, dialed)
	}
	sum := 0
	for _, o := range st.Outcomes {
		sum += o.People
	}
	for _, r := range st.Refused {
		sum += r.People
	}
	if c := st.Counts; c.Done != sum || c.Total != c.Pending+c.Waiting+c.Calling+c.Done {
		t.Errorf("the counts do not add up: %+v, outcomes and refused %d", c, sum)
	}
}

func fetched(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, resp.Status, err)
	}
	return body
}
