package contacts

import (
	"fmt"
	"strings"
)

// Fault is what makes a whole file unusable: it has to be mended or saved again before any of it is used.
type Fault struct {
	Line   int    // where, from 1; 0 when it is the file as a whole
	Column string // header or position of the column; "" when it is none
	What   string // what is wrong
	Found  string // what stands there, shortened; "" when there is nothing to show
	Mend   string // what to do
}

// Error says where, what and how to mend it.
func (f *Fault) Error() string {
	var b strings.Builder
	if f.Line > 0 {
		fmt.Fprintf(&b, "line %d", f.Line)
		if f.Column != "" {
			fmt.Fprintf(&b, ", column %s", f.Column)
		}
		b.WriteString(": ")
	}
	b.WriteString(f.What)
	if f.Found != "" {
		fmt.Fprintf(&b, ": found %s", f.Found)
	}
	if f.Mend != "" {
		fmt.Fprintf(&b, "; %s", f.Mend)
	}
	return b.String()
}

// How files are saved again as what Read takes.
const (
	mendSave    = `save it again as UTF-8: in Excel "CSV UTF-8 (comma delimited)", in LibreOffice "Text CSV" with character set Unicode (UTF-8)`
	mendBinary  = `open it in the spreadsheet and save it as "CSV UTF-8 (comma delimited)"`
	mendUnquote = `close the quote, or write a quote inside of a cell twice: ""`
)

// mostShown is how much of a cell is shown in a message, in characters.
const mostShown = 40

// shown is a cell for a message: in quotes, without control characters, shortened.
func shown(cell string) string {
	cut := false
	if len(cell) > 4*mostShown {
		cell, cut = cell[:4*mostShown], true
	}
	runes := []rune(strings.ToValidUTF8(cell, "\uFFFD"))
	if len(runes) > mostShown {
		runes, cut = runes[:mostShown], true
	}
	text := fmt.Sprintf("%q", string(runes))
	if cut {
		text = text[:len(text)-1] + `…"`
	}
	return text
}
