package redact

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/paydial/paydial/internal/carddata"
)

// tokenKind is what a token is.
type tokenKind int

const (
	tokenWord  tokenKind = iota // letters
	tokenTyped                  // digits of any script
	tokenSep                    // anything else
	tokenMask                   // a mask of ours
	tokenHeld                   // "[4 digits]"
)

// token is a stretch of a line.
type token struct {
	kind     tokenKind
	from, to int
	text     string // a word folded, digits as 0 to 9, separators as they are
	mask     Kind
	held     int // how many digits are held
}

// tokens splits a line. Every byte is in one token.
func tokens(s string) []token {
	var out []token
	for i := 0; i < len(s); {
		t := nextToken(s, i)
		out = append(out, t)
		i = t.to
	}
	return out
}

func nextToken(s string, i int) token {
	if s[i] == '[' {
		if t, ok := maskToken(s, i); ok {
			return t
		}
	}
	first, size := utf8.DecodeRuneInString(s[i:])
	kind, to := kindOf(first), i+size
	for to < len(s) && s[to] != '[' {
		r, n := utf8.DecodeRuneInString(s[to:])
		if next := kindOf(r); next != kind && !(kind == tokenWord && unicode.In(r, unicode.M)) {
			break
		}
		to += n
	}
	t := token{kind: kind, from: i, to: to, text: s[i:to]}
	switch kind {
	case tokenWord:
		t.text = fold(t.text)
	case tokenTyped:
		var b strings.Builder
		for _, r := range t.text {
			b.WriteByte(byte('0' + carddata.Digit(r)))
		}
		t.text = b.String()
	}
	return t
}

func kindOf(r rune) tokenKind {
	switch {
	case carddata.Digit(r) >= 0:
		return tokenTyped
	case unicode.IsLetter(r):
		return tokenWord
	}
	return tokenSep
}

// longestHeld is how many digits a held number says it has at most: a line is not longer.
const longestHeld = 9999

// maskToken reads a mask or a held number that begins at i.
func maskToken(s string, i int) (token, bool) {
	for _, k := range Kinds() {
		if strings.HasPrefix(s[i:], k.mask()) {
			return token{kind: tokenMask, from: i, to: i + len(k.mask()), mask: k}, true
		}
	}
	end := strings.IndexByte(s[i:min(len(s), i+20)], ']')
	if end < 0 {
		return token{}, false
	}
	text, ok := strings.CutSuffix(strings.TrimSuffix(s[i+1:i+end], "s"), " digit")
	n, err := strconv.Atoi(text)
	if !ok || err != nil || n < 1 || n > longestHeld || s[i:i+end+1] != heldMask(n) {
		return token{}, false
	}
	return token{kind: tokenHeld, from: i, to: i + end + 1, held: n}, true
}

// heldMask stands for digits that are held.
func heldMask(n int) string {
	if n == 1 {
		return "[1 digit]"
	}
	return "[" + strconv.Itoa(min(n, longestHeld)) + " digits]"
}

// fold brings a word to small letters without accents.
func fold(s string) string {
	plain := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] >= 'A' && s[i] <= 'Z' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r == 'ß':
			b.WriteString("ss")
		case !unicode.In(r, unicode.M):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// currency tells whether a currency sign stands in a separator.
func currency(sep string) bool {
	return strings.ContainsFunc(sep, func(r rune) bool { return unicode.Is(unicode.Sc, r) })
}
