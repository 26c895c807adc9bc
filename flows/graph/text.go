package graph

import (
	"fmt"
	"strings"
)

// Text writes the flow as plain text: every scene with what it waits for and where it leads. It says all that
// the picture shows.
func (g *Graph) Text() string {
	var b strings.Builder
	b.WriteString(g.Name)
	if g.About != "" {
		b.WriteString(": " + oneLine(g.About))
	}
	b.WriteString("\n")
	for i, s := range g.Scenes {
		b.WriteString("\n" + s.Name + s.remark(i == 0) + "\n")
		for _, stop := range s.Stops {
			b.WriteString("  waits   " + stop.String() + "\n")
		}
		for _, e := range s.Exits {
			b.WriteString(e.lines(s.Name))
		}
	}
	if len(g.Anytime) > 0 {
		b.WriteString("\nat any time\n")
		for _, e := range g.Anytime {
			b.WriteString(e.lines(""))
		}
	}
	return b.String()
}

func (s *Scene) remark(start bool) string {
	var says []string
	if start {
		says = append(says, "start")
	}
	switch s.Kind {
	case KindMissing:
		says = append(says, "is not written")
	case KindTrouble:
		says = append(says, "after an error")
	}
	if len(says) == 0 {
		return ""
	}
	return " (" + strings.Join(says, ", ") + ")"
}

// String names the stop: "ask account number".
func (s Stop) String() string {
	if s.Label == "" {
		return s.Word
	}
	return s.Word + " " + plain(s.Label)
}

// lines writes an exit, one line for each of its labels.
func (e Exit) lines(from string) string {
	if len(e.Labels) == 0 {
		return "  " + e.leadsTo(from) + "\n"
	}
	var b strings.Builder
	for i, label := range e.Labels {
		if e.Abouts[i] != "" {
			label += ", to " + e.Abouts[i] + ","
		}
		fmt.Fprintf(&b, "  %s %s\n", label, e.leadsTo(from))
	}
	return b.String()
}

func (e Exit) leadsTo(from string) string {
	text := "leads to " + e.To
	switch e.To {
	case "":
		text = "ends the call"
	case from:
		text = "stays here"
	}
	switch {
	case e.AtMost == 1:
		text += ", once in a call"
	case e.AtMost > 1:
		text += fmt.Sprintf(", %d times in a call", e.AtMost)
	}
	return text
}
