package audit

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/carddata"
)

//go:embed migrations
var migrations embed.FS

// Limits of what a line holds, in bytes.
const (
	maxWord   = 120
	maxDetail = 500
)

// writeTime bounds one Write: whoever waits for it has a person waiting.
const writeTime = 5 * time.Second

// The ways by which something is done.
const (
	ViaPage   = "page"
	ViaAPI    = "api"
	ViaTwilio = "twilio"
	ViaWorker = "worker"
	ViaCLI    = "cli"
)

// Entry is one line, and how programs are shown it. Action and Via are required.
type Entry struct {
	Seq     int64     `json:"number"`   // from 1; given by Write
	At      time.Time `json:"at"`       // when; given by Write, to the millisecond, in UTC
	Who     string    `json:"who"`      // id of the person; "" when it was nobody, or nobody known
	Role    string    `json:"role"`     // what they were then, "agent, auditor"
	Via     string    `json:"via"`      // page, api, twilio, worker or cli
	Action  string    `json:"action"`   // a word such as "payment.ask", "sign_in", "take_over"
	Call    string    `json:"call_sid"` // CallSid
	Payment string    `json:"payment"`  // id in the ledger
	Field   string    `json:"field"`    // of a payment, such as "security-code"
	Result  string    `json:"result"`   // a word: "ok", "refused", "paid"
	Detail  string    `json:"detail"`   // a sentence for people
}

// Log is the audit log. It is safe for concurrent use by any number of processes on one database.
type Log struct {
	Now func() time.Time // the clock; set by New to time.Now

	db *db.DB
}

// New brings the log's tables up to date and returns the log.
func New(ctx context.Context, d *db.DB) (*Log, error) {
	if err := db.Migrate(ctx, d, "audit", migrations); err != nil {
		return nil, fmt.Errorf("open audit log: %w", err)
	}
	return &Log{Now: time.Now, db: d}, nil
}

// actionWord is the form of an action.
var actionWord = regexp.MustCompile(`^[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)?$`)

// Write adds a line. What was done is done: a request that ends meanwhile does not keep its line out. Texts are cut
// to what fits, and digits that look like a card number are masked but for the last four. The errors are an action
// or a way that is no word of the kind, and failures of the database.
func (l *Log) Write(ctx context.Context, e Entry) error {
	if !actionWord.MatchString(e.Action) {
		return errors.New("write audit log: the action is not a word like payment.ask")
	}
	if !slices.Contains([]string{ViaPage, ViaAPI, ViaTwilio, ViaWorker, ViaCLI}, e.Via) {
		return fmt.Errorf("write audit log: %s: via is none of page, api, twilio, worker, cli", e.Action)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	e = e.clean()
	err := l.db.Tx(ctx, func(tx *db.Tx) error {
		var last int64
		var before string
		// The lock of this row makes writers take turns, on Postgres as on SQLite.
		err := tx.QueryRow(ctx, "SELECT seq, hash FROM audit_head WHERE id = 1"+tx.ForUpdate()).Scan(&last, &before)
		if err != nil {
			return err
		}
		e.Seq, e.At = last+1, db.Time(db.Millis(l.Now()))
		hash := e.hash(before)
		if _, err := tx.Exec(ctx, "INSERT INTO audit ("+columns+") VALUES ("+placeholders+")", e.values(before, hash)...); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE audit_head SET seq = ?, hash = ? WHERE id = 1", e.Seq, hash)
		return err
	})
	if err != nil {
		return fmt.Errorf("write audit log: %s: %w", e.Action, err)
	}
	return nil
}

// clean makes an entry fit to be kept. Nothing in it can keep it out.
func (e Entry) clean() Entry {
	for _, f := range []struct {
		text *string
		rule carddata.Rule
		max  int
	}{
		{&e.Who, carddata.Identifier, maxWord}, {&e.Call, carddata.Identifier, maxWord}, {&e.Payment, carddata.Identifier, maxWord},
		{&e.Role, carddata.Prose, maxWord}, {&e.Action, carddata.Prose, maxWord}, {&e.Field, carddata.Prose, maxWord},
		{&e.Result, carddata.Prose, maxWord}, {&e.Detail, carddata.Prose, maxDetail},
	} {
		// Cut after masking, so that no number is cut into one that is not recognised.
		*f.text = db.Clean(carddata.Mask(db.Clean(*f.text, 8*f.max), f.rule), f.max)
	}
	return e
}
