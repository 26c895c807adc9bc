package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paydial/paydial/twilio"
)

// The account that signs.
const (
	accountSID = "AC00000000000000000000000000000001"
	authToken  = "simulated-auth-token" //nolint:gosec // the simulator's published token, no secret
	publicURL  = "https://pay.example.com"
)

// sample is one measurement: turns a second, and latencies in microseconds.
type sample struct {
	perSecond, p50, p99, p999 float64
	errors                    int64
}

// measure starts a variant and measures it saturated, then at a steady rate.
func measure(ctx context.Context, s settings, name, redisURL string) (full, paced sample, err error) {
	addr, stop, err := startVariant(name, redisURL, s.profile)
	if err != nil {
		return full, paced, err
	}
	defer stop()
	l := &load{base: "http://" + addr, s: s, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: s.connections}}}
	if err := l.begin(ctx); err != nil {
		return full, paced, err
	}
	l.run(ctx, time.Second, 0) // warm
	full = l.run(ctx, s.duration, 0)
	paced = l.run(ctx, s.duration, s.rate)
	return full, paced, nil
}

// startVariant starts this program again as the server of one variant.
func startVariant(name, redisURL, profile string) (addr string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(self, "-serve", name, "-redis", redisURL, "-cpuprofile", profile)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() }
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the server did not start: %w", err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return strings.TrimSpace(line), stop, nil
}

// load is the callers: one call on each connection, turn after turn.
type load struct {
	base   string
	s      settings
	client *http.Client
	calls  []*call
}

// turnsPerCall is how many turns a call has before its connection begins another: what a paying call takes.
const turnsPerCall = 12

// call is one caller's call.
type call struct {
	sid  string
	turn int
}

// next is the path and the keys of the call's next turn; after the last one a new call begins.
func (c *call) next() (path, digits string) {
	if c.turn++; c.turn > turnsPerCall {
		c.sid, c.turn = newSID(), 0
		return "/voice", ""
	}
	return "/voice/turn/" + strconv.Itoa(c.turn), "1"
}

// newSID is a CallSid that was never used.
func newSID() string {
	return fmt.Sprintf("CA%016x%016x", rand.Uint64(), rand.Uint64())
}

// begin rings every call in, so that what is measured are turns.
func (l *load) begin(ctx context.Context) error {
	for range l.s.connections {
		c := &call{sid: newSID()}
		l.calls = append(l.calls, c)
		if err := l.post(ctx, c, "/voice", ""); err != nil {
			return fmt.Errorf("ring in: %w", err)
		}
	}
	return nil
}

// run makes turns for a time: as many as go (rate 0), or at a steady rate. With a rate a turn's latency counts
// from when it was due, so that a server that falls behind is not flattered.
func (l *load) run(ctx context.Context, d time.Duration, rate int) sample {
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		all    []time.Duration
		errs   atomic.Int64
		issued atomic.Int64
	)
	began := time.Now()
	for _, c := range l.calls {
		wg.Go(func() {
			var mine []time.Duration
			for {
				due := time.Now()
				if rate > 0 {
					due = began.Add(time.Duration(issued.Add(1)) * time.Second / time.Duration(rate))
					time.Sleep(time.Until(due))
				}
				if due.Sub(began) > d || ctx.Err() != nil {
					break
				}
				path, digits := c.next()
				if err := l.post(ctx, c, path, digits); err != nil {
					errs.Add(1)
				}
				mine = append(mine, time.Since(due))
			}
			mu.Lock()
			all = append(all, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	took := time.Since(began)
	slices.Sort(all)
	at := func(q float64) float64 {
		if len(all) == 0 {
			return 0
		}
		return float64(all[int(q*float64(len(all)-1))].Microseconds())
	}
	return sample{perSecond: float64(len(all)) / took.Seconds(), p50: at(.5), p99: at(.99), p999: at(.999), errors: errs.Load()}
}

// post makes one webhook with 25 parameters, signed, and reads the answer.
func (l *load) post(ctx context.Context, c *call, path, digits string) error {
	form := webhook(c.sid, digits)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	req.Header.Set("X-Twilio-Signature", twilio.Sign(authToken, publicURL+path, form))
	resp, err := l.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(body), "<Gather") {
		return fmt.Errorf("%s: %s %s", path, resp.Status, body)
	}
	return nil
}

// webhook is a form as Twilio sends it.
func webhook(sid, digits string) twilio.Form {
	values := url.Values{
		"CallSid": {sid}, "AccountSid": {accountSID}, "From": {"+15550123456"}, "To": {"+15550100000"},
		"CallStatus": {"in-progress"}, "Direction": {"inbound"}, "ApiVersion": {"2010-04-01"},
		"Caller": {"+15550123456"}, "Called": {"+15550100000"}, "FromCity": {"SAN FRANCISCO"}, "FromState": {"CA"},
		"FromZip": {"94109"}, "FromCountry": {"US"}, "ToCity": {""}, "ToState": {"NY"}, "ToZip": {""}, "ToCountry": {"US"},
		"CallerCity": {"SAN FRANCISCO"}, "CallerState": {"CA"}, "CallerZip": {"94109"}, "CallerCountry": {"US"},
		"CalledState": {"NY"}, "CalledCountry": {"US"}, "StirVerstat": {"TN-Validation-Passed-A"},
	}
	if digits != "" {
		values.Set("Digits", digits)
	}
	pairs := make([]twilio.Pair, 0, len(values))
	for name := range values {
		pairs = append(pairs, twilio.Pair{Name: name, Value: values.Get(name)})
	}
	form, err := twilio.NewForm(pairs...)
	if err != nil {
		panic("bench: own form: " + err.Error())
	}
	return form
}
