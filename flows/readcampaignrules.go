package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// columnFields are the fields that every list can have; the needs of the flow come on top.
var columnFields = []string{
	"id", "phone", "timezone", "postal_code", "country", "consent", "consent_source", "language",
	"not_before", "not_after", "priority", "debt_id",
}

func (r *campaignReader) readColumns() {
	legal := slices.Clone(columnFields)
	if f := r.c.Flow; f != nil {
		for _, need := range f.Needs {
			legal = append(legal, need.Name)
		}
	}
	r.eachOf(r.m, "columns", func(one field) {
		at := r.src.spanOf(one.key)
		if one.empty() {
			r.add("F120", at, quoteWord(one.name())+" has no value").Label = "write the column's header behind the colon"
			return
		}
		header, ok := r.raw(one)
		if !ok {
			return
		}
		if header = strings.TrimSpace(header); header == "" {
			r.add("F120", r.src.spanOf(one.value), "a column needs a header").Label = "write the header of the column"
			return
		}
		if !slices.Contains(legal, one.name()) && r.c.Flow != nil {
			f := r.addUnknown("C105", at, fmt.Sprintf("neither a list nor flow %q has a field %s", r.c.Flow.Name, quoteWord(one.name())), one.name(), legal)
			if f.Help == "" {
				f.Help = "to use it in the flow, add it under needs: in flows/" + r.c.Flow.Name + ".yaml"
			}
			return
		}
		r.c.Columns = append(r.c.Columns, Column{At: at, Field: one.name(), Header: header})
	})
}

// section begins to read an optional part that must be a mapping.
func (r *campaignReader) section(name string) (*fields, bool) {
	at, ok := r.m.filled(name)
	if !ok {
		return nil, false
	}
	return r.sub(r.m, at)
}

func (r *campaignReader) sub(m *fields, at field) (*fields, bool) {
	return m.sub(at, quoteWord(at.name()))
}

func (r *campaignReader) readRuns() {
	m, ok := r.section("runs")
	if !ok {
		return
	}
	day := func(name string) (time.Time, Span) {
		at, ok := m.filled(name)
		if !ok {
			return time.Time{}, Span{}
		}
		t, err := time.Parse(time.DateOnly, r.asDate(at))
		if err != nil {
			return time.Time{}, Span{} // said by asDate
		}
		return t, r.src.spanOf(at.value)
	}
	var until Span
	r.c.From, _ = day("from")
	r.c.Until, until = day("until")
	if !r.c.From.IsZero() && !r.c.Until.IsZero() && r.c.Until.Before(r.c.From) {
		r.add("C106", until, "this campaign is over before it begins").Label = "until: is its last day, not before " + r.c.From.Format(time.DateOnly)
	}
	m.done()
}

func (r *campaignReader) readCallingHours() {
	at, ok := r.m.need("calling_hours")
	if !ok {
		return
	}
	m, ok := r.sub(r.m, at)
	if !ok {
		return
	}
	h := &r.c.Hours
	h.Unknown = m.word("unknown_timezone", ZonesStrictest, ZonesStrictest, ZonesNever)
	before := len(r.found)
	h.OpeningHours = m.openHours("calling_hours")
	m.done()
	open := slices.ContainsFunc(h.Weekly[:], func(day []OpenSpan) bool { return len(day) > 0 })
	if !open && len(r.found) == before {
		r.add("C107", h.At, "nobody can be rung: there are no hours").Label = `add days and hours: mon-fri: "09:00-19:30"`
	}
}

func (r *campaignReader) readPace() {
	m, ok := r.section("pace")
	if !ok {
		return
	}
	p := Pace{At: m.at, AtOnce: m.number("at_once", 1, 10_000), PerMinute: m.number("per_minute", 1, 60_000), WarmUp: m.duration("warm_up", day)}
	if p.AtOnce == 0 {
		p.AtOnce = defaultAtOnce
	}
	if p.PerMinute == 0 {
		p.PerMinute = defaultPerMinute
	}
	r.c.Pace = p
	out := r.project.Outbound
	switch {
	case p.PerMinute > out.CallsPerSecond*60:
		f := r.add("C115", m.at, fmt.Sprintf("the account begins at most %d calls a minute, and this asks for %d", out.CallsPerSecond*60, p.PerMinute))
		f.Label, f.Help = "ask for less", "if Twilio has raised the account's calls per second, write it into "+ProjectFile+": outbound: { calls_per_second: ... }"
	case p.AtOnce > out.AtOnce:
		f := r.add("C115", m.at, fmt.Sprintf("all campaigns together have at most %d calls at once, and this asks for %d", out.AtOnce, p.AtOnce))
		f.Label, f.Help = "ask for less", "the bound stands in "+ProjectFile+": outbound: { at_once: ... }"
	}
	m.done()
}

// readOutbound reads what the account allows to all campaigns together.
func (r *reader) readOutbound(m *fields) {
	f, ok := m.filled("outbound")
	if !ok {
		return
	}
	sub, ok := m.sub(f, `"outbound"`)
	if !ok {
		return
	}
	o := &r.project.Outbound
	o.At = sub.at
	if n := sub.number("calls_per_second", 1, 1000); n > 0 {
		o.CallsPerSecond = n
	}
	if n := sub.number("at_once", 1, 100_000); n > 0 {
		o.AtOnce = n
	}
	sub.done()
}

func (r *campaignReader) readMachine() {
	m, ok := r.section("answering_machine")
	if !ok {
		return
	}
	before := len(r.found)
	r.c.Machine = MachineRules{
		At:     m.at,
		Detect: m.word("detect", DetectOff, DetectOff, DetectFast, DetectBeep),
		Then:   m.word("then", HangUpMachine, LeaveMessage, HangUpMachine),
		Unsure: m.word("unsure_means", "human", "human", "machine"),
	}
	r.guessed = len(r.found) > before
	m.done()
}

// callOutcomes are the outcomes of calls that never came to the flow, or were ended without it.
var callOutcomes = []string{"no_answer", "busy", "failed", "machine", "hung_up", "error"}

// finalOutcomes are those after which nobody is rung again.
var finalOutcomes = []string{"opted_out", "fax", "canceled", "paid"}

// readRetries reads when people are rung again.
func (r *campaignReader) readRetries() {
	legal := slices.Clone(callOutcomes)
	if f := r.c.Flow; f != nil {
		for s := range f.allSteps() {
			if o, ok := s.Verb.(*Outcome); ok && !slices.Contains(legal, o.Of) && !slices.Contains(finalOutcomes, o.Of) {
				legal = append(legal, o.Of)
			}
		}
	}
	r.eachOf(r.m, "try_again", func(one field) {
		at := r.src.spanOf(one.key)
		known := slices.Contains(legal, one.name())
		switch {
		case slices.Contains(finalOutcomes, one.name()):
			r.add("C108", at, "nobody is rung again after "+quoteWord(one.name())).Label = "delete it"
		case !known && r.c.Flow != nil:
			f := r.addUnknown("C108", at, "no call of this campaign ends with the outcome "+quoteWord(one.name()), one.name(), legal)
			f.Help = strings.TrimPrefix(f.Help+"; outcomes are set by outcome: steps of the flow", "; ")
		}
		m, ok := r.sub(r.m, one)
		if !ok {
			return
		}
		t := Retry{At: at, Outcome: one.name()}
		if _, ok := m.need("after"); ok {
			t.After = m.duration("after", 30*day)
		}
		if t.UpTo = m.number("up_to", 1, 20); t.UpTo == 0 {
			t.UpTo = 1
		}
		m.done()
		if known && t.After > 0 {
			r.c.TryAgain = append(r.c.TryAgain, t)
		}
	})
}

func (r *campaignReader) readLimits() {
	m, ok := r.section("limits")
	if !ok {
		return
	}
	r.c.Limits = CallLimits{
		At:      m.at,
		PerDay:  m.number("per_person_per_day", 1, 20),
		PerWeek: m.number("per_person_per_week", 1, 50),
		PerDebt: m.number("per_debt_per_week", 1, 50),
	}
	m.done()
}

// readNeverCall reads the do-not-call lists: names that the server keeps, or files.
func (r *campaignReader) readNeverCall() {
	at, ok := r.m.filled("never_call")
	if !ok {
		return
	}
	before := len(r.found)
	defer func() { r.unsure = len(r.found) > before }()
	for _, item := range r.items(at) {
		raw, ok := r.raw(item)
		if !ok {
			continue
		}
		l := ListName{At: r.src.spanOf(item.value)}
		if strings.ContainsAny(raw, `./\`) {
			if !r.checkFile(item, raw) {
				continue
			}
			l.File = raw
		} else if !r.checkName(l.At, raw, "a do-not-call list", plainName) {
			continue
		} else {
			l.Name = raw
		}
		if slices.ContainsFunc(r.c.NeverCall, func(o ListName) bool { return o.Name == l.Name && o.File == l.File }) {
			r.add("C113", l.At, quoteWord(raw)+" is here twice").Label = "delete one of them"
			continue
		}
		r.c.NeverCall = append(r.c.NeverCall, l)
	}
}

var percentRule = regexp.MustCompile(`^more than (\d{1,2}(?:\.\d{1,2})?) ?% of (?:the last (\d{1,5}) |all )?([a-z ]+)$`)

// shareOf says of what the share is counted that each safety stop looks at.
var shareOf = map[string]string{StopOptedOut: "people reached", StopErrors: "calls", StopAbandoned: "answered calls"}

// readStops reads when the campaign pauses by itself.
func (r *campaignReader) readStops() {
	m, ok := r.section("stop_by_itself_if")
	if !ok {
		return
	}
	for _, what := range []string{StopOptedOut, StopErrors, StopAbandoned} {
		at, ok := m.filled(what)
		if !ok {
			continue
		}
		raw, ok := r.raw(at)
		if !ok {
			continue
		}
		span, noun := r.src.spanOf(at.value), shareOf[what]
		parts := percentRule.FindStringSubmatch(strings.Join(strings.Fields(raw), " "))
		if parts == nil || parts[3] != noun {
			r.add("C109", span, quoteWord(raw)+" is not a share that can be watched").
				Label = fmt.Sprintf("write it as: more than 5%% of %s, or: more than 5%% of the last 50 %s", noun, noun)
			continue
		}
		s := SafetyStop{At: r.src.spanOf(at.key), What: what}
		s.Percent, _ = strconv.ParseFloat(parts[1], 64) // the pattern allows only what this can read
		s.Last, _ = strconv.Atoi(parts[2])
		if parts[2] != "" && (s.Last < 10 || s.Last > 10_000) {
			r.add("C109", span, "a share of the last "+parts[2]+" says too little or too much").Label = "look at the last 10 to 10000"
			continue
		}
		r.c.Stops = append(r.c.Stops, s)
	}
	m.done()
}

// readRulesOff reads which rules of the rule book are switched off, and why. Which rules there are is the book's affair.
func (r *campaignReader) readRulesOff() {
	r.eachOf(r.m, "rules_off", func(one field) {
		at := r.src.spanOf(one.key)
		if !r.checkName(at, one.name(), "a rule", snakeName) {
			return
		}
		if one.value.Kind != yaml.ScalarNode || strings.TrimSpace(one.value.Value) == "" || one.empty() {
			r.add("C110", at, "this says what is switched off, but not why").
				Label = "write the reason behind the colon; it is kept with every call"
			return
		}
		r.c.RulesOff = append(r.c.RulesOff, RuleOff{At: at, Rule: one.name(), Because: strings.TrimSpace(one.value.Value)})
	})
}
