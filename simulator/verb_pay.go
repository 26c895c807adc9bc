package simulator

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
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
	p := &payment{leg: l, el: el, waited: -1}
	done := p.prepare()
	if done == nil {
		l.private(true)
		done = p.run()
	}
	l.call.publish(event{Type: "pay", Result: string(done.Result), Code: number64(done.Values.Get("PayErrorCode"))})
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
	client  *connector.Client

	speaking bool          // the last thing said was not waited for yet
	waited   time.Duration // how long the next key may take
	asked    bool          // the connector has been asked
	done     *paysession.Done
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
		c, ok := l.sim.connectors.find(cfg.Connector)
		if ok {
			p.client, cfg.TestCardsOnly = l.sim.connectors.client(c), c.testCardsOnly()
			refusal = p.client.Check(cfg)
		} else {
			refusal = &paysession.Refusal{Code: connector.CodeUnknown, Text: fmt.Sprintf("paymentConnector='%s' (not installed)", cfg.Connector)}
		}
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
	src := paysession.Source{Attrs: p.el.attrs, Attempts: p.leg.sim.payAttempts}
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

// input is the next thing that happens: a key first, as it may have cut the prompt short.
func (p *payment) input() paysession.Input {
	limit := p.waited
	if p.speaking {
		if len(p.leg.keys) == 0 && !p.leg.over() {
			p.speaking = false
			return paysession.PromptDone{}
		}
		limit = 0
	}
	key, why := p.leg.waitKey(limit)
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
			p.speaking, p.waited = false, out.For
		case paysession.Status:
			p.report(out)
		case paysession.Process:
			p.process(out.Request)
		case paysession.Done:
			p.done = &out
		}
	}
}

// ask says the prompt of a field and lets keys be for it. While the connector works nothing is listened for.
func (p *payment) ask(s paysession.Say) {
	l := p.leg
	if p.done != nil {
		return
	}
	l.expect("pay:" + string(s.Field))
	p.showProgress()
	p.speaking = true
	p.say(s, true)
}

func (p *payment) say(s paysession.Say, interruptible bool) {
	if s.Prompt >= 0 {
		p.leg.prompts(p.prompts[s.Prompt].children, interruptible)
		return
	}
	p.leg.say(s.Text, s.Language, interruptible)
}
