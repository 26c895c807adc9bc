package simulator

import (
	"strings"
	"time"
)

// maxParticipants is how many can be in a conference.
const maxParticipants = 250

// conferenceIn is the conference that a Dial leads to; nil for none.
func conferenceIn(dial *element) *element {
	for _, noun := range dial.children {
		if noun.name == "Conference" {
			return noun
		}
	}
	return nil
}

// confer lets the person talk with the others in a conference until they hang up, press star if that is to end it,
// are sent elsewhere, or the conference ends. There is no music while they wait for the second one.
func (l *leg) confer(dial, noun *element) next {
	name := noun.words()
	if name == "" {
		l.note(13215, "<Conference> has no name")
		return goOn
	}
	p := &participant{
		leg: l, muted: noun.boolean(l, "muted", false), starts: noun.boolean(l, "startConferenceOnEnter", true),
		ends: noun.boolean(l, "endConferenceOnExit", false), label: noun.attr("participantLabel"),
	}
	most := noun.integer(l, "maxParticipants", maxParticipants, 2)
	rooms := &l.sim.conferences
	rooms.mu.Lock()
	room := rooms.open(name, func() *conference { return l.openConference(name, noun) })
	no := rooms.enter(l.sim, room, p, min(most, maxParticipants))
	rooms.mu.Unlock()
	if no != nil {
		l.note(no.code, "<Conference>: "+no.text)
		return goOn
	}
	l.expect("conference")
	star := dial.boolean(l, "hangupOnStar", false)
	l.block(time.Duration(dial.integer(l, "timeLimit", 14400, 1))*time.Second, func() bool {
		pressed := false
		for _, k := range l.keys {
			pressed = pressed || k.key == '*'
		}
		l.keys = nil
		return p.out || star && pressed
	})
	rooms.exit(l.sim, room, p)
	if dial.attr("action") == "" {
		return goOn
	}
	return l.action(dial, map[string]string{"DialCallStatus": "answered"})
}

// openConference begins a conference as its first participant wants it: only their settings count.
func (l *leg) openConference(name string, noun *element) *conference {
	now := l.now()
	c := &conference{
		sid: l.sim.ids.sid("CF"), name: name, created: now, updated: now, first: l.call, track: newSoundtrack(l.sim.clock, now),
	}
	if target, ok := l.resolve(noun.attr("statusCallback")); ok && noun.attr("statusCallback") != "" {
		c.callback = statusCallback{
			url: target, method: noun.attr("statusCallbackMethod"), events: callbackEvents([]string{noun.attr("statusCallbackEvent")}),
		}
	}
	switch how := strings.TrimSpace(noun.attr("record")); how {
	case "record-from-start", "true":
		plan := l.recordingPlan(noun, sourceConference, 1)
		c.plan = &plan
	case "", "do-not-record", "false":
	default:
		l.note(12200, "<Conference record> is "+how+"; record-from-start or do-not-record is meant")
	}
	return c
}
