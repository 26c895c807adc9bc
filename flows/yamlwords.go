package flows

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// syntaxError rewrites one error of the YAML reader in words, with the place where the trouble really is.
type syntaxError struct {
	*loader
	src *source
	err *yaml.LoadError
}

func (s *syntaxError) add() {
	line, col := s.err.Mark.Line, s.err.Mark.Column
	if line == 0 {
		line, col = 1, 1
	}
	text := s.err.Message + " " + s.err.ContextMsg
	switch {
	case strings.Contains(text, "scanning an alias"):
		s.star(s.err.ContextMark.Line, s.err.ContextMark.Column)
	case strings.Contains(text, "unknown anchor"):
		s.star(line, col)
	case strings.Contains(text, "mapping values are not allowed"):
		s.colon(line, col)
	case strings.Contains(text, "cannot start any token"):
		f := s.loader.add("F025", s.src.span(line, col, 1), "YAML does not allow a value to begin with "+s.charAt(line, col))
		f.Label = "put the value in double quotes"
	case strings.Contains(text, "scanning a quoted scalar"):
		s.quoted()
	case strings.Contains(text, "parsing a flow"):
		s.brackets(line, col)
	case strings.Contains(text, "did not find expected key"), strings.Contains(text, "expected '-' indicator"),
		strings.Contains(text, "block sequence entries are not allowed"), strings.Contains(text, "violates indentation"):
		s.misplaced(line, col)
	default:
		f := s.loader.add("F001", s.src.span(line, col, 1), "this is not YAML")
		f.Label, f.Help = "the YAML reader stopped here", "it says: "+strings.TrimSpace(text)
	}
}

func (s *syntaxError) charAt(line, col int) string {
	if rest := s.src.rest(line, col); len(rest) > 0 {
		return string(rest[:1])
	}
	return "this"
}

// star is a * that is not quoted: YAML takes it for an alias.
func (s *syntaxError) star(line, col int) {
	width := 1
	for _, c := range s.src.rest(line, col+1) {
		if strings.ContainsRune(" :,]}", c) {
			break
		}
		width++
	}
	f := s.loader.add("F022", s.src.span(line, col, width), "YAML reads a star without quotes as something else")
	f.Label = "put it in double quotes"
	if width == 1 {
		f.Label, f.Fix = `quote the star: "*"`, `"*"`
	}
}

// colon is a colon and a space inside a text, or a line that is indented too far.
func (s *syntaxError) colon(line, col int) {
	before := ""
	if text := s.src.line(line); col <= len(text) {
		before = string(text[:col-1])
	}
	key, value, found := strings.Cut(before, ": ")
	if !found {
		indent := indentOf(s.src.line(line))
		f := s.loader.add("F006", s.src.span(line, indent+1, max(col-indent-1, 1)), "this line is indented further than the one above it allows")
		f.Label = "the line above already has its value; begin both in the same column"
		return
	}
	f := s.loader.add("F020", s.src.span(line, col, 1), "a colon followed by a space starts a new field")
	f.Label = "put the whole text in double quotes"
	rest := strings.TrimSpace(value + string(s.src.rest(line, col)))
	if !strings.ContainsAny(rest, `"\`) {
		f.Help = "write it as  " + strings.TrimSpace(key) + `: "` + rest + `"`
	}
}

// quoted is a quoted text without its end, or with something in it that YAML does not know.
func (s *syntaxError) quoted() {
	if strings.Contains(s.err.Message, "escape") {
		mark := s.err.Mark
		f := s.loader.add("F025", s.src.span(mark.Line, mark.Column, 2), "YAML does not know what this backslash means")
		f.Label = `write \\ for a backslash, or use single quotes`
		return
	}
	mark := s.err.ContextMark
	s.loader.add("F008", s.src.span(mark.Line, mark.Column, 1), "the text that begins here has no closing quote").
		Label = "put a quote of the same kind at its end"
}

// brackets is trouble inside { } or [ ].
func (s *syntaxError) brackets(line, col int) {
	open := s.err.ContextMark
	rest := s.src.rest(open.Line, open.Column)
	text := string(rest)
	if line == open.Line {
		text = string(rest[:min(max(col-open.Column+1, 0), len(rest))])
	}
	if i := strings.Index(text, "${"); i >= 0 {
		at := open.Column + len([]rune(text[:i]))
		f := s.loader.add("F023", s.src.span(open.Line, at, 2), "inside { } and [ ] a value with ${ } needs quotes")
		f.Label = `put the value in double quotes, for example "${name}"`
		return
	}
	if i := strings.Index(string(rest), " #"); i >= 0 && line > open.Line {
		at := open.Column + len([]rune(string(rest)[:i])) + 1
		f := s.loader.add("F008", s.src.span(open.Line, at, 1), `YAML reads everything after " #" as a comment, so the closing bracket is missing`)
		f.Label = "put the value in double quotes"
		return
	}
	bracket := "this bracket"
	if len(rest) > 0 {
		bracket = string(rest[:1])
	}
	s.loader.add("F008", s.src.span(open.Line, open.Column, 1), "the "+bracket+" that opens here is not closed, or a comma is missing inside it").
		Label = "close it, and put a comma between its fields"
}

// misplaced is a line that fits nowhere: wrong indentation, or more text behind a value that has ended.
func (s *syntaxError) misplaced(line, col int) {
	text := s.src.line(line)
	if indent := indentOf(text); col > indent+1 {
		f := s.loader.add("F025", s.src.span(line, col, max(len(text)-col+1, 1)), "the value ends before this")
		f.Label = "put the whole value in double quotes"
		f.Help = "a value that begins with a quote or a bracket ends with the closing one"
		return
	}
	f := s.loader.add("F006", s.src.span(line, col, max(len(text)-col+1, 1)), "this line fits none of the lines above it")
	f.Label = "begin it in the same column as the line it belongs with"
}
