package flows

import (
	"strconv"

	"github.com/paydial/paydial/internal/spelling"
)

// quoteWord is a word of the file as a message shows it: in quotes, never long.
func quoteWord(word string) string {
	if text := []rune(word); len(text) > 40 {
		word = string(text[:39]) + "…"
	}
	return strconv.Quote(word)
}

// mostWords is how many legal words are looked at: a file of 256 KB can hold ten thousand scenes and as many wrong
// names, and no flow has more than a few dozen.
const mostWords = 300

// suggest is the legal word that was most likely meant, or "". It is near enough when at most a third of the
// word would change; a swap of two letters counts as one change.
func suggest(word string, legal []string) string {
	best, least := "", len([]rune(word))/3
	if least == 0 || len(legal) > mostWords {
		return ""
	}
	for _, l := range legal {
		if d := spelling.Distance(word, l, least); d > 0 && (d < least || d == least && best == "") {
			best, least = l, d
		}
	}
	return best
}

// didYouMean writes the label for an unknown word, and is empty without a likely one.
func didYouMean(word string, legal []string) (label, fix string) {
	if s := suggest(word, legal); s != "" {
		return "did you mean " + strconv.Quote(s) + "?", s
	}
	return "", ""
}
