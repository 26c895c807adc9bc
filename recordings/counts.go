package recordings

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
)

// Names of counters. Those of states and flags have the word behind them.
const (
	countState    = "state."
	countFlag     = "flag."
	countWarned   = "warned." // and the days
	countHeld     = "held"
	countFlagged  = "flagged"
	countTwilio   = "at_twilio"
	countArchived = "in_archive"
	countBytes    = "bytes"
	countTrouble  = "trouble"
)

// counted is what a row adds to the counters.
func (w *row) counted() map[string]int64 {
	n := map[string]int64{}
	if w.SID == "" {
		return n
	}
	n[countState+string(w.State)] = 1
	for _, f := range w.Flags {
		n[countFlag+string(f)] = 1
	}
	if len(w.Flags) > 0 {
		n[countFlagged] = 1
	}
	if w.OnHold {
		n[countHeld] = 1
	}
	if w.Twilio == TwilioHas && !w.State.over() {
		n[countTwilio] = 1
	}
	if w.hasCopy() {
		n[countArchived], n[countBytes] = 1, w.Bytes
	}
	for _, days := range warnDays {
		if w.Warned != 0 && w.Warned <= days {
			n[countWarned+fmt.Sprint(days)] = 1
		}
	}
	if w.Trouble != "" && !w.State.over() {
		n[countTrouble] = 1
	}
	return n
}

// count moves the counters from what a row was to what it is. They are always taken in the same order, so that no two
// transactions wait for each other.
func (r *Recordings) count(ctx context.Context, tx *db.Tx, before, after row) error {
	deltas := map[string]int64{}
	difference(deltas, before, after)
	return add(ctx, tx, deltas)
}

// difference adds to deltas what changes between what a row was and what it is.
func difference(deltas map[string]int64, before, after row) {
	for name, n := range after.counted() {
		deltas[name] += n
	}
	for name, n := range before.counted() {
		deltas[name] -= n
	}
}

func add(ctx context.Context, tx *db.Tx, deltas map[string]int64) error {
	for _, name := range slices.Sorted(maps.Keys(deltas)) {
		if deltas[name] == 0 {
			continue
		}
		_, err := tx.Exec(ctx, `INSERT INTO recording_counts (name, n) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET n = recording_counts.n + excluded.n`, name, deltas[name])
		if err != nil {
			return fmt.Errorf("count %s: %w", name, err)
		}
	}
	return nil
}

// countedUpTo is where a number on a page ends in "or more".
const countedUpTo = 1000

// Totals are how things stand.
type Totals struct {
	States    map[State]int64
	Flags     map[Flag]int64
	Held      int64
	Flagged   int64
	Trouble   int64 // with which something goes wrong now, and is tried again
	AtTwilio  int64 // copies at Twilio
	InArchive int64 // copies of ours that were read back
	Bytes     int64 // what they take

	DeletedToday int64 // copies that are to be deleted within 24 hours; at most 1000, which says "or more"
	Overdue      int64 // whose deletion is due for more than an hour; at most 1000
	// Cliff are recordings that Twilio deletes within 60, 30 and 7 days and of which there is no copy of ours though
	// there should be; at most 1000 each. Each number includes the next.
	Cliff map[int]int64
	// Warned is how many recordings were ever warned of, by the days that were left at the most.
	Warned map[int]int64

	LastSweep   time.Time     // end of the last pass through Twilio's newest recordings; zero: there was none
	LastWhole   time.Time     // end of the last pass through all of them
	TwilioAhead time.Duration // of our clock, when Twilio was heard last
}

// Totals tells how things stand. It takes the same time whatever there is: states and bytes are counted as they change.
func (r *Recordings) Totals(ctx context.Context) (Totals, error) {
	t := Totals{States: map[State]int64{}, Flags: map[Flag]int64{}, Cliff: map[int]int64{}, Warned: map[int]int64{}}
	if err := r.readCounts(ctx, &t); err != nil {
		return t, fmt.Errorf("total recordings: %w", err)
	}
	now := r.now()
	ahead, err := r.ahead(ctx)
	if err != nil {
		return t, fmt.Errorf("total recordings: %w", err)
	}
	t.TwilioAhead = ahead
	bounded := func(column string, before time.Time) int64 {
		var n int64
		if err == nil {
			err = r.cfg.DB.QueryRow(ctx, fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1 FROM recordings WHERE %s > 0 AND %s < ? LIMIT %d) AS few",
				column, column, countedUpTo), db.Millis(before)).Scan(&n)
		}
		return n
	}
	t.DeletedToday = bounded("next_delete", now.Add(24*time.Hour))
	t.Overdue = bounded("next_delete", now.Add(-time.Hour))
	for _, days := range warnDays {
		t.Cliff[days] = bounded("cliff_at", now.Add(ahead).AddDate(0, 0, days))
	}
	if err != nil {
		return t, fmt.Errorf("total recordings: %w", err)
	}
	return t, nil
}

func (r *Recordings) readCounts(ctx context.Context, t *Totals) error {
	found, err := r.cfg.DB.Query(ctx, "SELECT name, n FROM recording_counts UNION ALL SELECT 'sweep.' || kind, finished_at FROM recording_sweeps")
	if err != nil {
		return err
	}
	defer func() { _ = found.Close() }()
	plain := map[string]*int64{countHeld: &t.Held, countFlagged: &t.Flagged, countTrouble: &t.Trouble, countTwilio: &t.AtTwilio,
		countArchived: &t.InArchive, countBytes: &t.Bytes}
	for found.Next() {
		var name string
		var n int64
		if err := found.Scan(&name, &n); err != nil {
			return err
		}
		kind, word, _ := strings.Cut(name, ".")
		switch kind + "." {
		case countState:
			t.States[State(word)] = n
		case countFlag:
			t.Flags[Flag(word)] = n
		case countWarned:
			var days int
			if _, err := fmt.Sscan(word, &days); err == nil {
				t.Warned[days] = n
			}
		case "sweep.":
			if word == sweepNew {
				t.LastSweep = db.Time(n)
			} else {
				t.LastWhole = db.Time(n)
			}
		}
		if into := plain[name]; into != nil {
			*into = n
		}
	}
	return found.Err()
}
