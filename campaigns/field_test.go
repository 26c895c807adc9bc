package campaigns_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/twilio"
)

// field is a Redis, a database, a simulated Twilio, and an app that answers its calls, for one test.
type field struct {
	t      *testing.T
	db     *db.DB
	redis  string
	sim    *httptest.Server
	app    *httptest.Server
	proj   *flows.Project
	newer  atomic.Pointer[flows.Project] // in its place, if there is one
	shift  atomic.Int64                  // nanoseconds that the campaigns' clock is ahead
	wire   *wire
	deaf   atomic.Bool // no webhook is heard
	refuse atomic.Bool // of one test's own

	answers *campaigns.Campaigns // hears of arrivals and ends

	mu      sync.Mutex
	posted  []posted
	outcome func(ref campaigns.Ref) campaigns.CallEnd // how a call ends, beside its SID and status
	pays    int64                                     // what is paid on a call before its end, in the ledger; 0: nothing
	ledger  *payments.Ledger
	hold    chan struct{} // closed: calls end; nil: they end at once
}

// posted is a call that was asked for.
type posted struct {
	at  time.Time
	to  string
	ref campaigns.Ref
}

// wire carries requests to the simulated Twilio, notes the calls asked for, and can break.
type wire struct {
	f *field
	// before and after may fail a creation of a call: before it has reached Twilio, and when its answer comes. Nothing is
	// noted of one that fails before.
	before, after func(campaigns.Ref) error
	answer        func(campaigns.Ref) *http.Response // in Twilio's place
	list          func() error
}

var errCut = errors.New("cut off by the test")

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/Calls.json") {
		if w.list != nil && strings.HasSuffix(r.URL.Path, "/Calls.json") {
			if err := w.list(); err != nil {
				return nil, err
			}
		}
		return http.DefaultTransport.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	u, _ := url.Parse(form.Get("Url"))
	ref, _ := campaigns.RefOf(u.Query())
	if w.before != nil {
		if err := w.before(ref); err != nil {
			return nil, err
		}
	}
	if w.answer != nil {
		if resp := w.answer(ref); resp != nil {
			return resp, nil
		}
	}
	w.f.mu.Lock()
	w.f.posted = append(w.f.posted, posted{time.Now(), form.Get("To"), ref})
	w.f.mu.Unlock()
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && w.after != nil {
		if cut := w.after(ref); cut != nil {
			resp.Body.Close()
			return nil, cut
		}
	}
	return resp, err
}

func newField(t *testing.T, base string) *field {
	t.Helper()
	f := &field{t: t, redis: redistest.Real(t), outcome: func(campaigns.Ref) campaigns.CallEnd { return campaigns.CallEnd{Outcome: "renewed"} }}
	f.wire = &wire{f: f}
	bundle, err := flows.ReadBundle(os.DirFS(checkProject))
	if err != nil {
		t.Fatal(err)
	}
	var found flows.Findings
	if f.proj, found = flows.Load(bundle); found.Errors() {
		t.Fatal(found)
	}
	f.proj.Outbound = flows.OutboundLimits{CallsPerSecond: 100, AtOnce: 1000}
	if f.db, err = db.Open(t.Context(), base); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.db.Close() })
	f.app = httptest.NewServer(http.HandlerFunc(f.webhook))
	t.Cleanup(f.app.Close)
	sim, err := simulator.New(simulator.Config{AutoAnswer: "human", CallsPerSecond: -1, Numbers: []simulator.Number{{Number: "+15550100000"}, {Number: "+15550100010"}}})
	if err != nil {
		t.Fatal(err)
	}
	f.sim = httptest.NewServer(sim.Handler())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = sim.Close(ctx)
		f.sim.Close()
	})
	f.answers = f.open(nil)
	if f.ledger, err = payments.NewLedger(t.Context(), f.db); err != nil {
		t.Fatal(err)
	}
	f.ledger.Took = func(ctx context.Context, tx *db.Tx, p payments.Payment) error {
		return f.answers.Took(ctx, tx, p.Call, campaigns.Money{Currency: p.Amount.Currency, Minor: p.Amount.Minor})
	}
	return f
}

// pay has money taken on a call.
func (f *field) pay(call string, turn int, minor int64) {
	f.t.Helper()
	p, err := f.ledger.Open(f.t.Context(), payments.NewPayment{
		Call: call, Turn: turn, Step: "pay", Flow: "renew-plan", Intent: payments.Charge, Source: payments.SourceKeypad,
		Method: "credit-card", Connector: "sandbox", Amount: payments.Amount{Minor: minor, Currency: "usd"},
	})
	for range 2 { // results come twice
		if err == nil {
			_, _, err = f.ledger.Close(f.t.Context(), p.ID, payments.Result{State: payments.Paid, Confirmation: "ch_1"})
		}
	}
	if err != nil {
		f.t.Error(err)
	}
}

// open is one process's Campaigns on the same database and Redis.
func (f *field) open(change func(*campaigns.Config)) *campaigns.Campaigns {
	f.t.Helper()
	o, err := redis.ParseURL(f.redis)
	if err != nil {
		f.t.Fatal(err)
	}
	client := redis.NewClient(o)
	f.t.Cleanup(func() { _ = client.Close() })
	tw, err := twilio.NewClient(twilio.Config{
		AccountSID: simulator.DefaultAccountSID, AuthToken: simulator.DefaultAuthToken, BaseURL: f.sim.URL, Transport: f.wire,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	cfg := campaigns.Config{
		DB: f.db, Redis: client, Twilio: tw, PublicURL: f.app.URL, Project: f.project,
		Now: f.now, Tick: 50 * time.Millisecond, Lapse: time.Second, LostAfter: 3 * time.Second, LookAgain: time.Minute,
	}
	if change != nil {
		change(&cfg)
	}
	c, err := campaigns.New(f.t.Context(), cfg)
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

// project is the project as it is now.
func (f *field) project() *flows.Project {
	if p := f.newer.Load(); p != nil {
		return p
	}
	return f.proj
}

func (f *field) now() time.Time { return time.Now().Add(time.Duration(f.shift.Load())) }

// work runs a process's Work; what it returns ends it, and waits for its end.
func (f *field) work(c *campaigns.Campaigns) (stop func()) {
	ctx, cancel := context.WithCancel(f.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := c.Work(ctx); err != nil {
			f.t.Error(err)
		}
	}()
	var once sync.Once
	stop = func() { once.Do(func() { cancel(); <-done }) }
	f.t.Cleanup(stop)
	return stop
}

// webhook is the app: it knows no flows, only arrivals and ends. As the real one it does what it began, whoever waits for it.
func (f *field) webhook(w http.ResponseWriter, r *http.Request) {
	ref, ok := campaigns.RefOf(r.URL.Query())
	if err := r.ParseForm(); err != nil || !ok {
		http.Error(w, "not a campaign's call", http.StatusBadRequest)
		return
	}
	sid := r.PostForm.Get("CallSid")
	if f.deaf.Load() {
		_, _ = io.WriteString(w, "<Response><Hangup/></Response>")
		return
	}
	if strings.HasPrefix(r.URL.Path, "/voice/status") {
		f.mu.Lock()
		end, pays := f.outcome(ref), f.pays
		f.mu.Unlock()
		if pays > 0 {
			f.pay(sid, 1, pays)
		}
		if end.SID = sid; end.Status == "" {
			end.Status = r.PostForm.Get("CallStatus")
		}
		if err := f.answers.Ended(context.WithoutCancel(r.Context()), ref, end); err != nil {
			f.t.Errorf("ended: %v", err)
		}
		return
	}
	if _, err := f.answers.Arrive(context.WithoutCancel(r.Context()), ref, sid, r.PostForm.Get("AnsweredBy")); err != nil {
		f.t.Errorf("arrive: %v", err)
	}
	f.mu.Lock()
	hold := f.hold
	f.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-time.After(10 * time.Second):
		}
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = io.WriteString(w, "<Response><Hangup/></Response>")
}

// file is a campaign's file; lines replace or add top-level keys of one that rings at once, at any time.
func file(name string, lines ...string) flows.File {
	keys := []string{
		"format: 1", "campaign: " + name, "flow: renew-plan", `call_from: ["+15550100000"]`, "kind: renewal", "contacts: lists/spring.csv",
		"columns: { id: MemberNo, phone: Mobile, first_name: First, language: Lang, birth_year: BirthYear, plan: Plan, price: Price, ends_on: EndDate, timezone: TZ, consent: ConsentDate }",
		`calling_hours: { mon-sun: "00:00-24:00" }`, "pace: { at_once: 200, per_minute: 3000 }",
		`rules_off: { calling_hours: "the test runs at any time", holidays: "and on any day", frequency: "and often" }`,
		"answering_machine: { detect: off }", "needs_consent: yes", "never_call: [company]",
	}
	for _, l := range lines {
		key, _, _ := strings.Cut(l, ":")
		for i := range keys {
			if strings.HasPrefix(keys[i], key+":") {
				keys[i] = ""
			}
		}
		keys = append(keys, l)
	}
	return flows.File{Path: "campaigns/" + name + ".yaml", Source: []byte(strings.Join(keys, "\n") + "\n")}
}

// people is how many people a test rings: fewer with the race detector.
func people(n int) int {
	if raceOn {
		return n / 4
	}
	return n
}

// list is a contact list of n people, whose numbers begin at first.
func list(first, n int) string {
	var b strings.Builder
	b.WriteString(listHeader)
	for i := range n {
		fmt.Fprintf(&b, "M-%d,+1312555%04d,Dana,en-US,1984,Green Saver,129.00,2027-05-04,America/Chicago,2025-05-01\n", first+i, first+i)
	}
	return b.String()
}

// create makes a campaign and starts it.
func (f *field) create(file flows.File, contacts string) string {
	f.t.Helper()
	made, report, err := f.answers.Create(f.t.Context(), campaigns.CreateRequest{File: file, Contacts: strings.NewReader(contacts), Act: campaigns.Act{By: "kim"}})
	if err != nil {
		f.t.Fatal(err)
	}
	if int64(made.People) != report.Rows {
		f.t.Fatalf("%d people, the report has %d rows", made.People, report.Rows)
	}
	if err := f.answers.Start(f.t.Context(), made.Name, campaigns.StartOptions{}, campaigns.Act{By: "kim"}); err != nil {
		f.t.Fatal(err)
	}
	return made.Name
}

// until waits for a status, and holds every one it sees to what must always be true.
func (f *field) until(name, what string, ok func(campaigns.Status) bool) campaigns.Status {
	f.t.Helper()
	limit := time.After(3 * time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		st := f.status(name)
		if ok(st) {
			return st
		}
		select {
		case <-tick.C:
		case <-limit:
			f.t.Fatalf("%s did not come: %+v, posted %d", what, st, len(f.calls()))
		}
	}
}

func (f *field) status(name string) campaigns.Status {
	f.t.Helper()
	st, err := f.answers.Status(f.t.Context(), name)
	if err != nil {
		f.t.Fatal(err)
	}
	done := 0
	for _, o := range st.Outcomes {
		done += o.People
	}
	for _, r := range st.Refused {
		done += r.People
	}
	if c := st.Counts; c.Total != st.People || c.Total != c.Pending+c.Waiting+c.Calling+c.Done || c.Done != done {
		f.t.Fatalf("the numbers do not add up: %+v, outcomes %v, refused %v", c, st.Outcomes, st.Refused)
	}
	return st
}

func (f *field) calls() []posted {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]posted(nil), f.posted...)
}

func completed(st campaigns.Status) bool { return st.State == campaigns.StateCompleted }

// once holds what was asked of Twilio to at most one call for each attempt.
func (f *field) once() {
	f.t.Helper()
	seen := map[campaigns.Ref]int{}
	for _, p := range f.calls() {
		if seen[p.ref]++; seen[p.ref] > 1 {
			f.t.Errorf("%v was dialed %d times", p.ref, seen[p.ref])
		}
	}
}

func reasonOf(st campaigns.Status, reason string) int {
	for _, r := range st.Refused {
		if string(r.Reason) == reason {
			return r.People
		}
	}
	return 0
}

func outcomeOf(st campaigns.Status, outcome string) int {
	for _, o := range st.Outcomes {
		if o.Outcome == outcome {
			return o.People
		}
	}
	return 0
}
