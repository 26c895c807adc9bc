package connectorfile

import (
	"fmt"
	"strings"
)

// Error is one thing that is wrong with a file. Line and Column count from 1.
type Error struct {
	File         string
	Line, Column int
	Problem      string
	Mend         string // "" where the problem says it
}

func (e Error) Error() string {
	if e.Mend == "" {
		return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Problem)
	}
	return fmt.Sprintf("%s:%d:%d: %s: %s", e.File, e.Line, e.Column, e.Problem, e.Mend)
}

// Errors is everything that is wrong with a file, in its order, one line each. It is never empty.
type Errors []Error

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// near finds the word that was most likely meant: one that is at most two slips away.
func near(word string, words []string) string {
	best, slips := "", 3
	for _, w := range words {
		if d := distance(word, w); d < slips && d < len(w)-1 {
			best, slips = w, d
		}
	}
	return best
}

// distance counts the letters to add, leave out or change to make b of a.
func distance(a, b string) int {
	if len(a) > 2*len(b)+2 { // never near, however long it is
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, before+1, row[j]+1)
		}
	}
	return row[len(b)]
}
