package contacts

import (
	"regexp"
	"strings"

	"github.com/paydial/paydial/internal/carddata"
)

var (
	phoneLike = regexp.MustCompile(`^\+[ (]*[0-9][0-9 ().\-/\x{00a0}]*([,; ]*(ext|x|#)\.? ?[0-9]+)?$`)
	numberly  = regexp.MustCompile(`^[+-][0-9]+([.,][0-9]+)*([eE][+-]?[0-9]+)?$`)
	minusWord = regexp.MustCompile(`^-+\s*[^0-9(=+@!|]*$`) // a dash for "nothing", or a text that begins with one
)

// damaged finds what no column may hold: a formula, a spreadsheet's error, a NUL, a card number. It returns nil for
// every other cell.
func damaged(cell string) *Trouble {
	if cell == "" {
		return nil
	}
	if strings.IndexByte(cell, 0) >= 0 {
		return &Trouble{"text", "there is a NUL byte in the cell: the file was damaged on its way, export it again"}
	}
	text := strings.TrimLeft(cell, " \t\r\n")
	if text == "" {
		return nil
	}
	switch text[0] {
	case '=', '@':
		return formula()
	case '+':
		if !plainNumber(text) && !phoneLike.MatchString(text) && !numberly.MatchString(text) {
			return formula()
		}
	case '-':
		if !numberly.MatchString(text) && !minusWord.MatchString(text) {
			return formula()
		}
	case '#':
		if strings.HasPrefix(text, "####") {
			return &Trouble{"the cell's content", "the spreadsheet's column was too narrow and only # were saved: widen it and export it again"}
		}
		switch text {
		case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!":
			return &Trouble{"the cell's content", "it is an error of the spreadsheet: mend the formula there and export it again"}
		}
	}
	if len(text) >= 13 && holdsCard(text) {
		return &Trouble{"no card number", "card numbers must not be in a list: take it out, and out of where it came from"}
	}
	return nil
}

// plainNumber tells whether a + is followed by digits alone, as it mostly is.
func plainNumber(text string) bool {
	for i := 1; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return len(text) > 1
}

func formula() *Trouble {
	return &Trouble{"a value", "it is a formula: paste the column as values in the spreadsheet and export it again"}
}

// holdsCard tells whether a cell is a card number, with or without spaces and dashes.
func holdsCard(text string) bool {
	if digitsIn(text) < 13 {
		return false
	}
	plain := strings.NewReplacer(" ", "", "-", "").Replace(text)
	return onlyDigits(plain) && carddata.IsCard(plain)
}

// foundIn is a cell for the report of what was found. A private one is not shown, and of what looks like a card number
// only the last four digits.
func foundIn(cell string, private bool) string {
	switch {
	case private && cell != "":
		return "••••"
	case len(cell) >= 13:
		cell = carddata.Mask(cell[:min(len(cell), 8*mostShown)], carddata.Identifier)
	}
	return shown(cell)
}
