package simulator

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// outline writes a document's elements in a line.
func outline(els []*element) string {
	var parts []string
	for _, el := range els {
		s := el.name
		if len(el.children) > 0 {
			s += "(" + outline(el.children) + ")"
		}
		if w := el.words(); w != "" && len(el.children) == 0 {
			s += ":" + w
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

func TestParseDocument(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`<Response/>`: "",
		`<Response><Say>a &amp; b &#233; <![CDATA[<c>]]></Say><!-- no --><Hangup/></Response>`:                               "Say:a & b é <c> Hangup",
		`<Response><Gather><Say>a</Say><Pause/><Dial/></Gather></Response>`:                                                  "Gather(Say:a Pause)",
		`<Response><Pay><Prompt for="expiration-date"><Say>b</Say></Prompt><Parameter name="a" value="b"/></Pay></Response>`: "Pay(Prompt(Say:b) Parameter)",
		`<Response><say>a</say><Say>b</Say></Response>`:                                                                      "Say:b",
		`<Response xmlns="http://x/"><Say xml:lang="de">a</Say></Response>`:                                                  "Say:a",
		`<!DOCTYPE Response><Response><Say>a</Say></Response>`:                                                               "Say:a",
	} {
		d, err := parseDocument([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if diff := cmp.Diff(want, outline(d.verbs)); diff != "" {
			t.Errorf("%s\n%s", in, diff)
		}
	}
}

// TestWarnings looks at what is said of a document with everything wrong.
func TestWarnings(t *testing.T) {
	t.Parallel()
	d, err := parseDocument([]byte(`<Response>x<Say b="1" a="2">hi</Say><Sing/><Gather>y<Dial/><Sing/></Gather><Start><Say/></Start></Response>`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range d.warnings {
		got = append(got, w.text)
	}
	want := []string{
		`<Response> has no text of its own; it is left out`, `attribute "a" is not known in <Say>`, `attribute "b" is not known in <Say>`,
		`<Sing> is not allowed in <Response>`, `<Gather> has no text of its own; it is left out`, `<Dial> is not allowed in <Gather>`,
		`<Sing> is not allowed in <Gather>`, `<Say> is not allowed in <Start>`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzDocument(f *testing.F) {
	f.Add(`<Response><Say>hello</Say></Response>`)
	f.Add(`<?xml version="1.0"?><Response><Gather numDigits="1"><Play>x</Play></Gather>&lt;</Response>`)
	f.Add(`<Response><Response><Response/></Response></Response>`)
	f.Fuzz(func(t *testing.T, in string) {
		d, err := parseDocument([]byte(in))
		var bad *documentError
		if err != nil && !errors.As(err, &bad) {
			t.Fatalf("%T: %v", err, err)
		}
		if err == nil {
			for _, el := range d.verbs {
				if verbNamed(el.name) == nil {
					t.Fatalf("<%s> has no verb", el.name)
				}
			}
		}
	})
}

// TestSign checks the signatures that Twilio's libraries publish as test vectors.
func TestSign(t *testing.T) {
	t.Parallel()
	form := map[string][]string{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"}, "From": {"+14158675309"}, "To": {"+18005551212"},
	}
	if got := sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form); got != "RSOYDt4T1cUTdK1PDd93/VVr8B8=" {
		t.Error(got)
	}
	form["Caller"], form["From"] = []string{"+12349013030"}, []string{"+12349013030"}
	if got := sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form); got != "0/KCTR6DLpKmkAf8muzZqo1nDgQ=" {
		t.Error(got)
	}
}

// TestMaskCards hides card numbers and leaves other numbers alone.
func TestMaskCards(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"4242424242424242":             "xxxxxxxxxxxx4242",
		"card 4242-4242-4242-4242.":    "card xxxx-xxxx-xxxx-4242.",
		"378282246310005":              "xxxxxxxxxxx0005",
		"4242424242424241":             "4242424242424241", // no card: the check digit is wrong
		"+15550100000":                 "+15550100000",
		"CA42424242424242424242424242": "CA42424242424242424242424242",
		"12345678":                     "12345678",
		"it is four two four two, four two four two. Bye": "it is (digits). Bye",
		"four two four two": "four two four two",
	} {
		if got := maskCards(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	if got := maskParam("Digits", "424242424242"); got != "xxxxxxxx4242" {
		t.Error(got)
	}
}

// TestManualClock fires timers in order, also those that timers set.
func TestManualClock(t *testing.T) {
	t.Parallel()
	var b busy
	c := newManualClock(manualStart(time.Time{}), &b)
	var order []string
	note := func(s string) func() { return func() { order = append(order, s+c.now().Format("05")) } }
	c.after(3e9, note("c"))
	c.after(1e9, func() { note("a")(); c.after(1e9, note("b")) })
	stop := c.after(2e9, note("never"))
	stop()
	stop()
	c.after(9e9, note("later"))
	if err := c.advance(5e9); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a01", "b02", "c03"}, order); diff != "" || c.now().Second() != 5 {
		t.Error(diff)
	}
}
