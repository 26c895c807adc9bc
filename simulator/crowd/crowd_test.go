package crowd_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/simulator/crowd"
	"github.com/paydial/paydial/simulator/habit"
)

func people(t *testing.T, c crowd.Crowd) *crowd.People {
	t.Helper()
	p, err := c.People()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestWho draws each behaviour as often as it weighs, the same for a number in every order, and anew for every attempt.
func TestWho(t *testing.T) {
	t.Parallel()
	p := people(t, crowd.Crowd{Seed: 7})
	const n = 20_000
	counts := map[crowd.Behaviour]int{}
	first := make([]crowd.Behaviour, n)
	number := func(i int) string { return fmt.Sprintf("+1555%07d", i) }
	for i := range n {
		first[i] = p.Who(number(i), 1)
		counts[first[i]]++
	}
	total := 0.0
	for _, w := range crowd.Usual() {
		total += w
	}
	for b, w := range crowd.Usual() {
		want := n * w / total
		if got := float64(counts[b]); math.Abs(got-want) > 5*math.Sqrt(want) {
			t.Errorf("%s: %v of %d, want about %v", b, got, n, want)
		}
	}
	again, other, second := people(t, crowd.Crowd{Seed: 7}), people(t, crowd.Crowd{Seed: 8}), 0
	differ := 0
	for i := n - 1; i >= 0; i-- {
		if again.Who(number(i), 1) != first[i] {
			t.Fatalf("%s is somebody else now", number(i))
		}
		if other.Who(number(i), 1) != first[i] {
			differ++
		}
		if p.Who(number(i), 2) != first[i] {
			second++
		}
	}
	if differ < n/2 || second < n/2 {
		t.Errorf("another seed changes %d, another attempt %d of %d", differ, second, n)
	}
}

// TestNumbers do what is said of them, call by call.
func TestNumbers(t *testing.T) {
	t.Parallel()
	c, err := crowd.Read([]byte(`
seed: 3
weights: { fax: 1 }
numbers:
  "+15550123456": pays
  "+15550123457": [no_answer, busy, opts_out]
`))
	if err != nil {
		t.Fatal(err)
	}
	p := people(t, *c)
	var got []crowd.Behaviour
	for attempt := range 5 {
		got = append(got, p.Who("+15550123457", attempt))
	}
	got = append(got, p.Who("+15550123456", 9), p.Who("+15550123458", 1))
	want := []crowd.Behaviour{crowd.NoAnswer, crowd.NoAnswer, crowd.Busy, crowd.OptsOut, crowd.OptsOut, crowd.Pays, crowd.Fax}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestOptions finds what keys are offered in sentences as flows say them.
func TestOptions(t *testing.T) {
	t.Parallel()
	for heard, want := range map[string][]crowd.Option{
		"To stop these calls, press 9. To hear it if that is you, press 1.": {{To: "stop these calls", Key: "9"}, {To: "hear it if that is you", Key: "1"}},
		"Para dejar de recibir llamadas, oprima 9. Para hablar con alguien, oprima asterisco.": {
			{To: "dejar de recibir llamadas", Key: "9"}, {To: "hablar con alguien", Key: "*"}},
		"For English, press 1. Para español, oprima 2.":                                  {{To: "English", Key: "1"}, {To: "español", Key: "2"}},
		"Your bill is 84 dollars and 20 cents. To pay it now please press the pound key": {{To: "pay it now", Key: "#"}},
		"Press 1 to renew, press two for an agent.":                                      {{To: "renew", Key: "1"}, {To: "an agent", Key: "2"}},
		"Presione 1 para renovar.":                                                       {{To: "renovar", Key: "1"}},
		"To protect your account, key in the year you were born.":                        nil,
		"Goodbye.": nil,
	} {
		if d := cmp.Diff(want, crowd.Options(heard)); d != "" {
			t.Errorf("%s\n%s", heard, d)
		}
	}
}

const (
	greeting = "This is Acme Energy with a message for Dana. To stop these calls, press 9. To hear it if that is you, press 1. " +
		"To tell us this is the wrong person, press 2."
	born  = "To protect your account, key in the year you were born."
	offer = "Dana, your Basic plan ends on May 3. To renew now by card, press 1. To speak with someone, press 2. " +
		"To hear that again, press 3. To be called another day, press 4. To stop these calls, press 9."
	quiet = "I did not hear any keys."
)

// keys is what somebody presses after hearing each of the sentences; "!" is hanging up, "-" nothing.
func keys(p *crowd.Person, heard ...string) string {
	var out []string
	for _, words := range heard {
		p.Hears(words)
		all := ""
		for _, press := range p.Asked(crowd.Question{}).Presses {
			if press.HangUp {
				all += "!"
			} else {
				all += string(press.Key)
			}
		}
		if all == "" {
			all = "-"
		}
		out = append(out, all)
	}
	return strings.Join(out, " ")
}

// TestPeople press what they are after, as far as it is offered, and go on otherwise.
func TestPeople(t *testing.T) {
	t.Parallel()
	const number = "+15550121984"
	for _, c := range []struct {
		behaviour crowd.Behaviour
		heard     []string
		want      string
	}{
		{crowd.Pays, []string{greeting, born, offer}, "1 1984 1"},
		{crowd.Unclear, []string{greeting, born, offer}, "1 1984 1"},
		{crowd.Declined, []string{greeting, born, offer, offer}, "1 1984 1 !"},
		{crowd.OptsOut, []string{greeting}, "9"},
		{crowd.WrongPerson, []string{greeting}, "2"},
		{crowd.WantsPerson, []string{greeting, born, offer}, "1 1984 2"},
		{crowd.Later, []string{greeting, born, offer}, "1 1984 4"},
		{crowd.HangsUp, []string{greeting}, "!"},
		{crowd.Silent, []string{greeting, greeting}, "- -"},
		{crowd.Voicemail, []string{greeting}, "-"},
		{crowd.Fax, []string{greeting}, "-"},
		{crowd.Pays, []string{greeting, quiet, born, quiet}, "1 1 1984 1984"},
		{crowd.Pays, []string{"Which colour is the sky?"}, "-"},
		{crowd.OptsOut, []string{"Para pagar ahora, oprima 1. Para no recibir llamadas, oprima 9."}, "9"},
		{crowd.Pays, []string{"Para sí, oprima 1. Para no, oprima 2.", "Para renovar, oprima 3."}, "1 3"},
		{crowd.Pays, []string{offer, offer, offer, offer}, "1 1 1 !"},
	} {
		p := people(t, crowd.Crowd{Numbers: map[string]crowd.Turns{number: {c.behaviour}}})
		if got := keys(p.Meet(number, 1), c.heard...); got != c.want {
			t.Errorf("%s: pressed %q, want %q", c.behaviour, got, c.want)
		}
	}
}

// TestEnough: nobody answers for ever.
func TestEnough(t *testing.T) {
	t.Parallel()
	p := people(t, crowd.Crowd{Weights: map[crowd.Behaviour]float64{crowd.Later: 1}}).Meet("+15550121984", 1)
	for range 100 {
		if keys(p, born) == "!" {
			return
		}
	}
	t.Error("still there after a hundred questions")
}

// TestOwnWords uses wishes, answers and cards that a crowd brings.
func TestOwnWords(t *testing.T) {
	t.Parallel()
	c, err := crowd.Read([]byte(`{"weights":{"pays":1},"wishes":{"pays":["donate"]},"cards":{"pays":"insufficient"},"patience":"5s","pace":0.5,
		"answers":[{"when":"member number","keys":"{number}#"},{"when":"born","keys":"1{last2}*"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	p := people(t, *c).Meet("+15550121984", 1)
	if got := keys(p, "To renew, press 1. To donate, press 2.", "Key in your member number.", born); got != "2 15550121984# 184*" {
		t.Errorf("pressed %q", got)
	}
	reply := p.Asked(crowd.Question{Field: "payment-card-number", Attempt: 1, Timeout: 5 * time.Second})
	if n := len(reply.Presses); n != 17 || reply.Presses[15].Key != '5' {
		t.Errorf("%d keys of a card", n)
	}
	if p.Patience() != 5*time.Second || *c.Pace != 0.5 {
		t.Errorf("%s %v", p.Patience(), *c.Pace)
	}
}

// TestTimes are those of people, the same in every run.
func TestTimes(t *testing.T) {
	t.Parallel()
	for _, b := range crowd.Behaviours() {
		p := people(t, crowd.Crowd{Weights: map[crowd.Behaviour]float64{b: 1}})
		one, two := p.Meet("+15550121984", 1), p.Meet("+15550121984", 1)
		if one.Rings() < time.Second || one.Rings() > 16*time.Second || one.Rings() != two.Rings() {
			t.Errorf("%s rings for %s", b, one.Rings())
		}
		if d, leaves := one.Leaves(); leaves != (b == crowd.HangsUp) || d < time.Second {
			t.Errorf("%s leaves after %s: %t", b, d, leaves)
		}
		for _, press := range one.Asked(crowd.Question{Field: "expiration-date"}).Presses {
			if press.After < 100*time.Millisecond && press != (habit.Press{}) {
				t.Errorf("%s presses after %s", b, press.After)
			}
		}
	}
}

// TestReadSaysWhatIsWrong with a crowd.
func TestReadSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"weights: { payz: 1 }":                  `no behaviour "payz"`,
		"weights: { pays: -1 }":                 "0 or more",
		"weights: { pays: 0 }":                  "above 0",
		"wieghts: {}":                           `unknown field "wieghts"`,
		`numbers: { "555": pays }`:              "a plus sign",
		`numbers: { "+1555": [pays, nap] }`:     `"nap"`,
		"numbers: { +1555: pays }":              "between quotes",
		"wishes: { pays: ['('] }":               "wishes: pays",
		"wishes: { nap: ['x'] }":                `"nap"`,
		"answers: [{ when: '(', keys: '1' }]":   "answers",
		"answers: [{ when: 'x', keys: 'abc' }]": `"abc"`,
		"answers: [{ when: 'x' }]":              `keys ""`,
		"cards: { pays: gold }":                 `"gold"`,
		"cards: { nap: visa }":                  `"nap"`,
		"pace: 11":                              "pace",
		"patience: soon":                        "30s",
		"patience: 3":                           "30s",
		"seed: -1":                              "seed",
		"[":                                     "read the crowd",
		"weights: { pays: 1 }\nnumbers: { '+1555': {a: 1} }": "read the crowd",
	} {
		if _, err := crowd.Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if c, err := crowd.Read(nil); err != nil || c == nil {
		t.Errorf("nothing at all: %v", err)
	}
}

// FuzzRead reads anything without falling over, and what it takes can be rung.
func FuzzRead(f *testing.F) {
	f.Add([]byte("seed: 1\nweights: {pays: 1}"))
	f.Add([]byte(`{"numbers":{"+1555":["busy"]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := crowd.Read(text)
		if err != nil {
			return
		}
		p, err := c.People()
		if err != nil {
			t.Fatal(err)
		}
		person := p.Meet("+15550121984", 1)
		person.Hears(string(text))
		person.Asked(crowd.Question{})
	})
}
