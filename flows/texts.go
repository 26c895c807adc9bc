package flows

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxText is the longest text, in characters: Twilio's <Say> takes 4,096.
const maxText = 4000

// spoken reads an optional sentence: a text, or a mapping from language to text.
func (m *fields) spoken(name string) *Text {
	if f, ok := m.filled(name); ok {
		return m.asSpoken(f)
	}
	return nil
}

func (r *reader) asSpoken(f field) *Text {
	if f.isMap() {
		return r.asTranslations(f)
	}
	t := r.asSentence(f)
	if t == nil {
		return nil
	}
	return &Text{At: t.At, ByLanguage: map[string]*Template{r.speaks[0]: t}}
}

// asTranslations reads {en-US: ..., es-US: ...}.
func (r *reader) asTranslations(f field) *Text {
	m := r.mapping(f.value, r.src.spanOf(f.key), fmt.Sprintf("%q", f.name()))
	t := &Text{At: m.at, ByLanguage: map[string]*Template{}}
	wrong := false
	m.each(func(one field) {
		lang := one.name()
		if !slices.Contains(r.speaks, lang) {
			r.addUnknown("L002", r.src.spanOf(one.key), quoteWord(lang)+" is not a language this flow speaks", lang, r.speaks)
			wrong = true
			return
		}
		if s := r.asSentence(one); s != nil {
			t.ByLanguage[lang] = s
		}
	})
	for i, lang := range r.speaks {
		switch {
		case t.ByLanguage[lang] != nil || wrong:
		case i == 0:
			r.add("L001", m.at, "this sentence is missing in "+lang+", the language this flow is written in").
				Label = "add " + lang + ": below it"
		default:
			r.add("L003", m.at, "this sentence is missing in "+lang).Label = "add " + lang + ": below it"
		}
	}
	if t.ByLanguage[r.speaks[0]] == nil {
		return nil
	}
	return t
}

// asSentence reads one sentence in one language.
func (r *reader) asSentence(f field) *Template {
	t := r.asTemplate(f)
	if t != nil && f.value.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		r.checkComment(t)
	}
	return t
}

// checkComment finds a sentence that lost its end to a comment: "press the # key". A comment is meant as one when
// there are two blanks before it.
func (r *reader) checkComment(t *Template) {
	length := len([]rune(t.Raw))
	end := r.project.spanIn(t.At, t.Raw, length-1, length)
	behind := r.src.rest(end.Line, end.EndCol)
	if len(behind) < 2 || behind[0] != ' ' || behind[1] != '#' {
		return
	}
	rest := string(behind)
	if strings.HasPrefix(strings.TrimLeft(rest, " #"), "paydial:ignore") {
		return
	}
	width := len([]rune(strings.TrimRight(rest, " \t"))) - 1
	f := r.add("F021", r.src.span(end.Line, end.EndCol+1, width), "the caller will not hear the end of this sentence")
	f.Label = `YAML reads everything after " #" as a comment`
	f.Help = `put the sentence in double quotes, or write "the pound key"`
}

// asTemplate reads a text that may hold ${...}.
func (r *reader) asTemplate(f field) *Template {
	raw, ok := r.raw(f)
	raw = strings.TrimRight(raw, " \t\n")
	if ok && raw == "" && f.value.Style&yaml.TaggedStyle == 0 { // a tag is an error of its own
		r.add("F120", r.src.spanOf(f.value), fmt.Sprintf("%q has no text", f.name())).Label = "write the text between the quotes, or delete this"
	}
	if n := len([]rune(raw)); n > maxText {
		r.add("F139", r.src.spanOf(f.value), fmt.Sprintf("this text has %d characters", n)).
			Label = fmt.Sprintf("divide it: one text can have %d", maxText)
		return nil
	}
	if raw == "" {
		return nil
	}
	return &Template{At: r.src.spanInside(f.value), Raw: raw}
}

// template reads an optional text that may hold ${...}.
func (m *fields) template(name string) *Template {
	if f, ok := m.filled(name); ok {
		return m.asTemplate(f)
	}
	return nil
}

// asExpr reads an expression.
func (r *reader) asExpr(f field) *Expr {
	if t := r.asTemplate(f); t != nil {
		return &Expr{At: t.At, Raw: t.Raw}
	}
	return nil
}

// expr reads an optional expression.
func (m *fields) expr(name string) *Expr {
	if f, ok := m.filled(name); ok {
		return m.asExpr(f)
	}
	return nil
}

// taper reads an optional sentence or a list of them: for the first time, the second, the third.
func (m *fields) taper(name string) []*Text {
	f, ok := m.filled(name)
	if !ok {
		return nil
	}
	var out []*Text
	for _, item := range m.items(f) {
		if t := m.asSpoken(item); t != nil {
			out = append(out, t)
		}
	}
	return out
}

// pairs reads an optional mapping from names to values.
func (m *fields) pairs(name string) []Pair {
	f, ok := m.filled(name)
	if !ok {
		return nil
	}
	sub, ok := m.sub(f, fmt.Sprintf("%q", name))
	if !ok {
		return nil
	}
	var out []Pair
	sub.each(func(one field) {
		if one.empty() {
			m.add("F120", m.src.spanOf(one.key), quoteWord(one.name())+" has no value").Label = "write the value behind the colon, or delete this"
			return
		}
		t := m.asTemplate(one)
		if t == nil {
			return
		}
		p := Pair{At: m.src.spanOf(one.key), Name: one.name()}
		if strings.Contains(t.Raw, "${") {
			p.Text = t
		} else {
			p.Expr = &Expr{At: t.At, Raw: t.Raw}
		}
		out = append(out, p)
	})
	return out
}

// typed reads an optional mapping from names to types, as in needs and expect.
func (m *fields) typed(name string) []Field {
	f, ok := m.filled(name)
	if !ok {
		return nil
	}
	sub, ok := m.sub(f, fmt.Sprintf("%q", name))
	if !ok {
		return nil
	}
	var out []Field
	sub.each(func(one field) {
		m.checkName(m.src.spanOf(one.key), one.name(), "a value", snakeName)
		if one.empty() {
			m.add("F120", m.src.spanOf(one.key), quoteWord(one.name())+" has no type").Label = "write its type: text, money, date ..."
			return
		}
		if raw, ok := m.raw(one); ok {
			if typ, ok := m.asType(one, raw); ok {
				out = append(out, typ)
			}
		}
	})
	return out
}

// fieldTypes are the types that a value from outside can have.
var fieldTypes = []string{"text", "digits", "number", "money", "date", "time", "yes_no", "phone", "language", "list", "record"}

// asType reads "digits, private" or "language, or en-US".
func (r *reader) asType(f field, raw string) (Field, bool) {
	out := Field{At: r.src.spanOf(f.key), Name: f.name()}
	for i, part := range strings.Split(raw, ",") {
		part = strings.TrimSpace(part)
		otherwise, hasDefault := strings.CutPrefix(part, "or ")
		switch {
		case i == 0 && slices.Contains(fieldTypes, part):
			out.Type = part
		case i == 0:
			r.addUnknown("F136", r.src.spanOf(f.value), quoteWord(part)+" is not a type", part, fieldTypes)
			return out, false
		case part == "private":
			out.Private = true
		case hasDefault && strings.TrimSpace(otherwise) != "":
			out.Default = strings.TrimSpace(otherwise)
		default:
			r.add("F136", r.src.spanOf(f.value), quoteWord(part)+" cannot stand behind a type").
				Label = `write "private", or "or" and the value to use when there is none`
			return out, false
		}
	}
	return out, true
}
