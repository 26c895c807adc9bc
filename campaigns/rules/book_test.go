package rules

import (
	"strings"
	"testing"
)

func TestBooksAreWhole(t *testing.T) {
	t.Parallel()
	books, err := Books()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, b := range books {
		names = append(names, b.Name)
		if len(b.Rules) != len(ruleNames) || b.About == "" || len(b.Hash) != 64 || !strings.HasPrefix(b.Stamp(), b.Version+"+") {
			t.Errorf("%s: %d rules, version %q, stamp %q", b.Name, len(b.Rules), b.Version, b.Stamp())
		}
		for _, r := range b.Rules {
			if (r.Source == "") != (r.Link == "") || r.Link != "" && !strings.HasPrefix(r.Link, "https://") {
				t.Errorf("%s: %s has source %q and link %q", b.Name, r.Name, r.Source, r.Link)
			}
		}
	}
	if got := strings.Join(names, " "); got != "reminder us-collection us-renewal" {
		t.Errorf("books: %s", got)
	}
}
