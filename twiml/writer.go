package twiml

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// writer appends elements to a buffer and collects what is wrong with them. An element is written as begin, its
// attributes in the order of Twilio's documentation, its content, end.
type writer struct {
	buf  []byte
	errs []error
	name string // the element whose attributes are being written
	open bool   // its start tag still lacks the ">"
}

func (w *writer) failf(verb, attribute, format string, args ...any) {
	w.errs = append(w.errs, &Error{Verb: verb, Attribute: attribute, Problem: fmt.Sprintf(format, args...)})
}

func (w *writer) begin(name string) {
	w.closeTag()
	w.buf = append(append(w.buf, '<'), name...)
	w.name, w.open = name, true
}

func (w *writer) end(name string) {
	if w.open {
		w.buf = append(w.buf, "/>"...)
		w.open = false
		return
	}
	w.buf = append(append(append(w.buf, "</"...), name...), '>')
}

func (w *writer) closeTag() {
	if w.open {
		w.buf = append(w.buf, '>')
		w.open = false
	}
}

// text writes character data.
func (w *writer) text(s string) {
	if s == "" || s == Empty {
		return
	}
	w.closeTag()
	w.buf = appendEscaped(w.buf, s, &inText)
}

// content writes the one required text of an element and ends it.
func (w *writer) content(name, s string) {
	if s == "" || s == Empty {
		w.failf(name, "", "needs a text")
	}
	w.text(s)
	w.end(name)
}

// raw writes an attribute whose value is known to be safe as it is.
func (w *writer) raw(name, v string) {
	w.buf = append(append(append(append(append(w.buf, ' '), name...), `="`...), v...), '"')
}

// str writes a free text attribute.
func (w *writer) str(name, v string) {
	switch v {
	case "":
	case Empty:
		w.raw(name, "")
	default:
		w.buf = append(append(append(w.buf, ' '), name...), `="`...)
		w.buf = append(appendEscaped(w.buf, v, &inAttribute), '"')
	}
}

// need is str for an attribute that must be there.
func (w *writer) need(name, v string) {
	if v == "" {
		w.failf(w.name, name, "is required")
	}
	w.str(name, v)
}

// limited is str with a longest length in characters.
func (w *writer) limited(name, v string, most int) {
	if len(v) > most && utf8.RuneCountInString(v) > most {
		w.failf(w.name, name, "has %d characters; at most %d are allowed", utf8.RuneCountInString(v), most)
	}
	w.str(name, v)
}

// enum writes an attribute that allows only certain values, given as "a|b|c".
func (w *writer) enum(name, v, allowed string) {
	if v != "" && !oneOf(v, allowed) {
		w.failf(w.name, name, "%s is not allowed; allowed: %s", quote(v), spaced(allowed))
	}
	w.str(name, v)
}

func (w *writer) method(name string, m Method) { w.enum(name, string(m), "GET|POST") }

// boolean writes a Bool.
func (w *writer) boolean(name string, b Bool) {
	switch b {
	case Unset:
	case True:
		w.raw(name, "true")
	case False:
		w.raw(name, "false")
	default:
		w.failf(w.name, name, "%d is not allowed; allowed: Unset, True, False", b)
	}
}

// integer writes a number between least and most.
func (w *writer) integer(name string, v, least, most int) {
	if v == 0 {
		return
	}
	if v == Zero {
		v = 0
	}
	if v < least || v > most {
		w.failf(w.name, name, "%d is not allowed; allowed: %d to %d", v, least, most)
	}
	w.buf = append(append(append(w.buf, ' '), name...), `="`...)
	w.buf = append(strconv.AppendInt(w.buf, int64(v), 10), '"')
}

// integers writes a list of numbers, separated by spaces.
func (w *writer) integers(name string, vs []int, least, most int) {
	if len(vs) == 0 {
		return
	}
	w.buf = append(append(append(w.buf, ' '), name...), `="`...)
	for i, v := range vs {
		if v < least || v > most {
			w.failf(w.name, name, "%d is not allowed; allowed: %d to %d", v, least, most)
		}
		if i > 0 {
			w.buf = append(w.buf, ' ')
		}
		w.buf = strconv.AppendInt(w.buf, int64(v), 10)
	}
	w.buf = append(w.buf, '"')
}

// list writes a list of enum values, separated by spaces.
func list[T ~string](w *writer, name string, vs []T, allowed string) {
	if len(vs) == 0 {
		return
	}
	w.buf = append(append(append(w.buf, ' '), name...), `="`...)
	for i, v := range vs {
		if !oneOf(string(v), allowed) {
			w.failf(w.name, name, "%s is not allowed; allowed: %s", quote(string(v)), spaced(allowed))
		}
		if i > 0 {
			w.buf = append(w.buf, ' ')
		}
		w.buf = appendEscaped(w.buf, string(v), &inAttribute)
	}
	w.buf = append(w.buf, '"')
}

// chars writes an attribute made of certain characters only, at most so many of them.
func (w *writer) chars(name, v, allowed string, most int) {
	if v != Empty {
		for i := 0; i < len(v); i++ {
			if strings.IndexByte(allowed, v[i]) < 0 {
				w.failf(w.name, name, "%s is not allowed; allowed characters: %s", quote(v), allowed)
				break
			}
		}
		if len(v) > most {
			w.failf(w.name, name, "has %d characters; at most %d are allowed", len(v), most)
		}
	}
	w.str(name, v)
}

// secondsOrAuto writes a positive whole number or the word auto.
func (w *writer) secondsOrAuto(name, v string) {
	if n, err := strconv.Atoi(v); v != "" && v != "auto" && (err != nil || n < 1 || v[0] == '+') {
		w.failf(w.name, name, "%s is not allowed; allowed: auto, or a positive number", quote(v))
	}
	w.str(name, v)
}

// language writes a language tag such as en-US.
func (w *writer) language(name, v string) {
	if v != "" && !isLanguageTag(v) {
		w.failf(w.name, name, "%s is not allowed; allowed: a language tag such as en-US", quote(v))
	}
	w.str(name, v)
}

func isLanguageTag(v string) bool {
	part := 0
	for i := 0; i < len(v); i++ {
		c := v[i]
		switch {
		case c == '-' && part > 0:
			part = 0
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9' && i > 1:
			if part++; part > 8 {
				return false
			}
		default:
			return false
		}
	}
	return part > 0 && len(v) > 1
}

func oneOf(v, allowed string) bool {
	for {
		head, rest, more := strings.Cut(allowed, "|")
		if head == v {
			return true
		}
		if !more {
			return false
		}
		allowed = rest
	}
}

// spaced shows an "a|b|c" list to people.
func spaced(allowed string) string { return strings.ReplaceAll(allowed, "|", ", ") }

// quote shows a bad value in an error, shortened: it may be long and hostile.
func quote(v string) string {
	const most = 60
	if v == Empty {
		return "an empty value"
	}
	if len(v) > most {
		v = strings.ToValidUTF8(v[:most], "") + "..."
	}
	return strconv.Quote(v)
}
