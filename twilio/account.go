package twilio

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Account is what Twilio says of the account itself: https://www.twilio.com/docs/iam/api/account
type Account struct {
	SID    string
	Name   string
	Status string // active, suspended, closed
	Type   string // Full, Trial
}

// FetchAccount asks for the account that the client works for. That it answers shows that the credentials are right.
func (c *Client) FetchAccount(ctx context.Context) (Account, error) {
	const op = "fetch account"
	var answer struct {
		SID    string `json:"sid"`
		Name   string `json:"friendly_name"`
		Status string `json:"status"`
		Type   string `json:"type"`
	}
	if err := c.get(ctx, c.path(".json"), &answer); err != nil {
		return Account{}, failed(op, err)
	}
	if answer.SID != c.account {
		return Account{}, failed(op, fmt.Errorf("%w: it is of another account, %.40q", errAnswer, answer.SID))
	}
	return Account{SID: answer.SID, Name: answer.Name, Status: answer.Status, Type: answer.Type}, nil
}

// IncomingNumber is a phone number of the account, and whom Twilio asks when it is called:
// https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
type IncomingNumber struct {
	SID            string `json:"sid"` // PN...
	Number         string `json:"phone_number"`
	VoiceURL       string `json:"voice_url"`
	VoiceMethod    string `json:"voice_method"` // GET, POST
	FallbackURL    string `json:"voice_fallback_url"`
	FallbackMethod string `json:"voice_fallback_method"`
	StatusURL      string `json:"status_callback"`
	StatusMethod   string `json:"status_callback_method"`
	Application    string `json:"voice_application_sid"` // AP...: it decides, and the URLs above do not count
	Trunk          string `json:"trunk_sid"`             // TK...: calls go to a trunk
}

// FetchNumber looks up a number of the account, in E.164; false when the account does not have it.
func (c *Client) FetchNumber(ctx context.Context, number string) (IncomingNumber, bool, error) {
	const op = "find number"
	next := c.path("/IncomingPhoneNumbers.json") + "?" + url.Values{"PhoneNumber": {number}}.Encode()
	for pages := 0; next != "" && pages < 20; pages++ { // the filter also finds numbers that this one is a part of
		var answer struct {
			Numbers []IncomingNumber `json:"incoming_phone_numbers"`
			Next    string           `json:"next_page_uri"`
		}
		err := c.get(ctx, next, &answer)
		if err != nil {
			return IncomingNumber{}, false, failed(op, err)
		}
		for _, n := range answer.Numbers {
			if n.Number == number {
				return n, true, nil
			}
		}
		if next, err = c.nextPage(answer.Next); err != nil {
			return IncomingNumber{}, false, failed(op, err)
		}
	}
	return IncomingNumber{}, false, nil
}

// LastNativeTranscript tells when a recording of the account was last transcribed by Twilio itself, which is what
// transcribe in <Record> asks for; the zero time when none of the newest is. In PCI Mode there is none of it:
// https://www.twilio.com/docs/voice/api/recording-transcription
func (c *Client) LastNativeTranscript(ctx context.Context) (time.Time, error) {
	const op = "list transcriptions"
	var answer struct {
		Transcriptions []struct {
			SID     string `json:"sid"`
			Created string `json:"date_created"`
		} `json:"transcriptions"`
	}
	if err := c.get(ctx, c.path("/Transcriptions.json")+"?PageSize=50", &answer); err != nil {
		return time.Time{}, failed(op, err)
	}
	var last time.Time
	for _, t := range answer.Transcriptions {
		at := saidTime(&t.Created)
		if !strings.HasPrefix(t.SID, "TR") || at.IsZero() {
			return last, failed(op, fmt.Errorf("%w: %.40q, created %.40q, is no transcription", errAnswer, t.SID, t.Created))
		}
		if at.After(last) {
			last = at
		}
	}
	return last, nil
}
