package flows

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/paydial/paydial/flows/speak"
)

// effectCount is what the effects of a call are counted under in State.Taken. No step can have this name.
const effectCount = "effects"

const (
	effectTries   = 1
	effectTimeout = 3 * time.Second
)

// presentEffect asks for an effect; a text message that may not be sent has failed already. Asked for again, it
// keeps its ID: the outside must not take it for another one.
func (r *run) presentEffect(s *Step, again bool) (ending string, waits bool, err error) {
	e := &Effect{Step: s.ID, Tries: effectTries, Timeout: effectTimeout}
	switch v := s.Verb.(type) {
	case *Lookup:
		err = r.lookupEffect(v, e)
	case *Submit:
		err = r.submitEffect(v, e)
	case *TextMessage:
		var allowed bool
		if allowed, err = r.textEffect(v, e); err == nil && !allowed {
			return "failed", false, nil
		}
	case *OptOut:
		e.Kind, e.Service, e.To = EffectOptOut, v.List, r.callerNumber()
	case *RecordCall:
		e.Kind, e.Body = EffectRecord, v.Action
	}
	if err != nil {
		return "", false, err
	}
	n := r.st.Taken[effectCount]
	if !again {
		n = r.count(effectCount)
	}
	e.ID = fmt.Sprintf("%s:%d", s.ID, n)
	r.out.Effect = e
	return "", true, nil
}

func (r *run) lookupEffect(v *Lookup, e *Effect) (err error) {
	e.Kind, e.Service, e.Method, e.Cache = EffectLookup, v.Service, "GET", v.Cache
	r.limits(e, v.Timeout, v.Tries)
	if e.Path, err = r.render(v.Path, r.flow.Speaks[0], toSend, url.PathEscape); err != nil {
		return err
	}
	query, err := r.form(v.Query)
	if err != nil {
		return err
	}
	if query != "" {
		join := "?"
		if strings.Contains(e.Path, "?") {
			join = "&"
		}
		e.Path += join + query
	}
	for _, p := range v.Headers {
		value, err := r.pair(p)
		if err != nil {
			return err
		}
		if e.Headers == nil {
			e.Headers = map[string]string{}
		}
		e.Headers[p.Name] = headerText(value.plain())
	}
	e.WhileWaiting, err = r.waiting(v.WhileWaiting)
	return err
}

func (r *run) submitEffect(v *Submit, e *Effect) (err error) {
	e.Kind, e.Service, e.Method = EffectSubmit, v.Service, v.Method
	r.limits(e, v.Timeout, v.Tries)
	if e.Path, err = r.render(v.Path, r.flow.Speaks[0], toSend, url.PathEscape); err != nil {
		return err
	}
	switch {
	case len(v.Form) > 0:
		e.ContentType = "application/x-www-form-urlencoded"
		e.Body, err = r.form(v.Form)
	case len(v.JSON) > 0:
		e.ContentType = "application/json"
		e.Body, err = r.object(v.JSON)
	}
	if err == nil && v.OncePer != nil {
		e.Key, err = r.render(v.OncePer, r.flow.Speaks[0], toSend, headerText)
	}
	if err == nil {
		e.WhileWaiting, err = r.waiting(v.WhileWaiting)
	}
	return err
}

func (r *run) limits(e *Effect, timeout time.Duration, tries int) {
	if timeout > 0 {
		e.Timeout = timeout
	}
	if tries > 0 {
		e.Tries = tries
	}
}

// waiting is what bridges a wait; the built-in sentence where the author has none.
func (r *run) waiting(t *Text) (*Utterance, error) {
	if r.st.After {
		return nil, nil
	}
	u, err := r.sayOr(t, (*speak.Pack).Waiting)
	return &u, err
}

// textEffect asks for a text message. allowed is false without a mobile number that may be written to.
func (r *run) textEffect(v *TextMessage, e *Effect) (allowed bool, err error) {
	e.Kind, e.To, e.From = EffectText, r.callerNumber(), r.lineNumber()
	if !r.st.Call.CanText {
		return false, nil
	}
	if v.To != nil {
		value, err := r.evalExpr(v.To)
		if err != nil {
			return false, err
		}
		e.To = value.plain()
	}
	if v.From != nil {
		value, err := r.evalExpr(v.From)
		if err != nil {
			return false, err
		}
		e.From = value.plain()
	}
	e.Body, err = r.write(v.Text)
	return e.To != "", err
}

// form encodes pairs as a query or a form, in the order of the file. What is missing is left out.
func (r *run) form(pairs []Pair) (string, error) {
	var b strings.Builder
	for _, p := range pairs {
		value, err := r.pair(p)
		if err != nil {
			return "", err
		}
		if value.IsMissing() {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.Name) + "=" + url.QueryEscape(value.plain()))
	}
	return b.String(), nil
}

// object encodes pairs as a JSON object, in the order of the file. What is missing is null.
func (r *run) object(pairs []Pair) (string, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range pairs {
		value, err := r.pair(p)
		if err != nil {
			return "", err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quoted(p.Name))
		b.WriteByte(':')
		b.Write(value.jsonOf())
	}
	b.WriteByte('}')
	return b.String(), nil
}

// headerText keeps a value from adding header lines.
func headerText(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return -1
		}
		return c
	}, s)
}

func escapeXML(s string) string {
	var b bytes.Buffer
	if xml.EscapeText(&b, []byte(s)) != nil {
		return ""
	}
	return b.String()
}

// answer reads the input at the node where the call stands.
func (r *run) answer() (ending string, waits bool, err error) {
	s := r.node.step
	switch s.Verb.(type) {
	case *Menu, *Ask, *Confirm, *ChooseLanguage:
		return r.answerAsk(s)
	case *Lookup, *Submit, *TextMessage, *OptOut, *RecordCall:
		return r.answerEffect(s)
	}
	switch v := s.Verb.(type) {
	case *Pay:
		if r.in.Kind == InputPay {
			return r.answerPay(s)
		}
	case *Transfer:
		if r.in.Kind == InputDial {
			return r.answerDial(s), false, nil
		}
	case *Converse:
		if r.in.Kind == InputConverse {
			return r.answerConverse(s, v), false, nil
		}
	case *Voicemail:
		if r.in.Kind == InputRecord || r.in.Kind == InputSilence {
			return r.answerRecord(s, v), false, nil
		}
	case *RawTwiML:
		r.resumeTranscript()
		return endingBack, false, nil
	}
	_, _, err = r.present(Utterance{}) // not for this stop: it stays as it is
	return "", err == nil, err
}

// answerEffect takes an effect's answer over.
func (r *run) answerEffect(s *Step) (ending string, waits bool, err error) {
	if r.in.Kind != InputEffect { // not the answer: it is still waited for
		if r.out.Effect = r.st.Pending; r.out.Effect != nil {
			return "", true, nil
		}
		return r.presentEffect(s, true)
	}
	r.st.Pending = nil
	ending = r.in.Ending
	if r.node.ways[ending] == nil {
		ending = "failed"
	}
	if r.in.Err != "" {
		r.tell(Fact{Kind: FactError, Name: s.ID, Text: r.in.Err, At: s.At})
	}
	switch v := s.Verb.(type) {
	case *Lookup:
		if ending == "found" {
			ending = r.found(s, v)
		}
	case *Submit:
		if ending == "done" && s.As != "" {
			r.keepAnswer(s)
		}
	case *RecordCall:
		ending = endingDone
	case *OptOut:
		return r.optedOut(s, v)
	}
	return ending, false, nil
}

// found reads a service's answer by the types that the step expects. One that does not fit has failed: what it
// would come to is not known.
func (r *run) found(s *Step, v *Lookup) string {
	answer, err := expectedRecord(v.Expect, r.in.Answer, r.flow.currency())
	if err != nil {
		r.tell(Fact{Kind: FactError, Name: s.ID, Text: "the answer of " + v.Service + " does not fit expect: " + err.Error(), At: s.At})
		return "failed"
	}
	if isEmptyAnswer(r.in.Answer) {
		return "not_found"
	}
	if err := r.keep(s.As, answer); err != nil {
		r.tell(Fact{Kind: FactError, Name: s.ID, Text: "the answer of " + v.Service + ": " + err.Error(), At: s.At})
		return "failed"
	}
	return "found"
}

// keepAnswer saves what a submit was answered. The deed is done, whatever the answer: one that cannot be kept is
// only told.
func (r *run) keepAnswer(s *Step) {
	answer, err := expectedRecord(nil, r.in.Answer, r.flow.currency())
	if err == nil && !answer.IsMissing() {
		err = r.keep(s.As, answer)
	}
	if err != nil {
		r.tell(Fact{Kind: FactError, Name: s.ID, Text: err.Error(), At: s.At})
	}
}

func isEmptyAnswer(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", "{}", "[]":
		return true
	}
	return false
}

// optedOut speaks and hangs up, once the entry is written. If it could not be written the caller must not be
// told that it was.
func (r *run) optedOut(s *Step, v *OptOut) (ending string, waits bool, err error) {
	if r.in.Ending != endingDone {
		return "", false, fail(s.At, "the caller could not be put on the list %s", v.List)
	}
	u, err := r.sayOr(v.Say, (*speak.Pack).Goodbye)
	if err != nil {
		return "", false, err
	}
	r.out.Speech = append(r.out.Speech, u)
	if r.st.Outcome == "" {
		r.setOutcome("opted_out", s.At)
	}
	r.tell(Fact{Kind: FactEnding, Name: s.ID, Text: endingDone, At: s.At})
	r.end(s.ID)
	return "", true, nil
}
