package flows

import (
	"regexp"
	"strings"

	"github.com/paydial/paydial/flows/speak"
)

// part is a piece of a sentence: text as it is, or a value with its filter.
type part struct {
	literal string
	code    *code
	filter  string
}

// piece is a part before it is compiled. at is where a literal begins, in characters of the sentence; from and to
// are the inside of the braces, and filterAt is where the name of the filter begins.
type piece struct {
	literal  string
	at       int
	expr     string
	from, to int
	filter   string
	filterAt int
	isExpr   bool
}

var filterName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// splitTemplate cuts a sentence at its ${...}. $${ stands for ${ itself.
func splitTemplate(raw string) (out []piece, problems []problem) {
	text := []rune(raw)
	var literal strings.Builder
	began := 0
	flush := func() {
		if literal.Len() > 0 {
			out = append(out, piece{literal: literal.String(), at: began})
			literal.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		switch {
		case hasAt(text, i, "$${"):
			literal.WriteString("${")
			i += 2
		case hasAt(text, i, "${"):
			end := closing(text, i+2)
			if end < 0 {
				flush()
				return out, append(problems, problem{
					code: "F202", from: i, to: i + 2, message: "this ${ is never closed", label: "add the } behind the name",
				})
			}
			flush()
			p, bad := splitFilter(text[i+2:end], i+2)
			if bad != nil {
				problems = append(problems, *bad)
			} else {
				p.to = end
				out = append(out, p)
			}
			i, began = end, end+1
		default:
			literal.WriteRune(text[i])
		}
	}
	flush()
	return out, problems
}

func hasAt(text []rune, i int, want string) bool {
	return i+len(want) <= len(text) && string(text[i:i+len(want)]) == want
}

// closing finds the } that ends an expression, past texts in quotes and inner brackets; -1 if there is none.
func closing(text []rune, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch c := text[i]; c {
		case '"', '\'', '`':
			if i = quoteEnd(text, i); i < 0 {
				return -1
			}
		case '{', '[', '(':
			depth++
		case ']', ')':
			depth--
		case '}':
			if depth <= 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// quoteEnd finds the quote that closes the one at i; -1 if there is none.
func quoteEnd(text []rune, i int) int {
	open := text[i]
	for i++; i < len(text); i++ {
		switch {
		case text[i] == '\\' && open != '`':
			i++
		case text[i] == open:
			return i
		}
	}
	return -1
}

// splitFilter cuts "balance | money" at its last bar. A bar before a call, "name | upper()", belongs to the
// expression.
func splitFilter(text []rune, from int) (piece, *problem) {
	p := piece{expr: string(text), from: from, isExpr: true}
	bar := lastBar(text)
	if bar < 0 {
		return p, nil
	}
	name := strings.TrimSpace(string(text[bar+1:]))
	blanks := len(text[bar+1:]) - len([]rune(strings.TrimLeft(string(text[bar+1:]), " \t\n")))
	at := from + bar + 1 + blanks
	switch {
	case strings.Contains(name, "("):
		return p, nil
	case name == "":
		return p, &problem{code: "F207", from: from + bar, to: from + bar + 1, message: "there is no filter behind the |", label: "name one: " + filterList()}
	case !filterName.MatchString(name):
		return p, &problem{code: "F207", from: at, to: at + len([]rune(name)), message: quoteWord(name) + " is not a filter", label: "one of: " + filterList()}
	}
	p.expr, p.filter, p.filterAt = string(text[:bar]), name, at
	if lastBar(text[:bar]) >= 0 && !strings.Contains(p.expr[strings.LastIndex(p.expr, "|"):], "(") {
		return p, &problem{code: "F207", from: at, to: at + len([]rune(name)), message: "a value takes one filter", label: "delete one of the two"}
	}
	return p, nil
}

// lastBar is the last single | outside of quotes and brackets; -1 if there is none.
func lastBar(text []rune) int {
	last, depth := -1, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\'' || c == '`':
			end := quoteEnd(text, i)
			if end < 0 {
				return last
			}
			i = end
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		case c == '|' && i+1 < len(text) && text[i+1] == '|':
			i++
		case c == '|' && depth == 0:
			last = i
		}
	}
	return last
}

func filterNames() []string {
	var out []string
	for _, f := range speak.Filters() {
		out = append(out, f.Name)
	}
	return out
}

func filterList() string { return strings.Join(filterNames(), ", ") }

// plainText is the sentence if it holds no values.
func (t *Template) plainText() (string, bool) {
	switch {
	case len(t.parts) == 1 && t.parts[0].code == nil:
		return t.parts[0].literal, true
	case len(t.parts) == 0:
		return "", true
	}
	return "", false
}

// manner is what a text is for: a voice, a reader, or a machine.
type manner int

const (
	toSpeak manner = iota
	toWrite
	toSend // as it is, with every value through escape
)

// render fills a sentence in. A private value that is not cut down by a filter shows as its mask, except
// towards a machine that needs it.
func (r *run) render(t *Template, language string, how manner, escape func(string) string) (string, error) {
	if text, ok := t.plainText(); ok {
		return text, nil
	}
	pack := speak.For(language)
	var b strings.Builder
	b.Grow(len(t.Raw) + 32)
	for i := range t.parts {
		p := &t.parts[i]
		if p.code == nil {
			b.WriteString(p.literal)
			continue
		}
		v, err := r.eval(p.code)
		if err == nil && v.IsMissing() {
			err = missingError{strings.TrimSpace(t.Raw)}
		}
		if err != nil {
			return "", failure{at: t.At, err: err}
		}
		if how != toSend && p.filter == "" && p.code.path != nil && p.code.path.text == "payment.card.brand" {
			v = TextValue(pack.Brand(v.plain()))
		}
		b.WriteString(r.put(pack, p.filter, v, how, escape))
	}
	return b.String(), nil
}

func (r *run) put(pack *speak.Pack, filter string, v Value, how manner, escape func(string) string) string {
	if how == toSend && filter == "" {
		return escape(v.plain())
	}
	if v.Private && how != toSend && filter != "last4" && filter != "mask" {
		filter = "mask"
	}
	sv := v.speakable(r.in.Now)
	switch how {
	case toSpeak:
		return pack.Speak(filter, sv)
	case toSend:
		return escape(pack.Write(filter, sv))
	}
	return pack.Write(filter, sv)
}

func asIs(s string) string { return s }

// sentence picks the wording in the call's language: its own, that of its language family, or the one the flow
// is written in. language tells in which it is.
func (r *run) sentence(t *Text) (tmpl *Template, language string) {
	want := r.st.Language
	if tmpl = t.ByLanguage[want]; tmpl != nil {
		return tmpl, want
	}
	family, _, _ := strings.Cut(want, "-")
	for _, lang := range r.flow.Speaks {
		if f, _, _ := strings.Cut(lang, "-"); f == family && t.ByLanguage[lang] != nil {
			return t.ByLanguage[lang], lang
		}
	}
	lang := r.flow.Speaks[0]
	return t.ByLanguage[lang], lang
}

// say renders a sentence as something to be heard.
func (r *run) say(t *Text) (Utterance, error) {
	tmpl, language := r.sentence(t)
	if tmpl == nil {
		return Utterance{}, fail(t.At, "this sentence has no text")
	}
	text, err := r.render(tmpl, language, toSpeak, nil)
	return r.utter(text, language), err
}

// utter is a sentence in a language, in the voice that belongs to it.
func (r *run) utter(text, language string) Utterance {
	voice := r.flow.Project.Voices[language]
	if r.flow.Defaults.Voice != "" && language == r.flow.Speaks[0] {
		voice = r.flow.Defaults.Voice
	}
	return Utterance{Kind: UtterSay, Text: text, Language: language, Voice: voice}
}

// builtIn is a sentence of the language packs, in the call's language as far as there is a pack for it.
func (r *run) builtIn(words func(*speak.Pack) string) Utterance {
	pack, ok := speak.Lookup(r.st.Language)
	language := r.st.Language
	if !ok || language == "" {
		language = pack.Language
	}
	return r.utter(words(pack), language)
}

// write renders a sentence for a reader.
func (r *run) write(t *Text) (string, error) {
	tmpl, language := r.sentence(t)
	if tmpl == nil {
		return "", fail(t.At, "this sentence has no text")
	}
	return r.render(tmpl, language, toWrite, nil)
}

// pair evaluates one line of data:, json: and the like; a value that is missing becomes nothing.
func (r *run) pair(p Pair) (Value, error) {
	c := (*code)(nil)
	switch {
	case p.Expr != nil:
		c = p.Expr.code
	case p.Text != nil && len(p.Text.parts) == 1 && p.Text.parts[0].filter == "":
		c = p.Text.parts[0].code
	}
	if c != nil {
		v, err := r.eval(c)
		return orNothing(v, err, p.At)
	}
	if p.Text == nil {
		return Value{}, fail(p.At, "%s has an error in it", p.Name)
	}
	text, err := r.render(p.Text, r.st.Language, toSend, asIs)
	v := TextValue(text)
	for _, part := range p.Text.parts {
		if part.code != nil && err == nil && part.filter != "last4" && part.filter != "mask" {
			one, evalErr := r.eval(part.code)
			v.Private = v.Private || evalErr == nil && one.Private
		}
	}
	return orNothing(v, err, p.At)
}

func orNothing(v Value, err error, at Span) (Value, error) {
	switch {
	case err == nil && v.IsMissing(), isMissing(err):
		return nothing(), nil
	case err != nil:
		return Value{}, failure{at: at, err: err}
	}
	return v, nil
}
