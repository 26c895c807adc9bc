package twiml

// Connect joins the call to a service and waits until it lets go.
type Connect struct {
	Action string
	Method Method
	To     Service
}

// Service is what Connect joins a call to: *ConversationRelay or *Stream.
type Service interface {
	element
	service()
}

// ConversationRelay has a WebSocket server talk with the caller in text.
type ConversationRelay struct {
	URL                          string // wss://
	WelcomeGreeting              string
	WelcomeGreetingInterruptible string // none, dtmf, speech, any, true, false
	Language                     string
	TTSLanguage                  string
	TTSProvider                  string // ElevenLabs, Google, Amazon
	Voice                        string
	TranscriptionLanguage        string
	TranscriptionProvider        string // Deepgram, Google
	SpeechModel                  string
	Interruptible                string // none, dtmf, speech, any, true, false
	InterruptSensitivity         string // high, medium, low
	DTMFDetection                Bool
	ReportInputDuringAgentSpeech string // none, dtmf, speech, any
	Preemptible                  Bool
	ProfanityFilter              Bool
	PartialPrompts               Bool
	Hints                        string
	Debug                        string // any of debugging, speaker-events, tokens-played
	ElevenLabsTextNormalization  string // on, auto, off
	IntelligenceService          string // not in PCI workflows
	ConversationConfiguration    string
	ConversationID               string
	BackgroundNoiseReduction     Bool
	SpeechTimeout                string // milliseconds, or auto
	DeepgramSmartFormat          Bool
	IgnoreBackchannel            Bool
	TurnDetection                string // not in PCI workflows
	EOTThreshold                 string
	Events                       string
	Languages                    []RelayLanguage
	Parameters                   []Parameter
}

// RelayLanguage is the speech setup of one language of a ConversationRelay.
type RelayLanguage struct {
	Code                  string // required
	TTSProvider           string
	Voice                 string
	TranscriptionProvider string
	SpeechModel           string
}

const interruptions = "none|dtmf|speech|any|true|false"

func (*Connect) verb() {}

func (*ConversationRelay) service() {}
func (*Stream) service()            {}

func (c *Connect) write(w *writer) {
	w.begin("Connect")
	w.address("action", c.Action)
	w.method("method", c.Method)
	switch s := c.To.(type) {
	case nil:
		w.failf("Connect", "", "needs a ConversationRelay or Stream")
	case *Stream:
		if s.URL == "" {
			w.failf("Stream", "url", "is required to connect a stream")
		}
		s.write(w)
	default:
		s.write(w)
	}
	w.end("Connect")
}

func (c *ConversationRelay) write(w *writer) {
	w.begin("ConversationRelay")
	if c.URL == "" {
		w.failf("ConversationRelay", "url", "is required")
	}
	w.socket("url", c.URL)
	w.str("welcomeGreeting", c.WelcomeGreeting)
	w.enum("welcomeGreetingInterruptible", c.WelcomeGreetingInterruptible, interruptions)
	c.writeSpeech(w)
	w.enum("interruptible", c.Interruptible, interruptions)
	w.enum("interruptSensitivity", c.InterruptSensitivity, "high|medium|low")
	w.boolean("dtmfDetection", c.DTMFDetection)
	w.enum("reportInputDuringAgentSpeech", c.ReportInputDuringAgentSpeech, "none|dtmf|speech|any")
	w.boolean("preemptible", c.Preemptible)
	w.boolean("profanityFilter", c.ProfanityFilter)
	w.boolean("partialPrompts", c.PartialPrompts)
	w.str("hints", c.Hints)
	w.str("debug", c.Debug)
	w.enum("elevenlabsTextNormalization", c.ElevenLabsTextNormalization, "on|auto|off")
	w.str("intelligenceService", c.IntelligenceService)
	w.str("conversationConfiguration", c.ConversationConfiguration)
	w.str("conversationId", c.ConversationID)
	w.boolean("backgroundNoiseReduction", c.BackgroundNoiseReduction)
	w.secondsOrAuto("speechTimeout", c.SpeechTimeout)
	w.boolean("deepgramSmartFormat", c.DeepgramSmartFormat)
	w.boolean("ignoreBackchannel", c.IgnoreBackchannel)
	w.str("turnDetection", c.TurnDetection)
	w.str("eotThreshold", c.EOTThreshold)
	w.str("events", c.Events)
	for i := range c.Languages {
		c.Languages[i].write(w)
	}
	w.parameters("Parameter", c.Parameters)
	w.end("ConversationRelay")
}

func (c *ConversationRelay) writeSpeech(w *writer) {
	w.str("language", c.Language)
	w.str("ttsLanguage", c.TTSLanguage)
	w.enum("ttsProvider", c.TTSProvider, "ElevenLabs|Google|Amazon")
	w.str("voice", c.Voice)
	w.str("transcriptionLanguage", c.TranscriptionLanguage)
	w.enum("transcriptionProvider", c.TranscriptionProvider, "Deepgram|Google")
	w.str("speechModel", c.SpeechModel)
}

func (l *RelayLanguage) write(w *writer) {
	w.begin("Language")
	w.need("code", l.Code)
	w.enum("ttsProvider", l.TTSProvider, "ElevenLabs|Google|Amazon")
	w.str("voice", l.Voice)
	w.enum("transcriptionProvider", l.TranscriptionProvider, "Deepgram|Google")
	w.str("speechModel", l.SpeechModel)
	w.end("Language")
}
