package simulator_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator"
)

// placed is a line of the log of calls made over REST.
type placed struct {
	N                          int
	SID, To, From, URL, Status string
	Query                      map[string]string
	PostedAt                   time.Time `json:"posted_at"`
	StartedAt                  time.Time `json:"started_at"`
	AnsweredAt                 time.Time `json:"answered_at"`
	EndedAt                    time.Time `json:"ended_at"`
	AnsweredBy                 string    `json:"answered_by"`
	Behaviour                  string
	Attempt                    int
	Paid                       []struct{ Amount, Currency, ID string }
}

// placedAfter reads the log of calls made over REST.
func (w *world) placedAfter(after int) []placed {
	w.t.Helper()
	res, err := http.Get(w.srv.URL + "/sim/v1/calls/log?after=" + strconv.Itoa(after))
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if got := res.Header.Get("Content-Type"); res.StatusCode != 200 || got != "application/x-ndjson" {
		w.t.Fatalf("%s %s", res.Status, got)
	}
	var out []placed
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		var p placed
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			w.t.Fatalf("%s: %v", lines.Text(), err)
		}
		out = append(out, p)
	}
	return out
}

// dial makes a call over REST and gives its SID.
func (w *world) dial(to, path string, more ...string) string {
	w.t.Helper()
	code, body := w.rest("POST", "/Calls.json", append([]string{"From", line, "To", to, "Url", w.app.srv.URL + path}, more...)...)
	if code != http.StatusCreated {
		w.t.Fatalf("%d %v", code, body)
	}
	return body["sid"].(string)
}

func perSecond(n float64) func(*simulator.Config) {
	return func(cfg *simulator.Config) { cfg.CallsPerSecond = n }
}

// TestPlacedLog tells every call made over REST: when, where to, from which address, how it ended and what was paid.
func TestPlacedLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, answeredBy)
	w.app.on("/out", `<Pay chargeAmount="12.50" paymentConnector="sandbox" postalCode="false" action="/paid"/>`)
	w.app.on("/paid", `<Hangup/>`)
	w.ring() // an inbound call is not in it
	first := w.dial(person, "/out?campaign=spring&row=7&attempt=1&x=%2B%20a")
	w.waits(first, "pay:payment-card-number")
	for _, keys := range []string{"4242424242424242", "1230", "123"} {
		w.keys(first, keys)
	}
	w.ended(first)
	w.advance("3s")
	second := w.dial("+15550123457", "/out")
	w.do(second, "hangup")
	w.ended(second)
	if code, _ := w.rest("DELETE", "/Calls/"+second+".json"); code != http.StatusNoContent {
		t.Fatalf("delete: %d", code)
	}
	third := w.dial(person, "/out")

	all := w.placedAfter(0)
	if len(all) != 3 || all[0].SID != first || all[1].SID != second || all[2].SID != third {
		t.Fatalf("%+v", all)
	}
	p := all[0]
	if p.Query["campaign"] != "spring" || p.Query["row"] != "7" || p.Query["attempt"] != "1" || p.Query["x"] != "+ a" ||
		p.To != person || p.From != line || p.Status != "completed" || p.Attempt != 1 || p.EndedAt.IsZero() || p.AnsweredAt.IsZero() {
		t.Errorf("%+v", p)
	}
	if len(p.Paid) != 1 || p.Paid[0].Amount != "12.50" || p.Paid[0].Currency != "usd" || p.Paid[0].ID == "" {
		t.Errorf("paid %+v", p.Paid)
	}
	if got := all[2].PostedAt.Sub(p.PostedAt); got != 3*time.Second || all[2].Attempt != 2 || !all[2].EndedAt.IsZero() {
		t.Errorf("posted %s later, %+v", got, all[2])
	}
	if rest := w.placedAfter(all[1].N); len(rest) != 1 || rest[0].SID != third {
		t.Errorf("after %d: %+v", all[1].N, rest)
	}
	if code := w.ctl("GET", "/calls/log?after=x", nil, nil); code != http.StatusBadRequest {
		t.Errorf("after=x: %d", code)
	}
	if h := w.app.got("/out")[0]; h.query != "campaign=spring&row=7&attempt=1&x=%2B%20a" || !h.signed {
		t.Errorf("asked for %q, signed %t", h.query, h.signed)
	}
}

// TestPacing begins queued calls at exactly the account's rate, in the order in which they came.
func TestPacing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, answeredBy, perSecond(4))
	w.app.on("/out", `<Gather timeout="600"/>`)
	var sids []string
	for i := range 9 {
		_, body := w.rest("POST", "/Calls.json", "From", line, "To", fmt.Sprintf("+1555012%04d", i), "Url", w.app.srv.URL+"/out")
		if want := strconv.Itoa(250 * i); body["queue_time"] != want || body["status"] != "queued" {
			t.Errorf("call %d: queue_time %v, want %s; %v", i, body["queue_time"], want, body["status"])
		}
		sids = append(sids, body["sid"].(string))
	}
	if _, body := w.rest("GET", "/Calls.json", "Status", "queued"); len(body["calls"].([]any)) != 8 {
		t.Errorf("%d calls are queued", len(body["calls"].([]any)))
	}
	w.advance("1s")
	if _, body := w.rest("GET", "/Calls.json", "Status", "queued"); len(body["calls"].([]any)) != 4 {
		t.Errorf("%d calls are queued after a second", len(body["calls"].([]any)))
	}
	w.advance("1s")
	for i, p := range w.placedAfter(0) {
		if got := p.StartedAt.Sub(p.PostedAt); got != time.Duration(i)*250*time.Millisecond || p.SID != sids[i] {
			t.Errorf("call %d began %s later", i, got)
		}
	}
	w.advance("10s") // an idle queue saves nothing up
	for range 2 {
		w.dial(person, "/out")
	}
	if all := w.placedAfter(0); all[9].StartedAt.IsZero() || !all[10].StartedAt.IsZero() {
		t.Errorf("%v %v", all[9].StartedAt, all[10].StartedAt)
	}
}

// TestOnePerSecond is the rate when nothing else is said.
func TestOnePerSecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, answeredBy, perSecond(0))
	w.app.on("/out", `<Gather timeout="600"/>`)
	for range 3 {
		w.dial(person, "/out")
	}
	w.advance("1999ms")
	if all := w.placedAfter(0); all[1].StartedAt.IsZero() || !all[2].StartedAt.IsZero() {
		t.Errorf("%+v", all)
	}
}

// TestCanceledInQueue ends a call that has not begun: nothing is told, nobody is rung, and its turn is the next one's.
func TestCanceledInQueue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, answeredBy, perSecond(1))
	w.app.on("/out", `<Gather timeout="600"/>`)
	progress := []string{"StatusCallback", w.app.srv.URL + "/progress", "StatusCallbackEvent", "initiated", "StatusCallbackEvent", "completed"}
	w.dial("+15550123401", "/out", progress...)
	waiting := w.dial("+15550123402", "/out", progress...)
	next := w.dial("+15550123403", "/out", progress...)
	for _, what := range []string{"hangup", "answer"} {
		if code := w.ctl("POST", "/calls/"+waiting+"/"+what, map[string]string{}, nil); code != http.StatusConflict {
			t.Errorf("%s of a queued call: %d", what, code)
		}
	}
	if code, body := w.rest("POST", "/Calls/"+waiting+".json", "Status", "canceled"); code != 200 || body["status"] != "canceled" {
		t.Fatalf("%d %v", code, body)
	}
	w.advance("1s")
	if all := w.placedAfter(0); all[2].SID != next || all[2].StartedAt.IsZero() || !all[1].StartedAt.IsZero() || all[1].Status != "canceled" {
		t.Errorf("%+v", all)
	}
	w.app.await(t, "/progress", 2)
	for _, h := range w.app.got("/progress") {
		if h.form.Get("CallSid") == waiting {
			t.Errorf("told: %v", h.form)
		}
	}
}

// TestTooManyCalls are refused when the queue or the account's lines are full.
func TestTooManyCalls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*simulator.Config)
		code   float64
	}{
		"queue": {func(cfg *simulator.Config) { cfg.CallsPerSecond, cfg.MaxQueued = 1, 1 }, 22005},
		"lines": {func(cfg *simulator.Config) { cfg.MaxCalls = 2 }, 10004},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual, answeredBy, c.change)
			w.app.on("/out", `<Gather timeout="600"/>`)
			first := w.dial(person, "/out")
			w.dial(person, "/out")
			again := func() (int, map[string]any) {
				return w.rest("POST", "/Calls.json", "From", line, "To", person, "Url", w.app.srv.URL+"/out")
			}
			if code, body := again(); code != 400 || body["code"] != c.code {
				t.Errorf("%d %v", code, body)
			}
			w.do(first, "hangup")
			w.advance("1s")
			if code, body := again(); code != 201 {
				t.Errorf("after one has ended: %d %v", code, body)
			}
		})
	}
}

// TestTooManyRequests: a request that comes while as many as may be are worked on is not, and can be made again.
func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, func(cfg *simulator.Config) { cfg.MaxConcurrentREST = 1 })
	slow, body := io.Pipe() // its request is worked on until its body has come
	req, err := http.NewRequest(http.MethodPost, w.srv.URL+"/2010-04-01/Accounts/"+simulator.DefaultAccountSID+"/Calls.json", slow)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(simulator.DefaultAccountSID, w.token)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answered := make(chan int, 1)
	go func() {
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			answered <- 0
			return
		}
		_ = res.Body.Close()
		answered <- res.StatusCode
	}()
	if _, err := io.WriteString(body, "To=%2B15550123456&From=%2B15550100000&Url="); err != nil {
		t.Fatal(err)
	}
	var code int
	var refused map[string]any
	for range 10_000 {
		if code, refused = w.rest("GET", "/Calls.json"); code != 200 {
			break
		}
	}
	if code != http.StatusTooManyRequests || refused["code"] != 20429.0 {
		t.Errorf("%d %v", code, refused)
	}
	if len(w.placedAfter(0)) != 0 {
		t.Error("a call was made")
	}
	_, _ = io.WriteString(body, url.QueryEscape(w.app.srv.URL+"/out"))
	_ = body.Close()
	if got := <-answered; got != http.StatusCreated {
		t.Errorf("the slow request: %d", got)
	}
	if code, _ := w.rest("GET", "/Calls.json"); code != 200 {
		t.Errorf("afterwards: %d", code)
	}
}

// TestListManyCalls pages through many calls and finds those to one number; every call is on one page.
func TestListManyCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/out", `<Hangup/>`)
	const calls, numbers = 260, 13
	for i := range calls {
		w.dial(fmt.Sprintf("+1555012%04d", i%numbers), "/out", "Timeout", "600")
	}
	seen := map[string]bool{}
	path, pages := "?PageSize=50", 0
	for path != "" {
		_, page := w.rest("GET", "/Calls.json"+path)
		list := page["calls"].([]any)
		for _, c := range list {
			seen[c.(map[string]any)["sid"].(string)] = true
		}
		if page["start"] != float64(pages*50) || page["end"] != float64(pages*50+len(list)-1) {
			t.Errorf("page %d: start %v, end %v", pages, page["start"], page["end"])
		}
		w.dial("+15550999999", "/out") // comes in front of what is listed, and moves nothing
		pages++
		path = ""
		if next, ok := page["next_page_uri"].(string); ok {
			path = next[len("/2010-04-01/Accounts/"+simulator.DefaultAccountSID+"/Calls.json"):]
		}
	}
	if len(seen) != calls || pages != 6 {
		t.Errorf("%d calls on %d pages", len(seen), pages)
	}
	if _, page := w.rest("GET", "/Calls.json", "To", "+15550120003", "From", line); len(page["calls"].([]any)) != calls/numbers {
		t.Errorf("%d calls to one number", len(page["calls"].([]any)))
	}
	if _, page := w.rest("GET", "/Calls.json", "To", "+15550120003", "PageSize", "7", "Page", "9"); len(page["calls"].([]any)) != 0 || page["start"] != 20.0 {
		t.Errorf("behind the end: %v", page)
	}
}
