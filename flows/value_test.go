package flows

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseValue(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind       ValueType
		text, want string // want "" for an error
	}{
		{TypeText, "Dana", "Dana"}, {TypeText, "007", "007"},
		{TypeDigits, "007123", "007123"}, {TypeDigits, "12a", ""}, {TypeDigits, "", ""},
		{TypeNumber, "007.50", "7.50"}, {TypeNumber, "-0.5", "-0.5"}, {TypeNumber, "1e9", ""}, {TypeNumber, "NaN", ""},
		{TypeMoney, "84.2", "84.20"}, {TypeMoney, "84.205", ""},
		{TypeDate, "2026-03-15", "2026-03-15"}, {TypeDate, "2026-02-30", ""}, {TypeDate, "15.3.2026", ""},
		{TypeTime, "15:30", "15:30"}, {TypeTime, "2026-03-15T15:30:00Z", "2026-03-15T15:30:00Z"}, {TypeTime, "25:00", ""},
		{TypeYesNo, "Yes", "yes"}, {TypeYesNo, "false", "no"}, {TypeYesNo, "1", ""},
		{TypePhone, "+1 (555) 010-0000", "+15550100000"}, {TypePhone, "call me", ""},
		{TypeLanguage, "es-US", "es-US"}, {TypeLanguage, "Spanish!", ""},
		{TypeList, `["a",1]`, `["a",1]`}, {TypeList, "a", ""}, {TypeRecord, "[]", ""},
		{"colour", "red", ""},
	}
	for _, tt := range tests {
		t.Run(string(tt.kind)+" "+tt.text, func(t *testing.T) {
			t.Parallel()
			v, err := ParseValue(tt.kind, tt.text, "usd")
			if (err == nil) != (tt.want != "") || v.String() != tt.want {
				t.Errorf("got %q, %v; want %q", v, err, tt.want)
			}
			if err == nil && (v.Type != tt.kind || !json.Valid(v.Data)) {
				t.Errorf("type %s, data %s", v.Type, v.Data)
			}
		})
	}
}

func TestPrivateValuesAreMasked(t *testing.T) {
	t.Parallel()
	v := privately(DigitsValue("12345678"))
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("turn", "pin", v)
	rec := RecordValue(map[string]Value{"pin": v, "name": TextValue("Dana")})
	for what, text := range map[string]string{
		"String": v.String(), "a log": log.String(), "shown": mustMarshal(t, v.shown()),
		"a record": rec.String(), "a shown record": mustMarshal(t, rec.shown()),
	} {
		if strings.Contains(text, "5678") || !strings.Contains(text, "••••") {
			t.Errorf("%s shows %s", what, text)
		}
	}
	if rec.plain() == rec.String() || !strings.Contains(rec.String(), "Dana") {
		t.Errorf("the record shows %s", rec.String())
	}
	if (Value{Private: true}).String() != "" {
		t.Error("a missing value shows a mask")
	}
}

func TestExpectedRecord(t *testing.T) {
	t.Parallel()
	expect := []Field{
		{Name: "name", Type: "text"}, {Name: "zip", Type: "digits"}, {Name: "due", Type: "money"}, {Name: "on", Type: "date"},
		{Name: "auto", Type: "yes_no"}, {Name: "n", Type: "number"}, {Name: "pin", Type: "digits", Private: true},
		{Name: "tags", Type: "list"}, {Name: "more", Type: "record"}, {Name: "plan", Type: "text", Default: "basic"},
	}
	answer := `{"name":"Zoë","zip":94109,"due":84.20,"on":"2026-03-15","auto":"yes","n":"7","pin":"1234","tags":[1],
		"more":{"a":{"b":"deep \"x\""}},"other":1,"plan":null}`
	v, err := expectedRecord(expect, json.RawMessage(answer), "usd")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range append(expect, Field{Name: "other"}) {
		field, _ := v.field(f.Name)
		got[f.Name] = string(field.Type) + " " + field.String()
	}
	want := map[string]string{
		"name": "text Zoë", "zip": "digits 94109", "due": "money 84.20", "on": "date 2026-03-15", "auto": "yes_no yes", "n": "number 7",
		"pin": "digits ••••", "tags": "list [1]", "more": got["more"], "plan": "text basic", "other": " ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	more, _ := v.field("more")
	if a, ok := more.field("a"); !ok {
		t.Error("more.a is missing")
	} else if b, ok := a.field("b"); !ok || b.String() != `deep "x"` {
		t.Errorf("more.a.b is %q", b)
	}
	for _, bad := range []string{`{"due":"a lot"}`, `{"due":8.425}`, `{"due":1e3}`, `{"on":20260315}`, `{"auto":1}`, `{"name":{}}`, `{"tags":"x"}`, `[]`, `x`, ``} {
		if _, err := expectedRecord(expect, json.RawMessage(bad), "usd"); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

func TestNativeAndBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 3, 10, 30, 0, 0, time.UTC)
	for _, v := range []Value{
		TextValue("a\"b"), DigitsValue("007"), IntValue(-3), MoneyValue(Money{-5, "usd"}), YesNoValue(true), YesNoValue(false),
		DateValue(now), RecordValue(map[string]Value{"a": TextValue("x"), "b": IntValue(1)}), {Type: TypePhone, Data: quoted("+1555")},
	} {
		n, err := v.native(now)
		if err != nil {
			t.Fatalf("%s: %v", v.Type, err)
		}
		back, err := valueOf(n, v.Type)
		if err != nil || back.Type != v.Type || back.plain() != v.plain() {
			t.Errorf("%s %s came back as %s %s, %v", v.Type, v.Data, back.Type, back.Data, err)
		}
	}
	clock, err := Value{Type: TypeTime, Data: quoted("15:30")}.native(now)
	if want := time.Date(2026, 3, 3, 15, 30, 0, 0, time.UTC); err != nil || clock != want {
		t.Errorf("15:30 is %v, %v; want %v", clock, err, want)
	}
}

// FuzzJSONMember: the quick reader finds what encoding/json finds.
func FuzzJSONMember(f *testing.F) {
	for _, seed := range []string{
		`{"a":1}`, `{ "b" : {"a":"}"} , "a" : [1,{"a":2}] }`, `{"x":"\"a\":1","a":true}`, `{"a":null}`, `{}`, `[]`, `{"a":"\\"}`, `{"a"`,
	} {
		f.Add(seed, "a")
	}
	f.Fuzz(func(t *testing.T, data, name string) {
		got := jsonMember([]byte(data), name)
		var want map[string]json.RawMessage
		if json.Unmarshal([]byte(data), &want) != nil || strings.ContainsAny(data, `\`) || !isPlain(name) || strings.Count(data, `"`+name+`"`) > 1 {
			return // only that it does not break
		}
		if string(got) != string(want[name]) {
			t.Errorf("%q in %s: %s, want %s", name, data, got, want[name])
		}
	})
}

func isPlain(s string) bool { return string(quoted(s)) == `"`+s+`"` && s != "" }
