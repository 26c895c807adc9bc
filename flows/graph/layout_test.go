package graph

import (
	"fmt"
	"testing"

	"github.com/paydial/paydial/examples"
)

// random makes a graph of data, so that a fuzzer can look for one that is drawn badly.
func random(data []byte) *Graph {
	scenes := 1
	if len(data) > 0 {
		scenes += int(data[0]) % 24
		data = data[1:]
	}
	name := func(n byte) string { return fmt.Sprintf("scene-%d", int(n)%scenes) }
	g := &Graph{Name: "random"}
	for i := range scenes {
		g.Scenes = append(g.Scenes, &Scene{Name: name(byte(i)), Stops: make([]Stop, i%3)})
	}
	for i := 0; i+1 < len(data) && i < 200; i += 2 {
		s := g.Scenes[int(data[i])%scenes]
		e := exit(name(data[i+1]), fmt.Sprint(len(s.Exits)))
		if data[i+1] == 255 {
			e.To = ""
		}
		if data[i] > 200 {
			g.Anytime = append(g.Anytime, e)
			continue
		}
		s.Exits = append(s.Exits, e)
	}
	return g
}

func FuzzLayout(f *testing.F) {
	f.Add([]byte{5, 0, 1, 1, 2, 2, 0, 0, 3, 3, 255, 250, 4})
	f.Add([]byte{23, 0, 22, 0, 1, 1, 2, 2, 3, 3, 22, 5, 6, 6, 5, 201, 9})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		g := random(data)
		checkLayout(t, draw(g))
		svg := g.SVG(SVGOptions{})
		checkSVG(t, "random", svg)
		if svg != random(data).SVG(SVGOptions{}) {
			t.Error("the same graph was drawn in two ways")
		}
	})
}

func TestLayoutOfTheExamples(t *testing.T) {
	t.Parallel()
	g := Of(load(t, examples.BillPayment(), "pay-my-bill"))
	p := draw(g)
	checkLayout(t, p)
	if p.crossings() > 2 {
		t.Errorf("pay-my-bill has %d crossing lines, want at most 2", p.crossings())
	}
	if p.w > 1200 {
		t.Errorf("pay-my-bill is %d pixels wide, want at most 1200", p.w)
	}
	checkLayout(t, draw(nastyGraph()))
}

// checkLayout holds a picture to what makes it readable.
func checkLayout(t *testing.T, p *picture) {
	t.Helper()
	for _, n := range p.nodes {
		if n.x-n.w/2 < 0 || n.x+n.w/2 > p.w || n.y < 0 || n.below() > p.h {
			t.Errorf("%q is outside the picture", n.title)
		}
		for _, e := range n.out {
			if e.to.layer != n.layer+1 || e.to.y <= n.below() {
				t.Errorf("a line from %q does not lead one layer down", n.title)
			}
		}
		right := -n.w / 2
		for _, c := range n.chips {
			if c.dx-c.w/2 < right || c.dx+c.w/2 > n.w/2 {
				t.Errorf("chip %q of %q has no room", c.text, n.title)
			}
			right = c.dx + c.w/2
		}
		if n.kind != nodeBend && textWidth(n.title, titleSize, n.kind == nodeBox) > n.w-padding {
			t.Errorf("%q does not fit its box", n.title)
		}
	}
	for _, layer := range p.layers {
		for i := 1; i < len(layer); i++ {
			if a, b := layer[i-1], layer[i]; a.x+a.w/2+bendGap > b.x-b.w/2 {
				t.Errorf("%q and %q are too near: %d and %d", a.title, b.title, a.x+a.w/2, b.x-b.w/2)
			}
		}
	}
}

func large(scenes int) *Graph {
	g := &Graph{Name: "large"}
	for i := range scenes {
		s := &Scene{Name: fmt.Sprintf("scene-%d", i), Stops: []Stop{{Word: "menu"}}}
		for key := 1; key < 5; key++ {
			s.Exits = append(s.Exits, exit(fmt.Sprintf("scene-%d", (i*key+key)%scenes), fmt.Sprint(key)))
		}
		g.Scenes = append(g.Scenes, s)
	}
	return g
}

func TestHugeFlowNamesMostExits(t *testing.T) {
	t.Parallel()
	p := draw(large(hugeFlow * 4))
	checkLayout(t, p)
	if lines := len(p.edges); lines > hugeFlow*4 {
		t.Errorf("%d lines for %d scenes", lines, hugeFlow*4)
	}
}

func BenchmarkSVG(b *testing.B) {
	for _, scenes := range []int{20, 100, 2000} {
		g := large(scenes)
		b.Run(fmt.Sprint(scenes), func(b *testing.B) {
			for b.Loop() {
				g.SVG(SVGOptions{})
			}
		})
	}
}
