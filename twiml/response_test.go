package twiml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldens are documents with every attribute of every verb; reviewers read the files like documentation.
var goldens = map[string]Response{
	"empty": {},
	"speech": {Verbs: []Verb{
		&Say{Voice: "Polly.Joanna", Language: "en-US", Loop: 2, Text: "Thank you & <goodbye>."},
		&Say{Loop: Zero, Parts: []Part{
			Text("Your balance is "), &SayAs{InterpretAs: "spell-out", Format: "mdy", Text: "84"},
			&Break{Strength: "strong", Time: "500ms"},
			&Emphasis{Level: "strong", Parts: []Part{Text("today")}},
			&Lang{Language: "es-US", Parts: []Part{Text("hola")}},
			&Paragraph{Parts: []Part{&Sentence{Parts: []Part{Text("One.")}}}},
			&Phoneme{Alphabet: "ipa", Ph: "p\u026a", Text: "pi"},
			&Prosody{Volume: "loud", Rate: "80%", Pitch: "+10%", Parts: []Part{Text("slowly")}},
			&Sub{Alias: "doctor", Text: "Dr"}, &Word{Role: "amazon:VB", Text: "read"},
		}},
		&Play{Loop: 3, URL: "https://example.com/a.mp3?x=1&y=2"}, &Play{Digits: "1wW#"},
		&Pause{}, &Pause{Length: 5},
	}},
	"gather": {Verbs: []Verb{
		&Gather{
			Input: InputDTMFSpeech, Action: "/voice/turn/3", Method: POST, Timeout: 7, FinishOnKey: Empty, NumDigits: 8,
			ActionOnEmptyResult: True, Language: "es-US", SpeechTimeout: "3", SpeechModel: "phone_call", MaxSpeechTime: 30,
			Enhanced: False, Hints: "yes, no", ProfanityFilter: False, BargeIn: True,
			PartialResultCallback: "/voice/partial", PartialResultCallbackMethod: GET, Debug: True,
			Prompts: []Audible{&Say{Text: "Press 1."}, &Play{URL: "beep.wav"}, &Pause{Length: 1}},
		},
		&Gather{FinishOnKey: "#", SpeechTimeout: "auto"},
	}},
	"pay": {Verbs: []Verb{&payMenu}},
	"pay-all": {Verbs: []Verb{&Pay{
		Input: "dtmf", Action: "https://pay.example.com/voice/turn/4", StatusCallback: "/voice/pay", StatusCallbackMethod: POST,
		PaymentMethod: ACHDebit, BankAccountType: ConsumerSavings, Timeout: 10, MaxAttempts: 3, SecurityCode: True,
		PostalCode: "94105", MinPostalCodeLength: 5, PaymentConnector: "Default", TokenType: Reusable, ChargeAmount: "0",
		Currency: "usd", Description: "Bill \"42\"\nand more", ValidCardTypes: []CardType{Visa, DinersClub}, Language: "en-GB",
		Prompts: []*Prompt{{
			For: BankAccountNumber, ErrorType: []PromptError{ErrorTimeout, ErrorInputMatchingFailed},
			CardType: []CardType{Amex, Visa}, Attempt: []int{2, 3}, RequireMatchingInputs: True,
			Speech: []Audible{&Say{Text: "Again, please."}},
		}},
		Parameters: []Parameter{{Name: "AVSName", Value: "Ann <O'Neil>"}, {Name: "empty"}},
	}}},
	"dial": {Verbs: []Verb{
		&Dial{
			Action: "/voice/turn/5", Method: POST, Timeout: 25, HangupOnStar: True, TimeLimit: 3600, CallerID: "+15550100000",
			AnswerOnBridge: True, RingTone: "us", Record: "record-from-answer-dual", Trim: DoNotTrim, RecordingTrack: "both",
			RecordingStatusCallback: "/voice/recording", RecordingStatusCallbackMethod: POST,
			RecordingStatusCallbackEvent: []RecordingEvent{RecordingInProgress, RecordingCompleted, RecordingAbsent},
			RecordingConfigurationID:     "RC1", Sequential: True, ReferURL: "/refer", ReferMethod: POST, CallReason: "bill",
			Events: "call-progress-event",
			Targets: []Target{
				&Number{
					Leg: Leg{URL: "/whisper", Method: GET, StatusCallback: "/voice/status", StatusCallbackMethod: POST,
						StatusCallbackEvent: []Event{EventInitiated, EventRinging, EventAnswered, EventCompleted}},
					AMD: AMD{MachineDetection: "DetectMessageEnd", AMDStatusCallback: "/voice/amd", AMDStatusCallbackMethod: POST,
						MachineDetectionTimeout: 30, MachineDetectionSpeechThreshold: 2400,
						MachineDetectionSpeechEndThreshold: 1200, MachineDetectionSilenceTimeout: 5000},
					SendDigits: "wwww1#", BYOC: "BY1", PhoneNumber: "+15551234567",
				},
				&Client{Identity: "ann"},
				&Client{Identity: "bob", Parameters: []Parameter{{Name: "balance", Value: "84.20"}}},
				&Sip{Username: "u", Password: "p", URI: "sip:agent@example.com"},
			},
		},
		&Dial{Number: "+15551234567"},
		&Dial{Targets: []Target{&Queue{URL: "/whisper", Method: POST, Name: "billing"}}},
		&Dial{Targets: []Target{&Queue{ReservationSID: "WR1", PostWorkActivitySID: "WA1"}}},
		&Dial{Targets: []Target{&Conference{
			Muted: False, Beep: "onEnter", StartConferenceOnEnter: True, EndConferenceOnExit: True, ParticipantLabel: "caller",
			WaitURL: Empty, WaitMethod: GET, MaxParticipants: 3, Record: "record-from-start", Trim: TrimSilence, Region: "us1",
			Coach: "CA1", JitterBufferSize: "small", StatusCallback: "/conf", StatusCallbackMethod: POST,
			StatusCallbackEvent: []Event{EventStart, EventEnd, EventJoin, EventLeave, EventMute, EventHold, EventModify,
				EventSpeaker, EventAnnouncement},
			RecordingStatusCallback: "/voice/recording", RecordingStatusCallbackMethod: POST,
			RecordingStatusCallbackEvent: []RecordingEvent{RecordingCompleted}, RecordingConfigurationID: "RC1",
			EventCallbackURL: "/events", Name: "room 1",
		}}},
		&Refer{Action: "/refer", Method: POST, URI: "sip:agent@example.com"},
	}},
	"flow": {Verbs: []Verb{
		&Enqueue{Action: "/a", Method: POST, WaitURL: "/w", WaitURLMethod: GET, MaxQueueSize: 100, Name: "billing"},
		&Enqueue{WorkflowSID: "WW1", Task: &Task{Priority: 5, Timeout: 60, Attributes: `{"topic":"bill"}`}},
		&Raw{XML: `<Say voice="alice">a &lt; b <break time="1s"/></Say><!-- no --><Gather finishOnKey=""></Gather>`},
		&Leave{}, &Redirect{Method: GET, URL: "/voice/turn/2"}, &Reject{Reason: "busy"}, &Hangup{},
	}},
	"record": {Verbs: []Verb{
		&Record{
			Action: "/voice/turn/6", Method: POST, Timeout: Zero, FinishOnKey: "*#", MaxLength: 120, PlayBeep: False,
			Trim: TrimSilence, RecordingStatusCallback: "/voice/recording", RecordingStatusCallbackMethod: POST,
			RecordingStatusCallbackEvent: []RecordingEvent{RecordingCompleted}, RecordingConfigurationID: "RC1",
			Transcribe: False, TranscribeCallback: "/t",
		},
		&Start{Action: "/a", Method: POST, Media: []Media{
			&Recording{RecordingStatusCallback: "https://pay.example.com/r", RecordingStatusCallbackMethod: POST,
				RecordingStatusCallbackEvent: []RecordingEvent{RecordingAbsent}, Trim: DoNotTrim, Track: "both", Channels: "dual",
				RecordingConfigurationID: "RC1"},
			&Transcription{Name: "live", Track: "both_tracks", InboundTrackLabel: "caller", OutboundTrackLabel: "agent",
				StatusCallbackURL: "https://pay.example.com/t", StatusCallbackMethod: POST, LanguageCode: "en-US",
				TranscriptionEngine: "deepgram", SpeechModel: "nova-3", PartialResults: True, ProfanityFilter: False,
				EnableAutomaticPunctuation: True, EnableProviderData: False, Hints: "bill", IntelligenceService: "GA1",
				ConversationConfiguration: "cc", ConversationID: "ci", Configs: []Parameter{{Name: "n", Value: "v"}}},
			&Stream{Name: "s", URL: "wss://pay.example.com/s", ConnectorName: "c", Track: "inbound_track",
				StatusCallback: "/s", StatusCallbackMethod: POST, Parameters: []Parameter{{Name: "n", Value: "v"}}},
		}},
		&Stop{Media: []Media{&Stream{Name: "s"}, &Transcription{Name: "live"}}},
	}},
	"connect": {Verbs: []Verb{
		&Connect{Action: "/a", Method: POST, To: &ConversationRelay{
			URL: "ws://127.0.0.1:8080/relay", WelcomeGreeting: "Hello", WelcomeGreetingInterruptible: "any", Language: "en-US",
			TTSLanguage: "en-US", TTSProvider: "ElevenLabs", Voice: "v", TranscriptionLanguage: "en-US",
			TranscriptionProvider: "Deepgram", SpeechModel: "nova-3-general", Interruptible: "speech",
			InterruptSensitivity: "low", DTMFDetection: True, ReportInputDuringAgentSpeech: "none", Preemptible: False,
			ProfanityFilter: True, PartialPrompts: False, Hints: "bill", Debug: "debugging tokens-played",
			ElevenLabsTextNormalization: "auto", IntelligenceService: "GA1", ConversationConfiguration: "cc",
			ConversationID: "ci", BackgroundNoiseReduction: True, SpeechTimeout: "auto", DeepgramSmartFormat: True,
			IgnoreBackchannel: True, TurnDetection: "td", EOTThreshold: "0.7", Events: "e",
			Languages: []RelayLanguage{{Code: "es-US", TTSProvider: "Google", Voice: "v", TranscriptionProvider: "Google",
				SpeechModel: "m"}},
			Parameters: []Parameter{{Name: "n", Value: "v"}},
		}},
		&Connect{To: &Stream{URL: "wss://pay.example.com/s"}},
	}},
}

// payMenu is the document of the benchmarks: a payment of a bill with prompts of our own.
var payMenu = Pay{
	Action: "https://pay.example.com/voice/turn/4", StatusCallback: "https://pay.example.com/voice/pay",
	PaymentConnector: "Default", ChargeAmount: "84.20", Currency: "usd", Description: "Bill 12345678 & fees",
	PostalCode: "false", SecurityCode: True, MaxAttempts: 3, Timeout: 5, Language: "en-US",
	ValidCardTypes: []CardType{Visa, MasterCard, Amex},
	Prompts: []*Prompt{
		{For: PaymentCardNumber, Speech: []Audible{&Say{Text: "Please enter your card number, then press pound."}}},
		{For: PaymentCardNumber, ErrorType: []PromptError{ErrorInvalidCardNumber, ErrorTimeout}, Attempt: []int{2, 3},
			Speech: []Audible{&Say{Text: "That number isn't right. Please try again."}}},
		{For: ExpirationDate, Speech: []Audible{&Say{Text: "Two digits for the month, two for the year."}}},
		{For: SecurityCode, CardType: []CardType{Amex}, Speech: []Audible{&Say{Text: "The 4 digits on the front."}}},
		{For: PaymentProcessing, Speech: []Audible{&Say{Text: "One moment."}}},
	},
	Parameters: []Parameter{{Name: "payment", Value: "01J9ZQ2K8W"}},
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for name, r := range goldens {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := r.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".xml")
			if *update {
				if err := os.WriteFile(file, readable(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(readable(got), want) {
				t.Errorf("%s\n got: %s\nwant: %s", file, readable(got), want)
			}
			for range 50 {
				if again, _ := r.Bytes(); !bytes.Equal(again, got) {
					t.Fatalf("the same value gave other bytes:\n%s\n%s", got, again)
				}
			}
			parse(t, got)
		})
	}
}

// readable puts each element on a line of its own; text with a line break in it is written &#xA; by then.
func readable(doc []byte) []byte {
	return append(bytes.ReplaceAll(doc, []byte("><"), []byte(">\n<")), '\n')
}

// parse reads a document and returns its elements' names in order.
func parse(t *testing.T, doc []byte) []string {
	t.Helper()
	var names []string
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatalf("does not parse: %v\n%s", err, doc)
		}
		if start, ok := token.(xml.StartElement); ok {
			seen := map[string]bool{}
			for _, a := range start.Attr {
				if seen[a.Name.Local] {
					t.Fatalf("<%s> has %s twice", start.Name.Local, a.Name.Local)
				}
				seen[a.Name.Local] = true
			}
			names = append(names, start.Name.Local)
		}
	}
}

// TestEveryFieldIsWritten zeroes each field of the goldens in turn: the document must change, or a forgotten
// attribute would go unnoticed. It also wants every field of every verb in some golden. Not parallel: it changes
// the goldens while it runs.
func TestEveryFieldIsWritten(t *testing.T) {
	set := map[string]bool{}
	for name, r := range goldens {
		before, err := r.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		eachField(reflect.ValueOf(&r), func(field string, v reflect.Value) {
			set[field] = set[field] || !v.IsZero()
			if v.IsZero() || !v.CanSet() {
				return
			}
			old := reflect.ValueOf(v.Interface())
			v.SetZero()
			if after, err := r.Bytes(); err == nil && bytes.Equal(before, after) {
				t.Errorf("%s: %s can be left out and nothing changes", name, field)
			}
			v.Set(old)
		})
		if after, _ := r.Bytes(); !bytes.Equal(before, after) {
			t.Fatalf("%s was not put back", name)
		}
	}
	for field, used := range set {
		if !used {
			t.Errorf("%s is in no golden", field)
		}
	}
}

// eachField calls f for every field of every struct that v leads to; embedded structs count as their fields.
func eachField(v reflect.Value, f func(name string, v reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			eachField(v.Elem(), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachField(v.Index(i), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); !field.Anonymous {
				f(v.Type().Name()+"."+field.Name, v.Field(i))
			}
			eachField(v.Field(i), f)
		}
	}
}

// canonical is a document with the attributes of each element sorted.
func canonical(t *testing.T, doc []byte) string {
	t.Helper()
	var b strings.Builder
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			slices.SortFunc(x.Attr, func(a, b xml.Attr) int { return strings.Compare(a.Name.Local, b.Name.Local) })
			fmt.Fprintf(&b, "<%s %v>", x.Name.Local, x.Attr)
		case xml.EndElement:
			fmt.Fprintf(&b, "</%s>", x.Name.Local)
		case xml.CharData:
			b.Write(x)
		}
	}
}
