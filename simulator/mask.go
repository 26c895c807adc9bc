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
	text = spokenRun.ReplaceAllStringFunc(text, func(run string) string {
		return "(digits)" + run[len(strings.TrimRight(run, " ,.-\t\n")):]
	})
	return cardRun.ReplaceAllStringFunc(text, func(run string) string {
		if n := countDigits(run); n < 13 || !cards.Typed(run).Luhn() {
			return run
		}
		return maskRun(run)
	})
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
