package payments

import (
	"fmt"
	"time"

	"github.com/paydial/paydial/internal/machine"
)

// Events of an agent-assisted payment. Those that end it are named "to_" and the stage.
const (
	eventStart  = "start"
	eventOpened = "opened"
	eventCharge = "charge"
	eventReopen = "reopen" // Twilio said that it did not begin to charge
)

// Events of a field.
const (
	eventAsk    = "ask"
	eventSent   = "sent"
	eventKey    = "key"
	eventRight  = "right"
	eventWrong  = "wrong"
	eventSilent = "silent"
	eventStop   = "stop"
	eventForget = "forget"
)

// rules decide how a document moves. They are pure: what they are given is all they know.
type rules struct {
	stages, fields *machine.Machine
	limits         Limits
}

func newRules(limits Limits) (*rules, error) {
	stages, err := machine.New(string(StageReady), stageTable())
	if err != nil {
		return nil, fmt.Errorf("stages: %w", err)
	}
	fields, err := machine.New(string(FieldNotAsked), fieldTable())
	if err != nil {
		return nil, fmt.Errorf("fields: %w", err)
	}
	return &rules{stages: stages, fields: fields, limits: limits}, nil
}

// stageTable says which stage follows which. An end is never left, but StageUnknown by a late result.
func stageTable() []machine.Transition {
	line := func(from Stage, event string, to Stage) machine.Transition {
		return machine.Transition{From: string(from), Event: event, To: string(to)}
	}
	table := []machine.Transition{
		line(StageReady, eventStart, StageStarting), line(StageStarting, eventOpened, StageOpen),
		line(StageOpen, eventCharge, StageCharging), line(StageCharging, eventReopen, StageOpen),
	}
	known := []Stage{StagePaid, StageSaved, StageDeclined, StageCancelled, StageCallerLeft, StageUnavailable}
	for _, from := range []Stage{StageReady, StageStarting, StageOpen, StageCharging, StageUnknown} {
		for _, to := range known {
			table = append(table, line(from, toEnd(to), to))
		}
	}
	for _, from := range []Stage{StageStarting, StageOpen, StageCharging} {
		table = append(table, line(from, toEnd(StageUnknown), StageUnknown))
	}
	for _, same := range append(known, StageUnknown) { // told again
		table = append(table, line(same, toEnd(same), same))
	}
	return table
}

func toEnd(s Stage) string { return "to_" + string(s) }

// fieldTable says how a field moves. FieldStopped and FieldSilent are only our own view: what Twilio tells later of
// the same ask still counts.
func fieldTable() []machine.Transition {
	all := []FieldState{FieldNotAsked, FieldAsking, FieldWaiting, FieldTyping, FieldRight, FieldWrong, FieldSilent, FieldStopped}
	heard := []FieldState{FieldAsking, FieldWaiting, FieldTyping}
	var table []machine.Transition
	add := func(event string, to FieldState, from ...FieldState) {
		for _, f := range from {
			table = append(table, machine.Transition{From: string(f), Event: event, To: string(to)})
		}
	}
	add(eventAsk, FieldAsking, all...)
	add(eventSent, FieldWaiting, FieldAsking)
	add(eventKey, FieldTyping, append(heard, FieldSilent)...)
	add(eventRight, FieldRight, all...)
	add(eventWrong, FieldWrong, append(heard, FieldSilent, FieldStopped)...)
	add(eventSilent, FieldSilent, append(heard, FieldSilent)...)
	add(eventStop, FieldStopped, heard...)
	add(eventForget, FieldNotAsked, FieldRight)
	return table
}

// stage moves a document to another stage; false when its stage does not have the event.
func (r *rules) stage(doc *document, event string) bool {
	to, err := r.stages.Next(string(doc.Stage), event)
	if err != nil {
		return false
	}
	doc.Stage = Stage(to)
	return true
}

// field moves a field; false when its state does not have the event.
func (r *rules) field(f *Field, event string) bool {
	to, err := r.fields.Next(string(f.State), event)
	if err != nil {
		return false
	}
	f.State = FieldState(to)
	return true
}

// keyTimeout is how long Twilio waits for the next key.
func keyTimeout(doc *document) time.Duration { return time.Duration(doc.KeyTimeout) * time.Second }

// end brings a document to an end. What is being asked is left; nothing is awaited any more.
func (r *rules) end(doc *document, to Stage, now time.Time) bool {
	before := doc.Stage
	if !r.stage(doc, toEnd(to)) {
		return false
	}
	r.leave(doc)
	doc.IdleEnds = time.Time{}
	if !before.Over() || before == StageUnknown && to != StageUnknown {
		doc.Ended = now
		doc.log(now, "", string(to), "", troubleCode(doc.Trouble))
	}
	return true
}

// leave stops the field that is being asked.
func (r *rules) leave(doc *document) {
	if f := doc.field(doc.Asking); f != nil {
		r.field(f, eventStop)
		f.Until = time.Time{}
	}
	doc.Asking = ""
}

func troubleCode(t *Trouble) string {
	if t == nil {
		return ""
	}
	return t.Code
}

// maxLog is how many lines a desk shows; the audit log has them all.
const maxLog = 60

func (doc *document) log(now time.Time, who, what, field, note string) {
	doc.Log = append(doc.Log, LogLine{At: now, Who: who, What: what, Field: field, Note: note})
	if over := len(doc.Log) - maxLog; over > 0 {
		doc.Log = append(doc.Log[:1:1], doc.Log[1+over:]...) // the first line tells who began
	}
}

// ask asks for a field, or for the same one again.
func (r *rules) ask(doc *document, name, key string, now time.Time) error {
	f := doc.field(name)
	if f == nil {
		return fmt.Errorf("%w: %.40q", ErrField, name)
	}
	if doc.Stage != StageOpen || doc.Keypad {
		return ErrStage
	}
	if doc.Asking != name {
		r.leave(doc)
	}
	r.field(f, eventAsk)
	doc.Asks++
	*f = Field{
		Name: f.Name, State: f.State, Tries: f.Tries + 1, Ask: doc.Asks, Until: now.Add(keyTimeout(doc)),
	}
	if name == fieldCard {
		doc.Brand, doc.Last4 = "", ""
	}
	doc.Asking, doc.Required, doc.Trouble = name, doc.missing(), nil
	doc.Capt = &order{Do: doCapture, Key: key, Field: name, Ask: doc.Asks, At: now}
	return nil
}

// charge sends what was captured to the card company.
func (r *rules) charge(doc *document, key string, now time.Time) error {
	if doc.Stage != StageOpen || doc.Keypad {
		return ErrStage
	}
	if len(doc.missing()) > 0 {
		return ErrMissing
	}
	r.leave(doc)
	r.stage(doc, eventCharge)
	doc.Asks++ // so that what is told of it can be told from what is told of an earlier try
	doc.Final = &order{Do: doComplete, Key: key, Ask: doc.Asks, At: now}
	doc.Trouble, doc.IdleEnds, doc.Charged = nil, time.Time{}, now
	return nil
}

// cancel stops a payment for which nothing was sent to the card company.
func (r *rules) cancel(doc *document, key, why string, now time.Time) error {
	switch doc.Stage {
	case StageReady, StageStarting, StageOpen:
	default:
		return ErrStage
	}
	if doc.Keypad && doc.Stage == StageOpen {
		return ErrStage // <Pay> has the caller; only its result ends it
	}
	if why != "" {
		doc.Trouble = &Trouble{Code: why, At: now}
	}
	doc.Final = &order{Do: doCancel, Key: key, At: now}
	r.end(doc, StageCancelled, now)
	return nil
}

// Twilio's fields, as Capture spells them.
const (
	fieldCard    = "payment-card-number"
	fieldExpiry  = "expiration-date"
	fieldCode    = "security-code"
	fieldPostal  = "postal-code"
	fieldRouting = "bank-routing-number"
	fieldAccount = "bank-account-number"
)

// What Twilio is asked for.
const (
	doCreate   = "create"
	doCapture  = "capture"
	doComplete = "complete"
	doCancel   = "cancel"
	doRedirect = "redirect" // the caller's leg, to the keypad
)
