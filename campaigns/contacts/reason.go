package contacts

import "github.com/paydial/paydial/campaigns/rules"

// The reasons of this package that the rule books do not have.
const (
	// BadRow is a row whose cells cannot be told apart.
	BadRow rules.Reason = "bad_row"
	// BadValue, with ":" and the field, is a row with something in a column that cannot be what is expected there.
	BadValue rules.Reason = "bad_value"
)

// missingField is the reason of a row that lacks what the flow or the campaign needs.
func missingField(name string) rules.Reason { return rules.About(rules.Missing, name) }

func badField(name string) rules.Reason { return rules.About(BadValue, name) }
