package crowd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/paydial/paydial/simulator/cards"
	"github.com/paydial/paydial/simulator/habit"
)

// Turns are what a number does, call by call; in a file one word, or a list of them.
type Turns []Behaviour

// UnmarshalJSON reads one behaviour or a list.
func (t *Turns) UnmarshalJSON(text []byte) error {
	var one Behaviour
	if json.Unmarshal(text, &one) == nil {
		*t = Turns{one}
		return nil
	}
	return json.Unmarshal(text, (*[]Behaviour)(t))
}

// Patience is a duration; in a file it is written like 30s.
type Patience time.Duration

// UnmarshalJSON reads a duration.
func (d *Patience) UnmarshalJSON(text []byte) error {
	var word string
	if err := json.Unmarshal(text, &word); err != nil {
		return errors.New("patience: a duration such as 30s is meant")
	}
	v, err := time.ParseDuration(word)
	if err != nil {
		return errors.New("patience: a duration such as 30s is meant")
	}
	*d = Patience(v)
	return nil
}

// MarshalJSON writes a duration.
func (d Patience) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// Read reads a crowd that is written in YAML or JSON. Its errors say what is meant; what is wrong with the crowd itself
// is found too.
func Read(text []byte) (*Crowd, error) {
	var doc any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("read the crowd: %w", err)
	}
	if doc == nil {
		return &Crowd{}, nil
	}
	plain, err := json.Marshal(doc)
	if err != nil {
		return nil, errors.New(`read the crowd: put numbers between quotes, as in numbers: {"+15550123456": pays}`)
	}
	c := &Crowd{}
	dec := json.NewDecoder(bytes.NewReader(plain))
	dec.DisallowUnknownFields()
	if err := dec.Decode(c); err != nil {
		return nil, fmt.Errorf("read the crowd: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := c.People(); err != nil {
		return nil, err
	}
	return c, nil
}

// People is a crowd, ready to be rung. It is not changed any more, and safe for use by several goroutines.
type People struct {
	seed     uint64
	shares   []share
	total    float64
	numbers  map[string]Turns
	wishes   map[Behaviour][]*regexp.Regexp
	going    []*regexp.Regexp
	answers  []answer
	cards    map[Behaviour]habit.Card
	patience time.Duration
}

type share struct {
	behaviour Behaviour
	weight    float64
}

type answer struct {
	when *regexp.Regexp
	keys string
}

// defaultPatience is how long people wait to be connected when nothing else is said.
const defaultPatience = 30 * time.Second

// People makes the people of a crowd. Its error says what is wrong with the crowd.
func (c Crowd) People() (*People, error) {
	p := &People{
		seed: c.Seed, numbers: c.Numbers, wishes: map[Behaviour][]*regexp.Regexp{}, cards: map[Behaviour]habit.Card{},
		patience: time.Duration(c.Patience),
	}
	if p.patience == 0 {
		p.patience = defaultPatience
	}
	if c.Pace != nil && (*c.Pace < 0 || *c.Pace > 10) {
		return nil, fmt.Errorf("crowd: pace %v: 0 (no time) to 10 is meant", *c.Pace)
	}
	return p, errors.Join(p.weigh(c.Weights), p.know(c.Numbers), p.wish(c.Wishes), p.learn(c.Answers), p.hold(c.Cards))
}

func known(b Behaviour, where string) error {
	if slices.Contains(Behaviours(), b) {
		return nil
	}
	var all []string
	for _, one := range Behaviours() {
		all = append(all, string(one))
	}
	return fmt.Errorf("crowd: %s: there is no behaviour %q; there are %s", where, b, strings.Join(all, ", "))
}

func (p *People) weigh(weights map[Behaviour]float64) error {
	if len(weights) == 0 {
		weights = Usual()
	}
	for b, w := range weights {
		if err := known(b, "weights"); err != nil {
			return err
		}
		if w < 0 {
			return fmt.Errorf("crowd: weights: %s: 0 or more is meant", b)
		}
	}
	for _, b := range Behaviours() { // in their order, so that a seed means the same every time
		if w := weights[b]; w > 0 {
			p.shares = append(p.shares, share{b, w})
			p.total += w
		}
	}
	if p.total == 0 {
		return errors.New("crowd: weights: one of them has to be above 0")
	}
	return nil
}

func (p *People) know(numbers map[string]Turns) error {
	for number, turns := range numbers {
		if !strings.HasPrefix(number, "+") || strings.Trim(number[1:], "0123456789") != "" {
			return fmt.Errorf("crowd: numbers: %q: a plus sign and digits are meant", number)
		}
		for _, b := range turns {
			if err := known(b, "numbers: "+number); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *People) wish(own map[Behaviour][]string) error {
	p.going = mustCompile(goingOn())
	for b, list := range usualWishes() {
		p.wishes[b] = mustCompile(list)
	}
	for b, list := range own {
		if err := known(b, "wishes"); err != nil {
			return err
		}
		p.wishes[b] = nil
		for _, text := range list {
			re, err := regexp.Compile("(?i)" + text)
			if err != nil {
				return fmt.Errorf("crowd: wishes: %s: %w", b, err)
			}
			p.wishes[b] = append(p.wishes[b], re)
		}
	}
	return nil
}

func mustCompile(list []string) []*regexp.Regexp {
	out := make([]*regexp.Regexp, len(list))
	for i, text := range list {
		out[i] = regexp.MustCompile("(?i)" + text)
	}
	return out
}

// template is what keys of an answer may hold beside keys.
var template = regexp.MustCompile(`\{(number|last([1-9]))\}`)

func (p *People) learn(own []Answer) error {
	for _, a := range append(slices.Clone(own), usualAnswers()...) {
		re, err := regexp.Compile("(?i)" + a.When)
		if err != nil {
			return fmt.Errorf("crowd: answers: when: %w", err)
		}
		if strings.Trim(template.ReplaceAllString(a.Keys, ""), "0123456789*#") != "" || a.Keys == "" {
			return fmt.Errorf("crowd: answers: keys %q: keys 0-9, * and #, {number} and {last1} to {last9} are meant", a.Keys)
		}
		p.answers = append(p.answers, answer{re, a.Keys})
	}
	return nil
}

func (p *People) hold(own map[Behaviour]string) error {
	for _, b := range Behaviours() {
		name := own[b]
		switch {
		case name == "" && b == Declined:
			name = "declined"
		case name == "":
			name = "visa"
		}
		card, ok := cards.FindTestCard(name)
		if !ok {
			return fmt.Errorf("crowd: cards: %s: %q is no test card; one such as visa, declined or insufficient is meant", b, name)
		}
		p.cards[b] = habit.Hold(card)
	}
	for b := range own {
		if err := known(b, "cards"); err != nil {
			return err
		}
	}
	return nil
}
