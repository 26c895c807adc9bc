package contacts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	pn "github.com/nyaruka/phonenumbers"

	"github.com/paydial/paydial/internal/spelling"
)

// Where the zones of a row come from.
const (
	FromRow    = "row"
	FromPostal = "postal_code"
	FromNumber = "number"
	Unclear    = "unclear" // several zones are possible
)

// Zones finds the time zones in which a person may be. It is not safe for concurrent use; the slices it gives are
// shared and must not be changed.
type Zones struct {
	at        time.Time
	named     map[string]namedZone // by cell
	countries map[string][]string
	known     []string            // every zone that numbers lie in, for suggestions
	merged    map[string][]string // by the first zones of a number: those with other clocks
	rules     map[string]string   // by zone: how its clock goes
}

// namedZone is what a cell with a zone came to.
type namedZone struct {
	zones   []string
	trouble *Trouble
}

// mostCells bounds how many different cells are remembered: a list has a few dozen zones.
const mostCells = 4096

// NewZones returns a finder of zones. at says from when on two clocks must go alike to be taken for one.
func NewZones(at time.Time) *Zones {
	return &Zones{at: at, named: map[string]namedZone{}, countries: map[string][]string{}, merged: map[string][]string{}, rules: map[string]string{}}
}

// Named finds the zones that the cell of a timezone column means: one, or two where the words mean either. The error
// is a *Trouble.
func (z *Zones) Named(cell, country string) ([]string, error) {
	key := country + "\x00" + cell
	n, ok := z.named[key]
	if !ok {
		n = z.name(strings.TrimSpace(cell), country)
		if len(z.named) >= mostCells {
			clear(z.named)
		}
		z.named[key] = n
	}
	if n.trouble != nil {
		return nil, n.trouble
	}
	return n.zones, nil
}

func (z *Zones) name(cell, country string) namedZone {
	if zones := friendly(cell, country); zones != nil {
		return namedZone{zones: zones}
	}
	if strings.Contains(cell, "/") && isZone(cell) {
		return namedZone{zones: []string{cell}}
	}
	if near := z.near(cell); near != "" {
		if strings.EqualFold(strings.ReplaceAll(cell, " ", "_"), near) {
			return namedZone{zones: []string{near}}
		}
		return namedZone{trouble: &Trouble{expectedZone, "did you mean " + near + "?"}}
	}
	mend := "write a name of the IANA list, as America/New_York, or leave it empty"
	if offset(cell) {
		mend = "an offset does not say when clocks change there: write a place, as America/New_York, or leave it empty"
	}
	return namedZone{trouble: &Trouble{expectedZone, mend}}
}

const expectedZone = "a time zone such as America/Chicago"

// isZone tells whether a name is one of the IANA list, and of a place.
func isZone(name string) bool {
	if strings.HasPrefix(name, "Etc/") || strings.HasPrefix(name, "SystemV/") || strings.HasPrefix(name, "posix") || strings.HasPrefix(name, "right") {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// offset tells whether a cell says how far a clock is from UTC.
func offset(cell string) bool {
	up := strings.ToUpper(strings.TrimSpace(cell))
	for _, p := range []string{"UTC", "GMT", "Z"} {
		up = strings.TrimPrefix(up, p)
	}
	return strings.Trim(up, "+-0123456789:. ") == ""
}

// near is a zone that is written almost so: in other case, with spaces, or as its city alone.
func (z *Zones) near(cell string) string {
	word := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(cell), " ", "_"))
	if word == "" {
		return ""
	}
	best, least := "", 3
	for _, name := range z.all() {
		low := strings.ToLower(name)
		if low == word || low[strings.LastIndexByte(low, '/')+1:] == word {
			return name
		}
		for _, whole := range []string{low, low[strings.LastIndexByte(low, '/')+1:]} {
			if d := spelling.Distance(whole, word, least); d < least && len(word) > 4 {
				best, least = name, d
			}
		}
	}
	return best
}

// all are the zones that numbers lie in.
func (z *Zones) all() []string {
	if z.known == nil {
		for code := range 1000 {
			zones, err := pn.GetTimezonesForPrefix(fmt.Sprint(code))
			if err == nil {
				z.known = append(z.known, zones...)
			}
		}
		slices.Sort(z.known)
		z.known = slices.DeleteFunc(slices.Compact(z.known), func(name string) bool { return !isZone(name) })
	}
	return z.known
}

// Number finds the zones that a number in E.164 may be in, and where that is known from. country is used for numbers
// that belong to no place.
func (z *Zones) Number(number, country string) ([]string, string) {
	zones, err := pn.GetTimezonesForPrefix(number)
	if err == nil && len(zones) > 0 && zones[0] != pn.UNKNOWN_TIMEZONE {
		if len(zones) == 1 {
			return zones, FromNumber
		}
		if !z.everywhere(zones, number, country) {
			return z.told(z.merge(zones))
		}
	}
	return z.told(z.Country(country))
}

func (z *Zones) told(zones []string) ([]string, string) {
	if len(zones) == 1 {
		return zones, FromNumber
	}
	return zones, Unclear
}

// everywhere tells whether zones are those of a whole calling code that several countries share, so that the country
// of the list says more.
func (z *Zones) everywhere(zones []string, number, country string) bool {
	code := pn.GetCountryCodeForRegion(country)
	if code == 0 || !strings.HasPrefix(number, fmt.Sprintf("+%d", code)) || len(pn.GetRegionCodesForCountryCode(code)) < 2 {
		return false
	}
	whole, err := pn.GetTimezonesForPrefix(fmt.Sprint(code))
	return err == nil && len(whole) == len(zones)
}

// Country are the zones of a country; those whose clocks go alike are one. Nil: nothing is known of it.
func (z *Zones) Country(country string) []string {
	zones, ok := z.countries[country]
	if ok {
		return zones
	}
	code := pn.GetCountryCodeForRegion(country)
	if code == 1 {
		zones = nanpZones(country)
	} else if code != 0 {
		zones, _ = pn.GetTimezonesForPrefix(fmt.Sprint(code))
	}
	zones = z.merge(slices.DeleteFunc(slices.Clone(zones), func(name string) bool { return !isZone(name) }))
	if len(z.countries) < 512 {
		z.countries[country] = zones
	}
	return zones
}

// nanpZones are the zones of the area codes of a country that shares +1 with others.
func nanpZones(country string) []string {
	var out []string
	for area := 200; area < 1000; area++ {
		code, national := int32(1), uint64(area)*10_000_000+2_345_678
		if pn.GetRegionCodeForNumber(&pn.PhoneNumber{CountryCode: &code, NationalNumber: &national}) != country {
			continue
		}
		zones, err := pn.GetTimezonesForPrefix(fmt.Sprintf("1%d", area))
		if err == nil && len(zones) < 20 { // an area of no place has all of them
			out = append(out, zones...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// merge leaves one of those zones whose clocks go alike in the years to come.
func (z *Zones) merge(zones []string) []string {
	key := strings.Join(zones, " ")
	if out, ok := z.merged[key]; ok {
		return out
	}
	var out []string
	clocks := map[string]int{}
	for _, name := range zones {
		clock := z.clock(name)
		if i, ok := clocks[clock]; !ok {
			clocks[clock] = len(out)
			out = append(out, name)
		} else if familiar(name) {
			out[i] = name
		}
	}
	if len(z.merged) < mostCells {
		z.merged[key] = out
	}
	return out
}

// familiar tells whether a zone is the one by which people call all of those whose clocks go like its.
func familiar(name string) bool {
	switch name {
	case "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Europe/London":
		return true
	}
	return false
}

// clock says how a zone's clock goes for three years: every change with its moment.
func (z *Zones) clock(name string) string {
	if text, ok := z.rules[name]; ok {
		return text
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return name
	}
	var b strings.Builder
	for t, until := z.at.In(loc), z.at.AddDate(3, 0, 0); t.Before(until); {
		_, seconds := t.Zone()
		_, end := t.ZoneBounds()
		fmt.Fprintf(&b, "%d until %d, ", seconds, end.Unix())
		if end.IsZero() {
			break
		}
		t = end
	}
	z.rules[name] = b.String()
	return z.rules[name]
}
