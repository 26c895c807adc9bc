package redact

import (
	"slices"
	"time"
)

// Kind is what a masked number was.
type Kind string

// The kinds. Each but none stands in the text, in brackets and in these words in every language.
const (
	Card    Kind = "card number"
	Code    Kind = "security code"
	Expiry  Kind = "expiry date"
	Bank    Kind = "bank account"
	Routing Kind = "routing number"
	ID      Kind = "id number"
	Number  Kind = "number"
)

// Kinds are all the kinds.
func Kinds() []Kind { return []Kind{Card, Code, Expiry, Bank, Routing, ID, Number} }

// mask is what stands in a text in place of a number.
func (k Kind) mask() string { return "[" + string(k) + "]" }

// Rules says which numbers are masked. The zero Rules masks none.
type Rules struct {
	Cards bool // card numbers, and expiry dates where the talk is of cards
	Codes bool // security codes and PINs
	Bank  bool // bank account and routing numbers
	IDs   bool // social security numbers and what other countries have in their place
	// AllNumbers masks every number of four digits or more, phone numbers too. Amounts of money, dates and
	// times stay.
	AllNumbers bool
}

// All masks every kind of private number, and leaves other numbers.
func All() Rules { return Rules{Cards: true, Codes: true, Bank: true, IDs: true} }

// none tells whether nothing is masked.
func (r Rules) none() bool { return r == Rules{} }

// Window is how long after a line another of the same speaker can continue its number, and how long after a question
// its answer can come.
const Window = 45 * time.Second

// Text masks the private numbers in s. language is a tag such as es-MX; "" is English. The kinds are those of the
// masks it put in, in their order. Masking again changes nothing.
func Text(s, language string, rules Rules) (string, []Kind) {
	got := Lines([]Line{{Language: language, Text: s}}, rules)
	return got[0].Text, got[0].Kinds
}

// Line is what one speaker said at a time.
type Line struct {
	Track    string // whose line it is; a number goes on only in lines of the same track
	At       time.Time
	Language string // such as es-MX; "" is English
	Text     string
}

// Result is a line after masking.
type Result struct {
	Text  string
	Kinds []Kind // of the masks that were put in, in their order
	// Held is Text without the numbers that a line within Window could yet make part of a private one: "[4 digits]"
	// stands for them, and is counted as so many digits when it comes back to Lines.
	Held string
	// Settled is when nothing that may still come can change this line.
	Settled time.Time
}

// Lines masks the private numbers in lines of one call, which are in the order of their times. A number that goes on
// over several lines of a track is found, and each of them masked. Masking again changes nothing.
func Lines(lines []Line, rules Rules) []Result {
	out := make([]Result, len(lines))
	now := slices.Clone(lines)
	for i := range out {
		out[i] = Result{Text: lines[i].Text, Held: lines[i].Text, Settled: lines[i].At}
	}
	if rules.none() {
		return out
	}
	// A mask is read as one when the text is read again and may bring what stood behind it nearer to a question, so it
	// is read until nothing changes. Every round but the last takes digits away: it ends.
	items := make([][]item, len(now))
	for i, l := range now {
		items[i] = readLine(l, i)
	}
	for changed := true; changed; {
		changed = false
		for _, track := range tracks(now) {
			for i, edits := range newTalk(now, items, track).decide(rules) {
				if len(edits) == 0 {
					continue
				}
				now[i].Text, changed = apply(now[i].Text, edits), true
				items[i] = readLine(now[i], i)
				for _, e := range edits {
					out[i].Kinds = append(out[i].Kinds, e.kind)
				}
			}
		}
	}
	for _, track := range tracks(now) {
		talk := newTalk(now, items, track)
		for i, edits := range talk.hold() {
			out[i].Text = now[i].Text
			out[i].Held = apply(now[i].Text, edits)
			out[i].Settled = talk.settled(i)
		}
	}
	return out
}

func tracks(lines []Line) []string {
	var all []string
	for _, l := range lines {
		if !slices.Contains(all, l.Track) {
			all = append(all, l.Track)
		}
	}
	return all
}

// edit replaces a stretch of a line, in bytes.
type edit struct {
	from, to int
	kind     Kind
	text     string
}

// apply makes edits, which are in order and do not overlap.
func apply(s string, edits []edit) string {
	if len(edits) == 0 {
		return s
	}
	out, at := make([]byte, 0, len(s)), 0
	for _, e := range edits {
		out = append(out, s[at:e.from]...)
		out = append(out, e.text...)
		at = e.to
	}
	return string(append(out, s[at:]...))
}
