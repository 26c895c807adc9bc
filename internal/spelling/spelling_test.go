package spelling

import "testing"

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"abc", "acb", 1}, {"ca", "abc", 3}, {"kitten", "sitting", 3}, {"ñandú", "nandu", 2}} {
		if got := Distance(c.a, c.b, 9); got != c.want {
			t.Errorf("%s to %s: got %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Distance(c.b, c.a, 9); got != c.want {
			t.Errorf("%s to %s: got %d, want %d", c.b, c.a, got, c.want)
		}
	}
	if got := Distance("a", "abcdef", 3); got <= 3 {
		t.Errorf("far away: got %d", got)
	}
}
