package main

import (
	"fmt"
	"strings"
	"time"
)

// spaced is a phone number for reading: +1 555 012 3456. Numbers of other countries stay as they are, because
// where their parts begin is not the same everywhere.
func spaced(number string) string {
	digits, ok := strings.CutPrefix(number, "+1")
	if !ok || len(digits) != 10 {
		return number
	}
	return "+1 " + digits[:3] + " " + digits[3:6] + " " + digits[6:]
}

// dots is a masked card number for reading: ···· ···· ···· 4242. Only the last four can be digits.
func dots(mask string) string {
	kept := make([]rune, 0, len(mask))
	for _, c := range mask {
		if c != '-' && c != ' ' {
			kept = append(kept, c)
		}
	}
	for i, c := range kept {
		if c < '0' || c > '9' || i < len(kept)-4 {
			kept[i] = '·'
		}
	}
	return inGroups(string(kept))
}

// inGroups is a card number in the groups that are printed on cards.
func inGroups(number string) string {
	rest := []rune(number)
	groups := []int{4, 4, 4, 4, 4}
	if len(rest) == 14 || len(rest) == 15 {
		groups = []int{4, 6, 5}
	}
	var parts []string
	for _, size := range groups {
		if size = min(size, len(rest)); size > 0 {
			parts = append(parts, string(rest[:size]))
			rest = rest[size:]
		}
	}
	return strings.Join(parts, " ")
}

// clip shortens a text to so many characters; 0 is no limit.
func clip(text string, width int) string {
	r := []rune(text)
	if width <= 0 || len(r) <= width {
		return text
	}
	return string(r[:width-1]) + "…"
}

// lasted is how long a call took.
func lasted(d time.Duration) string {
	seconds := int(d.Round(time.Second) / time.Second)
	if seconds < 60 {
		return fmt.Sprintf("%d s", seconds)
	}
	return fmt.Sprintf("%d min %02d s", seconds/60, seconds%60)
}

// took is how long an answer took.
func took(d time.Duration) string {
	if d < time.Millisecond {
		return "<1 ms"
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// moneyWords says what became of an amount.
func moneyWords(result, amount string) string {
	switch result {
	case "paid":
		return "paid " + amount
	case "saved":
		return "card saved, nothing charged"
	case "started":
		return "started: no result for " + amount + " yet"
	case "unknown":
		return "unknown: nobody knows whether " + amount + " was taken"
	}
	return strings.ReplaceAll(result, "_", " ") + ": " + amount + " not charged"
}

// hanging breaks a text into lines that all begin at the column it is written at.
func hanging(text string, column int) string {
	return strings.Join(wrap(text, helpWidth-column), "\n"+strings.Repeat(" ", column))
}

// thousands is a number with commas: 1,204.
func thousands(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
