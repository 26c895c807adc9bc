package simulator

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// wake says why a wait ended.
type wake int

// Why a wait ended.
const (
	gotKey wake = iota
	timedOut
	wasHungUp
	wasRedirected
)

// leg is the goroutine that executes a call: it owns every field below that is not a pointer to something
// shared, and nobody else touches them. What happens to it comes through the mailbox.
type leg struct {
	sim  *Simulator
	call *call
	mail *mailbox
	jar  http.CookieJar
	ctx  context.Context // ends with the simulator

	doc      *document
	fetched  int // documents so far, against maxDocuments
	hungUp   bool
	redirect *destination // REST sent the call elsewhere; the running verb has to stop
	answered string       // human, machine or fax; "" until answered
	news     []childNews  // of the legs that this one dialed, oldest first

	expecting string      // what keys are for; "" when nobody listens
	shown     bool        // expecting has been published as waiting_for
	masked    bool        // keys belong to a Pay
	payments  []*assisted // opened over REST; only the last can be open
	practice  *practice   // the caller answers an agent by themselves; nil: they do not
	keys      []keyPress  // pressed, not yet used
	silent    bool        // the person lets the running wait pass
	unsettled []*ack      // senders who wait for their keys to be used
	ticks     int         // numbers the timers of this leg
	fired     int         // the last of them that went off
	closing   <-chan struct{}
	relay     *relaying // the ConversationRelay that runs
	member    *member   // of the crowd, who is on this leg; nil: somebody else

	afterwards sync.Mutex // guards payments when the goroutine has ended
}

// keyPress is one key, with its sender.
type keyPress struct {
	key byte
	ack *ack
}

func newLeg(s *Simulator, c *call) *leg {
	l := &leg{sim: s, call: c, mail: newMailbox(&s.busy), ctx: s.ctx, closing: s.ctx.Done(), jar: newJar()}
	c.leg = l
	return l
}

// over reports whether the call was hung up or sent to another document: the running verb should return.
func (l *leg) over() bool { return l.hungUp || l.redirect != nil }

func (l *leg) now() time.Time { return l.sim.clock.now() }

// expect says what keys are for from now on; "" means that nobody listens, and drops what was not used.
func (l *leg) expect(what string) {
	if l.shown && l.expecting != what {
		l.showWaiting("")
	}
	l.expecting, l.shown = what, false
	if l.member != nil {
		l.member.question++
	}
	if what == "" {
		for _, k := range l.keys {
			if !k.ack.settled {
				k.ack.taken--
				k.ack.ignored++
			}
		}
		l.keys, l.silent = nil, false
		l.settle()
		return
	}
	if l.call.pace > 0 { // keys may be pressed into the prompt, so say at once that they are wanted
		l.show()
	}
}

// show publishes what the leg waits for. Without pace that happens when it really waits, so that a script
// cannot press a key before the prompts were said.
func (l *leg) show() {
	if l.expecting != "" && !l.shown {
		l.shown = true
		l.showWaiting(l.expecting)
	}
}

// private masks keys in events and the webhook log while on.
func (l *leg) private(on bool) { l.masked = on }

// waitKey gives the next key, from a barge-in or new, waiting for it at most d (for ever when d < 0).
func (l *leg) waitKey(d time.Duration) (byte, wake) {
	l.consult(d)
	l.block(d, func() bool { return len(l.keys) > 0 || l.silent })
	switch {
	case l.hungUp:
		return 0, wasHungUp
	case l.redirect != nil:
		return 0, wasRedirected
	case len(l.keys) > 0:
		k := l.keys[0]
		l.keys = l.keys[1:]
		return k.key, gotKey
	}
	l.silent = false
	return 0, timedOut
}

// block handles what happens to the leg until stop says so, the call is over, or d has passed (d < 0: no limit).
// It reports whether time ran out.
func (l *leg) block(d time.Duration, stop func() bool) bool {
	if l.over() || stop() {
		return false
	}
	id := 0
	if d >= 0 {
		l.ticks++
		id = l.ticks
		defer l.sim.clock.after(d, func() { l.mail.post(message{tick: id}) })()
	}
	ranOut := func() bool { return id > 0 && l.fired == id }
	l.blockUntil(func() bool { return l.over() || stop() || ranOut() })
	return ranOut() && !l.over() && !stop()
}

// blockUntil handles messages, one at a time, until stop.
func (l *leg) blockUntil(stop func() bool) {
	for !stop() {
		m, ok := l.mail.take()
		if !ok {
			l.rest()
			continue
		}
		l.handle(m)
		l.sim.busy.done()
	}
}

// rest waits for the next message. Whoever sent keys is told first that they were used.
func (l *leg) rest() {
	l.show()
	l.settle()
	l.sim.busy.done()
	select {
	case <-l.mail.ready:
	case <-l.closing:
		l.closing = nil
		l.hungUp = true
	}
	l.sim.busy.add()
}

// handle notes one message. Verbs look at what it changed.
func (l *leg) handle(m message) {
	switch {
	case m.keys != "":
		l.press(m.keys, m.ack)
		return
	case m.silence:
		l.beSilent(m.ack)
		return
	case m.hangup != "":
		l.hangUpNow(m.hangup)
	case m.answer != "":
		l.answered = m.answer
	case m.redirect != nil:
		if !l.hungUp {
			l.redirect = m.redirect
		}
	case m.child != nil:
		l.news = append(l.news, *m.child)
	case m.tick != 0:
		l.fired = m.tick
	case m.done != nil:
		m.done()
	}
	m.ack.settle()
}

// press gives keys to an agent-assisted payment that waits for them, keeps them for the verb that listens, or drops
// them when none does.
func (l *leg) press(keys string, a *ack) {
	if l.takeSecret(keys, a) {
		return
	}
	l.pressed(keys)
	if l.expecting == "" || l.over() {
		a.ignored += len(keys)
		l.call.publish(event{Type: "key", Ignored: len(keys)})
		a.settle()
		return
	}
	for i := range len(keys) {
		l.keys = append(l.keys, keyPress{keys[i], a})
		e := event{Type: "key", Key: keys[i : i+1]}
		if l.secret() || len(l.payments) > 0 { // a card number may come too early, or too late
			e.Key, e.Masked = "", true
		}
		l.call.publish(e)
	}
	a.taken += len(keys)
	l.unsettled = append(l.unsettled, a)
}

// beSilent lets the wait that is running, or the next one of this verb, time out at once.
func (l *leg) beSilent(a *ack) {
	if l.takeSilence(a) {
		return
	}
	if l.expecting == "" || l.over() {
		a.ignored++
		a.settle()
		return
	}
	l.silent = true
	a.taken++
	l.unsettled = append(l.unsettled, a)
}

// settle tells the senders of keys that these were used or dropped.
func (l *leg) settle() {
	for _, a := range l.unsettled {
		a.settle()
	}
	l.unsettled = nil
}

// hangUpNow ends the record at once, whatever the verb still does: the person is gone.
func (l *leg) hangUpNow(status string) {
	if l.hungUp {
		return
	}
	l.hungUp = true
	l.endPayment()
	l.call.finish(l.sim, status)
}
