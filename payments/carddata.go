package payments

import (
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/carddata"
)

// cleanBrand is the name of a brand, "" for what cannot be one: it holds more than four digits.
func cleanBrand(s string) string {
	s = db.Clean(s, 30)
	if _, ok := carddata.LastDigits(s); !ok {
		return ""
	}
	return s
}
