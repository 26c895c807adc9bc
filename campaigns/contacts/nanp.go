package contacts

import pn "github.com/nyaruka/phonenumbers"

// nanp reads numbers of the North American plan (+1) in their plain writings without a parser: that one matches some
// twenty regular expressions for each number, and these numbers are the most of the lists here.
//
// What the library says of such a number depends on its first six digits alone, but in the areas of deeper: a test
// reads this out of the library's tables. So it is asked once for each six digits, and its answer is kept in a byte.
type nanp struct {
	verdicts []verdict // by the first six digits
}

// verdict is what the library says of a number.
type verdict byte

const (
	notAsked verdict = iota
	known
	unknown
	premium
	shared
	pager
)

// deeper tells whether numbers of an area are told apart by more than six digits: Barbados and one of Jamaica.
func deeper(area string) bool { return area == "246" || area == "876" }

// parse reads a number if it is one of the plan in a plain writing: ok is false for every other text.
func (n *nanp) parse(text, country string) (Number, *Trouble, bool) {
	var buf [13]byte
	digits := buf[:0]
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= '0' && c <= '9' && len(digits) < 11:
			digits = append(digits, c)
		case i == 0 && (c == '+' || c == '('):
		case len(digits) > 0 && (c == ' ' || c == '-' || c == '.' || c == '(' || c == ')'):
		default:
			return Number{}, nil, false
		}
	}
	international := text != "" && text[0] == '+'
	if len(digits) == 10 && !international {
		digits = append(buf[:0], "1"+string(digits)...)
	}
	if len(digits) != 11 || digits[0] != '1' || digits[1] < '2' || !international && country != "US" && country != "CA" {
		return Number{}, nil, false
	}
	number := Number{E164: "+" + string(digits)}
	if deeper(number.E164[2:5]) {
		return Number{}, nil, false
	}
	switch n.ask(number.E164) {
	case unknown:
		number.Unknown = true
	case premium:
		return Number{}, costly(pn.PREMIUM_RATE), true
	case shared:
		return Number{}, costly(pn.SHARED_COST), true
	case pager:
		return Number{}, costly(pn.PAGER), true
	}
	return number, nil, true
}

// ask is what the library says of a number in E.164.
func (n *nanp) ask(number string) verdict {
	if n.verdicts == nil {
		n.verdicts = make([]verdict, 1_000_000)
	}
	key, national := 0, uint64(0)
	for i, c := range []byte(number[2:]) {
		national = 10*national + uint64(c-'0')
		if i < 6 {
			key = 10*key + int(c-'0')
		}
	}
	if n.verdicts[key] == notAsked {
		n.verdicts[key] = verdictOf(national)
	}
	return n.verdicts[key]
}

func verdictOf(national uint64) verdict {
	code := int32(1)
	switch pn.GetNumberType(&pn.PhoneNumber{CountryCode: &code, NationalNumber: &national}) {
	case pn.UNKNOWN:
		return unknown
	case pn.PREMIUM_RATE:
		return premium
	case pn.SHARED_COST:
		return shared
	case pn.PAGER:
		return pager
	}
	return known
}
