package flows

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Colours of a terminal, as in rustc: errors red, warnings yellow, places blue.
const (
	styleError   = "\x1b[1;31m"
	styleWarning = "\x1b[1;33m"
	stylePlace   = "\x1b[1;34m"
	styleBold    = "\x1b[1m"
	styleEnd     = "\x1b[0m"
)

// widestExcerpt is how much of a long line is shown around its caret.
const widestExcerpt = 120

// WriteText writes the findings for people: an excerpt with a caret each, and a summary at the end. Colour is for
// terminals.
func (fs Findings) WriteText(w io.Writer, colour bool) error {
	t := &textReport{colour: colour}
	for _, f := range fs {
		t.finding(f)
		t.WriteString("\n")
	}
	t.WriteString(fs.Summary() + "\n")
	_, err := io.WriteString(w, t.String())
	return err
}

// Summary counts the findings: "2 errors, 1 warning in 3 files".
func (fs Findings) Summary() string {
	if len(fs) == 0 {
		return "no findings"
	}
	errs, files := fs.count(SeverityError), map[string]bool{}
	for _, f := range fs {
		files[f.File] = true
	}
	var parts []string
	if errs > 0 {
		parts = append(parts, counted(errs, "error"))
	}
	if warnings := len(fs) - errs; warnings > 0 {
		parts = append(parts, counted(warnings, "warning"))
	}
	return strings.Join(parts, ", ") + " in " + counted(len(files), "file")
}

// count is the number of findings of a severity.
func (fs Findings) count(s Severity) int {
	n := 0
	for _, f := range fs {
		if f.Severity == s {
			n++
		}
	}
	return n
}

type textReport struct {
	strings.Builder
	colour bool
}

// styled writes a text in a style, if there is colour.
func (t *textReport) styled(style, text string) {
	if !t.colour || text == "" {
		t.WriteString(text)
		return
	}
	t.WriteString(style + text + styleEnd)
}

func (t *textReport) finding(f Finding) {
	style := styleError
	if f.Severity == SeverityWarning {
		style = styleWarning
	}
	t.styled(style, fmt.Sprintf("%s[%s]", f.Severity, f.Code))
	t.styled(styleBold, ": "+printable(f.Message))
	t.WriteString("\n")
	number := fmt.Sprint(f.Line)
	margin := strings.Repeat(" ", len(number)+2)
	t.styled(stylePlace, "  --> ")
	t.WriteString(printable(f.Span.String()) + "\n")
	if f.Source != "" {
		line, from, width := excerpt(f)
		t.styled(stylePlace, margin+"|")
		t.WriteString("\n")
		t.styled(stylePlace, " "+number+" | ")
		t.WriteString(line + "\n")
		t.styled(stylePlace, margin+"| ")
		t.WriteString(blanks(line, from))
		t.styled(style, strings.TrimRight(strings.Repeat("^", width)+" "+printable(f.Label), " "))
		t.WriteString("\n")
	} else if f.Label != "" {
		t.styled(stylePlace, margin+"= ")
		t.WriteString(printable(f.Label) + "\n")
	}
	if f.Help != "" {
		t.styled(stylePlace, margin+"= ")
		t.styled(styleBold, "help:")
		t.WriteString(" " + printable(f.Help) + "\n")
	}
}

// excerpt is the line to show, where its caret begins (from 0) and how wide it is. Of a long line only the part
// around the caret is shown.
func excerpt(f Finding) (line string, from, width int) {
	text := []rune(printable(f.Source))
	from = min(max(f.Col-1, 0), len(text))
	width = max(f.EndCol-f.Col, 1)
	width = max(min(width, len(text)-from), 1)
	if len(text) <= widestExcerpt {
		return string(text), from, width
	}
	begin := max(min(from-widestExcerpt/3, len(text)-widestExcerpt), 0)
	end := min(begin+widestExcerpt, len(text))
	width = max(min(width, end-from), 1)
	line = string(text[begin:end])
	if begin > 0 {
		line = "…" + string(text[begin+1:end])
	}
	if end < len(text) {
		line += "…"
	}
	return line, from - begin, width
}

// blanks is what stands below the text before the caret: tabs stay tabs, so that the columns fit.
func blanks(line string, n int) string {
	out := make([]rune, 0, n)
	for _, c := range []rune(line)[:min(n, len([]rune(line)))] {
		if c != '\t' {
			c = ' '
		}
		out = append(out, c)
	}
	return string(out) + strings.Repeat(" ", n-len(out))
}

// printable replaces what a terminal would act upon: a file must not be able to change what the report looks like.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		if c != '\t' && (unicode.IsControl(c) || hidden(c)) {
			return '\ufffd'
		}
		return c
	}, text)
}
