package connectorfile

import (
	"fmt"
	"strings"

	"github.com/paydial/paydial/internal/spelling"
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
		if d := spelling.Distance(word, w, slips); d < slips && d < len(w)-1 {
			best, slips = w, d
		}
	}
	return best
}
