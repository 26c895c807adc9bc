package twilio_test

import (
	"errors"
	"fmt"

	"github.com/paydial/paydial/twilio"
)

// A webhook is let in if Twilio signed it over our public URL, whatever host it came to.
func ExampleValidator_Check() {
	v, err := twilio.NewValidator("https://mycompany.com", "12345")
	if err != nil {
		fmt.Println(err)
		return
	}
	r := twilio.Request{
		Method:      "POST",
		RequestURI:  "/myapp.php?foo=1&bar=2",
		ContentType: "application/x-www-form-urlencoded",
		Body:        []byte("CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"),
		Signature:   "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
	}
	fmt.Println(v.Check(r))
	r.Body = append(r.Body, "&Digits=9"...)
	err = v.Check(r)
	fmt.Println(errors.Is(err, twilio.ErrSignature), err)
	// Output:
	// <nil>
	// true signature is not valid: malformed form: "Digits" comes twice
}

// Tests of webhook handlers sign what they send.
func ExampleSign() {
	form, err := twilio.NewForm(twilio.Pair{Name: "CallSid", Value: "CA1"}, twilio.Pair{Name: "Digits", Value: "1"})
	fmt.Println(form.Encode(), err)
	fmt.Println(twilio.Sign("token", "https://pay.example.com/voice", form))
	// Output:
	// CallSid=CA1&Digits=1 <nil>
	// sWVTuxET5X2S6nISCSuITKnkECc=
}

// Money is an exact decimal from the flow to the wire.
func ExampleNewAmount() {
	a, err := twilio.NewAmount("131072.01")
	fmt.Println(a, err)
	_, err = twilio.NewAmount("1e6")
	fmt.Println(err)
	// Output:
	// 131072.01 <nil>
	// twilio: "1e6" is not an amount; allowed: a plain decimal below 1000000, such as 84.20
}
