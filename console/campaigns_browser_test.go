package console_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// TestImportInTheBrowser looks at a list first, imports it, and keeps the file chosen whatever comes.
func TestImportInTheBrowser(t *testing.T) {
	t.Parallel()
	h, r := openStage(t)
	file := filepath.Join(t.TempDir(), "state.csv")
	if err := os.WriteFile(file, []byte("phone\n+12125550111\n+12125550112\nnobody\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := openTab(t, h, "sam")
	b.open("/dnc")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#import-file"), []string{file}), chromedp.SetValue(chromedp.CSS("#import-list"), "No Such Name!"))
	b.do(chromedp.Click(chromedp.CSS("#import-form button[value=dry]")))
	b.until("document.querySelector('#import-said').textContent.includes('No do-not-call list can have that name')")
	b.do(chromedp.SetValue(chromedp.CSS("#import-list"), "state"))
	b.do(chromedp.Click(chromedp.CSS("#import-form button[value=dry]")))
	b.until("document.querySelector('#import-said').textContent.includes('2 numbers would be added')")
	if lists, err := r.Lists().Lists(t.Context()); err != nil || len(lists) != 0 {
		t.Errorf("to look first has written: %v, %v", lists, err)
	}
	b.do(chromedp.Click(chromedp.CSS("#import-form button[value=import]")))
	b.until("document.querySelector('#import-said').textContent.includes('2 numbers were added; 0 were on the list already, 0 stood there twice, 1 could not be taken')")
	if on, err := r.Lists().Has(t.Context(), "+12125550112", "state"); err != nil || !on {
		t.Errorf("the number is not on the list: %v", err)
	}
	b.open("/dnc?number=%2B12125550112")
	b.until("document.querySelector('#checked').textContent.includes('state.csv')")
}

// TestFieldsOfAFile finds the values of a file that have fields, and changes one without touching anything else.
func TestFieldsOfAFile(t *testing.T) {
	t.Parallel()
	h, _ := openStage(t)
	b := openTab(t, h, "sam")
	b.open("/campaigns/new")
	const text = `campaign: x   # pace: { at_once: 99 }
calling_hours:                      # "on": the clock
  mon-fri: "09:00-19:30"
  closed: [2026-04-10]
pace:
  at_once: 10    # at_once: 11
  per_minute: 30
try_again:
  no_answer: { after: 4h, up_to: 3 }
  call_back:
    after: 2 days
stop_by_itself_if:
  opted_out: more than 5% of people reached   # a comment
limits: { per_person_per_day: 1, per_person_per_week: 3 }
never_call: [company]
`
	evaluate := func(script string, into any) {
		t.Helper()
		raw, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("import('/assets/js/campaign-fields.js').then((m) => JSON.stringify("+script+"))", chromedp.EvalAwaitPromise))
		if err == nil {
			err = json.Unmarshal([]byte(raw), into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var found []string
	evaluate(fmt.Sprintf("m.fieldsOf(%q).map((f) => `${f.group} ${f.path} = ${f.value}`)", text), &found)
	want := []string{
		"when calling_hours › mon-fri = 09:00-19:30", "when pace › at_once = 10", "when pace › per_minute = 30",
		"when try_again › no_answer › after = 4h", "when try_again › no_answer › up_to = 3", "when try_again › call_back › after = 2 days",
		"safety stop_by_itself_if › opted_out = more than 5% of people reached", "safety limits › per_person_per_day = 1", "safety limits › per_person_per_week = 3",
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	for _, tc := range []struct{ path, value, old, new string }{
		{"pace › at_once", "12", "  at_once: 10    # at_once: 11", "  at_once: 12    # at_once: 11"},
		{"calling_hours › mon-fri", "08:00-18:00", `"09:00-19:30"`, `"08:00-18:00"`},
		{"stop_by_itself_if › opted_out", "more than 4% of people reached", "5% of people reached   # a", "4% of people reached   # a"},
		{"try_again › call_back › after", "3 days", "2 days", "3 days"},
	} {
		var got bool
		evaluate(fmt.Sprintf("m.withValue(%q, %q, %q) === %q.replace(%q, %q)", text, tc.path, tc.value, text, tc.old, tc.new), &got)
		if !got {
			t.Errorf("%s: more, or less, was changed than its value", tc.path)
		}
	}
	for _, value := range []string{"", " ", "1 } # x", "a\nb", `"`} {
		var got *string
		evaluate(fmt.Sprintf("m.withValue(%q, 'pace › at_once', %q)", text, value), &got)
		if got != nil {
			t.Errorf("%q was written into the file: %s", value, *got)
		}
	}
}
