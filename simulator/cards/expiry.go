package cards

import "time"

// maxYearsAhead is how far in the future an expiry date may lie. No issuer gives a card more than twenty
// years, and a slip of the finger (2062 for 2026) is worth another question.
const maxYearsAhead = 20

// ValidExpiry reports whether the digits are a month and year, MMYY, that is not over at the time of now and
// not too far ahead. A card is good to the end of its month. The two digits of the year are taken as the year
// of that ending nearest to now.
func (d Digits) ValidExpiry(now time.Time) bool {
	k := d.raw()
	if len(k) != 4 {
		return false
	}
	month := int(k[0]-'0')*10 + int(k[1]-'0')
	if month < 1 || month > 12 {
		return false
	}
	year := nearestYear(int(k[2]-'0')*10+int(k[3]-'0'), now.Year())
	if year > now.Year()+maxYearsAhead {
		return false
	}
	return year > now.Year() || year == now.Year() && month >= int(now.Month())
}

// nearestYear finds the year ending in yy between 50 years before and 49 years after the given one.
func nearestYear(yy, around int) int {
	year := around - around%100 + yy
	switch {
	case year > around+49:
		return year - 100
	case year < around-50:
		return year + 100
	}
	return year
}
