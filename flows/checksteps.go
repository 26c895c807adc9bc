package flows

import (
	"github.com/paydial/paydial/flows/speak"
)

// takenBy lists the types that a filter is for.
func takenBy(filter string) []string {
	for _, f := range speak.Filters() {
		if f.Name == filter {
			return f.Takes
		}
	}
	return nil
}

// defaults checks what stands above the scenes.
func (c *flowCheck) defaults() {
	c.texts(c.flow.Defaults.IfSilent, spoken)
	c.texts(c.flow.Defaults.IfWrong, spoken)
}

// checkStep checks everything that a step evaluates or says.
func (c *flowCheck) checkStep(s *Step) {
	c.expr(s.When, useCondition)
	if asks(s.Verb) {
		a := asking(s.Verb)
		c.texts(a.IfSilent, spoken)
		c.texts(a.IfWrong, spoken)
	}
	switch v := s.Verb.(type) {
	case *Say:
		c.text(v.Text, spoken)
		c.text(v.OrSay, spoken)
	case *Play:
		c.text(v.Say, spoken)
	case *Menu:
		c.text(v.Say, spoken)
		for _, o := range v.Options {
			c.text(o.To, spoken)
			c.expr(o.When, useCondition)
		}
	case *Ask:
		c.text(v.Say, spoken)
		if v.ValidIf != nil {
			c.exprIn(c.scopeWithIt(v), v.ValidIf, useCondition)
		}
	case *Confirm:
		c.text(v.Say, spoken)
	case *If:
		c.expr(v.Cond, useCondition)
	case *Choose:
		c.expr(v.On, useAny)
	case *Set:
		for _, a := range v.Assign {
			c.expr(a.Expr, useAny)
			c.justSet = append(c.justSet, a.Name)
		}
		c.justSet = nil
	case *Transfer:
		c.text(v.Say, spoken)
		c.text(v.Whisper, spoken)
		c.pairs(v.AgentSees)
	case *Voicemail:
		c.text(v.Say, spoken)
	case *Converse:
		c.converse(v)
	case *HangUp:
		c.text(v.Say, spoken)
	case *OptOut:
		c.text(v.Say, spoken)
	default:
		c.checkData(s)
	}
}

// checkData checks the steps that reach the outside.
func (c *flowCheck) checkData(s *Step) {
	switch v := s.Verb.(type) {
	case *Lookup:
		c.template(v.Path, raw)
		c.pairs(v.Query)
		c.pairs(v.Headers)
		c.text(v.WhileWaiting, spoken)
	case *Submit:
		c.template(v.Path, raw)
		c.pairs(v.JSON)
		c.pairs(v.Form)
		c.template(v.OncePer, raw)
		c.text(v.WhileWaiting, spoken)
	case *Send:
		c.pairs(v.Data)
	case *Pay:
		c.expr(v.Amount, useAmount)
		c.template(v.For, written)
		c.expr(v.PostalCode, useText)
		c.pairs(v.Extra)
		c.template(v.OncePer, raw)
		for _, p := range v.Prompts {
			c.texts(p.Texts, spoken)
		}
	case *TextMessage:
		c.text(v.Text, written)
		c.expr(v.To, useText)
		c.expr(v.From, useText)
	case *Note:
		c.text(v.Text, written)
	case *RawTwiML:
		c.template(v.XML, raw)
	}
}

func (c *flowCheck) pairs(list []Pair) {
	for _, p := range list {
		c.expr(p.Expr, useAny)
		c.template(p.Text, raw)
	}
}

// scopeWithIt is the scope of valid_if: it is the answer, with the type that the ask reads it as.
func (c *flowCheck) scopeWithIt(v *Ask) *scope {
	k := kindOfAsk(v)
	if c.withIt[k.t] == nil {
		c.withIt[k.t] = newScope(c.names, k, c.flow.currency())
	}
	return c.withIt[k.t]
}
