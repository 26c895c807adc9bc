package graph

import (
	"fmt"
	"strings"
)

// Mermaid writes the flow as a Mermaid flowchart. Names go into ids only as letters, digits and underscores, and
// into labels with every other character as an entity, so that no name can break the chart.
func (g *Graph) Mermaid() string {
	m := &mermaid{graph: g, ids: map[string]string{}}
	m.line("flowchart TD")
	m.line("  accTitle: %s", accessible(g.Name))
	if about := accessible(g.About); about != "" {
		m.line("  accDescr: %s", about)
	}
	for i, s := range g.Scenes {
		m.node(s, i == 0)
	}
	ends := false
	for _, s := range g.Scenes {
		for _, e := range s.Exits {
			m.edge(m.id(s.Name), e, "-->")
			ends = ends || e.Ends()
		}
	}
	if len(g.Anytime) > 0 {
		m.line(`  anytime[/"at any time"/]:::trouble`)
		for _, e := range g.Anytime {
			m.edge("anytime", e, "-.->")
			ends = ends || e.Ends()
		}
	}
	if ends {
		m.line(`  over((("end")))`)
	}
	m.line("  classDef money stroke:#15803d,stroke-width:2px")
	m.line("  classDef person stroke:#1d4ed8,stroke-width:2px")
	m.line("  classDef trouble stroke:#b45309,stroke-dasharray:4 3")
	m.line("  classDef missing stroke:#b91c1c,stroke-dasharray:2 3")
	return m.out.String()
}

type mermaid struct {
	graph *Graph
	ids   map[string]string // by scene
	out   strings.Builder
}

func (m *mermaid) line(format string, args ...any) { fmt.Fprintf(&m.out, format+"\n", args...) }

func (m *mermaid) node(s *Scene, start bool) {
	label := entities(s.Name)
	for _, stop := range s.Stops {
		label += "<br/>● " + entities(stop.String())
	}
	if s.Kind == KindMissing {
		label += "<br/>" + entities("is not written")
	}
	form := `  %s["%s"]`
	if start {
		form = `  %s(["%s"])`
	}
	line := fmt.Sprintf(form, m.id(s.Name), label)
	if s.Kind != "" && s.Kind != KindTalk {
		line += ":::" + string(s.Kind)
	}
	m.line("%s", line)
}

func (m *mermaid) edge(from string, e Exit, arrow string) {
	label := strings.Join(e.Labels, " / ")
	if e.AtMost > 0 {
		label = strings.TrimSpace(fmt.Sprintf("%s (up to %d)", label, e.AtMost))
	}
	if label != "" {
		arrow += `|"` + entities(label) + `"|`
	}
	to := "over"
	if !e.Ends() {
		to = m.id(e.To)
	}
	m.line("  %s %s %s", from, arrow, to)
}

// id is a scene's id: its name with anything unusual replaced, behind a prefix that keeps it off Mermaid's own
// words, and with a number where two names would meet.
func (m *mermaid) id(scene string) string {
	if id, ok := m.ids[scene]; ok {
		return id
	}
	id := "s_" + strings.Map(func(r rune) rune {
		if isPlain(r) {
			return r
		}
		return '_'
	}, scene)
	taken := map[string]bool{}
	for _, other := range m.ids {
		taken[other] = true
	}
	unique := id
	for n := 2; taken[unique]; n++ {
		unique = fmt.Sprintf("%s_%d", id, n)
	}
	m.ids[scene] = unique
	return unique
}

func isPlain(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// entities writes text for a quoted label. Mermaid reads #NN; as a character, also where HTML is not.
func entities(text string) string {
	var b strings.Builder
	for _, r := range oneLine(text) {
		if isPlain(r) || strings.ContainsRune(" .,-_/?!", r) || r > 0x7f {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}

// accessible writes text for accTitle and accDescr, which end with the line and know no entities.
func accessible(text string) string {
	return oneLine(strings.Map(func(r rune) rune {
		if isPlain(r) || strings.ContainsRune(" .,-_/?!()'", r) || r > 0x7f {
			return r
		}
		return ' '
	}, text))
}
