package twiml_test

import (
	"fmt"

	"github.com/paydial/paydial/twiml"
)

// A payment with a prompt of our own and a goodbye after it.
func Example() {
	r := twiml.Response{Verbs: []twiml.Verb{
		&twiml.Pay{
			Action:       "https://pay.example.com/voice/turn/4",
			ChargeAmount: "84.20",
			PostalCode:   "false",
			Prompts: []*twiml.Prompt{{
				For:    twiml.PaymentCardNumber,
				Speech: []twiml.Audible{&twiml.Say{Text: "Your card number & pound, please."}},
			}},
		},
		&twiml.Hangup{},
	}}
	doc, err := r.Append(nil) // hand in a buffer to reuse
	fmt.Printf("%s\n%v\n", doc, err)
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?><Response><Pay action="https://pay.example.com/voice/turn/4" postalCode="false" chargeAmount="84.20"><Prompt for="payment-card-number"><Say>Your card number &amp; pound, please.</Say></Prompt></Pay><Hangup/></Response>
	// <nil>
}

// Mistakes are found before Twilio sees them, all at once.
func ExampleResponse_Validate() {
	r := twiml.Response{Verbs: []twiml.Verb{
		&twiml.Gather{FinishOnKey: twiml.Empty, NumDigits: -1}, // no key finishes; the count is wrong
		&twiml.Pay{Action: "http://pay.example.com/voice/turn/4"},
	}}
	fmt.Println(r.Validate())
	// Output:
	// <Gather numDigits>: -1 is not allowed; allowed: 1 to 1000
	// <Pay action>: "http://pay.example.com/voice/turn/4" is not allowed; allowed: https
}
