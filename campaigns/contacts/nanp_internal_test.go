package contacts

import (
	"fmt"
	"math/rand/v2"
	"regexp/syntax"
	"testing"

	pn "github.com/nyaruka/phonenumbers"
)

// TestSixDigitsDecide reads out of the library's tables that a number of +1 is judged by its first six digits alone, but
// in the areas that deeper names: every pattern matches any digit from the seventh on.
func TestSixDigitsDecide(t *testing.T) {
	t.Parallel()
	all, err := pn.MetadataCollection()
	if err != nil {
		t.Fatal(err)
	}
	patterns := 0
	for _, m := range all.GetMetadata() {
		if m.GetCountryCode() != 1 {
			continue
		}
		for _, d := range []*pn.PhoneNumberDesc{
			m.GetGeneralDesc(), m.GetFixedLine(), m.GetMobile(), m.GetTollFree(), m.GetPremiumRate(), m.GetSharedCost(), m.GetPersonalNumber(),
			m.GetVoip(), m.GetPager(), m.GetUan(), m.GetVoicemail(),
		} {
			text := d.GetNationalNumberPattern()
			if text == "" || text == "NA" {
				continue
			}
			patterns++
			re, err := syntax.Parse(text, syntax.Perl)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range paths(re) {
				if len(p) != 10 { // seven digits: local numbers
					continue
				}
				last := 0
				for i, digits := range p {
					if digits != "0123456789" {
						last = i + 1
					}
				}
				if last > 6 && !deeper(p[0]+p[1]+p[2]) {
					t.Errorf("%s: %s looks at digit %d of %v", m.GetId(), text, last, p)
				}
			}
		}
	}
	if patterns < 100 {
		t.Errorf("only %d patterns were read", patterns)
	}
}

// paths are the ways through a pattern, each as the digits that it takes at every place.
func paths(re *syntax.Regexp) [][]string {
	switch re.Op {
	case syntax.OpLiteral:
		p := []string{}
		for _, r := range re.Rune {
			p = append(p, string(r))
		}
		return [][]string{p}
	case syntax.OpCharClass:
		digits := ""
		for i := 0; i < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				digits += string(r)
			}
		}
		return [][]string{{digits}}
	case syntax.OpConcat:
		out := [][]string{{}}
		for _, sub := range re.Sub {
			out = join(out, paths(sub))
		}
		return out
	case syntax.OpAlternate:
		var out [][]string
		for _, sub := range re.Sub {
			out = append(out, paths(sub)...)
		}
		return out
	case syntax.OpCapture:
		return paths(re.Sub[0])
	case syntax.OpRepeat, syntax.OpQuest:
		if re.Op == syntax.OpQuest {
			re.Min, re.Max = 0, 1
		}
		var out [][]string
		for n := re.Min; n <= re.Max; n++ {
			part := [][]string{{}}
			for range n {
				part = join(part, paths(re.Sub[0]))
			}
			out = append(out, part...)
		}
		return out
	}
	panic(fmt.Sprintf("a pattern with %v: teach paths to read it", re.Op))
}

func join(a, b [][]string) (out [][]string) {
	for _, x := range a {
		for _, y := range b {
			out = append(out, append(append([]string{}, x...), y...))
		}
	}
	return out
}

// TestPlainNumbersAsTheLibraryReadsThem compares the short way with the library on random numbers in random writings.
func TestPlainNumbersAsTheLibraryReadsThem(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 7))
	var n nanp
	fast := 0
	for range 5_000 {
		a, b, c := rng.IntN(1000), rng.IntN(1000), rng.IntN(10_000)
		if rng.IntN(8) == 0 {
			a = []int{900, 555, 800, 246, 876, 310, 500, 264}[rng.IntN(8)]
		}
		form := []string{"+1%03d%03d%04d", "(%03d) %03d-%04d", "%03d-%03d-%04d", "1 %03d %03d %04d", "%03d.%03d.%04d", "+1 (%03d) %03d-%04d", "%03d%03d%04d", "1%03d%03d%04d"}[rng.IntN(8)]
		country := []string{"US", "CA"}[rng.IntN(2)]
		text := fmt.Sprintf(form, a, b, c)
		got, trouble, ok := n.parse(text, country)
		if !ok {
			continue
		}
		fast++
		p, err := pn.Parse(text, country)
		if err != nil {
			t.Fatalf("%s: the library does not read it: %v", text, err)
		}
		want, err := judge(p, country)
		if (trouble == nil) != (err == nil) || trouble == nil && got != want || trouble != nil && trouble.Error() != err.Error() {
			t.Errorf("%s: %+v, %v; the library: %+v, %v", text, got, trouble, want, err)
		}
	}
	if fast < 2_500 {
		t.Errorf("only %d numbers went the short way", fast)
	}
}
