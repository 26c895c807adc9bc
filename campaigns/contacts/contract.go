// Package contacts reads lists of people. This file stands in for it until the real one is merged.
package contacts

import (
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// Row is one person of a list.
type Row struct {
	Line                int
	ID, Phone           string
	Zones               []string
	ZoneFrom, Language  string
	Consent             time.Time
	ConsentSource       string
	DebtID              string
	NotBefore, NotAfter time.Time
	Priority            int
	Values              map[string]flows.Value
}

// Reject is a row that nobody can ring.
type Reject struct {
	Line                  int
	Column                string
	Reason                rules.Reason
	Expected, Found, Mend string
}
