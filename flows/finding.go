package flows

import "fmt"

// Severity tells how bad a finding is.
type Severity string

// The two severities: an error keeps a flow from being used, a warning does not.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Span is a stretch of one line in a file of the project. Line and Col count from 1; Col and EndCol count
// characters, not bytes. EndCol is the column behind the last character.
type Span struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Col    int    `json:"column"`
	EndCol int    `json:"endColumn"`
}

// String writes the span as file:line:column.
func (s Span) String() string { return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Col) }

// Finding is one thing the linter has to say. Code never changes its meaning once published.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Span
	Message string `json:"message"`          // what is wrong, one line
	Label   string `json:"label,omitempty"`  // what to do, printed under the caret
	Help    string `json:"help,omitempty"`   // one more line of help
	Fix     string `json:"fix,omitempty"`    // the text that would mend the span, where that is safe
	Source  string `json:"source,omitempty"` // the line the span lies in
}

// Findings is what one run of the linter found, sorted by file, line and column.
type Findings []Finding

// Errors tells whether any finding is an error.
func (fs Findings) Errors() bool {
	for _, f := range fs {
		if f.Severity == SeverityError {
			return true
		}
	}
	return false
}
