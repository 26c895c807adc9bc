// Package carddata finds digits that look like a card number in a text, so that no store keeps one by mistake.
// Holds and Mask are what to call; Rule says how near a letter may be.
//
// It is pure and knows no store, no field and no policy: whether such a text is refused or masked is decided by
// who asks. It must not import anything of ours. Spoken numbers are recordings/redact's part.
package carddata

import (
	"strings"
	"unicode"
)

// Card numbers have 13 to 19 digits (ISO/IEC 7812) and end in a Luhn check digit.
const (
	shortestCard = 13
	longestCard  = 19
)

// ShownDigits is how many of a card's last digits may be shown and kept.
const ShownDigits = 4

// Rule says how a text is searched for card-like digits.
type Rule int

const (
	// Prose: any run of 13 to 19 digits that passes Luhn, also inside a word.
	Prose Rule = iota
	// Identifier: a run that touches a letter is not looked at. Identifiers that computers make are full of
	// such runs: one in 500 names of 32 hex digits holds one that passes Luhn, and a token or a CallSid that is
	// refused or masked for that loses somebody's payment.
	Identifier
)

// Holds tells whether s holds digits that look like a card number.
func Holds(s string, rule Rule) bool { return len(cardSpans([]rune(s), rule)) > 0 }

// Mask replaces every digit of what looks like a card number by x, but for its last four.
func Mask(s string, rule Rule) string {
	runes := []rune(s)
	spans := cardSpans(runes, rule)
	if len(spans) == 0 {
		return s
	}
	for _, sp := range spans {
		shown := ShownDigits
		for i := sp.to - 1; i >= sp.from; i-- {
			if digit(runes[i]) < 0 {
				continue
			}
			if shown > 0 {
				shown--
				continue
			}
			runes[i] = 'x'
		}
	}
	return string(runes)
}

// span is a stretch of runes, from the first to behind the last.
type span struct{ from, to int }

// cardSpans finds what looks like card numbers: a run of digits that passes Luhn, or runs parted as people
// part them ("4111 1111-1111 1111") that pass Luhn and begin as cards do. Without the second condition every
// tenth date followed by a number would be one.
func cardSpans(s []rune, rule Rule) []span {
	var found []span
	for _, chain := range chains(s) {
		for i, run := range chain {
			if runIsCard(s, run, rule) {
				found = append(found, run)
			}
			for j := i + 1; j < len(chain); j++ {
				sp := span{run.from, chain[j].to}
				n := countDigits(s, sp)
				if n > longestCard {
					break
				}
				if n >= shortestCard && luhn(s, sp) && beginsAsCard(s, sp) {
					found = append(found, sp)
				}
			}
		}
	}
	return found
}

// runIsCard looks at one run of digits. A longer one may be a card number with something behind it, "1225".
func runIsCard(s []rune, run span, rule Rule) bool {
	if rule == Identifier && (run.from > 0 && unicode.IsLetter(s[run.from-1]) || run.to < len(s) && unicode.IsLetter(s[run.to])) {
		return false
	}
	n := run.to - run.from
	if n >= shortestCard && n <= longestCard {
		return luhn(s, run)
	}
	for from := run.from; n > longestCard && from+shortestCard <= run.to; from++ {
		for size := shortestCard; size <= longestCard && from+size <= run.to; size++ {
			if sp := (span{from, from + size}); luhn(s, sp) && beginsAsCard(s, sp) {
				return true
			}
		}
	}
	return false
}

// chains returns the runs of digits in s, those parted only by what people part digits by in one chain.
func chains(s []rune) [][]span {
	var out [][]span
	gap := -1 // separators since the last run; -1: something else, or nothing yet
	for i := 0; i < len(s); i++ {
		switch {
		case digit(s[i]) >= 0:
			run := span{from: i}
			for i < len(s) && digit(s[i]) >= 0 {
				i++
			}
			run.to = i
			i--
			if gap >= 0 && gap <= 3 {
				out[len(out)-1] = append(out[len(out)-1], run)
			} else {
				out = append(out, []span{run})
			}
			gap = 0
		case gap >= 0 && parts(s[i]):
			gap++
		default:
			gap = -1
		}
	}
	return out
}

// parts tells whether a rune stands between groups of digits: spaces, line ends, dashes, dots, commas,
// underscores, and characters nobody sees.
func parts(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) || strings.ContainsRune(".,_·", r)
}

// digit is the value of a decimal digit of any script, -1 for anything else.
func digit(r rune) int {
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return -1
	}
	// Every script's digits are ten code points in a row; ranges hold whole tens.
	for _, x := range unicode.Nd.R16 {
		if r >= rune(x.Lo) && r <= rune(x.Hi) {
			return int(r-rune(x.Lo)) % 10
		}
	}
	for _, x := range unicode.Nd.R32 {
		if r >= rune(x.Lo) && r <= rune(x.Hi) {
			return int(r-rune(x.Lo)) % 10
		}
	}
	return -1
}

func countDigits(s []rune, sp span) int {
	n := 0
	for _, r := range s[sp.from:sp.to] {
		if digit(r) >= 0 {
			n++
		}
	}
	return n
}

// luhn tells whether the digits of a span end in the right check digit.
func luhn(s []rune, sp span) bool {
	sum, double := 0, false
	for i := sp.to - 1; i >= sp.from; i-- {
		d := digit(s[i])
		if d < 0 {
			continue
		}
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	return sum%10 == 0
}

// beginsAsCard tells whether the digits of a span begin as card numbers do: 3, 4, 5, 6, or Mastercard's 22 to 27.
func beginsAsCard(s []rune, sp span) bool {
	first, second := -1, -1
	for _, r := range s[sp.from:sp.to] {
		d := digit(r)
		if d < 0 {
			continue
		}
		if first >= 0 {
			second = d
			break
		}
		first = d
	}
	return first >= 3 && first <= 6 || first == 2 && second >= 2 && second <= 7
}

// Spans are the stretches of s that look like card numbers, in bytes: each from its first digit to behind its last.
// They may overlap.
func Spans(s string, rule Rule) [][2]int {
	runes := []rune(s)
	found := cardSpans(runes, rule)
	if len(found) == 0 {
		return nil
	}
	at := make([]int, 0, len(runes)+1) // where each rune begins, and the end
	for i := range s {
		at = append(at, i)
	}
	at = append(at, len(s))
	out := make([][2]int, len(found))
	for i, sp := range found {
		out[i] = [2]int{at[sp.from], at[sp.to]}
	}
	return out
}

// Digit is the value of a decimal digit of any script, -1 for anything else.
func Digit(r rune) int { return digit(r) }

// Luhn tells whether digits, which hold nothing else, end in the right check digit (ISO/IEC 7812-1, annex B).
func Luhn(digits string) bool {
	s := []rune(digits)
	return luhn(s, span{0, len(s)})
}

// IsCard tells whether digits, which hold nothing else, are as many as a card number has, begin like one, and end in
// the right check digit.
func IsCard(digits string) bool {
	s := []rune(digits)
	sp := span{0, len(s)}
	return len(s) >= shortestCard && len(s) <= longestCard && beginsAsCard(s, sp) && luhn(s, sp)
}

// LastDigits is what a masked number may leave to see: the digits of s. ok is false for more than four.
func LastDigits(s string) (string, bool) {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if d := digit(r); d >= 0 {
			b.WriteByte(byte('0' + d))
			n++
		}
	}
	return b.String(), n <= ShownDigits
}
