package speak

import (
	"strings"
	"testing"
	"time"
)

func TestFiltersOnText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ filter, in, english, spanish, written string }{
		{"", "Dana", "Dana", "Dana", "Dana"},
		{"digits", "4242", "4 2 4 2", "4 2 4 2", "4242"},
		{"digits", "99 99", "9 9 9 9", "9 9 9 9", "99 99"},
		{"spell", "SIM-7f3", "S I M dash 7 F 3", "S I M guion 7 F 3", "SIM-7f3"},
		{"spell", "a.b@c_d", "A dot B at C underscore D", "A punto B arroba C guion bajo D", "a.b@c_d"},
		{"phone", "+15550100000", "5 5 5, 0 1 0, 0 0 0 0", "5 5 5, 0 1 0, 0 0 0 0", "+1 555 010 0000"},
		{"phone", "5550100000", "5 5 5, 0 1 0, 0 0 0 0", "5 5 5, 0 1 0, 0 0 0 0", "555 010 0000"},
		{"phone", "+442079460000", "4 4 2, 0 7 9, 4 6 0, 0 0 0", "4 4 2, 0 7 9, 4 6 0, 0 0 0", "+442079460000"},
		{"phone", "none", "none", "none", "none"},
		{"last4", "12345678", "5 6 7 8", "5 6 7 8", "5678"},
		{"last4", "12", "1 2", "1 2", "12"},
		{"ordinal", "1", "first", "primero", "first"},
		{"ordinal", "3", "third", "tercero", "third"},
		{"ordinal", "11", "eleventh", "undécimo", "eleventh"},
		{"ordinal", "12", "twelfth", "duodécimo", "twelfth"},
		{"ordinal", "17", "seventeenth", "decimoséptimo", "seventeenth"},
		{"ordinal", "20", "twentieth", "vigésimo", "twentieth"},
		{"ordinal", "21", "twenty-first", "vigésimo primero", "twenty-first"},
		{"ordinal", "100", "one hundredth", "centésimo", "one hundredth"},
		{"ordinal", "112", "one hundred twelfth", "número ciento doce", "one hundred twelfth"},
		{"ordinal", "0", "zeroth", "número cero", "zeroth"},
		{"ordinal", "last", "last", "last", "last"},
		{"number", "1200", "1,200", "1,200", "1,200"},
		{"number", "0012", "12", "12", "12"},
		{"number", "-1234567.50", "minus 1,234,567.50", "menos 1,234,567.50", "minus 1,234,567.50"},
		{"number", "many", "many", "many", "many"},
		{"words", "84", "eighty-four", "ochenta y cuatro", "eighty-four"},
		{"words", "100", "one hundred", "cien", "one hundred"},
		{"words", "101", "one hundred one", "ciento uno", "one hundred one"},
		{"words", "1021", "one thousand twenty-one", "mil veintiuno", "one thousand twenty-one"},
		{"words", "21000", "twenty-one thousand", "veintiún mil", "twenty-one thousand"},
		{"words", "31000000", "thirty-one million", "treinta y un millones", "thirty-one million"},
		{"words", "2000000000", "two billion", "dos mil millones", "two billion"},
		{"words", "0", "zero", "cero", "zero"},
		{"words", "-2.05", "minus two point zero five", "menos dos punto cero cinco", "minus two point zero five"},
		{"words", "no_answer", "no answer", "no answer", "no answer"},
		{"words", "99999999999999999999", spaced("99999999999999999999"), spaced("99999999999999999999"), spaced("99999999999999999999")},
		{"mask", "12345678", "ending in 5 6 7 8", "que termina en 5 6 7 8", "••••5678"},
		{"mask", "1234", "not shown", "oculto", "••••"},
		{"date", "2026-03-15", "March 15, 2026", "15 de marzo de 2026", "March 15, 2026"},
		{"date", "2026-05-01", "May 1, 2026", "primero de mayo de 2026", "May 1, 2026"},
		{"date", "soon", "soon", "soon", "soon"},
		{"time", "15:30", "3:30 PM", "3:30 de la tarde", "3:30 PM"},
		{"time", "00:05", "12:05 AM", "12:05 de la noche", "12:05 AM"},
		{"time", "04:00", "4:00 AM", "4:00 de la madrugada", "4:00 AM"},
		{"time", "09:00", "9:00 AM", "9:00 de la mañana", "9:00 AM"},
		{"time", "21:15", "9:15 PM", "9:15 de la noche", "9:15 PM"},
		{"money", "84.20", "84.20", "84.20", "84.20"},
	} {
		t.Run(tc.filter+" "+tc.in, func(t *testing.T) {
			t.Parallel()
			check(t, "English", For("en-US").Speak(tc.filter, Text(tc.in)), tc.english)
			check(t, "Spanish", For("es-US").Speak(tc.filter, Text(tc.in)), tc.spanish)
			check(t, "written", For("en-US").Write(tc.filter, Text(tc.in)), tc.written)
		})
	}
}

func TestDateSaysTheYearOnlyWhereItIsNeeded(t *testing.T) {
	t.Parallel()
	day := func(s string) time.Time {
		d, err := time.Parse("2006-01-02", s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tc := range []struct{ date, today, english, spanish string }{
		{"2026-03-15", "2026-03-03", "March 15", "15 de marzo"},
		{"2026-12-31", "2026-01-01", "December 31", "31 de diciembre"},
		{"2027-01-01", "2026-12-20", "January 1", "primero de enero"},
		{"2025-12-20", "2026-01-02", "December 20", "20 de diciembre"},
		{"2027-12-01", "2026-12-20", "December 1, 2027", "primero de diciembre de 2027"},
	} {
		v := Date(day(tc.date), day(tc.today))
		check(t, tc.date, For("en-US").Speak("date", v), tc.english)
		check(t, tc.date, For("es-US").Speak("", v), tc.spanish)
	}
}

func TestValuesWithoutFilter(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 15, 15, 30, 0, 0, time.UTC)
	for _, tc := range []struct {
		name             string
		v                Value
		english, spanish string
	}{
		{"yes", YesNo(true), "yes", "sí"},
		{"no", YesNo(false), "no", "no"},
		{"time", Time(at), "3:30 PM", "3:30 de la tarde"},
		{"date", Date(at, time.Time{}), "March 15, 2026", "15 de marzo de 2026"},
		{"empty", Text(""), "", ""},
	} {
		check(t, tc.name, For("en-US").Speak("", tc.v), tc.english)
		check(t, tc.name, For("es-US").Speak("", tc.v), tc.spanish)
	}
	check(t, "money spelled out", For("en-US").Speak("digits", Money(-8420, "usd")), "- 8 4 . 2 0")
}

func FuzzFiltersNeverFallSilent(f *testing.F) {
	for _, seed := range []string{"", " ", "0", "-1", "1.", ".", "12345678", "SIM-7F3K2M", "+1", "2026-02-30", "24:00",
		"18446744073709551615", "1e9", "\xff\xfe", "ñandú", "••••", "\x00"} {
		f.Add(seed, int64(len(seed)), "usd")
	}
	f.Fuzz(func(t *testing.T, s string, minor int64, currency string) {
		values := []Value{Text(s), Money(minor, currency), Date(time.Unix(minor%1e11, 0), time.Time{}),
			Time(time.Unix(minor%1e11, 0)), YesNo(minor > 0)}
		for _, language := range []string{"en-US", "es-US"} {
			p := For(language)
			for _, filter := range append(Filters(), Filter{}, Filter{Name: "no such filter"}) {
				for i, v := range values {
					silent := strings.TrimSpace(p.Speak(filter.Name, v)) == "" || strings.TrimSpace(p.Write(filter.Name, v)) == ""
					if silent && (i > 0 || strings.TrimSpace(s) != "") {
						t.Errorf("%s: filter %q says nothing for %+v", language, filter.Name, v)
					}
				}
			}
		}
	})
}

func TestFiltersAreDescribed(t *testing.T) {
	t.Parallel()
	for _, f := range Filters() {
		if f.Name == "" || f.About == "" || len(f.Takes) == 0 {
			t.Errorf("filter %+v is not described", f)
		}
	}
}
