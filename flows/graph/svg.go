package graph

import (
	"fmt"
	"html"
	"strings"
)

// SVGOptions say how an SVG is drawn. The zero SVGOptions make a file that stands alone.
type SVGOptions struct {
	Href    func(scene string) string // where a box links to; nil or "": nowhere
	Current string                    // the scene to mark as the current step
	Here    map[string]int            // callers in each scene now
	// Inline leaves out the style element, for a page that serves CSS in its own style sheet: a strict
	// content security policy would refuse the element.
	Inline bool
}

// SVG draws the flow. The picture has no script and loads nothing; it follows the reader's light or dark theme.
func (g *Graph) SVG(o SVGOptions) string {
	p := draw(g)
	s := &svg{options: o, picture: p, prefix: "flow-" + idPart(g.Name)}
	s.open()
	for _, n := range p.nodes {
		if n.kind != nodeBend {
			s.lines(n)
		}
	}
	for _, n := range p.nodes {
		switch n.kind {
		case nodeBox:
			s.box(n)
		case nodePill:
			s.pill(n)
		}
	}
	s.out.WriteString("</svg>\n")
	return s.out.String()
}

type svg struct {
	options SVGOptions
	picture *picture
	prefix  string // of every id: two pictures may share a page
	out     strings.Builder
}

func (s *svg) line(format string, args ...any) { fmt.Fprintf(&s.out, format+"\n", args...) }

func (s *svg) open() {
	p, role := s.picture, "img"
	if s.options.Href != nil {
		role = "group" // an img would hide its links
	}
	s.line(`<svg xmlns="http://www.w3.org/2000/svg" class="flowgraph" width="%d" height="%d" viewBox="0 0 %d %d" role="%s" `+
		`aria-labelledby="%s-title %s-desc">`, p.w, p.h, p.w, p.h, role, s.prefix, s.prefix)
	s.line(`<title id="%s-title">%s</title>`, s.prefix, html.EscapeString("Flow "+p.graph.Name))
	s.line(`<desc id="%s-desc">%s</desc>`, s.prefix, html.EscapeString(p.graph.summary()))
	if !s.options.Inline {
		s.line("<style>\n%s</style>", CSS())
		s.line(`<rect class="ground" width="100%%" height="100%%"/>`)
	}
	s.line(`<defs>`)
	for _, name := range []string{"arrow", "arrow-soft"} {
		s.line(`<marker id="%s-%s" class="%s" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="8" markerHeight="8" `+
			`orient="auto"><path d="M1 1 9 5 1 9 3 5z"/></marker>`, s.prefix, name, name)
	}
	s.line(`</defs>`)
}

// summary says in a sentence what the picture shows; the list says it all.
func (g *Graph) summary() string {
	text := oneLine(g.About)
	if text != "" && !strings.HasSuffix(text, ".") {
		text += "."
	}
	if len(g.Scenes) == 0 {
		return strings.TrimSpace(text + " It has no scenes.")
	}
	return strings.TrimSpace(fmt.Sprintf("%s %d scenes, beginning with %s.", text, len(g.Scenes), g.Scenes[0].Name))
}

// lines draws every line that begins at a node, each through its bends to its end.
func (s *svg) lines(n *node) {
	for _, e := range n.out {
		var d strings.Builder
		x, y := n.x+e.port(), n.below()
		fmt.Fprintf(&d, "M%d %d", x, y)
		for {
			curve(&d, x, y, e.to.x, e.to.y-arrowRoom(e.to))
			if e.to.kind != nodeBend {
				break
			}
			x, y = e.to.x, e.to.y+e.to.h
			fmt.Fprintf(&d, "V%d", y)
			e = e.to.out[0]
		}
		class, arrow := "line", "arrow"
		if e.dashed {
			class, arrow = "line soft", "arrow-soft"
		}
		s.line(`<path class="%s" d="%s" marker-end="url(#%s-%s)"/>`, class, d.String(), s.prefix, arrow)
	}
}

// arrowRoom leaves the arrow's point outside the box.
func arrowRoom(n *node) int {
	if n.kind == nodeBend {
		return 0
	}
	return 2
}

// curve draws on from x, y to x2, y2: it leaves and arrives upright.
func curve(d *strings.Builder, x, y, x2, y2 int) {
	if x == x2 {
		fmt.Fprintf(d, "V%d", y2)
		return
	}
	bow := (y2 - y) * 11 / 20
	fmt.Fprintf(d, "C%d %d %d %d %d %d", x, y+bow, x2, y2-bow, x2, y2)
}

func (s *svg) box(n *node) {
	name, left := n.scene.Name, n.x-n.w/2
	href := ""
	if s.options.Href != nil && n.scene.Kind != KindMissing {
		href = s.options.Href(name)
	}
	current := ""
	if name == s.options.Current && name != "" {
		current = ` aria-current="step"`
	}
	s.line(`<g id="%s-%s" class="scene %s">`, s.prefix, idPart(name), n.scene.Kind)
	if href != "" {
		s.line(`<a href="%s"%s>`, html.EscapeString(href), current)
		current = ""
	}
	s.line(`<g%s><title>%s</title>`, current, html.EscapeString(name+n.scene.remark(false)))
	s.line(`<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="10"/>`, left, n.y, n.w, n.h)
	s.line(`<path class="band" d="M%d %dv%d"/>`, left+6, n.y+10, n.h-20)
	y := n.y + titleLine
	s.line(`<text class="name" x="%d" y="%d">%s</text>`, left+padding, y, html.EscapeString(n.title))
	for _, stop := range n.stops {
		y += stopHeight
		s.line(`<text class="stop" x="%d" y="%d"><tspan class="dot">●</tspan> %s</text>`, left+padding, y, html.EscapeString(stop))
	}
	s.here(n)
	s.line(`</g>`)
	if href != "" {
		s.line(`</a>`)
	}
	s.chips(n)
	s.line(`</g>`)
}

// here shows how many callers are in the scene now, on the box's upper right corner.
func (s *svg) here(n *node) {
	callers := s.options.Here[n.scene.Name]
	if callers <= 0 {
		return
	}
	text := fmt.Sprint(callers)
	w := textWidth(text, chipSize, true) + 2*chipPadding
	x := n.x + n.w/2 - w + 8
	s.line(`<g class="here"><title>%s</title>`, counted(callers, "caller here now", "callers here now"))
	s.line(`<rect x="%d" y="%d" width="%d" height="20" rx="10"/>`, x, n.y-10, w)
	s.line(`<text x="%d" y="%d">%s</text></g>`, x+w/2, n.y+4, text)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (s *svg) pill(n *node) {
	soft := ""
	if n.dashed {
		soft = " soft"
	}
	s.line(`<g class="begin%s">`, soft)
	s.line(`<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="14"/>`, n.x-n.w/2, n.y, n.w, n.h)
	s.line(`<text class="stop" x="%d" y="%d" text-anchor="middle">%s</text>`, n.x, n.y+18, html.EscapeString(n.title))
	s.chips(n)
	s.line(`</g>`)
}

// chips draws the ways out on the lower edge. One that names a box is a link to it.
func (s *svg) chips(n *node) {
	classes := map[chipKind]string{chipLine: "chip", chipBack: "chip back", chipFar: "chip back", chipSelf: "chip self", chipEnd: "chip end"}
	for _, c := range n.chips {
		x, y := n.x+c.dx, n.y+n.h-chipHeight/2
		link := (c.kind == chipBack || c.kind == chipFar) && s.options.Href != nil
		if link {
			s.line(`<a href="#%s-%s">`, s.prefix, idPart(c.exit.To))
		}
		s.line(`<g class="%s"><title>%s</title>`, classes[c.kind], html.EscapeString(c.says(n)))
		s.line(`<rect x="%d" y="%d" width="%d" height="%d" rx="%d"/>`, x-c.w/2, y, c.w, chipHeight, chipHeight/2)
		s.line(`<text x="%d" y="%d">%s</text></g>`, x, y+15, html.EscapeString(c.text))
		if link {
			s.line(`</a>`)
		}
	}
}

// says is the chip's exit in full, as in the list.
func (c *chip) says(n *node) string {
	from := ""
	if n.scene != nil {
		from = n.scene.Name
	}
	lines := strings.Split(strings.TrimSpace(c.exit.lines(from)), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "; ")
}

// idPart makes a name fit for an id: letters and digits stay, anything else becomes its number.
func idPart(name string) string {
	var b strings.Builder
	for _, r := range name {
		if isPlain(r) || r == '-' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "_%x_", r)
		}
	}
	return b.String()
}
