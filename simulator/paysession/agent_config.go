package paysession

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// formNames are the parameters of a request that opens an agent-assisted session, beside those that say how it is
// told about. With a small first letter they are the attributes of <Pay>.
// Source: https://www.twilio.com/docs/voice/api/payment-resource
var formNames = [...]string{
	"BankAccountType", "ChargeAmount", "Currency", "Description", "Input", "MinPostalCodeLength", "PaymentConnector",
	"PaymentMethod", "PostalCode", "SecurityCode", "Timeout", "TokenType", "ValidCardTypes",
}

// ParseForm checks the parameters of an agent-assisted session.
func ParseForm(form url.Values) (Config, *Refusal) {
	src := Source{Attrs: map[string]string{}}
	for _, name := range formNames {
		src.Attrs[strings.ToLower(name[:1])+name[1:]] = form.Get(name)
	}
	r := report{spell: func(attr string) string { return strings.ToUpper(attr[:1]) + attr[1:] }}
	a := attributes{src.Attrs, &r}
	a.boolean("postalCode", true) // no code of its own here, as <Pay> could have
	a.oneOf("bankAccountType", "consumer-checking", "consumer-checking", "consumer-savings", "commercial-checking")
	c := parse(src, &r)
	if c.Task() == Charge && src.Attrs["tokenType"] != "" {
		r.refuse(CodeParameter, "tokenType", src.Attrs["tokenType"], "not beside a ChargeAmount")
	}
	c.PostalLen, c.MinPostal = c.MinPostal, 0
	c.Matching = matching(form.Get("RequireMatchingInputs"), c, &r)
	c.Confirm = attributes{map[string]string{"confirmation": form.Get("Confirmation")}, &r}.boolean("confirmation", false)
	c.Parameters = parameters(form.Get("Parameter"), &r)
	return c, r.refusal
}

// matching reads the fields that are to be typed twice.
func matching(list string, c Config, r *report) []Field {
	var fields []Field
	for _, name := range strings.FieldsFunc(list, func(c rune) bool { return c == ',' || c == ' ' }) {
		f := Field(name)
		if c.Method != CreditCard || !slices.Contains(c.all(), f) {
			r.refuse(CodeParameter, "requireMatchingInputs", list, "not a list of fields of a card")
		}
		fields = append(fields, f)
	}
	return fields
}

// parameters reads a JSON object of one level, with its strings in double quotes or, as in Twilio's own example, in
// single ones.
func parameters(text string, r *report) []Parameter {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	all, err := members([]byte(text))
	if err != nil {
		all, err = members(doubleQuoted(text))
	}
	if err != nil {
		r.refuse(CodeParameter, "parameter", "...", "not a JSON object of one level")
	}
	return all
}

// members gives the members of an object in their order.
func members(text []byte) ([]Parameter, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, fmt.Errorf("no object: %w", err)
	}
	var all []Parameter
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		value, err := dec.Token()
		if err != nil {
			return nil, err
		}
		p := Parameter{Name: fmt.Sprint(name)}
		switch value := value.(type) {
		case json.Delim:
			return nil, fmt.Errorf("%s has more than one level", p.Name)
		case nil:
		default:
			p.Value = fmt.Sprint(value)
		}
		all = append(all, p)
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if dec.InputOffset() != int64(len(bytes.TrimRight(text, " \t\r\n"))) {
		return nil, fmt.Errorf("more than an object")
	}
	return all, nil
}

// doubleQuoted puts strings that stand in single quotes into double ones.
func doubleQuoted(text string) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'':
			out = append(out, '"')
		case c == '"':
			out = append(out, '\\', '"')
		case c == '\\' && i+1 < len(text) && text[i+1] == '\'':
			out = append(out, '\'')
			i++
		case c == '\\' && i+1 < len(text):
			out = append(out, c, text[i+1])
			i++
		default:
			out = append(out, c)
		}
	}
	return out
}
