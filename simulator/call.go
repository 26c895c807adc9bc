package simulator

import (
	"sync"
	"time"
)

// Call statuses. initiated is said in status callbacks only.
const (
	statusQueued     = "queued"
	statusInitiated  = "initiated"
	statusRinging    = "ringing"
	statusInProgress = "in-progress"
	statusCompleted  = "completed"
	statusBusy       = "busy"
	statusFailed     = "failed"
	statusNoAnswer   = "no-answer"
	statusCanceled   = "canceled"
)

// Directions of a call.
const (
	inbound      = "inbound"
	outboundAPI  = "outbound-api"
	outboundDial = "outbound-dial"
)

// Why a leg ends, before the status it ends with is known.
const (
	byPerson   = "person"     // who is on this leg hung up, or declined
	byAPI      = "api"        // REST completed it
	byCancel   = "cancel"     // REST canceled it before it was answered
	byPeer     = "peer"       // the other leg of a Dial is gone
	byDocument = "document"   // the TwiML came to its end
	byTimeout  = "unanswered" // it rang too long
)

// heard is something the person on a leg was told.
type heard struct {
	AtMS     int64  `json:"at_ms"`
	Text     string `json:"text"`
	Language string `json:"language,omitempty"`
}

// call is the record of one leg: what REST and the control API show. It is shared; mu guards the fields below it.
type call struct {
	sid         string
	n           int // in the order in which calls were made, from 1
	accountSID  string
	parent      *call // of a dialed leg
	from, to    string
	direction   string
	number      *number // that was rung, for inbound calls
	created     time.Time
	clock       clock
	pace        float64 // how long speech takes; 0 none
	feed        *feed
	track       *soundtrack
	recordings  *recordings // of the account
	transcripts transcriptions
	leg         *leg
	callbacks   callbacks
	start       func(time.Time) // lets one leave the queue; the queue's

	mu           sync.Mutex
	status       string
	updated      time.Time
	answeredAt   time.Time
	endedAt      time.Time
	answeredBy   string
	callback     statusCallback
	fallbackURL  string
	fallbackVerb string
	waiting      string
	waitingID    int
	heard        []heard
	exchanges    []*exchange
	gone         bool // what happened on it is not kept any more
	requests     int  // webhooks so far
	children     []*call
	caller       *callerView // who answers by themselves; nil: nobody
	placing      placing     // of a call made over REST
}

// statusCallback is where and of what a call's progress is told.
type statusCallback struct {
	url, method string
	events      map[string]bool // initiated, ringing, answered, completed
}

func (c *call) publish(e event) {
	c.feed.add(e, c.created, c.clock.now(), false)
}

// setWaiting publishes what the leg waits for.
func (c *call) setWaiting(what string) {
	c.mu.Lock()
	c.waiting = what
	if what != "" {
		c.waitingID++
	}
	id := c.waitingID
	c.mu.Unlock()
	c.publish(event{Type: "waiting", WaitingFor: &what, WaitingID: id})
}

// hears adds to what the person on the leg was told.
func (c *call) hears(text, language string) {
	h := heard{AtMS: c.clock.now().Sub(c.created).Milliseconds(), Text: text, Language: language}
	c.mu.Lock()
	c.heard = append(c.heard, h)
	c.mu.Unlock()
	c.publish(event{Type: "heard", Text: text, Lang: language})
}

// state gives the status and whether it is final.
func (c *call) state() (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status, !c.endedAt.IsZero()
}

// advance moves an unfinished call to status and tells those who asked to know.
func (c *call) advance(s *Simulator, status string) {
	c.mu.Lock()
	if !c.endedAt.IsZero() {
		c.mu.Unlock()
		return
	}
	c.updated = c.clock.now()
	if status != statusInitiated { // REST goes on saying queued
		c.status = status
	}
	if status == statusInProgress {
		c.answeredAt = c.updated
	}
	c.mu.Unlock()
	c.publish(event{Type: "status", Status: status})
	s.logCall(c, status)
	c.tellParent(status)
	s.tellStatus(c, status)
}

// finish ends the record for the given reason; later ones change nothing.
func (c *call) finish(s *Simulator, reason string) {
	c.mu.Lock()
	if !c.endedAt.IsZero() {
		c.mu.Unlock()
		return
	}
	status := endStatus(c.status, c.direction, reason)
	c.status, c.waiting = status, ""
	c.endedAt = c.clock.now()
	c.updated = c.endedAt
	c.mu.Unlock()
	c.publish(event{Type: "status", Status: status})
	s.logCall(c, status)
	c.tellParent(status)
	s.outgoing.ended(c)
	c.track.stop()
	s.endRecordings(c)
	s.endTranscriptions(c)
	if !c.queued() { // of a call that was canceled in the queue nothing is told
		s.tellStatus(c, status)
	}
	c.feed.add(event{Type: "ended", Status: status}, c.created, c.clock.now(), true)
	s.callEnded(c)
}

// tellParent shows a dialed leg's progress in the feed of the call that dialed it.
func (c *call) tellParent(status string) {
	if c.parent != nil {
		c.parent.publish(event{Type: "child", CallSID: c.sid, Status: status, From: c.from, To: c.to})
	}
}

// endStatus is the status that a call in the given status ends with.
func endStatus(status, direction, reason string) string {
	switch {
	case status == statusInProgress || reason == byAPI:
		return statusCompleted
	case reason == byCancel || reason == byPeer:
		return statusCanceled
	case reason == byPerson && direction != inbound:
		return statusBusy // declined
	case reason == statusBusy || reason == statusFailed:
		return reason
	}
	return statusNoAnswer
}

// seconds is how long the call lasted since it was answered, or lasts by now.
func (c *call) seconds() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answeredAt.IsZero() {
		return 0
	}
	end := c.endedAt
	if end.IsZero() {
		end = c.clock.now()
	}
	return int(end.Sub(c.answeredAt).Round(time.Second) / time.Second)
}
