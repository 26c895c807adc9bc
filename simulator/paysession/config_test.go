package paysession

import (
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator/cards"
)

func TestParseDefaults(t *testing.T) {
	t.Parallel()
	c, warnings, refusal := Parse(Source{})
	if refusal != nil || warnings != nil {
		t.Fatal(refusal, warnings)
	}
	if c.Method != CreditCard || c.Timeout != 5*time.Second || c.Attempts != DefaultAttempts || !c.AskCode || !c.AskPostal ||
		c.Connector != "Default" || c.TokenType != "reusable" || c.Currency != "usd" || c.Language != "en-US" ||
		c.BankAccountType != "" || c.MinPostal != 0 || c.Task() != Tokenize || len(c.CardTypes) != 3 {
		t.Errorf("got %+v", c)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		attr, value string
		code        int
		text        string
	}{
		{"chargeAmount", "-0.59", CodeAmount, "paymentAmount='-0.59' (not a number between 0.00 - 1,000,000.00)"},
		{"chargeAmount", "1000000.01", CodeAmount, "not a number between"},
		{"chargeAmount", "9999999", CodeAmount, "not a number between"},
		{"chargeAmount", "12345678", CodeAmount, "not a number between"},
		{"chargeAmount", "1e3", CodeAmount, "not a number between"},
		{"chargeAmount", "1,000.00", CodeAmount, "not a number between"},
		{"chargeAmount", "10.", CodeAmount, "not a number between"},
		{"chargeAmount", ".5", CodeAmount, "not a number between"},
		{"chargeAmount", "10.005", CodeAmount, "more than 2 decimals for usd"},
		{"input", "speech", CodeParameter, "input='speech' (not one of dtmf)"},
		{"paymentMethod", "cash", CodeParameter, "not one of credit-card, ach-debit"},
		{"bankAccountType", "consumer-savings", CodeBankAccountType, "only for paymentMethod ach-debit"},
		{"bankAccountType", "sock", CodeParameter, "not one of"},
		{"timeout", "0", CodeParameter, "not a number between 1 - 600"},
		{"timeout", "601", CodeParameter, "not a number between 1 - 600"},
		{"timeout", "soon", CodeParameter, "not a number"},
		{"maxAttempts", "4", CodeParameter, "not a number between 1 - 3"},
		{"securityCode", "yes", CodeParameter, "not true or false"},
		{"minPostalCodeLength", "-1", CodeParameter, "not a number"},
		{"tokenType", "for-ever", CodeParameter, "not one of"},
		{"validCardTypes", "visa master-card", CodeParameter, "validCardTypes='master-card' (not a card type)"},
		{"validCardTypes", "visa,amex", CodeParameter, "not a card type"},
	}
	for _, tc := range tests {
		_, _, refusal := Parse(Source{Attrs: map[string]string{tc.attr: tc.value}})
		if refusal == nil || refusal.Code != tc.code || !strings.Contains(refusal.Text, tc.text) {
			t.Errorf("%s=%q: got %v, want %d %s", tc.attr, tc.value, refusal, tc.code, tc.text)
		}
	}
}

func TestParseAccepts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		attrs map[string]string
		check func(Config) bool
	}{
		{map[string]string{"chargeAmount": "1000000.00"}, func(c Config) bool { return c.Task() == Charge }},
		{map[string]string{"chargeAmount": "0001000000"}, func(c Config) bool { return c.Task() == Charge }},
		{map[string]string{"chargeAmount": "131072.01"}, func(c Config) bool { return c.Amount == "131072.01" }},
		{map[string]string{"chargeAmount": "0"}, func(c Config) bool { return c.Task() == Tokenize }},
		{map[string]string{"chargeAmount": "0.01"}, func(c Config) bool { return c.Task() == Charge }},
		{map[string]string{"chargeAmount": "10.000", "currency": "JPY"}, func(c Config) bool { return c.Currency == "jpy" }},
		{map[string]string{"chargeAmount": "10.005", "currency": "kwd"}, func(c Config) bool { return c.Task() == Charge }},
		{map[string]string{"postalCode": "false"}, func(c Config) bool { return !c.AskPostal && c.PostalCode == "" }},
		{map[string]string{"postalCode": "94105"}, func(c Config) bool { return !c.AskPostal && c.PostalCode == "94105" }},
		{map[string]string{"securityCode": "False"}, func(c Config) bool { return !c.AskCode }},
		{map[string]string{"language": "ES-us"}, func(c Config) bool { return c.Language == "es-US" }},
		{map[string]string{"paymentMethod": "ach-debit"}, func(c Config) bool { return c.BankAccountType == "consumer-checking" }},
		{map[string]string{"validCardTypes": "jcb  optima"}, func(c Config) bool { return c.CardTypes[0] == cards.JCB && len(c.CardTypes) == 2 }},
		{map[string]string{"maxAttempts": "3", "timeout": "600"}, func(c Config) bool { return c.Attempts == 3 && c.Timeout == 10*time.Minute }},
	}
	for _, tc := range tests {
		c, warnings, refusal := Parse(Source{Attrs: tc.attrs})
		if refusal != nil || warnings != nil || !tc.check(c) {
			t.Errorf("%v: got %+v, %q, %v", tc.attrs, c, warnings, refusal)
		}
	}
	if c, _, _ := Parse(Source{Attempts: 3}); c.Attempts != 3 {
		t.Errorf("the default of maxAttempts cannot be set: %d", c.Attempts)
	}
}

func TestParseWarns(t *testing.T) {
	t.Parallel()
	prompt := func(attrs ...string) Source {
		m := map[string]string{"for": "payment-card-number"}
		for i := 0; i < len(attrs); i += 2 {
			m[attrs[i]] = attrs[i+1]
		}
		return Source{Prompts: []map[string]string{m}}
	}
	attrs := func(kv ...string) Source { return card(kv...) }
	tests := []struct {
		src  Source
		want string
	}{
		{prompt("for", "security-date"), `for="security-date"`},
		{prompt("for", "bank-account-number"), `for="bank-account-number"`},
		{prompt("errorType", "input-timeout"), `errorType="input-timeout"`},
		{prompt("cardType", "visa plastic"), `cardType="plastic"`},
		{prompt("attempt", "0"), `attempt="0"`},
		{prompt("attempt", "11"), `attempt="11"`},
		{prompt("requireMatchingInputs", "true"), "not for payment-card-number"},
		{prompt("requireMatchingInputs", "maybe"), "neither true nor false"},
		{attrs("language", "ja-JP"), `language="ja-JP"`},
		{attrs("paymentMethod", "ach-debit", "language", "es-MX"), `language="es-MX"`},
		{attrs("tokenType", "one-time"), `tokenType="one-time"`},
	}
	for _, tc := range tests {
		_, warnings, refusal := Parse(tc.src)
		if refusal != nil || len(warnings) != 1 || !strings.Contains(warnings[0], tc.want) {
			t.Errorf("got %q, %v, want %s", warnings, refusal, tc.want)
		}
	}
}

func TestPromptChoice(t *testing.T) {
	t.Parallel()
	all := []map[string]string{
		{"for": "security-code"},                                                                           // 0
		{"for": "security-code", "cardType": "visa mastercard"},                                            // 1
		{"for": "security-code", "cardType": "amex"},                                                       // 2
		{"for": "security-code", "attempt": "2 3"},                                                         // 3
		{"for": "security-code", "errorType": "timeout"},                                                   // 4
		{"for": "security-code", "errorType": "invalid-security-code timeout", "cardType": "amex"},         // 5
		{"for": "security-code", "errorType": "timeout", "attempt": "3"},                                   // 6
		{"for": "security-code", "errorType": "timeout", "attempt": "3", "cardType": "mastercard"},         // 7
		{"for": "security-code"},                                                                           // 8, never: 0 is before it
		{"for": "expiration-date", "errorType": "invalid-date"},                                            // 9
		{"for": "payment-card-number", "cardType": "visa"},                                                 // 10, never: no brand yet
		{"for": "bank-account-number", "requireMatchingInputs": "true"},                                    // 11
		{"for": "payment-processing", "attempt": "1"},                                                      // 12
		{"for": "security-code", "errorType": "invalid-card-number", "cardType": "visa", "attempt": "1 2"}, // 13
	}
	c, _, _ := Parse(Source{Prompts: all})
	tests := []struct {
		at   situation
		want int
	}{
		{situation{field: SecurityCode, attempt: 1}, 0},
		{situation{field: SecurityCode, attempt: 1, brand: cards.Visa}, 1},
		{situation{field: SecurityCode, attempt: 1, brand: cards.Amex}, 2},
		{situation{field: SecurityCode, attempt: 2, brand: cards.JCB}, 3},
		{situation{field: SecurityCode, attempt: 2, brand: cards.Visa, failure: InvalidCode}, 1},
		{situation{field: SecurityCode, attempt: 2, brand: cards.Visa, failure: InputTimeout}, 4},
		{situation{field: SecurityCode, attempt: 2, brand: cards.Amex, failure: InputTimeout}, 5},
		{situation{field: SecurityCode, attempt: 3, brand: cards.Visa, failure: InputTimeout}, 6},
		{situation{field: SecurityCode, attempt: 3, brand: cards.Amex, failure: InputTimeout}, 5},
		{situation{field: SecurityCode, attempt: 3, brand: cards.Mastercard, failure: InputTimeout}, 7},
		{situation{field: Expiration, attempt: 1}, -1},
		{situation{field: Expiration, attempt: 2, failure: InvalidDate}, 9},
		{situation{field: Expiration, attempt: 2, failure: InputTimeout}, -1},
		{situation{field: CardNumber, attempt: 1}, -1},
		{situation{field: AccountNumber, attempt: 1}, -1},
		{situation{field: AccountNumber, attempt: 1, second: true}, 11},
		{situation{field: Processing, attempt: 1}, 12},
	}
	for _, tc := range tests {
		say := c.prompt(tc.at)
		if say.Prompt != tc.want || (say.Prompt < 0) != (say.Text != "") {
			t.Errorf("%+v: got %+v, want %d", tc.at, say, tc.want)
		}
	}
}

// Every language has words for every field and every failure, and they differ from English.
func TestDefaultTexts(t *testing.T) {
	t.Parallel()
	fields := []Field{CardNumber, Expiration, PostalCode, SecurityCode, RoutingNumber, AccountNumber, Processing}
	failures := []Failure{InputTimeout, InvalidNumber, InvalidType, InvalidDate, InvalidPostal, InvalidCode,
		InvalidRouting, InvalidAccount, MatchingFailed}
	for _, l := range append(languages(), "ja-JP") {
		p := phrasesIn(l)
		english := strings.HasPrefix(l, "en-") || l == "ja-JP"
		for _, f := range fields {
			if text := defaultText(l, situation{field: f}); text == "" || (text == inEnglish(f)) != english {
				t.Errorf("%s %s: %q", l, f, text)
			}
		}
		for _, f := range failures {
			if p.failures[f] == "" {
				t.Errorf("%s %s: nothing", l, f)
			}
		}
		if p.code4 == "" || p.again == "" {
			t.Errorf("%s: no words for an amex or a second entry", l)
		}
	}
	if got := defaultText("en-GB", situation{field: SecurityCode, brand: cards.Amex, failure: InvalidCode}); got !=
		"Sorry, that is not a valid security code. Please enter your card's security code. It is the four digits on the front of your card." {
		t.Error(got)
	}
	if got := defaultText("en-US", situation{field: AccountNumber, second: true}); got != "Please enter it once more." {
		t.Error(got)
	}
}

func inEnglish(f Field) string { return english().ask[f] }
