package ivr

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/paydial/paydial/twilio"
)

// Request is a webhook of Twilio's, read once. Values that look like a card number are gone from it.
type Request struct {
	Call        twilio.VoiceCall
	Form        twilio.Form
	Query       url.Values
	Came        time.Time // when Twilio asked, by our clock
	CardDropped bool      // digits that look like a card number were dropped
	DroppedFrom string    // the parameter they came in
}

// spokenFields are the parameters that carry what a caller keyed or said.
var spokenFields = [...]string{"Digits", "SpeechResult", "UnstableSpeechResult", "StableSpeechResult", "TranscriptionText", "HandoffData"}

// baseFields are the parameters that every voice webhook carries; what is left of a form without them is what
// the webhook has to say. Source: https://www.twilio.com/docs/voice/twiml#request-parameters.
var baseFields = map[string]bool{
	"CallSid": true, "AccountSid": true, "From": true, "To": true, "CallStatus": true, "ApiVersion": true,
	"Direction": true, "ForwardedFrom": true, "CallerName": true, "ParentCallSid": true, "CallToken": true,
	"FromCity": true, "FromState": true, "FromZip": true, "FromCountry": true,
	"ToCity": true, "ToState": true, "ToZip": true, "ToCountry": true,
	"Caller": true, "Called": true, "CallerCity": true, "CallerState": true, "CallerZip": true, "CallerCountry": true,
	"CalledCity": true, "CalledState": true, "CalledZip": true, "CalledCountry": true,
	"StirVerstat": true, "StirPassportToken": true, "msg": true,
}

// newRequest reads a verified form. A request whose own answer could not be stored comes back with what the
// first one said in the query (see again), because a TwiML redirect carries no input of its own.
func newRequest(form twilio.Form, query url.Values) (*Request, error) {
	if carried := query.Get(againParam); carried != "" {
		earlier, err := twilio.ParseForm([]byte(carried))
		if err != nil {
			return nil, fmt.Errorf("read carried input: %w", err)
		}
		for _, p := range earlier.Pairs() {
			if !form.Has(p.Name) && !baseFields[p.Name] {
				form.Set(p.Name, p.Value)
			}
		}
	}
	r := &Request{Form: form, Query: query}
	for _, name := range spokenFields {
		if r.Form.Has(name) && LooksLikeCard(r.Form.Get(name)) {
			r.Form.Set(name, "")
			r.CardDropped, r.DroppedFrom = true, name
		}
	}
	call, err := twilio.ParseVoiceCall(r.Form)
	if err != nil {
		return nil, err
	}
	r.Call = call
	return r, nil
}

// Fingerprint is a short hash of what the webhook has to say, so that a repeated turn with other input is
// noticed. It tells nothing of the input itself beyond equality within one call and turn.
func (r *Request) Fingerprint() string {
	h := sha256.New()
	for _, p := range r.Form.Pairs() {
		if !baseFields[p.Name] {
			fmt.Fprintf(h, "%d:%s=%d:%s;", len(p.Name), p.Name, len(p.Value), p.Value)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// triesParam counts how often a turn came back without having been answered.
const triesParam = "tries"

// tries is how often this turn came back already.
func (r *Request) tries() int {
	n, err := strconv.Atoi(r.Query.Get(triesParam))
	if err != nil {
		return 0
	}
	return n
}

// againParam carries the input of a turn that could not be stored through a redirect to the same turn.
const againParam = "again"

// again writes what the webhook has to say as a query value.
func (r *Request) again() string {
	var b strings.Builder
	for _, p := range r.Form.Pairs() {
		if baseFields[p.Name] {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
	}
	return b.String()
}
