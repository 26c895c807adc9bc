package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxDialed is how many legs one Dial may ring (Twilio's limit).
const maxDialed = 10

// childNews is what a dialed leg tells the leg that dialed it.
type childNews struct {
	call   *call
	joined bool // it may be connected now; otherwise it is gone
}

// dialing is a Dial while it runs.
type dialing struct {
	leg     *leg
	el      *element
	nouns   []*element
	from    string
	timeout time.Duration
	ringing []*call // dialed and not gone
	bridged *call
	last    *call  // the leg whose end decides the result when none was connected
	status  string // DialCallStatus
	rec     string // the recording that is being made; "" for none
}

// verbDial rings other legs and connects the caller with the first one that answers.
func verbDial(l *leg, el *element) next {
	d := &dialing{leg: l, el: el, from: el.attrOr("callerId", l.call.from), status: statusFailed}
	if l.call.direction != inbound {
		d.from = el.attrOr("callerId", l.call.to)
	}
	if l.call.parent != nil {
		l.note(13201, "<Dial> is not allowed on a leg that was dialed itself")
		return hangUp
	}
	if room := conferenceIn(el); room != nil {
		return l.confer(el, room)
	}
	d.timeout = time.Duration(el.integer(l, "timeout", 30, 1)) * time.Second
	d.readNouns()
	l.expect("dial")
	defer l.lacksPatience()()
	d.record("record-from-ringing")
	d.ringAll()
	if d.bridged != nil {
		d.connect()
	}
	if d.rec != "" {
		l.sim.endRecording(l.call, d.rec, l.call.track.mark())
	}
	d.dropAll(byPeer)
	if el.attr("action") == "" {
		return goOn
	}
	return l.action(el, d.params())
}

// readNouns collects whom to ring; what is not simulated is said in the log.
func (d *dialing) readNouns() {
	if to := strings.TrimSpace(d.el.own); to != "" {
		d.nouns = append(d.nouns, &element{name: "Number", own: to, text: to})
	}
	for _, noun := range d.el.children {
		switch noun.name {
		case "Number", "Client", "Sip":
			d.nouns = append(d.nouns, noun)
		default:
			d.leg.note(0, fmt.Sprintf("<Dial><%s> is not simulated; nobody answers there", noun.name))
		}
	}
	if len(d.nouns) > maxDialed {
		d.leg.note(13215, fmt.Sprintf("<Dial> rings %d at most; the others are left out", maxDialed))
		d.nouns = d.nouns[:maxDialed]
	}
}

// ringAll rings everybody at once, or one after the other when the Dial is sequential, until one leg has joined.
func (d *dialing) ringAll() {
	rounds := [][]*element{d.nouns}
	if d.el.boolean(d.leg, "sequential", false) {
		rounds = nil
		for _, noun := range d.nouns {
			rounds = append(rounds, []*element{noun})
		}
	}
	for _, nouns := range rounds {
		if d.bridged != nil || d.leg.over() {
			return
		}
		d.ringRound(nouns)
	}
}

func (d *dialing) ringRound(nouns []*element) {
	for _, noun := range nouns {
		if c := d.begin(noun); c != nil {
			d.ringing = append(d.ringing, c)
		}
	}
	l := d.leg
	ranOut := l.block(d.timeout, func() bool {
		d.readNews()
		return d.bridged != nil || len(d.ringing) == 0 || l.silent
	})
	switch {
	case d.bridged != nil:
		d.drop(byPeer, func(c *call) bool { return c != d.bridged })
	case ranOut || l.silent:
		d.status, l.silent = statusNoAnswer, false
		d.drop(byTimeout, func(*call) bool { return true })
	case l.over():
		d.status = statusCanceled
	}
}

// readNews notes what the dialed legs have told.
func (d *dialing) readNews() {
	for _, n := range d.leg.news {
		if n.joined {
			if d.bridged == nil {
				d.bridged, d.last = n.call, n.call
			}
			continue
		}
		for i, c := range d.ringing {
			if c == n.call {
				d.ringing = append(d.ringing[:i:i], d.ringing[i+1:]...)
				break
			}
		}
		if d.bridged == nil || d.bridged == n.call {
			d.last = n.call
			d.status, _ = n.call.state()
		}
	}
	d.leg.news = nil
}

// connect lets the two talk until one of them hangs up, the time limit is reached or the caller presses star.
func (d *dialing) connect() {
	l := d.leg
	if status, _ := l.call.state(); status == statusRinging {
		l.call.advance(l.sim, statusInProgress)
	}
	l.call.track.connect(d.bridged.track)
	defer l.call.track.part()
	d.record("record-from-answer")
	star := d.el.boolean(l, "hangupOnStar", false)
	limit := time.Duration(d.el.integer(l, "timeLimit", 14400, 1)) * time.Second
	l.block(limit, func() bool {
		d.readNews()
		pressed := false
		for _, k := range l.keys {
			pressed = pressed || k.key == '*'
		}
		l.keys = nil
		return len(d.ringing) == 0 || star && pressed
	})
	d.status = statusCompleted
}

// record begins the recording that the Dial asks for, if it asks for one from this moment on.
func (d *dialing) record(moment string) {
	how := d.el.attr("record")
	if how == "true" {
		how = "record-from-answer"
	}
	if strings.TrimSuffix(how, "-dual") != moment {
		return
	}
	plan := d.leg.recordingPlan(d.el, sourceDial, 1)
	plan.track = d.el.attr("recordingTrack")
	if strings.HasSuffix(how, "-dual") {
		plan.channels = 2
	}
	d.rec = d.leg.sim.startRecording(d.leg.call, plan).sid
}

// drop hangs up the dialed legs that match.
func (d *dialing) drop(reason string, match func(*call) bool) {
	for _, c := range d.ringing {
		if match(c) {
			c.leg.mail.post(message{hangup: reason})
		}
	}
}

func (d *dialing) dropAll(reason string) { d.drop(reason, func(*call) bool { return true }) }

// params tell the action how the Dial went.
func (d *dialing) params() map[string]string {
	p := map[string]string{"DialCallStatus": d.status, "DialBridged": strconv.FormatBool(d.bridged != nil)}
	if d.last != nil {
		p["DialCallSid"] = d.last.sid
	} else if len(d.ringing) > 0 {
		p["DialCallSid"] = d.ringing[0].sid
	}
	if d.bridged != nil {
		p["DialCallDuration"] = strconv.Itoa(d.bridged.seconds())
		for _, r := range d.leg.sim.recordings.of(d.leg.call.sid) {
			if r.source == sourceDial && !r.ended.IsZero() {
				p["RecordingUrl"] = d.leg.sim.recordingFields(r)["RecordingUrl"]
				break
			}
		}
	}
	return p
}
