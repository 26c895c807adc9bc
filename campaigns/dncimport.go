package campaigns

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/db"
)

// ImportRequest is a file whose numbers go on a list.
type ImportRequest struct {
	List     string
	From     io.Reader
	Country  string // how numbers without a + are meant; "": US
	Reason   string
	Source   string
	By       string
	Expires  time.Time // zero: never
	DryRun   bool      // count only
	Rejected io.Writer // a CSV of what could not be taken; nil: nobody wants it
}

// ImportResult is what became of a file. Rows is New, Already and Twice together.
type ImportResult struct {
	Lines    int64 `json:"lines"` // that are not empty
	Rows     int64 `json:"rows"`  // numbers, or keys
	New      int64 `json:"new"`
	Already  int64 `json:"already"` // were on the list
	Twice    int64 `json:"twice"`   // stood near each other in the file; in a dry run, others further apart count as new
	Rejected int64 `json:"rejected"`
	Bytes    int64 `json:"bytes"`
	DryRun   bool  `json:"dry_run"`
}

// Import puts the numbers of a file on a list, 500 at a time: what was put there stays, also when the file turns out to be
// broken further down, and doing it again changes nothing. Memory does not grow with the file. progress is told how far
// it is; nil for nobody. The errors are a *contacts.Fault, ErrListName, and those of the database and of From.
func (d *DoNotCall) Import(ctx context.Context, q ImportRequest, progress func(ImportResult)) (ImportResult, error) {
	if !listName.MatchString(q.List) {
		return ImportResult{}, fmt.Errorf("import into list %q: %w", q.List, ErrListName)
	}
	l, err := d.list(ctx, q.List)
	if err != nil && !errors.Is(err, ErrNoList) {
		return ImportResult{}, fmt.Errorf("import into list %s: %w", q.List, err)
	}
	i := &importing{d: d, q: q, res: ImportResult{DryRun: q.DryRun}, batch: map[string]bool{}}
	o := contacts.NumberOptions{Country: q.Country, Keys: l.Scope == ScopePerson || l.Scope == ScopeAccount, Began: i.began}
	o.Progress = func(rows, bytes int64) {
		if progress != nil {
			i.res.Lines, i.res.Bytes = rows, bytes
			progress(i.res)
		}
	}
	sum, err := contacts.ReadNumbers(ctx, q.From, o, func(_ int, number string) error { return i.take(ctx, number) }, i.reject)
	if flushErr := i.flush(context.WithoutCancel(ctx)); err == nil {
		err = flushErr
	}
	i.res.Lines, i.res.Rejected, i.res.Bytes = sum.Records, sum.Rejected, sum.Bytes
	if i.rejected != nil {
		if _, closeErr := i.rejected.Close(); err == nil {
			err = closeErr
		}
	}
	if err != nil {
		return i.res, fmt.Errorf("import into list %s: %w", q.List, err)
	}
	return i.res, nil
}

// importing is one import under way.
type importing struct {
	d        *DoNotCall
	q        ImportRequest
	res      ImportResult
	rejected *contacts.Rejected
	batch    map[string]bool // as kept
	last     string
}

func (i *importing) began(s contacts.Summary) (err error) {
	if i.q.Rejected != nil {
		i.rejected, err = contacts.NewRejected(i.q.Rejected, s)
	}
	return err
}

func (i *importing) reject(why contacts.Reject, cells []string) error {
	i.res.Rejected++
	if i.rejected == nil {
		return nil
	}
	return i.rejected.Write(why, cells)
}

func (i *importing) take(ctx context.Context, who string) error {
	i.res.Rows++
	who = kept(who)
	if i.batch[who] || i.last == who {
		i.res.Twice++
		return nil
	}
	i.last = who
	i.batch[who] = true
	if len(i.batch) < mostAsked {
		return nil
	}
	return i.flush(ctx)
}

// flush puts the numbers that were collected on the list, and counts those that were there.
func (i *importing) flush(ctx context.Context) error {
	if len(i.batch) == 0 {
		return nil
	}
	args := []any{i.q.List, db.Millis(i.d.now())}
	values := []any{}
	for _, who := range slices.Sorted(maps.Keys(i.batch)) { // in one order, so that two imports cannot lock each other out
		args = append(args, who)
		values = append(values, i.d.values(Entry{List: i.q.List, Reason: i.q.Reason, Source: i.q.Source, By: i.q.By, Expires: i.q.Expires}, who)...)
	}
	n := len(i.batch)
	clear(i.batch)
	count := "SELECT COUNT(*) FROM do_not_call WHERE list = ? AND (expires = 0 OR expires > ?) AND number IN (" + db.Marks(n) + ")"
	var already int64
	var err error
	if i.q.DryRun {
		err = i.d.db.QueryRow(ctx, count, args...).Scan(&already)
	} else {
		err = i.d.db.Tx(ctx, func(tx *db.Tx) error {
			if err := tx.QueryRow(ctx, count, args...).Scan(&already); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, fmt.Sprintf(upsert, strings.TrimSuffix(strings.Repeat(entryMarks+", ", n), ", ")), values...)
			return err
		})
	}
	i.res.Already += already
	i.res.New += int64(n) - already
	return err
}

// Export writes the entries of a list, as "csv" with cells that are safe in a spreadsheet, or as "ndjson", a line of JSON
// for each. Entries that have run out are left out. It tells how many there were; the errors are those of w and of the
// database, and of another format.
func (d *DoNotCall) Export(ctx context.Context, list string, w io.Writer, format string) (int64, error) {
	write, end := exportCSV(w)
	switch format {
	case "csv":
	case "ndjson":
		write, end = exportJSON(w)
	default:
		return 0, fmt.Errorf("export list %s: the format is csv or ndjson, not %q", list, format)
	}
	n, err := d.export(ctx, list, write)
	if endErr := end(); err == nil {
		err = endErr
	}
	if err != nil {
		return n, fmt.Errorf("export list %s: %w", list, err)
	}
	return n, nil
}

func (d *DoNotCall) export(ctx context.Context, list string, write func(Entry) error) (n int64, err error) {
	rows, err := d.db.Query(ctx, "SELECT "+entryColumns+" FROM do_not_call WHERE list = ? AND (expires = 0 OR expires > ?) ORDER BY number", list, db.Millis(d.now()))
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		e, err := scanEntry(rows)
		if err == nil {
			err = write(e)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

func exportCSV(w io.Writer) (func(Entry) error, func() error) {
	out := csv.NewWriter(w)
	began := false
	begin := func() error {
		if began {
			return nil
		}
		began = true
		return out.Write([]string{"number", "key", "reason", "source", "added_by", "added", "expires"})
	}
	write := func(e Entry) error {
		if err := begin(); err != nil {
			return err
		}
		return out.Write(contacts.SafeRow([]string{e.Number, e.Key, e.Reason, e.Source, e.By, timeText(e.Added), timeText(e.Expires)}))
	}
	return write, func() error {
		err := begin()
		out.Flush()
		return errors.Join(err, out.Error())
	}
}

func exportJSON(w io.Writer) (func(Entry) error, func() error) {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return func(e Entry) error { return out.Encode(e) }, func() error { return nil }
}

// MarshalJSON has the names of the API.
func (e Entry) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		List    string    `json:"list"`
		Number  string    `json:"number,omitempty"`
		Key     string    `json:"key,omitempty"`
		Reason  string    `json:"reason"`
		Source  string    `json:"source"`
		By      string    `json:"added_by"`
		Added   time.Time `json:"added"`
		Expires time.Time `json:"expires,omitzero"`
	}{e.List, e.Number, e.Key, e.Reason, e.Source, e.By, e.Added, e.Expires})
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
