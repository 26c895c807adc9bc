package redact_test

import (
	"strings"
	"testing"

	"github.com/paydial/paydial/recordings/redact"
)

func TestMasked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, text, want string }{
		{"en", "It's 4242 4242 4242 4242, thanks.", "It's [card number], thanks."},
		{"en", "4242-4242-4242-4242", "[card number]"},
		{"", "four two four two four two four two four two four two four two four two", "[card number]"},
		{"en", "Four one one one, um, dash one one one one then one one one one and one one one one.", "[card number]."},
		{"en", "double four double two triple five oh oh four triple one nine nine ok", "[card number] ok"},
		{"en", "4 two 4 two forty-two 42 four thousand two hundred forty two 4242 please", "[card number] please"},
		{"en", "forty-two forty-two forty-two forty-two forty-two forty-two forty-two forty-two", "[card number]"},
		{"en", "my card number is four two four two let me see four two four two", "my card number is [card number]"},
		{"en", "4242424242424241 was it", "[card number] was it"}, // a slip in the last digit
		{"en", "for to for to for two for two for two for two for two for two", "[card number]"},
		{"en", "card number 4242 4242 hang on my kid is crying 4242 4242", "card number [card number] hang on my kid is crying [card number]"},
		{"en", "My security code is one two three.", "My security code is [security code]."},
		{"en", "the three digits on the back are 123", "the three digits on the back are [security code]"},
		{"en", "CVV 9 8 7 and that is it", "CVV [security code] and that is it"},
		{"en", "123 is the security code", "[security code] is the security code"},
		{"en", "my card expires in December twenty thirty", "my card expires in [expiry date]"},
		{"en", "The card's expiry date is 12/30.", "The card's expiry date is [expiry date]."},
		{"en", "visa, good through oh three twenty seven", "visa, good through [expiry date]"},
		{"en", "routing number 110000000 and account number 000123456789", "routing number [routing number] and account number [bank account]"},
		{"en", "My social security number is one two three four five six seven eight nine", "My social security number is [id number]"},
		{"en", "the last four of your social? 6789", "the last four of your social? [id number]"},
		{"en", "it is 123-45-6789", "it is [id number]"},
		{"en", "send it to DE89 3704 0044 0532 0130 00 please", "send it to [bank account] please"},
		{"es-MX", "Mi número de tarjeta es cuatro dos cuatro dos, cuatro dos cuatro dos, cuatro dos cuatro dos, cuatro dos cuatro dos", "Mi número de tarjeta es [card number]"},
		{"es", "cuarenta y dos cuarenta y dos cuarenta y dos cuarenta y dos veintidós veintidós treinta y uno treinta y uno", "[card number]"},
		{"es", "el código de seguridad es uno dos tres", "el código de seguridad es [security code]"},
		{"es", "la tarjeta vence en marzo del veintisiete", "la tarjeta vence en [expiry date]"},
		{"fr-FR", "quarante-deux quarante-deux quarante-deux quarante-deux quatre-vingt-dix-sept soixante-douze soixante et onze dix-huit", "[card number]"},
		{"fr", "le cryptogramme est cent vingt-trois", "le cryptogramme est [security code]"},
		{"de-DE", "zweiundvierzig zweiundvierzig zweiundvierzig zweiundvierzig zwei und vierzig 42 vier zwei vierzig zwo", "[card number]"},
		{"de", "viertausendzweihundertzweiundvierzig viertausendzweihundertzweiundvierzig viertausendzweihundertzweiundvierzig viertausendzweihundertzweiundvierzig", "[card number]"},
		{"de", "Meine Prüfnummer ist eins zwei drei", "Meine Prüfnummer ist [security code]"},
		{"pt-BR", "quatro dois quatro dois quatro dois quatro dois quarenta e dois quarenta e dois meia meia meia sete", "[card number]"},
		{"pt", "meu CPF é 123.456.789-09", "meu CPF é [id number]"},
		{"it", "quarantadue quarantadue quarantadue quarantadue sei sei sei sei ventuno ventotto", "[card number]"},
		{"it", "il codice di sicurezza è uno due tre", "il codice di sicurezza è [security code]"},
		{"xx", "vier four two four two 4242 4242 4242", "vier [card number]"},
		{"de", "four two four two four two four two four two four two four two four two", "[card number]"},
		{"en", "４２４２ ４２４２ ４２４２ ４２４２", "[card number]"},
		{"en", "4:2:4:2 4242 4242 4242%", "[card number]%"},
		{"en", "$4242 4242 4242 4242", "$[card number]"},
		{"en", "4242 4242 4242 4242 dollars", "[card number] dollars"},
	} {
		got, kinds := redact.Text(c.text, c.language, redact.All())
		if got != c.want {
			t.Errorf("%s %q\n got %q\nwant %q", c.language, c.text, got, c.want)
		}
		if len(kinds) != strings.Count(got, "[") {
			t.Errorf("%q: kinds %v", got, kinds)
		}
	}
}

func TestKept(t *testing.T) {
	t.Parallel()
	for language, texts := range map[string][]string{
		"en": {
			"", "Hello there, who is it?", "You owe eighty-four dollars and twenty cents.", "$84.20, $12.30, $99.99 and $100.00 make 296.49 dollars",
			"It was due on March fifteenth, twenty twenty six, and again on 2026-11-21 01:46:16.", "Call me at 555-010-0000.", "+44 7700 900123",
			"+4915123456789", "one two three four five six seven eight nine ten", "Press 1, or 2, or 3.", "My card ends in 4242.",
			"555-010-0000, 555-010-0001", "the last four are four two four two", "I have two kids, three dogs and won five races at 12:30 and 14:45 and 16:00 and 18:15",
			"At nine to five for two weeks.", "bill 12345678", "broken \xff bytes", "my policy expires on March 15, 2027", "oh, to be for it",
			"My customer number is 1234567890", "Your zip code? 94109", "12 34 € and 40 %",
		},
		"es": {"Son ochenta y cuatro dólares con veinte centavos el 15 de marzo de 2026.", "Mi teléfono es cinco cinco cinco cero uno cero cero cero cero cero"},
		"fr": {"quatre-vingt-quatre dollars et vingt centimes", "quatre-vingt-dix-sept quatre-vingt-douze quatre-vingt-onze quatre-vingt-treize"},
		"de": {"vierundachtzig Euro und zwanzig Cent am 15. März 2026 um 14:30 Uhr"},
		"it": {"ottantaquattro euro e venti centesimi"},
		"pt": {"oitenta e quatro dólares e vinte centavos"},
	} {
		for _, text := range texts {
			if got, kinds := redact.Text(text, language, redact.All()); got != text || kinds != nil {
				t.Errorf("%s %q became %q %v", language, text, got, kinds)
			}
		}
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	const text = "card number 4242 4242 4242 4242, security code 123. Call 555 010 0000 about 84 dollars."
	for want, rules := range map[string]redact.Rules{
		text: {},
		"card number [card number], security code 123. Call 555 010 0000 about 84 dollars.":                   {Cards: true},
		"card number 4242 4242 4242 4242, security code [security code]. Call 555 010 0000 about 84 dollars.": {Codes: true},
		"card number [number], security code 123. Call [number] about 84 dollars.":                            {AllNumbers: true},
	} {
		if got, _ := redact.Text(text, "en", rules); got != want {
			t.Errorf("%+v:\n got %q\nwant %q", rules, got, want)
		}
	}
}
