package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// spokenBy lists what a caller hears at a step before anything else happens there.
func spokenBy(s *Step) []*Text {
	var out []*Text
	switch v := s.Verb.(type) {
	case *Say:
		out = []*Text{v.Text, v.OrSay}
	case *Play:
		out = []*Text{v.Say}
	case *Menu:
		out = []*Text{v.Say}
		for _, o := range v.Options {
			out = append(out, o.To)
		}
	case *Ask:
		out = []*Text{v.Say}
	case *Confirm:
		out = []*Text{v.Say}
	case *Lookup:
		out = []*Text{v.WhileWaiting}
	case *Submit:
		out = []*Text{v.WhileWaiting}
	case *Pay:
		for _, p := range v.Prompts {
			out = append(out, p.Texts...)
		}
	case *Transfer:
		out = []*Text{v.Say}
	case *Voicemail:
		out = []*Text{v.Say}
	case *Converse:
		out = []*Text{v.Greeting}
	case *OptOut:
		out = []*Text{v.Say}
	case *HangUp:
		out = []*Text{v.Say}
	}
	return slices.DeleteFunc(out, func(t *Text) bool { return t == nil })
}

// heardAt lists every sentence a caller can hear at a step, also after silence and wrong keys.
func heardAt(s *Step) []*Text {
	a := asking(s.Verb)
	return slices.Concat(spokenBy(s), a.IfSilent, a.IfWrong)
}

// says tells whether any of the sentences matches, in any language.
func says(texts []*Text, pattern *regexp.Regexp) bool {
	return slices.ContainsFunc(texts, func(t *Text) bool {
		for _, s := range t.ByLanguage {
			if pattern.MatchString(s.Raw) {
				return true
			}
		}
		return false
	})
}

// inOrder lists the sentences of a text by language.
func (t *Text) inOrder() []*Template {
	var out []*Template
	for _, lang := range keysOf(t.ByLanguage) {
		out = append(out, t.ByLanguage[lang])
	}
	return out
}

// mostOptions is how many options a caller can keep in mind.
const mostOptions = 5

var keyFirst = regexp.MustCompile(`(?i)\b(?:press|dial|oprima|presione|marque|pulse)\s+(?:el\s+|the\s+)?` +
	`(?:\d|one|two|three|four|five|six|seven|eight|nine|zero|star|pound|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|cero)\s+(?:for|to|para)\b`)

// checkMenu looks at a menu as somebody who hears it.
func (l *flowLint) checkMenu(s *Step) {
	v, ok := s.Verb.(*Menu)
	if !ok {
		return
	}
	if len(v.Options) > mostOptions {
		f := l.add("F301", s.At, fmt.Sprintf("this menu offers %d keys; callers forget the first when there are more than %d", len(v.Options), mostOptions))
		f.Label = "split it: the ones asked for most here, the others in a second menu"
	}
	if v.Say == nil {
		return
	}
	for _, t := range v.Say.inOrder() {
		if at := keyFirst.FindStringIndex(t.Raw); at != nil {
			f := l.add("F305", l.place(t, at), "say what a key is for before the key")
			f.Label = `"to pay, press 1": people listen for the purpose first`
			f.Help = "options: speaks each option itself, from its to: and its key"
		}
	}
}

// place is the span of a match inside a sentence.
func (l *flowLint) place(t *Template, match []int) Span {
	from := len([]rune(t.Raw[:match[0]]))
	return l.project.spanIn(t.At, t.Raw, from, from+len([]rune(t.Raw[match[0]:match[1]])))
}

// A voice says about 150 words a minute, and nobody follows a sentence for more than 12 seconds.
const (
	wordsPerMinute = 150
	longestSeconds = 12
)

var sentence = regexp.MustCompile(`[^.!?]+(?:[.!?]+|$)`)

// checkSentences looks at every sentence of the flow.
func (l *flowLint) checkSentences() {
	for _, n := range l.paths.nodes {
		for _, t := range heardAt(n.step) {
			for _, s := range t.inOrder() {
				l.checkLength(s)
			}
		}
	}
}

func (l *flowLint) checkLength(t *Template) {
	// values are taken out first: their dots and filters are not heard. Each counts as three words.
	plain := inBraces.ReplaceAllString(t.Raw, "a b c")
	for _, s := range sentence.FindAllString(plain, -1) {
		words := len(strings.Fields(s))
		if seconds := words * 60 / wordsPerMinute; seconds > longestSeconds {
			l.add("F303", t.At, fmt.Sprintf("this takes about %d seconds to say in one sentence", seconds)).
				Label = fmt.Sprintf("make it several sentences, none over %d seconds", longestSeconds)
			return
		}
	}
}
