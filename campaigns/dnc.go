package campaigns

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
)

//go:embed migrations
var migrations embed.FS

// Errors of do-not-call lists.
var (
	// ErrNotANumber says that a number cannot be put on a list because it is not E.164 (a withheld caller id).
	ErrNotANumber = errors.New("campaigns: not a phone number in E.164")
	// ErrNotOnList says that what is to be taken off a list does not stand on it.
	ErrNotOnList = errors.New("campaigns: not on the list")
	// ErrListName says that a text cannot name a list.
	ErrListName = errors.New("campaigns: a list's name is letters, digits, and . _ - in between, at most 64")
	// ErrNoList says that there is no such list.
	ErrNoList = errors.New("campaigns: there is no such list")
	// ErrScope says that a list takes numbers only, or that its scope cannot change because of what stands on it.
	ErrScope = errors.New("campaigns: the list's scope does not allow it")
	// ErrNoWhy says that taking somebody off a list needs who does it and why.
	ErrNoWhy = errors.New("campaigns: say who takes it off the list, and why")
)

// e164 is the shape of an international number (ITU-T E.164).
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

var listName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// DoNotCall is the lists of numbers that must not be called.
type DoNotCall struct {
	db  *db.DB
	now func() time.Time
}

// NewDoNotCall brings the tables up to date and returns the lists. now is the clock; nil is time.Now.
func NewDoNotCall(ctx context.Context, d *db.DB, now func() time.Time) (*DoNotCall, error) {
	if err := db.Migrate(ctx, d, "campaigns", migrations); err != nil {
		return nil, err
	}
	return ReadDoNotCall(d, now), nil
}

// ReadDoNotCall returns the lists of a database whose tables are up to date, for looking into them: it writes nothing.
func ReadDoNotCall(d *db.DB, now func() time.Time) *DoNotCall {
	if now == nil {
		now = time.Now
	}
	return &DoNotCall{db: d, now: now}
}

// Entry is a number on a list, or the key of a person or an account.
type Entry struct {
	List    string
	Number  string // E.164; "" where Key says who is meant
	Key     string // a contact's id, or a debt's or account's; only on lists of scope person or account
	Reason  string
	Source  string // a call, a file, a registry
	By      string // who put it there
	Expires time.Time
	Added   time.Time // zero in Put: now
}

// byCall is the source of an entry that somebody asked for on a call.
const byCall = "call"

// keyMark is what keys begin with where they are kept, so that they are never taken for numbers.
const keyMark = "k:"

// kept is what is kept of who must not be called: a number, or a key with its mark.
func kept(who string) string {
	if e164.MatchString(who) {
		return who
	}
	return keyMark + who
}

// told is the reverse of kept.
func told(kept string) (number, key string) {
	if key, ok := strings.CutPrefix(kept, keyMark); ok {
		return "", key
	}
	return kept, ""
}

// who is what an entry is about, as kept.
func (e Entry) who() (string, error) {
	switch {
	case e.Number != "" && !e164.MatchString(e.Number), e.Number == "" && e.Key == "":
		return "", ErrNotANumber
	case e.Number != "":
		return e.Number, nil
	}
	return keyMark + e.Key, nil
}

// Add puts number on list, for good, because somebody asked for it on a call: no campaign rings it any more, whatever lists
// it goes by. A number that is on it already stays with its first date and reason. An error is ErrNotANumber, or the
// database's.
func (d *DoNotCall) Add(ctx context.Context, list, number, reason string) error {
	if !e164.MatchString(number) {
		return fmt.Errorf("add to list %s: %w", list, ErrNotANumber)
	}
	return d.insert(ctx, Entry{List: list, Number: number, Reason: reason, Source: byCall}, number)
}

// Put puts an entry on its list. One that is there already keeps its first date and reason, and stays for as long as the
// later of both says. The errors are ErrListName, ErrNotANumber, ErrScope for a key on a list of numbers, and the
// database's.
func (d *DoNotCall) Put(ctx context.Context, e Entry) error {
	who, err := e.who()
	if err == nil && !listName.MatchString(e.List) {
		err = ErrListName
	}
	if err == nil && e.Number == "" {
		err = d.takesKeys(ctx, e.List)
	}
	if err != nil {
		return fmt.Errorf("put on list %s: %w", e.List, err)
	}
	return d.insert(ctx, e, who)
}

// upsert keeps what was first, and the longer of both times. Only that somebody asked for it on a call is never lost: it
// holds for every campaign.
const upsert = `INSERT INTO do_not_call (list, number, reason, source, added_by, added, expires) VALUES %s
	ON CONFLICT (list, number) DO UPDATE SET source = CASE excluded.source WHEN '` + byCall + `' THEN excluded.source ELSE do_not_call.source END, expires = CASE
		WHEN do_not_call.expires = 0 OR excluded.expires = 0 THEN 0
		WHEN excluded.expires > do_not_call.expires THEN excluded.expires ELSE do_not_call.expires END`

const entryMarks = "(?, ?, ?, ?, ?, ?, ?)"

// values are an entry's columns.
func (d *DoNotCall) values(e Entry, who string) []any {
	if e.Added.IsZero() {
		e.Added = d.now()
	}
	return []any{e.List, who, db.Clean(e.Reason, 500), db.Clean(e.Source, 200), db.Clean(e.By, 120), db.Millis(e.Added), db.Millis(e.Expires)}
}

func (d *DoNotCall) insert(ctx context.Context, e Entry, who string) error {
	if _, err := d.db.Exec(ctx, fmt.Sprintf(upsert, entryMarks), d.values(e, who)...); err != nil {
		return fmt.Errorf("put on list %s: %w", e.List, err)
	}
	return nil
}

// takesKeys is nil for a list of scope person or account.
func (d *DoNotCall) takesKeys(ctx context.Context, list string) error {
	l, err := d.list(ctx, list)
	if errors.Is(err, ErrNoList) || err == nil && l.Scope == ScopeNumber {
		return fmt.Errorf("%w: it takes phone numbers only", ErrScope)
	}
	return err
}

// Has tells whether number is on any of the lists now; no lists means any list at all.
func (d *DoNotCall) Has(ctx context.Context, number string, lists ...string) (bool, error) {
	on, err := d.Which(ctx, []string{number}, lists, d.now())
	return len(on) > 0, err
}

// mostAsked is how many numbers are looked for in one query.
const mostAsked = 500

// Which tells on which of the lists each number or key stands at a moment; who is on none of them is left out. No lists
// means all there are. It is one query for every 500 of them.
func (d *DoNotCall) Which(ctx context.Context, who, lists []string, now time.Time) (map[string][]string, error) {
	out := map[string][]string{}
	for len(who) > 0 {
		part := who[:min(len(who), mostAsked)]
		who = who[len(part):]
		if err := d.which(ctx, part, lists, now, out); err != nil {
			return nil, fmt.Errorf("look for numbers on %v: %w", lists, err)
		}
	}
	return out, nil
}

func (d *DoNotCall) which(ctx context.Context, who, lists []string, now time.Time, out map[string][]string) error {
	args := make([]any, 0, len(who)+len(lists)+1)
	for _, w := range who {
		args = append(args, kept(w))
	}
	query := "SELECT number, list FROM do_not_call WHERE number IN (" + db.Marks(len(who)) + ") AND (expires = 0 OR expires > ?)"
	args = append(args, db.Millis(now))
	if len(lists) > 0 {
		query += " AND list IN (" + db.Marks(len(lists)) + ")"
		for _, l := range lists {
			args = append(args, l)
		}
	}
	rows, err := d.db.Query(ctx, query+" ORDER BY number, list", args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var found, list string
		if err := rows.Scan(&found, &list); err != nil {
			return err
		}
		number, key := told(found)
		out[number+key] = append(out[number+key], list)
	}
	return rows.Err()
}
