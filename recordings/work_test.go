package recordings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/testproc"
	"github.com/paydial/paydial/recordings/archive"
	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/twilio"
)

// workerEnv makes the test binary a worker.
const workerEnv = "PAYDIAL_TEST_RECORDINGS_WORKER"

// workerSettings are what such a worker is told.
type workerSettings struct{ Database, Redis, Twilio, Dir string }

// workUntilKilled is the worker process: Work with an archive that fails one write in twenty.
func workUntilKilled() {
	var s workerSettings
	err := json.Unmarshal([]byte(os.Getenv(workerEnv)), &s)
	if err == nil {
		var r *Recordings
		if r, err = s.open(context.Background(), true); err == nil {
			err = r.Work(context.Background())
		}
	}
	_, _ = fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func (s workerSettings) open(ctx context.Context, flaky bool) (*Recordings, error) {
	d, err := db.Open(ctx, s.Database)
	if err != nil {
		return nil, err
	}
	opts, err := redis.ParseURL(s.Redis)
	if err != nil {
		return nil, err
	}
	client, err := twilio.NewClient(twilio.Config{AccountSID: simulator.DefaultAccountSID, AuthToken: simulator.DefaultAuthToken, BaseURL: s.Twilio})
	if err != nil {
		return nil, err
	}
	store, err := archive.Open("file:" + filepath.Join(s.Dir, "archive"))
	if err != nil {
		return nil, err
	}
	if flaky {
		store = unreliable{store}
	}
	p := usual()
	p.DeleteAfter = 0
	all := &rules{version: "1", all: p}
	return New(ctx, Config{
		DB: d, Redis: redis.NewClient(opts), Twilio: client, Archive: store, Spool: filepath.Join(s.Dir, "spool"),
		Policies: func() Policies { return all }, Workers: 4, Tick: 100 * time.Millisecond,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
}

// unreliable fails one write in twenty, now and then after half of the file is there.
type unreliable struct{ archive.Archive }

// Put fails, or does not.
func (u unreliable) Put(ctx context.Context, key string, from *os.File, sum string) error {
	switch rand.IntN(40) {
	case 0:
		return errors.New("the archive failed for the test")
	case 1:
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		return u.Archive.Put(ctx, key, from, sum)
	}
	return u.Archive.Put(ctx, key, from, sum)
}

// until waits until ok, and looks whenever some time has gone by.
func until(t *testing.T, what string, say func() string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain: %s\n%s", what, say())
		case <-tick.C:
		}
	}
}

// Workers are killed again and again, the archive and Twilio fail now and then: every recording ends archived, verified
// and deleted at Twilio, once, and none was deleted there before its copy was verified.
func TestWorkersAreKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("SKIPPED: takes half a minute")
	}
	const count = 120
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(func() {
		server.Close()
		_ = sim.Close(context.Background())
	})
	dir := t.TempDir()
	s := workerSettings{"sqlite:" + filepath.Join(dir, "paydial.db"), redistest.Real(t), server.URL, dir}
	r, err := s.open(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cfg.DB.Close() })
	b := &bench{Recordings: r, t: t, http: server, clock: &clock{at: time.Now()}}
	b.make(count, time.Hour)
	b.faults(simulator.RecordingFaults{MediaFailPercent: 2, MediaCutPercent: 2, DeleteFailPercent: 5})

	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	done := func() int64 {
		totals, err := r.Totals(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return totals.States[Verified] + totals.States[Deleting]
	}
	start := func() *testproc.Process {
		cmd := exec.Command(os.Args[0], "-test.run=^$") // #nosec G204 -- this test's own binary
		cmd.Env = append(os.Environ(), workerEnv+"="+string(text))
		proc, err := testproc.Start(cmd)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(proc.Kill)
		return proc
	}
	other := start() // two at once; one of them is killed
	for part := int64(1); part <= 4; part++ {
		proc := start()
		until(t, "some more are verified", other.Output, func() bool { return done() >= part*count/5 })
		proc.Kill()
	}
	other.Kill()
	last := start()
	until(t, "all are deleted at Twilio", last.Output, func() bool {
		totals, err := r.Totals(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if last.Ended() {
			t.Fatal("the worker ended: ", last.Output())
		}
		return totals.States[Verified] == count && totals.AtTwilio == 0
	})
	b.oncePerRecording(count)
}

// oncePerRecording checks the receipts against the simulator's own log.
func (b *bench) oncePerRecording(count int) {
	b.t.Helper()
	var all struct {
		Recordings []struct {
			SID       string
			DeletedBy string     `json:"deleted_by"`
			DeletedAt *time.Time `json:"deleted_at"`
			FetchedAt *time.Time `json:"fetched_at"`
		}
	}
	b.control(http.MethodGet, "/sim/v1/recordings", nil, &all)
	for _, at := range all.Recordings {
		list, err := b.Receipts(b.t.Context(), ReceiptQuery{Recording: at.SID})
		if err != nil || len(list) != 2 || list[0].Kind != KindArchived || list[1].Kind != KindDeletedAtTwilio {
			b.t.Fatalf("%s: receipts %s, %v", at.SID, b.kinds(at.SID), err)
		}
		if at.DeletedBy != "rest" || at.FetchedAt == nil || at.DeletedAt.Before(*at.FetchedAt) || at.DeletedAt.Before(list[0].At) {
			b.t.Errorf("%s: fetched %v, verified %v, deleted %v by %s", at.SID, at.FetchedAt, list[0].At, at.DeletedAt, at.DeletedBy)
		}
	}
	v, err := b.Verify(b.t.Context(), VerifyOptions{}, nil)
	if err != nil || !v.OK() || v.Copies != int64(count) || len(all.Recordings) != count {
		b.t.Errorf("%+v, %v", v, err)
	}
	files := 0
	if err := b.cfg.Archive.List(b.t.Context(), "", func(archive.Object) error { files++; return nil }); err != nil || files != count {
		b.t.Errorf("%d files in the archive, %v", files, err)
	}
}

// Work ends with its context, and needs what it needs.
func TestWorkEnds(t *testing.T) {
	t.Parallel()
	b := newBench(t, "sqlite::memory:", nil)
	if err := b.Work(t.Context()); !errors.Is(err, errNoWork) {
		t.Errorf("without Redis: %v", err)
	}
	opts, err := redis.ParseURL(redistest.Mini(t))
	if err != nil {
		t.Fatal(err)
	}
	b = newBench(t, "sqlite::memory:", func(c *Config) {
		c.Redis, c.Tick, c.Now = redis.NewClient(opts), 20*time.Millisecond, nil
	})
	stale := filepath.Join(b.cfg.Spool, "RE404.part")
	if err := errors.Join(os.MkdirAll(b.cfg.Spool, 0o700), os.WriteFile(stale, []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	sids := b.make(20, time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Work(ctx) }()
	until(t, "all are verified", b.log.String, func() bool {
		totals, err := b.Totals(t.Context())
		return err == nil && totals.States[Verified] == int64(len(sids))
	})
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(stale); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what nobody will finish is still there: %v", err)
	}
	if strings.Contains(b.log.String(), "level=ERROR") {
		t.Error(b.log.String())
	}
}
