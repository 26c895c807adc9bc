package redact

import (
	"sort"

	"github.com/paydial/paydial/internal/carddata"
)

// How many digits are a card number: the bounds of ISO/IEC 7812, and how few are taken for a part of one where a card
// number was asked for.
const (
	leastCard  = 13
	mostCard   = 19
	leastAsked = 8
	mostCode   = 12 // a code, and what was said behind it without a pause
	leastAny   = 4  // of AllNumbers
)

// judge marks the items of a talk that are masked.
type judge struct {
	*talk
	rules Rules
	marks []Kind // by item; "" is kept
	edits map[int][]edit
}

// decide says which stretches of each line of the track are masked.
func (t *talk) decide(rules Rules) map[int][]edit {
	j := &judge{talk: t, rules: rules, marks: make([]Kind, len(t.items)), edits: map[int][]edit{}}
	if rules.Cards {
		j.longRuns()
		j.askedCards()
		j.looseCards()
		j.goneOn()
	}
	j.answers()
	if rules.Cards {
		j.expiry()
	}
	if rules.IDs {
		j.typedIDs()
	}
	if rules.AllNumbers {
		for _, r := range t.runs {
			if r.n >= leastAny {
				j.mark(r, Number)
			}
		}
	}
	return j.spans()
}

// mark marks a run, where it has no mark yet.
func (j *judge) mark(r run, k Kind) {
	for _, i := range r.items {
		if j.marks[i] == "" {
			j.marks[i] = k
		}
		if k == Card || k == Code {
			j.about[j.items[i].line] = true
		}
	}
}

func (j *judge) marked(r run) bool { return j.marks[r.items[0]] != "" }

// longRuns masks what is as long as a card number or longer, right check digit or not.
func (j *judge) longRuns() {
	for _, r := range j.runs {
		phone := r.plus && r.n <= 15 && r.digits != "" && !carddata.IsCard(r.digits) || j.phones(r)
		if r.n < leastCard || phone {
			continue
		}
		kind := Card
		if asked := j.kindOf(j.cueBefore(r.items[0])); asked == Bank || asked == ID {
			kind = asked
		}
		j.mark(r, kind)
	}
}

// askedCards masks parts of card numbers where one was asked for or told of.
func (j *judge) askedCards() {
	for i, it := range j.items {
		if it.kind != itemCue || it.cue != cueCard && it.cue != cueWord {
			continue
		}
		reach := cardReach
		if it.cue == cueWord {
			reach = wordReach
		}
		var pool []run
		digits, at := 0, i
		behind := sort.Search(len(j.runs), func(k int) bool { return j.runs[k].items[0] > i })
		for _, r := range j.runs[behind:] {
			first := r.items[0]
			if digits >= leastCard || first-at > mostSteps || j.between(at, first) > reach || j.closed(at, first) {
				break
			}
			pool, digits, at, reach = append(pool, r), digits+r.n, r.items[len(r.items)-1], cardReach
		}
		for _, r := range pool {
			if digits >= leastAsked {
				j.mark(r, Card)
			}
		}
	}
}

// closed tells whether between two items something ends the talk of a card number: another question, a mask, time.
func (j *judge) closed(from, to int) bool {
	if j.far(j.items[from].line, j.items[to].line) {
		return true
	}
	for _, it := range j.items[from+1 : to] {
		if it.kind == itemMask || it.kind == itemCue && it.cue != cueCard && it.cue != cueWord {
			return true
		}
	}
	return false
}

// looseCards masks runs with a few other words between that together pass for a card number.
func (j *judge) looseCards() {
	for a := range j.runs {
		digits, n, known := "", 0, true
		for b := a; b < len(j.runs); b++ {
			r := j.runs[b]
			if b > a && (r.broken || r.gap > looseGap) {
				break
			}
			if n += r.n; n > mostCard {
				break
			}
			digits, known = digits+r.digits, known && r.digits != ""
			if n < leastCard || known && !carddata.IsCard(digits) {
				continue
			}
			for _, part := range j.runs[a : b+1] {
				j.mark(part, Card)
			}
		}
	}
}

// goneOn masks digits next to a card number on another line: they are the rest of it, its expiry date or code. They
// come before it where lines come late.
func (j *judge) goneOn() {
	for _, r := range j.runs {
		first, last := r.items[0], r.items[len(r.items)-1]
		line := j.items[first].line
		if r.n == 1 && j.weighty[line] {
			continue
		}
		if j.besideCard(first, -1) || j.besideCard(last, 1) {
			j.mark(r, Card)
		}
	}
}

// besideCard tells whether the mask of a card number stands before or behind item i, on another line.
func (j *judge) besideCard(i, step int) bool {
	others := 0
	for k := i + step; k >= max(0, i-mostSteps) && k < min(len(j.items), i+mostSteps) && others <= continues; k += step {
		it := j.items[k]
		switch {
		case it.kind == itemMask && it.mask == Card:
			return it.line != j.items[i].line && !j.far(it.line, j.items[i].line)
		case it.kind == itemCue && (it.cue == cueCard || it.cue == cueWord):
		case it.kind == itemMask, it.kind == itemNumber, it.kind == itemCue:
			return false
		case it.kind != itemFiller:
			others++
		}
	}
	return false
}

// answers masks what is asked for, or told, by name: codes, bank accounts, the numbers of people.
func (j *judge) answers() {
	for _, r := range j.runs {
		if j.marked(r) {
			continue
		}
		cue, enough := j.cueBefore(r.items[0]), 0
		if cue == noCue {
			if cue = j.cueBehind(r.items[len(r.items)-1]); cue != cueCode {
				enough = 6
			}
		}
		kind := j.kindOf(cue)
		if kind == "" || r.n < max(enough, least(cue)) || kind == Code && r.n > mostCode {
			continue
		}
		j.mark(r, kind)
		if kind == ID {
			j.letters(r)
		}
	}
}

// kindOf is what the answer to a question is masked as; "" for one that is kept.
func (j *judge) kindOf(cue cueKind) Kind {
	switch {
	case cue == cueCard && j.rules.Cards:
		return Card
	case cue == cueCode && j.rules.Codes:
		return Code
	case cue == cueBank && j.rules.Bank:
		return Bank
	case cue == cueRoute && j.rules.Bank:
		return Routing
	case cue == cueID && j.rules.IDs:
		return ID
	}
	return ""
}

// letters marks single letters right beside a run: 12345678Z.
func (j *judge) letters(r run) {
	first, last := r.items[0]-1, r.items[len(r.items)-1]+1
	touches := func(sep string) bool { return sep == "" || sep == "-" }
	if first >= 0 && j.items[first].letter && j.items[first].line == j.items[first+1].line && touches(j.items[first+1].sep) {
		j.marks[first] = ID
	}
	if last < len(j.items) && j.items[last].letter && j.items[last].line == j.items[last-1].line && touches(j.items[last].sep) {
		j.marks[last] = ID
	}
}

// mostExpiry is how many digits an expiry date has: 12 2030, and a code that was said behind it.
const mostExpiry = 10

// expiry masks what follows the word for it, where the talk is of cards.
func (j *judge) expiry() {
	for i, it := range j.items {
		if it.kind == itemCue && it.cue == cueExpiry && j.aboutCards(it.line) {
			j.expiryBehind(i)
		}
	}
}

func (j *judge) aboutCards(line int) bool {
	for about := range j.about {
		if !j.far(about, line) {
			return true
		}
	}
	return false
}

// expiryBehind masks the months and numbers behind item i.
func (j *judge) expiryBehind(i int) {
	var found []int
	digits, others := 0, 0
	for k := i + 1; k < min(len(j.items), i+mostSteps) && others <= looseGap && digits < mostExpiry; k++ {
		it := j.items[k]
		if it.foreign {
			continue
		}
		stop := it.kind == itemMask || it.kind == itemCue && it.cue != cueWord && it.cue != cueCard && it.cue != cueExpiry
		if stop || j.far(j.items[i].line, it.line) || len(found) > 0 && (it.kind == itemOther || it.money) {
			break
		}
		switch {
		case it.kind == itemNumber && !it.money && j.marks[k] == "":
			digits += it.number.n
			found = append(found, k)
		case it.kind == itemMonth:
			found = append(found, k)
		case it.kind == itemOther:
			others++
		}
	}
	for _, k := range found {
		if digits >= 2 {
			j.marks[k] = Expiry
		}
	}
}
