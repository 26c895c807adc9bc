package redact

import (
	"time"
)

// itemKind is what an item of a talk is.
type itemKind int

const (
	itemNumber itemKind = iota
	itemFiller          // does not end a number
	itemOther           // a word of any other kind
	itemCue
	itemUnit  // dollars
	itemMonth // March
	itemMask  // a mask that is there already
)

// item is a word of a talk, or the words of a number or a cue.
type item struct {
	kind     itemKind
	line     int // of the lines that were read
	from, to int // in bytes of the line
	sep      string
	number   number
	cue      cueKind
	mask     Kind
	foreign  bool // of another track
	held     bool
	letter   bool // one single letter
	month    bool // a number that is a part of a date
	money    bool // a number that is an amount of something
}

// talk is what was said on one track, with the questions of the others in between.
type talk struct {
	lines []Line
	items []item
	runs  []run
	words []int // how many words of the track itself come before each item
	// about and weighty are the lines whose talk is of cards, and those that hold more than numbers.
	about, weighty map[int]bool
}

// readLine makes items of line i.
func readLine(l Line, i int) []item { return lineItems(languageOf(l.Language), readWords(l), i) }

// newTalk puts together the items of a track's lines, and of the others what they ask.
func newTalk(lines []Line, items [][]item, track string) *talk {
	t := &talk{lines: lines, about: map[int]bool{}, weighty: map[int]bool{}}
	for i, l := range lines {
		if l.Track == track {
			t.items = append(t.items, items[i]...)
			continue
		}
		for _, it := range items[i] {
			if it.kind == itemCue {
				it.foreign = true
				t.items = append(t.items, it)
			}
		}
	}
	t.markAmounts()
	t.markDates()
	t.dropMaybes()
	t.findRuns()
	t.words = make([]int, len(t.items)+1)
	for i, it := range t.items {
		t.words[i+1] = t.words[i]
		if !it.foreign {
			t.words[i+1]++
		}
		switch {
		case it.kind == itemCue && (it.cue == cueCard || it.cue == cueWord || it.cue == cueCode), it.kind == itemMask && (it.mask == Card || it.mask == Code):
			t.about[it.line] = true
		case it.kind != itemNumber && it.kind != itemFiller:
			t.weighty[it.line] = true
		}
	}
	return t
}

// readWords gives the words of a line.
func readWords(l Line) []word {
	lang := languageOf(l.Language)
	var out []word
	sep := ""
	for _, t := range tokens(l.Text) {
		if t.kind == tokenSep {
			sep = t.text
			continue
		}
		w := word{token: t, sep: sep}
		if t.kind == tokenWord {
			w.pieces, w.article = lang.split(t.text), lang.article[t.text]
		}
		out = append(out, w)
		sep = ""
	}
	if sep != "" { // a sign behind the last word: "84 €"
		out = append(out, word{token: token{kind: tokenSep, from: len(l.Text), to: len(l.Text)}, sep: sep})
	}
	return out
}

// lineItems makes items of the words of a line: cues first, numbers in what is left.
func lineItems(lang *language, words []word, line int) []item {
	texts := make([]string, len(words))
	for i, w := range words {
		if w.kind == tokenWord || w.kind == tokenTyped {
			texts[i] = w.text
		}
	}
	var out []item
	plain := 0 // where the words begin that hold no cue
	for i := 0; i < len(words); {
		kind, length := lang.cueAt(texts[i:])
		if kind == noCue {
			i++
			continue
		}
		out = append(out, plainItems(lang, words, plain, i, line)...)
		out = append(out, item{
			kind: itemCue, cue: kind, line: line, from: words[i].from, to: words[i+length-1].to, sep: words[i].sep,
		})
		i += length
		plain = i
	}
	return append(out, plainItems(lang, words, plain, len(words), line)...)
}

// plainItems makes items of words from..to.
func plainItems(lang *language, words []word, from, to, line int) []item {
	var out []item
	put := func(i, last int, it item) {
		it.line, it.from, it.to, it.sep = line, words[i].from, words[last].to, words[i].sep
		out = append(out, it)
	}
	numbers := lang.numbers(words[:to], from, to)
	for i := from; i < to; i++ {
		begun := len(out)
		for len(numbers) > 0 && numbers[0].first <= i { // the numbers of a word that is put together share it
			n := numbers[0]
			numbers = numbers[1:]
			put(max(n.first, from), n.last, item{kind: itemNumber, number: n, held: words[n.first].kind == tokenHeld})
			i = max(i, n.last)
		}
		if len(out) == begun {
			put(i, i, lang.plainItem(words[i]))
		}
	}
	return out
}

// plainItem is a word that is no number.
func (l *language) plainItem(w word) item {
	switch {
	case w.kind == tokenMask:
		return item{kind: itemMask, mask: w.mask}
	case w.kind == tokenSep:
		return item{kind: itemFiller}
	case l.units[w.text]:
		return item{kind: itemUnit}
	case l.months[w.text]:
		return item{kind: itemMonth}
	case l.ends[w.text] && w.sep == "":
		return item{kind: itemUnit} // 15th
	case len(w.text) == 1:
		return item{kind: itemFiller, letter: true}
	case l.fillers[w.text] || len(w.pieces) > 0:
		return item{kind: itemFiller}
	}
	return item{kind: itemOther}
}

// far tells whether so much time is between two lines that nothing goes on from one to the other.
func (t *talk) far(a, b int) bool {
	d := t.lines[b].At.Sub(t.lines[a].At)
	return d > Window || d < -Window
}

// maybeReach is how many fillers may stand between a word such as "to" and a digit that makes it one.
const maybeReach = 4

// fewMaybes is how many words of the kind in a row are digits without another near them: nobody says "to to to to".
const fewMaybes = 4

// dropMaybes keeps words such as "to" and "for" as digits only where they stand near one.
func (t *talk) dropMaybes() {
	for i := 0; i < len(t.items); i++ {
		if t.items[i].kind != itemNumber {
			continue
		}
		// A group is numbers with no more than a few fillers between.
		group, sure, fillers := []int{i}, !t.items[i].number.maybe, 0
		k := i + 1
		for ; k < len(t.items) && fillers <= maybeReach && !t.far(t.items[k].line, t.items[i].line); k++ {
			switch it := t.items[k]; {
			case it.kind == itemNumber:
				group, sure, fillers = append(group, k), sure || !it.number.maybe, 0
				i = k
			case it.foreign:
			case it.kind == itemFiller, it.kind == itemCue && (it.cue == cueCard || it.cue == cueWord):
				fillers++
			default:
				fillers = maybeReach + 1
			}
		}
		for _, at := range group {
			if !sure && len(group) < fewMaybes {
				t.items[at].kind = itemFiller
			}
		}
	}
}

// settled is when nothing that may come can change line i: Window after the last line that its numbers go on in.
func (t *talk) settled(i int) time.Time {
	at := t.lines[i].At
	for changed := true; changed; {
		changed = false
		for _, r := range t.runs {
			first, last := t.items[r.items[0]].line, t.items[r.items[len(r.items)-1]].line
			if first <= i && i <= last && t.lines[last].At.After(at) {
				at, changed = t.lines[last].At, true
			}
		}
	}
	return at.Add(Window)
}
