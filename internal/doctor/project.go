package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/paydial/paydial/flows"
)

// guard is something that PCI Mode forbids, and the code under which the linter finds it.
type guard struct{ code, holds string }

// guards are what a sound project does not do. One whose code the linter does not have is not claimed.
func guards() []guard {
	return []guard{
		{"P020", "no recording is transcribed by Twilio itself"},
		{"P021", "no marketplace transcription, no Conversation Intelligence"},
		{"P022", "ConversationRelay listens and speaks through providers of your list only"},
		{"P023", "no field that goes to others holds a card number or what a caller keyed"},
		{"P024", "no multilingual transcription by Deepgram"},
		{"P025", "no recording runs on while a caller pays"},
		{"P026", "transcripts are kept without card numbers, codes and bank accounts"},
		{"P010", "nothing is sent over http"},
		{"P001", "no card number is asked for but with pay"},
	}
}

// flows looks at the project's files.
func (l *look) flows(context.Context) {
	if l.Bundle == nil {
		grade := Wrong
		if l.Simulated {
			grade = Look
		}
		l.found(AreaProject, grade, "there is no "+flows.ProjectFile+" in "+l.Dir, "name the project's directory with --dir, or begin one: "+l.Self+" new my-line")
		return
	}
	project, findings := flows.Load(*l.Bundle)
	broken := map[string]bool{}
	for _, f := range findings {
		broken[f.Code] = broken[f.Code] || f.Severity == flows.SeverityError
		l.lint(f)
	}
	if findings.Errors() {
		l.found(AreaProject, Wrong, fmt.Sprintf("the project cannot be used: it has %s", findings.Summary()), l.Self+" lint shows each where it stands")
	} else {
		l.project = project
		l.ok(AreaProject, "%s in %s has no errors", flows.ProjectFile, l.Dir)
	}
	known := map[string]bool{}
	for _, c := range flows.Codes() {
		known[c.Code] = true
	}
	for _, g := range guards() {
		if known[g.code] && !broken[g.code] && l.project != nil {
			l.tell(Finding{Area: AreaProject, Grade: OK, Text: g.holds, Code: g.code, Compliance: true})
		}
	}
}

// lint tells one finding of the linter. Codes that begin with P are about payments and privacy.
func (l *look) lint(f flows.Finding) {
	private := strings.HasPrefix(f.Code, "P")
	out := Finding{
		Area: AreaProject, Grade: Look, Text: f.Message, Mend: f.Label, Code: f.Code, Where: f.Span.String(), Compliance: private,
	}
	if f.Severity == flows.SeverityError {
		out.Grade = Wrong
	}
	if out.Mend == "" {
		out.Mend = l.Self + " explain " + f.Code
	}
	l.tell(out)
}
