package contacts

import (
	"fmt"
	"strings"

	"github.com/paydial/paydial/flows"
)

// plan is what every row of a list is read by.
type plan struct {
	country  string
	speaks   []string
	currency string
	used     []usedColumn
	at       map[string]int // by field; see index
	own      ownColumns
	needs    []plannedNeed
}

// usedColumn is a column that a field is read from.
type usedColumn struct {
	index int
	field string
}

// ownColumns are where the fields stand that every campaign may have; -1: nowhere.
type ownColumns struct {
	phone, id, timezone, postal, country, consent, consentSource, language, notBefore, notAfter, priority, debt int
}

// plannedNeed is a need of the flow and where it stands; -1: nowhere.
type plannedNeed struct {
	flows.Field
	index  int
	preset flows.Value            // of a missing one
	spoken map[string]flows.Value // of the need "language": its value for each language of the flow
}

// planFor prepares the reading of a list. The error is a Fault: a default of the flow that is none of its type.
func planFor(c *flows.Campaign, cols *columns) (plan, error) {
	p := plan{country: strings.ToUpper(c.Country), at: cols.at, currency: "usd"}
	if p.country == "" {
		p.country = "US"
	}
	index := func(field string) int {
		if i, ok := cols.at[field]; ok {
			return i
		}
		return -1
	}
	p.own = ownColumns{
		phone: index("phone"), id: index("id"), timezone: index("timezone"), postal: index("postal_code"), country: index("country"),
		consent: index("consent"), consentSource: index("consent_source"), language: index("language"), notBefore: index("not_before"),
		notAfter: index("not_after"), priority: index("priority"), debt: index("debt_id"),
	}
	for _, field := range fieldsOf(c) {
		if i := index(field); i >= 0 {
			p.used = append(p.used, usedColumn{i, field})
		}
	}
	if c.Flow == nil {
		return p, nil
	}
	p.speaks = c.Flow.Speaks
	if c.Flow.Project != nil && c.Flow.Project.Payments.Currency != "" {
		p.currency = c.Flow.Project.Payments.Currency
	}
	for _, need := range c.Flow.Needs {
		n := plannedNeed{Field: need, index: index(need.Name)}
		if need.Default != "" {
			v, err := flows.ParseValue(flows.ValueType(need.Type), need.Default, p.currency)
			if err != nil {
				return p, &Fault{What: fmt.Sprintf("the default of the flow's %s: %v", need.Name, err), Mend: "mend needs: of the flow"}
			}
			v.Private = need.Private
			n.preset = v
		}
		if need.Name == "language" {
			n.spoken = spoken(n, p.speaks)
		}
		p.needs = append(p.needs, n)
	}
	return p, nil
}

// spoken are the languages of a flow as its need "language" has them.
func spoken(need plannedNeed, speaks []string) map[string]flows.Value {
	out := map[string]flows.Value{}
	for _, tongue := range speaks {
		v, err := flows.ParseValue(flows.ValueType(need.Type), tongue, "")
		if err != nil { // the need is none of languages
			v = need.preset
		}
		v.Private = need.Private
		out[tongue] = v
	}
	return out
}
