package recordings

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/pgtest"
	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/twilio"
)

// noRules are rules that say nothing.
type noRules struct{}

func (noRules) For(string, string) Policy { return Policy{} }
func (noRules) Version() string           { return "1" }

// pausing is a live call on the simulator with two recordings, and Recordings that know of its payments.
type pausing struct {
	*Recordings
	t    *testing.T
	db   *db.DB
	http *httptest.Server // the simulator
	bad  atomic.Pointer[func(w http.ResponseWriter, q *http.Request) bool]
	call string

	mu      sync.Mutex
	now     time.Time
	windows func() []Window
}

func newPausing(t *testing.T, database string) *pausing {
	t.Helper()
	b := &pausing{t: t, now: time.Now().Truncate(time.Millisecond)} // as the ledger keeps it
	line := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, `<Response><Start><Recording/></Start><Gather timeout="600"/></Response>`)
	}))
	t.Cleanup(line.Close)
	sim, err := simulator.New(simulator.Config{Numbers: []simulator.Number{{Number: "+15550100000", VoiceURL: line.URL}}})
	if err != nil {
		t.Fatal(err)
	}
	b.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if bad := b.bad.Load(); bad != nil && strings.Contains(q.URL.Path, "/Recordings") && (*bad)(w, q) {
			return
		}
		sim.Handler().ServeHTTP(w, q)
	}))
	t.Cleanup(func() {
		b.http.Close()
		_ = sim.Close(context.Background())
	})
	if b.db, err = db.Open(t.Context(), database); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.db.Close() })
	b.restart()
	b.ring()
	return b
}

// restart makes another Recordings on the same database, as a server that is started again does.
func (b *pausing) restart() {
	b.t.Helper()
	client, err := twilio.NewClient(twilio.Config{AccountSID: simulator.DefaultAccountSID, AuthToken: simulator.DefaultAuthToken, BaseURL: b.http.URL})
	if err != nil {
		b.t.Fatal(err)
	}
	b.Recordings, err = New(b.t.Context(), Config{
		DB: b.db, Twilio: client, Policies: func() Policies { return noRules{} },
		Now: func() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.now },
		Payments: func(context.Context, string) ([]Window, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if b.windows == nil {
				return nil, nil
			}
			return b.windows(), nil
		},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// pass lets time pass.
func (b *pausing) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

// pays says which payments there are.
func (b *pausing) pays(w ...Window) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.windows = func() []Window { return w }
}

// ring begins the call, with a second recording beside the first.
func (b *pausing) ring() {
	b.t.Helper()
	resp, err := http.Post(b.http.URL+"/sim/v1/calls", "application/json", strings.NewReader(`{"from":"+15550123456","to":"+15550100000"}`))
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var call struct {
		SID string `json:"call_sid"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&call); err != nil {
		b.t.Fatal(err)
	}
	b.call = call.SID
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(10 * time.Second); len(b.shown()) == 0; <-tick.C {
		if time.Now().After(end) {
			b.t.Fatal("no recording began")
		}
	}
	b.post("/Recordings.json", url.Values{})
}

// post asks the simulator's REST API for something about the call.
func (b *pausing) post(path string, form url.Values) {
	b.t.Helper()
	at := b.http.URL + "/2010-04-01/Accounts/" + simulator.DefaultAccountSID + "/Calls/" + b.call + path
	q, err := http.NewRequest(http.MethodPost, at, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.SetBasicAuth(simulator.DefaultAccountSID, simulator.DefaultAuthToken)
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		said, _ := io.ReadAll(resp.Body)
		b.t.Fatalf("%s: %s %s", path, resp.Status, said)
	}
}

// shownPause is a recording as the simulator shows it.
type shownPause struct {
	SID, Status string
	Paused      []struct {
		From int64  `json:"from_ms"`
		To   *int64 `json:"to_ms"`
	}
}

func (b *pausing) shown() []shownPause {
	b.t.Helper()
	resp, err := http.Get(b.http.URL + "/sim/v1/calls/" + b.call)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var call struct{ Recordings []shownPause }
	if err := json.NewDecoder(resp.Body).Decode(&call); err != nil {
		b.t.Fatal(err)
	}
	return call.Recordings
}

// want checks how both recordings stand, and how often they were paused.
func (b *pausing) want(when string, status [2]string, pauses [2]int) {
	b.t.Helper()
	recs := b.shown()
	if len(recs) != 2 {
		b.t.Fatalf("%s: %d recordings", when, len(recs))
	}
	for i, r := range recs {
		if r.Status != status[i] || len(r.Paused) != pauses[i] {
			b.t.Errorf("%s: recording %d is %s after %d pauses, want %s after %d", when, i, r.Status, len(r.Paused), status[i], pauses[i])
		}
	}
}

// flagged is what both recordings would be flagged with, were they complete now.
func (b *pausing) flagged(want ...string) {
	b.t.Helper()
	b.mu.Lock()
	now := b.now
	b.mu.Unlock()
	for _, r := range b.shown() {
		got, err := b.unpaused(b.t.Context(), Recording{SID: r.SID, Call: b.call, Started: now.Add(-time.Hour), Duration: 2 * time.Hour})
		if err != nil {
			b.t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			b.t.Errorf("flagged (-want +got):\n%s", diff)
		}
	}
}

// over is a payment that began a second ago and is over now.
func (b *pausing) over(id string) Window {
	b.mu.Lock()
	defer b.mu.Unlock()
	return Window{ID: id, From: b.now.Add(-time.Second), To: b.now}
}

func (b *pausing) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// deny answers requests of a method about recordings with 503.
func (b *pausing) deny(method string) {
	bad := func(w http.ResponseWriter, q *http.Request) bool {
		if q.Method != method {
			return false
		}
		http.Error(w, "no", http.StatusServiceUnavailable)
		return true
	}
	b.bad.Store(&bad)
}

var (
	running    = [2]string{"in-progress", "in-progress"}
	bothPaused = [2]string{"paused", "paused"}
	once       = [2]int{1, 1}
)

// onEach runs fn on both kinds of database.
func onEach(t *testing.T, fn func(b *pausing)) {
	t.Parallel()
	pgtest.Each(t, func(t *testing.T, url string) { fn(newPausing(t, url)) })
}

// TestPauseForPayment pauses and resumes, each more than once, and by a process that was started anew in between.
func TestPauseForPayment(t *testing.T) {
	onEach(t, func(b *pausing) {
		ctx := b.t.Context()
		b.must(b.Pause(ctx, b.call, "pay_1"))
		b.want("paused", bothPaused, once)
		b.restart()
		b.must(b.Pause(ctx, b.call, "pay_1")) // the turn is run again
		b.want("paused again", bothPaused, once)
		b.pass(time.Second)
		b.pays(b.over("pay_1"))
		b.must(b.Resume(ctx, b.call, "pay_1"))
		b.want("resumed", running, once)
		b.must(b.Resume(ctx, b.call, "pay_1"))
		b.flagged()
		if n, err := b.Finish(ctx); n != 0 || err != nil {
			b.t.Errorf("%d were forgotten, %v", n, err)
		}
	})
}

// TestPauseLeavesTheirs leaves alone what somebody else paused.
func TestPauseLeavesTheirs(t *testing.T) {
	onEach(t, func(b *pausing) {
		ctx := b.t.Context()
		b.post("/Recordings/"+b.shown()[0].SID+".json", url.Values{"Status": {"paused"}})
		b.must(b.Pause(ctx, b.call, "pay_1"))
		b.want("paused", bothPaused, once)
		b.pass(time.Second)
		b.pays(b.over("pay_1"))
		b.must(b.Resume(ctx, b.call, "pay_1"))
		b.want("resumed", [2]string{"paused", "in-progress"}, once)
		b.flagged()
	})
}

// TestPauseDenied lets Twilio answer nothing: the payment is told that nothing is shown, soon enough.
func TestPauseDenied(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, q *http.Request) bool { <-q.Context().Done(); return true }
	for name, bad := range map[string]func(b *pausing){
		"list":       func(b *pausing) { b.deny(http.MethodGet) },
		"order":      func(b *pausing) { b.deny(http.MethodPost) },
		"list hangs": func(b *pausing) { b.bad.Store(&hang) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newPausing(t, "sqlite::memory:")
			bad(b)
			began := time.Now()
			if err := b.Pause(t.Context(), b.call, "pay_1"); !errors.Is(err, ErrNotShown) {
				t.Errorf("got %v, want ErrNotShown", err)
			}
			if took := time.Since(began); took > pauseLimit+2*orderLimit {
				t.Errorf("it took %v", took)
			}
			b.bad.Store(nil)
			b.pass(time.Second)
			b.pays(b.over("pay_1"))
			b.flagged("pay_1")
			b.must(b.Resume(t.Context(), b.call, "pay_1"))
			b.want("after", running, [2]int{})
		})
	}
}

// TestPausePassedOn takes a second payment while the first one's end could not be ordered: the recordings stay silent
// until the second is over, and nobody resumes them in between.
func TestPausePassedOn(t *testing.T) {
	onEach(t, func(b *pausing) {
		ctx := b.t.Context()
		b.must(b.Pause(ctx, b.call, "pay_1"))
		b.pass(time.Second)
		first := b.over("pay_1")
		b.deny(http.MethodPost)
		if err := b.Resume(ctx, b.call, "pay_1"); err == nil {
			b.t.Fatal("resumed nevertheless")
		}
		b.bad.Store(nil)
		b.pass(time.Minute)
		b.pays(first, Window{ID: "pay_2", From: b.over("").To})
		if n, err := b.Finish(ctx); n != 0 || err != nil {
			b.t.Errorf("%d resumed while a payment is open, %v", n, err)
		}
		b.must(b.Pause(ctx, b.call, "pay_2"))
		b.want("in the second payment", bothPaused, once)
		b.must(b.Resume(ctx, b.call, "pay_1"))
		b.want("the first again", bothPaused, once)
		b.pass(time.Second)
		b.pays(first, b.over("pay_2"))
		b.must(b.Resume(ctx, b.call, "pay_2"))
		b.want("after the second", running, once)
		b.flagged()
	})
}

// TestFinishPauses resumes what a killed process left paused, once its payment is over.
func TestFinishPauses(t *testing.T) {
	onEach(t, func(b *pausing) {
		ctx := b.t.Context()
		b.must(b.Pause(ctx, b.call, "pay_1"))
		b.restart()
		b.pass(time.Minute)
		b.pays(Window{ID: "pay_1", From: b.over("").From})
		if n, err := b.Finish(ctx); n != 0 || err != nil {
			b.t.Errorf("%d resumed while the payment is open, %v", n, err)
		}
		b.pays(b.over("pay_1"))
		if n, err := b.Finish(ctx); n != 0 || err != nil { // the turn that brings the result may be at it
			b.t.Errorf("%d resumed at once, %v", n, err)
		}
		over := b.over("pay_1")
		b.pays(over)
		b.pass(overFor)
		if n, err := b.Finish(ctx); n != 1 || err != nil {
			b.t.Errorf("%d resumed, %v", n, err)
		}
		b.want("finished", running, once)
		b.flagged()
	})
}

// TestFinishTooLate lets a payment begin while recordings are resumed for the one before: they are paused again, and
// the payment is not shown to have been silent.
func TestFinishTooLate(t *testing.T) {
	onEach(t, func(b *pausing) {
		ctx := b.t.Context()
		b.must(b.Pause(ctx, b.call, "pay_1"))
		b.pass(time.Second)
		first := b.over("pay_1")
		b.pass(time.Minute)
		second := Window{ID: "pay_2", From: b.over("").To}
		for _, r := range b.shown() { // as the desk tells
			b.must(b.NotePaused(ctx, PauseNote{Call: b.call, Payment: "pay_2", Recording: r.SID, What: NoteTheirs, At: second.From}))
		}
		b.pass(time.Second)
		asked := 0
		b.mu.Lock()
		b.windows = func() []Window {
			if asked++; asked == 1 {
				return []Window{first}
			}
			return []Window{first, second}
		}
		b.mu.Unlock()
		if n, err := b.Finish(ctx); n != 1 || err != nil {
			b.t.Errorf("%d resumed, %v", n, err)
		}
		b.want("paused again", bothPaused, [2]int{2, 2})
		b.flagged("pay_2")
		b.pass(time.Minute)
		second.To = b.over("").To
		b.pays(first, second)
		b.pass(time.Minute)
		if n, err := b.Finish(ctx); n != 1 || err != nil {
			b.t.Errorf("%d resumed in the end, %v", n, err)
		}
		b.want("in the end", running, [2]int{2, 2})
	})
}

// TestPauseStep is a flow's own record steps.
func TestPauseStep(t *testing.T) {
	onEach(t, func(b *pausing) {
		ctx := b.t.Context()
		for range 2 { // the turn is run again
			if n, err := b.PauseStep(ctx, b.call, "before:1"); n != 2 || err != nil {
				b.t.Errorf("%d paused, %v", n, err)
			}
		}
		b.must(b.Pause(ctx, b.call, "pay_1"))
		b.pass(time.Second)
		early := b.over("pay_2") // without a pause of its own
		early.From = early.From.Add(-5 * time.Second)
		b.pays(b.over("pay_1"), early)
		b.must(b.Resume(ctx, b.call, "pay_1"))
		b.want("the payment is over", bothPaused, once)
		b.pass(time.Minute)
		if n, err := b.Finish(ctx); n != 0 || err != nil {
			b.t.Errorf("%d resumed that a step paused, %v", n, err)
		}
		if n, err := b.ResumeStep(ctx, b.call); n != 2 || err != nil {
			b.t.Errorf("%d resumed, %v", n, err)
		}
		b.want("resumed", running, once)
		b.flagged("pay_2") // it began before the step
		if n, err := b.ResumeStep(ctx, b.call); n != 0 || err != nil {
			b.t.Errorf("%d resumed again, %v", n, err)
		}
		b.deny(http.MethodGet)
		if _, err := b.ResumeStep(ctx, b.call); err == nil {
			b.t.Error("resumed although Twilio did not list")
		}
	})
}

// TestPauseOfEndedCall pauses a call that ends, and one that is over.
func TestPauseOfEndedCall(t *testing.T) {
	onEach(t, func(b *pausing) {
		ctx := b.t.Context()
		b.must(b.Pause(ctx, b.call, "pay_1"))
		b.post(".json", url.Values{"Status": {"completed"}})
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for b.shown()[0].Status == "paused" {
			<-tick.C
		}
		b.must(b.Resume(ctx, b.call, "pay_1")) // Twilio knows of nothing that runs
		b.must(b.CallEnded(ctx, b.call))
		b.must(b.Pause(ctx, b.call, "pay_2"))
		b.pass(time.Second)
		b.pays(b.over("pay_1"), b.over("pay_2"))
		b.flagged()
		b.pass(time.Hour)
		if n, err := b.Finish(ctx); n != 0 || err != nil {
			b.t.Errorf("%d resumed, %v", n, err)
		}
	})
}

// TestNotePaused hears of the desk, more than once.
func TestNotePaused(t *testing.T) {
	onEach(t, func(b *pausing) {
		ctx := b.t.Context()
		from := b.over("").From
		note := func(payment, recording string, what PauseWord, at time.Time) {
			b.t.Helper()
			b.must(b.NotePaused(ctx, PauseNote{Call: b.call, Payment: payment, Recording: recording, What: what, At: at}))
		}
		b.pass(time.Second)
		to := b.over("").To
		for _, payment := range []string{"pay_1", "pay_2"} {
			note(payment, "", NoteListed, from)
			for _, r := range b.shown() {
				note(payment, r.SID, NoteSilent, from)
				note(payment, r.SID, NoteUnsure, from) // too late to be true
				if payment == "pay_1" {
					note(payment, r.SID, NoteResumed, to)
					note(payment, r.SID, NoteResumed, from) // only the first counts
				}
			}
		}
		note("pay_3", "", NoteUnlisted, from)
		b.pays(b.over("pay_1"), b.over("pay_2"), b.over("pay_3"))
		b.flagged() // pay_3 was silent too: pay_2 was not resumed
		for _, r := range b.shown() {
			note("pay_2", r.SID, NoteResumed, from)
		}
		b.pass(time.Second)
		now := b.over("").To
		b.pays(Window{ID: "pay_1", From: from, To: to}, Window{ID: "pay_2", From: from, To: now}, Window{ID: "pay_3", From: from, To: now})
		b.flagged("pay_2", "pay_3")
		if err := b.NotePaused(ctx, PauseNote{Call: b.call, What: NoteListed}); err == nil {
			b.t.Error("a note without a payment was taken")
		}
	})
}
