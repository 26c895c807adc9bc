package campaigns

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/db"
)

// Scope is what stands on a list.
type Scope string

// The scopes. Lists of persons and accounts may hold numbers beside the keys.
const (
	ScopeNumber  Scope = "number"
	ScopePerson  Scope = "person"  // keys are contacts' ids
	ScopeAccount Scope = "account" // keys are debts or accounts
)

// List is a do-not-call list.
type List struct {
	Name   string
	Owner  string // who answers for it
	Scope  Scope
	Source string // where it comes from
	// Expires is from when on the list has to be renewed, as those of registries do. Its entries go on to hold: a list
	// that is late keeps people from being rung, and never the other way round.
	Expires time.Time
	Entries int64 // that hold now
}

// Set writes down what a list is. The errors are ErrListName, ErrScope for an unknown scope or one that does not fit what
// stands on the list, and the database's.
func (d *DoNotCall) Set(ctx context.Context, l List) error {
	if l.Scope == "" {
		l.Scope = ScopeNumber
	}
	switch {
	case !listName.MatchString(l.Name):
		return fmt.Errorf("set list %q: %w", l.Name, ErrListName)
	case l.Scope != ScopeNumber && l.Scope != ScopePerson && l.Scope != ScopeAccount:
		return fmt.Errorf("set list %s: %w: it is number, person or account", l.Name, ErrScope)
	}
	if l.Scope == ScopeNumber {
		var keys int
		err := d.db.QueryRow(ctx, "SELECT COUNT(*) FROM do_not_call WHERE list = ? AND number LIKE ?", l.Name, keyMark+"%").Scan(&keys)
		if err != nil {
			return fmt.Errorf("set list %s: %w", l.Name, err)
		}
		if keys > 0 {
			return fmt.Errorf("set list %s: %w: there are keys on it", l.Name, ErrScope)
		}
	}
	_, err := d.db.Exec(ctx, `INSERT INTO do_not_call_lists (name, owner, scope, source, expires) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, scope = excluded.scope, source = excluded.source, expires = excluded.expires`,
		l.Name, db.Clean(l.Owner, 200), string(l.Scope), db.Clean(l.Source, 200), db.Millis(l.Expires))
	if err != nil {
		return fmt.Errorf("set list %s: %w", l.Name, err)
	}
	return nil
}

// Get is one list. A list that only has entries is one of numbers. The errors are ErrNoList and the database's.
func (d *DoNotCall) Get(ctx context.Context, name string) (List, error) {
	lists, err := d.Lists(ctx)
	if err != nil {
		return List{}, err
	}
	for _, l := range lists {
		if l.Name == name {
			return l, nil
		}
	}
	return List{}, fmt.Errorf("list %s: %w", name, ErrNoList)
}

// list is what was written down of a list; ErrNoList when nothing was.
func (d *DoNotCall) list(ctx context.Context, name string) (List, error) {
	l := List{Name: name}
	var expires int64
	err := d.db.QueryRow(ctx, "SELECT owner, scope, source, expires FROM do_not_call_lists WHERE name = ?", name).Scan(&l.Owner, &l.Scope, &l.Source, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return l, ErrNoList
	}
	l.Expires = db.Time(expires)
	return l, err
}

// Lists are all lists, by name, with how many entries of each hold now.
func (d *DoNotCall) Lists(ctx context.Context) ([]List, error) {
	lists, err := db.Select(ctx, d.db, func(from db.Scanner) (List, error) {
		var l List
		var expires int64
		err := from.Scan(&l.Name, &l.Owner, &l.Scope, &l.Source, &expires, &l.Entries)
		l.Expires = db.Time(expires)
		return l, err
	}, `SELECT names.name, COALESCE(l.owner, ''), COALESCE(l.scope, 'number'), COALESCE(l.source, ''), COALESCE(l.expires, 0), COALESCE(n.entries, 0)
		FROM (SELECT name FROM do_not_call_lists UNION SELECT list FROM do_not_call) names
		LEFT JOIN do_not_call_lists l ON l.name = names.name
		LEFT JOIN (SELECT list, COUNT(*) AS entries FROM do_not_call WHERE expires = 0 OR expires > ? GROUP BY list) n ON n.list = names.name
		ORDER BY names.name`, db.Millis(d.now()))
	if err != nil {
		return nil, fmt.Errorf("read do-not-call lists: %w", err)
	}
	return lists, nil
}

// Remove takes a number, or a key, off a list. That it was there is kept, with who took it off and why. The errors are
// ErrNotOnList, ErrNoWhy, and the database's.
func (d *DoNotCall) Remove(ctx context.Context, list, who, by, why string) error {
	if by == "" || why == "" {
		return fmt.Errorf("take off list %s: %w", list, ErrNoWhy)
	}
	err := d.db.Tx(ctx, func(tx *db.Tx) error {
		e, err := scanEntry(tx.QueryRow(ctx, "SELECT "+entryColumns+" FROM do_not_call WHERE list = ? AND number = ?"+tx.ForUpdate(), list, kept(who)))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotOnList
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO do_not_call_removed (id, list, number, reason, source, added_by, added, expires, removed, removed_by, why)
			VALUES (`+db.Marks(11)+`)`, rand.Text(), list, kept(who), e.Reason, e.Source, e.By, db.Millis(e.Added), db.Millis(e.Expires),
			db.Millis(d.now()), db.Clean(by, 120), db.Clean(why, 500))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DELETE FROM do_not_call WHERE list = ? AND number = ?", list, kept(who))
		return err
	})
	if err != nil {
		return fmt.Errorf("take off list %s: %w", list, err)
	}
	return nil
}

// Keyed tells whether any of the lists may hold keys of persons or accounts beside numbers.
func (d *DoNotCall) Keyed(ctx context.Context, lists []string) (bool, error) {
	for _, name := range lists {
		l, err := d.list(ctx, name)
		switch {
		case errors.Is(err, ErrNoList):
		case err != nil:
			return false, fmt.Errorf("read list %s: %w", name, err)
		case l.Scope != ScopeNumber:
			return true, nil
		}
	}
	return false, nil
}

const entryColumns = "list, number, reason, source, added_by, added, expires"

func scanEntry(from db.Scanner) (Entry, error) {
	var e Entry
	var who string
	var added, expires int64
	err := from.Scan(&e.List, &who, &e.Reason, &e.Source, &e.By, &added, &expires)
	e.Number, e.Key = told(who)
	e.Added, e.Expires = db.Time(added), db.Time(expires)
	return e, err
}

// Stay is the time that somebody was on a list.
type Stay struct {
	Entry
	Removed   time.Time // zero: is on it, unless it has run out
	RemovedBy string
	Why       string
}

// History is where a number, or a key, stands and stood: the latest first.
func (d *DoNotCall) History(ctx context.Context, who string) ([]Stay, error) {
	stays, err := db.Select(ctx, d.db, func(from db.Scanner) (Stay, error) {
		var s Stay
		var kept string
		var added, expires, removed int64
		err := from.Scan(&s.List, &kept, &s.Reason, &s.Source, &s.By, &added, &expires, &removed, &s.RemovedBy, &s.Why)
		s.Number, s.Key = told(kept)
		s.Added, s.Expires, s.Removed = db.Time(added), db.Time(expires), db.Time(removed)
		return s, err
	}, `SELECT `+entryColumns+`, 0 AS removed, '' AS removed_by, '' AS why FROM do_not_call WHERE number = ?
		UNION ALL SELECT `+entryColumns+`, removed, removed_by, why FROM do_not_call_removed WHERE number = ?
		ORDER BY added DESC, removed, list`, kept(who), kept(who))
	if err != nil {
		return nil, fmt.Errorf("read the history of a number: %w", err)
	}
	return stays, nil
}
