package simulator

import (
	"fmt"
	"time"
)

// maxDocuments is how many documents one call may run. Twilio names no limit; a loop must end here somehow.
const maxDocuments = 1000

// live runs a leg from its first to its last moment.
func (l *leg) live(run func(*leg)) {
	run(l)
	l.expect("")
	if !l.hungUp {
		l.hangUpNow(byDocument)
	}
	l.awaitGateway()
	for _, m := range l.mail.close() {
		if m.ack != nil {
			m.ack.ignored += len(m.keys)
		}
		m.ack.settle()
		l.sim.busy.done()
	}
	if len(l.payments) == 0 { // nobody asks for anything that these are needed for
		l.doc, l.jar, l.news, l.practice, l.member = nil, nil, nil, nil, nil
	}
}

// follow runs documents one after the other, beginning with the one at to, until the call is over.
func (l *leg) follow(to *destination, purpose string) {
	for to != nil && !l.hungUp {
		doc := l.load(*to, purpose)
		to, purpose = nil, "action"
		if doc != nil {
			l.doc = doc
			to = l.execute(doc)
		}
		if l.redirect != nil {
			to, purpose = l.redirect, "redirect"
			l.redirect = nil
		}
	}
}

// execute runs the verbs of a document and says which document comes after it, if any.
func (l *leg) execute(doc *document) *destination {
	for _, w := range doc.warnings {
		l.note(w.code, w.text)
	}
	for _, el := range doc.verbs {
		l.pickUp(el)
		n := l.perform(el)
		if n.to != nil && l.over() { // asked for all the same; the answer changes nothing
			l.requestOnly(*n.to)
		}
		if l.over() {
			return nil
		}
		if n.end || n.to != nil {
			return n.to
		}
	}
	return nil
}

// perform runs one verb and takes the keys away from it afterwards.
func (l *leg) perform(el *element) next {
	defer func() {
		l.private(false)
		l.expect("")
	}()
	return verbNamed(el.name)(l, el)
}

// pickUp answers a ringing inbound call before the first verb that needs it to be answered.
func (l *leg) pickUp(el *element) {
	status, _ := l.call.state()
	if l.call.direction != inbound || status != statusRinging {
		return
	}
	switch el.name {
	case "Reject", "Pause", "Redirect":
		return
	case "Dial":
		if el.attr("answerOnBridge") == "true" {
			return
		}
	}
	l.call.advance(l.sim, statusInProgress)
}

// ring lets an outbound leg ring for at most d; it reports whether somebody answered.
func (l *leg) ring(d time.Duration) bool {
	l.call.advance(l.sim, statusInitiated)
	l.call.advance(l.sim, statusRinging)
	if l.block(d, func() bool { return l.answered != "" }) {
		l.hangUpNow(byTimeout)
	}
	return !l.over()
}

// applicationError is what a caller hears when the application cannot be reached and there is no fallback.
const applicationError = "We are sorry, an application error has occurred. Goodbye."

// fail tells the caller that the application is broken, and ends the call.
func (l *leg) fail(code int, text string) {
	l.note(code, text)
	if status, _ := l.call.state(); l.call.direction == inbound && status == statusRinging {
		l.call.advance(l.sim, statusInProgress)
	}
	l.say(applicationError, "en-US", false)
	l.hangUpNow(byDocument)
}

// tooMany reports whether the call has run more documents than it may.
func (l *leg) tooMany() bool {
	l.fetched++
	if l.fetched <= maxDocuments {
		return false
	}
	l.fail(11200, fmt.Sprintf("the call ran more than %d documents; the simulator ends it here", maxDocuments))
	return true
}
