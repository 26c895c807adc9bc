package payments

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/carddata"
)

const (
	// deskTurn is where the numbers of agent-assisted payments begin among a call's turns in the ledger: no flow gets
	// so far.
	deskTurn = 500_000
	// abandoned is after how long a claim without a payment belongs to a process that died.
	abandoned = 15 * time.Second
	// longestCall is after when the ledger gives up on a payment by itself, should the desk have lost it. Twilio ends
	// a call after four hours.
	longestCall = 4 * time.Hour
)

// Start takes an agent-assisted payment on a call that a flow has handed over: the ledger's row first, then the
// session at Twilio, and then the first field if one is wanted. The same Key again gives the same payment.
//
// Errors: ErrNotOffered, ErrAmount, ErrRaised, ErrReason and ErrCardData before anything was written, ErrCallBusy with
// the payment that is open, the ledger's ErrUnsettled and ErrAlreadyPaid, and ErrNotSent with the payment, whose
// Trouble says what Twilio said.
func (d *Desk) Start(ctx context.Context, by Actor, s Start) (Assisted, error) {
	return d.start(ctx, by, s, false)
}

// SendToKeypad lets the caller pay by keypad, in Twilio's own dialogue, and come back to the agent. What was open on
// the call is cancelled first. Errors are those of Start.
func (d *Desk) SendToKeypad(ctx context.Context, by Actor, s Start) (Assisted, error) {
	return d.start(ctx, by, s, true)
}

func (d *Desk) start(ctx context.Context, by Actor, s Start, keypad bool) (Assisted, error) {
	h, err := d.Handover(ctx, s.Call)
	if err != nil {
		return Assisted{}, err
	}
	doc, err := planned(h, s, by, d.cfg.Limits)
	if err != nil {
		return Assisted{}, fmt.Errorf("start payment on call %s: %w", s.Call, err)
	}
	if doc.Keypad = keypad; keypad {
		doc.First = "" // the caller is asked for everything
	}
	if err := d.mayCharge(ctx, s, doc); err != nil {
		return Assisted{}, err
	}
	doc, begun, err := d.claim(ctx, by, s, doc)
	if err != nil || !begun {
		return shown(doc), err
	}
	ctx = context.WithoutCancel(ctx) // from here on it is seen through
	if err := d.open(ctx, doc, s.Key); err != nil {
		return shown(doc), err
	}
	doc.Recording, doc.Paused = d.pauseRecordings(ctx, doc.Call, doc.ID)
	doc.Hushed = d.hush(ctx, doc.Call)
	if doc, begun, err = d.begin(ctx, by, doc); err != nil || !begun {
		return shown(doc), err
	}
	kept, err := d.carryOut(ctx, doc, *doc.Create)
	if err != nil || kept.First == "" || kept.Stage != StageOpen {
		return shown(kept), err
	}
	return d.Ask(ctx, by, kept.ID, kept.First, kept.Create.Key) // with the key that Hear has for it: it is asked once
}

// planned is the document of a payment as it is wanted, within what the flow offers: pure.
func planned(h Handover, s Start, by Actor, l Limits) (*document, error) {
	offer := Offer{Intent: Charge, Method: methodCard, AskCode: true, AskPostal: true}
	if h.Offer != nil {
		offer = *h.Offer
	}
	doc := &document{Offer: offer, Confirm: s.Confirm, Reason: db.Clean(s.Reason, maxText)}
	doc.Call, doc.Flow, doc.Stage = s.Call, h.Flow, StageReady
	doc.Intent, doc.Method, doc.Reference = cmp.Or(s.Intent, offer.Intent), or(s.Method, offer.Method), or(s.Reference, offer.Reference)
	doc.Connector, doc.Slow = offer.Connector, s.Slow
	doc.Agent, doc.Screen, doc.First = by.ID, by.Screen, s.First
	doc.KeyTimeout = l.KeyTimeout
	if s.Slow {
		doc.KeyTimeout = l.SlowKeys
	}
	if doc.Method == methodBank {
		doc.BankAccount = or(s.BankAccount, or(offer.BankAccount, "consumer-checking"))
	}
	if err := doc.amount(s, by, h.Offer != nil); err != nil {
		return nil, err
	}
	doc.Fields = fieldsOf(doc, s.AskPostal)
	doc.Required = doc.missing()
	doc.receiptBy(h)
	if doc.First != "" && doc.First != "first" && doc.field(doc.First) == nil {
		return nil, fmt.Errorf("%w: %.40q", ErrField, doc.First)
	}
	if carddata.Holds(doc.Reference, carddata.Prose) || carddata.Holds(s.Reason, carddata.Prose) {
		return nil, ErrCardData
	}
	return doc, nil
}

// amount is what will be charged: as offered, less if the agent says so, more if a supervisor does.
func (doc *document) amount(s Start, by Actor, offered bool) error {
	if doc.Intent == Save {
		doc.Amount = Amount{Currency: doc.Offer.Amount.Currency}
		doc.TokenType = or(s.TokenType, or(doc.Offer.TokenType, "reusable"))
		return nil
	}
	doc.Amount = s.Amount
	if s.Amount == (Amount{}) {
		doc.Amount = doc.Offer.Amount
	}
	limit := doc.Offer.Limit
	switch {
	case doc.Amount.Minor <= 0 || doc.Amount.Minor > maxMinor || !validCurrency(doc.Amount.Currency):
		return fmt.Errorf("%w: %s", ErrAmount, doc.Amount)
	case doc.Offer.Amount.Currency != "" && doc.Amount.Currency != doc.Offer.Amount.Currency:
		return fmt.Errorf("%w: the flow takes %s", ErrAmount, doc.Offer.Amount.Currency)
	case limit.Minor > 0 && doc.Amount.Minor > limit.Minor:
		return fmt.Errorf("%w: this call may charge %s at most", ErrAmount, limit)
	case offered && doc.Amount.Minor > doc.Offer.Amount.Minor && !by.Supervisor:
		return fmt.Errorf("%w: %s were offered", ErrRaised, doc.Offer.Amount)
	}
	return nil
}

// fieldsOf are the fields that a payment needs, in the order in which they are usually asked.
func fieldsOf(doc *document, askPostal bool) []Field {
	if doc.Method == methodBank {
		return []Field{{Name: fieldRouting, State: FieldNotAsked, Length: 9}, {Name: fieldAccount, State: FieldNotAsked}}
	}
	out := []Field{{Name: fieldCard, State: FieldNotAsked}, {Name: fieldExpiry, State: FieldNotAsked, Length: 4}}
	if doc.Offer.AskCode {
		out = append(out, Field{Name: fieldCode, State: FieldNotAsked})
	}
	known := doc.Offer.PostalCode
	switch {
	case known != "" && !askPostal:
		out = append(out, Field{Name: fieldPostal, State: FieldRight, Value: known, Digits: len(known), Given: true, Closed: true})
	case doc.Offer.AskPostal || askPostal:
		out = append(out, Field{Name: fieldPostal, State: FieldNotAsked})
	}
	return out
}

// claim gives the call to the payment. It is not begun when the same wish led to one before: that one comes back.
func (d *Desk) claim(ctx context.Context, by Actor, s Start, doc *document) (_ *document, begun bool, err error) {
	if s.Key == "" {
		return nil, false, errors.New("payments: a key is needed to start")
	}
	for aside := ""; ; {
		c, err := d.store.take(ctx, claiming{call: s.Call, id: NewID(), key: s.Key, now: d.cfg.Now(), aside: aside})
		if err != nil {
			return nil, false, fmt.Errorf("claim call %s: %w", s.Call, err)
		}
		doc.ID, doc.Turn = c.id, deskTurn+c.n
		if c.word == "new" {
			return doc, true, nil
		}
		open, err := d.store.load(ctx, c.id)
		gone := errors.Is(err, ErrNoAssisted)
		switch {
		case err != nil && !gone:
			return nil, false, fmt.Errorf("claim call %s: %w", s.Call, err)
		case c.word == "same" && gone: // its process died before it was written
			return doc, true, nil
		case c.word == "same":
			return open, false, nil
		case gone && d.cfg.Now().Sub(c.since) < abandoned:
			return nil, false, ErrCallBusy
		case gone:
			err = d.bury(ctx, s.Call, c.id)
		case open.Stage.Over(): // its process died before it was through with it
			err = d.settle(ctx, open)
		case doc.Keypad && open.Stage == StageOpen && aside != c.id:
			_, err = d.Cancel(ctx, by, c.id, "")
		default:
			return open, false, ErrCallBusy
		}
		if err != nil {
			return open, false, err
		}
		aside = c.id
	}
}

// bury writes down that nothing came of a claim whose process died before it wrote the payment, so that it cannot
// come to life any more: should the process live after all, it finds the payment over.
func (d *Desk) bury(ctx context.Context, call, id string) error {
	now := d.cfg.Now()
	doc := &document{}
	doc.ID, doc.Call, doc.Stage, doc.Fields, doc.Required = id, call, StageCancelled, []Field{}, []string{}
	doc.Started, doc.Updated, doc.Ended = now, now, now
	doc.Recording, doc.Paused, doc.Hushed = RecordingNone, d.leftPaused(ctx, call), d.hush(ctx, call)
	row, err := d.cfg.Ledger.Get(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound): // it did not even get there
	case err != nil:
		return fmt.Errorf("payment %s: %w", id, err)
	default:
		doc.Intent, doc.Method, doc.Amount, doc.Reference = row.Intent, row.Method, row.Amount, row.Reference
		doc.Agent, doc.Flow, doc.Connector, doc.Turn = row.Agent, row.Flow, row.Connector, row.Turn
		doc.Brand, doc.Last4, doc.Confirmation = row.Brand, row.Last4, row.Confirmation
		if row.State != Started {
			doc.Stage = stageOf(row.State)
		}
	}
	if doc.Stage == StageCancelled {
		doc.Trouble = &Trouble{Code: "abandoned", At: now}
	}
	doc.log(now, "", string(doc.Stage), "", "abandoned")
	kept, err := d.store.keep(ctx, doc, d.rules.due(doc, now))
	if err != nil || !kept { // not kept: it was written after all
		return err
	}
	d.changed(ctx, doc)
	return d.settle(ctx, doc)
}

// mayCharge wants a reason for charging a call that has paid, and keeps what agents take on a call within its limit,
// which the flow reckons from its own charges. A wish that led to a payment before is only repeated.
func (d *Desk) mayCharge(ctx context.Context, s Start, doc *document) error {
	limit := doc.Offer.Limit
	if doc.Intent != Charge || s.Reason != "" && limit.Minor == 0 {
		return nil
	}
	if again, err := d.store.wished(ctx, s.Call, s.Key); err != nil || again {
		return err
	}
	page, err := d.cfg.Ledger.List(ctx, Query{Filter: Filter{Call: s.Call, States: []State{Paid, Unknown}}, Limit: 100})
	if err != nil {
		return err
	}
	taken := doc.Amount
	for _, p := range page.Payments {
		if p.State == Paid && s.Reason == "" {
			return ErrReason
		}
		if sum, ok := taken.Plus(p.Amount); ok && p.Intent == Charge && p.Source == SourceDesk {
			taken = sum
		}
	}
	if limit.Minor > 0 && taken.Minor > limit.Minor {
		return fmt.Errorf("%w: this call may charge %s at most, all told", ErrAmount, limit)
	}
	return nil
}

// open writes the ledger's row. A number that is taken, because Redis forgot it, is passed over.
func (d *Desk) open(ctx context.Context, doc *document, key string) error {
	for range 50 {
		p, err := d.cfg.Ledger.Open(ctx, NewPayment{
			ID: doc.ID, Call: doc.Call, Turn: doc.Turn, Step: or(doc.Offer.Step, "desk"), Flow: doc.Flow, Amount: doc.Amount,
			Intent: doc.Intent, Source: SourceDesk, Method: doc.Method, Connector: doc.Connector, Reference: doc.Reference,
			Agent: doc.Agent, OnceKey: doc.Offer.OnceKey, Deadline: longestCall,
		})
		if err == nil && p.ID == doc.ID {
			return nil
		}
		if err != nil && (!errors.Is(err, ErrChanged) || p.ID == doc.ID) {
			d.letGo(ctx, doc, key)
			return err
		}
		doc.Turn++
	}
	return fmt.Errorf("open payment of call %s: no number is free", doc.Call)
}

// letGo gives up a claim that led to nothing. Where the row may have been written nevertheless the claim stays: the
// same wish goes on from there, and another one clears it up.
func (d *Desk) letGo(ctx context.Context, doc *document, key string) {
	_, err := d.cfg.Ledger.Get(ctx, doc.ID)
	if errors.Is(err, ErrNotFound) {
		err = d.store.let(ctx, doc.Call, doc.ID, key)
	}
	if err != nil {
		d.cfg.Log.Error("let go of call", "call", doc.Call, "error", err)
	}
}

// begin keeps the payment for the first time, on its way to Twilio. It is not begun when it is there already: the same
// wish came a moment earlier, or this process was taken for dead.
func (d *Desk) begin(ctx context.Context, by Actor, doc *document) (_ *document, begun bool, err error) {
	now := d.cfg.Now()
	doc.Create = &order{Do: doCreate, Key: uuid.NewString(), At: now}
	if doc.Keypad {
		doc.Create.Do = doRedirect
	}
	doc.Started, doc.Updated, doc.IdleEnds = now, now, now.Add(d.cfg.Limits.Idle)
	d.rules.stage(doc, eventStart)
	doc.log(now, by.ID, "started", "", doc.Reason)
	kept, err := d.store.keep(ctx, doc, d.rules.due(doc, now))
	if err != nil {
		return doc, false, fmt.Errorf("keep payment %s: %w", doc.ID, err)
	}
	if kept {
		d.changed(ctx, doc)
		return doc, true, nil
	}
	there, err := d.store.load(ctx, doc.ID)
	if err == nil && there.Stage == StageCancelled { // the row may have come after it was given up
		_, _, err = d.cfg.Ledger.Close(ctx, doc.ID, Result{State: Cancelled, Yields: true})
	}
	return there, false, err
}
