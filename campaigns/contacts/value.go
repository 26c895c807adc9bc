package contacts

import (
	"errors"
	"regexp"
	"strings"

	"github.com/paydial/paydial/flows"
)

var (
	thousands  = regexp.MustCompile(`^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)
	pointed    = regexp.MustCompile(`^-?[0-9]+[.,]0+$`)
	errMissing = errors.New("missing")
)

// value reads a cell as a need of the flow. The errors are errMissing and a *Trouble.
func (r *reader) value(need plannedNeed, cell string) (flows.Value, error) {
	text := strings.TrimSpace(cell)
	if text == "" {
		return flows.Value{}, errMissing
	}
	kind := flows.ValueType(need.Type)
	switch kind {
	case flows.TypeDate:
		day, err := parseDay(text)
		if err != nil {
			return flows.Value{}, err
		}
		return flows.DateValue(day), nil
	case flows.TypePhone:
		number, err := r.numbers.Parse(text, r.plan.country)
		if err != nil {
			return flows.Value{}, err
		}
		text = number.E164
	case flows.TypeMoney:
		var trouble *Trouble
		if text, trouble = amount(text, r.plan.currency); trouble != nil {
			return flows.Value{}, trouble
		}
	case flows.TypeDigits, flows.TypeNumber:
		if powerOfTen(text) {
			return flows.Value{}, &Trouble{expectedOf(kind), "damaged by a spreadsheet: a power of ten was made of it; set the column to text and take the values from the source again"}
		}
		if kind == flows.TypeDigits && strings.ContainsAny(text, ".,") && pointed.MatchString(text) {
			return flows.Value{}, &Trouble{expectedOf(kind), "damaged by a spreadsheet: a decimal number was made of it; set the column to text and export it again"}
		}
	}
	v, err := flows.ParseValue(kind, text, r.plan.currency)
	if err != nil {
		return v, &Trouble{expectedOf(kind), mendOf(kind)}
	}
	return v, nil
}

// mendOf is what to do about a cell that is not of a type.
func mendOf(kind flows.ValueType) string {
	switch kind {
	case flows.TypeDigits:
		return "there is more in it than the digits 0 to 9: write these alone"
	case flows.TypeMoney, flows.TypeNumber:
		return "it cannot be read as a number: write it in digits, with a point and nothing else in between"
	}
	return "it cannot be read: write it so, or take the row out"
}

// amount is an amount of money without its currency and with a point before its cents.
func amount(text, currency string) (string, *Trouble) {
	plain := strings.TrimSpace(text)
	for _, mark := range []string{signOf(currency), strings.ToUpper(currency), currency} {
		plain = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(plain, mark), mark))
	}
	switch {
	case strings.ContainsAny(plain, "$€£"):
		return "", &Trouble{expectedOf(flows.TypeMoney), "it is in another currency: the project's is " + currency}
	case powerOfTen(plain):
		return "", &Trouble{expectedOf(flows.TypeMoney), "damaged by a spreadsheet: a power of ten was made of it; set the column to text and take the values from the source again"}
	case strings.Contains(plain, ",") && !thousands.MatchString(plain):
		return "", &Trouble{expectedOf(flows.TypeMoney), "there is a comma before the cents: write a point"}
	}
	return plain, nil
}

// signOf is the sign of a currency; its code, where it has no sign that is its own.
func signOf(currency string) string {
	switch currency {
	case "usd", "cad", "aud":
		return "$"
	case "eur":
		return "€"
	case "gbp":
		return "£"
	}
	return currency
}

// powerOfTen tells whether a spreadsheet has written a number as 1.55501E+10.
func powerOfTen(text string) bool {
	return strings.ContainsAny(text, "eE") && exponent.MatchString(text)
}

// expectedOf says what a cell of a type looks like.
func expectedOf(kind flows.ValueType) string {
	switch kind {
	case flows.TypeDigits:
		return "digits"
	case flows.TypeNumber:
		return "a number such as 12.5"
	case flows.TypeMoney:
		return "an amount such as 129.00"
	case flows.TypeDate:
		return expectedDate
	case flows.TypeTime:
		return "a time of day such as 14:30"
	case flows.TypeYesNo:
		return "yes or no"
	case flows.TypePhone:
		return expectedNumber
	case flows.TypeLanguage:
		return "a language such as en-US"
	case flows.TypeList:
		return "a JSON list"
	case flows.TypeRecord:
		return "a JSON object"
	}
	return "a text"
}
