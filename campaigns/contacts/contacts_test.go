package contacts_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/campaigns/rules"
)

const goodRow = "M-1,+1 (312) 555-0142,Dana,es-US,1984,129.00,2026-05-04,America/Denver,2025-05-01\n"

func TestAGoodRow(t *testing.T) {
	t.Parallel()
	rows, out, sum, err := read(t, campaign(t), "\ufeff"+header+goodRow+",,,,,,,,\n\n")
	if err != nil || len(out) != 0 || len(rows) != 1 {
		t.Fatalf("%v, rejected %+v", err, out)
	}
	r := rows[0]
	if r.Line != 2 || r.ID != "M-1" || r.Phone != "+13125550142" || !cmp.Equal(r.Zones, []string{"America/Denver"}) || r.ZoneFrom != contacts.FromRow ||
		r.Language != "es-US" || r.Consent.Format(time.DateOnly) != "2025-05-01" {
		t.Errorf("the row is %+v", r)
	}
	for name, want := range map[string]string{"first_name": "Dana", "language": "es-US", "price": "129.00", "ends_on": "2026-05-04", "birth_year": "••••"} {
		if got := r.Values[name].String(); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if !sum.BOM || sum.Separator != ',' || sum.Blank != 2 || len(sum.Used) != 9 || len(sum.Ignored) != 0 {
		t.Errorf("the summary is %+v", sum)
	}
}

// TestRejects makes one thing wrong at a time in a good row, and wants the whole message.
func TestRejects(t *testing.T) {
	t.Parallel()
	const (
		number = "a phone number such as +1 212 555 0142"
		date   = "a date such as 2026-05-04"
	)
	c := campaign(t)
	for _, tc := range []struct {
		column, cell             string
		reason                   rules.Reason
		expected, found, mending string
	}{
		{"Mobile", "1.55501E+10", "bad_number", number, `"1.55501E+10"`, "damaged by a spreadsheet: a power of ten was made of it and its last digits are lost; take the numbers from the source again, with the column set to text"},
		{"Mobile", "15550142001.0", "bad_number", number, `"15550142001.0"`, "damaged by a spreadsheet: a decimal number was made of it; set the column to text and export it again"},
		{"Mobile", "", "bad_number", number, `""`, "it is empty: fill it in, or take the row out"},
		{"Mobile", "=HYPERLINK(1)", "bad_number", "a value", `"=HYPERLINK(1)"`, "it is a formula: paste the column as values in the spreadsheet and export it again"},
		{"Mobile", "+cmd|' /C calc'!A0", "bad_number", "a value", `"+cmd|' /C calc'!A0"`, "it is a formula: paste the column as values in the spreadsheet and export it again"},
		{"Mobile", "212 555 0142 x12", "bad_number", "a phone number without an extension", `"212 555 0142 x12"`, "an extension cannot be rung: give a number that reaches the person, or take the row out"},
		{"Mobile", "212 555 0142 / 212 555 0143", "bad_number", "one phone number", `"212 555 0142 / 212 555 0143"`, "there are two numbers in it: keep one of them, or give each a row"},
		{"Mobile", "+1212555", "bad_number", number, `"+1212555"`, "it is too short: digits are missing"},
		{"Mobile", "+1212555014212", "bad_number", number, `"+1212555014212"`, "it is too long: it has digits too many, or two numbers run together"},
		{"Mobile", "555-0142", "bad_number", number, `"555-0142"`, "the area code is missing"},
		{"Mobile", "+1 900 555 0142", "bad_number", "the phone number of a person", `"+1 900 555 0142"`, "it is a premium-rate number"},
		{"Mobile", "+49 180 2 123456", "bad_number", "the phone number of a person", `"+49 180 2 123456"`, "it is a shared-cost number"},
		{"Mobile", "911", "bad_number", number, `"911"`, "it is an emergency number"},
		{"Mobile", "466453", "bad_number", number, `"466453"`, "it is a short code, which cannot be rung from here"},
		{"Mobile", "+1 123 456 7890", "bad_number", number, `"+1 123 456 7890"`, "no area code of +1 begins with 0 or 1"},
		{"Mobile", "+999 123 456 789", "bad_number", number, `"+999 123 456 789"`, "no country has this code"},
		{"Mobile", "call Dana", "bad_number", number, `"call Dana"`, "there are letters in it: write it in digits, with nothing else in the cell"},
		{"Mobile", "4242 4242 4242 4242", "bad_number", "no card number", `"xxxx xxxx xxxx 4242"`, "card numbers must not be in a list: take it out, and out of where it came from"},
		{"First", "#N/A", "bad_value:first_name", "the cell's content", `"#N/A"`, "it is an error of the spreadsheet: mend the formula there and export it again"},
		{"First", "#REF!", "bad_value:first_name", "the cell's content", `"#REF!"`, "it is an error of the spreadsheet: mend the formula there and export it again"},
		{"First", "########", "bad_value:first_name", "the cell's content", `"########"`, "the spreadsheet's column was too narrow and only # were saved: widen it and export it again"},
		{"First", "@SUM(A1)", "bad_value:first_name", "a value", `"@SUM(A1)"`, "it is a formula: paste the column as values in the spreadsheet and export it again"},
		{"First", "-2+3", "bad_value:first_name", "a value", `"-2+3"`, "it is a formula: paste the column as values in the spreadsheet and export it again"},
		{"First", "'=1+1", "bad_value:first_name", "a value", `"'=1+1"`, "it is a formula: paste the column as values in the spreadsheet and export it again"},
		{"First", "Da\x00na", "bad_value:first_name", "text", `"Da\x00na"`, "there is a NUL byte in the cell: the file was damaged on its way, export it again"},
		{"First", "", "missing:first_name", "a text", `""`, "fill it in, or take the row out"},
		{"Born", "1984.0", "bad_value:birth_year", "digits", "••••", "damaged by a spreadsheet: a decimal number was made of it; set the column to text and export it again"},
		{"Born", "1.984E+03", "bad_value:birth_year", "digits", "••••", "damaged by a spreadsheet: a power of ten was made of it; set the column to text and take the values from the source again"},
		{"price", "", "missing:price", "an amount such as 129.00", `""`, "fill it in, or take the row out"},
		{"price", "free", "bad_value:price", "an amount such as 129.00", `"free"`, "it cannot be read as a number: write it in digits, with a point and nothing else in between"},
		{"price", "\"129,00\"", "bad_value:price", "an amount such as 129.00", `"129,00"`, "there is a comma before the cents: write a point"},
		{"price", "€129", "bad_value:price", "an amount such as 129.00", `"€129"`, "it is in another currency: the project's is usd"},
		{"Mobile", "0049 30 1234567", "bad_number", number, `"0049 30 1234567"`, "it begins with 00: write + and the code of its country"},
		{"price", "1.29E+02", "bad_value:price", "an amount such as 129.00", `"1.29E+02"`, "damaged by a spreadsheet: a power of ten was made of it; set the column to text and take the values from the source again"},
		{"ends_on", "46146", "bad_value:ends_on", date, `"46146"`, "it looks like a spreadsheet's serial number: that of 2026-05-04; set the column to a date written YYYY-MM-DD and export it again"},
		{"ends_on", "03/04/2026", "bad_value:ends_on", date, `"03/04/2026"`, "day and month can be meant either way: it is the 4 of March or the 3 of April; write it as YYYY-MM-DD"},
		{"ends_on", "13/04/26", "bad_value:ends_on", date, `"13/04/26"`, "the year has two digits: write it as YYYY-MM-DD"},
		{"ends_on", "2026-02-30", "bad_value:ends_on", date, `"2026-02-30"`, "there is no such day: look at it in the source"},
		{"ends_on", "soon", "bad_value:ends_on", date, `"soon"`, "it cannot be read as a date: write it as YYYY-MM-DD"},
		{"ConsentDate", "4/5/2025", "bad_value:consent", date, `"4/5/2025"`, "day and month can be meant either way: it is the 5 of April or the 4 of May; write it as YYYY-MM-DD"},
		{"ConsentDate", "0025-01-01", "bad_value:consent", date, `"0025-01-01"`, "the year cannot be right: look at it in the source"},
		{"timezone", "America/New_Yrok", "bad_value:timezone", "a time zone such as America/Chicago", `"America/New_Yrok"`, "did you mean America/New_York?"},
		{"timezone", "UTC-5", "bad_value:timezone", "a time zone such as America/Chicago", `"UTC-5"`, "an offset does not say when clocks change there: write a place, as America/New_York, or leave it empty"},
		{"timezone", "the usual", "bad_value:timezone", "a time zone such as America/Chicago", `"the usual"`, "write a name of the IANA list, as America/New_York, or leave it empty"},
		{"language", "fr-FR", "bad_value:language", "a language that the flow speaks: en-US, es-US", `"fr-FR"`, "the flow does not speak it: write one of these, or leave it empty"},
		{"MemberNo", "1.23E+08", "bad_value:id", "an id", `"1.23E+08"`, "damaged by a spreadsheet: a power of ten was made of it; set the column to text and take the ids from the source again"},
	} {
		t.Run(tc.column+" "+tc.cell, func(t *testing.T) {
			names, cells := strings.Split(strings.TrimSpace(header), ","), strings.Split(strings.TrimSpace(goodRow), ",")
			for i, name := range names {
				if name == tc.column {
					cells[i] = tc.cell
				}
			}
			_, out, _, err := read(t, c, header+goodRow+strings.Replace(strings.Join(cells, ","), "M-1,", "M-2,", 1)+"\n")
			if err != nil || len(out) != 1 {
				t.Fatalf("%v, rejected %+v", err, out)
			}
			want := contacts.Reject{Line: 3, Column: tc.column, Reason: tc.reason, Expected: tc.expected, Found: tc.found, Mend: tc.mending}
			if diff := cmp.Diff(want, out[0].Reject); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRowsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	_, out, sum, err := read(t, campaign(t), header+goodRow+"M-2,+12125550143\n"+"M-3,\"x\"y,\n"+"M-4,\"+1212\nM-5,\"Luis\",1\n"+strings.Replace(goodRow, "M-1,+1 (312)", "M-6,+1 (313)", 1))
	if err != nil || sum.Rows != 2 || len(out) != 3 {
		t.Fatalf("%v, %d rows, rejected %+v", err, sum.Rows, out)
	}
	for i, want := range []contacts.Reject{
		{Line: 3, Reason: "bad_row", Expected: "9 cells, as in the header", Found: "2", Mend: "put cells that contain a separator into quotes, and keep a separator for every empty cell"},
		{Line: 4, Reason: "bad_row", Expected: "cells with their quotes closed", Found: "something stands behind a closing quote", Mend: `close the quote, or write a quote inside of a cell twice: ""`},
		{Line: 5, Reason: "bad_row", Expected: "cells with their quotes closed", Found: "the quote of line 5 swallows the lines up to 6", Mend: `close the quote, or write a quote inside of a cell twice: ""`},
	} {
		if diff := cmp.Diff(want, out[i].Reject); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	again := strings.Replace(goodRow, "+1 (312) 555-0142", "312-555-0142", 1)
	broken := strings.Replace(strings.Replace(goodRow, "129.00", "?", 1), "M-1", "M-9", 1)
	_, out, _, err := read(t, campaign(t), header+broken+goodRow+again+strings.Replace(again, "M-1", "M-2", 1))
	if err != nil || len(out) != 3 {
		t.Fatalf("%v, rejected %+v", err, out)
	}
	for i, want := range []contacts.Reject{
		{Line: 4, Column: "MemberNo", Reason: "duplicate", Expected: "an id that is not there yet", Found: `"M-1"`, Mend: "line 3 has the same: take one of them out"},
		{Line: 5, Column: "Mobile", Reason: "duplicate", Expected: "a number that is not there yet", Found: `"312-555-0142"`, Mend: "line 3 has the same: take one of them out"},
	} {
		if diff := cmp.Diff(want, out[i+1].Reject); diff != "" {
			t.Error(diff)
		}
	}
}

// TestFaults are files that cannot be used at all, with the whole message.
func TestFaults(t *testing.T) {
	t.Parallel()
	const save = `save it again as UTF-8: in Excel "CSV UTF-8 (comma delimited)", in LibreOffice "Text CSV" with character set Unicode (UTF-8)`
	const binary = `open it in the spreadsheet and save it as "CSV UTF-8 (comma delimited)"`
	wide := func(text string) string {
		var b strings.Builder
		for _, r := range text {
			b.WriteByte(byte(r))
			b.WriteByte(0)
		}
		return b.String()
	}
	c := campaign(t)
	for name, tc := range map[string]struct{ text, want string }{
		"empty":            {"", "the file is empty; its first line must name the columns"},
		"blank":            {"\ufeff\n\n", "the file is empty; its first line must name the columns"},
		"utf-16 marked":    {"\xff\xfe" + wide(header), `the file is UTF-16 ("Unicode text"), not UTF-8; ` + save},
		"utf-16 unmarked":  {wide(header), `the file is UTF-16 ("Unicode text"), not UTF-8; ` + save},
		"utf-16 big":       {"\xfe\xff\x00M", `the file is UTF-16 ("Unicode text"), not UTF-8; ` + save},
		"latin 1":          {header + strings.Replace(goodRow, "Dana", "Jos\xe9", 1), "line 2, column 3 (First): the file is not UTF-8 but probably Latin-1 or Windows-1252: found byte 0xE9; " + save},
		"windows 1252":     {header + strings.Replace(goodRow, "Dana", "D\x92Arcy", 1), "line 2, column 3 (First): the file is not UTF-8 but probably Windows-1252: found byte 0x92; " + save},
		"workbook":         {"PK\x03\x04...", "the file is a spreadsheet (or a zip archive), not CSV; " + binary},
		"old workbook":     {"\xd0\xcf\x11\xe0...", "the file is an old Excel workbook, not CSV; " + binary},
		"gzip":             {"\x1f\x8b...", "the file is compressed; unpack it first: gunzip"},
		"pdf":              {"%PDF-1.4", "the file is a PDF, not CSV; export the list as CSV from where it is kept"},
		"short old mac":    {strings.ReplaceAll(header+goodRow, "\n", "\r"), "the file's lines end in CR only, as on old Macs; " + save},
		"a web page":       {"\n<html><table>", "the file is a web page or XML, not CSV; " + `open it in the spreadsheet and save it as "CSV UTF-8 (comma delimited)"`},
		"JSON":             {"[{\"phone\":1}]", "the file is JSON (or another format for programs), not CSV; export the list as CSV from where it is kept"},
		"carets":           {strings.ReplaceAll(header, ",", "^"), "line 1: the first line names one column only: found \"MemberNo^Mobile^First^language^Born^pric…\"; name at least the column of the numbers, \"Mobile\"; columns are separated by a comma, a semicolon, a tab or |"},
		"old mac":          {strings.ReplaceAll(header+goodRow+"x", "\n", "\r"), "the file's lines end in CR only, as on old Macs; " + save},
		"same twice":       {"Mobile,First,first\n", `line 1: two columns have the same name: column 2 "First" and column 3 "first"; rename one of them, or take it out`},
		"same folded":      {"Mobile,Ends On,ends_on\n", `line 1: two columns have the same name: column 2 "Ends On" and column 3 "ends_on"; rename one of them, or take it out`},
		"no phone":         {strings.Replace(header, "Mobile", "Mobil", 1), `line 1: there is no column "Mobile" for phone; did you mean "Mobil"? say so under columns: in the campaign file`},
		"no need":          {strings.Replace(header, "price", "cost", 1), `line 1: there is no column "price" for price: found "MemberNo, Mobile, First, language, Born,…"; say under columns: in the campaign file which column it is`},
		"no header":        {"1,+13125550142,Dana\n", `line 1: the first line is not a header: found "1, +13125550142, Dana"; put the names of the columns into the first line`},
		"nul in header":    {"Mob\x00ile,First\n", "line 1: there is a NUL byte in the header; " + save},
		"header's quote":   {"\"Mobile\"x,First\n", `line 1: the header cannot be read: something stands behind a closing quote; close the quote, or write a quote inside of a cell twice: ""`},
		"quote not closed": {header + goodRow + "M-2,\"+1 312\n", `line 3, column 2 (Mobile): a quote is opened and never closed; close the quote, or write a quote inside of a cell twice: ""`},
		"swallowed": {header + goodRow + "M-2,\"+1 312\n" + strings.Repeat(goodRow, 500),
			`line 3, column 2 (Mobile): a quote is opened, and 10,000 bytes later it is not closed: found "+1 312\nM-1,+1 (312) 555-0142,Dana,es-US,…"; close the quote, or write a quote inside of a cell twice: ""`},
		"long cell": {header + strings.Replace(goodRow, "Dana", strings.Repeat("x", 10_001), 1),
			`line 2, column 3 (First): a cell has more than 10,000 bytes: found "` + strings.Repeat("x", 40) + `…"; shorten it, or take the column out`},
		"many columns": {header + strings.Repeat(",", 2001) + "\n", "line 2: a row has more than 2,000 columns; take columns out that are not needed"},
		"long row":     {header + strings.Repeat(strings.Repeat("y", 9000)+",", 200) + "\n", "line 2: a row has more than 1,048,576 bytes; take columns out that are not needed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, _, err := read(t, c, tc.text)
			var fault *contacts.Fault
			if !errors.As(err, &fault) || err.Error() != tc.want {
				t.Errorf("it says\n %v, want\n %s", err, tc.want)
			}
		})
	}
}

// endless gives the same bytes for ever, and counts them.
type endless struct {
	head, tail string
	given      int64
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.head)
	e.head = e.head[n:]
	for n < len(p) {
		n += copy(p[n:], e.tail)
	}
	e.given += int64(n)
	return n, nil
}

// TestLargeCellsAreRefusedEarly never reads far into a cell without end.
func TestLargeCellsAreRefusedEarly(t *testing.T) {
	t.Parallel()
	for name, head := range map[string]string{"plain": header + "M-1,", "quoted": header + goodRow + "M-2,\"", "header": "Mobile,\""} {
		from := &endless{head: head, tail: "0123456789abcdef\""[:16]}
		_, err := contacts.Read(t.Context(), from, contacts.Options{Campaign: campaign(t), Now: now},
			func(contacts.Row) error { return nil }, func(contacts.Reject, []string) error { return nil })
		var fault *contacts.Fault
		if !errors.As(err, &fault) || fault.Line == 0 {
			t.Errorf("%s: %v", name, err)
		}
		if from.given > 1<<18 {
			t.Errorf("%s: %d bytes were read before it was refused", name, from.given)
		}
	}
}

func TestSeparators(t *testing.T) {
	t.Parallel()
	for _, sep := range []string{",", ";", "\t", "|"} {
		for _, first := range []string{"", "sep=" + sep + "\r\n", "\n\n"} {
			if first != "" && sep == "\t" {
				continue
			}
			text := first + strings.ReplaceAll(header+strings.ReplaceAll(goodRow, "Dana", "Dana"), ",", sep)
			rows, out, sum, err := read(t, campaign(t), strings.ReplaceAll(text, "\n", "\r\n"))
			if err != nil || len(rows) != 1 || sum.Separator != rune(sep[0]) {
				t.Errorf("%q: %v, %+v, %+v", text, err, out, sum)
			}
		}
	}
}

func TestFictionalNumbersAreRungAndCounted(t *testing.T) {
	t.Parallel()
	rows, _, sum, err := read(t, campaign(t), header+strings.Replace(goodRow, "+1 (312) 555-0142", "+15550142001", 1))
	if err != nil || len(rows) != 1 || rows[0].Phone != "+15550142001" || !rows[0].Unknown || sum.Unknown != 1 {
		t.Errorf("%v, %+v, %+v", err, rows, sum)
	}
}

func TestIgnoredColumnsAreNamedAndNotUsed(t *testing.T) {
	t.Parallel()
	rows, _, sum, err := read(t, campaign(t), "Score,"+strings.TrimSpace(header)+",\n=1+1,"+strings.TrimSpace(goodRow)+",#N/A\n")
	if err != nil || len(rows) != 1 || !cmp.Equal(sum.Ignored, []string{"Score", "column 11 without a name"}) {
		t.Errorf("%v, %+v", err, sum)
	}
}

// TestRejectedRowsAreSafeAndComeBack writes rejected rows, finds no formula in them, and reads a mended one as a list.
func TestRejectedRowsAreSafeAndComeBack(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	list := header + strings.Replace(goodRow, "129.00", "=1+1", 1) + "\"4242424242424242\",+1 2125550142,@x,\"-2+3\",\"\tz\",1,2,3,4\n"
	var w *contacts.Rejected
	_, err := contacts.Read(t.Context(), strings.NewReader(list), contacts.Options{Campaign: campaign(t), Now: now, Began: func(s contacts.Summary) (err error) {
		w, err = contacts.NewRejected(&file, s)
		return err
	}}, func(contacts.Row) error { return errors.New("a row was taken") }, func(why contacts.Reject, cells []string) error { return w.Write(why, cells) })
	if err != nil {
		t.Fatal(err)
	}
	if n, err := w.Close(); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	want := "line,column,reason,expected,found,how to mend,MemberNo,Mobile,First,language,Born,price,ends_on,timezone,ConsentDate\n" +
		"2,price,bad_value:price,a value,\"\"\"=1+1\"\"\",it is a formula: paste the column as values in the spreadsheet and export it again,M-1,'+1 (312) 555-0142,Dana,es-US,1984,'=1+1,2026-05-04,America/Denver,2025-05-01\n" +
		"3,MemberNo,bad_value:id,no card number,\"\"\"xxxxxxxxxxxx4242\"\"\",\"card numbers must not be in a list: take it out, and out of where it came from\",xxxxxxxxxxxx4242,'+1 2125550142,'@x,'-2+3,'\tz,1,2,3,4\n"
	if diff := cmp.Diff(want, file.String()); diff != "" {
		t.Error(diff)
	}
	rows, out, _, err := read(t, campaign(t), strings.Replace(file.String(), "'=1+1", "129.00", 1))
	if err != nil || len(rows) != 1 || len(out) != 1 || rows[0].Phone != "+13125550142" {
		t.Errorf("mended: %v, %+v, %+v", err, rows, out)
	}
}

// TestRejectedRowsComeBackAgain takes a file of rejected rows as a list twice over: it opens as the list did, and has the
// columns of the rejection once.
func TestRejectedRowsComeBackAgain(t *testing.T) {
	t.Parallel()
	list := "\uFEFF" + strings.ReplaceAll(strings.TrimSpace(header)+",Line\n"+strings.Replace(strings.TrimSpace(goodRow), "129.00", "free", 1)+",7\n", ",", ";")
	for round := range 3 {
		var file strings.Builder
		var w *contacts.Rejected
		_, err := contacts.Read(t.Context(), strings.NewReader(list), contacts.Options{Campaign: campaign(t), Now: now, Began: func(s contacts.Summary) (err error) {
			w, err = contacts.NewRejected(&file, s)
			return err
		}}, func(contacts.Row) error { return errors.New("a row was taken") }, func(why contacts.Reject, cells []string) error { return w.Write(why, cells) })
		if err != nil {
			t.Fatal(round, err)
		}
		if _, err := w.Close(); err != nil {
			t.Fatal(err)
		}
		list = file.String()
		if !strings.HasPrefix(list, "\uFEFFrejected line;column;reason;expected;found;how to mend;MemberNo;") || !strings.Contains(list, "\n2;price;") || strings.Count(list, "mend;") != 1 {
			t.Errorf("round %d:\n%s", round, list)
		}
	}
}

func TestReadEndsWithItsCallers(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	full := func(contacts.Row) error { return boom }
	if _, err := contacts.Read(t.Context(), strings.NewReader(header+goodRow), contacts.Options{Campaign: campaign(t)}, full, nil); !errors.Is(err, boom) {
		t.Error(err)
	}
	if _, err := contacts.Read(t.Context(), io.MultiReader(strings.NewReader(header), failing{boom}), contacts.Options{Campaign: campaign(t)}, full, nil); !errors.Is(err, boom) {
		t.Error(err)
	}
	if _, err := contacts.Read(t.Context(), failing{boom}, contacts.Options{Campaign: campaign(t)}, full, nil); !errors.Is(err, boom) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// FuzzRead gives the reader anything at all: it must neither panic nor lose a row.
func FuzzRead(f *testing.F) {
	for _, text := range []string{goodRow, goodRow + goodRow, "a\n", "\"", "\"\n\n,", "=1,+2,-3\n", strings.Replace(goodRow, "2026-05-04", "46146", 1), "\xff\xfe", "\x00,\x00", ",,,,,,,,\n"} {
		f.Add(header + text)
		f.Add(text)
	}
	c := campaign(f)
	f.Fuzz(func(t *testing.T, text string) {
		var rows, rejects int64
		sum, err := contacts.Read(t.Context(), strings.NewReader(text), contacts.Options{Campaign: c, Now: now, MaxCell: 300}, func(r contacts.Row) error {
			rows++
			if r.Phone == "" || r.ID == "" || len(r.Zones) == 0 || r.Language == "" || len(r.Values) != 5 {
				t.Errorf("half a row: %+v", r)
			}
			return nil
		}, func(why contacts.Reject, _ []string) error {
			rejects++
			if why.Line == 0 || why.Reason == "" || why.Expected == "" || why.Mend == "" || len(why.Found) > 400 {
				t.Errorf("half a reason: %+v", why)
			}
			return nil
		})
		if sum.Rows != rows || sum.Rejected != rejects || sum.Records != rows+rejects {
			t.Errorf("%d rows, %d rejects, but %+v", rows, rejects, sum)
		}
		if err != nil && !errors.As(err, new(*contacts.Fault)) {
			t.Error(err)
		}
		_ = fmt.Sprint(err)
	})
}
