package simulator

import (
	"net/http"
	"net/url"
	"time"

	"github.com/paydial/paydial/simulator/connector"
	"github.com/paydial/paydial/simulator/paysession"
)

// iso8601 is how the status callbacks of agent-assisted payments write dates; REST has its own way.
const iso8601 = "2006-01-02T15:04:05.000Z"

// assisted is an agent-assisted payment on the leg whose person types. What is decided when is in paysession; here
// it is carried out. All of it runs on the leg's goroutine, or when that has ended, under the leg's lock afterwards.
type assisted struct {
	leg     *leg
	sid     string // PK...
	created time.Time
	updated time.Time
	session *paysession.Agent
	client  *connector.Client
	timeout time.Duration // the caller has for a key

	operations []*operation      // requests that were carried out, oldest first
	final      map[string]string // the last status callback, once the session is over
	spoken     time.Duration     // how long the words take that the caller hears now
	waits      int               // numbers the waits for a key
	stop       func()            // the timer of the last wait
}

// operation is a request that was carried out, and what its status callback was told last.
type operation struct {
	key     string // of its IdempotencyKey and its parameters
	url     string // its StatusCallback
	capture paysession.Capture
	start   bool
	told    bool
	why     paysession.Failure
	partial bool
}

// newest is the request whose callback is told what happens.
func (p *assisted) newest() *operation { return p.operations[len(p.operations)-1] }

func (p *assisted) listening() bool  { return p != nil && p.session.Listening() }
func (p *assisted) processing() bool { return p != nil && p.session.Processing() }
func (p *assisted) open() bool       { return p != nil && !p.session.Over() }

// begin tells that the session is open.
func (p *assisted) begin(cfg paysession.Config) {
	e := event{Type: "pay", Agent: true, Amount: cfg.Amount, Currency: cfg.Currency, Asked: p.session.Required()}
	if cfg.Task() == paysession.Tokenize {
		e.Amount = ""
	}
	p.leg.call.publish(e)
	p.do([]paysession.Output{p.session.Start()})
}

// handle gives the session what happened, and shows what the caller is asked for then.
func (p *assisted) handle(in paysession.Input) {
	l := p.leg
	asked := p.session.Listening()
	p.updated = l.now()
	p.do(p.session.Handle(in))
	if !p.session.Listening() {
		p.hush()
	}
	_, key := in.(paysession.Key)
	switch {
	case l.hungUp:
	case p.session.Listening() && !key:
		l.call.setWaiting("pay:" + p.session.Waiting())
		l.asked()
	case asked && !p.session.Listening():
		l.call.setWaiting(l.verbWaits())
	}
	if p.session.Listening() && p.session.Waiting() != string(paysession.Confirmation) {
		p.show(event{})
	}
}

// do carries out what the session says.
func (p *assisted) do(outs []paysession.Output) {
	for _, out := range outs {
		switch out := out.(type) {
		case paysession.Say:
			p.leg.call.hears(maskCards(out.Text), out.Language)
			p.spoken = p.leg.speech(out.Text)
		case paysession.Wait:
			p.wait(p.spoken + out.For)
			p.spoken = 0
		case paysession.Status:
			p.report(out.Values)
		case paysession.Process:
			p.process(out.Request)
		case paysession.Done:
			p.end(out)
		}
	}
}

// wait lets the caller's time for a key run.
func (p *assisted) wait(d time.Duration) {
	p.hush()
	id := p.waits
	p.stop = p.leg.sim.clock.after(d, func() {
		p.leg.mail.post(message{done: func() {
			if p.waits == id && p.session.Listening() {
				p.handle(paysession.Silence{})
			}
		}})
	})
}

// hush stops the wait that runs.
func (p *assisted) hush() {
	p.waits++
	if p.stop != nil {
		p.stop()
		p.stop = nil
	}
}

// process asks the connector while the leg goes on. Not even the end of the call takes the question back: the leg
// stays until there is an answer.
func (p *assisted) process(req paysession.Request) {
	l := p.leg
	l.call.publish(event{Type: "pay", Agent: true, Field: string(paysession.Processing)})
	begun := l.sim.spawn(func() {
		answer := p.client.Do(l.ctx, req)
		l.mail.post(message{done: func() { p.handle(answer) }})
	})
	if !begun { // the simulator is closing
		p.do(p.session.Handle(paysession.Answer{Code: connector.CodeUnavailable}))
	}
}

// report posts a status callback, and tells the call's feed when an entry was taken or not.
func (p *assisted) report(values url.Values) {
	op := p.newest()
	op.told, op.why, op.partial = true, paysession.Failure(values.Get("ErrorType")), values.Get("PartialResult") == "true"
	if values.Has("Capture") && !op.partial {
		p.show(event{ErrorType: string(op.why), Taken: op.why == ""})
	}
	p.tell(op, values)
}

// tell posts a status callback for an operation.
func (p *assisted) tell(op *operation, values url.Values) {
	params := flat(values)
	params["DateCreated"] = p.created.UTC().Format(iso8601)
	if !op.start {
		params["DateUpdated"] = p.updated.UTC().Format(iso8601)
	}
	p.post(op, params)
}

// post sends the parameters and nothing beside them: these callbacks do not carry what other webhooks of a call do.
func (p *assisted) post(op *operation, params map[string]string) {
	c := p.leg.call
	params["Sid"], params["AccountSid"], params["CallSid"] = p.sid, c.accountSID, c.sid
	if c.parent != nil {
		params["CallSid"] = c.parent.sid
	}
	p.leg.notify(callback{purpose: "pay", url: op.url, method: http.MethodPost, params: params, bare: true})
}

// end posts the last status callback.
func (p *assisted) end(done paysession.Done) {
	p.final = flat(done.Values)
	p.final["DateUpdated"] = p.updated.UTC().Format(iso8601)
	p.leg.call.publish(event{Type: "pay", Agent: true, Result: string(done.Result), Code: intOf(done.Values, "PayErrorCode")})
	p.post(p.newest(), p.final)
}

// again answers the repetition of a request: it is not carried out a second time, but its status callback is told
// once more what it was told last, as things stand now.
func (p *assisted) again(op *operation) {
	switch {
	case p.leg.sim.payRepeats == payRepeatsSilent:
	case p.final != nil:
		p.post(op, p.final)
	case op.start:
		p.tell(op, p.session.Start().Values)
	case op.told:
		p.tell(op, p.session.Report(op.capture, op.why, op.partial).Values)
	}
}

// show tells the call's feed about the field that was asked for last.
func (p *assisted) show(e event) {
	field, attempt, digits := p.session.Progress()
	if field == "" {
		return
	}
	e.Type, e.Agent, e.Field, e.Attempt, e.Digits = "pay", true, string(field), attempt, digits
	p.leg.call.publish(e)
}
