package paysession

import (
	"slices"
	"strconv"
	"strings"

	"github.com/paydial/paydial/simulator/cards"
)

// Prompt is the attributes of one <Prompt>. What it says stays with whoever read the document: the prompt is
// known by its place.
type Prompt struct {
	For      Field
	Errors   []string // of errorType; empty: any
	Brands   []string // of cardType; empty: any
	Attempts []string // of attempt; empty: any
	Matching bool     // requireMatchingInputs: asks for the second of two entries
}

// situation is what a prompt is chosen by.
type situation struct {
	field   Field
	failure Failure
	attempt int
	brand   cards.Brand
	second  bool
}

// score says how well a prompt fits: negative when it does not, else more for each qualifier that matches.
// Where two prompts have as many, a matching errorType counts for more than a cardType, that for more than an
// attempt.
func (p Prompt) score(at situation) int {
	if p.For != at.field || p.Matching != at.second {
		return -1
	}
	score := 0
	for _, q := range []struct {
		wants  []string
		is     string
		weight int
	}{
		{p.Errors, at.failure.promptName(), 14},
		{p.Brands, string(at.brand), 12},
		{p.Attempts, strconv.Itoa(at.attempt), 11},
	} {
		switch {
		case len(q.wants) == 0:
		case slices.Contains(q.wants, q.is):
			score += q.weight
		default:
			return -1
		}
	}
	return score
}

// prompt chooses what is said: the prompt that fits best, the first of equals, else the default text.
func (c Config) prompt(at situation) Say {
	best, bestScore := -1, -1
	for i, p := range c.Prompts {
		if score := p.score(at); score > bestScore {
			best, bestScore = i, score
		}
	}
	say := Say{Field: at.field, Prompt: best, Language: c.Language}
	if best < 0 {
		say.Text = defaultText(c.Language, at)
	}
	return say
}

// twice reports whether a field is to be entered twice.
func (c Config) twice(f Field) bool {
	return slices.ContainsFunc(c.Prompts, func(p Prompt) bool { return p.Matching && p.For == f })
}

// promptErrors are the values of errorType.
func promptErrors() []string {
	all := []Failure{InputTimeout, InvalidNumber, InvalidType, InvalidDate, InvalidPostal, InvalidCode,
		InvalidRouting, InvalidAccount, MatchingFailed}
	names := []string{"internal-error"}
	for _, f := range all {
		names = append(names, f.promptName())
	}
	return names
}

// parsePrompt reads one <Prompt>. A prompt without a usable for is never chosen.
func parsePrompt(attrs map[string]string, method PaymentMethod, r *report) Prompt {
	p := Prompt{
		For:      Field(attrs["for"]),
		Errors:   strings.Fields(attrs["errorType"]),
		Brands:   strings.Fields(attrs["cardType"]),
		Attempts: strings.Fields(attrs["attempt"]),
	}
	if !slices.Contains(append(Config{Method: method}.all(), Processing), p.For) {
		r.warn("Prompt for=%q asks for nothing that a %s payment needs", attrs["for"], method)
	}
	for _, e := range p.Errors {
		if !slices.Contains(promptErrors(), e) {
			r.warn("Prompt errorType=%q is not an error", e)
		}
	}
	for _, b := range p.Brands {
		if !slices.Contains(cards.Brands(), cards.Brand(b)) {
			r.warn("Prompt cardType=%q is not a card type", b)
		}
	}
	for _, a := range p.Attempts {
		if n, err := strconv.Atoi(a); err != nil || n < 1 || n > 10 {
			r.warn("Prompt attempt=%q is not a number from 1 to 10", a)
		}
	}
	if v := attrs["requireMatchingInputs"]; strings.EqualFold(v, "true") {
		if p.Matching = p.For == RoutingNumber || p.For == AccountNumber; !p.Matching {
			r.warn("Prompt requireMatchingInputs is for bank account and routing numbers, not for %s", p.For)
		}
	} else if v != "" && !strings.EqualFold(v, "false") {
		r.warn("Prompt requireMatchingInputs=%q is neither true nor false", v)
	}
	return p
}
