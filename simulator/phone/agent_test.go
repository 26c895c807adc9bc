package phone_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/paydial/paydial/simulator"
)

// payments asks the Payments API for something, as an agent's program does.
func (s *stage) payments(t *testing.T, path string, params ...string) string {
	t.Helper()
	form := url.Values{"IdempotencyKey": {fmt.Sprint(path, params)}, "StatusCallback": {s.url + "/voice/pay"}}
	for i := 0; i+1 < len(params); i += 2 {
		form.Set(params[i], params[i+1])
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		s.url+"/2010-04-01/Accounts/"+simulator.DefaultAccountSID+"/Calls/"+path+".json", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(simulator.DefaultAccountSID, simulator.DefaultAuthToken)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct{ SID, Message string }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || answer.SID == "" {
		t.Fatalf("%s %v: %s %+v %v", path, params, res.Status, answer, err)
	}
	return answer.SID
}

// TestAgentTakesAPayment: somebody answers, and asks for the card one field after the other, in another order than
// <Pay> does.
func TestAgentTakesAPayment(t *testing.T) {
	t.Parallel()
	b, s := visit(t)
	b.click("#ring")
	b.reads("#waiting", "Waiting for your keys")
	b.keys("1")
	b.reads("#captions", "account number")
	b.keys("12345678")
	b.reads("#captions", "84 dollars")
	b.keys("0")
	b.click("#incoming .ring")
	b.reads("#incoming", "You are on the line")
	b.until("the call's address", `location.hash.startsWith("#CA")`)
	call, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("location.hash.slice(1)"))
	if err != nil {
		t.Fatal(err)
	}
	pay := call + "/Payments"
	one := pay + "/" + s.payments(t, pay, "ChargeAmount", "84.20", "Timeout", "600", "RequireMatchingInputs", "postal-code")
	b.reads("#payment", "$84.20")
	s.payments(t, one, "Capture", "expiration-date")
	b.card("visa", "expiry date")
	b.reads(`#payment [data-field="expiration-date"]`, "12/30")
	b.reads(`#payment [data-field="payment-card-number"]`, "not yet")

	s.payments(t, one, "Capture", "payment-card-number")
	b.reads("#waiting", "Waiting for your card number")
	b.until("the typist to rest", `document.querySelector("[data-card=visa]").getAttribute("aria-disabled") === "false"`)
	b.keys("424242424")
	b.reads("#waiting", "Waiting for your card number, 9 keys so far")
	b.reads("#payment", "•••• •••• •")
	s.payments(t, one, "Capture", "payment-card-number", "IdempotencyKey", "anew")
	b.reads("#waiting", "Waiting for your card number")
	b.card("wrong", "card number")
	b.reads("#payment", "the number fails its check digit")
	s.payments(t, one, "Capture", "payment-card-number", "IdempotencyKey", "once more")
	b.card("visa", "card number")
	b.reads("#payment", "•••• 4242 Visa")
	for _, field := range []string{"security-code", "postal-code", "postal-code-matcher"} {
		s.payments(t, one, "Capture", field)
		b.card("visa", strings.ReplaceAll(strings.Replace(field, "-matcher", ", once more", 1), "-", " "))
		b.until(field+" to be taken", fmt.Sprintf(`document.querySelector('[data-field="%s"]').dataset.state === "done"`, strings.TrimSuffix(field, "-matcher")))
	}
	s.payments(t, one, "Status", "complete")
	b.reads("#timeline", "the payment went through")
	b.click("#incoming .hangup")
	b.reads("#captions", "The call has ended")
	if !b.truth(`document.querySelectorAll("#timeline [data-kind=keys]").length < 15`) {
		t.Error("the timeline has a row for each key")
	}
	html := b.html()
	for _, secret := range []string{"4242424242424242", "4242 4242", "424242"} {
		if strings.Contains(html, secret) {
			t.Errorf("the page holds %q", secret)
		}
	}
}
