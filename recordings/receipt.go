package recordings

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
)

// Kinds of receipts.
const (
	KindArchived         = "archived"          // a copy is in the archive; it was read back and is the same
	KindDeletedAtTwilio  = "deleted_at_twilio" // by us, and its absence was checked
	KindExpiredAtTwilio  = "expired_at_twilio" // by Twilio, when its year was over
	KindDeletedElsewhere = "deleted_elsewhere" // at Twilio, by somebody else; there is a copy of ours
	KindDeletedHere      = "deleted_from_archive"
	KindHeld             = "held"
	KindReleased         = "released"
	KindLost             = "lost"    // gone at Twilio before there was a copy of ours
	KindDamaged          = "damaged" // the copy in the archive is not what was stored
)

// ByWorker is who does what the rules say.
const ByWorker = "worker"

// Because is the rule by which something was done.
type Because struct {
	Rule string `json:"rule,omitempty"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Text string `json:"text,omitempty"` // the arithmetic in words
}

// Receipt says what was done with a recording, when, by whom and why. It is one line of JSON, Line, that is kept and
// handed out exactly as it was written, and that carries the hash of the line before it.
type Receipt struct {
	N         int64 // from 1
	At        time.Time
	Kind      string
	Recording string
	Call      string
	Created   time.Time // of the recording
	Bytes     int64
	SHA256    string
	By        string // "worker", or who did it
	Because   *Because
	Detail    string
	Before    string // hash of the line before; "" for the first
	Hash      string
	Line      []byte
}

// MarshalJSON gives the line as it was written.
func (c Receipt) MarshalJSON() ([]byte, error) { return c.Line, nil }

// receiptLine is a receipt as it is written. Hash comes last: what stands before it is what it is the hash of.
type receiptLine struct {
	N         int64    `json:"n"`
	At        string   `json:"at"`
	Kind      string   `json:"kind"`
	Recording string   `json:"recording,omitempty"`
	Call      string   `json:"call,omitempty"`
	Created   string   `json:"created,omitempty"`
	Bytes     int64    `json:"bytes,omitempty"`
	SHA256    string   `json:"sha256,omitempty"`
	By        string   `json:"by"`
	Because   *Because `json:"because,omitempty"`
	Detail    string   `json:"detail,omitempty"`
	Before    string   `json:"before"`
}

// stampFormat is how times stand in a receipt: UTC, to the millisecond.
const stampFormat = "2006-01-02T15:04:05.000Z"

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stampFormat)
}

// hashMark stands between what is hashed and the hash, and a line ends behind it.
const hashMark = `,"hash":"`

// write makes a receipt's line and hash.
func (c *Receipt) write() error {
	text, err := json.Marshal(receiptLine{
		N: c.N, At: stamp(c.At), Kind: c.Kind, Recording: c.Recording, Call: c.Call, Created: stamp(c.Created),
		Bytes: c.Bytes, SHA256: c.SHA256, By: c.By, Because: c.Because, Detail: c.Detail, Before: c.Before,
	})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	c.Hash = hex.EncodeToString(sum[:])
	c.Line = append(text[:len(text)-1], hashMark+c.Hash+`"}`...)
	return nil
}

// Errors of receipts that do not hold together.
var errLine = errors.New("is not as it was written")

// readReceipt reads a line, and checks it against its own hash.
func readReceipt(line []byte) (Receipt, error) {
	const tail = len(hashMark) + sha256.Size*2 + len(`"}`)
	if len(line) <= tail || string(line[len(line)-tail:len(line)-tail+len(hashMark)]) != hashMark || !strings.HasSuffix(string(line), `"}`) {
		return Receipt{}, errLine
	}
	said := string(line[len(line)-tail+len(hashMark) : len(line)-len(`"}`)])
	text := append(append([]byte(nil), line[:len(line)-tail]...), '}')
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != said {
		return Receipt{}, errLine
	}
	var l receiptLine
	if err := json.Unmarshal(text, &l); err != nil {
		return Receipt{}, errLine
	}
	c := Receipt{N: l.N, Kind: l.Kind, Recording: l.Recording, Call: l.Call, Bytes: l.Bytes, SHA256: l.SHA256, By: l.By,
		Because: l.Because, Detail: l.Detail, Before: l.Before, Hash: said, Line: append([]byte(nil), line...)}
	var err1, err2 error
	c.At, err1 = time.Parse(stampFormat, l.At)
	if l.Created != "" {
		c.Created, err2 = time.Parse(stampFormat, l.Created)
	}
	if err1 != nil || err2 != nil {
		return Receipt{}, errLine
	}
	return c, nil
}

// receiptOf begins a receipt about a recording.
func receiptOf(kind string, w *row, why Because, detail string) Receipt {
	c := Receipt{Kind: kind, Recording: w.SID, Call: w.Call, Created: w.Created, Bytes: w.Bytes, SHA256: w.SHA256, By: ByWorker,
		Detail: words(detail, maxReason)}
	if why != (Because{}) {
		why.Text = words(why.Text, maxReason)
		c.Because = &why
	}
	return c
}

// receipt adds a receipt in the transaction in which the thing is done. about tells it from others of its kind for the
// same recording; one that is there already is not written again.
func (r *Recordings) receipt(ctx context.Context, tx *db.Tx, c Receipt, about string) error {
	var there int
	// The lock of this row makes writers take turns, on Postgres as on SQLite.
	err := tx.QueryRow(ctx, "SELECT n, hash FROM recording_receipts_head WHERE id = 1"+tx.ForUpdate()).Scan(&c.N, &c.Before)
	if err != nil {
		return fmt.Errorf("receipt %s: %w", c.Kind, err)
	}
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM recording_receipts WHERE recording = ? AND kind = ? AND about = ?", c.Recording, c.Kind, about).Scan(&there)
	if err != nil || there > 0 {
		return err
	}
	c.N++
	c.At = r.now()
	if err := c.write(); err != nil {
		return fmt.Errorf("receipt %s: %w", c.Kind, err)
	}
	_, err = tx.Exec(ctx, "INSERT INTO recording_receipts (n, recording, kind, about, line, hash) VALUES (?, ?, ?, ?, ?, ?)",
		c.N, c.Recording, c.Kind, about, string(c.Line), c.Hash)
	if err == nil {
		_, err = tx.Exec(ctx, "UPDATE recording_receipts_head SET n = ?, hash = ? WHERE id = 1", c.N, c.Hash)
	}
	if err != nil {
		return fmt.Errorf("receipt %s: %w", c.Kind, err)
	}
	return nil
}

// ReceiptQuery is which receipts are wanted, in the order in which they were written.
type ReceiptQuery struct {
	Recording string // "": of all
	After     int64  // those with a higher number
	Limit     int    // 0: 1000; at most 10000
}

// Receipts returns receipts in the order in which they were written.
func (r *Recordings) Receipts(ctx context.Context, q ReceiptQuery) ([]Receipt, error) {
	const usual, most = 1000, 10_000
	if q.Limit <= 0 {
		q.Limit = usual
	}
	where, args := "n > ?", []any{q.After}
	if q.Recording != "" {
		where, args = where+" AND recording = ?", append(args, q.Recording)
	}
	lines, err := r.sids(ctx, "SELECT line FROM recording_receipts WHERE "+where+" ORDER BY n LIMIT ?", append(args, min(q.Limit, most))...)
	if err != nil {
		return nil, fmt.Errorf("list receipts: %w", err)
	}
	out := make([]Receipt, len(lines))
	for i, line := range lines {
		c, err := readReceipt([]byte(line))
		if err != nil { // it is shown as it stands: Verify says which it is
			c = Receipt{Line: []byte(line)}
		}
		out[i] = c
	}
	return out, nil
}
