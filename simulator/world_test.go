package simulator_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"

	"github.com/paydial/paydial/simulator"
)

// The phone number of the tests' application, and who rings it.
const (
	line   = "+15550100000"
	person = "+15550123456"
)

// hook is a webhook as the application got it.
type hook struct {
	path   string
	query  string
	method string
	form   url.Values
	header http.Header
	signed bool
}

// app is an application behind the simulator: it answers each path with TwiML and remembers what it was asked.
type app struct {
	srv     *httptest.Server
	token   string
	mu      sync.Mutex
	answers map[string]http.HandlerFunc
	hooks   []hook
	news    chan struct{} // closed and replaced at every hook
}

func newApp(t testing.TB) *app {
	a := &app{answers: map[string]http.HandlerFunc{}, news: make(chan struct{})}
	a.srv = httptest.NewServer(a)
	t.Cleanup(a.srv.Close)
	return a
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	params := map[string]string{}
	for name := range r.PostForm {
		params[name] = r.PostForm.Get(name)
	}
	v := client.NewRequestValidator(a.token)
	h := hook{
		path: r.URL.Path, query: r.URL.RawQuery, method: r.Method, form: r.Form, header: r.Header.Clone(),
		signed: v.Validate("http://"+r.Host+r.URL.String(), params, r.Header.Get("X-Twilio-Signature")),
	}
	a.mu.Lock()
	a.hooks = append(a.hooks, h)
	close(a.news)
	a.news = make(chan struct{})
	answer := a.answers[r.URL.Path]
	a.mu.Unlock()
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer(w, r)
}

// on answers a path with a document, given as the verbs inside <Response>.
func (a *app) on(path, verbs string) {
	a.handle(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><Response>`+verbs+`</Response>`)
	})
}

func (a *app) handle(path string, h http.HandlerFunc) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answers[path] = h
}

// got gives the webhooks that came to a path.
func (a *app) got(path string) []hook {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []hook
	for _, h := range a.hooks {
		if h.path == path {
			out = append(out, h)
		}
	}
	return out
}

// await waits until so many webhooks came to a path, and gives the last.
func (a *app) await(t testing.TB, path string, n int) hook {
	t.Helper()
	deadline := time.After(3 * time.Minute) // the machine may be busy
	for {
		a.mu.Lock()
		news := a.news
		a.mu.Unlock()
		if all := a.got(path); len(all) >= n {
			return all[n-1]
		}
		select {
		case <-news:
		case <-deadline:
			t.Fatalf("%d webhooks came to %s, want %d", len(a.got(path)), path, n)
		}
	}
}

// world is a simulator with an application behind its one number.
type world struct {
	t   testing.TB
	app *app
	sim *simulator.Simulator
	srv *httptest.Server

	token string
}

func newWorld(t testing.TB, change ...func(*simulator.Config)) *world {
	t.Helper()
	w := &world{t: t, app: newApp(t)}
	cfg := simulator.Config{CallsPerSecond: -1, Numbers: []simulator.Number{{
		Number: line, VoiceURL: w.app.srv.URL + "/voice", StatusURL: w.app.srv.URL + "/status", FallbackURL: w.app.srv.URL + "/fallback",
	}}}
	for _, f := range change {
		f(&cfg)
	}
	w.token = simulator.DefaultAuthToken
	if len(cfg.Accounts) > 0 {
		w.token = cfg.Accounts[0].AuthToken
	}
	w.app.token = w.token
	var err error
	if w.sim, err = simulator.New(cfg); err != nil {
		t.Fatal(err)
	}
	w.srv = httptest.NewServer(w.sim.Handler())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := w.sim.Close(ctx); err != nil {
			t.Error(err)
		}
		w.srv.Close()
	})
	return w
}

func manual(cfg *simulator.Config)             { cfg.ManualClock = true }
func noFallback(cfg *simulator.Config)         { cfg.Numbers[0].FallbackURL = "" }
func answeredBy(cfg *simulator.Config)         { cfg.AutoAnswer = "human" }
func atPace(p float64) func(*simulator.Config) { return func(cfg *simulator.Config) { cfg.Pace = p } }

// state is a call as the control API shows it.
type state struct {
	CallSID    string `json:"call_sid"`
	Status     string
	Direction  string
	From, To   string
	WaitingFor string `json:"waiting_for"`
	WaitingID  int    `json:"waiting_id"`
	Heard      []struct {
		AtMS           int64 `json:"at_ms"`
		Text, Language string
	}
	Requests int
	Children []struct {
		CallSID    string `json:"call_sid"`
		To, Status string
	}
	Recordings     []recordedAs
	Ended          bool
	Taken, Ignored int
}

func (s state) said() string {
	var all []string
	for _, h := range s.Heard {
		all = append(all, h.Text)
	}
	return strings.Join(all, " | ")
}

// ctl makes a request of the control API.
func (w *world) ctl(method, path string, in, out any) int {
	w.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		w.t.Fatal(err)
	}
	req, err := http.NewRequest(method, w.srv.URL+"/sim/v1"+path, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			w.t.Fatalf("%s %s: %d %s: %v", method, path, res.StatusCode, raw, err)
		}
	}
	return res.StatusCode
}

func (w *world) ring() string {
	w.t.Helper()
	var out struct {
		CallSID string `json:"call_sid"`
	}
	if code := w.ctl("POST", "/calls", map[string]string{"from": person, "to": line}, &out); code != http.StatusCreated {
		w.t.Fatalf("ring: %d", code)
	}
	return out.CallSID
}

// await waits until the call waits for something, or is over.
func (w *world) await(sid string) state {
	w.t.Helper()
	return w.awaitAfter(sid, 0)
}

// awaitAfter is await for a wait that is newer than the given one.
func (w *world) awaitAfter(sid string, after int) state {
	w.t.Helper()
	var s state
	for range 18 { // the machine may be busy
		s = state{}
		w.ctl("GET", fmt.Sprintf("/calls/%s?wait=10s&after=%d", sid, after), nil, &s)
		if s.Ended || s.WaitingFor != "" && s.WaitingID > after {
			return s
		}
	}
	if s.WaitingFor == "" && !s.Ended {
		w.t.Fatalf("the call waits for nothing: %+v", s)
	}
	return s
}

// waits fails the test unless the call waits for what.
func (w *world) waits(sid, what string) state {
	w.t.Helper()
	s := w.await(sid)
	if s.WaitingFor != what {
		w.t.Fatalf("the call waits for %q, want %q; heard: %s", s.WaitingFor, what, s.said())
	}
	return s
}

// ended waits until the call is over.
func (w *world) ended(sid string) state {
	w.t.Helper()
	s := w.awaitAfter(sid, 1<<30)
	if !s.Ended {
		w.t.Fatalf("the call is not over: %+v", s)
	}
	return s
}

func (w *world) keys(sid, digits string) state {
	w.t.Helper()
	var s state
	if code := w.ctl("POST", "/calls/"+sid+"/digits", map[string]string{"digits": digits}, &s); code != http.StatusOK {
		w.t.Fatalf("digits: %d", code)
	}
	return s
}

func (w *world) do(sid, what string) state {
	w.t.Helper()
	var s state
	if code := w.ctl("POST", "/calls/"+sid+"/"+what, map[string]string{}, &s); code != http.StatusOK {
		w.t.Fatalf("%s: %d", what, code)
	}
	return s
}

func (w *world) advance(d string) {
	w.t.Helper()
	if code := w.ctl("POST", "/clock", map[string]string{"advance": d}, nil); code != http.StatusOK {
		w.t.Fatalf("advance: %d", code)
	}
}

// entry is an entry of a call's log.
type entry struct {
	Code  int
	Level string
	Text  string
}

func (w *world) log(sid string) []entry {
	w.t.Helper()
	var out struct{ Log []entry }
	w.ctl("GET", "/calls/"+sid+"/log", nil, &out)
	return out.Log
}

// logged fails the test unless the call's log has an entry with the code.
func (w *world) logged(sid string, code int) {
	w.t.Helper()
	for _, e := range w.log(sid) {
		if e.Code == code {
			return
		}
	}
	w.t.Errorf("the log has no %d: %+v", code, w.log(sid))
}

// happened is an event of a call, as the stream tells it.
type happened struct {
	Seq           int
	Type, Text    string
	Status, Key   string
	Masked        bool
	Ignored, Code int
	Purpose, Body string
	Result        string
	CallSID       string `json:"call_sid"`
}

// stream reads the events of a call until one satisfies last, and gives them all.
func (w *world) stream(sid string, last func(happened) bool) []happened {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.srv.URL+"/sim/v1/calls/"+sid+"/events", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	var all []happened
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var e happened
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			w.t.Fatalf("%s: %v", data, err)
		}
		if all = append(all, e); last(e) {
			return all
		}
	}
	w.t.Fatalf("the stream ended too early: %+v", all)
	return nil
}
