package contacts

// Reason is why a row is not used, in the one word that pages, commands and files share.
type Reason string

// The reasons of this package, beside MissingField and BadField.
const (
	BadRow    Reason = "bad_row" // its cells cannot be told apart
	BadNumber Reason = "bad_number"
	Duplicate Reason = "duplicate"
)

// MissingField is the reason of a row that lacks what the flow or the campaign needs.
func MissingField(name string) Reason { return Reason("missing:" + name) }

// BadField is the reason of a row with something in a column that cannot be what is expected there.
func BadField(name string) Reason { return Reason("bad_value:" + name) }
