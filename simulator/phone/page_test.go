package phone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// visit opens the phone with fast speech.
func visit(t *testing.T) (*tab, *stage) {
	t.Helper()
	s := newStage(t) // before the tab, so that it is still there when the tab closes
	b := openTab(t)
	b.size(1280, 900)
	b.colours("light")
	b.do("open the page", chromedp.Navigate(s.url+"/phone"))
	b.do("speed up", chromedp.SetValue(chromedp.CSS("#opt-speed"), "0.125"))
	return b, s
}

func (b *tab) keys(keys string) {
	b.t.Helper()
	for _, key := range keys {
		b.click(`[data-key="` + string(key) + `"]`)
	}
}

// toPayment rings and goes on to the payment, by clicking keys.
func (b *tab) toPayment() {
	b.t.Helper()
	b.click("#ring")
	b.reads("#waiting", "Waiting for your keys")
	b.keys("1")
	b.reads("#captions", "account number")
	b.reads("#waiting", "Waiting for your keys")
	b.keys("12345678")
	b.reads("#captions", "84 dollars and 20 cents")
	b.keys("1")
	b.reads("#waiting", "Waiting for your card number")
}

// card presses a test card's button for each field as it is asked for.
func (b *tab) card(name string, fields ...string) {
	b.t.Helper()
	button := `[data-card="` + name + `"]`
	for _, field := range fields {
		b.reads("#waiting", "Waiting for your "+field)
		b.until("the cards to be free", fmt.Sprintf("document.querySelector(%q).getAttribute('aria-disabled') === 'false'", button))
		b.click(button)
	}
}

// TestPayByClickingKeys is the whole call as a newcomer makes it: every key clicked, the card's number too.
func TestPayByClickingKeys(t *testing.T) {
	t.Parallel()
	b, _ := visit(t)
	b.picture("phone-ready-light")
	b.toPayment()
	b.keys("424242424")
	b.reads("#waiting", "Waiting for your card number, 9 keys so far")
	b.reads("#payment", "•••• •••• •")
	b.picture("phone-paying-light")
	b.colours("dark")
	b.picture("phone-paying-dark")
	b.size(360, 740)
	b.picture("phone-paying-360")
	b.size(1280, 900)
	b.keys("2424242")
	b.card("visa", "expiry date", "postal code", "security code")
	b.reads("#outcome", "Paid $84.20")
	b.reads("#outcome", "Visa ending 4242")
	b.reads("#captions", "Your payment was approved")
	b.reads("#scenes", "receipt")
	b.reads("#payment", "•••• 4242")
	b.until("the typist to rest", `document.querySelector("#cards-note").innerText.startsWith("type themselves")`)
	b.picture("phone-paid-dark")
	b.colours("light")
	b.picture("phone-paid-light")
	html := b.html()
	for _, secret := range []string{"4242424242424242", "4242 4242", "424242"} {
		if strings.Contains(html, secret) {
			t.Errorf("the page holds %q", secret)
		}
	}
}
