package contacts

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	pn "github.com/nyaruka/phonenumbers"
)

// Number is a phone number that can be rung.
type Number struct {
	E164 string
	// Unknown says that the number has the right shape but lies in no range that is known to be given out, as the
	// numbers do that are reserved for films and examples.
	Unknown bool
}

// Trouble is what is wrong with one cell.
type Trouble struct {
	Expected string
	Mend     string
}

// Error says what was expected, and how to mend it.
func (t *Trouble) Error() string { return "expected " + t.Expected + "; " + t.Mend }

// Numbers reads phone numbers. It is not safe for concurrent use.
type Numbers struct {
	nanp nanp
}

// NewNumbers returns a reader of numbers.
func NewNumbers() *Numbers { return &Numbers{} }

const expectedNumber = "a phone number such as +1 212 555 0142"

var (
	exponent   = regexp.MustCompile(`^[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+$`)
	decimal    = regexp.MustCompile(`^\+?[0-9]{5,}[.,]0+$`)
	extension  = regexp.MustCompile(`(?i)[0-9)][\s,;.]*(ext|extension|extn|x|#|anexo|durchwahl|dw)\.?[\s:]*[0-9]+\s*$`)
	twoNumbers = regexp.MustCompile(`(?i)[0-9][^0-9+]*(;|,|\||/|\bor\b|\band\b|&|\n)[^0-9]*\+?[^0-9]*[0-9]`)
)

// Parse reads a number in any common writing. country (ISO 3166-1 alpha-2) says how one without its country code is
// meant. The error is a *Trouble.
func (n *Numbers) Parse(text, country string) (Number, error) {
	if number, trouble, ok := n.nanp.parse(text, country); ok {
		if trouble != nil {
			return Number{}, trouble
		}
		return number, nil
	}
	text = strings.Map(plainRune, text)
	text = strings.TrimSpace(text)
	if low := strings.ToLower(text); strings.HasPrefix(low, "tel:") {
		text = strings.TrimSpace(text[len("tel:"):])
	}
	if trouble := writing(text); trouble != nil {
		return Number{}, trouble
	}
	if strings.HasPrefix(text, "00") && pn.GetCountryCodeForRegion(country) == 1 { // elsewhere it is as good as +
		return Number{}, &Trouble{expectedNumber, "it begins with 00: write + and the code of its country"}
	}
	p, err := pn.Parse(text, country)
	if err != nil {
		return Number{}, unparsed(text, country)
	}
	if p.GetExtension() != "" {
		return Number{}, hasExtension()
	}
	if text[0] == '+' {
		country = "" // short codes are not written so
	}
	return judge(p, country)
}

// plainRune drops what text programs slip in between digits, and evens out spaces and dashes.
func plainRune(r rune) rune {
	switch {
	case r >= '0' && r <= '9', r == '+':
		return r
	case unicode.Is(unicode.Cf, r): // marks for the direction of writing, zero-width spaces
		return -1
	case r == '\u00a0' || r == '\u2007' || r == '\u202f' || r == '\t':
		return ' '
	case unicode.Is(unicode.Pd, r) || r == '\u2212':
		return '-'
	case r == '\uff0b':
		return '+'
	}
	return r
}

// writing refuses what is no number, or more than one, before it is read as one.
func writing(text string) *Trouble {
	switch {
	case text == "":
		return &Trouble{expectedNumber, "it is empty: fill it in, or take the row out"}
	case exponent.MatchString(text):
		return &Trouble{expectedNumber, "damaged by a spreadsheet: a power of ten was made of it and its last digits are lost; take the numbers from the source again, with the column set to text"}
	case decimal.MatchString(text):
		return &Trouble{expectedNumber, "damaged by a spreadsheet: a decimal number was made of it; set the column to text and export it again"}
	case extension.MatchString(text):
		return hasExtension()
	case twoNumbers.MatchString(text) && digitsIn(text) > 15:
		return &Trouble{"one phone number", "there are two numbers in it: keep one of them, or give each a row"}
	case strings.ContainsFunc(text, unicode.IsLetter):
		return &Trouble{expectedNumber, "there are letters in it: write it in digits, with nothing else in the cell"}
	}
	return nil
}

func hasExtension() *Trouble {
	return &Trouble{"a phone number without an extension", "an extension cannot be rung: give a number that reaches the person, or take the row out"}
}

func digitsIn(text string) int {
	n := 0
	for i := range len(text) {
		if text[i] >= '0' && text[i] <= '9' {
			n++
		}
	}
	return n
}

// unparsed says why the library could not read a number at all.
func unparsed(text, country string) *Trouble {
	switch n := digitsIn(text); {
	case n == 0:
		return &Trouble{expectedNumber, "there are no digits in it"}
	case n < 4:
		return tooShort()
	case n > 17:
		return tooLong()
	case strings.HasPrefix(text, "+"):
		return &Trouble{expectedNumber, "no country has this code"}
	}
	return &Trouble{expectedNumber, "it is no number of " + country + ": write it with + and its country code"}
}

func tooShort() *Trouble {
	return &Trouble{expectedNumber, "it is too short: digits are missing"}
}
func tooLong() *Trouble {
	return &Trouble{expectedNumber, "it is too long: it has digits too many, or two numbers run together"}
}

// judge tells whether a number that was read can be rung. country is where short codes are looked up; "" for nowhere.
func judge(p *pn.PhoneNumber, country string) (Number, error) {
	national := pn.GetNationalSignificantNumber(p)
	if home := pn.GetCountryCodeForRegion(country); country != "" && home == int(p.GetCountryCode()) && len(national) <= 6 {
		switch {
		case pn.IsEmergencyNumber(national, country):
			return Number{}, &Trouble{expectedNumber, "it is an emergency number"}
		case pn.IsValidShortNumberForRegion(p, country):
			return Number{}, &Trouble{expectedNumber, "it is a short code, which cannot be rung from here"}
		}
	}
	switch pn.IsPossibleNumberWithReason(p) {
	case pn.TOO_SHORT:
		return Number{}, tooShort()
	case pn.TOO_LONG:
		return Number{}, tooLong()
	case pn.INVALID_COUNTRY_CODE:
		return Number{}, &Trouble{expectedNumber, "no country has this code"}
	case pn.INVALID_LENGTH:
		return Number{}, &Trouble{expectedNumber, fmt.Sprintf("numbers of +%d do not have %d digits", p.GetCountryCode(), len(national))}
	case pn.IS_POSSIBLE_LOCAL_ONLY:
		return Number{}, &Trouble{expectedNumber, "the area code is missing"}
	}
	if p.GetCountryCode() == 1 && (national[0] < '2' || len(national) != 10) {
		return Number{}, noAreaCode()
	}
	kind := pn.GetNumberType(p)
	if trouble := costly(kind); trouble != nil {
		return Number{}, trouble
	}
	return Number{E164: pn.Format(p, pn.E164), Unknown: kind == pn.UNKNOWN}, nil
}

func noAreaCode() *Trouble {
	return &Trouble{expectedNumber, "no area code of +1 begins with 0 or 1"}
}

// costly refuses numbers that are not people's.
func costly(kind pn.PhoneNumberType) *Trouble {
	switch kind {
	case pn.PREMIUM_RATE:
		return &Trouble{"the phone number of a person", "it is a premium-rate number"}
	case pn.SHARED_COST:
		return &Trouble{"the phone number of a person", "it is a shared-cost number"}
	case pn.PAGER:
		return &Trouble{"the phone number of a person", "it is a pager, which cannot take a call"}
	}
	return nil
}
