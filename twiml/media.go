package twiml

// Media is work beside the call that Start begins and Stop ends: *Recording, *Transcription or *Stream.
type Media interface {
	element
	media()
}

// Start begins work beside the call and goes on at once.
type Start struct {
	Action string
	Method Method
	Media  []Media
}

// Stop ends work that Start began, found by its name.
type Stop struct{ Media []Media }

// Recording records the call from here on.
type Recording struct {
	RecordingStatusCallback       string // absolute
	RecordingStatusCallbackMethod Method
	RecordingStatusCallbackEvent  []RecordingEvent
	Trim                          Trim
	Track                         string // both, inbound, outbound
	Channels                      string // mono, dual
	RecordingConfigurationID      string
}

// Transcription writes down what is said while it is said. There is no pause: stop it before a card is taken.
type Transcription struct {
	Name                       string
	Track                      string // both_tracks, inbound_track, outbound_track
	InboundTrackLabel          string
	OutboundTrackLabel         string
	StatusCallbackURL          string // absolute
	StatusCallbackMethod       Method
	LanguageCode               string
	TranscriptionEngine        string // google, deepgram
	SpeechModel                string
	PartialResults             Bool
	ProfanityFilter            Bool
	EnableAutomaticPunctuation Bool
	EnableProviderData         Bool
	Hints                      string
	IntelligenceService        string // not in PCI workflows
	ConversationConfiguration  string
	ConversationID             string
	Configs                    []Parameter // written as <Config name value>
}

// Stream sends the audio of the call to a WebSocket.
type Stream struct {
	Name                 string
	URL                  string // wss://, without a query string
	ConnectorName        string
	Track                string // inbound_track, outbound_track, both_tracks
	StatusCallback       string
	StatusCallbackMethod Method
	Parameters           []Parameter
}

const mediaTracks = "both_tracks|inbound_track|outbound_track"

func (*Start) verb() {}
func (*Stop) verb()  {}

func (*Recording) media()     {}
func (*Transcription) media() {}
func (*Stream) media()        {}

func (s *Start) write(w *writer) {
	w.begin("Start")
	w.address("action", s.Action)
	w.method("method", s.Method)
	w.media("Start", s.Media)
	w.end("Start")
}

func (s *Stop) write(w *writer) {
	w.begin("Stop")
	w.media("Stop", s.Media)
	w.end("Stop")
}

func (w *writer) media(name string, media []Media) {
	if len(media) == 0 {
		w.failf(name, "", "needs a Recording, Transcription or Stream")
	}
	for i, m := range media {
		if m == nil {
			w.failf(name, "", "noun %d is nil", i+1)
			continue
		}
		if s, ok := m.(*Stream); ok && name == "Start" && s.URL == "" && s.ConnectorName == "" {
			w.failf("Stream", "url", "is required to start a stream")
		}
		m.write(w)
	}
}

func (r *Recording) write(w *writer) {
	w.begin("Recording")
	w.absolute("recordingStatusCallback", r.RecordingStatusCallback)
	w.method("recordingStatusCallbackMethod", r.RecordingStatusCallbackMethod)
	list(w, "recordingStatusCallbackEvent", r.RecordingStatusCallbackEvent, "in-progress|completed|absent")
	w.trim(r.Trim)
	w.enum("track", r.Track, "both|inbound|outbound")
	w.enum("channels", r.Channels, "mono|dual")
	w.str("recordingConfigurationId", r.RecordingConfigurationID)
	w.end("Recording")
}

func (t *Transcription) write(w *writer) {
	w.begin("Transcription")
	w.str("name", t.Name)
	w.enum("track", t.Track, mediaTracks)
	w.str("inboundTrackLabel", t.InboundTrackLabel)
	w.str("outboundTrackLabel", t.OutboundTrackLabel)
	w.absolute("statusCallbackUrl", t.StatusCallbackURL)
	w.method("statusCallbackMethod", t.StatusCallbackMethod)
	w.language("languageCode", t.LanguageCode)
	w.enum("transcriptionEngine", t.TranscriptionEngine, "google|deepgram")
	w.str("speechModel", t.SpeechModel)
	w.boolean("partialResults", t.PartialResults)
	w.boolean("profanityFilter", t.ProfanityFilter)
	w.boolean("enableAutomaticPunctuation", t.EnableAutomaticPunctuation)
	w.boolean("enableProviderData", t.EnableProviderData)
	w.str("hints", t.Hints)
	w.str("intelligenceService", t.IntelligenceService)
	w.str("conversationConfiguration", t.ConversationConfiguration)
	w.str("conversationId", t.ConversationID)
	w.parameters("Config", t.Configs)
	w.end("Transcription")
}

func (s *Stream) write(w *writer) {
	w.begin("Stream")
	w.str("name", s.Name)
	w.socket("url", s.URL)
	w.str("connectorName", s.ConnectorName)
	w.enum("track", s.Track, mediaTracks)
	w.address("statusCallback", s.StatusCallback)
	w.method("statusCallbackMethod", s.StatusCallbackMethod)
	w.parameters("Parameter", s.Parameters)
	w.end("Stream")
}
