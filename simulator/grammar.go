package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// rule is what Twilio's documentation allows in an element: attributes, elements inside, and text.
type rule struct {
	attrs    string // names, separated by spaces
	children string // names, separated by spaces
	text     bool   // has a body of text
	nested   int    // code for an element that may not stand inside; 0 is 12200
}

const (
	ssml         = "break emphasis lang p phoneme prosody s say-as sub w amazon:effect amazon:domain"
	verbsAllowed = "Say Play Pause Gather Pay Redirect Hangup Reject Dial Record Start Stop Enqueue Leave Connect Refer"
	fetchAttrs   = "action method"
	statusAttrs  = "statusCallback statusCallbackMethod statusCallbackEvent"
	recordAttrs  = "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent recordingConfigurationId"
	amdAttrs     = "machineDetection machineDetectionTimeout machineDetectionSpeechThreshold " +
		"machineDetectionSpeechEndThreshold machineDetectionSilenceTimeout amdStatusCallback amdStatusCallbackMethod"
)

// grammar lists every element that is known. It is read only.
var grammar = map[string]rule{
	"Response": {children: verbsAllowed},

	"Say":   {attrs: "voice language loop", children: ssml, text: true},
	"Play":  {attrs: "loop digits", text: true},
	"Pause": {attrs: "length"},
	"Gather": {
		attrs: fetchAttrs + " input timeout finishOnKey numDigits actionOnEmptyResult bargeIn speechTimeout speechModel enhanced " +
			"language hints profanityFilter partialResultCallback partialResultCallbackMethod maxSpeechTime debug",
		children: "Say Play Pause", nested: 13320,
	},
	"Pay": {
		attrs: "input action statusCallback statusCallbackMethod paymentMethod bankAccountType timeout maxAttempts securityCode postalCode " +
			"minPostalCodeLength paymentConnector tokenType chargeAmount currency language description validCardTypes",
		children: "Prompt Parameter",
	},
	"Prompt":    {attrs: "for errorType cardType attempt requireMatchingInputs", children: "Say Play Pause"},
	"Parameter": {attrs: "name value"},

	"Redirect": {attrs: "method", text: true},
	"Hangup":   {},
	"Reject":   {attrs: "reason"},
	"Leave":    {},

	"Dial": {
		attrs: fetchAttrs + " timeout timeLimit callerId answerOnBridge hangupOnStar ringTone record recordingTrack trim sequential " +
			"referUrl referMethod callReason events " + recordAttrs,
		children: "Number Client Sip Conference Queue Sim Application WhatsApp", text: true, nested: 13215,
	},
	"Number":   {attrs: "sendDigits url method byoc " + statusAttrs + " " + amdAttrs, text: true},
	"Client":   {attrs: "url method " + statusAttrs, children: "Identity Parameter", text: true},
	"Identity": {text: true},
	"Sip":      {attrs: "username password url method " + statusAttrs + " " + amdAttrs, children: "Uri Headers", text: true},
	"Uri":      {attrs: "priority weight username password", text: true},
	"Headers":  {children: "Header"},
	"Header":   {attrs: "name value"},
	"Conference": {
		attrs: "muted beep startConferenceOnEnter endConferenceOnExit participantLabel jitterBufferSize waitUrl waitMethod " +
			"maxParticipants record region coach trim eventCallbackUrl " + statusAttrs + " " + recordAttrs,
		text: true,
	},
	"Queue":       {attrs: "url method reservationSid postWorkActivitySid", text: true},
	"Sim":         {text: true},
	"Application": {attrs: "url method copyParentTo " + statusAttrs, children: "ApplicationSid Parameter", text: true},
	"WhatsApp":    {attrs: "url method " + statusAttrs, text: true},

	"Record": {
		attrs: fetchAttrs + " timeout finishOnKey maxLength playBeep trim transcribe transcribeCallback " + recordAttrs,
	},
	"Enqueue": {attrs: fetchAttrs + " maxQueueSize waitUrl waitUrlMethod workflowSid", children: "Task", text: true},
	"Task":    {attrs: "priority timeout", text: true},

	"Start": {attrs: fetchAttrs, children: "Recording Transcription Stream Siprec", nested: 14300},
	"Stop":  {attrs: "", children: "Recording Transcription Stream Siprec", nested: 14300},
	"Connect": {
		attrs:    fetchAttrs,
		children: "ConversationRelay Stream VirtualAgent Room Conversation Assistant Autopilot ConversationRelaySession AiSession",
	},
	"Recording": {attrs: "track trim channels " + recordAttrs},
	"Transcription": {
		attrs: "name track inboundTrackLabel outboundTrackLabel statusCallbackUrl statusCallbackMethod languageCode transcriptionEngine " +
			"speechModel partialResults profanityFilter enableAutomaticPunctuation enableProviderData hints intelligenceService " +
			"conversationConfiguration conversationId",
		children: "Config",
	},
	"Config": {attrs: "name value"},
	"Stream": {attrs: "name url connectorName track statusCallback statusCallbackMethod", children: "Parameter"},
	"Siprec": {attrs: "name connectorName track statusCallback statusCallbackMethod", children: "Parameter"},
	"ConversationRelay": {
		attrs: "url welcomeGreeting welcomeGreetingInterruptible welcomeGreetingLanguage language ttsLanguage ttsProvider voice " +
			"transcriptionLanguage transcriptionProvider speechModel interruptible interruptSensitivity dtmfDetection " +
			"reportInputDuringAgentSpeech preemptible profanityFilter partialPrompts hints debug elevenlabsTextNormalization " +
			"intelligenceService backgroundNoiseReduction speechTimeout deepgramSmartFormat ignoreBackchannel events",
		children: "Language Parameter Failover",
	},
	"Language": {attrs: "code ttsProvider voice transcriptionProvider speechModel"},
	"Failover": {attrs: "ttsProvider voice transcriptionProvider speechModel", children: "Language"},
	"Refer":    {attrs: fetchAttrs, children: "Sip"},
}

// checkElement compares el with the grammar: what is not known is taken out and reported, as Twilio does.
func checkElement(d *document, el *element) {
	r, known := grammar[el.name]
	if !known { // SSML and the nouns of Connect that are only named
		return
	}
	for _, name := range slices.Sorted(maps.Keys(el.attrs)) {
		if !slices.Contains(strings.Fields(r.attrs), name) && !strings.HasPrefix(name, "xml") {
			d.warn(12200, "attribute %q is not known in <%s>", name, el.name)
			delete(el.attrs, name)
		}
	}
	if !r.text && strings.TrimSpace(el.own) != "" {
		d.warn(12200, "<%s> has no text of its own; it is left out", el.name)
	}
	allowed := strings.Fields(r.children)
	el.children = slices.DeleteFunc(el.children, func(child *element) bool {
		if slices.Contains(allowed, child.name) {
			checkElement(d, child)
			return false
		}
		code := 12200
		if _, isElement := grammar[child.name]; isElement && r.nested != 0 {
			code = r.nested
		}
		d.warn(code, "<%s> is not allowed in <%s>", child.name, el.name)
		return true
	})
}

func (d *document) warn(code int, format string, args ...any) {
	d.warnings = append(d.warnings, notice{code: code, text: fmt.Sprintf(format, args...)})
}
