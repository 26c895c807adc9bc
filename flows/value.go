package flows

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strconv"
	"time"

	"github.com/paydial/paydial/flows/speak"
)

// ValueType is the type of a value in a flow.
type ValueType string

// The types of the language. Digits is text of digits that keeps its zeros.
const (
	TypeText     ValueType = "text"
	TypeDigits   ValueType = "digits"
	TypeNumber   ValueType = "number"
	TypeMoney    ValueType = "money"
	TypeDate     ValueType = "date"
	TypeTime     ValueType = "time"
	TypeYesNo    ValueType = "yes_no"
	TypePhone    ValueType = "phone"
	TypeLanguage ValueType = "language"
	TypeList     ValueType = "list"
	TypeRecord   ValueType = "record"
	TypeUnknown  ValueType = "unknown"
)

// Value is a typed value that a call carries between turns. Private values are never shown or logged.
type Value struct {
	Type    ValueType       `json:"t"`
	Private bool            `json:"p,omitempty"`
	Data    json.RawMessage `json:"v"` // Money as Money, date as "2006-01-02", record as an object of Values
}

// privateShown is what a private value looks like wherever people look.
const privateShown = "••••"

// TextValue is a value of type text.
func TextValue(s string) Value { return Value{Type: TypeText, Data: quoted(s)} }

// DigitsValue is a value of type digits: a text of digits that keeps its zeros.
func DigitsValue(s string) Value { return Value{Type: TypeDigits, Data: quoted(s)} }

// MoneyValue is a value of type money.
func MoneyValue(m Money) Value {
	data := append(strconv.AppendInt([]byte(`{"minor":`), m.Minor, 10), `,"currency":`...)
	return Value{Type: TypeMoney, Data: append(append(data, quoted(m.Currency)...), '}')}
}

// YesNoValue is a value of type yes_no.
func YesNoValue(yes bool) Value {
	return Value{Type: TypeYesNo, Data: strconv.AppendBool(nil, yes)}
}

// IntValue is a whole number.
func IntValue(n int) Value {
	return Value{Type: TypeNumber, Data: strconv.AppendInt(nil, int64(n), 10)}
}

// DateValue is a calendar day.
func DateValue(t time.Time) Value {
	return Value{Type: TypeDate, Data: quoted(t.Format(time.DateOnly))}
}

// RecordValue is named values together.
func RecordValue(fields map[string]Value) Value {
	data, err := json.Marshal(fields)
	if err != nil { // only a field with broken JSON in it can get here
		return Value{Type: TypeRecord, Data: json.RawMessage("{}")}
	}
	return Value{Type: TypeRecord, Data: data}
}

// nothing is what stands in data: and json: for a value that is missing.
func nothing() Value { return Value{Type: TypeUnknown, Data: json.RawMessage("null")} }

// IsMissing tells whether there is no value at all.
func (v Value) IsMissing() bool { return len(v.Data) == 0 || string(v.Data) == "null" }

// String is the value as people may see it: plain, without any language, and masked when it is private.
func (v Value) String() string {
	return v.shown().plain()
}

// LogValue keeps private values out of logs.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }

// shown is the value as it may leave the flow towards people: a private one is replaced by its mask.
func (v Value) shown() Value {
	switch {
	case v.IsMissing():
		return v
	case v.Private:
		return Value{Type: TypeText, Private: true, Data: quoted(privateShown)}
	case v.Type != TypeRecord || !bytes.Contains(v.Data, []byte(`"p"`)):
		return v
	}
	var fields map[string]Value
	if json.Unmarshal(v.Data, &fields) != nil {
		return nothing()
	}
	for name, field := range fields {
		fields[name] = field.shown()
	}
	return RecordValue(fields)
}

// plain is the value as it would stand in a file: money as 84.20, yes_no as yes or no.
func (v Value) plain() string {
	if v.IsMissing() {
		return ""
	}
	switch v.Type {
	case TypeMoney:
		m, err := v.money()
		if err != nil {
			return ""
		}
		return m.Decimal()
	case TypeYesNo:
		if string(v.Data) == "true" {
			return "yes"
		}
		return "no"
	case TypeRecord, TypeList:
		return string(v.Data)
	}
	if v.Data[0] == '"' {
		return unquoted(v.Data)
	}
	return string(v.Data)
}

// speakable is the value in the terms of package speak. today gives a time of day its date, and tells whether a
// date needs its year.
func (v Value) speakable(today time.Time) speak.Value {
	switch v.Type {
	case TypeMoney:
		if m, err := v.money(); err == nil {
			return speak.Money(m.Minor, m.Currency)
		}
	case TypeDate:
		if t, err := time.ParseInLocation(time.DateOnly, unquoted(v.Data), time.UTC); err == nil {
			return speak.Date(t, today)
		}
	case TypeTime:
		if t, err := parseClock(unquoted(v.Data), today); err == nil {
			return speak.Time(t)
		}
	case TypeYesNo:
		return speak.YesNo(string(v.Data) == "true")
	}
	return speak.Text(v.plain())
}

func (v Value) money() (Money, error) {
	minor, err := strconv.ParseInt(string(jsonMember(v.Data, "minor")), 10, 64)
	if v.Type != TypeMoney || err != nil {
		return Money{}, errNotAmount
	}
	return Money{Minor: minor, Currency: unquoted(jsonMember(v.Data, "currency"))}, nil
}

// quoted is s as JSON. It is json.Marshal for strings without its escapes for HTML.
func quoted(s string) json.RawMessage {
	plain := true
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return append(append(append(make([]byte, 0, len(s)+2), '"'), s...), '"')
	}
	data, err := json.Marshal(s)
	if err != nil {
		return json.RawMessage(`""`)
	}
	return data
}

// unquoted is the string in a JSON text; "" if it holds none.
func unquoted(data json.RawMessage) string {
	if len(data) < 2 || data[0] != '"' {
		return ""
	}
	inner := data[1 : len(data)-1]
	for _, c := range inner {
		if c == '\\' {
			var s string
			if json.Unmarshal(data, &s) != nil {
				return ""
			}
			return s
		}
	}
	return string(inner)
}
