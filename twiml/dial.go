package twiml

import "strings"

// Event is a moment a status callback is asked for.
type Event string

// The moments of a leg, and those of a conference.
const (
	EventInitiated Event = "initiated"
	EventRinging   Event = "ringing"
	EventAnswered  Event = "answered"
	EventCompleted Event = "completed"

	EventStart        Event = "start"
	EventEnd          Event = "end"
	EventJoin         Event = "join"
	EventLeave        Event = "leave"
	EventMute         Event = "mute"
	EventHold         Event = "hold"
	EventModify       Event = "modify"
	EventSpeaker      Event = "speaker"
	EventAnnouncement Event = "announcement"
)

// Dial connects the caller to somebody. Number is a bare phone number; otherwise Targets, of which up to ten ring
// at once (or one after another when Sequential is True). With Action, later verbs are never reached.
type Dial struct {
	Action                        string
	Method                        Method
	Timeout                       int // seconds to ring, 5 to 600; default 30
	HangupOnStar                  Bool
	TimeLimit                     int // seconds
	CallerID                      string
	AnswerOnBridge                Bool
	RingTone                      string // automatic, or a country code
	Record                        string // do-not-record, record-from-answer(-dual), record-from-ringing(-dual)
	Trim                          Trim
	RecordingTrack                string // both, inbound, outbound
	RecordingStatusCallback       string
	RecordingStatusCallbackMethod Method
	RecordingStatusCallbackEvent  []RecordingEvent
	RecordingConfigurationID      string
	Sequential                    Bool
	ReferURL                      string
	ReferMethod                   Method
	CallReason                    string // at most 50 characters
	Events                        string
	Number                        string
	Targets                       []Target
}

// Target is somebody to dial: *Number, *Client, *Conference, *Sip or *Queue.
type Target interface {
	element
	target()
}

// Leg is what every dialled leg may have: a whisper before it is connected, and status callbacks.
type Leg struct {
	URL                  string // TwiML run for the one who answers, before the two are connected
	Method               Method
	StatusCallback       string
	StatusCallbackMethod Method
	StatusCallbackEvent  []Event // initiated, ringing, answered, completed
}

// AMD is answering machine detection on a dialled leg.
type AMD struct {
	MachineDetection                   string // Enable, DetectMessageEnd
	AMDStatusCallback                  string
	AMDStatusCallbackMethod            Method
	MachineDetectionTimeout            int // seconds
	MachineDetectionSpeechThreshold    int // milliseconds, 1000 to 6000
	MachineDetectionSpeechEndThreshold int // milliseconds, 500 to 5000
	MachineDetectionSilenceTimeout     int // milliseconds, 2000 to 10000
}

// Number dials a phone number.
type Number struct {
	Leg
	AMD
	SendDigits  string // keys pressed once it answers; w waits half a second
	BYOC        string
	PhoneNumber string
}

// Client dials somebody in a browser or an app. With Parameters the identity is written as its own element.
type Client struct {
	Leg
	Identity   string
	Parameters []Parameter
}

// Sip dials a SIP address.
type Sip struct {
	Leg
	AMD
	Username string
	Password string
	URI      string // sip:...
}

// Queue takes the next caller from a queue.
type Queue struct {
	URL                 string
	Method              Method
	ReservationSID      string
	PostWorkActivitySID string
	Name                string
}

// Conference puts the caller into a conference room.
type Conference struct {
	Muted                         Bool
	Beep                          string // true, false, onEnter, onExit
	StartConferenceOnEnter        Bool
	EndConferenceOnExit           Bool
	ParticipantLabel              string // at most 128 characters
	WaitURL                       string // Empty: silence
	WaitMethod                    Method
	MaxParticipants               int    // 2 to 250
	Record                        string // do-not-record, record-from-start
	Trim                          Trim
	Region                        string
	Coach                         string // CallSid to coach
	JitterBufferSize              string // large, medium, small, off
	StatusCallback                string
	StatusCallbackMethod          Method
	StatusCallbackEvent           []Event // start, end, join, leave, mute, hold, modify, speaker, announcement
	RecordingStatusCallback       string
	RecordingStatusCallbackMethod Method
	RecordingStatusCallbackEvent  []RecordingEvent
	RecordingConfigurationID      string
	EventCallbackURL              string
	Name                          string
}

// Refer hands a SIP call over to another SIP address.
type Refer struct {
	Action string
	Method Method
	URI    string // sip:...
}

const (
	legEvents        = "initiated|ringing|answered|completed"
	conferenceEvents = "start|end|join|leave|mute|hold|modify|speaker|announcement"
	ringTones        = "automatic|at|au|bg|br|be|ch|cl|cn|cz|de|dk|ee|es|fi|fr|gr|hu|il|in|it|lt|jp|mx|my|nl|no|nz|" +
		"ph|pl|pt|ru|se|sg|th|uk|us|us-old|tw|ve|za"
	maxTargets = 10
	day        = 86400 // seconds
)

func (*Dial) verb()         {}
func (*Number) target()     {}
func (*Client) target()     {}
func (*Conference) target() {}
func (*Sip) target()        {}
func (*Queue) target()      {}

func (d *Dial) write(w *writer) {
	w.begin("Dial")
	w.address("action", d.Action)
	w.method("method", d.Method)
	w.integer("timeout", d.Timeout, 5, 600)
	w.boolean("hangupOnStar", d.HangupOnStar)
	w.integer("timeLimit", d.TimeLimit, 1, day)
	w.str("callerId", d.CallerID)
	w.boolean("answerOnBridge", d.AnswerOnBridge)
	w.enum("ringTone", d.RingTone, ringTones)
	w.enum("record", d.Record, "do-not-record|record-from-answer|record-from-ringing|"+
		"record-from-answer-dual|record-from-ringing-dual|true|false")
	w.trim(d.Trim)
	w.enum("recordingTrack", d.RecordingTrack, "both|inbound|outbound")
	w.recordingCallback(d.RecordingStatusCallback, d.RecordingStatusCallbackMethod, d.RecordingStatusCallbackEvent)
	w.str("recordingConfigurationId", d.RecordingConfigurationID)
	w.boolean("sequential", d.Sequential)
	w.address("referUrl", d.ReferURL)
	w.method("referMethod", d.ReferMethod)
	w.limited("callReason", d.CallReason, 50)
	w.enum("events", d.Events, "call-progress-event")
	d.writeTargets(w)
	w.end("Dial")
}

func (d *Dial) writeTargets(w *writer) {
	switch {
	case d.Number == "" && len(d.Targets) == 0, d.Number != "" && len(d.Targets) > 0:
		w.failf("Dial", "", "needs either Number or Targets")
	case len(d.Targets) > maxTargets:
		w.failf("Dial", "", "has %d targets; Twilio dials at most %d", len(d.Targets), maxTargets)
	}
	w.text(d.Number)
	for i, t := range d.Targets {
		switch t.(type) {
		case nil:
			w.failf("Dial", "", "target %d is nil", i+1)
			continue
		case *Conference, *Queue:
			if len(d.Targets) > 1 {
				w.failf("Dial", "", "a Conference or Queue must be the only target")
			}
		}
		t.write(w)
	}
}

func (w *writer) leg(l *Leg) {
	w.address("url", l.URL)
	w.method("method", l.Method)
	w.address("statusCallback", l.StatusCallback)
	w.method("statusCallbackMethod", l.StatusCallbackMethod)
	list(w, "statusCallbackEvent", l.StatusCallbackEvent, legEvents)
}

func (w *writer) amd(a *AMD) {
	w.enum("machineDetection", a.MachineDetection, "Enable|DetectMessageEnd")
	w.address("amdStatusCallback", a.AMDStatusCallback)
	w.method("amdStatusCallbackMethod", a.AMDStatusCallbackMethod)
	w.integer("machineDetectionTimeout", a.MachineDetectionTimeout, 3, 120)
	w.integer("machineDetectionSpeechThreshold", a.MachineDetectionSpeechThreshold, 1000, 6000)
	w.integer("machineDetectionSpeechEndThreshold", a.MachineDetectionSpeechEndThreshold, 500, 5000)
	w.integer("machineDetectionSilenceTimeout", a.MachineDetectionSilenceTimeout, 2000, 10000)
}

func (n *Number) write(w *writer) {
	w.begin("Number")
	w.chars("sendDigits", n.SendDigits, "0123456789ABCDabcd*#wW", 32)
	w.leg(&n.Leg)
	w.amd(&n.AMD)
	w.str("byoc", n.BYOC)
	w.content("Number", n.PhoneNumber)
}

func (c *Client) write(w *writer) {
	w.begin("Client")
	w.leg(&c.Leg)
	if len(c.Parameters) == 0 {
		w.content("Client", c.Identity)
		return
	}
	w.begin("Identity")
	w.content("Identity", c.Identity)
	w.parameters("Parameter", c.Parameters)
	w.end("Client")
}

func (s *Sip) write(w *writer) {
	w.begin("Sip")
	w.str("username", s.Username)
	w.str("password", s.Password)
	w.leg(&s.Leg)
	w.amd(&s.AMD)
	w.sipURI("Sip", s.URI)
}

// sipURI writes the one required text of an element, a SIP address, and ends it.
func (w *writer) sipURI(name, uri string) {
	if uri != "" && !strings.HasPrefix(uri, "sip:") && !strings.HasPrefix(uri, "sips:") {
		w.failf(name, "", "%s is not allowed; allowed: a sip: or sips: address", quote(uri))
	}
	w.content(name, uri)
}

func (q *Queue) write(w *writer) {
	w.begin("Queue")
	w.address("url", q.URL)
	w.method("method", q.Method)
	w.str("reservationSid", q.ReservationSID)
	w.str("postWorkActivitySid", q.PostWorkActivitySID)
	if q.Name == "" && q.ReservationSID == "" {
		w.failf("Queue", "", "needs Name or ReservationSID")
	}
	w.text(q.Name)
	w.end("Queue")
}

func (c *Conference) write(w *writer) {
	w.begin("Conference")
	w.boolean("muted", c.Muted)
	w.enum("beep", c.Beep, "true|false|onEnter|onExit")
	w.boolean("startConferenceOnEnter", c.StartConferenceOnEnter)
	w.boolean("endConferenceOnExit", c.EndConferenceOnExit)
	w.limited("participantLabel", c.ParticipantLabel, 128)
	w.address("waitUrl", c.WaitURL)
	w.method("waitMethod", c.WaitMethod)
	w.integer("maxParticipants", c.MaxParticipants, 2, 250)
	w.enum("record", c.Record, "do-not-record|record-from-start|true|false")
	w.trim(c.Trim)
	w.enum("region", c.Region, "us1|us2|ie1|de1|sg1|br1|au1|jp1")
	w.str("coach", c.Coach)
	w.enum("jitterBufferSize", c.JitterBufferSize, "large|medium|small|off")
	w.address("statusCallback", c.StatusCallback)
	w.method("statusCallbackMethod", c.StatusCallbackMethod)
	list(w, "statusCallbackEvent", c.StatusCallbackEvent, conferenceEvents)
	w.recordingCallback(c.RecordingStatusCallback, c.RecordingStatusCallbackMethod, c.RecordingStatusCallbackEvent)
	w.str("recordingConfigurationId", c.RecordingConfigurationID)
	w.address("eventCallbackUrl", c.EventCallbackURL)
	w.content("Conference", c.Name)
}

func (*Refer) verb() {}

func (r *Refer) write(w *writer) {
	w.begin("Refer")
	w.address("action", r.Action)
	w.method("method", r.Method)
	w.begin("Sip")
	w.sipURI("Sip", r.URI)
	w.end("Refer")
}
