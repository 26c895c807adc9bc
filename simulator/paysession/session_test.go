package paysession

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

const paid = "SIM-7F3K2M"

func TestCardIsCharged(t *testing.T) {
	t.Parallel()
	p := play(t, card("description", "bill 1"), "4242424242424242 1230 94105# 123",
		Answer{ID: paid, Parameters: map[string]string{"risk": "low"}})
	want := map[string]string{
		"Result": "success", "PaymentMethod": "credit-card", "PaymentCardNumber": "xxxxxxxxxxxx4242",
		"PaymentCardType": "visa", "ExpirationDate": "1230", "SecurityCode": "xxx", "PaymentCardPostalCode": "94105",
		"PaymentConfirmationCode": paid, "PaymentToken": "", "ProfileId": "", "PaymentError": "", "PayConnector_risk": "low",
	}
	wantValues(t, p.done.Values, want)
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if !p.done.Values.Has(key) {
			t.Errorf("%s is missing, it should be there and empty", key)
		}
	}
	if p.done.Values.Has("PayErrorCode") || p.done.Values.Has("ConnectorError") {
		t.Error("a success has an error")
	}
	wantSteps(t, p.steps(), []string{"payment-card-number 1", "expiration-date 1", "postal-code 1", "security-code 1", "payment-processing"})
	wantValues(t, p.statuses[1], map[string]string{"PaymentCardNumber": "xxxxxxxxxxxx4242", "PaymentCardType": "visa", "ExpirationDate": "1230", "SecurityCode": ""})
	r := p.asked[0]
	if r.Method != Charge || r.Amount != "84.20" || r.Currency != "usd" || r.Description != "bill 1" || r.PostalCode != "94105" {
		t.Errorf("the connector was asked for %+v", r)
	}
	if r.Number.Len()+r.Code.Len()+r.Expiry.Len() != 0 {
		t.Error("the digits are still there after the end")
	}
	if p.session.Waiting() != "" || p.session.Handle(Key('1')) != nil {
		t.Error("the session goes on after its end")
	}
}

func TestEndings(t *testing.T) {
	t.Parallel()
	noPost := []string{"postalCode", "false"}
	tests := []struct {
		name   string
		src    Source
		script string
		answer Answer
		result Result
		steps  []string
		values map[string]string
	}{
		{name: "wrong then right", src: card(noPost...), script: "4242424242424241 4242424242424242 1230 123",
			result: Success, steps: []string{"payment-card-number 1 invalid-card-number", "payment-card-number 2",
				"expiration-date 1", "security-code 1", "payment-processing"}},
		{name: "wrong twice", src: card(noPost...), script: "4242424242424241 4242424242424241", result: TooManyAttempts,
			steps:  []string{"payment-card-number 1 invalid-card-number", "payment-card-number 2 invalid-card-number"},
			values: map[string]string{"PaymentError": "invalid-card-number", "PaymentCardNumber": "", "PayErrorCode": ""}},
		{name: "three attempts", src: card("maxAttempts", "3", "postalCode", "false"), script: "4242424242424242 1399 0000 1225",
			result: TooManyAttempts, steps: []string{"payment-card-number 1", "expiration-date 1 invalid-date",
				"expiration-date 2 invalid-date", "expiration-date 3 invalid-date"},
			values: map[string]string{"PaymentError": "invalid-date", "PaymentCardNumber": "xxxxxxxxxxxx4242"}},
		{name: "one attempt", src: card("maxAttempts", "1"), script: "1#", result: TooManyAttempts,
			steps: []string{"payment-card-number 1 invalid-card-number"}},
		{name: "attempts count per step", src: card(noPost...), script: "- 4242424242424242 - 1230 - 123", result: Success,
			steps: []string{"payment-card-number 1 input-timeout", "payment-card-number 2", "expiration-date 1 input-timeout",
				"expiration-date 2", "security-code 1 input-timeout", "security-code 2", "payment-processing"}},
		{name: "silence to the end", src: card(), script: "", result: TooManyAttempts,
			steps:  []string{"payment-card-number 1 input-timeout", "payment-card-number 2 input-timeout"},
			values: map[string]string{"PaymentError": "input-timeout"}},
		{name: "hash alone is silence", src: card("maxAttempts", "1"), script: ".#", result: TooManyAttempts,
			steps: []string{"payment-card-number 1 input-timeout"}},
		{name: "hash after an entry that ended by itself", src: card("maxAttempts", "1"),
			script: "4242424242424242# 1230# 94105# 123#", result: Success},
		{name: "only one such hash", src: card("maxAttempts", "1"), script: "4242424242424242##", result: TooManyAttempts,
			steps: []string{"payment-card-number 1", "expiration-date 1 input-timeout"}},
		{name: "not once the prompt is over", src: card("maxAttempts", "1"), script: "4242424242424242.#", result: TooManyAttempts},
		{name: "star in the number", src: card(), script: "4242*", result: Starred, values: map[string]string{"PaymentCardNumber": ""}},
		{name: "star at once", src: card(), script: "*", result: Starred},
		{name: "star later", src: card(), script: "4242424242424242 12*", result: Starred, steps: []string{"payment-card-number 1"}},
		{name: "hang-up", src: card(), script: "42424242424242!", result: CallerHungUp},
		{name: "hang-up in the code", src: card(noPost...), script: "4242424242424242 1230 12!", result: CallerHungUp,
			values: map[string]string{"PaymentCardNumber": "xxxxxxxxxxxx4242", "SecurityCode": ""}},
		{name: "card type not taken", src: card(), script: "6011111111111117 6011111111111117", result: TooManyAttempts,
			steps: []string{"payment-card-number 1 invalid-card-type", "payment-card-number 2 invalid-card-type"}},
		{name: "unknown brand", src: card("maxAttempts", "1"), script: "0000000000000000", result: TooManyAttempts,
			steps: []string{"payment-card-number 1 invalid-card-type"}},
		{name: "card type asked for", src: card("validCardTypes", "discover diners-club", "postalCode", "false"),
			script: "36227206271667 1126 123", result: Success, values: map[string]string{"PaymentCardType": "diners-club"}},
		{name: "amex has four digits in its code", src: card("postalCode", "false", "maxAttempts", "1"),
			script: "378282246310005 1230 123#", result: TooManyAttempts, values: map[string]string{"PaymentError": "invalid-security-code"}},
		{name: "amex", src: card(noPost...), script: "378282246310005 1230 1234", result: Success,
			values: map[string]string{"SecurityCode": "xxxx", "PaymentCardNumber": "xxxxxxxxxxx0005", "PaymentCardType": "amex"}},
		{name: "short card ends with hash", src: card(noPost...), script: "4222222222222# 1230 123", result: Success},
		{name: "short card ends with a pause", src: card(noPost...), script: "4222222222222- 1230 123", result: Success},
		{name: "postal code too short", src: card("minPostalCodeLength", "5", "maxAttempts", "1"),
			script: "4242424242424242 1230 9410#", result: TooManyAttempts, values: map[string]string{"PaymentError": "invalid-postal-code"}},
		{name: "postal code given", src: card("postalCode", "SW1A 1AA"), script: "4242424242424242 1230 123", result: Success,
			values: map[string]string{"PaymentCardPostalCode": "SW1A 1AA"}},
		{name: "no security code", src: card("securityCode", "false", "postalCode", "false"), script: "4242424242424242 1230",
			result: Success, values: map[string]string{"SecurityCode": ""}},
		{name: "the card number again as postal code", src: card("maxAttempts", "1"), script: "4000001234567899 1230 4000001234567899#",
			result: TooManyAttempts, values: map[string]string{"PaymentError": "invalid-postal-code", "PaymentCardPostalCode": ""}},
		{name: "a piece of it", src: card("maxAttempts", "1"), script: "4000001234567899 1230 12345#", result: TooManyAttempts},
		{name: "declined", src: card(noPost...), script: "4000000000000002 1230 123", result: ConnectorError,
			answer: Answer{Code: 64012, Text: "card is declined", ConnectorError: "card_declined"},
			values: map[string]string{"PayErrorCode": "64012", "PaymentError": "card is declined", "ConnectorError": "card_declined", "PaymentConfirmationCode": ""}},
		{name: "tokenize", src: card("chargeAmount", "0.00", "postalCode", "false", "tokenType", "one-time"),
			script: "5555555555554444 1230 123", answer: Answer{ID: "TOK", ProfileID: "P1"}, result: Success,
			values: map[string]string{"PaymentToken": "TOK", "ProfileId": "P1", "PaymentConfirmationCode": ""}},
		{name: "bank account", src: ach("bankAccountType", "consumer-savings"), script: "121181976 508862392#", result: Success,
			answer: Answer{ID: paid}, steps: []string{"bank-routing-number 1", "bank-account-number 1", "payment-processing"},
			values: map[string]string{"BankRoutingNumber": "121181976", "BankAccountNumber": "*******92",
				"BankAccountType": "consumer-savings", "PaymentConfirmationCode": paid, "PaymentMethod": "ach-debit", "PaymentCardNumber": ""}},
		{name: "bad routing number", src: ach("maxAttempts", "1"), script: "123456789", result: TooManyAttempts,
			values: map[string]string{"PaymentError": "invalid-bank-routing-number", "BankRoutingNumber": ""}},
		{name: "short routing number", src: ach("maxAttempts", "1"), script: "12345678#", result: TooManyAttempts},
		{name: "bad account number", src: ach("maxAttempts", "1"), script: "121181976 123#", result: TooManyAttempts,
			values: map[string]string{"PaymentError": "invalid-bank-account-number"}},
		{name: "account number too long", src: ach("maxAttempts", "1"), script: "121181976 123456789012345678#", result: TooManyAttempts},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := play(t, tc.src, tc.script, tc.answer)
			if p.done.Result != tc.result || p.done.Values.Get("Result") != string(tc.result) {
				t.Errorf("got %s, want %s; steps %q", p.done.Result, tc.result, p.steps())
			}
			if tc.steps != nil {
				wantSteps(t, p.steps(), tc.steps)
			}
			wantValues(t, p.done.Values, tc.values)
			if (tc.result == Success || tc.result == ConnectorError) != (len(p.asked) == 1) {
				t.Errorf("the connector was asked %d times", len(p.asked))
			}
		})
	}
}

// An entry that has to match is asked for twice, and from the beginning when it does not.
func TestMatchingEntries(t *testing.T) {
	t.Parallel()
	src := ach()
	src.Prompts = []map[string]string{
		{"for": "bank-account-number", "requireMatchingInputs": "true"},
		{"for": "bank-account-number", "errorType": "input-matching-failed"},
		{"for": "bank-account-number", "errorType": "timeout"},
		{"for": "bank-account-number"},
	}
	tests := []struct {
		name, script string
		prompts      []int // after the routing number's
		result       Result
	}{
		{"same", "123456# 123456#", []int{3, 0}, Success},
		{"different, then same", "123456# 123457# 123456# 123456#", []int{3, 0, 1, 0}, Success},
		{"different twice", "123456# 123457# 123456# 123457#", []int{3, 0, 1, 0}, TooManyAttempts},
		{"second missing", "123456# - 123456# 123456#", []int{3, 0, 2, 0}, Success},
		{"nothing", "- -", []int{3, 2}, TooManyAttempts},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := play(t, src, "121181976"+tc.script, Answer{})
			var got []int
			for _, say := range p.said[1:] {
				if say.Field == AccountNumber {
					got = append(got, say.Prompt)
				}
			}
			if p.done.Result != tc.result || !slices.Equal(got, tc.prompts) {
				t.Errorf("got %s with prompts %v, want %s with %v", p.done.Result, got, tc.result, tc.prompts)
			}
		})
	}
}

// The connector has been asked: neither * nor a hang-up makes the charge undone, so the result is what it says.
func TestWhileProcessing(t *testing.T) {
	t.Parallel()
	cfg, _, _ := Parse(card("postalCode", "false", "securityCode", "false"))
	s := New(cfg, today())
	s.Start()
	for _, k := range "4242424242424242123" {
		s.Handle(Key(k))
	}
	outs := s.Handle(Key('0'))
	if _, ok := outs[2].(Process); !ok || s.Waiting() != Processing {
		t.Fatalf("got %#v while waiting for %q", outs, s.Waiting())
	}
	for _, in := range []Input{Key('*'), Key('#'), PromptDone{}, Silence{}, HungUp{}} {
		if outs := s.Handle(in); outs != nil {
			t.Errorf("%T while processing: %#v", in, outs)
		}
	}
	outs = s.Handle(Answer{ID: paid})
	if done, ok := outs[0].(Done); !ok || done.Result != Success || done.Values.Get("PaymentConfirmationCode") != paid {
		t.Errorf("got %#v", outs)
	}
}

// A prompt goes on until there is something to wait for: a key that means nothing does not cut it off.
func TestBargeIn(t *testing.T) {
	t.Parallel()
	cfg, _, _ := Parse(card("timeout", "7"))
	s := New(cfg, today())
	s.Start()
	if outs := s.Handle(Silence{}); outs != nil {
		t.Errorf("an old timer in a prompt: %#v", outs)
	}
	if outs := s.Handle(Answer{ID: "x"}); outs != nil {
		t.Errorf("an answer nobody asked for: %#v", outs)
	}
	if outs := s.Handle(Key('4')); len(outs) != 1 || outs[0] != (Wait{7 * time.Second}) {
		t.Errorf("a key in a prompt: %#v", outs)
	}
	if outs := s.Handle(PromptDone{}); outs != nil {
		t.Errorf("the end of a prompt that was cut off: %#v", outs)
	}
	if attempt, digits := s.Progress(); attempt != 1 || digits != 1 || s.Waiting() != CardNumber {
		t.Errorf("attempt %d, %d digits, waiting for %s", attempt, digits, s.Waiting())
	}
	for _, k := range "242424242424242" {
		s.Handle(Key(k))
	}
	if outs := s.Handle(Key('#')); outs != nil {
		t.Errorf("the # of the entry before: %#v", outs)
	}
	if outs := s.Handle(PromptDone{}); len(outs) != 1 || outs[0] != (Wait{7 * time.Second}) {
		t.Errorf("the end of a prompt: %#v", outs)
	}
}

func TestTestCardsOnly(t *testing.T) {
	t.Parallel()
	tests := []struct {
		src          Source
		script, code string
	}{
		{card("postalCode", "false"), "4242424242424242 1230 123", ""},
		{card("postalCode", "false"), "4000001234567899 1230 123", "64022"},
		{ach(), "121181976 12345678#", ""},
		{ach(), "121181976 123456789#", ""},
		{ach(), "121181976 508862392#", "64023"},
	}
	for _, tc := range tests {
		cfg, _, _ := Parse(tc.src)
		cfg.TestCardsOnly = true
		p := &player{t: t, session: New(cfg, today())}
		p.take(p.session.Start())
		for _, c := range strings.ReplaceAll(tc.script, " ", "") {
			p.put(Key(c))
		}
		if p.done == nil || p.done.Values.Get("PayErrorCode") != tc.code || (tc.code == "") != (len(p.asked) == 1) {
			t.Errorf("%s: got %+v", tc.script, p.done)
		}
	}
}

func TestRefusalAsResult(t *testing.T) {
	t.Parallel()
	_, _, refusal := Parse(card("chargeAmount", "-0.59"))
	done := refusal.Done(ValidationError, "credit-card")
	wantValues(t, done.Values, map[string]string{"Result": "validation-error", "PayErrorCode": "64003",
		"PaymentError": "paymentAmount='-0.59' (not a number between 0.00 - 1,000,000.00)", "PaymentMethod": "credit-card"})
	if !strings.Contains(refusal.Error(), "64003") {
		t.Error(refusal)
	}
}
