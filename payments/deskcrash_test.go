package payments_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/twilio"
)

const simNumber = "+15550100001"

var (
	errDead  = errors.New("the process is dead")
	crashWho = payments.Actor{ID: "kim", Screen: "one"}
	crashUSD = payments.Amount{Minor: 8420, Currency: "usd"}
)

// mortal counts what a process reads and writes over the network, and dies at a chosen one: before it is sent, or
// after it was carried out and before the answer is heard. What it does after that fails.
type mortal struct {
	count atomic.Int64
	at    int64 // 0: never
	after bool
	dead  atomic.Bool
	die   func()
}

func (m *mortal) step(do func() error) error {
	if m.dead.Load() {
		return errDead
	}
	n := m.count.Add(1)
	if m.at == 0 || n < m.at {
		return do()
	}
	if n == m.at && m.after {
		_ = do()
	}
	if !m.dead.Swap(true) && m.die != nil {
		m.die()
	}
	return errDead
}

// RoundTrip is one request to Twilio.
func (m *mortal) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	err = m.step(func() (err error) {
		resp, err = http.DefaultTransport.RoundTrip(r)
		return err
	})
	if errors.Is(err, errDead) && resp != nil {
		_ = resp.Body.Close()
		resp = nil
	}
	return resp, err
}

func (m *mortal) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (m *mortal) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := m.step(func() error { return next(ctx, cmd) })
		if errors.Is(err, errDead) {
			cmd.SetErr(err)
		}
		return err
	}
}

func (m *mortal) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		return m.step(func() error { return next(ctx, cmds) })
	}
}

// crashWorld is Twilio, with whatever desk answers for each of its calls.
type crashWorld struct {
	simURL, appURL string
	desks          sync.Map // CallSid to *crashCase
}

// TestDeskSurvivesCrashes kills the process of an agent's payment at every single thing that it says to Redis and to
// Twilio, before and after. Another process and the agent go on from there. In the end nobody was charged twice, the
// ledger says what the gateway's book says, and nothing is left open on the call.
func TestDeskSurvivesCrashes(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of payments")
	}
	t.Parallel()
	w := newCrashWorld(t)
	whole := w.run(t, &mortal{})
	t.Logf("a payment takes %d messages", whole)
	if whole < 40 {
		t.Fatalf("a payment took %d messages only: they are not counted", whole)
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, crashesAtOnce)
	for at := int64(1); at <= whole; at += crashStep {
		for _, after := range []bool{false, true} {
			slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-slots }()
				w.run(t, &mortal{at: at, after: after})
			})
		}
	}
	wg.Wait()
}

func newCrashWorld(t *testing.T) *crashWorld {
	t.Helper()
	w := &crashWorld{}
	app := httptest.NewServer(http.HandlerFunc(w.webhook))
	t.Cleanup(app.Close)
	sim, err := simulator.New(simulator.Config{Pace: 1, Numbers: []simulator.Number{{
		Number: simNumber, VoiceURL: app.URL + "/voice", StatusURL: app.URL + "/voice/status",
	}}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(func() { server.Close(); _ = sim.Close(context.Background()) })
	w.simURL, w.appURL = server.URL, app.URL
	return w
}

// webhook is what Twilio is answered: the call stays on the line, and what is told of payments goes to the desk that
// lives.
func (w *crashWorld) webhook(rw http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	form, err := twilio.ParseForm(raw)
	if err != nil {
		rw.WriteHeader(http.StatusBadRequest)
		return
	}
	if r.URL.Path == "/voice" {
		rw.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(rw, `<Response><Say>Hi</Say><Pause length="600"/></Response>`)
		return
	}
	found, ok := w.desks.Load(form.Get("CallSid"))
	if !ok {
		rw.WriteHeader(http.StatusNoContent)
		return
	}
	desk := found.(*crashCase).now.Load()
	if id, is := strings.CutPrefix(r.URL.Path, "/voice/payments/"); is {
		var st twilio.PaymentStatus
		if st, err = twilio.ParsePaymentStatus(form); err == nil {
			ask, _ := strconv.Atoi(r.URL.Query().Get("ask"))
			err = desk.Hear(context.WithoutCancel(r.Context()), id, ask, st)
		}
	} else if form.Get("CallStatus") == "completed" {
		err = desk.CallEnded(context.WithoutCancel(r.Context()), form.Get("CallSid"))
	}
	if err != nil {
		rw.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	rw.WriteHeader(http.StatusNoContent)
}

// crashCase is one call with one payment on it.
type crashCase struct {
	t     *testing.T
	world *crashWorld
	name  string
	call  string
	redis string
	sql   string
	now   atomic.Pointer[payments.Desk]
	look  *payments.Desk // sees everything and does nothing
	typed map[string]bool
}

// run takes one payment with a process that dies, and gives the number of messages that it sent.
func (w *crashWorld) run(t *testing.T, m *mortal) int64 {
	t.Helper()
	c := &crashCase{
		t: t, world: w, name: fmt.Sprintf("message %d, after %v", m.at, m.after), redis: redistest.Mini(t),
		sql: "sqlite:" + filepath.Join(t.TempDir(), "ledger.db"), typed: map[string]bool{},
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c.look, _ = c.open(ctx, &mortal{})
	dies := m.at
	m.at = 0
	first, sql := c.open(ctx, m)
	begin := m.count.Load() // loading the scripts does not count
	m.at = dies + begin*min(dies, 1)
	m.die = func() { _ = sql.Close() }
	c.now.Store(first)
	if c.call = c.ring(ctx); c.call == "" {
		return 0
	}
	w.desks.Store(c.call, c)
	if err := c.look.Offer(ctx, payments.Handover{Call: c.call, Flow: "pay", Offer: &payments.Offer{
		Intent: payments.Charge, Amount: crashUSD, Reference: "bill 1", Connector: "sandbox", Method: "credit-card",
	}}); err != nil {
		t.Errorf("%s: %v", c.name, err)
		return 0
	}
	p, err := c.agent(ctx, first, m)
	if !m.dead.Load() && (err != nil || p.Stage != payments.StagePaid) {
		t.Errorf("%s: without a crash it ended as %s, %+v: %v", c.name, p.Stage, p, err)
		return 0
	}
	used := m.count.Load() - begin
	second, _ := c.open(ctx, &mortal{})
	c.now.Store(second)
	go sweeping(ctx, second)
	if p, err = c.agent(ctx, second, &mortal{}); err != nil {
		t.Errorf("%s: the second process: %v; it stands at %s, asking %q, %+v", c.name, err, p.Stage, p.Asking, p.Trouble)
		return used
	}
	c.check(ctx, second, p)
	return used
}

// sweeping is Work, in a hurry.
func sweeping(ctx context.Context, d *payments.Desk) {
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		_, _ = d.Sweep(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// open is a process with a Desk.
func (c *crashCase) open(ctx context.Context, m *mortal) (*payments.Desk, *db.DB) {
	c.t.Helper()
	opt, err := redis.ParseURL(c.redis)
	if err != nil {
		c.t.Fatal(err)
	}
	opt.MaxRetries = -1
	client := redis.NewClient(opt)
	client.AddHook(m)
	sql, err := db.Open(ctx, c.sql)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = client.Close(); _ = sql.Close() })
	ledger, err := payments.NewLedger(ctx, sql)
	if err != nil {
		c.t.Fatal(err)
	}
	tw, err := twilio.NewClient(twilio.Config{
		AccountSID: simulator.DefaultAccountSID, AuthToken: simulator.DefaultAuthToken, BaseURL: c.world.simURL, Transport: m,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	d, err := payments.NewDesk(ctx, payments.DeskConfig{
		Redis: client, Ledger: ledger, Twilio: tw, PublicURL: c.world.appURL,
		Limits: payments.Limits{KeyTimeout: 1, Grace: 100 * time.Millisecond, Result: 300 * time.Millisecond, Unknown: 10 * time.Second, Start: 5 * time.Second},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(d.Close)
	return d, sql
}

// agent does what a person at the desk does until the payment is over, or the process is dead: look at the list, start
// what is not there, ask for what is missing, charge.
func (c *crashCase) agent(ctx context.Context, d *payments.Desk, m *mortal) (p payments.Assisted, err error) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	all, err := c.look.List(ctx, crashWho)
	if err != nil {
		return p, err
	}
	if len(all) == 0 {
		p, err = d.Start(ctx, crashWho, payments.Start{Call: c.call, Key: "start", First: "first"})
	} else {
		p = all[0]
	}
	for {
		if m.dead.Load() {
			return p, errDead
		}
		if err != nil && !errors.Is(err, payments.ErrNotSent) && !errors.Is(err, payments.ErrStage) {
			return p, err
		}
		if p, err = c.look.Get(ctx, crashWho, p.ID); err != nil || p.Stage.Over() {
			return p, err
		}
		err = c.act(ctx, d, p)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return p, ctx.Err()
		}
	}
}

// act is one thing that the agent or the caller does.
func (c *crashCase) act(ctx context.Context, d *payments.Desk, p payments.Assisted) (err error) {
	switch {
	case p.Stage != payments.StageOpen:
	case len(p.Required) == 0:
		_, err = d.Complete(ctx, crashWho, p.ID, p.Amount, "charge")
	case p.Asking == "":
		_, err = d.Ask(ctx, crashWho, p.ID, "first", "")
	default:
		for _, f := range p.Fields {
			if try := fmt.Sprint(p.ID, f.Name, f.Tries); f.Name == p.Asking && f.State == payments.FieldWaiting && !c.typed[try] {
				c.typed[try] = true
				keys := map[string]string{"payment-card-number": "4242424242424242", "expiration-date": "1239"}[f.Name]
				return c.sim(ctx, "/calls/"+c.call+"/digits", map[string]string{"digits": keys}, nil)
			}
		}
	}
	return err
}

// check looks at how everything ended.
func (c *crashCase) check(ctx context.Context, d *payments.Desk, p payments.Assisted) {
	c.t.Helper()
	sql, err := db.Open(ctx, c.sql)
	if err != nil {
		c.t.Error(err)
		return
	}
	defer func() { _ = sql.Close() }()
	ledger, err := payments.NewLedger(ctx, sql)
	if err != nil {
		c.t.Error(err)
		return
	}
	again, err := d.Start(ctx, crashWho, payments.Start{Call: c.call, Key: "again", Reason: "a fee", Reference: "bill 2"})
	if err != nil || again.Stage != payments.StageOpen {
		c.t.Errorf("%s: another payment on the call is %s, %+v: %v", c.name, again.Stage, again.Trouble, err)
	}
	if _, err := d.Cancel(ctx, crashWho, again.ID, ""); err != nil && !errors.Is(err, payments.ErrNoAssisted) {
		c.t.Errorf("%s: cancel: %v", c.name, err)
	}
	var book []struct {
		ID         string            `json:"id"`
		Parameters map[string]string `json:"parameters"`
	}
	if err := c.sim(ctx, "/charges", nil, &book); err != nil {
		c.t.Error(err)
	}
	page, err := ledger.List(ctx, payments.Query{Filter: payments.Filter{Call: c.call}, Limit: 10})
	if err != nil {
		c.t.Error(err)
	}
	for _, row := range page.Payments {
		charges := 0
		for _, b := range book {
			if b.Parameters["paydial_payment"] == row.ID {
				charges++
			}
		}
		if charges > 1 || (row.State == payments.Paid) != (charges == 1) || row.Review || row.State == payments.Started {
			c.t.Errorf("%s: the ledger says %s (review %v, %s) of %s, charged %d times", c.name, row.State, row.Review, row.ReviewNote, row.ID, charges)
		}
		if row.ID == p.ID && (p.Stage == payments.StagePaid) != (row.State == payments.Paid) {
			c.t.Errorf("%s: the desk says %s, the ledger %s", c.name, p.Stage, row.State)
		}
	}
	if p.Stage != payments.StagePaid {
		c.t.Errorf("%s: it ended as %s, %+v", c.name, p.Stage, p.Trouble)
	}
	_ = c.sim(ctx, "/calls/"+c.call+"/hangup", map[string]string{}, nil)
}

func (c *crashCase) ring(ctx context.Context) string {
	var call struct {
		SID    string `json:"call_sid"`
		Status string `json:"status"`
	}
	if err := c.sim(ctx, "/calls", map[string]string{"from": "+15550123456", "to": simNumber}, &call); err != nil {
		c.t.Errorf("%s: ring: %v", c.name, err)
		return ""
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for call.Status != "in-progress" {
		if err := c.sim(ctx, "/calls/"+call.SID, nil, &call); err != nil {
			c.t.Errorf("%s: ring: %v", c.name, err)
			return ""
		}
		<-tick.C
	}
	return call.SID
}

// sim asks the simulator's control API; with a body it posts.
func (c *crashCase) sim(ctx context.Context, path string, body, out any) error {
	method, raw := http.MethodGet, []byte(nil)
	if body != nil {
		method = http.MethodPost
		raw, _ = json.Marshal(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.world.simURL+"/sim/v1"+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if answer, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode >= 300 {
		return fmt.Errorf("%s: %s %s %w", path, resp.Status, answer, err)
	} else if out != nil {
		return json.Unmarshal(answer, out)
	}
	return nil
}
