package recordings

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/pgtest"
	"github.com/paydial/paydial/recordings/archive"
	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/twilio"
)

func TestMain(m *testing.M) {
	if os.Getenv(workerEnv) != "" {
		workUntilKilled()
		return
	}
	pgtest.Main(m)
}

var morning = time.Date(2026, 3, 3, 10, 42, 0, 0, time.UTC)

const day24 = 24 * time.Hour

// clock goes when it is told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// rules are the same for every flow but those that are named.
type rules struct {
	mu      sync.Mutex
	version string
	all     Policy
	flows   map[string]Policy
}

func (p *rules) For(flow, _ string) Policy {
	p.mu.Lock()
	defer p.mu.Unlock()
	if one, ok := p.flows[flow]; ok {
		return one
	}
	return p.all
}

func (p *rules) Version() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.version
}

func (p *rules) set(version string, all Policy) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.version, p.all = version, all
}

func usual() Policy {
	return Policy{
		KeepFor: 90 * day24, Archive: true, DeleteAtTwilio: true, DeleteAfter: 7 * day24, OnHold: HoldEverywhere,
		KeepForAt:     Origin{"recordings.keep_for", "paydial.yaml", 14, "keep_for: 90 days"},
		ArchiveAt:     Origin{"recordings.archive", "paydial.yaml", 15, "archive: yes"},
		DeleteAfterAt: Origin{"recordings.delete_at_twilio_after", "paydial.yaml", 16, "delete_at_twilio_after: 7 days"},
	}
}

// bench is the whole thing but the queue: a simulator for Twilio, an archive in a folder, and clocks that go together.
type bench struct {
	*Recordings
	t     *testing.T
	clock *clock
	rules *rules
	sim   *simulator.Simulator
	http  *httptest.Server
	log   *bytes.Buffer
	dir   string
	audit *audit.Log
	deny  *denials
}

// denials are answers that the simulator has no fault for: a status for each method and path.
type denials struct {
	mu     sync.Mutex
	status map[string]int
	asked  []string
}

func (d *denials) set(method string, status int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.status == nil {
		d.status = map[string]int{}
	}
	d.status[method] = status
}

func (d *denials) of(q *http.Request) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, q.Method+" "+q.URL.Path)
	return d.status[q.Method]
}

// onDatabases runs fn on every kind of database.
func onDatabases(t *testing.T, fn func(t *testing.T, b *bench)) {
	t.Parallel()
	pgtest.Each(t, func(t *testing.T, url string) {
		fn(t, newBench(t, url, nil))
	})
}

func newBench(t *testing.T, url string, change func(*Config)) *bench {
	t.Helper()
	d, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	sim, err := simulator.New(simulator.Config{ManualClock: true, Start: morning, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, clock: &clock{at: morning}, rules: &rules{version: "1", all: usual()}, sim: sim, log: &bytes.Buffer{},
		dir: t.TempDir(), deny: &denials{}}
	b.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if status := b.deny.of(q); status != 0 && q.URL.Path[:5] != "/sim/" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"code":%d,"message":"denied for the test","status":%d}`, 20000+status, status)
			return
		}
		sim.Handler().ServeHTTP(w, q)
	}))
	t.Cleanup(func() {
		b.http.Close()
		_ = sim.Close(context.Background())
	})
	client, err := twilio.NewClient(twilio.Config{AccountSID: simulator.DefaultAccountSID, AuthToken: simulator.DefaultAuthToken, BaseURL: b.http.URL})
	if err != nil {
		t.Fatal(err)
	}
	store, err := archive.Open("file:" + filepath.Join(b.dir, "archive"))
	if err != nil {
		t.Fatal(err)
	}
	if b.audit, err = audit.New(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	b.audit.Now = b.clock.now
	cfg := Config{
		DB: d, Twilio: client, Archive: store, Spool: filepath.Join(b.dir, "spool"), Policies: func() Policies { return b.rules },
		Now: b.clock.now, Audit: b.audit, Log: slog.New(slog.NewTextHandler(&locked{to: b.log}, nil)),
	}
	if change != nil {
		change(&cfg)
	}
	if b.Recordings, err = New(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	return b
}

type locked struct {
	mu sync.Mutex
	to io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(p)
}

// control asks the simulator's control API.
func (b *bench) control(method, path string, in, out any) {
	b.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		b.t.Fatal(err)
	}
	q, err := http.NewRequestWithContext(b.t.Context(), method, b.http.URL+path, bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		b.t.Fatalf("%s %s: %d %s, %v", method, path, resp.StatusCode, text, err)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			b.t.Fatal(err)
		}
	}
}

// make has the simulator make recordings, the first created so long ago.
func (b *bench) make(count int, ago time.Duration) []string {
	b.t.Helper()
	var out struct{ SIDs []string }
	b.control(http.MethodPost, "/sim/v1/recordings", map[string]any{
		"count": count, "seconds": 1, "created": b.clock.now().Add(-ago).Format(time.RFC3339),
	}, &out)
	return out.SIDs
}

// pass lets time pass, here and at Twilio.
func (b *bench) pass(d time.Duration) {
	b.t.Helper()
	b.control(http.MethodPost, "/sim/v1/clock", map[string]any{"advance": d.String()}, nil)
	b.clock.advance(d)
}

func (b *bench) faults(f simulator.RecordingFaults) {
	b.t.Helper()
	b.control(http.MethodPut, "/sim/v1/faults", simulator.Faults{Recordings: f}, nil)
}

// atTwilio is what the simulator says became of a recording: "", rest or retention.
func (b *bench) atTwilio(sid string) (deletedBy string) {
	b.t.Helper()
	var out struct {
		Recordings []struct {
			SID       string `json:"sid"`
			DeletedBy string `json:"deleted_by"`
		}
	}
	b.control(http.MethodGet, "/sim/v1/recordings", nil, &out)
	for _, r := range out.Recordings {
		if r.SID == sid {
			return r.DeletedBy
		}
	}
	b.t.Fatalf("the simulator never had %s", sid)
	return ""
}

// work does what is due until nothing is.
func (b *bench) work() {
	b.t.Helper()
	for range 10_000 {
		due, err := b.dueNow(b.t.Context(), 100)
		if err != nil {
			b.t.Fatal(err)
		}
		if len(due) == 0 {
			return
		}
		for _, d := range due {
			if _, err := b.run(b.t.Context(), d.SID); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	b.t.Fatal("there is always something due")
}

func (b *bench) sweep(opts SweepOptions) SweepReport {
	b.t.Helper()
	report, err := b.Sweep(b.t.Context(), opts, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return report
}

func (b *bench) get(sid string) Recording {
	b.t.Helper()
	rec, err := b.Get(b.t.Context(), sid)
	if err != nil {
		b.t.Fatal(err)
	}
	return rec
}

// want checks where a recording is.
func (b *bench) want(sid string, state State, at AtTwilio, flags ...Flag) Recording {
	b.t.Helper()
	rec := b.get(sid)
	if rec.State != state || rec.Twilio != at || fmt.Sprint(rec.Flags) != fmt.Sprint(flags) {
		b.t.Errorf("%s: got %s, %s at Twilio, flags %v, trouble %q; want %s, %s, %v", sid, rec.State, rec.Twilio, rec.Flags, rec.Trouble, state, at, flags)
	}
	return rec
}

// kinds are the kinds of a recording's receipts, in order.
func (b *bench) kinds(sid string) string {
	b.t.Helper()
	list, err := b.Receipts(b.t.Context(), ReceiptQuery{Recording: sid})
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, c := range list {
		out = append(out, c.Kind)
	}
	return fmt.Sprint(out)
}

// verified brings so many recordings into the archive.
func (b *bench) verified(count int) []string {
	b.t.Helper()
	sids := b.make(count, time.Hour)
	b.sweep(SweepOptions{})
	b.work()
	for _, sid := range sids {
		b.want(sid, Verified, TwilioHas)
	}
	return sids
}

// auditCount is how many lines of the audit log have an action.
func (b *bench) auditCount(t *testing.T, action string) int {
	t.Helper()
	page, err := b.audit.List(t.Context(), audit.Query{Action: action, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Entries)
}
