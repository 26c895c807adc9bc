package contacts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/campaigns/contacts"
)

func TestZonesOfNumbers(t *testing.T) {
	t.Parallel()
	z := contacts.NewZones(now)
	for _, c := range []struct {
		number, country, want, from string
	}{
		{"+12125550142", "US", "America/New_York", "number"},
		{"+16055550142", "US", "?", "unclear"},
		{"+442079460958", "GB", "Europe/London", "number"}, // and Jersey, whose clocks go alike
		{"+447700900123", "GB", "Europe/London", "number"},
		{"+498912345678", "US", "Europe/Berlin", "number"},
		{"+15550142001", "US", "America/Adak America/Anchorage America/Denver America/Chicago America/Los_Angeles America/New_York America/Phoenix Pacific/Honolulu", "unclear"},
		{"+18005550142", "CA", "?", "unclear"},
		{"+15550142001", "JM", "America/Jamaica", "number"},
		{"+79161234567", "RU", "Europe/Moscow", "number"},
	} {
		zones, from := z.Number(c.number, c.country)
		if got := strings.Join(zones, " "); c.want != "?" && got != c.want || from != c.from || len(zones) == 0 {
			t.Errorf("%s in %s: %s, %s; want %s, %s", c.number, c.country, got, from, c.want, c.from)
		}
	}
}

// TestZonesOfRows reads rows that say in their own words, by postal code or by country where somebody is.
func TestZonesOfRows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		timezone, postal, country, want, from string
	}{
		{"America/Denver", "", "", "America/Denver", "row"},
		{"america/new york", "", "", "America/New_York", "row"},
		{"Eastern", "", "", "America/New_York", "row"},
		{"Central Time (US & Canada)", "", "", "America/Chicago", "row"},
		{"PST", "", "", "America/Los_Angeles", "row"},
		{"MST", "", "", "America/Denver America/Phoenix", "unclear"},
		{"Arizona", "", "", "America/Phoenix", "row"},
		{"Hawaii Standard Time", "", "", "Pacific/Honolulu", "row"},
		{"", "60601", "", "America/Chicago", "postal_code"},
		{"", "60601-1234", "", "America/Chicago", "postal_code"},
		{"", "2139", "", "America/New_York", "postal_code"}, // a zero was lost
		{"", "32501", "", "America/New_York America/Chicago", "unclear"},
		{"", "96701", "", "Pacific/Honolulu Pacific/Pago_Pago", "unclear"}, // 96799 is American Samoa, an hour behind
		{"", "96960", "", "Pacific/Guam Pacific/Palau Pacific/Guadalcanal Pacific/Tarawa", "unclear"},
		{"", "83501", "", "America/Denver America/Los_Angeles", "unclear"}, // Lewiston, on Pacific time as the north of Idaho is
		{"", "09012", "", "America/New_York", "number"},                    // the armed forces abroad
		{"", "", "JM", "America/Jamaica", "row"},
		{"", "", "US", "America/New_York", "number"},
		{"", "", "", "America/New_York", "number"},
	} {
		rows, out, _, err := read(t, campaign(t), strings.TrimSpace(header)+",postal_code,country\n"+
			strings.Replace(strings.Replace(strings.TrimSpace(goodRow), "America/Denver", c.timezone, 1), "312", "212", 1)+","+c.postal+","+c.country+"\n")
		if err != nil || len(rows) != 1 {
			t.Errorf("%+v: %v, %+v", c, err, out)
			continue
		}
		if got := strings.Join(rows[0].Zones, " "); got != c.want || rows[0].ZoneFrom != c.from {
			t.Errorf("%+v: %s, %s", c, got, rows[0].ZoneFrom)
		}
	}
	for _, c := range []struct{ postal, country, want string }{
		{"6060", "", ""}, {"x1", "", "a ZIP code such as 02139"}, {"123456", "", "a ZIP code such as 02139"},
		{"", "Chile", "a country's two letters, such as US"}, {"", "ZZ", "a country's two letters, such as US"},
	} {
		_, out, sum, err := read(t, campaign(t), strings.TrimSpace(header)+",postal_code,country\n"+
			strings.Replace(strings.TrimSpace(goodRow), "America/Denver", "", 1)+","+c.postal+","+c.country+"\n")
		if err != nil || (c.want == "") != (len(out) == 0) || c.want != "" && out[0].Expected != c.want || c.want == "" && sum.Mended != 1 {
			t.Errorf("%+v: %v, %+v", c, err, out)
		}
	}
}

// TestDays are the writings of one day that can be meant in one way only.
func TestDays(t *testing.T) {
	t.Parallel()
	for _, day := range []string{
		"2026-05-14", "2026/05/14", "2026-5-14", "20260514", "14 May 2026", "14-May-2026", "\"May 14, 2026\"", "May 14 2026", "14/05/2026", "05/14/2026", "14.5.2026",
		"2026-05-14T00:00:00Z", "2026-05-14 10:11:12", "5/14/2026 0:00", "5/14/2026 12:00:00 AM", "14 MAY 2026",
	} {
		rows, out, _, err := read(t, campaign(t), header+strings.Replace(goodRow, "2026-05-04", day, 1))
		if err != nil || len(rows) != 1 || rows[0].Values["ends_on"].String() != "2026-05-14" {
			t.Errorf("%s: %v %+v", day, err, out)
		}
	}
	rows, _, _, err := read(t, campaign(t), strings.TrimSpace(header)+",not_before,not_after\n"+strings.TrimSpace(goodRow)+",2026-04-07,2026-04-09\n")
	want := [2]time.Time{time.Date(2026, 4, 7, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 9, 0, 0, 0, 0, time.UTC)}
	if err != nil || len(rows) != 1 || !cmp.Equal(want, [2]time.Time{rows[0].NotBefore, rows[0].NotAfter}) {
		t.Errorf("%v %+v", err, rows)
	}
	_, out, _, err := read(t, campaign(t), strings.TrimSpace(header)+",not_before,not_after\n"+strings.TrimSpace(goodRow)+",2026-04-07,2026-04-01\n")
	if err != nil || len(out) != 1 || out[0].Reason != "bad_value:not_after" {
		t.Errorf("%v %+v", err, out)
	}
}
