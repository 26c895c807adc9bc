package redact

import (
	"strconv"
	"strings"
)

// longestAmount is how many digits an amount of money has at most; what is longer is looked at as any other number.
const longestAmount = 9

// number tells whether item i is a number that is a part of line.
func (t *talk) numberAt(i, line int) bool {
	return i >= 0 && i < len(t.items) && t.items[i].kind == itemNumber && t.items[i].line == line
}

// decimal tells whether item i goes on the number before it behind a point or a comma: 84.20.
func (t *talk) decimal(i int) bool {
	return t.numberAt(i, t.items[i].line) && t.numberAt(i-1, t.items[i].line) && (t.items[i].sep == "." || t.items[i].sep == ",") &&
		t.items[i].number.typed && t.items[i-1].number.typed
}

// markAmounts finds amounts of something: money, percent, times of the day.
func (t *talk) markAmounts() {
	for i, it := range t.items {
		if it.kind != itemNumber {
			continue
		}
		t.markTime(i)
		from, to := i, i+1
		for from > 0 && i-from < longestAmount && t.decimal(from) {
			from--
		}
		for to < len(t.items) && to-i < longestAmount && t.decimal(to) {
			to++
		}
		digits := 0
		for _, part := range t.items[from:to] {
			digits += part.number.n
		}
		for k := to; digits <= longestAmount && t.numberAt(k, it.line) && joins(t.items[k].sep); k++ { // "$4242 4242 4242 4242" is no amount
			digits += t.items[k].number.n
		}
		before, after := t.items[from].sep, ""
		unit := false
		if to < len(t.items) && t.items[to].line == it.line {
			after, unit = t.items[to].sep, t.items[to].kind == itemUnit
		}
		if digits <= longestAmount && (unit || signBefore(before) || signAfter(after)) {
			for k := from; k < to; k++ {
				t.items[k].money = true
			}
		}
	}
}

// signBefore tells whether a separator ends in a sign that makes an amount of what follows: "$".
func signBefore(sep string) bool {
	trimmed := strings.TrimRight(sep, " \u00a0")
	return trimmed != "" && currency(lastRune(trimmed))
}

// signAfter tells whether a separator begins with a sign that makes an amount of what is before it: "%", " €".
func signAfter(sep string) bool {
	trimmed := strings.TrimLeft(sep, " \u00a0")
	return strings.HasPrefix(trimmed, "%") || trimmed != "" && currency(firstRune(trimmed)) && !signBefore(sep)
}

func firstRune(s string) string { return string([]rune(s)[:1]) }

func lastRune(s string) string {
	runes := []rune(s)
	return string(runes[len(runes)-1:])
}

// markTime marks 14:30, when item i is its second half.
func (t *talk) markTime(i int) {
	it := t.items[i]
	if it.sep != ":" || !it.number.typed || !t.numberAt(i-1, it.line) || it.number.n != 2 || it.number.digits > "59" {
		return
	}
	if hour := t.items[i-1]; hour.number.typed && hour.number.n <= 2 && (hour.number.n == 1 || hour.number.digits < "24") || hour.money {
		t.items[i-1].money, t.items[i].money = true, true
	}
}

// longestDate is how many digits a date has beside its month.
const longestDate = 6

// markDates finds dates: beside the name of a month, and typed ones.
func (t *talk) markDates() {
	for i, it := range t.items {
		switch {
		case it.kind == itemMonth:
			t.dateBehind(i)
			t.dayBefore(i)
		case it.kind == itemNumber && t.typedDate(i):
			for k := i; k < i+3; k++ {
				t.items[k].month = true
			}
		}
	}
}

// nextWord is the first item behind i on its line that is more than a word between; at most three are.
func (t *talk) nextWord(i, step int) int {
	line, at := t.items[i].line, i+step
	for skipped := 0; skipped < 3 && at >= 0 && at < len(t.items) && t.items[at].line == line; skipped++ {
		if t.items[at].kind != itemFiller && t.items[at].kind != itemUnit {
			return at
		}
		at += step
	}
	return at
}

// dateBehind marks the day and the year behind a month, unless more digits follow than a date has.
func (t *talk) dateBehind(i int) {
	from := t.nextWord(i, 1)
	digits, to := 0, from
	for digits <= longestDate && t.numberAt(to, t.items[i].line) && !t.items[to].money {
		digits += t.items[to].number.n
		to++
	}
	for k := from; k < to && digits <= longestDate; k++ {
		t.items[k].month = true
	}
}

// dayBefore marks the day before a month: "15 de marzo".
func (t *talk) dayBefore(i int) {
	at := t.nextWord(i, -1)
	if !t.numberAt(at, t.items[i].line) || t.numberAt(at-1, t.items[i].line) {
		return
	}
	if day, err := strconv.Atoi(t.items[at].number.digits); err == nil && day >= 1 && day <= 31 {
		t.items[at].month = true
	}
}

// typedDate tells whether three typed numbers from item i are a date: 2026-11-21, 15.3.2026, 03/15/26.
func (t *talk) typedDate(i int) bool {
	line := t.items[i].line
	if !t.numberAt(i+1, line) || !t.numberAt(i+2, line) {
		return false
	}
	sep := t.items[i+1].sep
	if sep != "-" && sep != "/" && sep != "." || t.items[i+2].sep != sep || t.items[i].sep == sep && t.numberAt(i-1, line) {
		return false
	}
	if t.numberAt(i+3, line) && t.items[i+3].sep == sep {
		return false
	}
	var v, n [3]int
	for k := range 3 {
		num := t.items[i+k].number
		if v[k], n[k] = 0, num.n; !num.typed || num.n > 4 {
			return false
		}
		v[k], _ = strconv.Atoi(num.digits)
	}
	year := func(k int) bool { return n[k] == 2 || n[k] == 4 && v[k] >= 1900 && v[k] < 2100 }
	small := func(k, most int) bool { return n[k] <= 2 && v[k] >= 1 && v[k] <= most }
	return n[0] == 4 && year(0) && small(1, 12) && small(2, 31) ||
		year(2) && (small(0, 31) && small(1, 12) || small(0, 12) && small(1, 31))
}
