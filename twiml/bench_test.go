package twiml

import (
	"bytes"
	"encoding/xml"
	"testing"
	"time"

	twilio "github.com/twilio/twilio-go/twiml"
)

// The same payment menu by three writers. The ratios are what counts: absolute figures move with the machine.

// appendMenu writes the menu by Append into a buffer that is used again.
func appendMenu(b *testing.B) func() {
	r := Response{Verbs: []Verb{&payMenu}}
	var buf []byte
	return func() {
		var err error
		if buf, err = r.Append(buf[:0]); err != nil {
			b.Fatal(err)
		}
	}
}

// The menu as structs for encoding/xml, made once: only writing is measured.
type (
	xmlSay struct {
		Text string `xml:",chardata"`
	}
	xmlPrompt struct {
		For       string `xml:"for,attr"`
		ErrorType string `xml:"errorType,attr,omitempty"`
		CardType  string `xml:"cardType,attr,omitempty"`
		Attempt   string `xml:"attempt,attr,omitempty"`
		Say       xmlSay
	}
	xmlParameter struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	xmlPay struct {
		Action           string         `xml:"action,attr"`
		StatusCallback   string         `xml:"statusCallback,attr"`
		Timeout          int            `xml:"timeout,attr"`
		MaxAttempts      int            `xml:"maxAttempts,attr"`
		SecurityCode     bool           `xml:"securityCode,attr"`
		PostalCode       string         `xml:"postalCode,attr"`
		PaymentConnector string         `xml:"paymentConnector,attr"`
		ChargeAmount     string         `xml:"chargeAmount,attr"`
		Currency         string         `xml:"currency,attr"`
		Description      string         `xml:"description,attr"`
		ValidCardTypes   string         `xml:"validCardTypes,attr"`
		Language         string         `xml:"language,attr"`
		Prompts          []xmlPrompt    `xml:"Prompt"`
		Parameters       []xmlParameter `xml:"Parameter"`
	}
)

// xmlMenu is the menu for encoding/xml.
type xmlMenu struct {
	XMLName xml.Name `xml:"Response"`
	Pay     xmlPay
}

func newXMLMenu() *xmlMenu {
	p := payMenu
	menu := &xmlMenu{Pay: xmlPay{
		Action: p.Action, StatusCallback: p.StatusCallback, Timeout: p.Timeout, MaxAttempts: p.MaxAttempts,
		SecurityCode: true, PostalCode: p.PostalCode, PaymentConnector: p.PaymentConnector,
		ChargeAmount: p.ChargeAmount, Currency: p.Currency, Description: p.Description,
		ValidCardTypes: "visa mastercard amex", Language: p.Language,
	}}
	for _, f := range menuPrompts() {
		menu.Pay.Prompts = append(menu.Pay.Prompts,
			xmlPrompt{For: f[0], ErrorType: f[1], CardType: f[2], Attempt: f[3], Say: xmlSay{f[4]}})
	}
	for _, f := range p.Parameters {
		menu.Pay.Parameters = append(menu.Pay.Parameters, xmlParameter(f))
	}
	return menu
}

// menuPrompts are the menu's prompts as for, errorType, cardType, attempt and text.
func menuPrompts() [][5]string {
	return [][5]string{
		{"payment-card-number", "", "", "", payMenu.Prompts[0].Speech[0].(*Say).Text},
		{"payment-card-number", "invalid-card-number timeout", "", "2 3", payMenu.Prompts[1].Speech[0].(*Say).Text},
		{"expiration-date", "", "", "", payMenu.Prompts[2].Speech[0].(*Say).Text},
		{"security-code", "", "amex", "", payMenu.Prompts[3].Speech[0].(*Say).Text},
		{"payment-processing", "", "", "", payMenu.Prompts[4].Speech[0].(*Say).Text},
	}
}

// encodeMenu writes the menu by encoding/xml into a buffer that is used again.
func encodeMenu(b *testing.B) func() {
	menu := newXMLMenu()
	var buf bytes.Buffer
	return func() {
		buf.Reset()
		buf.WriteString(header)
		if err := xml.NewEncoder(&buf).Encode(menu); err != nil {
			b.Fatal(err)
		}
	}
}

// twilioMenu is the menu in twilio-go's own elements. Its VoicePrompt writes for_=, so For goes another way.
func twilioMenu() []twilio.Element {
	p := payMenu
	pay := &twilio.VoicePay{
		Action: p.Action, StatusCallback: p.StatusCallback, Timeout: "5", MaxAttempts: "3", SecurityCode: "true",
		PostalCode: p.PostalCode, PaymentConnector: p.PaymentConnector, ChargeAmount: p.ChargeAmount,
		Currency: p.Currency, Description: p.Description, ValidCardTypes: "visa mastercard amex", Language: p.Language,
	}
	for _, f := range menuPrompts() {
		pay.InnerElements = append(pay.InnerElements, &twilio.VoicePrompt{
			OptionalAttributes: map[string]string{"for": f[0]}, ErrorType: f[1], CardType: f[2], Attempt: f[3],
			InnerElements: []twilio.Element{&twilio.VoiceSay{Message: f[4]}},
		})
	}
	for _, f := range p.Parameters {
		pay.InnerElements = append(pay.InnerElements, &twilio.VoiceParameter{Name: f.Name, Value: f.Value})
	}
	return []twilio.Element{pay}
}

// voiceMenu writes the menu by twilio-go.
func voiceMenu(b *testing.B) func() {
	menu := twilioMenu()
	return func() {
		if _, err := twilio.Voice(menu); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B)      { bench(b, appendMenu) }
func BenchmarkEncodingXML(b *testing.B) { bench(b, encodeMenu) }
func BenchmarkTwilioGo(b *testing.B)    { bench(b, voiceMenu) }

func bench(b *testing.B, writer func(*testing.B) func()) {
	write := writer(b)
	write()
	b.ReportAllocs()
	for b.Loop() {
		write()
	}
}

// BenchmarkRatios takes the three in turns, so that all feel the same machine, and reports x-encoding/xml and
// x-twilio-go: how many times as long as Append they take.
func BenchmarkRatios(b *testing.B) {
	const batch = 100
	writers := [3]func(){appendMenu(b), encodeMenu(b), voiceMenu(b)}
	var spent [3]time.Duration
	for b.Loop() {
		for i, write := range writers {
			began := time.Now()
			for range batch {
				write()
			}
			spent[i] += time.Since(began)
		}
	}
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "x-encoding/xml")
	b.ReportMetric(float64(spent[2])/float64(spent[0]), "x-twilio-go")
}

// TestSameMenu keeps the benchmark fair: all three writers say the same.
func TestSameMenu(t *testing.T) {
	t.Parallel()
	ours, err := (&Response{Verbs: []Verb{&payMenu}}).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := twilio.Voice(twilioMenu())
	if err != nil {
		t.Fatal(err)
	}
	std, err := xml.Marshal(newXMLMenu())
	if err != nil {
		t.Fatal(err)
	}
	want := canonical(t, ours)
	for name, doc := range map[string][]byte{"twilio-go": []byte(theirs), "encoding/xml": std} {
		if got := canonical(t, doc); got != want {
			t.Errorf("%s\n got %s\nwant %s", name, got, want)
		}
	}
}
