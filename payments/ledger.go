package payments

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/db"
)

//go:embed migrations
var migrations embed.FS

// DefaultDeadline is how long a payment may be without a result before it is unknown: the longest <Pay> with
// three tries at each field takes some ten minutes.
const DefaultDeadline = 15 * time.Minute

// Ledger keeps payments in SQL. It is safe for concurrent use by any number of processes on one database.
type Ledger struct {
	Deadline time.Duration    // how long a result may take; set by NewLedger to DefaultDeadline
	Now      func() time.Time // the clock; set by NewLedger to time.Now
	// Took hears of every payment that took money, once, in the transaction that says so: what it writes there is kept with
	// it, and its error keeps both out. nil: nobody wants to know.
	Took func(ctx context.Context, tx *db.Tx, p Payment) error

	db *db.DB
}

// NewLedger brings the ledger's tables up to date and returns the ledger.
func NewLedger(ctx context.Context, d *db.DB) (*Ledger, error) {
	if err := db.Migrate(ctx, d, "payments", migrations); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	return &Ledger{Deadline: DefaultDeadline, Now: time.Now, db: d}, nil
}

// now is the time as it can be kept.
func (l *Ledger) now() time.Time {
	return db.Time(db.Millis(l.Now()))
}

// Open writes a payment before anything is asked of the caller. Opening the same turn of the same call again
// returns the payment that is there, whatever became of it. Besides failures of the database the errors are
// ErrUnsettled, ErrAlreadyPaid and ErrChanged, each with the payment in the way, and ErrCardData; after any
// of them nothing was written and no <Pay> may be sent.
func (l *Ledger) Open(ctx context.Context, n NewPayment) (Payment, error) {
	r, err := l.newRow(n)
	if err != nil {
		return Payment{}, fmt.Errorf("open payment: %w", err)
	}
	for {
		kept, err := l.open(ctx, r)
		if errors.Is(err, errGuardMoved) && ctx.Err() == nil {
			continue // who held the guard let it go between two looks
		}
		if err != nil {
			return kept.Payment, fmt.Errorf("open payment of call %s, turn %d: %w", r.Call, r.Turn, err)
		}
		return kept.Payment, nil
	}
}

// open is one attempt at Open. An error from the transaction's function undoes what it wrote.
func (l *Ledger) open(ctx context.Context, r row) (kept row, err error) {
	err = l.db.Tx(ctx, func(tx *db.Tx) error {
		kept = r
		res, err := tx.Exec(ctx, "INSERT INTO payments ("+columns+") VALUES ("+placeholders+") ON CONFLICT (call, turn) DO NOTHING", r.values()...)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			kept, err = scan(tx.QueryRow(ctx, "SELECT "+columns+" FROM payments WHERE call = ? AND turn = ?", r.Call, r.Turn))
			if err == nil && (kept.Amount != r.Amount || kept.Intent != r.Intent) {
				err = ErrChanged
			}
			return err
		}
		if r.guard == "" {
			return nil
		}
		holder, err := takeGuard(ctx, tx, r)
		if err != nil || holder.ID == r.ID {
			return err
		}
		kept = holder
		if holder.State.Succeeded() && !holder.Review {
			return ErrAlreadyPaid
		}
		return ErrUnsettled
	})
	return kept, err
}

// errGuardMoved says that a guard was held a moment ago and is not any more.
var errGuardMoved = errors.New("payments: guard moved")

// takeGuard takes a payment's guard, or returns the payment that holds it.
func takeGuard(ctx context.Context, tx *db.Tx, r row) (holder row, err error) {
	res, err := tx.Exec(ctx, "INSERT INTO payment_guards (guard, payment) VALUES (?, ?) ON CONFLICT (guard) DO NOTHING", r.guard, r.ID)
	if err != nil {
		return row{}, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return r, err
	}
	holder, err = scan(tx.QueryRow(ctx, "SELECT "+columns+" FROM payments WHERE id = (SELECT payment FROM payment_guards WHERE guard = ?)", r.guard))
	if errors.Is(err, ErrNotFound) {
		err = errGuardMoved
	}
	return holder, err
}

// Sweep makes unknown what has no result after its deadline, and returns how many it found.
func (l *Ledger) Sweep(ctx context.Context) (int, error) {
	now := db.Millis(l.now())
	res, err := l.db.Exec(ctx, "UPDATE payments SET state = ?, updated_at = ? WHERE state = ? AND deadline_at <= ?",
		string(Unknown), now, string(Started), now)
	if err != nil {
		return 0, fmt.Errorf("sweep payments: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("sweep payments: %w", err)
	}
	return int(n), nil
}
