package payments

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/carddata"
)

const (
	// maxText is how long a text may be; Twilio's own limits are far below.
	maxText = 500
	// maxMinor keeps amounts below 13 digits. Twilio's own limit is 1,000,000.00.
	maxMinor = 99_999_999_999
	// maxTurn is what the table takes.
	maxTurn = 1_000_000
)

// newRow checks what Open was given and makes a row of it.
func (l *Ledger) newRow(n NewPayment) (row, error) {
	if n.Source == "" {
		n.Source = SourceKeypad
	}
	if n.Method == "" {
		n.Method = "credit-card"
	}
	if n.Deadline <= 0 {
		n.Deadline = l.Deadline
	}
	if n.ID == "" {
		n.ID = NewID()
	}
	if err := n.check(); err != nil {
		return row{}, err
	}
	now := l.now()
	r := row{Payment: Payment{
		ID: n.ID, Call: n.Call, Turn: n.Turn, Step: n.Step, Flow: n.Flow,
		Intent: n.Intent, Source: n.Source, Method: n.Method, Connector: n.Connector, Reference: n.Reference,
		Agent: n.Agent, Campaign: n.Campaign, Contact: n.Contact, Amount: n.Amount,
		State: Started, Started: now, Updated: now, Deadline: now.Add(n.Deadline),
	}}
	switch {
	case n.OnceKey != "":
		r.guard, r.guardKept = guardOf("once", n.OnceKey), true
	case n.Intent == Charge:
		r.guard = guardOf("call", n.Call+"\x00"+n.Reference)
	}
	return r, nil
}

// NewID makes the ID of a payment, which nobody can guess.
func NewID() string { return "pay_" + strings.ToLower(rand.Text()) }

// guardOf is the name of a guard. It is a hash, so that a key of any length and content fits.
func guardOf(kind, key string) string {
	sum := sha256.Sum256([]byte(key))
	return kind + ":" + hex.EncodeToString(sum[:16])
}

// check refuses what cannot be a payment, and card-like digits anywhere.
func (n NewPayment) check() error {
	switch {
	case n.Call == "":
		return errors.New("no call")
	case n.Turn < 0 || n.Turn > maxTurn:
		return fmt.Errorf("turn %d", n.Turn)
	case n.Intent != Charge && n.Intent != Save:
		return errors.New("intent is neither charge nor save")
	case n.Source != SourceKeypad && n.Source != SourceDesk:
		return errors.New("source is neither keypad nor desk")
	case n.Method != "credit-card" && n.Method != "ach-debit":
		return errors.New("method is neither credit-card nor ach-debit")
	case n.Amount.Minor < 0 || n.Amount.Minor > maxMinor, n.Intent == Charge && n.Amount.Minor == 0:
		return errors.New("an amount that cannot be charged")
	case n.Amount.Minor > 0 && !validCurrency(n.Amount.Currency), n.Amount.Currency != "" && !validCurrency(n.Amount.Currency):
		return errors.New("a currency that is not three lower-case letters")
	}
	for _, f := range []struct {
		name, text string
		rule       carddata.Rule
	}{
		{"id", n.ID, carddata.Identifier},
		{"call", n.Call, carddata.Identifier}, {"step", n.Step, carddata.Prose}, {"flow", n.Flow, carddata.Prose},
		{"connector", n.Connector, carddata.Prose}, {"reference", n.Reference, carddata.Prose}, {"agent", n.Agent, carddata.Prose},
		{"campaign", n.Campaign, carddata.Identifier}, {"contact", n.Contact, carddata.Identifier}, {"once key", n.OnceKey, carddata.Identifier},
	} {
		if f.text != db.Clean(f.text, maxText) {
			return fmt.Errorf("%s is not clean text of at most %d bytes", f.name, maxText)
		}
		if carddata.Holds(f.text, f.rule) {
			return fmt.Errorf("%s: %w", f.name, ErrCardData)
		}
	}
	return nil
}
