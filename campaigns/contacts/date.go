package contacts

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const expectedDate = "a date such as 2026-05-04"

var (
	isoDay     = regexp.MustCompile(`^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})$`)
	numericDay = regexp.MustCompile(`^([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{2}|[0-9]{4})$`)
	serialDay  = regexp.MustCompile(`^[2-7][0-9]{4}(\.[0-9]+)?$`)
	midnight   = regexp.MustCompile(`(?i)[T ]+0?0:00(:00(\.0+)?)?( ?am)?Z?$|[ ]12:00(:00)? ?am$`)
)

// parseDay reads a day, as midnight UTC, in every writing that can be meant in one way only. The error is a *Trouble.
func parseDay(cell string) (time.Time, error) {
	text := strings.TrimSpace(cell)
	if len(text) == len(time.DateOnly) {
		if t, err := time.Parse(time.DateOnly, text); err == nil {
			return sane(t)
		}
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return sane(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC))
	}
	text = midnight.ReplaceAllString(text, "")
	if i := strings.IndexAny(text, "T "); i == len(time.DateOnly) && strings.Contains(text[i:], ":") {
		text = text[:i] // 2025-05-01 10:32:07
	}
	if m := isoDay.FindStringSubmatch(text); m != nil {
		return dayOf(m[1], m[2], m[3])
	}
	if m := numericDay.FindStringSubmatch(text); m != nil {
		return numeric(m[1], m[2], m[3])
	}
	if serialDay.MatchString(text) {
		days, _ := strconv.ParseFloat(text, 64)
		day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days))
		return time.Time{}, &Trouble{expectedDate, "it looks like a spreadsheet's serial number: that of " + day.Format(time.DateOnly) + "; set the column to a date written YYYY-MM-DD and export it again"}
	}
	for _, layout := range []string{"20060102", "2 Jan 2006", "2 January 2006", "Jan 2, 2006", "January 2, 2006", "Jan 2 2006", "January 2 2006", "2-Jan-2006", "Mon, 2 Jan 2006", "Mon, Jan 2, 2006", "2-January-2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return sane(t)
		}
	}
	return time.Time{}, &Trouble{expectedDate, "it cannot be read as a date: write it as YYYY-MM-DD"}
}

// numeric reads a day whose month and day are numbers in unknown order.
func numeric(a, b, year string) (time.Time, error) {
	if len(year) == 2 {
		return time.Time{}, &Trouble{expectedDate, "the year has two digits: write it as YYYY-MM-DD"}
	}
	first, _ := strconv.Atoi(a)
	second, _ := strconv.Atoi(b)
	switch {
	case first > 12 || first == second:
		return dayOf(year, b, a)
	case second > 12:
		return dayOf(year, a, b)
	}
	return time.Time{}, &Trouble{expectedDate, fmt.Sprintf("day and month can be meant either way: it is the %s or the %s; write it as YYYY-MM-DD", spell(second, first), spell(first, second))}
}

// spell is a day in words, for two that are mixed up.
func spell(day, month int) string {
	return fmt.Sprintf("%d of %s", day, time.Month(month))
}

func dayOf(year, month, day string) (time.Time, error) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if m < 1 || m > 12 || t.Day() != d {
		return time.Time{}, &Trouble{expectedDate, "there is no such day: look at it in the source"}
	}
	return sane(t)
}

// sane refuses years that are slips.
func sane(t time.Time) (time.Time, error) {
	if t.Year() < 1900 || t.Year() > 2200 {
		return time.Time{}, &Trouble{expectedDate, "the year cannot be right: look at it in the source"}
	}
	return t, nil
}
