package contacts

import "strings"

// zipArea is a range of the first three digits of US ZIP codes and the zones of the states they lie in. A state with
// two clocks has both: which side of its line a ZIP code lies on, three digits do not say.
type zipArea struct {
	from, to int
	zones    string
}

// zipAreas follows the three-digit prefixes that the postal service gives to states
// (https://pe.usps.com/text/LabelingLists/L002.htm) and the zones of states in 49 CFR part 71
// (https://www.ecfr.gov/current/title-49/subtitle-A/part-71). Prefixes of the armed forces abroad (090-098, 340, 962-966)
// are left out: they say nothing of a clock.
func zipAreas() []zipArea {
	const (
		eastern, central, mountain, pacific = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
		both                                = eastern + " " + central
		middle                              = central + " " + mountain
		west                                = mountain + " " + pacific
	)
	return []zipArea{
		{5, 5, eastern}, {6, 9, "America/Puerto_Rico"}, {10, 89, eastern}, // New England, New Jersey
		{100, 319, eastern},                       // New York to Georgia
		{320, 339, both},                          // Florida
		{341, 349, both},                          // Florida
		{350, 369, central},                       // Alabama
		{370, 385, both},                          // Tennessee
		{386, 397, central},                       // Mississippi
		{398, 399, eastern},                       // Georgia
		{400, 427, both},                          // Kentucky
		{430, 459, eastern},                       // Ohio
		{460, 479, both},                          // Indiana
		{480, 499, both},                          // Michigan
		{500, 567, central},                       // Iowa, Wisconsin, Minnesota
		{570, 588, middle},                        // the Dakotas
		{590, 599, mountain},                      // Montana
		{600, 658, central},                       // Illinois, Missouri
		{660, 679, middle},                        // Kansas
		{680, 693, middle},                        // Nebraska
		{700, 729, central},                       // Louisiana, Arkansas
		{730, 732, central},                       // Oklahoma
		{733, 733, central},                       // Austin
		{734, 749, central},                       // Oklahoma
		{750, 799, middle},                        // Texas
		{800, 831, mountain},                      // Colorado, Wyoming
		{832, 838, west},                          // Idaho
		{840, 847, mountain},                      // Utah
		{850, 865, "America/Phoenix " + mountain}, // Arizona; the Navajo Nation changes its clocks
		{870, 884, mountain},                      // New Mexico
		{885, 885, mountain},                      // El Paso
		{889, 898, west},                          // Nevada
		{900, 961, pacific},                       // California
		{967, 967, "Pacific/Honolulu Pacific/Pago_Pago"}, // Hawaii; 96799 is American Samoa
		{968, 968, "Pacific/Honolulu"},                   // Hawaii
		// Guam and the Northern Marianas, Palau, Micronesia, the Marshall Islands, by zones that every system has
		{969, 969, "Pacific/Guam Pacific/Palau Pacific/Guadalcanal Pacific/Tarawa"},
		{970, 979, west},    // Oregon
		{980, 994, pacific}, // Washington
		{995, 999, "America/Anchorage America/Adak"}, // Alaska
	}
}

// postal finds zones by US postal codes.
type postal struct {
	byPrefix [1000][]string
}

func newPostal() *postal {
	p := &postal{}
	for _, a := range zipAreas() {
		zones := strings.Fields(a.zones)
		for i := a.from; i <= a.to; i++ {
			p.byPrefix[i] = zones
		}
	}
	return p
}

// find is what a US postal code says: the zones, nil when it says nothing. mended tells that zeros at its beginning
// were lost and put back; ok is false when it is no postal code.
func (p *postal) find(cell string) (zones []string, mended, ok bool) {
	code, plus4, _ := strings.Cut(strings.TrimSpace(cell), "-")
	if plus4 != "" && (len(plus4) != 4 || !onlyDigits(plus4)) || !onlyDigits(code) {
		return nil, false, false
	}
	switch {
	case len(code) == 9:
		code = code[:5]
	case len(code) == 4 || len(code) == 3: // New England and Puerto Rico, from a spreadsheet
		code, mended = "00000"[len(code):]+code, true
	}
	if len(code) != 5 {
		return nil, false, false
	}
	return p.byPrefix[100*int(code[0]-'0')+10*int(code[1]-'0')+int(code[2]-'0')], mended, true
}

func onlyDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
