package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/paydial/paydial/simulator/connector"
	"github.com/paydial/paydial/simulator/paysession"
)

// Error codes of <Pay> that concern its place in a call.
const codeInsecureAction = 64016

// verbPay captures a payment by keypad and charges it. What is asked when, and what becomes of each key, is
// decided in paysession; here its outputs are carried out on the leg.
func verbPay(l *leg, el *element) next {
	target, ok := l.resolve(el.attr("action"))
	if !ok {
		l.fail(11100, fmt.Sprintf("action %q of <Pay> is not a URL that can be reached", el.attr("action")))
		return hangUp
	}
	if !secure(target) {
		l.fail(codeInsecureAction, "the action of <Pay> has to be https: "+target)
		return hangUp
	}
	p := &payment{leg: l, el: el}
	done := p.prepare()
	if done == nil {
		l.private(true)
		done = p.run()
	}
	l.call.publish(event{Type: "pay", Result: string(done.Result), Code: intOf(done.Values, "PayErrorCode")})
	if l.redirect != nil && !p.asked {
		return hangUp // REST took the call away; the document that asked for the payment is gone with its action
	}
	return fetch(target, http.MethodPost, flat(done.Values))
}

// payment is one <Pay> on a leg.
type payment struct {
	leg     *leg
	el      *element
	prompts []*element
	session *paysession.Session
	client  *connector.Client // of the gateway that is asked

	prompt *paysession.Say    // is being said, or about to be
	wait   time.Duration      // how long the next key may take
	asked  bool               // the connector has been asked
	answer *paysession.Answer // and this is what it said
	done   *paysession.Done
}

// prepare checks the document and finds the connector. It gives the end of the payment if that is all there is.
func (p *payment) prepare() *paysession.Done {
	l := p.leg
	src := p.source()
	cfg, warnings, refusal := paysession.Parse(src)
	for _, w := range warnings {
		l.note(12200, "<Pay>: "+w)
	}
	result := paysession.ValidationError
	if refusal == nil {
		result = paysession.ConnectorError
		p.client, refusal = l.sim.gatewayFor(&cfg)
		refer(p.client, l.call.sid)
	}
	if refusal != nil {
		l.note(refusal.Code, "<Pay>: "+refusal.Text)
		done := refusal.Done(result, string(cfg.Method))
		return &done
	}
	p.session = paysession.New(cfg, l.now())
	return nil
}

// source takes the element apart; what the prompts say stays here.
func (p *payment) source() paysession.Source {
	src := paysession.Source{Attrs: p.el.attrs, Attempts: p.leg.sim.attempts}
	for _, child := range p.el.children {
		switch child.name {
		case "Prompt":
			src.Prompts = append(src.Prompts, child.attrs)
			p.prompts = append(p.prompts, child)
		case "Parameter":
			src.Parameters = append(src.Parameters, paysession.Parameter{Name: child.attr("name"), Value: child.attr("value")})
		}
	}
	return src
}

// run feeds the session with what happens until it is done.
func (p *payment) run() *paysession.Done {
	p.do(p.session.Start())
	for p.done == nil {
		in := p.input()
		p.do(p.session.Handle(in))
		if _, ok := in.(paysession.Key); ok {
			p.showProgress()
		}
	}
	return p.done
}

// input is the next thing that happens: the connector's answer once it was asked, else a key, which may have cut
// the prompt short or come before it, the end of the prompt, or silence.
func (p *payment) input() paysession.Input {
	l := p.leg
	if p.asked {
		p.say(false) // not cut short: there is nothing to press
		l.blockUntil(func() bool { return p.answer != nil })
		return *p.answer
	}
	if p.prompt != nil {
		p.say(true)
		if len(l.keys) == 0 && !l.over() {
			p.prompt = nil
			return paysession.PromptDone{}
		}
	}
	key, why := l.waitKey(p.wait)
	switch why {
	case gotKey:
		return paysession.Key(key)
	case timedOut:
		return paysession.Silence{}
	case wasHungUp, wasRedirected:
	}
	return paysession.HungUp{}
}

// do carries out what the session says.
func (p *payment) do(outs []paysession.Output) {
	for _, out := range outs {
		switch out := out.(type) {
		case paysession.Say:
			p.ask(out)
		case paysession.Wait:
			p.prompt, p.wait = nil, out.For
		case paysession.Status:
			p.report(out.Values)
		case paysession.Process:
			p.process(out.Request)
		case paysession.Done:
			p.done = &out
		}
	}
}

// ask lets keys be for a field. Its prompt is said when no key is left from before: one that belongs to the entry
// before does not silence it.
func (p *payment) ask(s paysession.Say) {
	p.leg.expect("pay:" + string(s.Field))
	p.showProgress()
	p.prompt = &s
}

// say lets the caller hear the prompt.
func (p *payment) say(interruptible bool) {
	l, s := p.leg, p.prompt
	if s.Prompt < 0 {
		l.say(s.Text, s.Language, interruptible)
		return
	}
	l.prompts(p.prompts[s.Prompt].children, interruptible)
}

// process asks the connector while the leg goes on. Neither a hang-up nor a redirect takes the question back.
func (p *payment) process(req paysession.Request) {
	l := p.leg
	p.asked = true
	begun := l.sim.spawn(func() {
		answer := p.client.Do(l.ctx, req)
		l.mail.post(message{done: func() { p.answer = &answer }})
	})
	if !begun { // the simulator is closing
		p.answer = &paysession.Answer{Code: connector.CodeUnavailable}
	}
}

// report posts a status callback, and tells the call's feed when an entry was not accepted.
func (p *payment) report(values url.Values) {
	l := p.leg
	if why := values.Get("ErrorType"); why != "" {
		l.call.publish(event{Type: "pay", Field: values.Get("For"), Attempt: intOf(values, "Attempt"), ErrorType: why})
	}
	if p.el.attr("statusCallback") == "" {
		return
	}
	target, ok := l.resolve(p.el.attr("statusCallback"))
	if !ok {
		l.note(11100, fmt.Sprintf("statusCallback %q of <Pay> is not a URL that can be reached", p.el.attr("statusCallback")))
		return
	}
	l.notify(callback{purpose: "pay", url: target, method: l.method(p.el, "statusCallbackMethod"), params: flat(values)})
}

// showProgress tells the call's feed which field is being typed and how many digits of it are there.
func (p *payment) showProgress() {
	if field := p.session.Waiting(); field != "" {
		attempt, digits := p.session.Progress()
		p.leg.call.publish(event{Type: "pay", Field: string(field), Attempt: attempt, Digits: digits})
	}
}

// intOf is a parameter as a number; 0 when it is none.
func intOf(values url.Values, key string) int {
	n, _ := strconv.Atoi(values.Get(key))
	return n
}

func flat(values url.Values) map[string]string {
	all := make(map[string]string, len(values))
	for key := range values {
		all[key] = values.Get(key)
	}
	return all
}
