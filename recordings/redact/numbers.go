package redact

import (
	"strconv"
	"strings"
)

// word is a word or a typed number of a line, with what stands before it.
type word struct {
	token
	sep     string // between the word before and this one
	pieces  []piece
	article bool // may stand between "double" and the digit
}

// number is a number as it was said: one digit, "forty-two", "double five", 4242.
type number struct {
	first, last int    // words, both included
	digits      string // "" when they are not known
	n           int    // how many digits
	maybe       bool   // a word that is a digit only beside another
	typed       bool
}

// part is a piece with the word it belongs to.
type part struct {
	piece
	at int
}

// reader reads numbers from the words of one line.
type reader struct {
	lang  *language
	words []word
	parts []part
}

// numbers reads the numbers in words from..to (behind the last), which hold no cue.
func (l *language) numbers(words []word, from, to int) []number {
	var out []number
	for i := from; i < to; {
		switch w := words[i]; {
		case w.kind == tokenTyped:
			out = append(out, number{first: i, last: i, digits: w.text, n: len(w.text), typed: true})
			i++
		case w.kind == tokenHeld:
			out = append(out, number{first: i, last: i, n: w.held})
			i++
		case len(w.pieces) == 0:
			i++
		default:
			end := i + 1
			for end < to && len(words[end].pieces) > 0 {
				end++
			}
			r := reader{lang: l, words: words}
			for at := i; at < end; at++ {
				for _, p := range words[at].pieces {
					r.parts = append(r.parts, part{p, at})
				}
			}
			out = append(out, r.read()...)
			i = end
		}
	}
	return joinRepeats(words, out)
}

// read reads all the numbers in the parts.
func (r *reader) read() []number {
	var out []number
	for i := 0; i < len(r.parts); {
		n, next := r.one(i)
		if next == i { // a word that is none by itself
			i++
			continue
		}
		out = append(out, n)
		i = next
	}
	return out
}

// one reads a number at part i; next is i when there is none.
func (r *reader) one(i int) (n number, next int) {
	switch p := r.parts[i]; p.kind {
	case pieceAnd, pieceRepeat: // what is repeated may be typed: joinRepeats looks
		return number{}, i
	case pieceMaybe:
		n := r.number(i, i+1, strconv.Itoa(p.value))
		n.maybe = true
		return n, i + 1
	case piecePlural:
		return r.number(i, i+1, strconv.Itoa(p.value)), i + 1
	case pieceDigit:
		if r.is(i+1, piecePlural) && p.value > 1 { // "two fours"
			return r.number(i, i+2, strings.Repeat(strconv.Itoa(r.parts[i+1].value), p.value)), i + 2
		}
		if p.value == 0 {
			return r.number(i, i+1, "0"), i + 1
		}
	}
	value, next := r.thousands(i)
	return r.number(i, next, strconv.Itoa(value)), next
}

// number makes a number of parts from..to.
func (r *reader) number(from, to int, digits string) number {
	return number{first: r.parts[from].at, last: r.parts[to-1].at, digits: digits, n: len(digits)}
}

// is tells whether part i is there, of a kind, and joined to the one before as the words of one number are.
func (r *reader) is(i int, kind pieceKind) bool {
	if i >= len(r.parts) || r.parts[i].kind != kind {
		return false
	}
	return i == 0 || r.parts[i].at == r.parts[i-1].at || joins(r.words[r.parts[i].at].sep)
}

// joins tells whether the words of one number can be parted so: "forty two", "forty-two", but not "forty, two".
func joins(sep string) bool { return strings.Trim(sep, " -\u00a0\u2010\u2011") == "" }

// thousands reads up to 999,999.
func (r *reader) thousands(i int) (value, next int) {
	if r.parts[i].kind == pieceThousand {
		value, next = 1, i
	} else {
		value, next = r.hundreds(i)
	}
	if !r.is(next, pieceThousand) {
		return value, next
	}
	value, next = value*1000, next+1
	rest := r.skipAnd(next)
	if rest < len(r.parts) && r.begins(rest) {
		if tail, end := r.hundreds(rest); end > rest {
			return value + tail, end
		}
	}
	return value, next
}

// hundreds reads up to 9,999 ("forty-two hundred").
func (r *reader) hundreds(i int) (value, next int) {
	switch {
	case r.parts[i].kind == pieceHundred:
		value, next = 100, i+1
	case r.parts[i].kind == pieceHundreds:
		value, next = r.parts[i].value, i+1
	default:
		value, next = r.tens(i)
		if !r.is(next, pieceHundred) {
			return value, next
		}
		value, next = value*100, next+1
	}
	rest := r.skipAnd(next)
	if rest < len(r.parts) && r.begins(rest) {
		if tail, end := r.tens(rest); end > rest && !r.is(end, pieceHundred) {
			return value + tail, end
		}
	}
	return value, next
}

// begins tells whether part i can stand behind a hundred or a thousand.
func (r *reader) begins(i int) bool {
	for _, kind := range []pieceKind{pieceDigit, pieceTeen, pieceTens, pieceHundreds} {
		if r.is(i, kind) {
			return !(kind == pieceDigit && r.parts[i].value == 0)
		}
	}
	return false
}

// skipAnd is i, or behind an "and" that stands there.
func (r *reader) skipAnd(i int) int {
	if r.is(i, pieceAnd) {
		return i + 1
	}
	return i
}

// tens reads up to 99. It takes at least one part of the kinds that begin a number.
func (r *reader) tens(i int) (value, next int) {
	p := r.parts[i]
	switch p.kind {
	case pieceDigit:
		switch {
		case r.lang.unitFirst && r.is(i+1, pieceAnd) && r.is(i+2, pieceTens): // zweiundvierzig
			return r.parts[i+2].value + p.value, i + 3
		case r.lang.vigesimal && p.value == 4 && r.is(i+1, pieceTens) && r.parts[i+1].value == 20: // quatre-vingts
			return r.behindTens(80, i+2)
		}
		return p.value, i + 1
	case pieceTeen:
		if r.lang.vigesimal && p.value == 10 && r.is(i+1, pieceDigit) && r.parts[i+1].value >= 7 { // dix-sept
			return 10 + r.parts[i+1].value, i + 2
		}
		return p.value, i + 1
	case pieceTens:
		return r.behindTens(p.value, i+1)
	}
	return p.value, i
}

// behindTens reads what stands behind twenty, thirty ...
func (r *reader) behindTens(value, i int) (int, int) {
	rest := r.skipAnd(i)
	if r.lang.unitFirst {
		rest = i
	}
	if r.lang.vigesimal && (value == 60 || value == 80) && r.is(rest, pieceTeen) {
		teen, next := r.tens(rest)
		return value + teen, next
	}
	if r.is(rest, pieceDigit) && r.parts[rest].value > 0 && !r.is(rest+1, pieceHundred) {
		return value + r.parts[rest].value, rest + 1
	}
	if rest < len(r.parts) && r.parts[rest].kind == pieceMaybe && rest > i { // trente et un, treinta y un
		return value + r.parts[rest].value, rest + 1
	}
	return value, i
}

// joinRepeats makes "double four" and "triple 5" one number.
func joinRepeats(words []word, all []number) []number {
	for i, n := range all {
		at := n.first - 1
		if at >= 0 && words[at].article {
			at--
		}
		if at < 0 || len(words[at].pieces) != 1 || words[at].pieces[0].kind != pieceRepeat || n.n != 1 {
			continue
		}
		times := words[at].pieces[0].value
		all[i].first, all[i].n, all[i].maybe = at, times, false
		all[i].digits = strings.Repeat(n.digits, times)
	}
	return all
}
