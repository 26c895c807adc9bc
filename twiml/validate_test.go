package twiml

import (
	"errors"
	"strings"
	"testing"
)

func TestValidation(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", MaxSpeech+1)
	tests := []struct {
		name string
		verb Verb
		want string // a part of the error; "" means the verb is right
	}{
		{"say without text", &Say{}, "<Say>: needs Text or Parts"},
		{"say too long", &Say{Text: long}, "<Say>: the text has 4097 characters; Twilio speaks at most 4096"},
		{"say counts characters, not bytes", &Say{Text: strings.Repeat("\u00e9", MaxSpeech)}, ""},
		{"say language", &Say{Text: "a", Language: "en_US"}, "<Say language>: \"en_US\" is not allowed; allowed: a language tag"},
		{"say loop below zero", &Say{Text: "a", Loop: -1}, "<Say loop>: -1 is not allowed; allowed: 0 to 1000"},
		{"say nil part", &Say{Parts: []Part{nil}}, "part 1 is nil"},
		{"break strength", &Say{Parts: []Part{&Break{Strength: "huge"}}}, "<break strength>: \"huge\" is not allowed; allowed: none, x-weak"},
		{"lang without tag", &Say{Parts: []Part{&Lang{}}}, "<lang xml:lang>: is required"},
		{"play nothing", &Play{}, "<Play>: needs either URL or Digits"},
		{"play both", &Play{URL: "a.mp3", Digits: "1"}, "<Play>: needs either URL or Digits"},
		{"play digits", &Play{Digits: "12x"}, "<Play digits>: \"12x\" is not allowed; allowed characters: 0123456789"},
		{"play scheme", &Play{URL: "ftp://example.com/a"}, "<Play>: \"ftp://example.com/a\" is not allowed; allowed: https or http"},
		{"gather input", &Gather{Input: "voice"}, "<Gather input>: \"voice\" is not allowed; allowed: dtmf, speech, dtmf speech"},
		{"gather two finish keys", &Gather{FinishOnKey: "*#"}, "<Gather finishOnKey>: has 2 characters; at most 1"},
		{"gather finish key", &Gather{FinishOnKey: "A"}, "<Gather finishOnKey>: \"A\" is not allowed; allowed characters: 0123456789#*"},
		{"gather empty finish key", &Gather{FinishOnKey: Empty}, ""},
		{"gather timeout", &Gather{Timeout: Zero}, "<Gather timeout>: 0 is not allowed; allowed: 1 to 3600"},
		{"gather speech timeout", &Gather{SpeechTimeout: "soon"}, "<Gather speechTimeout>: \"soon\" is not allowed; allowed: auto"},
		{"gather auto with model", &Gather{SpeechTimeout: "auto", SpeechModel: "phone_call"}, "13335"},
		{"gather method", &Gather{Method: "PUT"}, "<Gather method>: \"PUT\" is not allowed; allowed: GET, POST"},
		{"gather script action", &Gather{Action: "javascript:alert(1)"}, "<Gather action>"},
		{"gather action with space", &Gather{Action: "/a b"}, "holds spaces or control characters"},
		{"gather bool", &Gather{BargeIn: 7}, "<Gather bargeIn>: 7 is not allowed; allowed: Unset, True, False"},
		{"gather nil prompt", &Gather{Prompts: []Audible{nil}}, "speech 1 is nil"},
		{"pay empty", &Pay{}, ""},
		{"pay action not https", &Pay{Action: "http://example.com/x"}, "<Pay action>: \"http://example.com/x\" is not allowed; allowed: https"},
		{"pay action loopback", &Pay{Action: "http://127.0.0.1:8080/x"}, ""},
		{"pay action loopback v6", &Pay{Action: "http://[::1]:8080/x"}, ""},
		{"pay action localhost", &Pay{Action: "http://localhost/x"}, ""},
		{"pay action not quite loopback", &Pay{Action: "http://127.0.0.1.example.com/x"}, "allowed: https"},
		{"pay action user trick", &Pay{Action: "http://127.0.0.1@example.com/x"}, "allowed: https"},
		{"pay action user and port trick", &Pay{Action: "http://localhost:80@example.com/x"}, "allowed: https"},
		{"pay action v6 trick", &Pay{Action: "http://[::1]@example.com/x"}, "allowed: https"},
		{"pay action relative", &Pay{Action: "/voice/turn/1"}, ""},
		{"pay method", &Pay{PaymentMethod: "cash"}, "<Pay paymentMethod>: \"cash\" is not allowed; allowed: credit-card, ach-debit"},
		{"pay account type", &Pay{BankAccountType: ConsumerChecking}, "64017"},
		{"pay attempts", &Pay{MaxAttempts: 4}, "<Pay maxAttempts>: 4 is not allowed; allowed: 1 to 3"},
		{"pay token", &Pay{TokenType: "forever"}, "<Pay tokenType>"},
		{"pay card", &Pay{ValidCardTypes: []CardType{"master-card"}}, "<Pay validCardTypes>: \"master-card\" is not allowed; allowed: visa, mastercard"},
		{"pay language", &Pay{Language: "xx-XX"}, "<Pay language>"},
		{"pay nil prompt", &Pay{Prompts: []*Prompt{nil}}, "prompt 1 is nil"},
		{"prompt for", &Pay{Prompts: []*Prompt{{For: "security-date", Speech: []Audible{&Pause{}}}}}, "<Prompt for>: \"security-date\" is not allowed"},
		{"prompt without for", &Pay{Prompts: []*Prompt{{Speech: []Audible{&Pause{}}}}}, "<Prompt for>: is required; allowed: payment-card-number"},
		{"prompt attempt", &Pay{Prompts: []*Prompt{{For: PostalCode, Attempt: []int{0}, Speech: []Audible{&Pause{}}}}}, "<Prompt attempt>: 0 is not allowed; allowed: 1 to 10"},
		{"prompt error", &Pay{Prompts: []*Prompt{{For: PostalCode, ErrorType: []PromptError{"input-timeout"}, Speech: []Audible{&Pause{}}}}}, "<Prompt errorType>: \"input-timeout\" is not allowed; allowed: timeout"},
		{"prompt matching", &Pay{Prompts: []*Prompt{{For: PostalCode, RequireMatchingInputs: True, Speech: []Audible{&Pause{}}}}}, "<Prompt requireMatchingInputs>"},
		{"prompt silent", &Pay{Prompts: []*Prompt{{For: PostalCode}}}, "<Prompt>: needs a Say, Play or Pause"},
		{"parameter name", &Pay{Parameters: []Parameter{{Value: "x"}}}, "<Parameter name>: is required"},
		{"dial nobody", &Dial{}, "<Dial>: needs either Number or Targets"},
		{"dial both", &Dial{Number: "1", Targets: []Target{&Client{Identity: "a"}}}, "<Dial>: needs either Number or Targets"},
		{"dial nil", &Dial{Targets: []Target{nil}}, "target 1 is nil"},
		{"dial eleven", &Dial{Targets: make([]Target, 11)}, "has 11 targets; Twilio dials at most 10"},
		{"dial conference beside", &Dial{Targets: []Target{&Conference{Name: "a"}, &Client{Identity: "b"}}}, "must be the only target"},
		{"dial timeout", &Dial{Number: "1", Timeout: 4}, "<Dial timeout>: 4 is not allowed; allowed: 5 to 600"},
		{"dial reason", &Dial{Number: "1", CallReason: strings.Repeat("x", 51)}, "<Dial callReason>: has 51 characters; at most 50"},
		{"number event", &Dial{Targets: []Target{&Number{PhoneNumber: "1", Leg: Leg{StatusCallbackEvent: []Event{EventJoin}}}}}, "<Number statusCallbackEvent>: \"join\""},
		{"number missing", &Dial{Targets: []Target{&Number{}}}, "<Number>: needs a text"},
		{"client missing", &Dial{Targets: []Target{&Client{Parameters: []Parameter{{Name: "a"}}}}}, "<Identity>: needs a text"},
		{"sip address", &Dial{Targets: []Target{&Sip{URI: "http://a"}}}, "<Sip>: \"http://a\" is not allowed; allowed: a sip: or sips: address"},
		{"queue missing", &Dial{Targets: []Target{&Queue{}}}, "<Queue>: needs Name or ReservationSID"},
		{"conference size", &Dial{Targets: []Target{&Conference{Name: "a", MaxParticipants: 251}}}, "<Conference maxParticipants>"},
		{"redirect missing", &Redirect{}, "<Redirect>: needs a text"},
		{"reject reason", &Reject{Reason: "no"}, "<Reject reason>: \"no\" is not allowed; allowed: rejected, busy"},
		{"enqueue missing", &Enqueue{}, "<Enqueue>: needs either Name or WorkflowSID"},
		{"enqueue task", &Enqueue{Name: "a", Task: &Task{Attributes: "{}"}}, "a Task is allowed with WorkflowSID only"},
		{"enqueue task json", &Enqueue{WorkflowSID: "WW1", Task: &Task{Attributes: "{"}}, "<Task>: \"{\" is not allowed; allowed: JSON"},
		{"enqueue name", &Enqueue{Name: strings.Repeat("x", 65)}, "at most 64 characters"},
		{"record length", &Record{MaxLength: 86401}, "<Record maxLength>"},
		{"record trim", &Record{Trim: "yes"}, "<Record trim>: \"yes\" is not allowed; allowed: trim-silence, do-not-trim"},
		{"start nothing", &Start{}, "<Start>: needs a Recording, Transcription or Stream"},
		{"start nil", &Start{Media: []Media{nil}}, "noun 1 is nil"},
		{"start relative callback", &Start{Media: []Media{&Recording{RecordingStatusCallback: "/r"}}}, "allowed: an absolute https or http URL"},
		{"start stream", &Start{Media: []Media{&Stream{}}}, "<Stream url>: is required"},
		{"stream scheme", &Start{Media: []Media{&Stream{URL: "https://a"}}}, "<Stream url>: \"https://a\" is not allowed; allowed: wss"},
		{"stream unsafe", &Start{Media: []Media{&Stream{URL: "ws://example.com"}}}, "allowed: wss"},
		{"stop by name", &Stop{Media: []Media{&Stream{Name: "s"}}}, ""},
		{"connect nothing", &Connect{}, "<Connect>: needs a ConversationRelay or Stream"},
		{"relay url", &Connect{To: &ConversationRelay{}}, "<ConversationRelay url>: is required"},
		{"relay interruptible", &Connect{To: &ConversationRelay{URL: "wss://a", Interruptible: "maybe"}}, "<ConversationRelay interruptible>"},
		{"relay language", &Connect{To: &ConversationRelay{URL: "wss://a", Languages: []RelayLanguage{{}}}}, "<Language code>: is required"},
		{"refer", &Refer{}, "<Sip>: needs a text"},
		{"nil verb", nil, "verb 1 is nil"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := (&Response{Verbs: []Verb{tt.verb}}).Validate()
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("\n got: %v\nwant: %s", err, tt.want)
			}
		})
	}
}

func TestChargeAmount(t *testing.T) {
	t.Parallel()
	for _, ok := range []string{"", "0", "0.00", "84.20", "1", "999999.99", "1000000", "1000000.00", "007.5", "12.345"} {
		if err := (&Response{Verbs: []Verb{&Pay{ChargeAmount: ok}}}).Validate(); err != nil {
			t.Errorf("%q: %v", ok, err)
		}
	}
	for _, bad := range []string{"-0.59", "1e6", ".5", "5.", "1,000.00", "1000000.01", "1000001", "99999999", "84.20 ", "+1", "NaN", "\u0661"} {
		var e *Error
		err := (&Response{Verbs: []Verb{&Pay{ChargeAmount: bad}}}).Validate()
		if !errors.As(err, &e) || e.Verb != "Pay" || e.Attribute != "chargeAmount" {
			t.Errorf("%q: got %v, want an error of Pay chargeAmount", bad, err)
		}
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	err := (&Response{Verbs: []Verb{&Say{}, &Pay{MaxAttempts: 9, Timeout: 9999}}}).Validate()
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("want three lines, got: %v", err)
	}
}

func TestErrorsLeaveTheBufferAlone(t *testing.T) {
	t.Parallel()
	dst := []byte("before")
	got, err := (&Response{Verbs: []Verb{&Say{}}}).Append(dst)
	if err == nil || string(got) != "before" {
		t.Errorf("got %q, %v", got, err)
	}
	got, err = (&Response{}).Append(dst)
	if want := "before" + header + "<Response/>"; err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestDocumentLimit(t *testing.T) {
	t.Parallel()
	r := &Response{}
	for range MaxDocument / MaxSpeech {
		r.Add(&Say{Text: strings.Repeat("x", MaxSpeech)})
	}
	if err := r.Validate(); err == nil || !strings.Contains(err.Error(), "Twilio reads at most 65536") {
		t.Errorf("got %v", err)
	}
	r.Verbs = r.Verbs[1:]
	if err := r.Validate(); err != nil {
		t.Error(err)
	}
}

func TestRaw(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"verb", `<Hangup/>`, `<Hangup/>`},
		{"self-closing made the same", `<Hangup></Hangup>`, `<Hangup/>`},
		{"text and entities", `<Say>a &amp; &#65; "b"</Say>`, `<Say>a &amp; A &#34;b&#34;</Say>`},
		{"cdata", `<Say><![CDATA[<b>]]></Say>`, `<Say>&lt;b&gt;</Say>`},
		{"xml:lang", `<Say><lang xml:lang="es-US">hola</lang></Say>`, `<Say><lang xml:lang="es-US">hola</lang></Say>`},
		{"unknown inner element", `<Connect><Assistant id="x"/></Connect>`, `<Connect><Assistant id="x"/></Connect>`},
		{"not closed", `<Say>a`, "!<Say> is not closed"},
		{"closes the response", `</Response><Response>`, "!does not close what was opened last"},
		{"crossed", `<Say><break></Say></break>`, "!does not close what was opened last"},
		{"response inside", `<Response><Hangup/></Response>`, "!<Response> is not a verb"},
		{"unknown verb", `<Script/>`, "!<Script> is not a verb"},
		{"bare text", `hello`, "!text stands outside of a verb"},
		{"doctype", `<!DOCTYPE x [<!ENTITY a "b">]><Say>&a;</Say>`, "!declarations are not allowed"},
		{"declaration", `<?xml version="1.0"?><Hangup/>`, "!declarations are not allowed"},
		{"unknown entity", `<Say>&nope;</Say>`, "!not well-formed"},
		{"twice the attribute", `<Say voice="a" voice="b">x</Say>`, "!has the attribute voice twice"},
		{"namespace", `<Say a:b="c">x</Say>`, "!the attribute name"},
		{"xmlns", `<Say xmlns="c">x</Say>`, "!the attribute name"},
		{"control character", "<Say>\x01</Say>", "!not well-formed"},
		{"invalid UTF-8", "<Say>\xff</Say>", "!not well-formed"},
		{"deep", strings.Repeat("<Say>", 99) + strings.Repeat("</Say>", 99), "!nested too deeply"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := (&Response{Verbs: []Verb{&Pause{}, &Raw{XML: tt.in}}}).Bytes()
			if problem, bad := strings.CutPrefix(tt.want, "!"); bad {
				if err == nil || !strings.Contains(err.Error(), problem) {
					t.Errorf("got %s, %v, want the error %s", got, err, problem)
				}
				return
			}
			if want := header + "<Response><Pause/>" + tt.want + "</Response>"; err != nil || string(got) != want {
				t.Errorf("\n got: %s, %v\nwant: %s", got, err, want)
			}
		})
	}
}
