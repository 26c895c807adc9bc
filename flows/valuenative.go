package flows

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// native is the value as expressions count with it. today gives a time of day its date.
func (v Value) native(today time.Time) (any, error) {
	switch v.Type {
	case TypeText, TypeDigits, TypePhone, TypeLanguage:
		return unquoted(v.Data), nil
	case TypeNumber:
		return strconv.ParseFloat(string(v.Data), 64)
	case TypeMoney:
		return v.money()
	case TypeYesNo:
		return string(v.Data) == "true", nil
	case TypeDate:
		t, err := time.Parse(time.DateOnly, unquoted(v.Data))
		return civil(t), err
	case TypeTime:
		return parseClock(unquoted(v.Data), today)
	case TypeRecord:
		return v.nativeRecord(today)
	default:
		var any any
		err := json.Unmarshal(v.Data, &any)
		return any, err
	}
}

func (v Value) nativeRecord(today time.Time) (map[string]any, error) {
	var fields map[string]Value
	if err := json.Unmarshal(v.Data, &fields); err != nil {
		return nil, err
	}
	out := make(map[string]any, len(fields))
	for name, field := range fields {
		if field.IsMissing() {
			continue
		}
		n, err := field.native(today)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", name, err)
		}
		out[name] = n
	}
	return out, nil
}

// valueOf turns the result of an expression into a value. t is the type the checker gave it; unknown takes the
// type from what is there.
func valueOf(n any, t ValueType) (Value, error) {
	switch n := n.(type) {
	case nil:
		return nothing(), nil
	case string:
		if t != TypeDigits && t != TypePhone && t != TypeLanguage {
			t = TypeText
		}
		return Value{Type: t, Data: quoted(n)}, nil
	case int:
		return IntValue(n), nil
	case float64:
		if n != n || n > 1e18 || n < -1e18 {
			return Value{}, fmt.Errorf("%v is not a number that can be kept", n)
		}
		return Value{Type: TypeNumber, Data: strconv.AppendFloat(nil, n, 'f', -1, 64)}, nil
	case bool:
		return YesNoValue(n), nil
	case Money:
		return MoneyValue(n), nil
	case civilDate:
		return DateValue(n.time()), nil
	case time.Time:
		return Value{Type: TypeTime, Data: quoted(n.Format(time.RFC3339))}, nil
	}
	return compositeOf(n)
}

func compositeOf(n any) (Value, error) {
	if fields, ok := n.(map[string]any); ok {
		out := make(map[string]Value, len(fields))
		for name, field := range fields {
			v, err := valueOf(field, TypeUnknown)
			if err != nil {
				return Value{}, err
			}
			out[name] = v
		}
		return RecordValue(out), nil
	}
	data, err := json.Marshal(n)
	if err != nil {
		return Value{}, fmt.Errorf("%T cannot be kept: %w", n, err)
	}
	return Value{Type: TypeList, Data: data}, nil
}

// jsonOf is the value as a service gets it: money as a number with all its decimals, missing as null.
func (v Value) jsonOf() json.RawMessage {
	if v.IsMissing() {
		return json.RawMessage("null")
	}
	switch v.Type {
	case TypeMoney:
		return json.RawMessage(v.plain())
	case TypeRecord:
		var fields map[string]Value
		if json.Unmarshal(v.Data, &fields) != nil {
			return json.RawMessage("null")
		}
		out := make(map[string]json.RawMessage, len(fields))
		for name, field := range fields {
			out[name] = field.jsonOf()
		}
		data, err := json.Marshal(out)
		if err != nil {
			return json.RawMessage("null")
		}
		return data
	}
	if v.Data[0] == '"' { // written in one way, whatever a turn through JSON has made of it
		return quoted(unquoted(v.Data))
	}
	return v.Data
}

// field finds one field of a record without decoding the others.
func (v Value) field(name string) (Value, bool) {
	if v.Type != TypeRecord {
		return Value{}, false
	}
	raw := jsonMember(v.Data, name)
	if raw == nil {
		return Value{}, false
	}
	out := Value{
		Type: ValueType(unquoted(jsonMember(raw, "t"))), Private: v.Private || string(jsonMember(raw, "p")) == "true",
		Data: jsonMember(raw, "v"),
	}
	return out, !out.IsMissing()
}

// jsonMember finds the value of a member of a JSON object; nil if there is none. The object must be valid JSON,
// as every Data is.
func jsonMember(object []byte, name string) json.RawMessage {
	i := jsonSpace(object, 0)
	if i >= len(object) || object[i] != '{' {
		return nil
	}
	for i = jsonSpace(object, i+1); i < len(object) && object[i] == '"'; {
		end := jsonSkip(object, i)
		key := object[i:end]
		i = jsonSpace(object, end)
		if i >= len(object) || object[i] != ':' {
			return nil
		}
		i = jsonSpace(object, i+1)
		end = jsonSkip(object, i)
		if len(key) == len(name)+2 && string(key[1:len(key)-1]) == name {
			return json.RawMessage(object[i:end:end])
		}
		i = jsonSpace(object, end)
		if i >= len(object) || object[i] != ',' {
			return nil
		}
		i = jsonSpace(object, i+1)
	}
	return nil
}

func jsonSpace(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\t' || data[i] == '\r') {
		i++
	}
	return i
}

// jsonSkip is the index behind the value that begins at i.
func jsonSkip(data []byte, i int) int {
	depth := 0
	for i < len(data) {
		switch c := data[i]; c {
		case '"':
			i++
			for i < len(data) && data[i] != '"' {
				if data[i] == '\\' {
					i++
				}
				i++
			}
			i++
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		default:
			if depth > 0 {
				i++
				continue
			}
			if end := bytes.IndexAny(data[i:], ",}] \n\t\r"); end >= 0 {
				return i + end
			}
			return len(data)
		}
		if depth <= 0 {
			return min(i, len(data))
		}
	}
	return len(data)
}
