package twilio

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	account = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	call    = "CAbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	ids     = "AccountSid=" + account + "&CallSid=" + call
)

// parse makes the typed parsers alike.
func parse[T any](p func(Form) (T, error)) func(Form) (any, error) {
	return func(f Form) (any, error) { return p(f) }
}

func TestWebhooks(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 8, 31, 20, 36, 28, 0, time.UTC)
	tests := []struct {
		name  string
		parse func(Form) (any, error)
		body  string
		want  any
	}{
		{"voice call", parse(ParseVoiceCall), ids + "&From=anonymous&To=%2B15550100000&CallStatus=ringing&ApiVersion=2010-04-01" +
			"&Direction=inbound&ForwardedFrom=%2B1&CallerName=Ann&ParentCallSid=CAcc&CallToken=t&StirVerstat=TN-Validation-Passed-A" +
			"&AnsweredBy=human&ErrorCode=11200&ErrorUrl=https%3A%2F%2Fa",
			VoiceCall{SID: call, AccountSID: account, From: "anonymous", To: "+15550100000", CallStatus: "ringing", APIVersion: "2010-04-01",
				Direction: "inbound", ForwardedFrom: "+1", CallerName: "Ann", ParentCallSID: "CAcc", CallToken: "t",
				StirVerstat: "TN-Validation-Passed-A", AnsweredBy: "human", ErrorCode: 11200, ErrorURL: "https://a"}},
		{"gather", parse(ParseGatherResult), ids + "&Digits=12&SpeechResult=pay&Confidence=0.93&FinishedOnKey=%23&Language=en-US",
			GatherResult{Digits: "12", SpeechResult: "pay", Confidence: 0.93, FinishedOnKey: "#", Language: "en-US"}},
		{"partial", parse(ParsePartialResult), "UnstableSpeechResult=a&StableSpeechResult=b&Stability=0.5&SequenceNumber=3",
			PartialResult{UnstableSpeechResult: "a", StableSpeechResult: "b", Stability: 0.5, SequenceNumber: 3}},
		{"dial", parse(ParseDialResult), "DialCallStatus=busy&DialCallSid=CAcc&DialCallDuration=7&DialBridged=true&DialSipResponseCode=486&RecordingUrl=u",
			DialResult{DialCallStatus: "busy", DialCallSID: "CAcc", DialCallDuration: 7, DialBridged: true, SIPResponseCode: 486, RecordingURL: "u"}},
		{"queue", parse(ParseQueueResult), "QueueResult=bridged&QueueSid=QU1&QueueTime=9", QueueResult{"bridged", "QU1", 9}},
		{"record", parse(ParseRecordResult), "RecordingUrl=u&RecordingSid=REdd&RecordingDuration=12&Digits=hangup", RecordResult{"u", "REdd", 12, "hangup"}},
		{"refer", parse(ParseReferResult), "ReferCallStatus=completed&ReferSipResponseCode=202&NotifySipResponseCode=200", ReferResult{"completed", 202, 200}},
		{"relay", parse(ParseRelayResult), "SessionId=VX1&SessionStatus=ended&SessionDuration=5&HandoffData=%7B%7D&ErrorCode=64105", RelayResult{"VX1", "ended", 5, "{}", 64105}},
		{"pay: charged", parse(ParsePayResult), "Result=success&PaymentMethod=credit-card&PaymentCardNumber=xxxxxxxxxxxx1111&PaymentCardType=visa" +
			"&ExpirationDate=1228&SecurityCode=xxx&PaymentCardPostalCode=94105&PaymentConfirmationCode=ch_1&PaymentToken=&ProfileId=&PaymentError=&PayConnector_note=hello",
			PayResult{Result: "success", PaymentMethod: "credit-card", PaymentCardNumber: "xxxxxxxxxxxx1111", PaymentCardType: "visa",
				ExpirationDate: "1228", SecurityCode: "xxx", PaymentCardPostalCode: "94105", PaymentConfirmationCode: "ch_1",
				Connector: map[string]string{"note": "hello"}}},
		{"pay: declined", parse(ParsePayResult), "Result=payment-connector-error&PaymentError=declined&PayErrorCode=64012&ConnectorError=card_declined",
			PayResult{Result: "payment-connector-error", PaymentError: "declined", PayErrorCode: 64012, ConnectorError: "card_declined"}},
		{"pay: a new result", parse(ParsePayResult), "Result=something-new", PayResult{Result: "something-new"}},
		{"pay: bank", parse(ParsePayResult), "Result=success&PaymentMethod=ach-debit&BankAccountNumber=%2A%2A92&BankRoutingNumber=121181976&BankAccountType=consumer-checking&PaymentToken=tok&ProfileId=p",
			PayResult{Result: "success", PaymentMethod: "ach-debit", BankAccountNumber: "**92", BankRoutingNumber: "121181976",
				BankAccountType: "consumer-checking", PaymentToken: "tok", ProfileID: "p"}},
		{"pay status", parse(ParsePayStatus), ids + "&For=security-code&ErrorType=input-timeout&Attempt=2&PaymentMethod=credit-card&PaymentCardNumber=xxxxxxxxxxxx1111&PaymentCardType=visa&ExpirationDate=1228",
			PayStatus{For: "security-code", ErrorType: "input-timeout", Attempt: 2, PaymentMethod: "credit-card", PaymentCardNumber: "xxxxxxxxxxxx1111", PaymentCardType: "visa", ExpirationDate: "1228"}},
		{"payment: opened", parse(ParsePaymentStatus), ids + "&Sid=PKee&PaymentConnector=Default&DateCreated=2026-08-31T20%3A36%3A28.000Z&PaymentMethod=credit-card&ChargeAmount=9.99",
			PaymentStatus{PayResult: PayResult{PaymentMethod: "credit-card"}, SID: "PKee", CallSID: call, AccountSID: account,
				PaymentConnector: "Default", ChargeAmount: "9.99", DateCreated: at}},
		{"payment: typing", parse(ParsePaymentStatus), ids + "&Sid=PKee&PartialResult=true&Capture=payment-card-number&PaymentCardNumber=xxx&Required=payment-card-number%2Cexpiration-date",
			PaymentStatus{PayResult: PayResult{PaymentCardNumber: "xxx"}, SID: "PKee", CallSID: call, AccountSID: account, Partial: true,
				Capture: "payment-card-number", HasRequired: true, Required: []string{"payment-card-number", "expiration-date"}}},
		{"payment: the last field, as documented", parse(ParsePaymentStatus), ids + "&Sid=PKee&PartialResult=false&Required=ExpirationDate",
			PaymentStatus{SID: "PKee", CallSID: call, AccountSID: account, HasRequired: true, Required: []string{"expiration-date"}}},
		{"payment: everything is in", parse(ParsePaymentStatus), ids + "&Sid=PKee&Required=",
			PaymentStatus{SID: "PKee", CallSID: call, AccountSID: account, HasRequired: true}},
		{"payment: charged", parse(ParsePaymentStatus), ids + "&Sid=PKee&Result=success&PaymentConfirmationCode=ch_1&DateUpdated=2026-08-31T20%3A36%3A28.000Z",
			PaymentStatus{PayResult: PayResult{Result: "success", PaymentConfirmationCode: "ch_1"}, SID: "PKee", CallSID: call, AccountSID: account, DateUpdated: at}},
		{"call status", parse(ParseCallStatus), ids + "&CallStatus=completed&CallDuration=42&Duration=1&SipResponseCode=200&SequenceNumber=3" +
			"&Timestamp=Mon%2C+31+Aug+2026+20%3A36%3A28+%2B0000&CallbackSource=call-progress-events&StirStatus=A&RecordingUrl=u&RecordingSid=REdd",
			CallStatus{VoiceCall: VoiceCall{SID: call, AccountSID: account, CallStatus: "completed"}, CallDuration: 42, Duration: 1,
				SIPResponseCode: 200, SequenceNumber: 3, Timestamp: at, CallbackSource: "call-progress-events", StirStatus: "A", RecordingURL: "u", RecordingSID: "REdd"}},
		{"amd", parse(ParseAMDStatus), ids + "&AnsweredBy=machine_end_beep&MachineDetectionDuration=3500",
			AMDStatus{call, account, "machine_end_beep", 3500 * time.Millisecond}},
		{"recording", parse(ParseRecordingStatus), ids + "&RecordingSid=REdd&RecordingStatus=completed&RecordingUrl=u&RecordingDuration=60&RecordingChannels=2" +
			"&RecordingStartTime=Mon%2C+31+Aug+2026+20%3A36%3A28+%2B0000&RecordingSource=RecordVerb&RecordingTrack=both&ErrorCode=0&EncryptionDetails=%7B%22iv%22%3A1%7D",
			RecordingStatus{SID: "REdd", CallSID: call, AccountSID: account, Status: "completed", URL: "u", Duration: 60, Channels: 2,
				StartTime: at, Source: "RecordVerb", Track: "both", EncryptionDetails: []byte(`{"iv":1}`)}},
		{"transcription", parse(ParseTranscriptionEvent), ids + "&TranscriptionSid=GT1&TranscriptionEvent=transcription-content&Timestamp=2026-08-31T20%3A36%3A28Z" +
			"&SequenceId=2&Track=inbound_track&LanguageCode=en-US&Final=true&TranscriptionData=%7B%22transcript%22%3A%22hi%22%2C%22confidence%22%3A0.5%7D",
			TranscriptionEvent{SID: "GT1", CallSID: call, AccountSID: account, Event: "transcription-content", Timestamp: at, SequenceID: 2,
				Track: "inbound_track", LanguageCode: "en-US", Final: true, Transcript: "hi", Confidence: 0.5}},
		{"stream", parse(ParseStreamStatus), ids + "&StreamSid=MZ1&StreamEvent=stream-error&StreamName=n&StreamError=broken&Timestamp=2026-08-31T20%3A36%3A28Z",
			StreamStatus{"MZ1", call, "stream-error", "n", "broken", at}},
		{"conference", parse(ParseConferenceEvent), ids + "&ConferenceSid=CFff&FriendlyName=room&StatusCallbackEvent=participant-join&SequenceNumber=1" +
			"&ParticipantLabel=agent&Muted=false&Hold=true&Coaching=false&Timestamp=Mon%2C+31+Aug+2026+20%3A36%3A28+%2B0000",
			ConferenceEvent{SID: "CFff", AccountSID: account, FriendlyName: "room", Event: "participant-join", SequenceNumber: 1,
				Timestamp: at, CallSID: call, ParticipantLabel: "agent", Hold: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.parse(formOf(t, tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestMalformedWebhooks(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		parse func(Form) (any, error)
		body  string
		want  []string
	}{
		"no ids":             {parse(ParseVoiceCall), "From=a", []string{"CallSid is missing", "AccountSid is missing"}},
		"a path for an id":   {parse(ParseVoiceCall), "AccountSid=" + account + "&CallSid=CA..%2F..", []string{"CallSid is not an id"}},
		"a key for an id":    {parse(ParseVoiceCall), "AccountSid=" + account + "&CallSid=CA%7Dx", []string{"CallSid is not an id"}},
		"not a number":       {parse(ParsePayStatus), ids + "&For=a&Attempt=two", []string{"Attempt is not a whole number"}},
		"no result":          {parse(ParsePayResult), ids, []string{"Result is missing"}},
		"payment without id": {parse(ParsePaymentStatus), ids, []string{"Sid is missing"}},
		"payment error code": {parse(ParsePaymentStatus), ids + "&Sid=PKee&Result=success&PayErrorCode=x", []string{"PayErrorCode is not"}},
		"no status":          {parse(ParseCallStatus), "CallSid=x", []string{"CallStatus is missing", "CallSid is not an id", "AccountSid is missing"}},
		"not a time":         {parse(ParseStreamStatus), ids + "&StreamEvent=a&Timestamp=noon", []string{"Timestamp is not a time"}},
		"not JSON":           {parse(ParseTranscriptionEvent), ids + "&TranscriptionEvent=a&TranscriptionData=%7B", []string{"TranscriptionData is not JSON"}},
		"other JSON":         {parse(ParseTranscriptionEvent), ids + "&TranscriptionEvent=a&TranscriptionData=1", []string{"is not what was expected"}},
		"not a boolean":      {parse(ParseConferenceEvent), ids + "&ConferenceSid=CFff&StatusCallbackEvent=a&Muted=yes", []string{"Muted is neither"}},
		"not a decimal":      {parse(ParseGatherResult), "Confidence=high", []string{"Confidence is not a number"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tt.parse(formOf(t, tt.body))
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("got %v", err)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q lacks %q", err, w)
				}
			}
		})
	}
}

func TestAmount(t *testing.T) {
	t.Parallel()
	for _, ok := range []string{"0", "0.00", "84.20", "131072.01", "262144.01", "999999.99", "1", "12.345", "0.0001"} {
		if a, err := NewAmount(ok); err != nil || string(a) != ok {
			t.Errorf("%q: %q, %v", ok, a, err)
		}
	}
	for _, bad := range []string{"", "-1", "+1", "1e3", "1,000", ".5", "5.", "007", "00", "1000000", "1.00001", "1.2.3", " 1", "1 ", "NaN", "٣", "0x1"} {
		if a, err := NewAmount(bad); err == nil || a != "" {
			t.Errorf("%q was taken for %q", bad, a)
		}
	}
	for a, zero := range map[Amount]bool{"": true, "0": true, "0.00": true, "0.01": false, "10": false} {
		if a.IsZero() != zero {
			t.Errorf("%q.IsZero() = %v", a, !zero)
		}
	}
}

// TestParametersAreTwilios holds the parameters we post against Twilio's own description of its API.
func TestParametersAreTwilios(t *testing.T) {
	t.Parallel()
	path := os.Getenv("TWILIO_OAI")
	if path == "" {
		t.Skip("TWILIO_OAI does not name Twilio's OpenAPI description (twilio_api_v2010.json)")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	known := schemaProperties(t, raw)
	for resource, form := range everyParameter(t) {
		for name := range form {
			if !known[resource][name] {
				t.Errorf("%s has no parameter %s", resource, name)
			}
		}
		for name := range known[resource] {
			if _, ok := form[name]; !ok {
				t.Errorf("%s: the parameter %s cannot be given", resource, name)
			}
		}
	}
}
