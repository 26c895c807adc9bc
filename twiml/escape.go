package twiml

import "unicode/utf8"

// escapes says for each ASCII byte what is written in its place; "" is the byte itself.
type escapes [utf8.RuneSelf]string

// What attribute values and character data must not hold as it is. Parsers turn a raw tab or line break in an
// attribute into a space, and a raw carriage return anywhere into a line break, so these are written as numbers.
var (
	inAttribute = escapeTable("\t&#x9;", "\n&#xA;")
	inText      = escapeTable("\t\t", "\n\n")
)

const replacement = "\uFFFD"

func escapeTable(pairs ...string) (t escapes) {
	for c := range 0x20 {
		t[c] = replacement
	}
	t['\r'], t['&'], t['<'], t['>'], t['"'] = "&#xD;", "&amp;", "&lt;", "&gt;", "&#34;"
	for _, p := range pairs {
		if t[p[0]] = p[1:]; p[1:] == p[:1] {
			t[p[0]] = ""
		}
	}
	return t
}

// appendEscaped appends s so that an XML parser gives back s, with U+FFFD for what XML cannot hold: control
// characters, invalid UTF-8, U+FFFE and U+FFFF.
func appendEscaped(dst []byte, s string, t *escapes) []byte {
	from := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if e := t[c]; e != "" {
				dst = append(append(dst, s[from:i]...), e...)
				from = i + 1
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if (r == utf8.RuneError && size == 1) || r == 0xFFFE || r == 0xFFFF {
			dst = append(append(dst, s[from:i]...), replacement...)
			from = i + size
		}
		i += size
	}
	return append(dst, s[from:]...)
}
