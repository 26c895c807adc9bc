package payments

import (
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/carddata"
	"github.com/paydial/paydial/twilio"
)

// hear brings a callback that tells no result into a document. It is true when something changed. Callbacks come
// late, twice, in any order or not at all: the number of the ask, which travels in the callback's address, says which
// are old, a field that Twilio has closed is not opened again, and every callback repeats what was captured before.
func (r *rules) hear(doc *document, ask int, st twilio.PaymentStatus, now time.Time) bool {
	switch {
	case doc.Stage.Over():
		return r.openedLate(doc, st.SID, now)
	case doc.Stage == StageCharging:
		return r.unconfirmed(doc, ask, st, now)
	}
	changed := r.opened(doc, st.SID, now)
	name := strings.TrimSuffix(st.Capture, "-matcher")
	f := doc.field(name)
	if f == nil || doc.Stage != StageOpen {
		return changed
	}
	if ask == 0 {
		ask = f.Ask
	}
	if ask != f.Ask || ask == 0 {
		return changed // of an earlier try
	}
	if r.harvest(doc, f, ask, st) {
		changed = true
	}
	if f.Closed {
		return changed
	}
	if st.Partial || st.ErrorType == "" && st.HasRequired && wants(st.Required, f.Name) { // not complete while Twilio wants it
		return ask == doc.Asks && r.heardKey(doc, f, st, now) || changed // and it listens to one field only
	}
	if st.ErrorType == "" && !st.HasRequired && valueOf(st, f.Name) == "" {
		return changed // it says nothing
	}
	r.heardEnd(doc, f, st, now)
	return true
}

// openedLate notes the session of a payment that is over already, so that it is closed.
func (r *rules) openedLate(doc *document, sid string, now time.Time) bool {
	if doc.SID != "" || sid == "" || doc.Keypad {
		return false
	}
	doc.SID = sid
	if doc.Stage != StageCancelled && doc.Stage != StageUnavailable {
		return true
	}
	if doc.Final == nil || doc.Final.Do != doCancel {
		doc.Final = &order{Do: doCancel, Key: doc.ID + "-late", At: now}
	}
	doc.Final.Acked, doc.Settled = false, false
	return true
}

// unconfirmed goes back to the fields when the caller has not confirmed in time: the card company was not asked. It
// must be told of the very request to complete that is under way; a late copy of an earlier word is not.
func (r *rules) unconfirmed(doc *document, ask int, st twilio.PaymentStatus, now time.Time) bool {
	if !doc.Confirm || doc.Final == nil || ask == 0 || ask != doc.Final.Ask || st.Capture != "" || st.ErrorType != "input-timeout" {
		return false
	}
	r.reopen(doc, now)
	doc.Trouble = &Trouble{Code: "not_confirmed", At: now}
	doc.log(now, "", "silent", "", "not_confirmed")
	return true
}

// opened notes that Twilio has opened its session, whichever word of it came first.
func (r *rules) opened(doc *document, sid string, now time.Time) bool {
	if doc.SID == "" {
		doc.SID = sid
	}
	if !r.stage(doc, eventOpened) {
		return false
	}
	doc.IdleEnds = now.Add(r.limits.Idle)
	doc.log(now, "", "open", "", "")
	return true
}

// heardKey notes a key: only more keys than before are news.
func (r *rules) heardKey(doc *document, f *Field, st twilio.PaymentStatus, now time.Time) bool {
	digits := countShown(valueOf(st, f.Name))
	if digits == 0 {
		if !r.field(f, eventSent) {
			return false
		}
		f.Until = now.Add(keyTimeout(doc))
		return true
	}
	if digits <= f.Digits && f.State == FieldTyping || !r.field(f, eventKey) {
		return false
	}
	f.Digits, f.Nudged = max(digits, f.Digits), false
	if f.Name == fieldCard && st.PaymentCardType != "" {
		f.Length = lengthOf(st.PaymentCardType)
	}
	f.Until = now.Add(keyTimeout(doc))
	doc.IdleEnds = now.Add(r.limits.Idle)
	if doc.Asking == "" { // it was given up too early
		doc.Asking = f.Name
	}
	return true
}

// heardEnd notes how an ask ended.
func (r *rules) heardEnd(doc *document, f *Field, st twilio.PaymentStatus, now time.Time) {
	f.Closed, f.Until = true, time.Time{}
	if doc.Asking == f.Name {
		doc.Asking = ""
	}
	switch {
	case st.ErrorType == "input-timeout":
		f.Error = st.ErrorType
		r.field(f, eventSilent)
		doc.log(now, "", "silent", f.Name, "")
	case st.ErrorType != "":
		f.Error = cleanWord(st.ErrorType)
		r.field(f, eventWrong)
		doc.log(now, "", "wrong", f.Name, f.Error)
	default:
		r.take(doc, f, st)
		doc.log(now, "", "right", f.Name, "")
		if f.Void {
			r.forget(doc, f)
		}
	}
	doc.Required = doc.missing()
	doc.IdleEnds = now.Add(r.limits.Idle)
}

// take keeps the value that Twilio shows of a field.
func (r *rules) take(doc *document, f *Field, st twilio.PaymentStatus) {
	r.field(f, eventRight)
	f.Value, f.Error, f.Until = shownValue(f.Name, valueOf(st, f.Name)), "", time.Time{}
	f.Digits = max(countShown(valueOf(st, f.Name)), f.Digits)
	if f.Name == fieldCode {
		f.Digits = countShown(valueOf(st, f.Name))
	}
	switch f.Name {
	case fieldCard:
		f.Length = f.Digits
		doc.Brand, doc.Last4 = cleanBrand(st.PaymentCardType), shownEnd(st.PaymentCardNumber)
	case fieldAccount:
		doc.Last4 = shownEnd(st.BankAccountNumber)
	}
}

// harvest looks at the other fields, which every callback repeats: one whose own last callback was lost is right now,
// and one that Twilio wants again is not right any more. Only what was asked before this callback's ask is judged.
func (r *rules) harvest(doc *document, about *Field, ask int, st twilio.PaymentStatus) (changed bool) {
	if !st.HasRequired || ask != doc.Asks {
		return false
	}
	for i := range doc.Fields {
		f := &doc.Fields[i]
		if f.Name == about.Name || f.Ask > ask || f.Given {
			continue
		}
		wanted := wants(st.Required, f.Name)
		switch {
		case !wanted && !f.Void && f.State != FieldRight && f.Ask > 0 && valueOf(st, f.Name) != "":
			r.take(doc, f, st)
			f.Closed, changed = true, true
		case wanted && f.Ask > 0 && !f.Void: // also when the word that it was right is still to come
			f.Void, changed = true, true
			r.forget(doc, f)
		}
	}
	if changed {
		doc.Required = doc.missing()
	}
	return changed
}

// forget takes back what was right.
func (r *rules) forget(doc *document, f *Field) {
	if !r.field(f, eventForget) {
		return
	}
	f.Value, f.Digits = "", 0
	switch f.Name {
	case fieldCard:
		doc.Brand, doc.Last4 = "", ""
	case fieldAccount:
		doc.Last4 = ""
	}
}

// wants tells whether a field is still to be captured, itself or its second entry.
func wants(required []string, name string) bool {
	return slices.Contains(required, name) || slices.Contains(required, name+"-matcher")
}

// valueOf is what a callback shows of a field.
func valueOf(st twilio.PaymentStatus, name string) string {
	switch name {
	case fieldCard:
		return st.PaymentCardNumber
	case fieldExpiry:
		return st.ExpirationDate
	case fieldCode:
		return st.SecurityCode
	case fieldPostal:
		return st.PaymentCardPostalCode
	case fieldRouting:
		return st.BankRoutingNumber
	case fieldAccount:
		return st.BankAccountNumber
	}
	return ""
}

// maxClear is the longest field that is shown in the clear: a postal code of ten characters.
const maxClear = 10

// shownValue is what may be kept of a field. Twilio masks what is secret; if one day it does not, we do.
func shownValue(name, value string) string {
	value = db.Clean(value, 32)
	switch name {
	case fieldExpiry:
		if len(value) <= carddata.ShownDigits {
			return value
		}
	case fieldPostal, fieldRouting:
		if len(value) <= maxClear {
			return value
		}
	}
	digits, ok := carddata.LastDigits(value)
	if ok && name != fieldCode {
		return value
	}
	if name == fieldCode {
		return strings.Repeat("x", countShown(value))
	}
	return strings.Repeat("x", max(countShown(value)-carddata.ShownDigits, 0)) + digits[len(digits)-carddata.ShownDigits:]
}

// countShown is how many digits a masked value stands for.
func countShown(masked string) int {
	n := 0
	for _, c := range masked {
		if c != '-' && c != ' ' {
			n++
		}
	}
	return n
}

// lengthOf is how many digits a brand's numbers usually have.
func lengthOf(brand string) int {
	switch brand {
	case "amex", "optima", "enroute":
		return 15
	case "diners-club":
		return 14
	}
	return 16
}

// cleanWord is a word of Twilio's, as it can be shown: letters and dashes.
func cleanWord(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c == '-' {
			return c
		}
		return -1
	}, db.Clean(s, 64))
}

// keyed takes every field of a payment by keypad from its result.
func (r *rules) keyed(doc *document, res twilio.PayResult) {
	for i := range doc.Fields {
		if f := &doc.Fields[i]; f.State != FieldRight && !doc.Stage.Over() {
			r.take(doc, f, twilio.PaymentStatus{PayResult: res})
		}
	}
	doc.Required = doc.missing()
}

// keypad brings the progress of a payment by keypad into a document: For is the field that was just keyed.
func (r *rules) keypad(doc *document, st twilio.PayStatus, now time.Time) bool {
	f := doc.field(st.For)
	if f == nil || !doc.Keypad || doc.Stage != StageOpen {
		return false
	}
	attempt := max(st.Attempt, 1)
	if attempt <= f.Ask {
		return false // heard before, or overtaken
	}
	f.Tries, f.Ask = attempt, attempt
	r.field(f, eventAsk)
	r.heardEnd(doc, f, twilio.PaymentStatus{ErrorType: st.ErrorType, PayResult: twilio.PayResult{
		PaymentCardNumber: st.PaymentCardNumber, PaymentCardType: st.PaymentCardType, ExpirationDate: st.ExpirationDate,
		SecurityCode: st.SecurityCode, PaymentCardPostalCode: st.PaymentCardPostalCode,
		BankAccountNumber: st.BankAccountNumber, BankRoutingNumber: st.BankRoutingNumber,
	}}, now)
	return true
}
