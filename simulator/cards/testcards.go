package cards

import "strings"

// Behaviour is what the sandbox gateway does when it is asked to charge or keep a test card.
type Behaviour string

// The behaviours of test cards. Any other card that checks out is approved.
const (
	Approve      Behaviour = "approve"
	Decline      Behaviour = "decline"
	Insufficient Behaviour = "insufficient-funds"
	ExpiredCard  Behaviour = "expired"
	WrongCode    Behaviour = "wrong-code"
	SlowAnswer   Behaviour = "slow"
	NoAnswer     Behaviour = "no-answer"
	Malformed    Behaviour = "malformed"
	LostAnswer   Behaviour = "lost-answer" // charged, but nobody is told
)

// TestCard is a published card number that belongs to nobody, with a name to call it by.
type TestCard struct {
	Name      string
	Number    string
	Behaviour Behaviour
	// Unusable marks a number that the keypad entry refuses before any gateway hears of it.
	Unusable bool
}

// TestCards lists every test card: first the names that scripts use, then further published numbers. The
// numbers are those that Twilio and Stripe publish; slow, no-answer, malformed and lost-answer are this sandbox's own.
func TestCards() []TestCard {
	return []TestCard{
		{Name: "visa", Number: "4242424242424242", Behaviour: Approve},
		{Name: "mastercard", Number: "5555555555554444", Behaviour: Approve},
		{Name: "amex", Number: "378282246310005", Behaviour: Approve},
		{Name: "discover", Number: "6011111111111117", Behaviour: Approve},
		{Name: "jcb", Number: "3566002020360505", Behaviour: Approve},
		{Name: "diners", Number: "3056930009020004", Behaviour: Approve},
		{Name: "maestro", Number: "6771798021000008", Behaviour: Approve},
		{Name: "unionpay", Number: "6200000000000005", Behaviour: Approve},
		{Name: "declined", Number: "4000000000000002", Behaviour: Decline},
		{Name: "insufficient", Number: "4000000000009995", Behaviour: Insufficient},
		{Name: "expired", Number: "4000000000000069", Behaviour: ExpiredCard},
		{Name: "wrong-code", Number: "4000000000000127", Behaviour: WrongCode},
		{Name: "slow", Number: "4000000000010001", Behaviour: SlowAnswer},
		{Name: "no-answer", Number: "4000000000020000", Behaviour: NoAnswer},
		{Name: "malformed", Number: "4000000000030009", Behaviour: Malformed},
		{Name: "lost-answer", Number: "4000000000040008", Behaviour: LostAnswer},
		{Name: "wrong", Number: "4242424242424241", Unusable: true}, // the last digit is a slip

		{Name: "visa-twilio", Number: "4111111111111111", Behaviour: Approve},
		{Name: "visa-debit", Number: "4000056655665556", Behaviour: Approve},
		{Name: "visa-13", Number: "4222222222222", Behaviour: Approve},
		{Name: "mastercard-2", Number: "2223003122003222", Behaviour: Approve},
		{Name: "mastercard-debit", Number: "5200828282828210", Behaviour: Approve},
		{Name: "mastercard-prepaid", Number: "5105105105105100", Behaviour: Approve},
		{Name: "amex-2", Number: "371449635398431", Behaviour: Approve},
		{Name: "discover-2", Number: "6011000990139424", Behaviour: Approve},
		{Name: "diners-14", Number: "36227206271667", Behaviour: Approve},
		{Name: "declined-risk", Number: "4100000000000019", Behaviour: Decline},
		{Name: "lost", Number: "4000000000009987", Behaviour: Decline},
		{Name: "stolen", Number: "4000000000009979", Behaviour: Decline},
		// Twilio prints this Diners Club number among its test cards, but it fails the Luhn check and its
		// prefix is nobody's: the digits 6 and 5 seem to have changed places.
		{Name: "diners-as-printed", Number: "3065930009020004", Unusable: true},
	}
}

// FindTestCard finds a test card by its name.
func FindTestCard(name string) (TestCard, bool) {
	for _, c := range TestCards() {
		if c.Name == strings.ToLower(name) {
			return c, true
		}
	}
	return TestCard{}, false
}

// Brand is the brand of the card's number.
func (c TestCard) Brand() Brand { return detect([]byte(c.Number)) }

// Code is a security code of the length the brand has.
func (c TestCard) Code() string { return "1234"[:CodeLen(c.Brand())] }

// TestCard finds the published test card with these digits.
func (d Digits) TestCard() (TestCard, bool) {
	for _, c := range TestCards() {
		if string(d.raw()) == c.Number {
			return c, true
		}
	}
	return TestCard{}, false
}

// TestAccount reports whether the digits are one of the two bank account numbers that Twilio lets through
// while a connector is in test mode.
func (d Digits) TestAccount() bool {
	return string(d.raw()) == "12345678" || string(d.raw()) == "123456789"
}
