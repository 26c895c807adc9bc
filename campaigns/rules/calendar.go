package rules

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// calendar is the holidays of a country. They are worked out from their rule, so that none runs out with a list of years.
type calendar struct {
	observed bool // one on a Saturday is also on the Friday before, one on a Sunday also on the Monday after
	days     []holiday
}

// holiday is one day of the year: a date, or the nth weekday of a month.
type holiday struct {
	name    string
	month   time.Month
	day     int // of the month; 0: it is a weekday
	weekday time.Weekday
	nth     int // 1 to 4, or -1 for the last
}

type calendarFile struct {
	Format   int    `yaml:"format"`
	Source   string `yaml:"source"`
	Link     string `yaml:"link"`
	Observed string `yaml:"observed"`
	Days     []struct {
		Name string `yaml:"name"`
		On   string `yaml:"on"`
	} `yaml:"days"`
}

// readCalendar reads one of our calendars.
func readCalendar(name string) (*calendar, error) {
	text, err := fs.ReadFile(files, "calendars/"+name+".yaml")
	if err != nil || !fs.ValidPath(name) {
		return nil, fmt.Errorf("there is no calendar %q", name)
	}
	return parseCalendar(text)
}

func parseCalendar(text []byte) (*calendar, error) {
	var f calendarFile
	if err := yaml.Load(text, &f, yaml.WithKnownFields()); err != nil {
		return nil, err
	}
	c := &calendar{observed: f.Observed == "nearest_weekday"}
	if f.Observed != "" && !c.observed {
		return nil, fmt.Errorf("observed: %q is not known", f.Observed)
	}
	for _, d := range f.Days {
		h, err := parseHoliday(d.On)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Name, err)
		}
		h.name = d.Name
		c.days = append(c.days, h)
	}
	return c, nil
}

var (
	monthWords = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	dayWords   = []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
	nthWords   = []string{"first", "second", "third", "fourth"}
)

// parseHoliday reads "Jul 4", "third Mon of Jan" or "last Mon of May".
func parseHoliday(on string) (holiday, error) {
	bad := fmt.Errorf("%q is not a day: write Jul 4, or third Mon of Jan", on)
	words := strings.Fields(on)
	switch len(words) {
	case 2:
		month := slices.Index(monthWords, words[0]) + 1
		day, err := strconv.Atoi(words[1])
		if month == 0 || err != nil || day < 1 || day > 31 {
			return holiday{}, bad
		}
		return holiday{month: time.Month(month), day: day}, nil
	case 4:
		h := holiday{month: time.Month(slices.Index(monthWords, words[3]) + 1), nth: slices.Index(nthWords, words[0]) + 1}
		if words[0] == "last" {
			h.nth = -1
		}
		weekday := slices.Index(dayWords, words[1])
		if h.month == 0 || h.nth == 0 || weekday < 0 || words[2] != "of" {
			return holiday{}, bad
		}
		h.weekday = time.Weekday(weekday)
		return h, nil
	}
	return holiday{}, bad
}

// on is the name of the holiday that a day is, or "".
func (c *calendar) on(d day) string {
	if c == nil {
		return ""
	}
	if name := c.exactly(d); name != "" || !c.observed {
		return name
	}
	switch d.weekday() {
	case time.Friday:
		if name := c.exactly(d + 1); name != "" {
			return name + " (observed)"
		}
	case time.Monday:
		if name := c.exactly(d - 1); name != "" {
			return name + " (observed)"
		}
	}
	return ""
}

func (c *calendar) exactly(d day) string {
	_, month, dayOfMonth := d.date()
	for i := range c.days {
		h := &c.days[i]
		if h.month != month {
			continue
		}
		switch {
		case h.day > 0:
			if dayOfMonth == h.day {
				return h.name
			}
		case d.weekday() != h.weekday:
		case h.nth > 0 && (dayOfMonth-1)/7+1 == h.nth, h.nth < 0 && (d+7).month() != month:
			return h.name
		}
	}
	return ""
}
