package flows

import (
	"regexp"
	"strings"
)

// An ignore comment stands at the end of the line of a finding, or alone in the line above it:
//
//	# paydial:ignore F301 because the second menu is only heard by staff
var ignoreComment = regexp.MustCompile(`(?:^|\s)#\s*paydial:ignore\b\s*(\S*)\s*(.*)$`)

// ignorableErrors are the errors that a person may overrule after looking; every warning can be.
var ignorableErrors = map[string]bool{"P001": true}

// ignored is one ignore comment.
type ignored struct {
	file string
	line int
	code string
}

// ignore takes the findings away that comments ask to ignore, and adds what is wrong with the comments.
func (l *loader) ignore(found Findings) Findings {
	marks, wrong := l.readMarks()
	var kept Findings
	for _, f := range append(found, wrong...) {
		if !marks[ignored{f.File, f.Line, f.Code}] {
			kept = append(kept, f)
		}
	}
	return kept
}

// marks are what the comments of all files ask to ignore.
func (l *loader) marks() map[ignored]bool {
	marks, _ := l.readMarks()
	return marks
}

func (l *loader) readMarks() (marks map[ignored]bool, found Findings) {
	marks = map[ignored]bool{}
	for _, src := range l.project.sources {
		below := 0 // the next line below that is more than a comment
		for n := len(src.lines); n > 0; n-- {
			alone := strings.HasPrefix(strings.TrimSpace(string(src.line(n))), "#")
			if !alone {
				below = n
			}
			mark, wrong := l.readIgnore(src, n, below)
			if wrong != nil {
				found = append(found, *wrong)
			}
			marks[mark] = true
		}
	}
	return marks, found
}

// readIgnore reads the ignore comment in line n, if there is one: what it takes away from line about, or what is
// wrong with it.
func (l *loader) readIgnore(src *source, n, about int) (mark ignored, wrong *Finding) {
	line := string(src.line(n))
	m := ignoreComment.FindStringSubmatchIndex(line)
	if m == nil {
		return ignored{}, nil
	}
	code := line[m[2]:m[3]]
	reason := strings.TrimSpace(strings.TrimPrefix(line[m[4]:m[5]], "because"))
	at := src.span(n, len([]rune(line[:m[2]]))+1, len([]rune(code)))
	say := func(code, message, label string) *Finding {
		f := l.project.finding(code, at, message)
		f.Label = label
		return &f
	}
	_, known := catalogue()[code]
	switch {
	case !known:
		return ignored{}, say("F031", quoteWord(code)+" is not a code", "write the code of the finding, for example F301")
	case severityOf(code) == SeverityError && !ignorableErrors[code]:
		return ignored{}, say("F032", code+" is an error and cannot be ignored", "mend what it is about")
	case reason == "":
		return ignored{}, say("F030", "this says what to ignore, but not why", `add the reason: "because ..."`)
	}
	return ignored{src.path, about, code}, nil
}
