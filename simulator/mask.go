package simulator

import (
	"regexp"
	"strings"

	"github.com/paydial/paydial/simulator/cards"
)

// cardRun is a run of digits as long as a card number, with single spaces or dashes between, not inside a word.
var cardRun = regexp.MustCompile(`\b\d(?:[ -]?\d){11,18}\b`)

// spokenRun is a card's number as it is said in English, eight words or more of digits one after the other.
var spokenRun = regexp.MustCompile(`(?i)\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)\b[\s,.-]*){8,}`)

// typed are the parameters that hold what a person typed or said.
var typed = map[string]bool{
	"Digits": true, "SpeechResult": true, "StableSpeechResult": true, "UnstableSpeechResult": true,
}

// maskParam is a webhook parameter as it may be kept and shown: long runs of typed digits lose all but four.
func maskParam(name, value string) string {
	if typed[name] {
		return cardRun.ReplaceAllStringFunc(value, maskRun)
	}
	return maskCards(value)
}

// maskCards hides card numbers in text: runs of 13 to 19 digits with a right check digit, and spoken ones.
func maskCards(text string) string {
	if maybeSpoken(text) {
		text = spokenRun.ReplaceAllStringFunc(text, func(run string) string {
			return "(digits)" + run[len(strings.TrimRight(run, " ,.-\t\n")):]
		})
	}
	if !maybeKeyed(text) {
		return text
	}
	return cardRun.ReplaceAllStringFunc(text, func(run string) string {
		if n := countDigits(run); n < 13 || !cards.Typed(run).Luhn() {
			return run
		}
		return maskRun(run)
	})
}

// maybeKeyed tells whether a text can hold a cardRun. Nearly none can, and looking for one takes much longer: everything
// that the simulator sends and keeps comes by here.
func maybeKeyed(text string) bool {
	run, gap := 0, 0
	for i := range len(text) {
		switch b := text[i]; {
		case b >= '0' && b <= '9':
			if run, gap = run+1, 0; run >= 12 {
				return true
			}
		case gap == 0 && (b == ' ' || b == '-'):
			gap = 1
		default:
			run = 0
		}
	}
	return false
}

// maybeSpoken tells whether a text can hold a spokenRun: eight words one after the other that begin as those of digits do
// and are as long, or letters that are none of ASCII's.
func maybeSpoken(text string) bool {
	words, begin := 0, -1
	for i := range len(text) + 1 {
		var b byte
		if i < len(text) {
			b = text[i]
		}
		switch {
		case b >= 0x80:
			return true
		case b|0x20 >= 'a' && b|0x20 <= 'z':
			if begin < 0 {
				begin = i
			}
			continue
		case begin >= 0 && i-begin <= len("double") && strings.IndexByte("zotfsend", text[begin]|0x20) >= 0:
			words++
		case begin >= 0:
			words = 0
		}
		if begin = -1; words >= 8 {
			return true
		}
		if strings.IndexByte(" \t\n\r\f,.-", b) < 0 {
			words = 0
		}
	}
	return false
}

// maskRun replaces all but the last four digits by x.
func maskRun(run string) string {
	left := countDigits(run) - 4
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			left--
			if left >= 0 {
				return 'x'
			}
		}
		return r
	}, run)
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}
