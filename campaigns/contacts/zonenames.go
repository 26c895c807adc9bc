package contacts

import "strings"

// friendly are the zones that people in the United States and Canada call by these words; nil for other words, and in
// other countries, where CST may be China's.
func friendly(cell, country string) []string {
	if country != "US" && country != "CA" {
		return nil
	}
	word := strings.ToLower(strings.TrimSpace(cell))
	word, _, _ = strings.Cut(word, " (") // "Eastern Time (US & Canada)"
	word = strings.TrimPrefix(word, "us/")
	for _, end := range []string{" time zone", " standard time", " daylight time", " time"} {
		word = strings.TrimSuffix(word, end)
	}
	switch word {
	case "eastern", "et", "est", "edt", "est5edt", "us eastern":
		return []string{"America/New_York"}
	case "central", "ct", "cst", "cdt", "cst6cdt", "us central":
		return []string{"America/Chicago"}
	case "mountain", "mt", "mdt", "mst7mdt", "us mountain":
		return []string{"America/Denver"}
	case "mst": // Arizona's clock, and what others call theirs all year
		return []string{"America/Denver", "America/Phoenix"}
	case "arizona":
		return []string{"America/Phoenix"}
	case "pacific", "pt", "pst", "pdt", "pst8pdt", "us pacific":
		return []string{"America/Los_Angeles"}
	case "alaska", "akt", "akst", "akdt", "alaskan":
		return []string{"America/Anchorage"}
	case "hawaii", "hst", "hawaiian":
		return []string{"Pacific/Honolulu"}
	case "atlantic", "ast", "adt":
		if country == "CA" {
			return []string{"America/Halifax"}
		}
	}
	return nil
}
