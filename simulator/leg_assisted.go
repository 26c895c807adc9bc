package simulator

import (
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/paydial/paydial/simulator/connector"
	"github.com/paydial/paydial/simulator/paysession"
)

// payRequest is a request that opens or moves on an agent-assisted payment, as far as it was checked without the leg.
type payRequest struct {
	operation operation // url as it was given
	input     paysession.Input
	cfg       paysession.Config
	client    *connector.Client
}

// openPayment opens a session, or finds the one that the same request has opened before.
func (l *leg) openPayment(req payRequest) (*assisted, *refusal) {
	for _, p := range l.payments {
		if p.repeats(req.operation) {
			return p, nil
		}
	}
	op := req.operation
	status, _ := l.call.state()
	target, ok := l.resolve(op.url)
	switch {
	case status != statusInProgress || l.hungUp:
		return nil, &refusal{21220, "Call is not in-progress. Cannot start a payment."}
	case l.masked || l.assisted().open():
		return nil, &refusal{paysession.CodeInvalidOperation, "A payment session is already in progress on this call"}
	case !ok:
		return nil, &refusal{paysession.CodeParameter, "StatusCallback is not a URL that can be reached: " + op.url}
	}
	op.url = target
	refer(req.client, l.call.sid)
	p := &assisted{
		leg: l, sid: l.sim.ids.sid("PK"), created: l.now(), updated: l.now(), client: req.client, timeout: req.cfg.Timeout,
		session: paysession.NewAgent(req.cfg, l.now()), operations: []*operation{&op},
	}
	l.payments = append(l.payments, p)
	p.begin(req.cfg)
	return p, nil
}

// updatePayment asks for a field, completes or cancels.
func (l *leg) updatePayment(sid string, req payRequest) (*assisted, *refusal) {
	i := slices.IndexFunc(l.payments, func(p *assisted) bool { return p.sid == sid })
	if i < 0 {
		return nil, &refusal{code: notFound}
	}
	p, op := l.payments[i], req.operation
	if p.repeats(op) {
		return p, nil
	}
	if p.session.Over() || l.hungUp && !p.processing() {
		return nil, &refusal{code: notFound}
	}
	if no := p.session.Check(req.input); no != nil {
		return nil, &refusal{no.Code, no.Text}
	}
	target, ok := l.resolve(op.url)
	if !ok {
		return nil, &refusal{paysession.CodeParameter, "StatusCallback is not a URL that can be reached: " + op.url}
	}
	op.url = target
	p.operations = append(p.operations, &op)
	p.handle(req.input)
	if why := l.sim.faults.get().Payments.CaptureError; why != "" {
		p.handle(paysession.Fails{Why: paysession.Failure(why)})
	}
	return p, nil
}

// repeats reports whether an operation was carried out before, and lets its callback hear of it again if so.
func (p *assisted) repeats(op operation) bool {
	for _, done := range p.operations {
		if done.key == op.key {
			p.again(done)
			return true
		}
	}
	return false
}

// assisted is the newest agent-assisted payment of the leg; nil when there was none.
func (l *leg) assisted() *assisted {
	if len(l.payments) == 0 {
		return nil
	}
	return l.payments[len(l.payments)-1]
}

// secret reports whether the keys of this leg are a payment's: a <Pay> runs, or an agent has asked for a field. Its
// tones are for nobody's ears then.
func (l *leg) secret() bool { return l.masked || l.assisted().listening() }

// takeSecret gives keys to the agent-assisted payment that waits for them; it reports false when there is none.
// Keys that come in the same breath as the end of an entry are its leftovers and go nowhere.
func (l *leg) takeSecret(keys string, a *ack) bool {
	p := l.assisted()
	if !p.open() || l.hungUp || !p.session.Takes(keys[0]) {
		return false
	}
	l.unsettled = append(l.unsettled, a)
	for i := range len(keys) {
		if !p.session.Takes(keys[i]) {
			a.ignored += len(keys) - i
			l.call.publish(event{Type: "key", Ignored: len(keys) - i})
			break
		}
		l.call.publish(event{Type: "key", Masked: true})
		p.handle(paysession.Key(keys[i]))
		a.taken++
	}
	return true
}

// takeSilence lets the wait of an agent-assisted payment run out; it reports false when there is none.
func (l *leg) takeSilence(a *ack) bool {
	p := l.assisted()
	if !p.listening() || l.hungUp {
		return false
	}
	p.handle(paysession.Silence{})
	a.taken++
	l.unsettled = append(l.unsettled, a)
	return true
}

// verbWaits is what the running verb waits for, as far as it was said.
func (l *leg) verbWaits() string {
	if l.shown {
		return l.expecting
	}
	return ""
}

// showWaiting says what the verb waits for, unless an agent's question is in front of it.
func (l *leg) showWaiting(what string) {
	if !l.assisted().listening() {
		l.call.setWaiting(what)
	}
}

// endPayment tells an open payment that the call is over.
func (l *leg) endPayment() {
	if p := l.assisted(); p.open() {
		p.handle(paysession.HungUp{})
	}
}

// awaitGateway keeps the leg until a connector that was asked has answered.
func (l *leg) awaitGateway() {
	l.blockUntil(func() bool { return !l.assisted().processing() })
}

// speech is how long words take to say.
func (l *leg) speech(words string) time.Duration {
	return l.paced(time.Duration(utf8.RuneCountInString(words)) * perCharacter)
}

// onLeg runs do on the leg's goroutine, or here when that has ended, and reports whether it was run.
func (l *leg) onLeg(r *http.Request, do func()) bool {
	a, ran := newAck(), false
	if l.mail.post(message{ack: a, done: func() { do(); ran = true }}) && !waitAck(r, a) {
		return false
	}
	if ran {
		return true
	}
	l.afterwards.Lock()
	defer l.afterwards.Unlock()
	do()
	return true
}
