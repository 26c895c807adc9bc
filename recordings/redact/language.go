package redact

import (
	"strings"
	"sync"
)

// table is how numbers are said in a language. Words are written folded, as fold makes them; lists are parted by
// spaces, phrases by commas. A * at the end of a word of a phrase stands for any ending.
type table struct {
	digits   [10]string // 0 to 9, each with its other words
	plurals  [10]string // "fours"
	teens    [10]string // 10 to 19
	tens     [10]string // 20 to 90, from index 2
	hundreds [10]string // index 1: the word that multiplies; from 2: words of their own, doscientos
	thousand string
	maybe    [10]string // words that are a digit only beside another: "to", "for", "o"
	and      string     // stands inside numbers
	repeats  [5]string  // index 2: "double", 3: "triple", 4: "quadruple"
	article  string     // may stand between a word that repeats and the digit
	// unitFirst: zweiundvierzig; vigesimal: soixante-dix, quatre-vingt-onze.
	unitFirst, vigesimal bool

	fillers string // words that do not end a number
	units   string // make a number before them an amount of something
	months  string
	ends    string // behind typed digits: 15th
	cues    [cueKinds]string
}

// cueKind is what a word says about a number near it.
type cueKind int

const (
	noCue     cueKind = iota
	cueCard           // "card number"
	cueWord           // "card", "visa": the talk is of cards
	cueCode           // "security code"
	cueExpiry         // "expires"
	cueBank           // "account number"
	cueRoute          // "routing number"
	cueID             // "social security"
	cueOther          // "phone", "zip code": a number that is none of the others
	cueKinds
)

// pieceKind is what a word, or a part of one, does in a number.
type pieceKind int

const (
	pieceDigit pieceKind = iota
	piecePlural
	pieceTeen
	pieceTens
	pieceHundred  // multiplies
	pieceHundreds // a value of its own
	pieceThousand
	pieceMaybe
	pieceAnd
	pieceRepeat
)

// piece is a word of a number.
type piece struct {
	kind  pieceKind
	value int
}

// phrase is a cue, word by word.
type phrase struct {
	words []string
	kind  cueKind
}

// language is a table made ready to look up in.
type language struct {
	table
	pieces  map[string]piece
	glued   map[string]piece // the pieces that words are put together of
	longest int              // of glued, in bytes
	fillers map[string]bool
	units   map[string]bool
	months  map[string]bool
	ends    map[string]bool
	article map[string]bool
	cues    map[string][]phrase // by the first two bytes of their first word
}

// languages are the languages that are known, made ready once; nothing changes them.
var languages = sync.OnceValue(func() map[string]*language {
	english := englishTable()
	out := map[string]*language{"en": ready(english, english)}
	for code, t := range map[string]table{
		"es": spanishTable(), "fr": frenchTable(), "de": germanTable(), "pt": portugueseTable(), "it": italianTable(),
	} {
		out[code] = ready(t, english)
	}
	return out
})

// languageOf finds the language of a tag; English for one that is not known.
func languageOf(tag string) *language {
	code, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	if l := languages()[code]; l != nil {
		return l
	}
	return languages()["en"]
}

// ready makes a table ready. English digits and questions are known in every language: they are mixed in.
func ready(t, english table) *language {
	l := &language{table: t, pieces: map[string]piece{}, glued: map[string]piece{}, cues: map[string][]phrase{}}
	add := func(words string, p piece) {
		for _, w := range strings.Fields(words) {
			if _, known := l.pieces[w]; !known {
				l.pieces[w] = p
			}
		}
	}
	for n := range 10 {
		add(t.digits[n], piece{pieceDigit, n})
		add(t.plurals[n], piece{piecePlural, n})
		add(t.teens[n], piece{pieceTeen, 10 + n})
		add(t.tens[n], piece{pieceTens, 10 * n})
		add(t.maybe[n], piece{pieceMaybe, n})
		if n == 1 {
			add(t.hundreds[n], piece{pieceHundred, 100})
		} else {
			add(t.hundreds[n], piece{pieceHundreds, 100 * n})
		}
	}
	add(t.thousand, piece{pieceThousand, 1000})
	add(t.and, piece{pieceAnd, 0})
	for n, words := range t.repeats {
		add(words, piece{pieceRepeat, n})
	}
	l.glue()
	for n := range 10 { // behind the language's own words
		add(english.digits[n], piece{pieceDigit, n})
	}
	for n, words := range english.repeats {
		add(words, piece{pieceRepeat, n})
	}
	l.fillers = set(t.fillers + " " + english.fillers)
	l.units = set(t.units + " " + english.units)
	l.months, l.ends, l.article = set(t.months), set(t.ends), set(t.article)
	for kind := range cueKinds {
		l.addCues(kind, t.cues[kind])
		l.addCues(kind, english.cues[kind])
	}
	return l
}

// glue takes what words are put together of: zweiundvierzig, quarantadue, fortytwo.
func (l *language) glue() {
	for w, p := range l.pieces {
		if p.kind == pieceMaybe && (l.unitFirst || len(w) > 2) { // einundzwanzig, quarantasei
			p.kind = pieceDigit
		}
		if len(w) < 2 || p.kind == pieceMaybe || p.kind == pieceRepeat || p.kind == piecePlural {
			continue
		}
		l.glued[w] = p
		l.longest = max(l.longest, len(w))
		if last := w[len(w)-1]; p.kind == pieceTens && (last == 'a' || last == 'i') { // ventuno, quarantotto
			l.glued[w[:len(w)-1]] = p
		}
	}
}

func (l *language) addCues(kind cueKind, text string) {
	for _, part := range strings.Split(text, ",") {
		if words := strings.Fields(part); len(words) > 0 {
			key := words[0][:min(2, len(words[0]))]
			l.cues[key] = append(l.cues[key], phrase{words, kind})
		}
	}
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// longestGlued is how long a word can be that is put together of numbers, in bytes.
const longestGlued = 80

// split takes a word apart into the pieces of a number; nil when it is not one.
func (l *language) split(word string) []piece {
	if p, ok := l.pieces[word]; ok {
		return []piece{p}
	}
	if len(word) < 5 || len(word) > longestGlued {
		return nil
	}
	// best[i] is the way to the end of the word from i with the fewest pieces.
	best := make([][]piece, len(word)+1)
	best[len(word)] = []piece{}
	for i := len(word) - 1; i >= 0; i-- {
		for to := i + 2; to <= min(len(word), i+l.longest); to++ {
			p, ok := l.glued[word[i:to]]
			if ok && best[to] != nil && (best[i] == nil || len(best[to])+1 < len(best[i])) {
				best[i] = append([]piece{p}, best[to]...)
			}
		}
	}
	if got := best[0]; len(got) > 1 && got[0].kind != pieceAnd && got[len(got)-1].kind != pieceAnd {
		return got
	}
	return nil
}

// cueAt finds the longest cue that begins with words[0].
func (l *language) cueAt(words []string) (kind cueKind, length int) {
	if len(words[0]) == 0 {
		return noCue, 0
	}
	for _, p := range l.cues[words[0][:min(2, len(words[0]))]] {
		if len(p.words) > length && p.matches(words) {
			kind, length = p.kind, len(p.words)
		}
	}
	return kind, length
}

func (p phrase) matches(words []string) bool {
	if len(words) < len(p.words) {
		return false
	}
	for i, want := range p.words {
		if begin, any := strings.CutSuffix(want, "*"); any && strings.HasPrefix(words[i], begin) || words[i] == want {
			continue
		}
		return false
	}
	return true
}
