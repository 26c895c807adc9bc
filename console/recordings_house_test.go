package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/console"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/recordings/archive"
	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/twilio"
)

const day24 = 24 * time.Hour

// keepRules are the same for every flow and class.
type keepRules struct{}

func (keepRules) For(string, string) recordings.Policy {
	return recordings.Policy{
		KeepFor: 90 * day24, Archive: true, DeleteAtTwilio: true, DeleteAfter: 7 * day24, PauseForPayments: true, OnHold: recordings.HoldEverywhere,
		KeepForAt:     recordings.Origin{Rule: "recordings.keep_for", File: "paydial.yaml", Line: 14, Text: "keep_for: 90 days"},
		ArchiveAt:     recordings.Origin{Rule: "recordings.archive", Text: "archive: yes"},
		DeleteAfterAt: recordings.Origin{Rule: "recordings.delete_at_twilio_after", File: "paydial.yaml", Line: 16, Text: "delete_at_twilio_after: 7 days"},
	}
}

func (keepRules) Version() string { return "1" }

// kept is what stands behind the recordings of a house.
type kept struct {
	*recordings.Recordings
	t   *testing.T
	db  *db.DB
	sim *httptest.Server
	dir string
}

// keep opens an index with the simulator for Twilio and an archive in a folder. It starts nothing. Its clock goes on from
// noon: what failed is tried again.
func keep(t testing.TB, change func(*recordings.Config)) *kept {
	t.Helper()
	store, err := db.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	sim, err := simulator.New(simulator.Config{ManualClock: true, Start: noon, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(func() {
		server.Close()
		_ = sim.Close(context.Background())
	})
	client, err := twilio.NewClient(twilio.Config{AccountSID: simulator.DefaultAccountSID, AuthToken: simulator.DefaultAuthToken, BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	copies, err := archive.Open("file:" + filepath.Join(dir, "archive"))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	cfg := recordings.Config{
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})), DB: store, Twilio: client, Archive: copies, Spool: filepath.Join(dir, "spool"),
		Policies: func() recordings.Policies { return keepRules{} }, Now: func() time.Time { return noon.Add(time.Since(began)) }, Tick: 10 * time.Millisecond,
	}
	if change != nil {
		change(&cfg)
	}
	r, err := recordings.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	out := &kept{Recordings: r, db: store, sim: server, dir: dir}
	out.t, _ = t.(*testing.T)
	return out
}

// openKept is a house with recordings whose people can sign in.
func openKept(t *testing.T, change func(*console.Config)) (inhabited, *kept) {
	t.Helper()
	options, err := redis.ParseURL(redistest.Mini(t))
	if err != nil {
		t.Fatal(err)
	}
	queue := redis.NewClient(options)
	t.Cleanup(func() { _ = queue.Close() })
	if err := queue.SAdd(t.Context(), "asynq:queues", "recordings").Err(); err != nil { // a queue is there once it had a task
		t.Fatal(err)
	}
	k := keep(t, func(cfg *recordings.Config) { cfg.Redis = queue })
	return openInhabited(t, func(cfg *console.Config) {
		cfg.Recordings = k.Recordings
		if change != nil {
			change(cfg)
		}
	}, nil), k
}

// control asks the simulator's control API.
func (k *kept) control(method, path string, in, out any) {
	k.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		k.t.Fatal(err)
	}
	q, err := http.NewRequestWithContext(k.t.Context(), method, k.sim.URL+path, bytes.NewReader(body))
	if err != nil {
		k.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		k.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		k.t.Fatalf("%s %s: %d %s, %v", method, path, resp.StatusCode, text, err)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			k.t.Fatal(err)
		}
	}
}

// make has the simulator make recordings, the first created so long ago.
func (k *kept) make(count int, ago time.Duration) []string {
	k.t.Helper()
	var out struct{ SIDs []string }
	k.control(http.MethodPost, "/sim/v1/recordings", map[string]any{
		"count": count, "seconds": 2, "created": noon.Add(-ago).Format(time.RFC3339),
	}, &out)
	return out.SIDs
}

// verified brings so many recordings, and those that were made before, into the archive, by the worker itself.
func (k *kept) verified(count int) []string {
	k.t.Helper()
	sids := k.make(count, time.Hour)
	if _, err := k.Sweep(k.t.Context(), recordings.SweepOptions{}, nil); err != nil {
		k.t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(k.t.Context(), 30*time.Second)
	done := make(chan error, 1)
	go func() { done <- k.Work(ctx) }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		totals, err := k.Totals(ctx)
		if err != nil {
			k.t.Fatal(err)
		}
		all := int64(0)
		for _, n := range totals.States {
			all += n
		}
		if all >= int64(count) && totals.InArchive == all {
			break
		}
		<-tick.C
	}
	stop()
	if err := <-done; err != nil {
		k.t.Fatal(err)
	}
	return sids
}

// put writes rows into the index as they stand, whatever would have led there: set is column, value, column, value.
// What is not set is a verified recording of an hour ago.
func (k *kept) put(sid string, set ...any) {
	k.t.Helper()
	row := map[string]any{
		"sid": sid, "account": simulator.DefaultAccountSID, "call": "CA" + strings.Repeat("1", 32), "flow": "pay-my-bill", "line": "+15550100000",
		"class": "", "source": "DialVerb", "channels": 2, "state": "verified", "twilio": "there", "started_at": db.Millis(noon.Add(-time.Hour)),
		"created_at": db.Millis(noon.Add(-time.Hour)), "duration_ms": 51_000, "archive_key": "2026/03/03/" + sid + ".wav", "bytes": 816_044,
		"sha256": strings.Repeat("ab", 32), "archived_at": db.Millis(noon.Add(-50 * time.Minute)), "verified_at": db.Millis(noon.Add(-50 * time.Minute)),
		"twilio_deleted_at": 0, "archive_deleted_at": 0, "keep_until": 0, "delete_at_twilio": 0, "expires_at": 0, "held": 0, "flags": "",
		"not_paused": "", "warned": 0, "tries": 0, "trouble": "", "dated": "1", "claim": 0, "claimed_until": 0, "retry_at": 0, "due_at": 0,
		"next_delete": 0, "cliff_at": 0, "deleting": "", "acted": 0, "checked": 1, "copies": 1, "differs": 0,
	}
	for i := 0; i+1 < len(set); i += 2 {
		row[set[i].(string)] = set[i+1]
	}
	created := time.UnixMilli(asInt(row["created_at"]))
	for name, at := range map[string]time.Time{"keep_until": created.Add(90 * day24), "expires_at": created.AddDate(1, 0, 0), "delete_at_twilio": created.Add(7 * day24)} {
		if asInt(row[name]) == 0 {
			row[name] = db.Millis(at)
		}
	}
	var names, marks []string
	var values []any
	for name, v := range row {
		names, marks, values = append(names, name), append(marks, "?"), append(values, v)
	}
	_, err := k.db.Exec(k.t.Context(), "INSERT INTO recordings ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", values...)
	if err != nil {
		k.t.Fatal(err)
	}
}

func asInt(v any) int64 {
	switch n := v.(type) {
	case int64:
		return n
	case int:
		return int64(n)
	}
	return 0
}

// re is the SID of the nth recording that a test puts.
func re(n int) string { return fmt.Sprintf("RE%032x", n) }

// lines are the audit lines of an action, the newest first.
func (h inhabited) lines(t *testing.T, action string) []audit.Entry {
	t.Helper()
	page, err := h.audit.List(t.Context(), audit.Query{Action: action, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return page.Entries
}
