package flows

import "unicode"

// spanIn finds the place of raw[from:to] (counted in characters) where raw is the text that begins at at, as in
// Expr and Template. It follows folded lines and the escapes of quoted texts. Where it loses its way it
// answers at.
func (p *Project) spanIn(at Span, raw string, from, to int) Span {
	src := p.sources[at.File]
	if src == nil {
		return at
	}
	w := &walker{src: src, line: at.Line, col: at.Col}
	if before := src.rest(at.Line, at.Col-1); len(before) > 0 && (before[0] == '"' || before[0] == '\'') {
		w.quote = before[0]
	}
	text := []rune(raw)
	from = min(max(from, 0), len(text))
	to = min(max(to, from+1), len(text))
	var start Span
	for i := 0; i <= len(text); {
		if i >= from && start.Line == 0 {
			start = src.span(w.line, w.col, 1)
		}
		if i >= to {
			return upTo(start, w, src)
		}
		n, ok := w.step(text[i:])
		if !ok {
			return at
		}
		i += n
	}
	return at
}

// upTo ends a span at the walker's place, or at the end of its line when the walker has left that.
func upTo(start Span, w *walker, src *source) Span {
	if start.Line == 0 {
		start = src.span(w.line, w.col, 1)
	}
	end := w.lastCol + 1
	if w.lastLine != start.Line {
		end = len(src.line(start.Line)) + 1
	}
	start.EndCol = max(end, start.Col+1)
	return start
}

// walker goes through a source and a decoded text at the same time.
type walker struct {
	src               *source
	line, col         int
	lastLine, lastCol int // the last character that was taken
	quote             rune
}

// step takes the first character of text, or the whole run of blanks it begins with.
func (w *walker) step(text []rune) (int, bool) {
	if unicode.IsSpace(text[0]) {
		n := 0
		for n < len(text) && unicode.IsSpace(text[n]) {
			n++
		}
		w.take(0)
		return n, w.skipBlanks()
	}
	rest := w.src.rest(w.line, w.col)
	if len(rest) == 0 { // a line of the source ended where the text has no blank: \ at its end
		return 0, w.skipBlanks() && len(w.src.rest(w.line, w.col)) > 0
	}
	switch {
	case w.quote == '"' && rest[0] == '\\':
		if len(rest) == 1 {
			w.line, w.col = w.line+1, 1
			return 0, w.skipBlanks()
		}
		w.take(escapeWidth(rest[1]))
	case w.quote == '\'' && rest[0] == '\'':
		w.take(2)
	case rest[0] == text[0]:
		w.take(1)
	default:
		return 0, false
	}
	return 1, true
}

func (w *walker) take(n int) {
	w.lastLine, w.lastCol = w.line, w.col+max(n-1, 0)
	w.col += n
}

// skipBlanks goes to the next character that is not blank, over line ends; at the end of the file it fails.
func (w *walker) skipBlanks() bool {
	for w.line <= len(w.src.lines) {
		for _, c := range w.src.rest(w.line, w.col) {
			if !unicode.IsSpace(c) {
				return true
			}
			w.col++
		}
		w.line, w.col = w.line+1, 1
	}
	return false
}

// escapeWidth is how long an escape of a double-quoted text is, by the letter behind the backslash.
func escapeWidth(letter rune) int {
	switch letter {
	case 'x':
		return 4
	case 'u':
		return 6
	case 'U':
		return 10
	}
	return 2
}
