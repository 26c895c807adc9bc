package speak

import (
	"strconv"
	"strings"
	"unicode"
)

// Filter is a name that may stand behind "|" in a sentence.
type Filter struct {
	Name  string
	About string
	Takes []string // types of the flow language it makes sense for
}

// Filters lists every filter, in the order of the manual.
func Filters() []Filter {
	return []Filter{
		{"money", "an amount: 84 dollars and 20 cents", []string{"money", "number"}},
		{"digits", "digit by digit: 4 2 4 2", []string{"digits", "text", "number", "phone"}},
		{"spell", "character by character: A dash 7", []string{"text", "digits", "phone", "number"}},
		{"date", "a date: March 15, 2026", []string{"date", "text"}},
		{"time", "a time of day: 3:30 PM", []string{"time", "date", "text"}},
		{"phone", "a phone number in groups: 5 5 5, 0 1 0, 0 0 0 0", []string{"phone", "digits", "text"}},
		{"last4", "the last four characters: 4 2 4 2", []string{"digits", "text", "phone"}},
		{"ordinal", "a place in a row: third", []string{"number", "digits"}},
		{"number", "a whole quantity: 1,200", []string{"number", "digits", "text"}},
		{"words", "in words: eighty-four; no_answer becomes no answer", []string{"number", "digits", "text"}},
		{"mask", "only its end: ending in 5 6 7 8", []string{"digits", "text", "phone"}},
	}
}

// Speak puts a value into words for a voice. filter "" says the value the way its kind is usually said. A value
// that does not fit the filter is said as it is: a caller hears something odd rather than nothing.
func (p *Pack) Speak(filter string, v Value) string {
	text := v.plain()
	out := ""
	switch filter {
	case "":
		out = p.natural(v, p.Speak)
	case "money":
		out = p.money(v, p.sayMoney)
	case "digits":
		out = spaced(text)
	case "spell":
		out = p.spell(text)
	case "date":
		out = p.date(v)
	case "time":
		out = p.time(v)
	case "phone":
		out = phoneSpoken(text)
	case "last4":
		out = spaced(last4(text))
	case "ordinal":
		out = p.ordinal(text)
	case "number":
		out = p.number(text)
	case "words":
		out = p.words(text)
	case "mask":
		out = p.masked(text)
	}
	return otherwise(out, text)
}

// Write puts a value into words for a reader: a text message, a note, an event.
func (p *Pack) Write(filter string, v Value) string {
	text := v.plain()
	out := ""
	switch filter {
	case "":
		out = p.natural(v, p.Write)
	case "money":
		out = p.money(v, p.writeMoney)
	case "phone":
		out = phoneWritten(text)
	case "last4":
		out = last4(text)
	case "mask":
		out = mask(text)
	case "digits", "spell":
		out = text
	default: // date, time, ordinal, number, words: the same to a reader
		out = p.Speak(filter, v)
	}
	return otherwise(out, text)
}

func (p *Pack) natural(v Value, with func(string, Value) string) string {
	switch v.kind {
	case KindMoney:
		return with("money", v)
	case KindDate:
		return with("date", v)
	case KindTime:
		return with("time", v)
	case KindYesNo:
		return p.YesNo(v.yes)
	default:
		return v.text
	}
}

func (p *Pack) money(v Value, with func(int64, string) string) string {
	if v.kind != KindMoney {
		return ""
	}
	return with(v.minor, v.currency)
}

func (p *Pack) date(v Value) string {
	t, ok := v.day()
	if !ok {
		return ""
	}
	year := 0
	if v.saysYear(t) {
		year = t.Year()
	}
	return p.grammar.date(t.Day(), p.months[t.Month()-1], year)
}

func (p *Pack) time(v Value) string {
	t, ok := v.clock()
	if !ok {
		return ""
	}
	return p.grammar.clock(t)
}

func (p *Pack) spell(text string) string {
	var said []string
	for _, r := range text {
		switch name, named := p.signs[r]; {
		case named:
			said = append(said, name)
		case !unicode.IsSpace(r):
			said = append(said, string(unicode.ToUpper(r)))
		}
	}
	return strings.Join(said, " ")
}

func (p *Pack) ordinal(text string) string {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return ""
	}
	return p.grammar.ordinal(n)
}

// number says a quantity: without leading zeros, in groups of three.
func (p *Pack) number(text string) string {
	minus, whole, part, ok := splitNumber(text)
	if !ok {
		return ""
	}
	if part != "" {
		whole += "." + part
	}
	return p.signed(minus, group(whole))
}

func (p *Pack) words(text string) string {
	minus, whole, part, ok := splitNumber(text)
	if !ok {
		return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
			return r == '_' || r == '-' || unicode.IsSpace(r)
		}), " ")
	}
	n, err := strconv.ParseUint(whole, 10, 64)
	if err != nil {
		return spaced(text)
	}
	said := p.grammar.cardinal(n)
	if part != "" {
		said += " " + p.grammar.point
		for _, r := range part {
			said += " " + p.grammar.cardinal(uint64(r-'0'))
		}
	}
	return p.signed(minus, said)
}

func (p *Pack) masked(text string) string {
	end := strings.TrimLeft(mask(text), "•")
	if end == "" {
		return p.grammar.hidden
	}
	return p.grammar.ending + " " + spaced(end)
}

func otherwise(s, fallback string) string {
	if strings.TrimSpace(s) == "" {
		return fallback
	}
	return s
}
