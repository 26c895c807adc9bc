package redact

import (
	"strings"

	"github.com/paydial/paydial/internal/carddata"
)

// How much may stand between the parts of one number, and between a question and its answer, in words.
const (
	mostFillers = 12 // "um, then, let me see"
	looseGap    = 6  // other words, where the digits pass for a card's
	cueReach    = 20
	cardReach   = 25
	wordReach   = 6 // "my visa is"
	behindReach = 4 // "... is my security code"
	continues   = 4 // behind a mask on an earlier line
)

// run is numbers that were said one after the other.
type run struct {
	items  []int
	n      int    // digits
	digits string // "" when they are not all known, or too many
	gap    int    // other words since the run before
	broken bool   // something between says that it goes on no number before it
	plus   bool   // begins with "+", as phone numbers do
}

// findRuns puts numbers together.
func (t *talk) findRuns() {
	last, fillers, gap := -1, 0, 0 // item of the last number, and what came since
	broken, open := false, false
	for i, it := range t.items {
		switch {
		case it.kind == itemNumber && (it.month || it.money && (!open || t.runs[len(t.runs)-1].n <= longestAmount)):
			open, gap = false, gap+1
		case it.kind == itemNumber:
			if last >= 0 && t.far(t.items[last].line, it.line) {
				open, broken = false, true
			}
			if !open {
				t.runs = append(t.runs, run{gap: gap, broken: broken, plus: strings.HasSuffix(it.sep, "+")})
			}
			t.runs[len(t.runs)-1].add(i, it.number)
			last, fillers, gap, broken, open = i, 0, 0, false, true
		case it.kind == itemCue && it.cue != cueCard && it.cue != cueWord, it.kind == itemMask:
			open, broken = false, true
		case it.foreign:
		case it.kind == itemFiller, it.kind == itemCue:
			if fillers++; fillers > mostFillers {
				open = false
			}
		default:
			open, gap = false, gap+1
		}
	}
}

// mostKnown is how long a run is looked at digit by digit.
const mostKnown = 200

func (r *run) add(i int, n number) {
	switch {
	case n.digits == "" || r.n+n.n > mostKnown:
		r.digits = ""
	case len(r.items) == 0 || r.digits != "":
		r.digits += n.digits
	}
	r.items = append(r.items, i)
	r.n += n.n
}

// phones tells whether a run is nothing but phone numbers as they are typed in North America, two or more.
func (t *talk) phones(r run) bool {
	if r.n < 20 || len(r.items)%3 != 0 {
		return false
	}
	for k, i := range r.items {
		want := 3
		if k%3 == 2 {
			want = 4
		}
		if n := t.items[i].number; !n.typed || n.n != want {
			return false
		}
	}
	return !carddata.Holds(r.digits, carddata.Prose)
}

// between is how many words of the track itself are between two items, of which from is the first.
func (t *talk) between(from, to int) int { return t.words[to] - t.words[from+1] }

// mostSteps bounds how far is looked for what belongs to a number, questions of the other side included.
const mostSteps = 100

// cueBefore is the nearest question before item i that is still open: not answered by another number of least digits
// or more, or by a mask. least is asked for each kind.
func (t *talk) cueBefore(i int) cueKind {
	words := 0
	passed := 0 // digits of the longest number that was passed
	run := 0
	for k := i - 1; k >= max(0, i-mostSteps) && words <= cueReach; k-- {
		it := t.items[k]
		if t.far(it.line, t.items[i].line) || it.kind == itemMask {
			return noCue
		}
		if !it.foreign {
			words++
		}
		switch {
		case it.kind == itemNumber && !it.money && !it.month:
			run += it.number.n
			passed = max(passed, run)
			continue
		case it.kind == itemCue && it.cue != cueWord:
			if passed >= least(it.cue) {
				return noCue
			}
			return it.cue
		case it.kind != itemFiller:
			run = 0
		}
	}
	return noCue
}

// cueBehind is a question that a number stands right before: "123 is my security code".
func (t *talk) cueBehind(i int) cueKind {
	line := t.items[i].line
	for k := i + 1; k < len(t.items) && k <= i+behindReach+1 && t.items[k].line == line; k++ {
		switch it := t.items[k]; {
		case it.kind == itemCue && it.cue != cueWord && !strings.ContainsAny(it.sep, ".!?,"):
			return it.cue
		case it.kind != itemFiller:
			return noCue
		}
	}
	return noCue
}

// least is how many digits the answer to a question has at least.
func least(k cueKind) int {
	switch k {
	case cueCard:
		return leastAsked
	case cueCode:
		return 3
	case cueRoute:
		return 5
	}
	return 4
}
