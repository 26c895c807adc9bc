package campaigns

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/campaigns/pace"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/twilio"
)

// Config is what Campaigns works with. DB is required; without Redis, Twilio, PublicURL and Project it only knows and
// tells, and does not dial.
type Config struct {
	DB        *db.DB
	Redis     redis.UniversalClient // the queue and the pace
	Twilio    *twilio.Client
	PublicURL string                // what Twilio calls us by
	Project   func() *flows.Project // the project as it is now
	// ProjectDir holds the project's own rule books, rules/*.yaml; nil: it has none.
	ProjectDir fs.FS
	// Heard tells how a call's flow came out, for a call whose end nobody told us: false where there was none. While it fails
	// the call's end is not taken. nil: nobody knows.
	Heard func(ctx context.Context, callSID string) (CallEnd, bool, error)

	Audit   *audit.Log       // nil: no audit lines
	Log     *slog.Logger     // nil: none
	Now     func() time.Time // nil: time.Now
	Workers int              // calls that are created at once by this process; 0: 10
	Tick    time.Duration    // how often Work looks for who is due; 0: 200 ms

	// Lapse is how long an attempt may stay claimed before somebody asks Twilio what became of it; 0: 12 s. It is longer
	// than the creation of a call may take.
	Lapse time.Duration
	// LostAfter is how long after its claim an attempt that Twilio does not list is looked for; 0: 60 s. Twilio's list is
	// consistent only eventually.
	LostAfter time.Duration
	// LookAgain is how long after its ringing time, and then how often, a call is looked up whose end was not told; 0: 30 s.
	LookAgain time.Duration
}

// Defaults of Config.
const (
	defaultWorkers   = 10
	defaultTick      = 200 * time.Millisecond
	defaultLapse     = 12 * time.Second
	defaultLostAfter = time.Minute
	defaultLookAgain = 30 * time.Second
)

// Campaigns keeps campaigns, the people in them and what became of each, and dials. It is safe for concurrent use by any
// number of processes on one database and Redis.
type Campaigns struct {
	cfg   Config
	lists *DoNotCall
	pace  *pace.Pace // nil without Redis

	mu    sync.Mutex
	plans map[string]*plan        // campaigns as the project of now reads them, by name
	known map[string]cachedStatus // where people stand, by campaign
}

// New brings the tables up to date. Nothing runs before Work.
func New(ctx context.Context, cfg Config) (*Campaigns, error) {
	if cfg.DB == nil {
		return nil, errors.New("open campaigns: a database is needed")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	for _, d := range []struct {
		of    *time.Duration
		value time.Duration
	}{{&cfg.Tick, defaultTick}, {&cfg.Lapse, defaultLapse}, {&cfg.LostAfter, defaultLostAfter}, {&cfg.LookAgain, defaultLookAgain}} {
		if *d.of <= 0 {
			*d.of = d.value
		}
	}
	if cfg.Workers <= 0 {
		cfg.Workers = defaultWorkers
	}
	lists, err := NewDoNotCall(ctx, cfg.DB, cfg.Now)
	if err != nil {
		return nil, fmt.Errorf("open campaigns: %w", err)
	}
	c := &Campaigns{cfg: cfg, lists: lists, plans: map[string]*plan{}, known: map[string]cachedStatus{}}
	if cfg.Redis != nil {
		c.pace = pace.New(cfg.Redis)
	}
	return c, nil
}

// Lists are the do-not-call lists.
func (c *Campaigns) Lists() *DoNotCall { return c.lists }

// now is the time as it can be kept.
func (c *Campaigns) now() time.Time { return db.Time(db.Millis(c.cfg.Now())) }
