package flows

import (
	"bytes"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// maxExcerpt is the longest line, in characters, that a finding carries along as its excerpt.
const maxExcerpt = 2000

// source is the text of one file, cut into lines and characters, so that a line and a column lead to it.
type source struct {
	path  string
	lines [][]rune
}

func newSource(path string, text []byte) *source {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	s := &source{path: path}
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		s.lines = append(s.lines, []rune(string(bytes.TrimSuffix(line, []byte("\r")))))
	}
	return s
}

// line is line n, counted from 1; beyond the file it is empty.
func (s *source) line(n int) []rune {
	if s == nil || n < 1 || n > len(s.lines) {
		return nil
	}
	return s.lines[n-1]
}

// rest is line n from column col on.
func (s *source) rest(n, col int) []rune {
	line := s.line(n)
	if col < 1 || col > len(line) {
		return nil
	}
	return line[col-1:]
}

// excerpt is the line as a finding shows it.
func (s *source) excerpt(n int) string {
	if line := s.line(n); len(line) <= maxExcerpt {
		return string(line)
	}
	return ""
}

// span is a stretch of the file. What would lie behind the end of the file or of a line is moved to that end.
func (s *source) span(line, col, width int) Span {
	if line > len(s.lines) {
		line, col, width = max(len(s.lines), 1), len(s.line(len(s.lines)))+1, 1
	}
	col = max(min(col, len(s.line(line))+1), 1)
	return Span{File: s.path, Line: line, Col: col, EndCol: col + max(width, 1)}
}

// spanOf is the place of a node as it is written, with its quotes. Of a mapping or a list it is only the
// beginning; of a text on many lines it is the part on the first.
func (s *source) spanOf(n *yaml.Node) Span {
	switch n.Kind {
	case yaml.ScalarNode:
		col := s.skipProperties(n)
		return s.span(n.Line, col, s.scalarWidth(n, col))
	case yaml.AliasNode:
		return s.span(n.Line, n.Column, 1+len([]rune(n.Value)))
	case yaml.MappingNode:
		if n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0 {
			return s.spanOf(n.Content[0])
		}
	}
	return s.span(n.Line, n.Column, 1)
}

// spanInside is the place of a text without its quotes, or the first line of a block text.
func (s *source) spanInside(n *yaml.Node) Span {
	at := s.spanOf(n)
	switch {
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 && at.EndCol-at.Col > 2:
		at.Col++
		if q := s.rest(at.Line, at.EndCol-1); len(q) > 0 && (q[0] == '"' || q[0] == '\'') {
			at.EndCol--
		}
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		for l := n.Line + 1; l <= len(s.lines); l++ {
			line := s.line(l)
			if text := strings.TrimRightFunc(string(line), unicode.IsSpace); text != "" {
				col := indentOf(line) + 1
				return s.span(l, col, len([]rune(text))-col+1)
			}
		}
	}
	return at
}

// skipProperties finds the column where a scalar itself begins, behind an anchor or a tag.
func (s *source) skipProperties(n *yaml.Node) int {
	col := n.Column
	for rest := s.rest(n.Line, col); len(rest) > 0 && (rest[0] == '&' || rest[0] == '!'); rest = s.rest(n.Line, col) {
		i := 0
		for i < len(rest) && !unicode.IsSpace(rest[i]) {
			i++
		}
		for i < len(rest) && unicode.IsSpace(rest[i]) {
			i++
		}
		if i >= len(rest) {
			return n.Column
		}
		col += i
	}
	return col
}

// scalarWidth is how many characters of its first line a scalar takes.
func (s *source) scalarWidth(n *yaml.Node, col int) int {
	rest := s.rest(n.Line, col)
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return 1
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return quotedWidth(rest, '"')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return quotedWidth(rest, '\'')
	}
	value := []rune(n.Value)
	if len(value) <= len(rest) && string(rest[:len(value)]) == n.Value {
		return len(value)
	}
	return len([]rune(strings.TrimRightFunc(string(rest), unicode.IsSpace)))
}

// quotedWidth is the width of a quoted text with its quotes; one that goes on in the next line ends here.
func quotedWidth(rest []rune, quote rune) int {
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && quote == '"':
			i++
		case rest[i] == quote && quote == '\'' && i+1 < len(rest) && rest[i+1] == quote:
			i++
		case rest[i] == quote:
			return i + 1
		}
	}
	return len(rest)
}

// indentOf counts the blanks that a line begins with.
func indentOf(line []rune) int {
	n := 0
	for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		n++
	}
	return n
}
