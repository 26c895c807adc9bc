package rules

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/paydial/paydial/flows"
)

// Remark says how a campaign stands to one rule of its book, before anybody is rung.
type Remark struct {
	Rule   string `json:"rule"`
	Passed bool   `json:"passed"`
	Text   string `json:"text"`
	Source string `json:"source,omitempty"`
	Off    string `json:"off,omitempty"` // because: it is switched off
}

// Remarks goes through the book's rules for a campaign without errors: what its file and its flow fulfil. Rules that the
// book itself switches off are left out.
func (b *Book) Remarks(c *flows.Campaign) []Remark {
	var out []Remark
	for i := range b.Rules {
		r, off := b.rule(c, b.Rules[i].Name)
		if r.Off != "" && off == r.Off {
			continue
		}
		m := Remark{Rule: r.Name, Source: r.Source, Passed: true, Off: off}
		if off != "" {
			m.Text = "switched off: " + off
		} else {
			m.Text, m.Passed = b.remark(c, r)
		}
		out = append(out, m)
	}
	return out
}

// remark says of one rule how the campaign stands to it.
func (b *Book) remark(c *flows.Campaign, r *Rule) (text string, passed bool) {
	switch r.Name {
	case RuleDoNotCall:
		return listsText(c), true
	case RulePaid:
		return "nobody who has paid", true
	case RuleConsent:
		if c.NeedsConsent || r.Figures.Required {
			return "nobody without a date of consent", true
		}
		return "the campaign asks for no consent", false
	case RuleTimeZone:
		if c.Hours.Unknown == flows.ZonesNever {
			return "nobody whose time zone is unclear", true
		}
		return "where several time zones are possible, the hours hold in each", true
	case RuleDates:
		return datesText(c), true
	case RuleRetry:
		return triesText(c), true
	case RuleFrequency:
		return b.frequencyText(c, r), true
	case RuleLimits:
		return limitsText(c.Limits), c.Limits.PerDay > 0 || c.Limits.PerWeek > 0
	case RuleHours:
		return "hours inside " + r.Figures.From + "-" + r.Figures.Until, len(b.outside(c)) == 0
	case RuleHolidays:
		if r.Figures.Closed {
			return "closed on holidays", true
		}
		return "calls on holidays are remarked on", true
	}
	return b.remarkFlow(c, r)
}

// remarkFlow says it of the rules about what is heard.
func (b *Book) remarkFlow(c *flows.Campaign, r *Rule) (text string, passed bool) {
	says := flows.RingingWords{}
	if c.Flow != nil {
		says = c.Flow.Ringing
	}
	switch r.Name {
	case RuleIdentity:
		return "identity first", says.Known && says.Identity
	case RuleOptOutFirst:
		return "opt-out at the first choice", says.Known && says.OptOut && says.StopKey
	case RuleVoicemail:
		if c.Machine.Then != flows.LeaveMessage {
			return "no message is left", true
		}
		return "voicemail has a number and says how to stop", says.Machines && says.Number && says.StopTold
	case RuleRingTime:
		return fmt.Sprintf("rings %d s", int(c.RingFor.Seconds())), int(c.RingFor.Seconds()) >= r.Figures.Seconds
	case RuleAbandonment:
		percent, watched := abandonStop(c)
		if !watched {
			return "no safety stop looks at abandoned calls", false
		}
		return fmt.Sprintf("stops above %g %% abandoned", percent), percent <= r.Figures.Percent
	}
	return r.What, true
}

func listsText(c *flows.Campaign) string {
	if len(c.NeverCall) == 0 {
		return "nobody who has opted out; no other list"
	}
	var names []string
	for _, l := range c.NeverCall {
		names = append(names, ListLabel(l))
	}
	return "nobody on " + strings.Join(names, ", ")
}

func datesText(c *flows.Campaign) string {
	switch {
	case c.From.IsZero() && c.Until.IsZero():
		return "no first and no last day"
	case c.Until.IsZero():
		return "from " + dateText(c.From)
	case c.From.IsZero():
		return "until " + dateText(c.Until)
	}
	return dateText(c.From) + " to " + dateText(c.Until)
}

func triesText(c *flows.Campaign) string {
	if len(c.TryAgain) == 0 {
		return "one try for each person"
	}
	var words []string
	for _, t := range c.TryAgain {
		words = append(words, fmt.Sprintf("%s up to %d", t.Outcome, t.UpTo))
	}
	return "tries again after " + strings.Join(words, ", ")
}

func (b *Book) frequencyText(c *flows.Campaign, r *Rule) string {
	most := r.Figures.Attempts
	if own := c.Limits.PerDebt; own > 0 && (most == 0 || own < most) {
		most = own
	}
	return fmt.Sprintf("at most %d attempts in %d days for a debt, %d days of quiet after a conversation", most, r.Figures.Days, r.Figures.QuietDays)
}

func limitsText(l flows.CallLimits) string {
	switch {
	case l.PerDay == 0 && l.PerWeek == 0:
		return "no bound for a day or a week"
	case l.PerWeek == 0:
		return fmt.Sprintf("at most %d a day", l.PerDay)
	case l.PerDay == 0:
		return fmt.Sprintf("at most %d a week", l.PerWeek)
	}
	return fmt.Sprintf("at most %d a day, %d a week", l.PerDay, l.PerWeek)
}

// outside are the weekdays, from Sunday, on which the campaign has hours outside the book's.
func (b *Book) outside(c *flows.Campaign) []int {
	r, off := b.rule(c, RuleHours)
	var days []int
	for d, spans := range c.Hours.Weekly {
		if off == "" && slices.ContainsFunc(spans, func(s flows.OpenSpan) bool {
			return s.From < r.Figures.from || s.To > r.Figures.until
		}) {
			days = append(days, d)
		}
	}
	return days
}

func abandonStop(c *flows.Campaign) (percent float64, watched bool) {
	for _, s := range c.Stops {
		if s.What == flows.StopAbandoned {
			return s.Percent, true
		}
	}
	return 0, false
}

// Lint looks at a campaign with its rule book in hand: what flows.ReadCampaign cannot know. c must be of a file without
// errors. own are the project's files, for its own rules/NAME.yaml; nil for none.
func Lint(c *flows.Campaign, own fs.FS) flows.Findings {
	var found flows.Findings
	add := func(code string, at flows.Span, message, label string) {
		if f, ok := c.Finding(code, at, message); ok {
			f.Label = label
			found = append(found, f)
		}
	}
	b, err := Open(c, own)
	if err != nil {
		at := c.Places["kind"]
		if country := c.Places["country"]; country.Line > 0 {
			at = country
		}
		add("C123", at, strings.TrimPrefix(err.Error(), "rules: "), "name another kind or country, or mend the book in rules/")
		return found
	}
	for _, o := range c.RulesOff {
		at := slices.IndexFunc(b.Rules, func(r Rule) bool { return r.Name == o.Rule })
		switch {
		case at < 0:
			add("C121", o.At, fmt.Sprintf("rule book %s has no rule %q", b.Name, o.Rule), "there are "+strings.Join(switches(b), ", "))
		case b.Rules[at].Always:
			add("C121", o.At, fmt.Sprintf("the rule %s has no switch", o.Rule), "delete it; there are "+strings.Join(switches(b), ", "))
		}
	}
	b.lintFigures(c, add)
	return found
}

// switches are the rules that a campaign can switch off.
func switches(b *Book) []string {
	var names []string
	for _, r := range b.Rules {
		if !r.Always && r.Off == "" {
			names = append(names, r.Name)
		}
	}
	return names
}

func (b *Book) lintFigures(c *flows.Campaign, add func(code string, at flows.Span, message, label string)) {
	if days := b.outside(c); len(days) > 0 {
		frame, _ := b.rule(c, RuleHours)
		add("C120", c.Hours.At, fmt.Sprintf("rule book %s has calls only from %s to %s", b.Name, frame.Figures.From, frame.Figures.Until),
			"people are rung only inside both; make the hours narrower")
	}
	if r, off := b.rule(c, RuleRingTime); off == "" && int(c.RingFor.Seconds()) < r.Figures.Seconds {
		add("C122", c.Places["ring_for"], fmt.Sprintf("a call should ring at least %d seconds before it is given up", r.Figures.Seconds),
			fmt.Sprintf("write ring_for: %ds or more", r.Figures.Seconds))
	}
	if r, off := b.rule(c, RuleAbandonment); off == "" {
		want := fmt.Sprintf("stop_by_itself_if: { abandoned: more than %g%% of answered calls }", r.Figures.Percent)
		switch percent, watched := abandonStop(c); {
		case !watched:
			at := c.Places["stop_by_itself_if"]
			if at.Line == 0 {
				at = c.Places["kind"]
			}
			add("C122", at, "no safety stop looks at abandoned calls", "add "+want)
		case percent > r.Figures.Percent:
			at := c.Stops[slices.IndexFunc(c.Stops, func(s flows.SafetyStop) bool { return s.What == flows.StopAbandoned })].At
			add("C122", at, fmt.Sprintf("more calls may be abandoned than the %g %% of rule book %s", r.Figures.Percent, b.Name), "write "+want)
		}
	}
	if r, off := b.rule(c, RuleFrequency); off == "" && r.Figures.Attempts > 0 && c.Limits.PerDebt > r.Figures.Attempts {
		add("C122", c.Limits.At, fmt.Sprintf("rule book %s allows %d attempts for a debt in %d days", b.Name, r.Figures.Attempts, r.Figures.Days),
			fmt.Sprintf("write per_debt_per_week: %d or less", r.Figures.Attempts))
	}
}
