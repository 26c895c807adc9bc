//go:build !nosimulator

package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// losing is the app behind a line that loses the first answer to each change, after the app has heard it.
type losing struct {
	mu   sync.Mutex
	keys map[string][]string // by path
}

func (l *losing) handler(t *testing.T, app string) http.Handler {
	at, err := url.Parse(app)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(at) }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			proxy.ServeHTTP(w, r)
			return
		}
		l.mu.Lock()
		l.keys[r.URL.Path] = append(l.keys[r.URL.Path], r.Header.Get("Idempotency-Key"))
		first := len(l.keys[r.URL.Path]) == 1
		l.mu.Unlock()
		if !first {
			proxy.ServeHTTP(w, r)
			return
		}
		proxy.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler) // the connection breaks off
	})
}

// TestAnswersGetLost loses the answer to every change once: each is sent again under its own key, and done once.
func TestAnswersGetLost(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	line := &losing{keys: map[string][]string{}}
	between := httptest.NewServer(line.handler(t, d.app))
	defer between.Close()
	call := d.agentCall(t, "--card", "visa")
	paydial(t, nil, "payments", "take", "--fields", "card", "--yes", "--app", between.URL).want(t, 0, "done     paid 84.20 usd")
	if got := called(t, call()); got.Payment.Result != "paid" {
		t.Errorf("the call is %+v", got)
	}
	if n := len(charges(t, d)); n != 1 {
		t.Errorf("%d charges, want 1", n)
	}
	all := map[string]bool{}
	for path, keys := range line.keys {
		if len(keys) < 2 || keys[0] == "" || keys[0] != keys[1] {
			t.Errorf("%s was sent with the keys %q", path, keys)
		}
		for _, k := range keys {
			all[k] = true
		}
	}
	if len(all) != 5 { // start, three fields, complete
		t.Errorf("%d keys, want 5: %v", len(all), line.keys)
	}
}

// TestProblemsHaveExitCodes answers with each kind of problem.
func TestProblemsHaveExitCodes(t *testing.T) {
	t.Parallel()
	const held = `,"payment":{"id":"pay_1","state":"charging","required":["security-code"]}`
	for code, c := range map[string]struct {
		status int
		more   string
		exit   int
		say    string
	}{
		"other_screen":  {409, held, exitConflict, "Take it over first: paydial payments take-over pay_1"},
		"wrong_stage":   {409, held, exitConflict, "The payment is charging."},
		"not_settled":   {409, "", exitSafety, "paydial payments list --needs-look"},
		"already_paid":  {409, "", exitSafety, "a title"},
		"card_digits":   {422, "", exitSafety, "a title"},
		"note_needed":   {422, "", exitSafety, "a title"},
		"amount_raised": {403, "", exitRefused, "the help"},
		"not_sent":      {502, held, exitUnreachable, "a title. a detail"},
		"api_off":       {404, "", exitRefused, "the help"},
		"internal":      {500, "", exitFailed, "the help"},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/problem+json")
				w.WriteHeader(c.status)
				_, _ = fmt.Fprintf(w, `{"title":"a title","detail":"a detail","code":%q,"help":"the help"%s}`, code, c.more)
			}))
			defer app.Close()
			paydial(t, nil, "payments", "stop", "pay_1", "--app", app.URL).want(t, c.exit, c.say)
		})
	}
	nonsense := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<html>")
	}))
	defer nonsense.Close()
	paydial(t, nil, "payments", "stop", "pay_1", "--app", nonsense.URL).want(t, exitFailed, "decode the app's answer")
	teapot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) }))
	defer teapot.Close()
	paydial(t, nil, "payments", "stop", "pay_1", "--app", teapot.URL).want(t, exitFailed, "the app answered 418")
	r := paydial(t, nil, "payments", "watch", "pay_1", "--app", nonsense.URL)
	if r.code == 0 || strings.Contains(r.out, "html") {
		t.Errorf("exit code %d, %q", r.code, r.out)
	}
}
