package crowd

import (
	"regexp"
	"strings"
	"time"

	"github.com/paydial/paydial/simulator/habit"
)

// maxQuestions is how many questions somebody answers before they have had enough; a flow that asks for ever ends so.
const maxQuestions = 25

// Question is what keys are wanted for.
type Question struct {
	Field   string        // of a payment, as Capture spells it; "" is a menu, or anything else
	Attempt int           // how often a payment's field was asked for, from 1
	Timeout time.Duration // the time there is for a key
}

// Reply is what somebody does about a question: nothing, keys, or a hang-up.
type Reply struct {
	Presses []habit.Press
	Wished  bool // they found what they were looking for
}

// maxHeard is how much of what was heard is remembered until a question comes.
const maxHeard = 8 << 10

// Hears lets the person hear words. Machines do not listen.
func (p *Person) Hears(words string) {
	if !p.Behaviour.Human() {
		return
	}
	p.news += words + " "
	if extra := len(p.news) - maxHeard; extra > 0 {
		p.news = p.news[extra:]
	}
}

// Asked is what they do now that keys are wanted. What was heard since the last question is what it is about.
func (p *Person) Asked(q Question) Reply {
	p.asked++
	news := p.news
	p.news = ""
	switch {
	case p.Behaviour == HangsUp, p.Behaviour.Human() && p.asked > maxQuestions:
		return Reply{Presses: []habit.Press{{HangUp: true, After: reaction}}, Wished: p.Behaviour == HangsUp}
	case !p.Behaviour.Human() || p.Behaviour == Silent:
		return Reply{}
	case q.Field != "":
		card := p.people.cards[p.Behaviour]
		return Reply{Presses: habit.Patient.Plan(habit.Question{Field: q.Field, Attempt: q.Attempt, Payment: 1, Timeout: q.Timeout}, card)}
	}
	keys, wished, found := p.choose(news)
	if !found { // such as "I did not hear any keys": the question is the one before
		if keys, wished, found = p.choose(p.before + news); !found {
			return Reply{}
		}
	} else {
		p.before = news
	}
	if wished {
		if p.wished++; p.wished > p.wishes() {
			return Reply{Presses: []habit.Press{{HangUp: true, After: reaction}}}
		}
	}
	return Reply{Presses: typed(keys), Wished: wished}
}

// wishes is how often somebody presses what they look for, before they have had enough.
func (p *Person) wishes() int {
	if p.Behaviour == Declined {
		return 1
	}
	return 3
}

// choose says which keys answer what was heard: first what they look for, then the answer to a question, then what
// leads on.
func (p *Person) choose(heard string) (keys string, wished, found bool) {
	options := Options(heard)
	if key, ok := pick(options, p.people.wishes[p.Behaviour]); ok {
		return key, true, true
	}
	for _, a := range p.people.answers {
		if a.when.MatchString(heard) {
			return fill(a.keys, p.number), false, true
		}
	}
	key, ok := pick(options, p.people.going)
	return key, false, ok
}

// pick is the key of the option that the first fitting wish is for.
func pick(options []Option, wishes []*regexp.Regexp) (string, bool) {
	for _, wish := range wishes {
		for _, o := range options {
			if wish.MatchString(o.To) {
				return o.Key, true
			}
		}
	}
	return "", false
}

// fill puts digits of a number into a template.
func fill(keys, number string) string {
	digits := strings.TrimPrefix(number, "+")
	return template.ReplaceAllStringFunc(keys, func(name string) string {
		if name == "{number}" {
			return digits
		}
		n := int(name[len("{last")] - '0')
		return digits[max(0, len(digits)-n):]
	})
}

// The hands of somebody on a phone.
const (
	reaction = 1200 * time.Millisecond // until they do something
	stroke   = 450 * time.Millisecond  // from key to key
)

func typed(keys string) []habit.Press {
	out := make([]habit.Press, len(keys))
	for i := range len(keys) {
		out[i] = habit.Press{After: stroke, Key: keys[i]}
		if i == 0 {
			out[i].After = reaction
		}
	}
	return out
}

// Option is something that a key is for, as it was said.
type Option struct {
	To  string // "renew now by card"
	Key string
}

// How keys are named, and how they are asked for.
const (
	keyWords = `(?:the\s+)?(?:tecla\s+)?(?:el\s+)?(\d|zero|one|two|three|four|five|six|seven|eight|nine|star|pound|hash|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|asterisco|numeral|almohadilla)\b`
	press    = `(?:please\s+|por favor\s+)?(?:press|dial|key in|oprima|presione|marque|pulse)\s+(?:la\s+)?`
)

// The forms in which options are said. A sentence holds one after the other.
var (
	toPress = regexp.MustCompile(`(?i)\b(?:to|for|para)\s+([^.?!;]*?),?\s+` + press + keyWords)
	pressTo = regexp.MustCompile(`(?i)\b` + press + keyWords + `\s*(?:to|for|para)\s+([^.,;?!]+)`)
)

// keyNames are keys as they are said.
var keyNames = map[string]string{
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
	"cero": "0", "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9",
	"star": "*", "asterisco": "*", "pound": "#", "hash": "#", "numeral": "#", "almohadilla": "#",
}

// Options are those that are offered in what was heard: "To renew, press 1." and "Press 1 to renew.", and the same in
// Spanish.
func Options(heard string) []Option {
	var out []Option
	before, after := toPress.FindStringIndex(heard), pressTo.FindStringIndex(heard)
	if after != nil && (before == nil || after[0] < before[0]) { // the form that comes first is the one that is used
		for _, m := range pressTo.FindAllStringSubmatch(heard, -1) {
			out = append(out, Option{strings.TrimSpace(m[2]), keyOf(m[1])})
		}
		return out
	}
	for _, m := range toPress.FindAllStringSubmatch(heard, -1) {
		out = append(out, Option{strings.TrimSpace(m[1]), keyOf(m[2])})
	}
	return out
}

func keyOf(word string) string {
	if key, ok := keyNames[strings.ToLower(word)]; ok {
		return key
	}
	return word
}
