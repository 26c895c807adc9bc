package crowd

import (
	"hash/fnv"
	"strconv"
	"time"

	"github.com/paydial/paydial/simulator/habit"
)

// Behaviour is what somebody who is rung does.
type Behaviour string

// The behaviours. The first ones are people, who say hello and then do as they wish.
const (
	Pays        Behaviour = "pays"         // goes where a payment is taken, and pays
	Declined    Behaviour = "declined"     // the same, with a card that is declined
	OptsOut     Behaviour = "opts_out"     // wants no more calls
	WantsPerson Behaviour = "person"       // asks for somebody to speak with
	Later       Behaviour = "later"        // asks to be called another day
	WrongPerson Behaviour = "wrong_person" // is not who was meant
	HangsUp     Behaviour = "hangs_up"     // soon, or when something is asked
	Silent      Behaviour = "silent"       // listens and presses nothing
	Unclear     Behaviour = "unclear"      // cannot be told from a machine by detection, and pays

	Voicemail Behaviour = "voicemail"          // a greeting, then a beep
	NoBeep    Behaviour = "voicemail_no_beep"  // a greeting, then silence
	TalksOn   Behaviour = "voicemail_talks_on" // a greeting that does not end
	Fax       Behaviour = "fax"

	Busy     Behaviour = "busy"
	NoAnswer Behaviour = "no_answer"
	Failed   Behaviour = "failed" // cannot be reached
)

// Behaviours are all of them, in a fixed order.
func Behaviours() []Behaviour {
	return []Behaviour{Pays, Declined, OptsOut, WantsPerson, Later, WrongPerson, HangsUp, Silent, Unclear,
		Voicemail, NoBeep, TalksOn, Fax, Busy, NoAnswer, Failed}
}

// Human tells whether it is a person who picks up.
func (b Behaviour) Human() bool {
	switch b {
	case Voicemail, NoBeep, TalksOn, Fax, Busy, NoAnswer, Failed:
		return false
	}
	return true
}

// Usual are the weights when nothing else is said.
func Usual() map[Behaviour]float64 {
	return map[Behaviour]float64{
		Pays: 22, Declined: 4, OptsOut: 3, WantsPerson: 4, Later: 5, WrongPerson: 3, HangsUp: 8, Silent: 3, Unclear: 1,
		Voicemail: 24, NoBeep: 3, TalksOn: 1, Fax: 1, Busy: 4, NoAnswer: 12, Failed: 2,
	}
}

// Crowd says who there is. Its zero value is the usual crowd.
type Crowd struct {
	Seed    uint64                `json:"seed"`
	Weights map[Behaviour]float64 `json:"weights,omitempty"` // how many of each there are; default Usual
	// Numbers say what single numbers do: in the first call, the second and so on; the last holds from then on.
	Numbers map[string]Turns `json:"numbers,omitempty"`
	// Wishes are regular expressions for the options that somebody looks for, the best first, in place of the usual ones.
	Wishes map[Behaviour][]string `json:"wishes,omitempty"`
	// Answers to questions that are no menus, looked at before the usual ones.
	Answers []Answer `json:"answers,omitempty"`
	// Cards are the names of the test cards that people pay with; default visa, and declined for Declined.
	Cards map[Behaviour]string `json:"cards,omitempty"`
	// Pace is how long people and prompts take on their calls: 0 no time, 1 as long as in life; nil as all calls.
	Pace *float64 `json:"pace,omitempty"`
	// Patience is how long somebody waits to be connected; default 30 s, whatever the pace. Negative is for ever.
	Patience Patience `json:"patience,omitempty"`
}

// Answer is what people key in when they are asked something.
type Answer struct {
	When string `json:"when"` // regular expression for what is heard
	Keys string `json:"keys"` // with {number} for the digits of their own number, {last4} for its last four
}

// Who says what a number does when it is rung for the how many-th time, from 1.
func (p *People) Who(number string, attempt int) Behaviour {
	if turns := p.numbers[number]; len(turns) > 0 {
		return turns[min(max(attempt, 1), len(turns))-1]
	}
	at := p.draw(number, attempt, "who") * p.total
	for _, share := range p.shares {
		if at -= share.weight; at < 0 {
			return share.behaviour
		}
	}
	return p.shares[len(p.shares)-1].behaviour // what rounding left over
}

// draw is a number from 0 up to 1 that depends on its arguments and the seed only.
func (p *People) draw(number string, attempt int, what string) float64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(number + "\x00" + strconv.Itoa(attempt) + "\x00" + what))
	x := h.Sum64() ^ p.seed*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9 // the finalizer of SplitMix64
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return float64(x>>11) / (1 << 53)
}

// Person is somebody who is rung, on one call. It remembers what was heard, and is used by one goroutine.
type Person struct {
	Behaviour Behaviour
	people    *People
	number    string
	attempt   int

	news   string // heard since the last question
	before string // what the last answer was found in
	asked  int    // questions so far
	wished int    // how often they pressed what they looked for
}

// Meet is who picks up, or does not, when a number is rung for the how many-th time, from 1.
func (p *People) Meet(number string, attempt int) *Person {
	return &Person{Behaviour: p.Who(number, attempt), people: p, number: number, attempt: attempt}
}

// Rings is how long it takes until somebody picks up, or until a network says that they are busy or not there.
func (p *Person) Rings() time.Duration {
	switch p.Behaviour {
	case Voicemail, NoBeep, TalksOn:
		return p.between("rings", 12*time.Second, 16*time.Second)
	case Fax:
		return p.between("rings", 4*time.Second, 8*time.Second)
	case Busy, Failed:
		return p.between("rings", time.Second, 3*time.Second)
	}
	return p.between("rings", 2*time.Second, 12*time.Second)
}

// Leaves is how long after picking up somebody hangs up who does that soon; false for all others.
func (p *Person) Leaves() (time.Duration, bool) {
	return p.between("leaves", time.Second, 6*time.Second), p.Behaviour == HangsUp
}

// Card is what they pay with.
func (p *Person) Card() habit.Card { return p.people.cards[p.Behaviour] }

// Patience is how long they wait to be connected with somebody; negative is for ever.
func (p *Person) Patience() time.Duration { return p.people.patience }

func (p *Person) between(what string, least, most time.Duration) time.Duration {
	return least + time.Duration(p.people.draw(p.number, p.attempt, what)*float64(most-least)).Round(time.Millisecond)
}
