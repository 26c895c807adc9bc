package simulator_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/cards"
)

// leakCalls is how many cards are searched for.
const leakCalls = 200

// noise is what holds long runs of digits by nature: SIDs and ids, times, ports, signatures, phone numbers.
var noise = regexp.MustCompile(`[A-Z]{2}[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|127\.0\.0\.1:\d+|` +
	`\d{4}-\d\d-\d\dT[0-9:.]+|[A-Za-z0-9+/]{27}=|(\+|%2B)\d{11}|SIM-\w{6}|_ms":\d+|Content-Length:\[\d+\]`)

// leaked gives the first run of more than four digits of a number that text shows.
func leaked(text, number string) string {
	for i := 0; i+5 <= len(number); i++ {
		if strings.Contains(text, number[i:i+5]) {
			return number[i : i+5]
		}
	}
	return ""
}

// hidden is the security code that all of these callers have: one that is found nowhere else.
const hidden = "907"

// TestPayLeaksNothing makes calls with cards that nobody else has and looks for them in everything that leaves
// the simulator or stays in it: webhooks, control API, REST, events, logs and the gateway's book.
func TestPayLeaksNothing(t *testing.T) {
	t.Parallel()
	var logs lockedBuffer
	w := newWorld(t, func(cfg *simulator.Config) {
		cfg.Connectors = []simulator.Connector{{Name: "any", Cards: "any"}}
		cfg.Logger = slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	w.offer(`paymentConnector="any" chargeAmount="1.01" postalCode="false"`, "")
	rnd := rand.New(rand.NewPCG(1, 2))
	numbers := make([]string, leakCalls)
	for i := range numbers {
		numbers[i] = uncommonVisa(rnd)
	}
	sids := payAll(w, numbers)
	if booked := w.book(); len(booked) != leakCalls {
		t.Fatalf("%d charges, want %d", len(booked), leakCalls)
	}
	for i := range numbers {
		w.app.await(t, "/status", i+1)
	}
	// Twice as many callbacks as fields were asked come behind the actions.
	w.app.await(t, "/pay", 4*leakCalls)

	texts := map[string]string{"log": logs.String()}
	for _, h := range w.app.allHooks() {
		texts["webhooks"] += h.form.Encode() + "?" + h.query + fmt.Sprint(h.header)
	}
	for _, path := range []string{"/sim/v1/calls", "/sim/v1/charges", "/sim/v1/connectors", "/sim/v1/messages",
		"/2010-04-01/Accounts/" + simulator.DefaultAccountSID + "/Calls.json?PageSize=1000",
		"/2010-04-01/Accounts/" + simulator.DefaultAccountSID + "/Notifications.json?PageSize=1000"} {
		texts[path] = w.text(path)
	}
	for _, sid := range sids {
		for _, part := range []string{"", "/webhooks", "/log"} {
			texts["call"+part] += w.text("/sim/v1/calls/" + sid + part)
		}
		texts["events"] += w.text("/sim/v1/calls/" + sid + "/events")
	}
	for where, text := range texts {
		if len(text) < 10 && where != "log" {
			t.Errorf("%s is empty", where)
		}
		text = noise.ReplaceAllString(text, "")
		if strings.Contains(text, hidden) {
			t.Errorf("%s has the security code", where)
		}
		for _, number := range numbers {
			if part := leaked(text, number); part != "" {
				at := strings.Index(text, part)
				t.Fatalf("%s shows %s of %s: ...%s...", where, part, number, text[max(0, at-80):min(len(text), at+80)])
			}
		}
		if leaked(text+" x"+numbers[7][3:9]+"x ", numbers[7]) == "" {
			t.Fatal("the search does not find a planted piece")
		}
	}
}

// payAll makes one call for each card, a few at a time; every third caller first gets the number wrong, and every
// fourth the date.
func payAll(w *world, numbers []string) []string {
	sids := make([]string, len(numbers))
	var wg sync.WaitGroup
	lanes := make(chan struct{}, 16)
	for i, number := range numbers {
		lanes <- struct{}{}
		wg.Go(func() {
			defer func() { <-lanes }()
			sid := w.ring()
			sids[i] = sid
			seen := w.waits(sid, "pay:payment-card-number").WaitingID
			if i%3 == 0 {
				w.keys(sid, number[:15]+string('0'+(number[15]-'0'+1)%10))
				seen = w.awaitAfter(sid, seen).WaitingID
			}
			w.keys(sid, number)
			seen = w.awaitAfter(sid, seen).WaitingID
			if i%4 == 0 {
				w.keys(sid, "99")
				w.do(sid, "silence")
				w.awaitAfter(sid, seen)
			}
			w.keys(sid, "1230")
			w.fill(sid, fields{"security-code": hidden})
			w.ended(sid)
		})
	}
	wg.Wait()
	return sids
}

// text is an answer of the simulator; of a stream of events all up to the end of the call.
func (w *world) text(path string) string {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.srv.URL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.SetBasicAuth(simulator.DefaultAccountSID, simulator.DefaultAuthToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		w.t.Fatalf("%s: %s", path, res.Status)
	}
	if !strings.HasSuffix(path, "/events") {
		text, err := io.ReadAll(res.Body)
		if err != nil {
			w.t.Fatal(err)
		}
		return string(text)
	}
	var all strings.Builder
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		all.WriteString(lines.Text() + "\n")
		if lines.Text() == "event: ended" {
			break
		}
	}
	return all.String()
}

func (a *app) allHooks() []hook {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]hook(nil), a.hooks...)
}

// uncommonVisa makes a number that checks out, without runs of one digit and without the security code.
func uncommonVisa(rnd *rand.Rand) string {
	for {
		number := "4"
		for len(number) < 16 {
			number += string(byte('0' + rnd.IntN(10)))
		}
		if cards.Typed(number).ValidNumber() && !strings.Contains(number, "00") && !strings.Contains(number, hidden) && leaked("1234567890 9876543210", number) == "" {
			return number
		}
	}
}

// lockedBuffer is a buffer that several goroutines write to.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
