package twilio

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
)

func TestParseForm(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{ // want: name=value pairs joined by |, or ! and a part of the error
		{"empty", "", ""},
		{"sorted", "b=2&a=1&B=3", "B=3|a=1|b=2"},
		{"escapes", "A=%2B1+5%26%3d&B=%C3%A9%e2%82%ac", "A=+1 5&=|B=é€"},
		{"empty value", "A=&B=", "A=|B="},
		{"equals in value", "A=b=c==", "A=b=c=="},
		{"bytes that are not UTF-8", "A=%FF", "A=\xff"},
		{"sip header", "SipHeader_X-Foo-Bar=1", "SipHeader_X-Foo-Bar=1"},
		{"what a gateway says", "PayConnector_auth+code=1", "PayConnector_auth code=1"},
		{"twice", "A=1&B=2&A=1", "!\"A\" comes twice"},
		{"twice by another spelling", "A=1&%41=2", "!\"A\" comes twice"},
		{"no equals", "A", "!without a value"},
		{"no name", "=1", "!is not a parameter name"},
		{"empty pair", "A=1&&B=2", "!without a value"},
		{"trailing ampersand", "A=1&", "!without a value"},
		{"semicolon", "A=1;B=2", "!unescaped"},
		{"raw space", "A=1 2", "!unescaped"},
		{"raw line end", "A=1\r\n", "!unescaped"},
		{"raw NUL", "A=\x00", "!unescaped"},
		{"broken escape", "A=%2", "!percent"},
		{"broken escape at the end", "A=%", "!percent"},
		{"wrong escape", "A=%zz", "!percent"},
		{"name with an ampersand", "A%26B=1", "!is not a parameter name"},
		{"name with a space", "A+B=1", "!is not a parameter name"},
		{"name beginning with a digit", "1A=1", "!is not a parameter name"},
		{"name of a path", "%2Fvoice=1", "!is not a parameter name"},
		{"long name", strings.Repeat("A", 257) + "=1", "!is not a parameter name"},
		{"too many", strings.Repeat("A=1&", 512) + "A=1", "!at most 512"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := ParseForm([]byte(tt.body))
			if problem, bad := strings.CutPrefix(tt.want, "!"); bad {
				if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), problem) || f.Len() != 0 {
					t.Errorf("got %v %v, want the error %s", f.Pairs(), err, problem)
				}
				return
			}
			var got []string
			for _, p := range f.Pairs() {
				got = append(got, p.Name+"="+p.Value)
			}
			if err != nil || strings.Join(got, "|") != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestNewForm(t *testing.T) {
	t.Parallel()
	f, err := NewForm(Pair{"B", "2"}, Pair{"A", "1 &"})
	if err != nil || f.Encode() != "A=1+%26&B=2" {
		t.Errorf("got %q, %v", f.Encode(), err)
	}
	if _, err := NewForm(Pair{"A", "1"}, Pair{"A", "2"}); !errors.Is(err, ErrMalformed) {
		t.Errorf("twice: %v", err)
	}
	if _, err := NewForm(Pair{"", "1"}); !errors.Is(err, ErrMalformed) {
		t.Errorf("no name: %v", err)
	}
}

func TestFormAccess(t *testing.T) {
	t.Parallel()
	f := formOf(t, "A=1&C=3&Empty=")
	if f.Get("A") != "1" || f.Get("B") != "" || !f.Has("Empty") || f.Has("B") || f.Len() != 3 {
		t.Errorf("got %v", f.Pairs())
	}
	g := f
	g.Set("A", "x")
	g.Set("B", "2")
	if got := g.Encode(); got != "A=x&B=2&C=3&Empty=" {
		t.Errorf("after Set: %s", got)
	}
	if got := f.Encode(); got != "A=1&C=3&Empty=" {
		t.Errorf("the copy changed: %s", got)
	}
	var zero Form
	zero.Set("A", "1")
	if zero.Get("A") != "1" {
		t.Error("Set on the zero Form")
	}
}

// TestFormHidesValues: no way of printing a form may show what a caller keyed.
func TestFormHidesValues(t *testing.T) {
	t.Parallel()
	f := formOf(t, "Digits=4111111111111111&From=%2B15557654321")
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "form", f, "pointer", &f, "any", []any{f})
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "form", f, "pointer", &f)
	inJSON, err := json.Marshal(map[string]any{"form": f, "pointer": &f})
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprintf("%v %+v %#v %s %q %v %+v %#v %v", f, f, f, f, f, &f, &f, &f, []Form{f}) + log.String() + string(inJSON)
	if strings.Contains(all, "4111") || strings.Contains(all, "1555") {
		t.Errorf("a value is shown: %s", all)
	}
	if !strings.Contains(all, "form(Digits From)") {
		t.Errorf("the names are not shown: %s", all)
	}
}

// FuzzParseForm: what we accept, net/url reads the same; encoding and reading again changes nothing.
func FuzzParseForm(f *testing.F) {
	for _, seed := range []string{"", "A=1&B=2", "A=%2B+%26", "A=1;B=2", "A==&B", "A=%", "%41=1&A=2", gatherBody, "A=\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		form, err := ParseForm(body)
		if err != nil {
			return
		}
		theirs, err := url.ParseQuery(string(body))
		if err != nil || len(theirs) != form.Len() {
			t.Fatalf("net/url reads %v, %v; we read %v", theirs, err, form.Pairs())
		}
		for _, p := range form.Pairs() {
			if len(theirs[p.Name]) != 1 || theirs[p.Name][0] != p.Value || form.Get(p.Name) != p.Value {
				t.Fatalf("%s: net/url reads %q, we %q", p.Name, theirs[p.Name], p.Value)
			}
		}
		again, err := ParseForm([]byte(form.Encode()))
		if err != nil || again.Encode() != form.Encode() || again.Encode() != theirs.Encode() {
			t.Fatalf("again: %v, %v", again.Pairs(), err)
		}
	})
}
