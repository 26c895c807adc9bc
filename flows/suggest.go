package flows

import "strconv"

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
		if d := distance(word, l, least); d > 0 && (d < least || d == least && best == "") {
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

// distance is the Damerau-Levenshtein distance (optimal string alignment), or anything above limit when it is
// more than limit.
func distance(from, to string, limit int) int {
	a, b := []rune(from), []rune(to)
	if len(a)-len(b) > limit || len(b)-len(a) > limit || len(a) > 100 {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
