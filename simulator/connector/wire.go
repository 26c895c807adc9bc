package connector

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/paydial/paydial/simulator/cards"
	"github.com/paydial/paydial/simulator/paysession"
)

// maxRequest is room for a request of ordinary size, so that the digits in it are seldom moved while it is written.
const maxRequest = 8 << 10

// encode writes the body of a request. What was not asked is null, as Twilio sends it; the amount is the text of
// the attribute, the currency its code in capitals. The type of a token is told to look-alikes only: the generic
// protocol has no field for it.
func encode(r paysession.Request, transaction string, kind Kind) []byte {
	b := make([]byte, 0, maxRequest)
	b = append(b, '{')
	b = text(b, "method", string(r.Method))
	b = text(b, "transaction_id", transaction)
	if r.Pay == paysession.ACHDebit {
		b = secret(b, "bankaccountnumber", r.Account)
		b = secret(b, "routingnumber", r.Routing)
	} else {
		month, year := split(r.Expiry)
		b = secret(b, "cardnumber", r.Number)
		b = secret(b, "cvv", r.Code)
		b = text(b, "expiry_month", month)
		b = text(b, "expiry_year", year)
		b = text(b, "postal_code", r.PostalCode)
	}
	if r.Method == paysession.Charge {
		b = text(b, "amount", r.Amount)
		b = text(b, "currency_code", strings.ToUpper(r.Currency))
	}
	if r.Method == paysession.Tokenize && kind != Generic {
		b = text(b, "token_type", r.TokenType)
	}
	b = text(b, "description", r.Description)
	b = append(b, `"parameters":`...)
	b = append(b, parameters(r.Parameters)...)
	return append(b, '}')
}

// text appends "key":"value", or null for an empty value.
func text(b []byte, key, value string) []byte {
	b = append(b, '"')
	b = append(b, key...)
	b = append(b, `":`...)
	if value == "" {
		return append(b, "null,"...)
	}
	quoted, _ := json.Marshal(value) // a string always can be
	b = append(b, quoted...)
	return append(b, ',')
}

// secret appends "key":"digits" without a copy of them.
func secret(b []byte, key string, d cards.Digits) []byte {
	b = append(b, '"')
	b = append(b, key...)
	if d.Len() == 0 {
		return append(b, `":null,`...)
	}
	b = append(b, `":"`...)
	b = d.AppendTo(b)
	return append(b, `",`...)
}

// split makes month and year of MMYY.
func split(expiry cards.Digits) (month, year string) {
	mmyy := expiry.Clear()
	if len(mmyy) != 4 {
		return "", ""
	}
	return mmyy[:2], mmyy[2:]
}

func parameters(list []paysession.Parameter) []byte {
	all := make(map[string]string, len(list))
	for _, p := range list {
		all[p.Name] = p.Value
	}
	doc, _ := json.Marshal(all) // strings always can be
	return doc
}

// verdict is the JSON of a gateway's answer. Ids and codes may be numbers.
type verdict struct {
	Charge     any            `json:"charge_id"`
	Token      any            `json:"token_id"`
	Profile    any            `json:"profile_id"` // of look-alikes
	Code       any            `json:"error_code"`
	Message    any            `json:"error_message"`
	Parameters map[string]any `json:"parameters"`
}

// answer reads what the gateway said. A profile is a success without a token, too: that is how Chase Paymentech
// keeps a card. A generic gateway has none.
func (r response) answer(req paysession.Request, kind Kind) paysession.Answer {
	var v verdict
	dec := json.NewDecoder(strings.NewReader(string(r.body)))
	dec.UseNumber()
	err := dec.Decode(&v)
	done := paysession.Answer{ID: str(v.Charge), Parameters: v.told(req)}
	if req.Method == paysession.Tokenize {
		if done.ID = str(v.Token); kind != Generic {
			done.ProfileID = str(v.Profile)
		}
	}
	code := clean(req, str(v.Code))
	switch {
	case r.status == http.StatusUnauthorized || r.status == http.StatusForbidden:
		return paysession.Answer{Code: CodeUnauthorized, Text: "Twilio is not authorized at the Payment Gateway.", ConnectorError: code}
	case err == nil && code != "":
		no := refused(req, code, clean(req, str(v.Message)))
		no.Parameters = done.Parameters
		return no
	case err != nil || done.ID == "" && done.ProfileID == "":
		a := refused(req, "", "")
		a.Text += " Got malformed response from Payment Provider."
		return a
	}
	return done
}

// told is what the gateway says beside its verdict.
func (v verdict) told(req paysession.Request) map[string]string {
	if len(v.Parameters) == 0 {
		return nil
	}
	all := make(map[string]string, len(v.Parameters))
	for key, value := range v.Parameters {
		all[key] = clean(req, str(value))
	}
	return all
}

// refused is a rejection: of the card where the gateway's code says so, else of the charge or token.
func refused(req paysession.Request, code, message string) paysession.Answer {
	a := paysession.Answer{Code: CodeChargeRefused, Text: "Payment Gateway rejected charge creation.", ConnectorError: code}
	if req.Method == paysession.Tokenize {
		a.Code, a.Text = CodeTokenRefused, "Payment Gateway rejected token creation."
	}
	if aboutCard(code) {
		a.Code, a.Text = CodeCardRejected, "Payment Gateway rejected the card."
	}
	if message != "" {
		a.Text = message
	}
	return a
}

// aboutCard reports whether a gateway's code says that the card is at fault. The protocol has no list; these are
// words that the codes of all larger gateways contain.
func aboutCard(code string) bool {
	code = strings.ToLower(code)
	for _, word := range []string{"card", "declin", "insufficient", "funds", "cvc", "cvv", "expired", "do_not_honor"} {
		if strings.Contains(code, word) {
			return true
		}
	}
	return false
}

// clean keeps a gateway from telling the application the number it was told.
func clean(req paysession.Request, s string) string {
	if req.Number.Shares(s) || req.Account.Shares(s) {
		return "(withheld: it quotes the number)"
	}
	return s
}

// str is a JSON value as text; null and absent are empty.
func str(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	}
	doc, _ := json.Marshal(v) // it came out of JSON
	return string(doc)
}
