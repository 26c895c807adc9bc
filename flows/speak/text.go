package speak

import (
	"strings"
	"unicode"
)

// maskFrom is the length from which a masked value shows its last four characters: below it, four characters
// would be half of the secret or more.
const maskFrom = 8

// spaced puts a space between all characters, so that a voice says them one by one.
func spaced(text string) string {
	var said []string
	for _, r := range text {
		if !unicode.IsSpace(r) {
			said = append(said, string(r))
		}
	}
	return strings.Join(said, " ")
}

// last4 is the last four letters and digits; all there are, if fewer.
func last4(text string) string {
	runes := lettersAndDigits(text)
	return string(runes[max(0, len(runes)-4):])
}

func mask(text string) string {
	if runes := lettersAndDigits(text); len(runes) >= maskFrom {
		return "••••" + string(runes[len(runes)-4:])
	}
	return "••••"
}

func lettersAndDigits(text string) []rune {
	var kept []rune
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			kept = append(kept, r)
		}
	}
	return kept
}

// phoneGroups splits a phone number: a North American one without its country code into 3, 3 and 4, any other
// into threes with what is left over at the end.
func phoneGroups(text string) (country string, groups []string) {
	var b strings.Builder
	for _, r := range text {
		if r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	digits, plus := b.String(), strings.HasPrefix(strings.TrimSpace(text), "+")
	if len(digits) == 11 && digits[0] == '1' {
		country, digits = "1", digits[1:]
	} else if plus && len(digits) == 10 {
		return "", inThrees(digits)
	}
	if len(digits) == 10 {
		return country, []string{digits[:3], digits[3:6], digits[6:]}
	}
	return country, inThrees(digits)
}

func inThrees(digits string) []string {
	var groups []string
	for len(digits) > 4 {
		groups, digits = append(groups, digits[:3]), digits[3:]
	}
	if digits != "" {
		groups = append(groups, digits)
	}
	return groups
}

func phoneSpoken(text string) string {
	_, groups := phoneGroups(text)
	for i, g := range groups {
		groups[i] = spaced(g)
	}
	return strings.Join(groups, ", ")
}

func phoneWritten(text string) string {
	country, groups := phoneGroups(text)
	switch {
	case country != "":
		return "+" + country + " " + strings.Join(groups, " ")
	case strings.HasPrefix(strings.TrimSpace(text), "+"):
		return text // where its country code ends is not for us to guess
	}
	return strings.Join(groups, " ")
}

// splitNumber takes a decimal number apart; whole has no leading zeros.
func splitNumber(text string) (minus bool, whole, part string, ok bool) {
	text, minus = strings.CutPrefix(strings.TrimSpace(text), "-")
	whole, part, _ = strings.Cut(text, ".")
	if whole+part == "" || strings.Trim(whole+part, "0123456789") != "" {
		return false, "", "", false
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	return minus && strings.Trim(whole+part, "0") != "", whole, part, true
}

// group puts commas between thousands: both American English and American Spanish write and read it so.
func group(decimal string) string {
	whole, part, hasPart := strings.Cut(decimal, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if hasPart {
		return whole + "." + part
	}
	return whole
}
