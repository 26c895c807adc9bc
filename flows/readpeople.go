package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (r *reader) readTeams(m *fields) map[string]*Team {
	out := map[string]*Team{}
	r.eachNamed(m, "teams", "the team", func(f field, m *fields) {
		t := &Team{At: m.at, Name: f.name()}
		t.Queue, t.Client, t.SIP = m.text("queue"), m.text("client"), m.text("sip")
		if at, ok := m.filled("number"); ok {
			t.Number = r.asPhone(at)
		}
		if _, ok := m.onlyOne("queue", "number", "client", "sip"); !ok {
			m.add("F120", m.at, m.what+" cannot be reached").Label = "add one of queue:, number:, client:, sip:"
		}
		if at, ok := m.filled("hours"); ok {
			t.Hours = r.asHoursName(at)
		}
		out[t.Name] = t
	})
	return out
}

// asHoursName reads the name of opening hours of the project.
func (r *reader) asHoursName(f field) string {
	raw, ok := r.raw(f)
	if !ok {
		return ""
	}
	if r.project.Hours[raw] == nil && !r.noProject {
		r.addUnknown("F117", r.src.spanOf(f.value), "there are no opening hours called "+quoteWord(raw), raw, keysOf(r.project.Hours)).
			Help = "opening hours are listed in " + ProjectFile + " under hours:"
	}
	return raw
}

func keysOf[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// asPhone reads a phone number as it is dialled from anywhere in the world.
func (r *reader) asPhone(f field) string {
	raw, ok := r.raw(f)
	if ok && !phonePattern.MatchString(raw) {
		r.addPhone(r.src.spanOf(f.value), raw)
	}
	return raw
}

func (r *reader) addPhone(at Span, raw string) {
	r.add("F126", at, quoteWord(raw)+" is not a phone number").Label = `write it with its country code, without blanks: "+15550100000"`
}

// readNumbers reads which number starts which flow. The flows are checked later, when they are all known.
func (r *reader) readNumbers(m *fields) {
	r.eachOf(m, "numbers", func(f field) {
		at := r.src.spanOf(f.key)
		if !phonePattern.MatchString(f.name()) {
			r.addPhone(at, f.name())
		}
		if flow, ok := r.raw(f); ok {
			r.project.Numbers = append(r.project.Numbers, Number{At: r.src.spanOf(f.value), Number: f.name(), Flow: flow})
		}
	})
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (r *reader) readHours(m *fields) map[string]*OpeningHours {
	out := map[string]*OpeningHours{}
	r.eachNamed(m, "hours", "the opening hours", func(f field, m *fields) {
		h := m.openHours(f.name())
		out[h.Name] = &h
	})
	return out
}

// openHours reads the days of opening hours and when they are closed. Fields that were asked for before are not days.
func (m *fields) openHours(name string) OpeningHours {
	h := OpeningHours{At: m.at, Name: name}
	if at, ok := m.filled("closed"); ok {
		for _, item := range m.items(at) {
			if day := m.asDate(item); day != "" {
				h.Closed = append(h.Closed, day)
			}
		}
	}
	var given [7]bool
	m.each(func(day field) {
		if slices.Contains(m.legal, day.name()) {
			return
		}
		spans := m.asOpen(day)
		for _, d := range m.asDays(day, m.legal) {
			if given[d] {
				m.add("F127", m.src.spanOf(day.key), weekdays[d]+" is here twice").Label = "say it once for each day"
				continue
			}
			h.Weekly[d], given[d] = spans, true
		}
	})
	return h
}

// asDays reads the name of an hours field: "mon", "mon-fri", "sat, sun" or "daily".
func (r *reader) asDays(f field, legal []string) []int {
	if f.name() == "daily" {
		return []int{0, 1, 2, 3, 4, 5, 6}
	}
	var out []int
	for part := range strings.SplitSeq(f.name(), ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		first, last := slices.Index(weekdays, from), slices.Index(weekdays, from)
		if isRange {
			last = slices.Index(weekdays, to)
		}
		if first < 0 || last < 0 {
			words := slices.Concat(weekdays, legal, []string{"daily"})
			f := r.addUnknown("F127", r.src.spanOf(f.key), quoteWord(f.name())+" is not a day", f.name(), words)
			if f.Fix == "" {
				f.Label = "write mon, mon-fri, \"sat, sun\" or daily"
			}
			return nil
		}
		for d := first; ; d = (d + 1) % 7 {
			out = append(out, d)
			if d == last {
				break
			}
		}
	}
	return out
}

// asOpen reads "08:00-12:00, 13:00-17:00", a list of such stretches, or "closed".
func (r *reader) asOpen(f field) []OpenSpan {
	var out []OpenSpan
	for _, item := range r.items(f) {
		raw, ok := r.raw(item)
		if !ok || raw == "closed" {
			continue
		}
		for part := range strings.SplitSeq(raw, ",") {
			span, ok := openSpan(strings.TrimSpace(part))
			if !ok {
				r.add("F127", r.src.spanOf(item.value), quoteWord(raw)+" is not a stretch of a day").
					Label = `write it in 24 hours, in quotes: "08:00-20:00"`
				break
			}
			out = append(out, span)
		}
	}
	return out
}

func openSpan(s string) (OpenSpan, bool) {
	from, to, ok := strings.Cut(s, "-")
	a, okA := minuteOf(strings.TrimSpace(from))
	b, okB := minuteOf(strings.TrimSpace(to))
	return OpenSpan{From: a, To: b}, ok && okA && okB && a < b
}

// minuteOf turns 08:30 into minutes after midnight; 24:00 is the end of the day.
func minuteOf(s string) (int, bool) {
	hour, minute, ok := strings.Cut(s, ":")
	h, errH := strconv.Atoi(hour)
	m, errM := strconv.Atoi(minute)
	ok = ok && errH == nil && errM == nil && len(hour) <= 2 && len(minute) == 2
	return h*60 + m, ok && h >= 0 && m >= 0 && m < 60 && h*60+m <= 24*60
}

// asDate reads a day as 2026-12-25.
func (r *reader) asDate(f field) string {
	raw, ok := r.raw(f)
	if !ok {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, raw); err != nil {
		r.add("F127", r.src.spanOf(f.value), fmt.Sprintf("%s is not a date", quoteWord(raw))).Label = "write it as 2026-12-25"
		return ""
	}
	return raw
}
