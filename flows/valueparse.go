package flows

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

var (
	errWrongType  = errors.New("does not fit its type")
	languageShape = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	phoneShape    = regexp.MustCompile(`^\+?[0-9]{3,15}$`)
	phoneNoise    = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "\u00a0", "")
)

// wrongType says that a text is none of a type; it is an errWrongType. Most texts fit, so its words are made when asked for.
type wrongType ValueType

func (m wrongType) Error() string { return string(m) + " " + errWrongType.Error() }

func (m wrongType) Unwrap() error { return errWrongType }

// ParseValue reads raw text as a value of a type: a cell of a contact list, a default of the file, a field of a
// service's answer. currency is what money is counted in.
func ParseValue(t ValueType, raw, currency string) (Value, error) {
	text := strings.TrimSpace(raw)
	bad := wrongType(t)
	switch t {
	case TypeText, TypeUnknown:
		return Value{Type: t, Data: quoted(raw)}, nil
	case TypeDigits:
		if text == "" || strings.Trim(text, "0123456789") != "" {
			return Value{}, bad
		}
		return DigitsValue(text), nil
	case TypeNumber:
		if !isDecimal(text) {
			return Value{}, bad
		}
		return Value{Type: TypeNumber, Data: numberData(text)}, nil
	case TypeMoney:
		m, err := ParseMoney(text, currency)
		if err != nil {
			return Value{}, err
		}
		return MoneyValue(m), nil
	case TypeDate:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return Value{}, bad
		}
		return DateValue(day), nil
	case TypeTime:
		if _, err := parseClock(text, time.Time{}); err != nil {
			return Value{}, bad
		}
		return Value{Type: TypeTime, Data: quoted(text)}, nil
	case TypeYesNo:
		yes, ok := yesNo(text)
		if !ok {
			return Value{}, bad
		}
		return YesNoValue(yes), nil
	default:
		return parseRest(t, text)
	}
}

func parseRest(t ValueType, text string) (Value, error) {
	bad := wrongType(t)
	switch t {
	case TypePhone:
		if text = phoneNoise.Replace(text); !phoneShape.MatchString(text) {
			return Value{}, bad
		}
		return Value{Type: t, Data: quoted(text)}, nil
	case TypeLanguage:
		if !languageShape.MatchString(text) {
			return Value{}, bad
		}
		return Value{Type: t, Data: quoted(text)}, nil
	case TypeList, TypeRecord:
		return answerValue(t, json.RawMessage(text), "")
	default:
		return Value{}, fmt.Errorf("type %q is not known", t)
	}
}

// numberData is a decimal number as JSON wants it: without zeros in front.
func numberData(text string) json.RawMessage {
	digits, minus := strings.CutPrefix(text, "-")
	digits = strings.TrimLeft(digits, "0")
	if digits == "" || digits[0] == '.' {
		digits = "0" + digits
	}
	if minus {
		digits = "-" + digits
	}
	return json.RawMessage(digits)
}

func yesNo(text string) (yes, ok bool) {
	switch strings.ToLower(text) {
	case "yes", "true":
		return true, true
	case "no", "false":
		return false, true
	}
	return false, false
}

// parseClock reads a time of day or a moment; a time of day is taken to be on the day of today.
func parseClock(text string, today time.Time) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		if today.IsZero() {
			return t, nil
		}
		return t.In(today.Location()), nil
	}
	for _, layout := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			y, m, d := today.Date()
			return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, today.Location()), nil
		}
	}
	return time.Time{}, fmt.Errorf("time %w", errWrongType)
}

// answerValue reads one part of a service's JSON answer as a value of a type. null is no value.
func answerValue(t ValueType, raw json.RawMessage, currency string) (Value, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return Value{}, nil
	}
	bad := wrongType(t)
	switch kind := raw[0]; {
	case t == TypeUnknown:
		return unknownValue(raw), nil
	case kind == '"':
		if t == TypeList || t == TypeRecord {
			return Value{}, bad
		}
		return ParseValue(t, unquoted(raw), currency)
	case kind == '{' && t == TypeRecord:
		return unknownValue(raw), nil
	case kind == '[' && t == TypeList && json.Valid(raw):
		return Value{Type: TypeList, Data: bytes.Clone(raw)}, nil
	case kind == 't' || kind == 'f':
		if t != TypeYesNo {
			return Value{}, bad
		}
		return YesNoValue(kind == 't'), nil
	case kind == '-' || kind >= '0' && kind <= '9':
		return answerNumber(t, string(raw), currency)
	}
	return Value{}, bad
}

// answerNumber takes a JSON number where a number makes sense; a number with an exponent is no amount and no
// account number.
func answerNumber(t ValueType, text, currency string) (Value, error) {
	switch t {
	case TypeText, TypeDigits, TypePhone, TypeMoney, TypeNumber:
		if !isDecimal(text) {
			return Value{}, fmt.Errorf("%s %w", t, errWrongType)
		}
		return ParseValue(t, text, currency)
	}
	return Value{}, fmt.Errorf("%s %w", t, errWrongType)
}

// unknownValue keeps an answer that nothing is known about: objects become records of unknown values.
func unknownValue(raw json.RawMessage) Value {
	var object map[string]json.RawMessage
	if raw[0] != '{' || json.Unmarshal(raw, &object) != nil {
		return Value{Type: TypeUnknown, Data: bytes.Clone(raw)}
	}
	fields := make(map[string]Value, len(object))
	for name, part := range object {
		fields[name] = unknownValue(part)
	}
	return RecordValue(fields)
}

// expectedRecord reads a service's answer as the fields that lookup.expect names. A field that the answer does
// not have stays missing; one of another type is an error.
func expectedRecord(expect []Field, answer json.RawMessage, currency string) (Value, error) {
	answer = bytes.TrimSpace(answer)
	if len(expect) == 0 {
		if len(answer) == 0 {
			return Value{}, nil
		}
		if !json.Valid(answer) {
			return Value{}, errors.New("the answer is not JSON")
		}
		return unknownValue(answer), nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(answer, &object); err != nil {
		return Value{}, errors.New("the answer is not a JSON object")
	}
	fields := make(map[string]Value, len(expect))
	for _, f := range expect {
		v, err := answerValue(ValueType(f.Type), object[f.Name], currency)
		if err != nil && f.Private {
			err = errWrongType // without the value
		}
		if err != nil {
			return Value{}, fmt.Errorf("field %s: %w", f.Name, err)
		}
		if v.IsMissing() && f.Default != "" {
			if v, err = ParseValue(ValueType(f.Type), f.Default, currency); err != nil {
				return Value{}, fmt.Errorf("default of field %s: %w", f.Name, err)
			}
		}
		if !v.IsMissing() {
			v.Private = f.Private
			fields[f.Name] = v
		}
	}
	return RecordValue(fields), nil
}
