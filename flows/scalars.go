package flows

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/paydial/paydial/flows/speak"
)

var (
	kebabName       = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	snakeName       = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	plainName       = regexp.MustCompile(`^[a-z][a-z0-9]*([-_][a-z0-9]+)*$`)
	eventName       = regexp.MustCompile(`^[a-z][a-z0-9_]*([.-][a-z0-9_]+)*$`)
	phonePattern    = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	durationPattern = regexp.MustCompile(`^(\d{1,6})\s*([a-z]+)$`)
	languagePattern = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][A-Za-z]*)?$`)
	keyPattern      = regexp.MustCompile(`^[0-9*#]$`)
)

var durationUnits = map[string]time.Duration{
	"ms": time.Millisecond,
	"s":  time.Second, "second": time.Second, "seconds": time.Second,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
	"week": 7 * 24 * time.Hour, "weeks": 7 * 24 * time.Hour,
}

// duration reads an optional field such as 7s, 10m, 4h or 2 days. It may not be longer than most.
func (m *fields) duration(name string, most time.Duration) time.Duration {
	f, ok := m.filled(name)
	if !ok {
		return 0
	}
	return m.asDuration(f, most)
}

func (r *reader) asDuration(f field, most time.Duration) time.Duration {
	raw, ok := r.raw(f)
	if !ok {
		return 0
	}
	d, ok := parseDuration(raw, most)
	switch {
	case !ok:
		r.add("F122", r.src.spanOf(f.value), quoteWord(raw)+" is not a length of time").
			Label = "write a number and a unit: 7s, 10m, 4h, 2 days"
	case d == 0:
		r.add("F122", r.src.spanOf(f.value), fmt.Sprintf("%s is not a length of time that %q can have", quoteWord(raw), f.name())).
			Label = "more than nothing, and at most " + spokenDuration(most)
	}
	return d
}

// parseDuration reads a number and a unit. One that is nothing, or more than most, comes out as 0.
func parseDuration(raw string, most time.Duration) (d time.Duration, ok bool) {
	parts := durationPattern.FindStringSubmatch(strings.TrimSpace(raw))
	if parts == nil {
		return 0, false
	}
	n, _ := strconv.Atoi(parts[1]) // at most six digits
	switch unit := durationUnits[parts[2]]; {
	case parts[2] == "year" || parts[2] == "years":
		if n > 999 || years(n) > most {
			return 0, true
		}
		return years(n), true
	case unit == 0:
		return 0, false
	case n > int(most/unit):
		return 0, true
	default:
		return time.Duration(n) * unit, true
	}
}

// spokenDuration writes a limit the way it is written in a file.
func spokenDuration(d time.Duration) string {
	switch {
	case d == years(longestKept):
		return counted(longestKept, "year")
	case d >= day && d%day == 0:
		return counted(int(d/day), "day")
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// number reads an optional whole number between least and most; 0 when there is none.
func (m *fields) number(name string, least, most int) int {
	f, ok := m.filled(name)
	if !ok {
		return 0
	}
	raw, ok := m.raw(f)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < least || n > most {
		m.add("F123", m.src.spanOf(f.value), quoteWord(raw)+" is not a number that fits here").
			Label = fmt.Sprintf("a whole number from %d to %d", least, most)
		return 0
	}
	return n
}

// yesNo reads an optional yes or no.
func (m *fields) yesNo(name string, otherwise bool) bool {
	f, ok := m.filled(name)
	if !ok {
		return otherwise
	}
	if yes, ok := m.asYesNo(f); ok {
		return yes
	}
	return otherwise
}

// asYesNo reads a yes or no; ok is false when it is neither.
func (r *reader) asYesNo(f field) (yes, ok bool) {
	raw, ok := r.raw(f)
	if !ok {
		return false, false
	}
	switch strings.ToLower(raw) {
	case "yes", "true":
		return true, true
	case "no", "false":
		return false, true
	}
	r.add("F124", r.src.spanOf(f.value), quoteWord(raw)+" is neither yes nor no").Label = "write yes or no"
	return false, false
}

// word reads an optional word out of a closed set.
func (m *fields) word(name, otherwise string, legal ...string) string {
	f, ok := m.filled(name)
	if !ok {
		return otherwise
	}
	if w, ok := m.asWord(f, "F124", legal); ok {
		return w
	}
	return otherwise
}

func (r *reader) asWord(f field, code string, legal []string) (string, bool) {
	raw, ok := r.raw(f)
	if !ok {
		return "", false
	}
	if !slices.Contains(legal, raw) {
		r.addUnknown(code, r.src.spanOf(f.value), fmt.Sprintf("%s is not a word that %q can have", quoteWord(raw), f.name()), raw, legal)
		return "", false
	}
	return raw, true
}

// words reads an optional list of words out of a closed set.
func (m *fields) words(name, code string, legal ...string) []string {
	f, ok := m.filled(name)
	if !ok {
		return nil
	}
	var out []string
	for _, item := range m.items(f) {
		if w, ok := m.asWord(item, code, legal); ok {
			out = append(out, w)
		}
	}
	return out
}

// text reads an optional value as it is written.
func (m *fields) text(name string) string {
	f, ok := m.filled(name)
	if !ok {
		return ""
	}
	raw, _ := m.raw(f)
	return raw
}

// name checks how a name is written: kebab-case for flows and scenes, snake_case for values.
func (r *reader) checkName(at Span, name, what string, style *regexp.Regexp) bool {
	if style.MatchString(name) && len(name) <= 60 {
		return true
	}
	label := "use small letters, digits and hyphens, beginning with a letter: pay-my-bill"
	switch style {
	case snakeName:
		label = "use small letters, digits and underscores, beginning with a letter: account_number"
	case eventName:
		label = "use small letters, digits and dots, beginning with a letter: call.finished"
	}
	r.add("F129", at, fmt.Sprintf("%s is not a name that %s can have", quoteWord(name), what)).Label = label
	return false
}

// asAmount reads an exact amount of money: never through a float.
func (r *reader) asAmount(f field, currency string) (Money, bool) {
	raw, ok := r.raw(f)
	if !ok {
		return Money{}, false
	}
	amount, err := ParseMoney(raw, currency)
	if err != nil || amount.Minor < 0 {
		r.add("F125", r.src.spanOf(f.value), quoteWord(raw)+" is not an amount of money").
			Label = fmt.Sprintf("write the number alone, with at most %s", counted(speak.Decimals(currency), "decimal"))
		return Money{}, false
	}
	return amount, true
}

// asURL reads the address of an outside system. Only https is allowed, except to this machine itself.
func (r *reader) asURL(f field) string {
	raw, ok := r.raw(f)
	if !ok {
		return ""
	}
	at := r.src.spanOf(f.value)
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.RawQuery != "" || u.Scheme != "http" && u.Scheme != "https":
		f := r.add("F132", at, quoteWord(raw)+" is not the address of a service")
		f.Label = "write it as https://host/path"
		if u != nil && u.User != nil {
			f.Help = "a user and a password belong under auth:, as the name of a secret"
		}
		return ""
	case u.Scheme == "http" && !loopback(u.Hostname()):
		f := r.add("P010", at, "what is sent to this service can be read on the way")
		f.Label, f.Fix = "use https", "https"+strings.TrimPrefix(raw, "http")
	}
	return raw
}

// isMap tells whether a field's value is a mapping.
func (f field) isMap() bool { return f.value.Kind == yaml.MappingNode }
