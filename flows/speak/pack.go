package speak

import (
	"strings"
	"time"
)

// Pack is one language: its words and its grammar. A Pack is read-only and may be shared.
type Pack struct {
	Language string // en-US
	Name     string // the language's own name: English, español
	Yes, No  string // how a yes_no value is said
	Or       string

	keys    map[rune]string // names of keys that are not digits
	signs   map[rune]string // names of the characters that spell meets
	brands  map[string]string
	months  [12]string
	coins   map[string]coin
	grammar grammar
	phrases phrases
	prompts []PayPrompt
}

// grammar is what differs between languages in more than words.
type grammar struct {
	cardinal func(n uint64) string                        // eighty-four
	ordinal  func(n uint64) string                        // eighty-fourth; "" where the language has no usual word
	date     func(day int, month string, year int) string // year 0: not said
	clock    func(t time.Time) string
	amount   func(m sum) string
	point    string // between whole and part, in words
	minus    string
	ending   string // "ending in", for a masked value
	hidden   string // for one that is masked altogether
}

// phrases are the built-in sentences; {to}, {key}, {value}, {yes} and {no} are filled in.
type phrases struct {
	option, languageOption, confirm, heard string
	silence, wrong                         [3]string
	apology, unconfirmed, goodbye, waiting string
	voicemail                              string
}

// For returns the pack for a language such as "es-MX": its own, or its language family's, or US English.
func For(language string) *Pack {
	p, _ := Lookup(language)
	return p
}

// Lookup is For, and tells whether the pack speaks the language asked for, in whatever country's form.
func Lookup(language string) (*Pack, bool) {
	family, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(language, "_", "-")), "-")
	switch family {
	case "es":
		return spanish, true
	case "en":
		return english, true
	}
	return english, false
}

// Key names a key of the telephone: "1", "star", "pound". Several keys are named one after the other.
func (p *Pack) Key(key string) string {
	var names []string
	for _, r := range key {
		name, ok := p.keys[r]
		if !ok {
			name = string(r)
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// Option is one line of a menu: "To pay all of it now, press 1."
func (p *Pack) Option(to, key string) string {
	return fill(p.phrases.option, "{to}", strings.TrimRight(to, " ."), "{key}", p.Key(key))
}

// LanguageOption is one line of a choice of languages, in the language it offers: "For English, press 1."
func (p *Pack) LanguageOption(key string) string {
	return fill(p.phrases.languageOption, "{key}", p.Key(key))
}

// Confirm names the two keys of a question: "For yes, press 1. For no, press 2."
func (p *Pack) Confirm(yes, no string) string {
	return fill(p.phrases.confirm, "{yes}", p.Key(yes), "{no}", p.Key(no))
}

// Heard repeats what was keyed in, to have it confirmed: "You entered 1 2 3."
func (p *Pack) Heard(spoken string) string { return fill(p.phrases.heard, "{value}", spoken) }

// Silence is the hint after the nth silence at a question, counted from 1. From the third on it stays the same.
func (p *Pack) Silence(n int) string { return nth(p.phrases.silence, n) }

// Wrong is the hint after the nth answer that did not fit, counted from 1.
func (p *Pack) Wrong(n int) string { return nth(p.phrases.wrong, n) }

// Apology is said before a call ends because of a fault of ours.
func (p *Pack) Apology() string { return p.phrases.apology }

// Unconfirmed is said when nobody knows whether a payment went through.
func (p *Pack) Unconfirmed() string { return p.phrases.unconfirmed }

// Goodbye ends a call that says nothing else.
func (p *Pack) Goodbye() string { return p.phrases.goodbye }

// Waiting bridges a wait.
func (p *Pack) Waiting() string { return p.phrases.waiting }

// Voicemail asks for a message.
func (p *Pack) Voicemail() string { return p.phrases.voicemail }

// YesNo says a yes or no.
func (p *Pack) YesNo(yes bool) string {
	if yes {
		return p.Yes
	}
	return p.No
}

// Brand is how people call a card brand: "amex" is American Express. An unknown brand stays as it is.
func (p *Pack) Brand(brand string) string {
	if name, ok := p.brands[strings.ToLower(brand)]; ok {
		return name
	}
	return brand
}

func nth(texts [3]string, n int) string { return texts[min(max(n, 1), len(texts))-1] }

// fill replaces each placeholder; what is filled in is not looked at again. It runs for every option of every
// menu that is spoken, which is why it is no strings.Replacer: that one costs twenty times as much to make.
func fill(sentence string, pairs ...string) string {
	var b strings.Builder
	size := len(sentence)
	for i := 1; i < len(pairs); i += 2 {
		size += len(pairs[i])
	}
	b.Grow(size)
	for sentence != "" {
		at := strings.IndexByte(sentence, '{')
		if at < 0 {
			break
		}
		b.WriteString(sentence[:at])
		sentence = sentence[at:]
		name, value := "{", "{"
		for i := 0; i+1 < len(pairs); i += 2 {
			if strings.HasPrefix(sentence, pairs[i]) {
				name, value = pairs[i], pairs[i+1]
			}
		}
		b.WriteString(value)
		sentence = sentence[len(name):]
	}
	b.WriteString(sentence)
	return b.String()
}
