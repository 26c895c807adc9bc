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

// TestMistypedThenRight hears the right words after a number with a slip in it, and pays with the next.
func TestMistypedThenRight(t *testing.T) {
	t.Parallel()
	b, _ := visit(t)
	b.toPayment()
	b.card("wrong", "card number")
	b.reads("#payment", "the number fails its check digit")
	b.reads("#timeline", "card number: the number fails its check digit")
	b.card("visa", "card number", "expiry date", "postal code", "security code")
	b.reads("#outcome", "Paid $84.20")
}

func TestDeclinedAndCancelled(t *testing.T) {
	t.Parallel()
	b, _ := visit(t)
	b.toPayment()
	b.card("declined", "card number", "expiry date", "postal code", "security code")
	b.reads("#outcome", "Declined, nothing was charged")
	b.reads("#captions", "Your bank did not approve")
	b.reads("#captions", "The call has ended")

	b.toPayment() // the same phone rings again
	b.keys("42*")
	b.reads("#outcome", "Cancelled by the caller, nothing was charged")
	b.reads("#scenes", "stopped")
}

// TestKeyboardOnly makes a call without a pointer. Digits are keys only while the focus is inside the phone.
func TestKeyboardOnly(t *testing.T) {
	t.Parallel()
	b, _ := visit(t)
	b.do("type into a field", chromedp.Focus(chromedp.CSS("#ring-from")), chromedp.KeyEvent("7"))
	if b.truth(`document.querySelector("[data-down]") !== null`) {
		t.Error("a digit typed into a field pressed a key of the phone")
	}
	b.do("ring", chromedp.Focus(chromedp.CSS("#ring")), chromedp.KeyEvent("\r"))
	b.reads("#waiting", "Waiting for your keys")
	b.until("the focus on the keypad", `document.activeElement?.dataset.key === "1"`)
	b.do("press 1 with Enter", chromedp.KeyEvent("\r"))
	b.reads("#captions", "account number")
	b.do("look at the timeline", chromedp.Focus(chromedp.CSS("#timeline")), chromedp.KeyEvent("1"))
	b.do("type the account", chromedp.Focus(chromedp.CSS("#hangup")), chromedp.KeyEvent("12345678"))
	b.reads("#captions", "84 dollars and 20 cents")
	b.until("one row with the account", `[...document.querySelectorAll("#timeline [data-kind=keys]")].some((row) => row.innerText.includes("12345678"))`)
	b.do("hang up", chromedp.Focus(chromedp.CSS("#hangup")), chromedp.KeyEvent("\r"))
	b.reads("#captions", "The call has ended")
	b.until("the focus on Ring", `document.activeElement?.id === "ring"`)
}

// TestAgentAnswers is both people of a transfer: the caller, and the agent who answers in the browser.
func TestAgentAnswers(t *testing.T) {
	t.Parallel()
	b, _ := visit(t)
	b.click("#ring")
	b.reads("#waiting", "Waiting for your keys")
	b.keys("1")
	b.reads("#captions", "account number")
	b.keys("12345678")
	b.reads("#captions", "84 dollars")
	b.keys("0")
	b.reads("#waiting", "Connecting you to somebody")
	b.reads("#incoming", "billing-desk is ringing")
	b.picture("phone-agent-light")
	b.click("#incoming .ring")
	b.reads("#incoming", "You are on the line as billing-desk")
	b.click("#incoming .hangup")
	b.reads("#captions", "The call has ended")
	b.until("the agent's leg to be gone", `document.querySelector("#incoming").innerText === ""`)
}

// TestWithoutTheApp is the page on the simulator's own port: the outcome is what the network saw.
func TestWithoutTheApp(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	b := openTab(t)
	b.do("open the page", chromedp.Navigate(s.url+"/alone/phone"))
	b.until("a number to type", `!document.querySelector("#ring-other").hidden`)
	b.do("choose a number", chromedp.SetValue(chromedp.CSS("#opt-speed"), "0.125"),
		chromedp.SetValue(chromedp.CSS("#ring-other"), "+1 555 019 9999"))
	b.click("#ring")
	b.reads("#problem", "The simulator did not take the call")
	b.do("choose the line", chromedp.SetValue(chromedp.CSS("#ring-other"), "+1 555 010 0000"))
	b.toPayment()
	b.card("mastercard", "card number", "expiry date", "postal code", "security code")
	b.reads("#outcome", "Paid $84.20")
	b.reads("#outcome", "Mastercard ending 4444")
	if b.truth(`document.querySelector(".bar-nav") !== null || !document.querySelector("#call-link").hidden`) {
		t.Error("there are links to pages that are not there")
	}
}

// TestReload takes up the call where it is, and keeps the chosen colours.
func TestReload(t *testing.T) {
	t.Parallel()
	b, _ := visit(t)
	b.toPayment()
	b.click("#theme [value=dark] + span")
	b.until("dark colours", `getComputedStyle(document.documentElement).colorScheme === "dark"`)
	b.do("reload", chromedp.Reload())
	b.reads("#waiting", "Waiting for your card number")
	b.reads("#captions", "84 dollars and 20 cents")
	b.reads("#timeline", "12345678")
	if !b.truth(`document.documentElement.dataset.theme === "dark" && document.querySelector("#theme [value=dark]").checked`) {
		t.Error("the colours were forgotten")
	}
	b.card("visa", "card number")
	b.reads("#waiting", "Waiting for your expiry date")
}

// TestSmallScreens: nothing is cut off at 320 px, and keys stay as large as fingers need.
func TestSmallScreens(t *testing.T) {
	t.Parallel()
	b, _ := visit(t)
	b.size(320, 640)
	b.toPayment()
	for _, width := range []int64{320, 360, 768} {
		b.size(width, 740)
		b.until(fmt.Sprintf("no sideways scrolling at %d px", width), `document.documentElement.scrollWidth <= innerWidth`)
		if !b.truth(`[...document.querySelectorAll(".key")].every((key) => key.offsetHeight >= 56 && key.offsetWidth >= 56)`) {
			t.Errorf("keys are smaller than 56 px at %d px", width)
		}
	}
	if !b.truth(`[...document.querySelectorAll("button, input, select, summary")].filter((el) => el.offsetParent).every((el) => el.offsetHeight >= 16)`) {
		t.Error("a control is too small to hit")
	}
	if !b.truth(`document.querySelector('[data-key="5"]').getAttribute("aria-label") === "5, J K L" && document.querySelector("#keypad").getAttribute("aria-label") === "Keypad"`) {
		t.Error("the keys have lost their names")
	}
}
