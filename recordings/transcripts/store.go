package transcripts

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/recordings/redact"
)

//go:embed migrations
var migrations embed.FS

// Rules are the project's rules for the transcripts of one flow.
type Rules struct {
	Redact    redact.Rules
	KeepFor   time.Duration // from the beginning of the call's transcript; 0: until somebody deletes it
	KeepForAt recordings.Origin
}

// Config is what a Store needs. DB is required.
type Config struct {
	DB    *db.DB
	Rules func(flow string) Rules // as they are now; nil: every private number is masked, nothing is deleted by itself
	Audit *audit.Log              // where deletions are written; nil: nowhere
	Log   *slog.Logger            // nil: nothing is logged
	Now   func() time.Time        // nil: time.Now
}

// Store keeps transcripts in SQL. It is safe for concurrent use by any number of processes on one database.
type Store struct {
	cfg Config
	db  *db.DB

	turns [64]sync.Mutex // calls take turns in this process, so that held and the database agree
	mu    sync.Mutex
	held  map[string]map[lineKey]heldLine // by call
}

// lineKey names a line.
type lineKey struct {
	part, track string
	seq         int
}

// heldLine is a line that is not settled yet: as it was said, and as it stands in the database.
type heldLine struct {
	said   string
	stored string
	due    time.Time
}

// ErrNotFound says that there is no transcript of a call, or none any more.
var ErrNotFound = errors.New("no transcript")

// New brings the tables up to date and returns the store.
func New(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.DB == nil {
		return nil, errors.New("open transcripts: no database")
	}
	if err := db.Migrate(ctx, cfg.DB, "transcripts", migrations); err != nil {
		return nil, fmt.Errorf("open transcripts: %w", err)
	}
	if cfg.Rules == nil {
		cfg.Rules = func(string) Rules { return Rules{Redact: redact.All()} }
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Store{cfg: cfg, db: cfg.DB, held: map[string]map[lineKey]heldLine{}}, nil
}

// now is the time as it can be kept.
func (s *Store) now() time.Time { return db.Time(db.Millis(s.cfg.Now())) }

// turn keeps other goroutines from a call until done is called.
func (s *Store) turn(call string) (done func()) {
	n := uint32(2166136261) // FNV-1a
	for i := range len(call) {
		n = (n ^ uint32(call[i])) * 16777619
	}
	m := &s.turns[n%uint32(len(s.turns))]
	m.Lock()
	return m.Unlock
}

// heldOf is what is held of a call.
func (s *Store) heldOf(call string) map[lineKey]heldLine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[call]
}

// hold replaces what is held of a call.
func (s *Store) hold(call string, lines map[lineKey]heldLine) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(lines) == 0 {
		delete(s.held, call)
		return
	}
	s.held[call] = lines
}

// settleEvery is how often Work looks for lines that nothing can change any more, sweepEvery for transcripts to delete.
const (
	settleEvery = 5 * time.Second
	sweepEvery  = 10 * time.Minute
)

// Work settles lines and deletes what the rules keep no longer, until ctx ends. What is held then stays masked.
func (s *Store) Work(ctx context.Context) {
	settle, sweep := time.NewTicker(settleEvery), time.NewTicker(sweepEvery)
	defer settle.Stop()
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-settle.C:
			if err := s.Settle(ctx); err != nil && ctx.Err() == nil {
				s.cfg.Log.Error("settle transcripts", "error", err)
			}
		case <-sweep.C:
			got, err := s.Sweep(ctx)
			if err != nil && ctx.Err() == nil {
				s.cfg.Log.Error("sweep transcripts", "error", err)
			}
			if got.Deleted > 0 {
				s.cfg.Log.Info("deleted transcripts whose time was over", "transcripts", got.Deleted)
			}
		}
	}
}
