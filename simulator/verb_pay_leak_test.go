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
	"unicode/utf8"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/cards"
)

// noise is what holds long runs of digits by nature: SIDs and ids, times, ports, signatures, phone numbers.
var noise = regexp.MustCompile(`[A-Z]{2}[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|127\.0\.0\.1:\d+|` +
	`\d{4}-\d\d-\d\dT[0-9:.]+|[A-Za-z0-9+/]{27}=|(\+|%2B)\d{11}|SIM-\w{6}|_ms":\d+|took=[0-9.]+[a-zµ]+|Content-Length:\[\d+\]`)

// tooMuch is how many digits in a row are more than may be seen.
const tooMuch = 5

// pieces maps every run of digits that is too much to the number it is from.
func pieces(numbers ...string) map[string]string {
	all := map[string]string{}
	for _, n := range numbers {
		for i := range len(n) - tooMuch + 1 {
			all[n[i:i+tooMuch]] = n
		}
	}
	return all
}

// leaked gives the first place in text that shows one of the pieces.
func leaked(text string, all map[string]string) string {
	run := 0
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			run = 0
			continue
		}
		if run++; run < tooMuch {
			continue
		}
		if number := all[text[i+1-tooMuch:i+1]]; number != "" && !innocent(text, i+1-tooMuch, i+1) {
			return fmt.Sprintf("%s, from ...%s...", number, around(text, i))
		}
	}
	return ""
}

// code is the security code standing alone, and not within a duration or another number.
var code = regexp.MustCompile(`^[^0-9.]?` + hidden + `(?:$|[^0-9.a-zµ])`)

// codeLeaked gives the first place in text that shows the security code.
func codeLeaked(text string) string {
	for from := 0; ; from++ {
		next := strings.Index(text[from:], hidden)
		if next < 0 {
			return ""
		}
		from += next
		to := from + len(hidden)
		if code.MatchString(text[max(0, from-1):min(len(text), to+utf8.UTFMax)]) && !innocent(text, from, to) {
			return around(text, from)
		}
	}
}

// innocent reports whether text[from:to] lies in something that holds long runs of digits by nature.
func innocent(text string, from, to int) bool {
	start := max(0, from-reach)
	for _, m := range noise.FindAllStringIndex(text[start:min(len(text), to+reach)], -1) {
		if start+m[0] <= from && to <= start+m[1] {
			return true
		}
	}
	return false
}

// reach is longer than anything that noise describes.
const reach = 60

func around(text string, at int) string { return text[max(0, at-reach):min(len(text), at+reach)] }

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
	// The callbacks may come behind the actions.
	w.app.await(t, "/pay", 4*leakCalls)

	texts := map[string]string{"log": logs.String()}
	var hooks strings.Builder
	for _, h := range w.app.allHooks() {
		fmt.Fprintln(&hooks, h.form.Encode(), h.query, h.header)
	}
	texts["webhooks"] = hooks.String()
	for _, path := range []string{"/sim/v1/calls", "/sim/v1/charges", "/sim/v1/connectors", "/sim/v1/messages",
		"/2010-04-01/Accounts/" + simulator.DefaultAccountSID + "/Calls.json?PageSize=1000",
		"/2010-04-01/Accounts/" + simulator.DefaultAccountSID + "/Notifications.json?PageSize=1000"} {
		texts[path] = w.text(path)
	}
	for _, part := range []string{"", "/webhooks", "/log", "/events"} {
		var all strings.Builder
		for _, sid := range sids {
			all.WriteString(w.text("/sim/v1/calls/" + sid + part))
		}
		texts["call"+part] = all.String()
	}
	secret := pieces(numbers...)
	for where, text := range texts {
		if len(text) < 10 && where != "log" {
			t.Errorf("%s is empty", where)
		}
		if found := codeLeaked(text); found != "" {
			t.Errorf("%s has the security code: ...%s...", where, found)
		}
		if found := leaked(text, secret); found != "" {
			t.Errorf("%s shows %s", where, found)
		}
		if leaked(text+" x"+numbers[7][3:9]+"x ", secret) == "" || codeLeaked(text+" cvv="+hidden) == "" {
			t.Fatal("the search does not find what was planted")
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
		if cards.Typed(number).ValidNumber() && !strings.Contains(number, "00") && !strings.Contains(number, hidden) && leaked(number, pieces("1234567890")) == "" {
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
