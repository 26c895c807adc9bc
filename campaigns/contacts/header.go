package contacts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/spelling"
)

// ownFields are the fields that every campaign may have, beside the needs of its flow.
func ownFields() []string {
	return []string{"phone", "id", "timezone", "postal_code", "country", "consent", "consent_source", "language", "not_before", "not_after", "priority", "debt_id"}
}

// columns says in which column of a file each field stands.
type columns struct {
	header []string
	at     map[string]int // by field
	used   []string       // headers
	unused []string
}

// fold is a header as it is compared: without case, and with spaces, dashes and underscores alike.
func fold(header string) string {
	words := strings.FieldsFunc(strings.ToLower(header), func(r rune) bool {
		return r == ' ' || r == '_' || r == '-' || r == '\t' || r == '\u00a0' || r == '\n' || r == '\r'
	})
	return strings.Join(words, " ")
}

// separators are what may stand between cells, the commonest first.
const separators = ",;\t|"

// separatorOf finds what separates the columns of a header: what makes most of the wanted ones appear, then what makes
// most columns.
func separatorOf(line string, wanted map[string]bool) byte {
	best, most := separators[0], -1
	for i := range len(separators) {
		cells := strings.Split(line, separators[i:i+1])
		score := len(cells)
		for _, c := range cells {
			if wanted[fold(strings.Trim(strings.TrimSpace(c), `"`))] {
				score += maxColumns
			}
		}
		if score > most {
			best, most = separators[i], score
		}
	}
	return best
}

// wantedBy are the headers, folded, that a campaign's list may have.
func wantedBy(c *flows.Campaign) map[string]bool {
	wanted := map[string]bool{}
	for _, name := range fieldsOf(c) {
		wanted[fold(name)] = true
	}
	for _, col := range c.Columns {
		wanted[fold(col.Header)] = true
	}
	return wanted
}

// fieldsOf are all fields that a campaign's list can bring.
func fieldsOf(c *flows.Campaign) []string {
	fields := ownFields()
	if c.Flow != nil {
		for _, need := range c.Flow.Needs {
			if !slices.Contains(fields, need.Name) {
				fields = append(fields, need.Name)
			}
		}
	}
	return fields
}

// columnsOf finds the columns of a campaign in a header. The errors are Faults.
func columnsOf(c *flows.Campaign, header []string, line int) (*columns, error) {
	cols := &columns{header: header, at: map[string]int{}}
	places := map[string]int{}
	for i, h := range header {
		key := fold(h)
		if key == "" {
			continue
		}
		if first, twice := places[key]; twice {
			return nil, &Fault{
				Line: line, What: fmt.Sprintf("two columns have the same name: column %d %s and column %d %s", first+1, shown(header[first]), i+1, shown(h)),
				Mend: "rename one of them, or take it out",
			}
		}
		places[key] = i
	}
	for _, field := range fieldsOf(c) {
		name, given := headerFor(c, field)
		i, ok := places[fold(name)]
		if ok {
			cols.at[field] = i
			continue
		}
		if given || field == "phone" || needed(c, field) {
			return nil, noColumn(field, name, header, line)
		}
	}
	used := map[int]bool{}
	for _, i := range cols.at {
		used[i] = true
	}
	for i, h := range header {
		switch {
		case used[i]:
			cols.used = append(cols.used, h)
		case fold(h) == "":
			cols.unused = append(cols.unused, fmt.Sprintf("column %d without a name", i+1))
		default:
			cols.unused = append(cols.unused, h)
		}
	}
	return cols, nil
}

// headerFor is the header of a field, and whether the campaign file says so.
func headerFor(c *flows.Campaign, field string) (header string, given bool) {
	for _, col := range c.Columns {
		if col.Field == field {
			return col.Header, true
		}
	}
	return field, false
}

// needed tells whether no row can be used without a field.
func needed(c *flows.Campaign, field string) bool {
	if c.Flow == nil {
		return false
	}
	for _, need := range c.Flow.Needs {
		if need.Name == field {
			return need.Default == ""
		}
	}
	return false
}

// noColumn is the fault of a header without a column that must be there.
func noColumn(field, name string, header []string, line int) *Fault {
	f := &Fault{Line: line, What: fmt.Sprintf("there is no column %q for %s", name, field)}
	var near []string
	for _, h := range header {
		if a, b := fold(h), fold(name); len(header) > 1 && a != "" && (spelling.Distance(a, b, 3) < 3 || strings.Contains(a, b) || strings.Contains(b, a)) {
			near = append(near, h)
		}
	}
	switch {
	case len(header) > 0 && digitsIn(header[0]) > 0 && slices.ContainsFunc(header, isNumber):
		f.What, f.Found = "the first line is not a header", shown(strings.Join(header, ", "))
		f.Mend = "put the names of the columns into the first line"
	case len(header) == 1:
		f.What, f.Found = "the first line names one column only", shown(header[0])
		f.Mend = "name at least the column of the numbers, " + fmt.Sprintf("%q", name) + "; columns are separated by a comma, a semicolon, a tab or |"
	case len(near) > 0:
		f.Mend = fmt.Sprintf("did you mean %q? say so under columns: in the campaign file", near[0])
	default:
		f.Found = shown(strings.Join(header, ", "))
		f.Mend = "say under columns: in the campaign file which column it is"
	}
	return f
}

func isNumber(cell string) bool {
	return digitsIn(cell) >= 7 && strings.Trim(cell, "+0123456789 ()-.") == ""
}
