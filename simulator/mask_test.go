package simulator

import "testing"

// FuzzMaskQuick holds the quick looks at a text against the slow ones: what they pass over holds no number.
func FuzzMaskQuick(f *testing.F) {
	for _, text := range []string{
		"", "4242424242424242", "4242 4242 4242 4242", "42-42-42-42-42-42", "424242424242", "42424242424", "4242  4242 4242 4242", "4242 - 4242", "x4242424242424242",
		"four two four two four two four two", "Four, two. four-two\tfour two\nFOUR two", "four two four two four two four", "one two (three) four five six seven eight nine",
		"double four triple oh zero one six seven eight nine", "one \u017fix one \u017fix one \u017fix one \u017fix", "\u00e9one two three four five six seven eight", "1one two three four five six seven eight nine",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if spokenRun.MatchString(text) && !maybeSpoken(text) {
			t.Errorf("a number that is said is passed over: %q", text)
		}
		if cardRun.MatchString(text) && !maybeKeyed(text) {
			t.Errorf("a number that is keyed is passed over: %q", text)
		}
	})
}
