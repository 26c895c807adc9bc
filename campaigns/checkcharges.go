package campaigns

import (
	"fmt"
	"strings"

	"github.com/paydial/paydial/campaigns/contacts"
)

// charge is a need that the flow charges as it is, with the people of whom no call can charge it. They would find out
// on the call.
type charge struct {
	need   string
	people int64
	lines  []string // of the first of them
}

// chargeable counts a person who will be rung and cannot pay.
func (k *checking) chargeable(r *contacts.Row) {
	for _, c := range k.charges {
		if k.q.Campaign.Flow.CanCharge(r.Values[c.need]) {
			continue
		}
		c.people++
		if len(c.lines) < mostExamples {
			c.lines = append(c.lines, fmt.Sprint(r.Line))
		}
	}
}

// chargeRemarks tells of people who cannot pay what the list says.
func (k *checking) chargeRemarks() []string {
	out := []string{}
	for _, c := range k.charges {
		if c.people == 0 {
			continue
		}
		why := "it is 0 or less"
		if limit := k.q.Campaign.Flow.Project.Payments.PerCallLimit; limit.Minor > 0 {
			why += fmt.Sprintf(", or more than the %s of per_call_limit in paydial.yaml", limit)
		}
		lines := strings.Join(c.lines, ", ")
		if int64(len(c.lines)) < c.people {
			lines += " …"
		}
		out = append(out, fmt.Sprintf("%s a %s that no call can charge (line %s): %s", plural(c.people, "person has", "people have"), c.need, lines, why))
	}
	return out
}
