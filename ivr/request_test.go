package ivr

import (
	"net/url"
	"testing"

	"github.com/paydial/paydial/twilio"
)

func form(t *testing.T, body string) twilio.Form {
	t.Helper()
	f, err := twilio.ParseForm([]byte("AccountSid=AC00000000000000000000000000000001&CallSid=CA00000000000000000000000000000001&" + body))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRequestDropsCardDigits(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"Digits=4242424242424242", "SpeechResult=it+is+4242+4242+4242+4242", "UnstableSpeechResult=378282246310005",
	} {
		r, err := newRequest(form(t, body), nil)
		if err != nil {
			t.Fatal(err)
		}
		if !r.CardDropped || LooksLikeCard(r.Form.Encode()) {
			t.Errorf("%s: dropped %v, left %s", body, r.CardDropped, r.Form.Encode())
		}
	}
	if r, err := newRequest(form(t, "Digits=12345678"), nil); err != nil || r.CardDropped || r.Form.Get("Digits") != "12345678" {
		t.Errorf("an account number: %+v, %v", r, err)
	}
}

// TestRequestCarriesInput sends a webhook's input through a redirect and reads it back: nothing that the caller
// keyed is lost, and a carried card number is dropped like any other.
func TestRequestCarriesInput(t *testing.T) {
	t.Parallel()
	first, err := newRequest(form(t, "Digits=12%23&From=%2B15550123456&Result=success&PaymentError=a%26b%3Dc"), nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := newRequest(form(t, "From=%2B15550123456"), url.Values{againParam: {first.again()}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Digits", "Result", "PaymentError"} {
		if got, want := second.Form.Get(name), first.Form.Get(name); got != want || got == "" {
			t.Errorf("%s came back as %q, want %q", name, got, want)
		}
	}
	if first.Fingerprint() != second.Fingerprint() {
		t.Error("the carried input has another fingerprint")
	}
	carried, err := newRequest(form(t, "From=x"), url.Values{againParam: {"Digits=4242424242424242"}})
	if err != nil || !carried.CardDropped {
		t.Errorf("a carried card number: dropped %v, %v", carried.CardDropped, err)
	}
	if _, err := newRequest(form(t, "From=x"), url.Values{againParam: {"Digits=%zz"}}); err == nil {
		t.Error("a malformed carried input was taken")
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	one, _ := newRequest(form(t, "Digits=1&CallStatus=in-progress"), nil)
	same, _ := newRequest(form(t, "CallStatus=completed&Digits=1"), nil)
	other, _ := newRequest(form(t, "Digits=2"), nil)
	if one.Fingerprint() != same.Fingerprint() {
		t.Error("the fingerprint depends on what every webhook carries")
	}
	if one.Fingerprint() == other.Fingerprint() {
		t.Error("other keys have the same fingerprint")
	}
}
