package simulator

import (
	"strconv"
	"strings"
	"time"
)

// outboundCall is what a call created over REST asks for.
type outboundCall struct {
	first     destination
	timeout   time.Duration
	timeLimit time.Duration // 0 is none
	digits    string        // SendDigits
	record    bool
	recording recordingPlan // of record
	amd       detection
}

// callOut is the life of a leg that was created over REST.
func (l *leg) callOut(o outboundCall) {
	if l.meet(); !l.reach(o.timeout) {
		return
	}
	l.call.advance(l.sim, statusInProgress)
	if o.timeLimit > 0 {
		defer l.sim.clock.after(o.timeLimit, func() { l.mail.post(message{hangup: byAPI}) })()
	}
	l.pickedUp()
	if o.record {
		l.sim.startRecording(l.call, o.recording)
	}
	l.playKeys(o.digits, false)
	if o.amd.mode != "" {
		l.detect(o.amd, &o.first)
	}
	l.follow(&o.first, "voice")
}

// reach lets the other end ring for at most d; it reports whether somebody answered.
func (l *leg) reach(d time.Duration) bool {
	if l.member == nil {
		l.answered = l.sim.autoReply
		return l.ring(d)
	}
	return l.ringMember(d)
}

// detect finds out who answered: before the first document is asked for, or beside the call.
func (l *leg) detect(d detection, first *destination) {
	by, took := d.verdict(l.answered)
	found := map[string]string{"AnsweredBy": by, "MachineDetectionDuration": strconv.FormatInt(took.Milliseconds(), 10)}
	if d.async == nil {
		if l.listen(took, false) {
			l.call.detected(by)
			first.params = found
		}
		return
	}
	cb := *d.async
	cb.params = found
	tell := func() {
		if !l.hungUp {
			l.call.detected(by)
			l.notify(cb)
		}
	}
	if wait := l.paced(took); wait > 0 {
		l.sim.clock.after(wait, func() { l.mail.post(message{done: tell}) })
		return
	}
	tell()
}

// limit ends an answered call when it has lasted for d, if it has not ended before.
func (l *leg) limit(d time.Duration) {
	l.call.mu.Lock()
	answered := l.call.answeredAt
	l.call.mu.Unlock()
	if !answered.IsZero() {
		l.sim.clock.after(max(0, answered.Add(d).Sub(l.now())), func() { l.mail.post(message{hangup: byAPI}) })
	}
}

// detected notes who answered.
func (c *call) detected(by string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answeredBy = by
}

// validSendDigits reports whether s can be dialed after the call is answered.
func validSendDigits(s string) bool {
	return len(s) <= 32 && strings.Trim(s, "0123456789ABCD#*wW") == ""
}
