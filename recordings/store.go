package recordings

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/carddata"
	"github.com/paydial/paydial/internal/machine"
	"github.com/paydial/paydial/recordings/archive"
	"github.com/paydial/paydial/twilio"
)

//go:embed migrations
var migrations embed.FS

// Config is what Recordings works with. DB and Policies are required; without Redis, Twilio, Archive and Spool it only
// knows and tells, and does not work.
type Config struct {
	DB      *db.DB
	Redis   redis.UniversalClient // the queue
	Twilio  *twilio.Client
	Archive archive.Archive
	Spool   string // folder for unfinished copies; made if it is not there

	Policies func() Policies // the project's rules as they are now
	// Facts finds what is known of a call whose recording was found without a callback; nil: nothing is.
	Facts func(ctx context.Context, callSID string) (CallFacts, bool)
	// Payments tells when payments were taken on a call; nil: none were.
	Payments func(ctx context.Context, callSID string) ([]Window, error)

	Audit   *audit.Log       // nil: no audit lines
	Log     *slog.Logger     // nil: none
	Now     func() time.Time // nil: time.Now
	Workers int              // copies made at once; 0: 4

	NoYear     bool          // the account is not in PCI Mode: Twilio deletes nothing by itself
	Tick       time.Duration // how often Work looks for what is due; 0: a second
	SweepEvery time.Duration // how often Work looks through Twilio's newest recordings; 0: 15 minutes
}

// Window is when a payment was taken on a call. To is zero while it is being taken.
type Window struct {
	ID       string // the ledger's
	From, To time.Time
}

// Recordings keeps the recordings of calls. It is safe for concurrent use by any number of processes on one database.
type Recordings struct {
	*Pauses // while callers pay

	cfg     Config
	machine *machine.Machine
}

// Defaults of Config.
const (
	defaultWorkers = 4
	defaultTick    = time.Second
	defaultSweep   = 15 * time.Minute
)

// New brings the tables up to date. It starts nothing.
func New(ctx context.Context, cfg Config) (*Recordings, error) {
	if cfg.DB == nil || cfg.Policies == nil {
		return nil, errors.New("open recordings: a database and rules are needed")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Workers <= 0 {
		cfg.Workers = defaultWorkers
	}
	if cfg.Tick <= 0 {
		cfg.Tick = defaultTick
	}
	if cfg.SweepEvery <= 0 {
		cfg.SweepEvery = defaultSweep
	}
	if err := db.Migrate(ctx, cfg.DB, "recordings", migrations); err != nil {
		return nil, fmt.Errorf("open recordings: %w", err)
	}
	m, err := newMachine()
	if err != nil {
		return nil, fmt.Errorf("open recordings: %w", err)
	}
	pauses := newPauses(pausesConfig{db: cfg.DB, twilio: cfg.Twilio, payments: cfg.Payments, log: cfg.Log, now: cfg.Now})
	return &Recordings{Pauses: pauses, cfg: cfg, machine: m}, nil
}

// now is the time as it can be kept.
func (r *Recordings) now() time.Time { return db.Time(db.Millis(r.cfg.Now())) }

// shown is an id for a message: what was handed in as one may be anything.
func shown(id string) string { return carddata.Mask(db.Clean(id, 64), carddata.Prose) }

// words is a text of people's, fit to be kept: without card numbers, and cut.
func words(s string, max int) string {
	return db.Clean(carddata.Mask(db.Clean(s, 8*max), carddata.Prose), max)
}

// errKeep ends a change without keeping anything, and is no failure.
var errKeep = errors.New("nothing to keep")

// change loads a recording, has fn change it, and keeps it with its dates and counters, in one transaction.
func (r *Recordings) change(ctx context.Context, sid string, fn func(*db.Tx, *row) error) (row, error) {
	var kept row
	err := r.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		before, err := byID(ctx, tx, sid)
		if err != nil {
			return err
		}
		after := before
		if err := fn(tx, &after); err != nil {
			kept = before
			return err
		}
		kept, err = r.save(ctx, tx, before, after)
		return err
	})
	if errors.Is(err, errKeep) {
		return kept, nil
	}
	if err != nil {
		return kept, fmt.Errorf("recording %s: %w", shown(sid), err)
	}
	return kept, nil
}

// insert adds a row. It reports false when there is one already, whatever it says.
func (r *Recordings) insert(ctx context.Context, tx *db.Tx, w row) (bool, error) {
	res, err := tx.Exec(ctx, "INSERT INTO recordings ("+columns+") VALUES ("+placeholders+") ON CONFLICT (sid) DO NOTHING", w.values()...)
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	return true, r.count(ctx, tx, row{}, w)
}

// save writes a row that was loaded in the same transaction, after its dates were worked out anew, and counts it.
func (r *Recordings) save(ctx context.Context, tx *db.Tx, before, after row) (row, error) {
	if err := r.write(ctx, tx, &after); err != nil {
		return after, err
	}
	return after, r.count(ctx, tx, before, after)
}

// write is save without the counters: whoever writes several rows counts them all in the end. Transactions lock rows
// first, then the head of the receipts, then counters, so that no two wait for each other.
func (r *Recordings) write(ctx context.Context, tx *db.Tx, w *row) error {
	if err := r.settle(ctx, tx, w); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE recordings SET "+assignments+" WHERE sid = ?", append(w.values(), w.SID)...)
	return err
}

// settle works out what follows from the rest of a row: whether it is held, its dates, and what is due when.
func (r *Recordings) settle(ctx context.Context, tx *db.Tx, w *row) error {
	holds, err := holdsOn(ctx, tx, w)
	if err != nil {
		return err
	}
	w.OnHold = len(holds) > 0
	switch {
	case w.State == Verified && w.OnHold:
		err = r.must(w, eventHold)
	case w.State == Held && !w.OnHold:
		err = r.must(w, eventRelease)
	}
	if err != nil {
		return err
	}
	rules := r.cfg.Policies()
	w.date(rules.For(w.Flow, w.Class), !r.cfg.NoYear)
	if w.dated = rules.Version(); w.State.over() {
		w.dated = ""
	}
	return nil
}
