// Package cards knows payment cards and bank accounts the way a telephone keypad meets them: which brand a
// number belongs to, when a number is complete, and whether it, its expiry date and its security code can be
// real. Digits is its main type: it holds what a caller types, prints itself only as a mask, and can be wiped.
//
// It must not know calls, TwiML, HTTP or connectors, and it never hands out more than the last four digits of
// a number as text. What Twilio does here is only partly published; where it is silent the rule and its reason
// stand beside the constant.
package cards

import "bytes"

// Brand is a card brand in the spelling of Twilio's validCardTypes.
type Brand string

// The brands that <Pay> can be told to accept. Optima has no published prefix, so no number is detected as it.
const (
	Unknown    Brand = ""
	Visa       Brand = "visa"
	Mastercard Brand = "mastercard"
	Amex       Brand = "amex"
	Maestro    Brand = "maestro"
	Discover   Brand = "discover"
	Optima     Brand = "optima"
	JCB        Brand = "jcb"
	DinersClub Brand = "diners-club"
	Enroute    Brand = "enroute"
)

// Brands lists every brand that validCardTypes can name.
func Brands() []Brand {
	return []Brand{Visa, Mastercard, Amex, Maestro, Discover, Optima, JCB, DinersClub, Enroute}
}

// The bounds of what is a card number at all: the shortest Maestro and the longest of any brand.
const (
	MinNumberLen = 12
	MaxNumberLen = 19
)

// prefixes is a range of leading digits, both ends included and equally long.
type prefixes struct{ from, to string }

func (p prefixes) match(n []byte) bool {
	if len(n) < len(p.from) {
		return false
	}
	head := n[:len(p.from)]
	return bytes.Compare(head, []byte(p.from)) >= 0 && bytes.Compare(head, []byte(p.to)) <= 0
}

// rule is one row of the brand table.
type rule struct {
	brand    Brand
	prefixes []prefixes
	lengths  []int // possible lengths, shortest first
	// ends is the length at which an entry ends without # or a pause; endsEarly, if set, is a shorter length
	// at which it ends as well when the digits pass the Luhn check there.
	ends, endsEarly int
}

// table is Twilio's published brand table in the order in which overlaps are resolved: what is narrow comes
// first, so that 6011 is Discover and only the rest of 6 is Maestro. Three corrections to the published text:
// Visa has 16 digits where the page prints 15, Diners Club has 14 as well, and 305 is Diners Club (the test
// number of every gateway begins with it; the page ends at 304).
func table() []rule {
	return []rule{
		{brand: Enroute, prefixes: []prefixes{{"2014", "2014"}, {"2149", "2149"}}, lengths: []int{15}, ends: 15},
		{brand: Amex, prefixes: []prefixes{{"34", "34"}, {"37", "37"}}, lengths: []int{15}, ends: 15},
		{brand: JCB, prefixes: []prefixes{{"3528", "3589"}}, lengths: upTo19(16), ends: 16},
		{brand: DinersClub, prefixes: []prefixes{{"300", "305"}, {"3095", "3095"}, {"36", "36"}, {"38", "39"}},
			lengths: upTo19(14), ends: 16, endsEarly: 14},
		{brand: Mastercard, prefixes: []prefixes{{"51", "55"}, {"222100", "272099"}}, lengths: []int{16}, ends: 16},
		{brand: Discover, prefixes: []prefixes{{"6011", "6011"}, {"64", "65"}}, lengths: upTo19(16), ends: 16},
		{brand: Visa, prefixes: []prefixes{{"4", "4"}}, lengths: []int{13, 16, 19}, ends: 16},
		{brand: Maestro, prefixes: []prefixes{{"50", "50"}, {"56", "58"}, {"6", "6"}},
			lengths: upTo19(MinNumberLen), ends: MaxNumberLen},
	}
}

// rules is the table, built once; nothing changes it.
var rules = table()

func upTo19(from int) []int {
	var all []int
	for n := from; n <= MaxNumberLen; n++ {
		all = append(all, n)
	}
	return all
}

func ruleFor(number []byte) (rule, bool) {
	for _, r := range rules {
		for _, p := range r.prefixes {
			if p.match(number) {
				return r, true
			}
		}
	}
	return rule{}, false
}

// detect answers the brand of a whole or partial number.
func detect(number []byte) Brand {
	r, _ := ruleFor(number)
	return r.brand
}

// complete reports whether a number has reached the length at which an entry ends by itself: 16 for most, 15
// for American Express and enRoute, 14 for a Diners Club number that checks out there, 19 for Maestro, and 16
// when the brand is unknown. Shorter and longer cards of a brand end with # or a pause.
func complete(number []byte) bool {
	r, ok := ruleFor(number)
	if !ok {
		return len(number) >= 16
	}
	return len(number) >= r.ends || len(number) == r.endsEarly && luhn(number)
}

// validNumber reports whether a number has a length its brand can have and passes the Luhn check.
func validNumber(number []byte) bool {
	r, ok := ruleFor(number)
	if !ok {
		return len(number) >= MinNumberLen && len(number) <= MaxNumberLen && luhn(number)
	}
	for _, n := range r.lengths {
		if n == len(number) {
			return luhn(number)
		}
	}
	return false
}

// luhn is the check digit rule that all card numbers follow.
func luhn(number []byte) bool {
	sum := 0
	for i, c := range number {
		d := int(c - '0')
		if (len(number)-i)%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return len(number) > 0 && sum%10 == 0
}

// CodeLen is the length of a brand's security code: four digits on an American Express (and its old Optima),
// three on all others.
func CodeLen(b Brand) int {
	if b == Amex || b == Optima {
		return 4
	}
	return 3
}
