package flows

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/paydial/paydial/flows/speak"
)

// maxKeyed bounds an answer that says nothing of its length, in keys or in characters of what was said.
const (
	maxKeyed  = 64
	maxSpoken = 500
)

// digitsOf is how many digits an answer has: as the author says, or as its kind has by nature.
func digitsOf(v *Ask) (least, most int) {
	if v.Max > 0 {
		return v.Min, v.Max
	}
	switch v.Kind {
	case "zip":
		return 5, 5
	case "date":
		return 8, 8
	case "phone":
		return 10, 11
	}
	return 1, 0
}

// askQuestion says the question of an ask, or reads the answer back to have it confirmed.
func (r *run) askQuestion(g *GatherStop, v *Ask) error {
	if answer, ok := r.st.Vars[answerVar]; ok {
		g.Speech = append(g.Speech, r.builtIn(func(p *speak.Pack) string {
			return p.Heard(p.Speak(readBack(v, answer), answer.speakable(r.in.Now)))
		}), r.builtIn(func(p *speak.Pack) string { return p.Confirm("1", "2") }))
		return nil
	}
	u, err := r.say(v.Say)
	g.Speech = append(g.Speech, u)
	_, most := digitsOf(v)
	g.Digits, g.FinishOn = most, v.EndsWith
	return err
}

// readBack is the filter that an answer is read back with.
func readBack(v *Ask, answer Value) string {
	switch {
	case answer.Private:
		return "mask"
	case v.Kind == "money", v.Kind == "date", v.Kind == "phone":
		return v.Kind
	case v.Kind == "text":
		return ""
	}
	return "digits"
}

// answerQuestion reads the answer to an ask: by its kind, by valid_if, and by the caller's own word for it.
func (r *run) answerQuestion(s *Step, v *Ask, keys string) (ending string, waits bool, err error) {
	answer, confirming := r.st.Vars[answerVar]
	if confirming {
		switch yesOrNo("1", "2", keys, r.in.Speech, r.st.Language) {
		case "yes":
			r.save(s.As, answer)
			return "ok", false, nil
		case "no":
			r.drop(answerVar)
			r.st.Wrong++
			return r.again(s, hintNone)
		}
		r.st.Wrong++
		return r.again(s, hintWrong)
	}
	answer, ok := r.readAnswer(v, keys)
	if ok && v.ValidIf != nil {
		r.it = answer
		ok, err = r.holds(v.ValidIf)
		if err != nil {
			return "", false, err
		}
	}
	switch {
	case !ok:
		r.st.Wrong++
		return r.again(s, hintWrong)
	case v.Confirm:
		r.save(answerVar, answer)
		_, _, err := r.present(Utterance{})
		return "", err == nil, err
	}
	r.save(s.As, answer)
	return "ok", false, nil
}

// readAnswer turns keys, or what was said, into a value of the kind that is asked for.
func (r *run) readAnswer(v *Ask, keys string) (Value, bool) {
	text := keys
	if v.EndsWith != "" {
		text = strings.TrimSuffix(text, v.EndsWith)
	}
	if text == "" && v.Speech {
		text = r.in.Speech
		if v.Kind != "text" {
			text = digitsIn(text)
		}
	}
	answer, ok := r.readKind(v, text)
	answer.Private = v.Private || v.Kind == "pin"
	return answer, ok
}

func (r *run) readKind(v *Ask, text string) (Value, bool) {
	if v.Kind == "money" {
		m, ok := keyedMoney(text, r.flow.currency())
		return MoneyValue(m), ok
	}
	least, most := digitsOf(v)
	if v.Kind == "text" && r.in.Keys == "" {
		text = strings.TrimSpace(text)
		return TextValue(text), text != "" && len(text) <= maxSpoken
	}
	if !allDigits(text) || len(text) < least || len(text) > maxKeyed || most > 0 && len(text) > most {
		return Value{}, false
	}
	switch v.Kind {
	case "date":
		return keyedDate(text)
	case "phone":
		return keyedPhone(text)
	case "text":
		return TextValue(text), true
	}
	return DigitsValue(text), true
}

// keyedMoney reads keys as an amount in the smallest unit: 2500 is 25.00. A star is a decimal point: 25*5.
func keyedMoney(keys, currency string) (Money, bool) {
	if strings.Contains(keys, "*") {
		m, err := ParseMoney(strings.Replace(keys, "*", ".", 1), currency)
		return m, err == nil && m.Minor >= 0
	}
	if !allDigits(keys) || len(keys) > 12 {
		return Money{}, false
	}
	minor, err := strconv.ParseInt(keys, 10, 64)
	return Money{Minor: minor, Currency: currency}, err == nil
}

// keyedDate reads month, day and year, as callers in the United States key a date in: 03152026.
func keyedDate(keys string) (Value, bool) {
	t, err := time.Parse("01022006", keys)
	return DateValue(t), err == nil
}

// keyedPhone makes a North American number of ten or eleven digits complete. A longer one is taken as it is.
func keyedPhone(keys string) (Value, bool) {
	switch {
	case len(keys) == 10 && keys[0] > '1':
		keys = "1" + keys
	case len(keys) == 11 && keys[0] != '1', len(keys) <= 10:
		return Value{}, false
	}
	return Value{Type: TypePhone, Data: quoted("+" + keys)}, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func digitsIn(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, s)
}

// words are what was said, without case and punctuation.
func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}

func firstWord(s string) string {
	if w := words(s); len(w) > 0 {
		return w[0]
	}
	return ""
}

// saysOption tells whether a caller said an option's key, or its words.
func saysOption(speech, option, key string) bool {
	said := words(speech)
	if len(said) == 1 && said[0] == key {
		return true
	}
	heard, want := " "+strings.Join(said, " ")+" ", " "+strings.Join(words(option), " ")+" "
	return len(said) > 0 && (strings.Contains(heard, want) || len(said) > 1 && strings.Contains(want, heard))
}
