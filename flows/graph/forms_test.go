package graph

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
)

// nasty are names that would break a careless writer.
var nasty = []string{`a"b]|c`, "end", "graph", "<script>alert(1)</script>", "x & y", "a;b", "`md`", "#35;", "", "a_b", "a-b", "ñandú 日本", "%%", "a\nb", "]]>"}

func nastyGraph() *Graph {
	g := &Graph{Name: nasty[0], About: strings.Join(nasty, " "), Anytime: []Exit{exit(nasty[3], nasty...)}}
	for i, name := range nasty {
		s := &Scene{Name: name, Stops: []Stop{{Word: name, Label: name}}}
		s.Exits = append(s.Exits, exit(nasty[(i+1)%len(nasty)], nasty[i]), exit(nasty[(i+5)%len(nasty)], nasty[i]), exit("", nasty...))
		g.Scenes = append(g.Scenes, s)
	}
	return g
}

func exit(to string, labels ...string) Exit {
	return Exit{To: to, Labels: labels, Abouts: make([]string, len(labels))}
}

func TestMermaidCannotBeBroken(t *testing.T) {
	t.Parallel()
	const id, text = `(s_[A-Za-z0-9_]*|anytime|over)`, `"[^"\[\]{}|<>` + "`" + `]*(<br/>[^"\[\]{}|<>` + "`" + `]*)*"`
	legal := regexp.MustCompile(`^(flowchart TD|  acc(Title|Descr): [^{}<>"#;]*|  ` + id + `(\(\[` + text + `\]\)|\[` + text + `\]|\[/` + text +
		`/\]|\(\(\(` + text + `\)\)\))(:::[a-z]+)?|  ` + id + ` (-->|-\.->)(\|` + text + `\|)? ` + id + `|  classDef [a-z]+ [a-z0-9#:,. -]+)$`)
	for _, line := range strings.Split(strings.TrimSpace(nastyGraph().Mermaid()), "\n") {
		if !legal.MatchString(line) {
			t.Errorf("Mermaid would stumble over %q", line)
		}
	}
}

func TestMermaidIDsAreDifferent(t *testing.T) {
	t.Parallel()
	m := &mermaid{ids: map[string]string{}}
	seen := map[string]string{}
	for _, name := range append(nasty, "a_b_2", "a+b") {
		id := m.id(name)
		if other, taken := seen[id]; taken {
			t.Errorf("%q and %q are both %s", name, other, id)
		}
		seen[id] = name
		if m.id(name) != id {
			t.Errorf("%q changed its id", name)
		}
	}
}

func TestSVGIsSound(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]SVGOptions{
		"alone":  {},
		"inline": {Inline: true},
		"linked": {Href: func(s string) string { return `/flows/x?scene="` + s }, Current: "end", Here: map[string]int{"end": 1, "graph": 20}},
	} {
		svg := nastyGraph().SVG(o)
		checkSVG(t, name, svg)
		if strings.Contains(svg, "<style>") == o.Inline {
			t.Errorf("%s: the style element is there when it should not be, or the other way round", name)
		}
	}
}

func TestSVGMarksAndLinks(t *testing.T) {
	t.Parallel()
	g := &Graph{Name: "f", Scenes: []*Scene{
		{Name: "a", Exits: []Exit{exit("b", "1"), exit("gone", "2")}}, {Name: "b", Exits: []Exit{exit("a", "again")}}, {Name: "gone", Kind: KindMissing},
	}}
	svg := g.SVG(SVGOptions{Href: func(s string) string { return "/s/" + s }, Current: "b", Here: map[string]int{"a": 2, "b": 1}})
	for _, want := range []string{
		`role="group"`, `<a href="/s/b" aria-current="step">`, `<a href="/s/a">`, "2 callers here now", "1 caller here now",
		`<a href="#flow-f-a">`, "again ↑ a", "is not written", "<title>again leads to a</title>",
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
	if strings.Contains(svg, "/s/gone") {
		t.Error("a scene that is not written has a link")
	}
	plain := g.SVG(SVGOptions{Current: "b"})
	for _, want := range []string{`role="img"`, `<g aria-current="step">`} {
		if !strings.Contains(plain, want) {
			t.Errorf("the picture without links lacks %q", want)
		}
	}
	if strings.Contains(plain, "<a ") {
		t.Error("the picture without links has one")
	}
}

// checkSVG reads the picture as XML and looks for what must never be in one: scripts, things to load, an id that
// is there twice, an aria or url reference to nothing.
func checkSVG(t *testing.T, name, svg string) {
	t.Helper()
	ids, refs := map[string]bool{}, map[string]bool{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%s: not well-formed: %v", name, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local == "script" || start.Name.Local == "image" || start.Name.Local == "foreignObject" {
			t.Errorf("%s: there is a %s in the picture", name, start.Name.Local)
		}
		for _, a := range start.Attr {
			switch {
			case a.Name.Local == "id" && ids[a.Value]:
				t.Errorf("%s: id %q is there twice", name, a.Value)
			case a.Name.Local == "id":
				ids[a.Value] = true
			case a.Name.Local == "aria-labelledby":
				for _, ref := range strings.Fields(a.Value) {
					refs[ref] = true
				}
			case strings.HasPrefix(a.Value, "url(#"):
				refs[strings.TrimSuffix(a.Value[5:], ")")] = true
			case a.Name.Local == "href" && strings.HasPrefix(a.Value, "#"):
				refs[a.Value[1:]] = true
			case strings.HasPrefix(a.Name.Local, "on"):
				t.Errorf("%s: there is a script in %s", name, a.Name.Local)
			}
		}
	}
	for ref := range refs {
		if !ids[ref] {
			t.Errorf("%s: nothing has the id %q", name, ref)
		}
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in   string
		most int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"", 3, ""}, {"ññññ", 3, "ññ…"}} {
		if got := shorten(tc.in, tc.most); got != tc.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", tc.in, tc.most, got, tc.want)
		}
	}
}

func TestEmptyGraph(t *testing.T) {
	t.Parallel()
	g := &Graph{Name: "empty"}
	checkSVG(t, "empty", g.SVG(SVGOptions{}))
	if got := g.Text(); got != "empty\n" {
		t.Errorf("list of an empty flow: %q", got)
	}
	if got := g.Mermaid(); !strings.HasPrefix(got, "flowchart TD\n") {
		t.Errorf("Mermaid of an empty flow: %q", got)
	}
}

func TestListSaysWhatThePictureShows(t *testing.T) {
	t.Parallel()
	g := nastyGraph()
	list := g.Text()
	for _, s := range g.Scenes {
		if !strings.Contains(list, s.Name) {
			t.Errorf("the list lacks the scene %q", s.Name)
		}
	}
	if want := fmt.Sprintf("  %s leads to %s\n", nasty[2], nasty[3]); !strings.Contains(list, want) {
		t.Errorf("the list lacks %q", want)
	}
}
