// Package rules decides, from a rule book, whether a person may be rung now. This file stands in for it until the real
// one is merged.
package rules

import (
	"time"

	"github.com/paydial/paydial/flows"
)

// Reason is why a person is not rung, one word.
type Reason string

// Past is an attempt that was made.
type Past struct {
	At               time.Time
	Campaign, DebtID string
	Talked           bool
}

// Facts is what a decision is made from.
type Facts struct {
	Now                     time.Time
	Phone                   string
	Zones                   []string
	ZoneFrom                string
	Consent                 time.Time
	DebtID                  string
	NotBefore, NotAfter     time.Time
	OnLists                 []string
	OptedOut, Paid, Skipped bool
	Past                    []Past
	NextAt                  time.Time
	RetryText               string
	Paused, Stopped         string
}

// Check is one rule, looked at.
type Check struct {
	Rule   string `json:"rule"`
	Passed bool   `json:"passed"`
	Text   string `json:"text"`
	Source string `json:"source,omitempty"`
}

// Decision is whether, why, and when else.
type Decision struct {
	Allowed       bool
	Reason        Reason
	Checks        []Check
	Next          time.Time
	Zone          string
	Local         string
	Book, Version string
}

// Book is a rule book.
type Book struct{ Name, Version string }

// Open finds the book of a campaign.
func Open(c *flows.Campaign, own any) (*Book, error) { return &Book{Name: c.Kind, Version: "0"}, nil }

// Judge decides.
func (b *Book) Judge(c *flows.Campaign, f Facts) Decision {
	return Decision{Allowed: true, Book: b.Name, Version: b.Version}
}
