package flows

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// check checks every expression and sentence of the project's flows, and compiles the flows. It is called once
// by Load, when everything has been read.
func (p *Project) check() Findings {
	var found Findings
	for _, name := range slices.Sorted(maps.Keys(p.Flows)) {
		c := &flowCheck{flow: p.Flows[name], withIt: map[ValueType]*scope{}}
		c.run()
		found = append(found, c.found...)
	}
	return found
}

// flowCheck checks one flow.
type flowCheck struct {
	flow   *Flow
	names  map[string]*kind
	scope  *scope
	withIt map[ValueType]*scope // scopes of valid_if, by the type of it
	found  Findings
	step   *Step
	unset  *unsetNames

	justSet []string // what the set step has saved above the line being checked
}

func (c *flowCheck) run() {
	c.collectNames()
	prog, err := compileFlow(c.flow)
	if err != nil {
		panic(err) // the compiler gives every state and event a name of its own
	}
	c.unset = findUnset(c.flow, prog)
	c.flow.program = prog
	c.defaults()
	for s := range c.flow.allSteps() {
		c.step = s
		c.checkStep(s)
	}
	c.step = nil
}

func (c *flowCheck) add(code string, at Span, message string) *Finding {
	c.found = append(c.found, c.flow.Project.finding(code, at, message))
	return &c.found[len(c.found)-1]
}

// report turns a problem of an expression into a finding. text is the whole scalar that begins at at; shift is
// where the expression begins in it.
func (c *flowCheck) report(p *problem, at Span, text string, shift int) {
	f := c.add(p.code, c.flow.Project.spanIn(at, text, shift+p.from, shift+max(p.to, p.from+1)), p.message)
	f.Label, f.Fix, f.Help = p.label, p.fix, p.help
}

// use is what an expression's value is needed for.
type use int

const (
	useAny       use = iota
	useCondition     // yes or no
	useAmount        // money, or a number of whole units
	useText          // text, digits, a phone number
)

// expr checks and compiles one expression.
func (c *flowCheck) expr(e *Expr, want use) { c.exprIn(c.scope, e, want) }

func (c *flowCheck) exprIn(sc *scope, e *Expr, want use) {
	if e == nil {
		return
	}
	if strings.Contains(e.Raw, "${") {
		f := c.add("F201", c.flow.Project.spanIn(e.At, e.Raw, 0, len([]rune(e.Raw))), "this field is already an expression")
		f.Label, f.Help = "remove ${ and }", "text such as `${a} == b` would always count as true"
		return
	}
	compiled, bad := sc.compile(e.Raw)
	if bad != nil {
		c.report(bad, e.At, e.Raw, 0)
		return
	}
	e.code = compiled
	c.secrets(compiled, e.At, e.Raw, 0)
	c.notSet(compiled, e.At, e.Raw, 0)
	if message, label := misfit(compiled.kind, want); message != "" {
		c.add("F206", c.flow.Project.spanIn(e.At, e.Raw, 0, len([]rune(e.Raw))), message).Label = label
	}
}

// misfit says why a value cannot be used for something; "" if it can.
func misfit(k *kind, want use) (message, label string) {
	if k.isAny() {
		return "", ""
	}
	switch {
	case want == useCondition && k.t != TypeYesNo:
		return fmt.Sprintf("a condition must be true or false, and this is %s", k.t), "compare it with something: == \"...\", > 0"
	case want == useAmount && k.t != TypeMoney && k.t != TypeNumber:
		return fmt.Sprintf("an amount must be money, and this is %s", k.t), "give the value the type money where it comes from, or write money(...)"
	case want == useText && (k.t == TypeMoney || k.t == TypeYesNo || k.t == TypeList || k.t == TypeRecord && k.fields != nil):
		return fmt.Sprintf("a text is needed here, and this is %s", k.t), ""
	}
	return "", ""
}

// secrets refuses secret.* everywhere but in the project's services.
func (c *flowCheck) secrets(k *code, at Span, text string, shift int) {
	for _, r := range k.refs {
		if r.path[0] == "secret" {
			f := c.add("P003", c.flow.Project.spanIn(at, text, shift+r.at[0], shift+r.at[1]), "a flow must not see "+r.text)
			f.Label, f.Help = "take it out", "secrets belong into auth: and headers: of services in "+ProjectFile
		}
	}
}

// notSet reports names that no step before this one can have saved.
func (c *flowCheck) notSet(k *code, at Span, text string, shift int) {
	if c.unset == nil || c.step == nil {
		return
	}
	for _, r := range k.refs {
		if r.soft || r.fact != nil && r.path[0] != "payment" ||
			slices.Contains(c.justSet, r.path[0]) || !c.unset.never(c.step, r.path[0]) {
			continue
		}
		f := c.add("F209", c.flow.Project.spanIn(at, text, shift+r.at[0], shift+r.at[1]), r.text+" cannot have a value here")
		f.Label = "no step before this one saves it"
		if where := c.unset.savedIn(r.path[0]); where != "" {
			f.Help = "it is saved in scene " + where + ", but not on a way that leads here"
		}
	}
}

// purpose is what a sentence is for.
type purpose int

const (
	spoken  purpose = iota
	written         // a message, a note, a description
	raw             // a path, a body, a key
)

// text checks a sentence in all its languages.
func (c *flowCheck) text(t *Text, why purpose) {
	if t == nil {
		return
	}
	for _, language := range slices.Sorted(maps.Keys(t.ByLanguage)) {
		c.template(t.ByLanguage[language], why)
	}
}

func (c *flowCheck) texts(list []*Text, why purpose) {
	for _, t := range list {
		c.text(t, why)
	}
}

// template checks and compiles one sentence.
func (c *flowCheck) template(t *Template, why purpose) {
	if t == nil {
		return
	}
	text := t.Raw
	pieces, bad := splitTemplate(text)
	for i := range bad {
		c.report(&bad[i], t.At, text, 0)
	}
	t.parts = make([]part, 0, len(pieces))
	for _, p := range pieces {
		if !p.isExpr {
			t.parts = append(t.parts, part{literal: p.literal})
			if why == spoken {
				c.longNumber(t, p.literal, p.at)
			}
			continue
		}
		c.value(t, p, why)
	}
}

// value checks one ${...} of a sentence.
func (c *flowCheck) value(t *Template, p piece, why purpose) {
	if p.filter != "" && !slices.Contains(filterNames(), p.filter) {
		f := c.add("F207", c.place(t, p.filterAt, len([]rune(p.filter))), quoteWord(p.filter)+" is not a filter")
		if f.Label, f.Fix = didYouMean(p.filter, filterNames()); f.Label == "" {
			f.Label = "one of: " + filterList()
		}
		return
	}
	compiled, bad := c.scope.compile(p.expr)
	if bad != nil {
		c.report(bad, t.At, t.Raw, p.from)
		return
	}
	t.parts = append(t.parts, part{code: compiled, filter: p.filter})
	c.secrets(compiled, t.At, t.Raw, p.from)
	c.notSet(compiled, t.At, t.Raw, p.from)
	lead := len([]rune(p.expr)) - len([]rune(strings.TrimLeft(p.expr, " \t\n")))
	at := c.place(t, p.from+lead, len([]rune(strings.TrimSpace(p.expr))))
	k := compiled.kind
	if why != raw && k.private && p.filter != "last4" && p.filter != "mask" {
		name := privateName(compiled)
		f := c.add("P002", c.place(t, p.from-2, p.to-p.from+3), quoteWord(name)+" is private, and this says it to whoever is on the line")
		f.Label = "leave it out, or say only its end: ${" + name + " | last4}"
		return
	}
	c.fits(t, p, k)
	if why == spoken && p.filter == "" && (k.t == TypeDigits || k.t == TypePhone) && !k.short && !k.isAny() {
		filter := "digits"
		if k.t == TypePhone {
			filter = "phone"
		}
		f := c.add("F210", at, fmt.Sprintf("%s would be read out as one long number", strings.TrimSpace(p.expr)))
		f.Label, f.Fix = "add | "+filter, strings.TrimSpace(p.expr)+" | "+filter
	}
}

// privateName is what makes an expression private.
func privateName(k *code) string {
	for _, r := range k.refs {
		if r.kind.private {
			return r.text
		}
	}
	return ""
}

func (c *flowCheck) place(t *Template, from, width int) Span {
	return c.flow.Project.spanIn(t.At, t.Raw, from, from+max(width, 1))
}

// fits checks that a filter makes sense for a value.
func (c *flowCheck) fits(t *Template, p piece, k *kind) {
	if p.filter == "" {
		if k.t == TypeList || k.t == TypeRecord && k.fields != nil {
			c.add("F208", c.place(t, p.from, len([]rune(p.expr))), fmt.Sprintf("a %s cannot be put into a sentence", k.t)).
				Label = "name one of its fields"
		}
		return
	}
	if k.isAny() || k.t == TypeUnknown || k.t == TypeRecord && k.fields == nil {
		return
	}
	takes := takenBy(p.filter)
	if !slices.Contains(takes, string(k.t)) {
		c.add("F208", c.place(t, p.filterAt, len([]rune(p.filter))), fmt.Sprintf("%s is %s, and %s is for %s", strings.TrimSpace(p.expr), k.t, p.filter, strings.Join(takes, ", "))).
			Label = "leave it out, or take another filter"
	}
}

// longNumber warns of five and more digits in a row in the text itself: a voice reads them as one number.
func (c *flowCheck) longNumber(t *Template, literal string, at int) {
	digits := 0
	text := append([]rune(literal), ' ')
	for i, r := range text {
		if r >= '0' && r <= '9' {
			digits++
			continue
		}
		if digits >= 5 {
			number := string(text[i-digits : i])
			f := c.add("F210", c.place(t, at+i-digits, digits), number+" would be read out as one long number")
			f.Label = "put blanks between the digits: " + strings.Join(strings.Split(number, ""), " ")
		}
		digits = 0
	}
}
