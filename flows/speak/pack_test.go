package speak

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		language, pack string
		spoken         bool
	}{
		{"en-US", "en-US", true}, {"en-GB", "en-US", true}, {"es-US", "es-US", true}, {"es-MX", "es-US", true},
		{"ES", "es-US", true}, {"es_ES", "es-US", true}, {"fr-CA", "en-US", false}, {"", "en-US", false},
	} {
		p, spoken := Lookup(tc.language)
		if p.Language != tc.pack || spoken != tc.spoken || For(tc.language) != p {
			t.Errorf("Lookup(%q) = %s, %t; want %s, %t", tc.language, p.Language, spoken, tc.pack, tc.spoken)
		}
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	en, es := For("en-US"), For("es-US")
	for _, tc := range []struct{ name, got, want string }{
		{"option", en.Option("pay all of it now", "1"), "To pay all of it now, press 1."},
		{"option in Spanish", es.Option("pagar el total ahora", "1"), "Para pagar el total ahora, oprima 1."},
		{"option with a full stop", en.Option("pay now.", "#"), "To pay now, press pound."},
		{"option is not looked at twice", en.Option("hear {key}", "*"), "To hear {key}, press star."},
		{"language", en.LanguageOption("1"), "For English, press 1."},
		{"language in Spanish", es.LanguageOption("2"), "Para español, oprima 2."},
		{"confirm", en.Confirm("1", "2"), "For yes, press 1. For no, press 2."},
		{"confirm in Spanish", es.Confirm("1", "*"), "Para sí, oprima 1. Para no, oprima asterisco."},
		{"keys", en.Key("*0#"), "star 0 pound"},
		{"keys in Spanish", es.Key("#"), "numeral"},
		{"heard", en.Heard("1 2"), "You entered 1 2."},
		{"brand", en.Brand("amex"), "American Express"},
		{"unknown brand", es.Brand("other"), "other"},
		{"first silence", en.Silence(1), "I did not hear any keys."},
		{"silence from 3 on", en.Silence(7), en.Silence(3)},
		{"wrong before 1", es.Wrong(0), es.Wrong(1)},
		{"yes", es.YesNo(true), "sí"},
	} {
		check(t, tc.name, tc.got, tc.want)
	}
}

// TestPacksAreComplete looks at every string of both packs, so that a new sentence cannot be left out of one.
func TestPacksAreComplete(t *testing.T) {
	t.Parallel()
	for _, p := range []*Pack{english, spanish} {
		for _, part := range []any{p.phrases, p.months} {
			eachString(reflect.ValueOf(part), func(s string) {
				if strings.TrimSpace(s) == "" {
					t.Errorf("%s: a sentence of %T is missing", p.Language, part)
				}
			})
		}
		for _, said := range []string{p.Apology(), p.Unconfirmed(), p.Goodbye(), p.Waiting(), p.Voicemail(), p.Name, p.Yes, p.No, p.Or} {
			if said == "" {
				t.Errorf("%s: a sentence is missing", p.Language)
			}
		}
		for n := 1; n < 3; n++ {
			if p.Silence(n) == p.Silence(n+1) || p.Wrong(n) == p.Wrong(n+1) {
				t.Errorf("%s: hint %d is said twice", p.Language, n)
			}
		}
	}
}

func TestPayPrompts(t *testing.T) {
	t.Parallel()
	en, es := For("en-US").PayPrompts(), For("es-US").PayPrompts()
	if len(en) != len(es) {
		t.Fatalf("%d prompts in English, %d in Spanish", len(en), len(es))
	}
	seen := map[string]bool{}
	for i := range en {
		if en[i].For != es[i].For || en[i].Case != es[i].Case || en[i].Text == es[i].Text || es[i].Text == "" {
			t.Errorf("prompt %d does not match: %+v, %+v", i, en[i], es[i])
		}
		id := en[i].For + " " + en[i].Case
		if seen[id] {
			t.Errorf("%s is there twice", id)
		}
		seen[id] = true
	}
	for _, field := range []string{"card_number", "expiry", "security_code", "postal_code", "routing_number", "account_number"} {
		for _, in := range []string{"ask", "silent", "wrong"} {
			if !seen[field+" "+in] {
				t.Errorf("%s has no wording for %s", field, in)
			}
		}
	}
	if want := (PayPrompt{"security_code", "amex", "Please key in the four digit security code on the front of your card."}); !slices.Contains(For("en-US").PayPrompts(), want) {
		t.Errorf("nothing says %+v", want)
	}
}

func eachString(v reflect.Value, do func(string)) {
	switch v.Kind() {
	case reflect.String:
		do(v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			eachString(v.Field(i), do)
		}
	case reflect.Array:
		for i := range v.Len() {
			eachString(v.Index(i), do)
		}
	}
}
