package simulator

import (
	"slices"
	"strconv"
	"sync"
	"time"
)

// Why a conference ended, as Twilio names it.
const (
	endedByREST   = "conference-ended-via-api"
	endedByLast   = "last-participant-left"
	endedByMember = "participant-with-end-conference-on-exit-left"
)

// conference is a room in which legs talk: https://www.twilio.com/docs/voice/twiml/conference
// What does not change is above the lines that the mutex of conferences guards.
type conference struct {
	sid, name string
	created   time.Time
	first     *call       // who opened it: its callbacks are told in the order of that call's
	track     *soundtrack // what is said in it
	callback  statusCallback
	plan      *recordingPlan // nil: it is not recorded

	members []*participant
	started bool
	updated time.Time
	seq     int // of the last callback
	ended   time.Time
	reason  string // why it ended
	endedBy string // the call that did it
}

// participant is a leg in a conference.
type participant struct {
	leg    *leg
	muted  bool
	starts bool // the conference does not begin without one like this
	ends   bool // it ends when this one leaves
	label  string
	out    bool // the conference is over; touched on the leg's goroutine only
}

// conferences are all that there were, the newest last.
type conferences struct {
	mu  sync.Mutex
	all []*conference
}

// status is how REST names the conference's state. mu is held.
func (c *conference) status() string {
	switch {
	case !c.ended.IsZero():
		return statusCompleted
	case c.started:
		return statusInProgress
	}
	return "init"
}

// find gives the conference with a SID.
func (cs *conferences) find(sid string) *conference {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for _, c := range cs.all {
		if c.sid == sid {
			return c
		}
	}
	return nil
}

// open gives the conference of that name that goes on, or begins one as opening says. mu is held.
func (cs *conferences) open(name string, opening func() *conference) *conference {
	for _, c := range cs.all {
		if c.name == name && c.ended.IsZero() {
			return c
		}
	}
	c := opening()
	cs.all = append(cs.all, c)
	return c
}

// enter lets a leg into a conference; it says why not, with a code. The conference begins with the second of them.
func (cs *conferences) enter(s *Simulator, c *conference, p *participant, most int) *refusal {
	if len(c.members) >= most {
		return &refusal{0, "the conference is full"}
	}
	if p.label != "" && slices.ContainsFunc(c.members, func(m *participant) bool { return m.label == p.label }) {
		return &refusal{16025, "participantLabel " + p.label + " is taken"}
	}
	c.members = append(c.members, p)
	c.updated = s.clock.now()
	c.track.admit(p.leg.call.track, !p.muted)
	starts := slices.ContainsFunc(c.members, func(m *participant) bool { return m.starts })
	if begins := !c.started && starts && len(c.members) > 1; begins {
		c.started = true
		c.tell(s, "conference-start", nil, nil)
		c.record(s)
	}
	c.tell(s, "participant-join", p, nil)
	return nil
}

// record begins the recording that was asked for. mu is held.
func (c *conference) record(s *Simulator) {
	if c.plan != nil {
		s.beginRecording(c.first, recording{recordingPlan: *c.plan, call: c.first.sid, conference: c.sid, on: c.track})
	}
}

// exit takes a leg out, and ends the conference with the last one, or with one that it cannot go on without.
func (cs *conferences) exit(s *Simulator, c *conference, p *participant) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	i := slices.Index(c.members, p)
	if i < 0 { // it was over before
		return
	}
	c.members = slices.Delete(c.members, i, i+1)
	c.updated = s.clock.now()
	c.track.dismiss(p.leg.call.track)
	status, _ := p.leg.call.state()
	c.tell(s, "participant-leave", p, map[string]string{"ParticipantCallStatus": status})
	switch {
	case p.ends:
		c.end(s, endedByMember, p.leg.call.sid)
	case len(c.members) == 0:
		c.end(s, endedByLast, p.leg.call.sid)
	}
}

// end ends a conference for everybody in it. mu is held.
func (c *conference) end(s *Simulator, reason, by string) {
	if !c.ended.IsZero() {
		return
	}
	for _, m := range c.members {
		c.track.dismiss(m.leg.call.track)
		m.leg.mail.post(message{done: func() { m.out = true }})
	}
	c.members = nil
	c.ended, c.reason, c.endedBy = s.clock.now(), reason, by
	c.updated = c.ended
	c.track.stop()
	for _, r := range s.recordings.running(c.sid) {
		s.endRecording(c.first, r.sid, c.track.mark())
	}
	c.track.forget() // what was recorded has been taken from it
	c.tell(s, "conference-end", nil, map[string]string{
		"ReasonConferenceEnded": reason, "Reason": reason, "CallSidEndingConference": by,
	})
}

// tell posts a status callback to whom the first participant has named. mu is held.
func (c *conference) tell(s *Simulator, what string, p *participant, more map[string]string) {
	kind := map[string]string{"conference-start": "start", "conference-end": "end", "participant-join": "join", "participant-leave": "leave"}[what]
	if c.callback.url == "" || !c.callback.events[kind] {
		return
	}
	c.seq++
	params := map[string]string{
		"AccountSid": c.first.accountSID, "ConferenceSid": c.sid, "FriendlyName": c.name, "StatusCallbackEvent": what,
		"SequenceNumber": strconv.Itoa(c.seq), "Timestamp": s.clock.now().UTC().Format(rfc2822),
	}
	if p != nil {
		params["CallSid"], params["Muted"], params["Hold"], params["Coaching"] = p.leg.call.sid, strconv.FormatBool(p.muted), "false", "false"
		params["StartConferenceOnEnter"], params["EndConferenceOnExit"] = strconv.FormatBool(p.starts), strconv.FormatBool(p.ends)
		if p.label != "" {
			params["ParticipantLabel"] = p.label
		}
	}
	for name, value := range more {
		if value != "" {
			params[name] = value
		}
	}
	s.notify(c.first, callback{purpose: "conference", url: c.callback.url, method: c.callback.method, params: params, bare: true})
}
