package speak

import (
	"strings"
	"time"
)

// Kind tells what a Value holds.
type Kind int

// The kinds of value: text covers digits, numbers and phones as written; the others carry more than text.
const (
	KindText Kind = iota
	KindMoney
	KindDate
	KindTime
	KindYesNo
)

// Value is something to be said. Make one with Text, Money, Date, Time or YesNo.
type Value struct {
	kind     Kind
	text     string
	minor    int64
	currency string
	at       time.Time
	today    time.Time
	yes      bool
}

// Text is text, digits, a number or a phone number, as written.
func Text(s string) Value { return Value{kind: KindText, text: s} }

// Money is an amount in the currency's smallest unit.
func Money(minor int64, currency string) Value {
	return Value{kind: KindMoney, minor: minor, currency: strings.ToLower(currency)}
}

// Date is a calendar day; the time of day is not said. The year is left out where nobody would say it: in the
// year of today, or within half a year of it. A zero today always has the year said.
func Date(t, today time.Time) Value { return Value{kind: KindDate, at: t, today: today} }

// Time is a time of day, as the clock of t's location shows it.
func Time(t time.Time) Value { return Value{kind: KindTime, at: t} }

// YesNo is a yes or no.
func YesNo(yes bool) Value { return Value{kind: KindYesNo, yes: yes} }

// plain is the value as it would stand in a file, without any language: what the filters for text work on.
func (v Value) plain() string {
	switch v.kind {
	case KindMoney:
		return sumOf(v.minor, v.currency).decimal()
	case KindDate:
		return v.at.Format("2006-01-02")
	case KindTime:
		return v.at.Format("15:04")
	case KindYesNo:
		if v.yes {
			return "yes"
		}
		return "no"
	default:
		return v.text
	}
}

// day is the value as a date, if it is one.
func (v Value) day() (time.Time, bool) {
	if v.kind == KindDate || v.kind == KindTime {
		return v.at, true
	}
	return firstLayout(v.plain(), "2006-01-02", time.RFC3339)
}

// saysYear tells whether a date would be misunderstood without its year.
func (v Value) saysYear(day time.Time) bool {
	const halfYear = 183 * 24 * time.Hour
	return v.today.IsZero() || day.Year() != v.today.Year() && day.Sub(v.today).Abs() > halfYear
}

// clock is the value as a time of day, if it is one.
func (v Value) clock() (time.Time, bool) {
	if v.kind == KindDate || v.kind == KindTime {
		return v.at, true
	}
	return firstLayout(v.plain(), "15:04", "15:04:05", time.RFC3339)
}

func firstLayout(s string, layouts ...string) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
