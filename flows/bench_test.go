package flows

import (
	"testing"
)

// BenchmarkAdvanceMenu is a turn at a menu whose way leads through a decision and a sentence with two values of a
// record back to the same menu.
func BenchmarkAdvanceMenu(b *testing.B) {
	p := caller(b).presses("1", "12345678")
	p.now = p.now.In(p.flow.Project.Timezone)
	in := Input{Kind: InputKeys, Keys: "3", Now: p.now}
	b.ReportAllocs()
	for b.Loop() {
		st, sprint, err := p.flow.Advance(p.st, in)
		if err != nil || st.Stop != p.st.Stop || len(sprint.Speech) == 0 {
			b.Fatal(err, st.Stop)
		}
	}
}

// BenchmarkAdvancePlainMenu is a turn that leads from one menu to another and has nothing to work out.
func BenchmarkAdvancePlainMenu(b *testing.B) {
	p := play(b, `
defaults: { gave_up: other }
scenes:
  main: [ { menu: { options: { 1: { to: go on, go: other }, 2: { to: stay, go: main } } } } ]
  other: [ { say: Hello there. }, { menu: { options: { 1: { to: go back, go: main }, 2: { to: stay, go: other } } } } ]
`)
	in := Input{Kind: InputKeys, Keys: "1", Now: p.now}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := p.flow.Advance(p.st, in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAdvanceSilence(b *testing.B) {
	p := caller(b).presses("1")
	in := Input{Kind: InputSilence, Now: p.now}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := p.flow.Advance(p.st, in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMachine(b *testing.B) {
	p := caller(b).presses("1", "12345678")
	n := p.flow.program.nodes[p.st.Stop]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.flow.program.machine.Next(n.state, n.ways["3"].event); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		payMyBill(b)
	}
}
