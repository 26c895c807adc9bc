package paysession

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// leaks reports whether more than four digits of the number in a row can be read in text.
func leaks(text, number string) bool {
	for i := 0; i+5 <= len(number); i++ {
		if strings.Contains(text, number[i:i+5]) {
			return true
		}
	}
	return false
}

// printed is everything that could be written down of an output.
func printed(out Output) string {
	doc, err := json.Marshal(out)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%v %+v %#v %s %s", out, out, out, out, doc)
}

// shapes are the only forms in which what was typed may leave the session.
func shapes() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"PaymentCardNumber":     regexp.MustCompile(`^(x{8,15}\d{4})?$`),
		"SecurityCode":          regexp.MustCompile(`^x{0,4}$`),
		"ExpirationDate":        regexp.MustCompile(`^(\d{4})?$`),
		"PaymentCardPostalCode": regexp.MustCompile(`^\d{0,10}$`),
		"BankAccountNumber":     regexp.MustCompile(`^(\*{2,15}\d{2})?$`),
		"BankRoutingNumber":     regexp.MustCompile(`^(\d{9})?$`),
		"PaymentError":          regexp.MustCompile(`^[a-z-]*$`),
		"Attempt":               regexp.MustCompile(`^[123]$`),
		"PaymentCardType":       regexp.MustCompile(`^[a-z-]*$`),
		"For":                   regexp.MustCompile(`^[a-z-]+$`), "ErrorType": regexp.MustCompile(`^[a-z-]+$`),
		"Result": regexp.MustCompile(`^[a-z-]+$`), "PaymentMethod": regexp.MustCompile(`^(credit-card|ach-debit)$`),
		"BankAccountType": regexp.MustCompile(`^[a-z-]+$`), "PaymentConfirmationCode": regexp.MustCompile(`^(SIM-ABCDEF)?$`),
		"PaymentToken": regexp.MustCompile(`^$`), "ProfileId": regexp.MustCompile(`^$`),
	}
}

func checkShapes(t *testing.T, values url.Values) {
	t.Helper()
	allowed := shapes()
	for key := range values {
		if re := allowed[key]; re == nil || !re.MatchString(values.Get(key)) {
			t.Errorf("%s=%q", key, values.Get(key))
		}
	}
}

// fuzzed plays a script and looks for the card number in every form of everything the session said.
func fuzzed(t *testing.T, script string, options uint8) {
	t.Helper()
	p := play(t, fuzzedSource(options), script, Answer{ID: "SIM-ABCDEF"})
	for _, r := range p.asked {
		if r.Number.Len() != 0 || r.Account.Len() != 0 || r.Code.Len() != 0 {
			t.Error("digits are left after the end")
		}
	}
	for _, out := range p.all {
		switch out := out.(type) {
		case Status:
			checkShapes(t, out.Values)
		case Done:
			checkShapes(t, out.Values)
		case Say:
			if strings.ContainsAny(out.Text, "0123456789") {
				t.Errorf("digits are spoken: %q", out.Text)
			}
		case Process:
		case Wait:
			continue // a number of nanoseconds, which could be anything
		}
		text := printed(out)
		for _, number := range slices.Compact(p.numbers) {
			if leaks(text, number) {
				t.Fatalf("%q: %T shows more than four digits of %s: %s", script, out, number, text)
			}
		}
	}
}

func fuzzedSource(options uint8) Source {
	src := card()
	if options&1 != 0 {
		src.Attrs["maxAttempts"] = "3"
	}
	if options&2 != 0 {
		src.Attrs["validCardTypes"] = "visa mastercard amex maestro discover optima jcb diners-club enroute"
	}
	if options&4 != 0 {
		src.Attrs["paymentMethod"] = "ach-debit"
		src.Prompts = []map[string]string{{"for": "bank-account-number", "requireMatchingInputs": "true"}}
	}
	return src
}

// FuzzSession lets a caller type anything: the session always ends, and no output shows more than the last
// four digits of a card number.
func FuzzSession(f *testing.F) {
	f.Add("4242424242424242 1230 94105# 123", uint8(0))
	f.Add("378282246310005 - 1230 # 1234", uint8(1))
	f.Add("4000001234567899 1230 4000001234567899# 40000#", uint8(2))
	f.Add("121181976 508862392# 508862392#", uint8(4))
	f.Add("*!..--##", uint8(7))
	f.Fuzz(func(t *testing.T, script string, options uint8) {
		keep := func(r rune) rune {
			if strings.ContainsRune("0123456789*#.-!", r) {
				return r
			}
			return -1
		}
		script = strings.Map(keep, script)
		fuzzed(t, script[:min(len(script), 400)], options)
	})
}

// Callers who mostly do the right thing, with what goes wrong on real calls in between: sessions
// that get far more often to the end than bytes from a fuzzer do.
func TestRandomCallers(t *testing.T) {
	t.Parallel()
	const seed = 7
	rnd := rand.New(rand.NewPCG(seed, seed))
	ended := map[Result]int{}
	for range randomCallers {
		number := randomNumber(rnd)
		var script strings.Builder
		for _, part := range []string{number, "1230", number[3:9] + "#", "94105#", number[:3], "1234#"} {
			switch rnd.IntN(24) {
			case 0:
				script.WriteString("-")
			case 1:
				script.WriteString(number)
			case 2:
				script.WriteString(part[:len(part)-1] + "-")
			case 3:
				script.WriteString(part + "#")
			case 4:
				script.WriteString(part[:2] + string("*!"[rnd.IntN(2)]))
			default:
				script.WriteString("." + part)
			}
		}
		options := uint8(rnd.IntN(4))
		fuzzed(t, script.String(), options)
		ended[play(t, fuzzedSource(options), script.String(), Answer{}).done.Result]++
	}
	for _, r := range []Result{Success, TooManyAttempts, Starred, CallerHungUp} {
		if ended[r] == 0 {
			t.Errorf("no caller ended with %s: %v", r, ended)
		}
	}
	if !leaks("pan 24242 here", "4242424242424242") {
		t.Error("the search does not find a planted piece")
	}
}

// randomNumber makes a Visa number that checks out.
func randomNumber(rnd *rand.Rand) string {
	digits := []byte("4")
	for len(digits) < 15 {
		digits = append(digits, byte('0'+rnd.IntN(10)))
	}
	sum := 0
	for i, c := range digits {
		d := int(c - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return string(append(digits, byte('0'+(10-sum%10)%10)))
}
