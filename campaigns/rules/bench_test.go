package rules

import "testing"

// BenchmarkJudgeAllowed is what campaign check does for each row of a list.
func BenchmarkJudgeAllowed(b *testing.B) {
	c, f := spring(), luis(b)
	f.Past = []Past{{At: f.Now.AddDate(0, 0, -2)}}
	book := open(b, c)
	b.ReportAllocs()
	for b.Loop() {
		if d := book.Judge(c, f); !d.Allowed {
			b.Fatal(d.Reason)
		}
	}
}

// BenchmarkJudgeTooEarly adds the search for the next moment.
func BenchmarkJudgeTooEarly(b *testing.B) {
	c, f := spring(), luis(b)
	f.Zones = []string{"America/Denver", "America/Chicago"}
	f.Now = at(b, "America/Denver", "2026-04-04 17:00")
	book := open(b, c)
	b.ReportAllocs()
	for b.Loop() {
		if d := book.Judge(c, f); d.Reason != OutsideHours {
			b.Fatal(d.Reason)
		}
	}
}
