package cards

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// leaks reports whether a good part of a number is in text, as digits, as hexadecimal or as the decimal bytes
// that fmt prints for a []byte. Fewer digits could be a piece of an address, which fmt prints as well.
func leaks(text, number string) bool {
	const enough = 9
	for i := 0; i+enough <= len(number); i++ {
		part := []byte(number[i : i+enough])
		if strings.Contains(text, string(part)) || strings.Contains(text, fmt.Sprintf("%x", part)) ||
			strings.Contains(text, strings.Trim(fmt.Sprint(part), "[]")) {
			return true
		}
	}
	return false
}

// Whatever prints the digits, and however deep they lie in another value, a mask comes out.
func TestDigitsPrintMasked(t *testing.T) {
	t.Parallel()
	const number = "4539578763621486"
	if !leaks("card "+number, number) || !leaks(fmt.Sprintf("%x", number), number) || !leaks(fmt.Sprint([]byte(number)), number) {
		t.Fatal("the search does not find a planted number")
	}
	d := Typed(number)
	type deep struct {
		open   Digits
		Public Digits
		any    any
	}
	values := []any{d, &d, []Digits{d}, map[string]Digits{"a": d}, deep{d, d, d}, &deep{d, d, &d}, struct{ d *Digits }{&d}}
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%c", "%T"} {
			if out := fmt.Sprintf(verb, v); leaks(out, number) {
				t.Errorf("%s of %T shows the digits: %s", verb, v, out)
			}
		}
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("typed", "value", v)
		slog.New(slog.NewTextHandler(&log, nil)).Info("typed", "value", v)
		if leaks(log.String(), number) {
			t.Errorf("a log of %T shows the digits: %s", v, &log)
		}
		if out, err := json.Marshal(v); err != nil || leaks(string(out), number) {
			t.Errorf("JSON of %T: %v, %s", v, err, out)
		}
		if out, _ := xml.Marshal(v); leaks(string(out), number) {
			t.Errorf("XML of %T: %s", v, out)
		}
	}
	if err := fmt.Errorf("card %v: %w", d, errors.ErrUnsupported); leaks(err.Error(), number) {
		t.Error(err)
	}
}

func TestDigitsMasks(t *testing.T) {
	t.Parallel()
	tests := []struct{ typed, card, account, last4, clear, text string }{
		{"4242424242424242", "xxxxxxxxxxxx4242", "**************42", "4242", "", "xxxxxxxxxxxxxxxx"},
		{"378282246310005", "xxxxxxxxxxx0005", "*************05", "0005", "", "xxxxxxxxxxxxxxx"},
		{"508862392", "xxxxx2392", "*******92", "2392", "508862392", "xxxxxxxxx"},
		{"1234", "xxxx", "**34", "", "1234", "xxxx"},
		{"123", "xxx", "***", "", "123", "xxx"},
		{"", "", "", "", "", ""},
	}
	for _, tc := range tests {
		d := Typed(tc.typed)
		got := [...]string{d.CardMask(), d.AccountMask(), d.Last4(), d.Clear(), d.String()}
		if want := [...]string{tc.card, tc.account, tc.last4, tc.clear, tc.text}; got != want {
			t.Errorf("%s: got %q, want %q", tc.typed, got, want)
		}
	}
}

func TestDigitsAddAndWipe(t *testing.T) {
	t.Parallel()
	d := Typed("12-34 #*a५")
	if d.Len() != 4 || d.Clear() != "1234" {
		t.Fatalf("typed %d digits, want 4", d.Len())
	}
	before := d.raw()
	for d.Add('9') {
	}
	if d.Len() != maxDigits {
		t.Errorf("an entry took %d digits, want %d", d.Len(), maxDigits)
	}
	if &before[0] != &d.raw()[0] {
		t.Error("the digits moved while they were typed, and left a copy")
	}
	all, copied := d.raw(), d
	d.Wipe()
	if d.Len() != 0 || copied.Len() != 0 {
		t.Error("a wiped entry is not empty")
	}
	if !bytes.Equal(all, make([]byte, len(all))) {
		t.Errorf("wiped digits are still there: %v", all)
	}
	if !d.Add('5') || d.Clear() != "5" {
		t.Error("a wiped entry cannot be used again")
	}
}

func TestDigitsCompare(t *testing.T) {
	t.Parallel()
	d := Typed("4242424242421234")
	if !d.Equal(Typed("4242424242421234")) || d.Equal(Typed("4242424242421235")) || d.Equal(Typed("42")) {
		t.Error("equal entries are those with the same digits")
	}
	if !d.Shares("24212") || !d.Shares("00242120") || d.Shares("1234") || d.Shares("94105") || d.Shares("") {
		t.Error("what may not be shown is a run of more than four of the digits")
	}
	if got := string(d.AppendTo([]byte("n="))); got != "n=4242424242421234" {
		t.Errorf("got %s", got)
	}
}

func TestDigitsFromJSON(t *testing.T) {
	t.Parallel()
	var body struct {
		Number Digits  `json:"number"`
		Code   Digits  `json:"code"`
		None   *Digits `json:"none"`
	}
	if err := json.Unmarshal([]byte(`{"number": "4242424242424242", "code": null, "none": null}`), &body); err != nil {
		t.Fatal(err)
	}
	if body.Number.Last4() != "4242" || body.Code.Len() != 0 || body.None != nil {
		t.Errorf("got %+v", body)
	}
	if err := json.Unmarshal([]byte(`{"number": 4242424242424242}`), &body); err == nil {
		t.Error("a number is not a string of digits")
	}
}

func TestZeroDigits(t *testing.T) {
	t.Parallel()
	var d Digits
	d.Wipe()
	if d.Len() != 0 || d.String() != "" || d.CardMask() != "" || d.ValidNumber() || d.Brand() != Unknown || !d.Equal(NewDigits()) {
		t.Error("the zero value is an empty entry to all that reads it")
	}
}
