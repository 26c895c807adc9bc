package twilio

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestFetchAccount(t *testing.T) {
	t.Parallel()
	c, requests := serve(t, 200, `{"sid":"`+account+`","friendly_name":"Acme","status":"active","type":"Trial"}`)
	got, err := c.FetchAccount(t.Context())
	if want := (Account{SID: account, Name: "Acme", Status: "active", Type: "Trial"}); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	if r := <-requests; r.URI != root+".json" || r.Secret != token {
		t.Errorf("asked for %s", r.URI)
	}
	c, _ = serve(t, 200, `{"sid":"ACffffffffffffffffffffffffffffffff"}`)
	if _, err := c.FetchAccount(t.Context()); !errors.Is(err, errAnswer) {
		t.Errorf("another account: %v", err)
	}
	c, _ = serve(t, 401, `{"code":20003,"message":"Authenticate","status":401}`)
	if _, err := c.FetchAccount(t.Context()); !IsCode(err, 20003) || !strings.Contains(err.Error(), "fetch account") {
		t.Errorf("refused: %v", err)
	}
}

func TestFetchNumber(t *testing.T) {
	t.Parallel()
	c, requests := serve(t, 200, `{"incoming_phone_numbers":[{"sid":"PN1","phone_number":"+155501000001"},
		{"sid":"PN2","phone_number":"+15550100000","voice_url":"https://a/voice","voice_method":"POST","trunk_sid":null,"voice_application_sid":""}],
		"next_page_uri":null}`)
	n, there, err := c.FetchNumber(t.Context(), "+15550100000")
	if want := (IncomingNumber{SID: "PN2", Number: "+15550100000", VoiceURL: "https://a/voice", VoiceMethod: "POST"}); err != nil || !there || n != want {
		t.Errorf("got %+v, %v, %v", n, there, err)
	}
	if r := <-requests; r.URI != root+"/IncomingPhoneNumbers.json?PhoneNumber=%2B15550100000" {
		t.Errorf("asked for %s", r.URI)
	}
	if _, there, err := c.FetchNumber(t.Context(), "+15550100009"); there || err != nil {
		t.Errorf("a number of nobody: %v, %v", there, err)
	}
	c, _ = serve(t, 200, `{"incoming_phone_numbers":[],"next_page_uri":"https://elsewhere.example.com/"}`)
	if _, _, err := c.FetchNumber(t.Context(), "+15550100000"); err == nil {
		t.Error("a page that leads away was followed")
	}
	c, requests = serve(t, 200, `{"incoming_phone_numbers":[],"next_page_uri":"`+root+`/IncomingPhoneNumbers.json?Page=1"}`)
	if _, there, err := c.FetchNumber(t.Context(), "+15550100000"); there || err != nil || len(requests) != 20 {
		t.Errorf("pages without an end: %v, %v, %d requests", there, err, len(requests))
	}
}

func TestLastNativeTranscript(t *testing.T) {
	t.Parallel()
	c, requests := serve(t, 200, `{"transcriptions":[{"sid":"TR1","date_created":"Mon, 02 Mar 2026 10:00:00 +0000"},
		{"sid":"TR2","date_created":"Tue, 03 Mar 2026 10:00:00 +0000"}]}`)
	at, err := c.LastNativeTranscript(t.Context())
	if want := time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC); err != nil || !at.Equal(want) {
		t.Errorf("got %v, %v", at, err)
	}
	if r := <-requests; r.URI != root+"/Transcriptions.json?PageSize=50" {
		t.Errorf("asked for %s", r.URI)
	}
	c, _ = serve(t, 200, `{"transcriptions":[]}`)
	if at, err := c.LastNativeTranscript(t.Context()); err != nil || !at.IsZero() {
		t.Errorf("none: %v, %v", at, err)
	}
	for _, answer := range []string{`{"transcriptions":[{"sid":"TR1","date_created":"soon"}]}`, `{"transcriptions":[{"sid":"GT1"}]}`} {
		c, _ = serve(t, 200, answer)
		if _, err := c.LastNativeTranscript(t.Context()); !errors.Is(err, errAnswer) {
			t.Errorf("%s: %v", answer, err)
		}
	}
}
