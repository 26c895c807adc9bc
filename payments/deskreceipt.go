package payments

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/carddata"
	"github.com/paydial/paydial/twilio"
)

// Errors of receipts.
var (
	// ErrNoText says that no text message can reach the caller, so that there is no receipt by text.
	ErrNoText = errors.New("payments: no text message can reach this caller")
	// ErrReceipt says that the receipt was not sent. It comes with the payment, whose Receipt says why.
	ErrReceipt = errors.New("payments: the receipt was not sent")
)

// ReceiptState is where the receipt of a payment stands.
type ReceiptState string

// The states of a receipt. From ReceiptSent on no other is sent.
const (
	ReceiptPossible ReceiptState = "possible"
	ReceiptFailed   ReceiptState = "failed"  // Twilio said clearly that it does not send it; it may be tried again
	ReceiptSending  ReceiptState = "sending" // Twilio was asked
	ReceiptSent     ReceiptState = "sent"    // Twilio has taken it
	ReceiptUnknown  ReceiptState = "unknown" // Twilio's answer was lost
)

// Receipt is the receipt of a payment by text message.
type Receipt struct {
	State ReceiptState `json:"state"`
	To    string       `json:"to"`            // the caller's number
	Why   string       `json:"why,omitempty"` // it failed: Twilio's number and sentence
	At    time.Time    `json:"at,omitzero"`   // of the last change
}

// receiptWay is between whom a receipt goes, and in which language.
type receiptWay struct {
	Line     string `json:"line,omitempty"` // the number that was rung, which it comes from
	Language string `json:"language,omitempty"`
}

// textable is a number that people have. Callers who hide theirs come as a word, or as one of those below.
var textable = regexp.MustCompile(`^\+[1-9]\d{7,14}$`)

// hidden are the numbers under which callers without one come: BLOCKED, UNKNOWN, RESTRICTED, ANONYMOUS, UNAVAILABLE,
// as they are spelled on the keys.
const hidden = " +2562533 +8656696 +7378742833 +266696687 +86282452253 "

// receiptBy prepares the receipt of a payment on a call, where one is possible.
func (doc *document) receiptBy(h Handover) {
	caller, line := h.From, h.To
	if h.Outbound {
		caller, line = h.To, h.From
	}
	if doc.Intent == Charge && textable.MatchString(caller) && textable.MatchString(line) && !strings.Contains(hidden, " "+caller+" ") {
		doc.Receipt = &Receipt{State: ReceiptPossible, To: caller}
		doc.Way = receiptWay{Line: line, Language: h.Language}
	}
}

// SendReceipt sends the receipt of a payment to the caller as a text message, from the number that was rung, once:
// asked for again it says how it stands. write writes it, in the language it is given. Whoever led the payment may
// ask for it, from any screen, and a supervisor.
//
// Errors: ErrNoAssisted, ErrStage with a payment that was not paid, ErrNoText, and ErrReceipt with what Twilio said.
func (d *Desk) SendReceipt(ctx context.Context, by Actor, id string, write func(a Assisted, language string) string) (Assisted, error) {
	send := false
	doc, err := d.update(ctx, id, func(doc *document, now time.Time) error {
		send = false
		switch {
		case doc.Agent != by.ID && !by.Supervisor:
			return ErrNoAssisted
		case doc.Stage != StagePaid:
			return ErrStage
		case doc.Receipt == nil:
			return ErrNoText
		case doc.Receipt.State != ReceiptPossible && doc.Receipt.State != ReceiptFailed:
			return errNoChange
		}
		send = true
		doc.Receipt.State, doc.Receipt.Why, doc.Receipt.At = ReceiptSending, "", now
		doc.log(now, by.ID, "receipt_asked", "", "")
		return nil
	})
	switch {
	case errors.Is(err, ErrNoAssisted):
		return Assisted{}, err
	case err != nil || !send:
		return shown(doc), err
	}
	return d.sendReceipt(ctx, doc, write(doc.Assisted, doc.Way.Language))
}

// sendReceipt asks Twilio, once: a message has no key that would make a second try safe.
func (d *Desk) sendReceipt(ctx context.Context, doc *document, text string) (Assisted, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendLimit)
	defer cancel()
	failed := d.cfg.Twilio.SendMessage(ctx, doc.Receipt.To, doc.Way.Line, text)
	kept, err := d.update(context.WithoutCancel(ctx), doc.ID, func(doc *document, now time.Time) error {
		to, why := ReceiptSent, ""
		if failed != nil {
			to = ReceiptUnknown
		}
		var e *twilio.Error
		if errors.As(failed, &e) && !e.Unclear() {
			to, why = ReceiptFailed, db.Clean(carddata.Mask(e.Message, carddata.Prose), maxText)
			if e.Code != 0 {
				why = strings.TrimSpace(fmt.Sprintf("%d %s", e.Code, why))
			}
		}
		doc.Receipt.State, doc.Receipt.Why, doc.Receipt.At = to, why, now
		doc.log(now, "", "receipt_"+string(to), "", why)
		return nil
	})
	switch {
	case err != nil:
		return shown(doc), err
	case failed != nil:
		d.cfg.Log.Warn("send receipt", "call", doc.Call, "payment", doc.ID, "error", failed)
		return shown(kept), fmt.Errorf("%w: %w", ErrReceipt, failed)
	}
	return shown(kept), nil
}
