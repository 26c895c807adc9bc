package payments

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/carddata"
	"github.com/paydial/paydial/twilio"
)

// sendLimit bounds one order at Twilio with its tries; a person looks at a locked button meanwhile.
const sendLimit = 8 * time.Second

// quickTries is how often an order is sent at once when the answer was lost. The key makes that safe.
const quickTries = 2

// retryWords ask Twilio to send a callback again that could not be delivered.
// Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
const retryWords = "#rc=3&rp=all"

// callbackURL is where Twilio tells of a payment; the ask tells old callbacks from new ones.
func (d *Desk) callbackURL(id string, ask int) string {
	at := d.cfg.PublicURL + "/voice/payments/" + id
	if ask > 0 {
		at += "?ask=" + strconv.Itoa(ask)
	}
	return at + retryWords
}

// carryOut sends an order to Twilio and notes what came of it. The error is ErrNotSent when Twilio did not take it.
func (d *Desk) carryOut(ctx context.Context, doc *document, o order) (*document, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendLimit)
	defer cancel()
	said := d.post(ctx, doc, o)
	kept, noteErr := d.update(context.WithoutCancel(ctx), doc.ID, func(doc *document, now time.Time) error {
		return d.rules.answered(doc, o, said, now)
	})
	if noteErr != nil {
		return doc, noteErr
	}
	if kept.Stage.Over() {
		if settleErr := d.settle(context.WithoutCancel(ctx), kept); settleErr != nil {
			d.cfg.Log.Error("settle payment", "payment", kept.ID, "error", settleErr)
		}
	}
	if said.err == nil {
		return kept, nil
	}
	d.cfg.Log.Warn("Twilio did not take an order", "call", doc.Call, "payment", doc.ID, "order", o.Do, "error", said.err)
	if o.Do == doComplete && kept.Stage != StageOpen && kept.Stage != StageCancelled {
		return kept, nil // it may be at work: nobody may say that nothing was charged
	}
	return kept, fmt.Errorf("%w: %s: %w", ErrNotSent, o.Do, said.err)
}

// reply is what came of an order.
type reply struct {
	sid    string // of the session that was opened
	err    error
	unsure bool // an earlier try of it may have arrived
}

// post sends an order, and again with the same key while it is unclear whether it arrived.
func (d *Desk) post(ctx context.Context, doc *document, o order) (said reply) {
	for range quickTries {
		said.unsure = said.unsure || unclear(said.err)
		switch o.Do {
		case doCreate:
			var p twilio.Payment
			p, said.err = d.cfg.Twilio.CreatePayment(ctx, doc.Call, d.newTwilioPayment(doc))
			if said.sid = p.SID; said.err == nil && p.SID == "" {
				said.err = errNoSession
			}
		case doRedirect:
			if said.err = d.setDetour(ctx, doc.Call, doc.ID, nil); said.err == nil {
				_, said.err = d.cfg.Twilio.RedirectCall(ctx, doc.Call, d.cfg.PublicURL+"/voice/desk/"+doc.ID)
			}
		default:
			u := twilio.PaymentUpdate{IdempotencyKey: o.Key, StatusCallback: d.callbackURL(doc.ID, o.Ask), Capture: o.Field}
			if o.Do != doCapture {
				u.Capture, u.Status = "", o.Do
			}
			_, said.err = d.cfg.Twilio.UpdatePayment(ctx, doc.Call, doc.SID, u)
		}
		if said.err == nil || refused(said.err) || ctx.Err() != nil {
			return said
		}
	}
	return said
}

// errNoSession is an answer of Twilio's that names no session.
var errNoSession = errors.New("payments: Twilio named no session")

// unclear tells whether an order may have arrived although its answer says nothing of the kind.
func unclear(err error) bool {
	var e *twilio.Error
	return err != nil && !refused(err) && !(errors.As(err, &e) && e.NotProcessed())
}

// refused tells whether Twilio said clearly that it did not do it, and will not.
func refused(err error) bool {
	var e *twilio.Error
	return errors.As(err, &e) && !e.Unclear() && !e.NotProcessed()
}

// newTwilioPayment is the session that Twilio is asked to open.
func (d *Desk) newTwilioPayment(doc *document) twilio.NewPayment {
	n := twilio.NewPayment{
		IdempotencyKey: doc.Create.Key, StatusCallback: d.callbackURL(doc.ID, 0), Currency: doc.Amount.Currency,
		Description: doc.Reference, PaymentConnector: doc.Connector, PaymentMethod: doc.Method,
		BankAccountType: doc.BankAccount, Timeout: doc.KeyTimeout, Input: "dtmf",
		Parameters: map[string]string{},
	}
	if doc.Intent == Charge {
		n.ChargeAmount = twilio.Amount(doc.Amount.Decimal())
	} else {
		n.TokenType = doc.TokenType
	}
	for name, value := range doc.Offer.Parameters {
		n.Parameters[name] = value
	}
	n.Parameters["paydial_payment"] = doc.ID
	if doc.Method == methodCard {
		code, postal := doc.field(fieldCode) != nil, doc.field(fieldPostal)
		ask := postal != nil && !postal.Given
		n.SecurityCode, n.PostalCode, n.ValidCardTypes = &code, &ask, doc.Offer.Cards
		n.MinPostalCodeLength = doc.Offer.PostalMin
		if postal != nil && postal.Given { // the resource takes no postal code of ours, so it goes along beside
			n.Parameters["postal_code"] = postal.Value
		}
	}
	if doc.Confirm {
		n.Confirmation = &doc.Confirm
	}
	return n
}

// The payment methods, as Twilio spells them.
const (
	methodCard = "credit-card"
	methodBank = "ach-debit"
)

// answered notes how an order went: pure.
func (r *rules) answered(doc *document, o order, said reply, now time.Time) error {
	err := said.err
	kept := doc.orderLike(o)
	if kept == nil {
		return errNoChange // something else was asked meanwhile
	}
	kept.Tries, kept.At = kept.Tries+1, now
	kept.Unsure = kept.Unsure || said.unsure || unclear(err)
	if err == nil {
		kept.Acked = true
		r.tookOrder(doc, o, said.sid, now)
		return nil
	}
	trouble := &Trouble{Code: "not_sent", At: now}
	var e *twilio.Error
	if errors.As(err, &e) && e.Code != 0 {
		trouble.Code = strconv.Itoa(e.Code)
		trouble.Text = db.Clean(carddata.Mask(e.Message, carddata.Prose), maxText)
	}
	if doc.Stage.Over() {
		return nil
	}
	doc.Trouble = trouble
	if refused(err) {
		r.refusedOrder(doc, o, kept, trouble, now)
	}
	return nil
}

// tookOrder notes that Twilio has taken an order.
func (r *rules) tookOrder(doc *document, o order, sid string, now time.Time) {
	switch o.Do {
	case doCreate:
		if doc.Stage.Over() {
			r.openedLate(doc, sid, now)
			return
		}
		r.opened(doc, sid, now)
	case doRedirect: // Arrived opens it
	case doCapture:
		if f := doc.field(o.Field); f != nil && f.Ask == o.Ask && !f.Closed && r.field(f, eventSent) {
			f.Until = now.Add(keyTimeout(doc))
		}
	}
}

// refusedOrder notes that Twilio will not do it.
func (r *rules) refusedOrder(doc *document, o order, kept *order, trouble *Trouble, now time.Time) {
	switch o.Do {
	case doCreate, doRedirect:
		if doc.Stage == StageStarting { // else it was opened by an earlier try
			r.end(doc, StageUnavailable, now)
		}
	case doCapture:
		if doc.Asking == o.Field {
			r.leave(doc)
		}
	case doComplete:
		gone := trouble.Code == strconv.Itoa(twilio.CodeNotFound)
		switch {
		case doc.Stage != StageCharging || kept.Acked || kept.Unsure: // an earlier try may be at work: only its result tells
		case gone: // the session had ended before: nothing was sent to the card company
			r.end(doc, StageCancelled, now)
		default:
			r.reopen(doc, now)
			doc.log(now, "", "refused", "", trouble.Code)
		}
	}
}

// reopen goes back to the fields: the card company was not asked.
func (r *rules) reopen(doc *document, now time.Time) {
	r.stage(doc, eventReopen)
	doc.Charged, doc.IdleEnds = time.Time{}, now.Add(r.limits.Idle)
}

// orderLike is the order of a document that is the same as o.
func (doc *document) orderLike(o order) *order {
	for _, kept := range []*order{doc.Create, doc.Capt, doc.Final} {
		if kept != nil && kept.Do == o.Do && kept.Key == o.Key && kept.Ask == o.Ask {
			return kept
		}
	}
	return nil
}
