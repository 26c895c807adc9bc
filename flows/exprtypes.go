package flows

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/expr-lang/expr/types"
)

// kind is what is known of a name before a call: its type, the fields of a record, and whether it is private.
type kind struct {
	t       ValueType
	fields  map[string]*kind // of a record; nil: nothing is known of them
	open    bool             // a record may have fields beyond these, of type text
	private bool
	short   bool // digits that are never longer than four: safe to be read as one number
}

// civilDate is a calendar day in an expression.
type civilDate struct {
	Year  int
	Month time.Month
	Day   int
}

// untyped is what the checker sees of a value that nothing is known about: it has any field, and no operator
// takes it, so that it must go through a cast.
type untyped map[string]untyped

func (d civilDate) time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

func civil(t time.Time) civilDate {
	y, m, d := t.Date()
	return civilDate{y, m, d}
}

var goTypes = map[ValueType]reflect.Type{
	TypeText:     reflect.TypeFor[string](),
	TypeDigits:   reflect.TypeFor[string](),
	TypePhone:    reflect.TypeFor[string](),
	TypeLanguage: reflect.TypeFor[string](),
	TypeNumber:   reflect.TypeFor[float64](),
	TypeMoney:    reflect.TypeFor[Money](),
	TypeDate:     reflect.TypeFor[civilDate](),
	TypeTime:     reflect.TypeFor[time.Time](),
	TypeYesNo:    reflect.TypeFor[bool](),
	TypeList:     reflect.TypeFor[[]any](),
	TypeRecord:   reflect.TypeFor[map[string]any](),
	TypeUnknown:  reflect.TypeFor[untyped](),
}

// exprType is the kind in the terms of expr's checker.
func (k *kind) exprType() types.Type {
	if k.t == TypeRecord && k.fields != nil {
		m := types.Map{}
		for name, field := range k.fields {
			m[name] = field.exprType()
		}
		if k.open {
			m[types.Extra] = types.String
		}
		return m
	}
	if k.isAny() {
		return types.Any
	}
	if k.t == TypeRecord {
		return types.TypeOf(untyped(nil))
	}
	return types.TypeOf(reflect.Zero(goTypes[k.t]).Interface())
}

// kindOfGo is the kind of an expression's result. It cannot tell digits, phone and language from text.
func kindOfGo(t reflect.Type) *kind {
	for _, vt := range []ValueType{TypeText, TypeNumber, TypeMoney, TypeDate, TypeTime, TypeYesNo, TypeList, TypeRecord} {
		if t == goTypes[vt] {
			return &kind{t: vt}
		}
	}
	if t != nil && t.Kind() == reflect.Int {
		return &kind{t: TypeNumber}
	}
	return &kind{t: TypeUnknown}
}

// typeWord is how a message calls a Go type.
func typeWord(goName string) string {
	switch goName {
	case "string":
		return "text"
	case "int", "float64", "int64":
		return "number"
	case "bool":
		return "yes_no"
	case "flows.Money":
		return "money"
	case "flows.civilDate":
		return "date"
	case "time.Time":
		return "time"
	case "flows.untyped", "unknown":
		return "unknown"
	case "map[string]interface {}":
		return "record"
	case "nil":
		return "nothing"
	}
	if len(goName) > 2 && goName[:2] == "[]" {
		return "list"
	}
	return goName
}

func recordOf(fields map[string]ValueType) *kind {
	k := &kind{t: TypeRecord, fields: map[string]*kind{}}
	for name, t := range fields {
		k.fields[name] = &kind{t: t}
	}
	return k
}

func recordOfFields(fields []Field) *kind {
	k := &kind{t: TypeRecord, fields: map[string]*kind{}}
	for _, f := range fields {
		k.fields[f.Name] = kindOfField(f)
	}
	return k
}

func kindOfField(f Field) *kind { return &kind{t: ValueType(f.Type), private: f.Private} }

// paymentKind is what payment.* means; token is private always.
func paymentKind() *kind {
	k := recordOf(map[string]ValueType{
		"result": TypeText, "amount": TypeMoney, "confirmation": TypeText, "error": TypeText, "token": TypeText,
	})
	k.fields["token"].private = true
	k.fields["card"] = recordOf(map[string]ValueType{"brand": TypeText, "last4": TypeDigits})
	k.fields["card"].fields["last4"].short = true
	return k
}

// builtinNames are the names that every flow has.
func (f *Flow) builtinNames() map[string]*kind {
	settings := &kind{t: TypeRecord, fields: map[string]*kind{}}
	for name := range f.Project.Settings {
		settings.fields[name] = &kind{t: TypeText}
	}
	contact := recordOfFields(f.Needs)
	contact.open = true
	for _, name := range []string{"id", "phone"} {
		if contact.fields[name] == nil {
			contact.fields[name] = &kind{t: TypeText}
		}
	}
	names := map[string]*kind{
		"call": recordOf(map[string]ValueType{
			"id": TypeText, "from": TypePhone, "to": TypePhone, "direction": TypeText, "answered_by": TypeText,
			"language": TypeLanguage, "scene": TypeText, "outcome": TypeText, "tries": TypeNumber, "seconds": TypeNumber,
		}),
		"caller":   recordOf(map[string]ValueType{"number": TypePhone, "can_text": TypeYesNo, "known": TypeYesNo}),
		"line":     recordOf(map[string]ValueType{"name": TypeText, "number": TypePhone}),
		"today":    {t: TypeDate},
		"now":      {t: TypeTime},
		"yes":      {t: TypeYesNo},
		"no":       {t: TypeYesNo},
		"contact":  contact,
		"campaign": {t: TypeRecord, fields: map[string]*kind{"name": {t: TypeText}}, open: true},
		"payment":  paymentKind(),
		"setting":  settings,
		"secret":   {t: TypeRecord, fields: map[string]*kind{}, open: true},
	}
	for _, need := range f.Needs {
		names[need.Name] = kindOfField(need)
	}
	return names
}

// reservedNames cannot be given to a saved value: they mean something in every flow, or in every expression.
var reservedNames = []string{
	"call", "caller", "line", "today", "now", "contact", "campaign", "payment", "setting", "secret", "it", "yes", "no",
	"true", "false", "nil", "and", "or", "not", "in", "let", "if", "else", "matches", "contains", "startsWith", "endsWith",
}

// known lists the names that a message may suggest.
func known(names map[string]*kind) []string {
	out := slices.Sorted(maps.Keys(names))
	return slices.DeleteFunc(out, func(s string) bool { return s == "secret" || s == "yes" || s == "no" })
}
