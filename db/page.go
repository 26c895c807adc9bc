package db

import (
	"strconv"
	"strings"
)

// Rows of one page of a list.
const (
	defaultPage = 50
	maxPage     = 500
)

// PageSize is how many rows one page of a list has where limit are asked for: 50 for none, and 500 at most.
func PageSize(limit int) int {
	if limit <= 0 {
		limit = defaultPage
	}
	return min(limit, maxPage)
}

// Place is where a page ends of a list that is ordered by a time and, among equals, by an id.
type Place struct {
	At int64 // milliseconds since 1970, as Millis has it
	ID string
}

// String is the place as whoever reads the list hands it back for the next page.
func (p Place) String() string { return strconv.FormatInt(p.At, 10) + "." + p.ID }

// ParsePlace reads what String wrote, and tells whether it is a place at all.
func ParsePlace(text string) (Place, bool) {
	ms, id, ok := strings.Cut(text, ".")
	at, err := strconv.ParseInt(ms, 10, 64)
	return Place{At: at, ID: id}, ok && err == nil
}
