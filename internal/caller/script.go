package caller

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paydial/paydial/simulator/cards"
	"github.com/paydial/paydial/simulator/habit"
)

// Words that a script's entries may be in place of keys.
const (
	Silence = "-" // say and press nothing until the wait is over
	HangUp  = "h" // hang up
	Star    = "*" // inside <Pay>: stop the payment
)

// Script is what a caller does. Press has one entry for each stop; when it has run out the caller stays silent.
// Inside <Pay> Cards drives every field: one card for each time the card number is asked, the last one for
// every further time. An entry "*" of Press that comes up while <Pay> waits is pressed there.
type Script struct {
	To, From string
	Press    []string
	Cards    []Card
	Pace     float64 // 0: prompts take no time; 1: speaking takes its time
	Holds    bool    // waits as long as others are rung; otherwise they have no time to answer
}

// Card is what a caller keys into <Pay>.
type Card struct {
	habit.Card
	Name string
	Act  string // "", Silence, HangUp or Star at the first field
}

// silentNames are cards that are none.
var silentNames = map[string]string{"silent": Silence, "hangup": HangUp, "hang-up": HangUp, "star": Star, "cancel": Star}

// ParsePress reads "1,12345678,1": entries of keys, "-" for silence, "h" to hang up.
func ParsePress(text string) ([]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	entries := strings.Split(text, ",")
	for i, e := range entries {
		e = strings.TrimSpace(e)
		if e == "hangup" || e == "hang-up" {
			e = HangUp
		}
		if e != Silence && e != HangUp && (e == "" || strings.Trim(e, "0123456789*#") != "") {
			return nil, fmt.Errorf("entry %d of --press is %q: keys 0-9 * #, - for silence, or h to hang up", i+1, entries[i])
		}
		entries[i] = e
	}
	return entries, nil
}

// ParseCards reads "wrong,visa": names of test cards, one for each time the card number is asked.
func ParseCards(text string) ([]Card, error) {
	var out []Card
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		if act, ok := silentNames[name]; ok {
			out = append(out, Card{Name: name, Act: act})
			continue
		}
		c, ok := cards.FindTestCard(name)
		if !ok {
			return nil, fmt.Errorf("no test card is called %q: there are %s", name, strings.Join(CardNames(), ", "))
		}
		out = append(out, Card{Name: name, Card: habit.Hold(c)})
	}
	return out, nil
}

// CardNames are the names that ParseCards knows.
func CardNames() []string {
	var out []string
	for _, c := range cards.TestCards() {
		out = append(out, c.Name)
	}
	for name := range silentNames {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
