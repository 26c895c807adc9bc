package twilio

import (
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"
)

// The same webhook with 25 parameters checked by us and by twilio-go, both from the raw body, since that is what
// arrives. checkParsed is our check as ivr uses it: the form is parsed once and serves the handler too, for which
// twilio-go's caller has to parse a second time.

const benchURI = "/voice/turn/3?payment=01J9ZQ2K8W"

func checkRaw(b testing.TB) func() {
	v, r := benchRequest(b)
	return func() {
		form, err := ParseForm(r.Body)
		if err != nil {
			b.Fatal(err)
		}
		r.Form = &form
		if err := v.Check(r); err != nil {
			b.Fatal(err)
		}
	}
}

func checkParsed(b testing.TB) func() {
	v, r := benchRequest(b)
	form := formOf(b, gatherBody)
	r.Form = &form
	return func() {
		if err := v.Check(r); err != nil {
			b.Fatal(err)
		}
	}
}

func checkTwilioGo(b testing.TB) func() {
	_, r := benchRequest(b)
	theirs := client.NewRequestValidator("token")
	return func() {
		if !theirs.ValidateBody(vectorHost+r.RequestURI, r.Body, r.Signature) {
			b.Fatal("refused")
		}
	}
}

func benchRequest(b testing.TB) (*Validator, Request) {
	return validator(b, vectorHost, "token"), post(benchURI, gatherBody, Sign("token", vectorHost+benchURI, formOf(b, gatherBody)))
}

func BenchmarkParseAndCheck(b *testing.B) { bench(b, checkRaw(b)) }
func BenchmarkCheck(b *testing.B)         { bench(b, checkParsed(b)) }
func BenchmarkTwilioGo(b *testing.B)      { bench(b, checkTwilioGo(b)) }

func bench(b *testing.B, check func()) {
	check()
	b.ReportAllocs()
	for b.Loop() {
		check()
	}
}

// BenchmarkRatios takes them in turns, so that all feel the same machine, and reports how many times as long
// twilio-go takes.
func BenchmarkRatios(b *testing.B) {
	const batch = 100
	checks := [3]func(){checkRaw(b), checkParsed(b), checkTwilioGo(b)}
	var spent [3]time.Duration
	for b.Loop() {
		for i, check := range checks {
			began := time.Now()
			for range batch {
				check()
			}
			spent[i] += time.Since(began)
		}
	}
	b.ReportMetric(float64(spent[2])/float64(spent[0]), "x-parse-and-check")
	b.ReportMetric(float64(spent[2])/float64(spent[1]), "x-check")
}
