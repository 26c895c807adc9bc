package graph

import (
	"github.com/paydial/paydial/flows"
)

// Kind sorts scenes for the eye. It is never the only sign: the steps of a scene are named in its box.
type Kind string

// What a scene is mostly about. Trouble is the flow's if_error scene; missing is a scene that is named in the
// flow and not written.
const (
	KindTalk    Kind = "talk"
	KindMoney   Kind = "money"
	KindPerson  Kind = "person"
	KindTrouble Kind = "trouble"
	KindMissing Kind = "missing"
)

// Graph is a flow as scenes and the ways between them.
type Graph struct {
	Name      string
	About     string
	Direction string
	Scenes    []*Scene // in file order; the first is the start
	Anytime   []Exit   // what leads away from every menu and question, and from errors
}

// Scene is one box.
type Scene struct {
	Name  string
	Kind  Kind
	Stops []Stop // where the call waits, in order
	Exits []Exit // in file order; exits with one target are merged
	At    flows.Span
}

// Stop is a step that waits for the caller.
type Stop struct {
	Step  string // ID of the step
	Word  string // of the verb, for people: menu, choose language
	Label string // the step's own name, or what it keeps its result as
}

// Exit is one way out of a scene.
type Exit struct {
	Labels []string // endings, keys or a condition; none: the scene simply leads on
	Abouts []string // what a menu says of the key, beside each label; "" where there is nothing to say
	To     string   // a scene, or "" for the end of the call
	AtMost int      // how often it may be taken in a call; 0: always
}

// Ends tells whether the exit is the end of the call.
func (e Exit) Ends() bool { return e.To == "" }

// SVG draws a flow as a picture.
func SVG(f *flows.Flow, o SVGOptions) string { return Of(f).SVG(o) }

// Mermaid writes a flow as a Mermaid flowchart.
func Mermaid(f *flows.Flow) string { return Of(f).Mermaid() }

// Text writes a flow as a list.
func Text(f *flows.Flow) string { return Of(f).Text() }

// scene finds a scene by name; nil if there is none.
func (g *Graph) scene(name string) *Scene {
	for _, s := range g.Scenes {
		if s.Name == name {
			return s
		}
	}
	return nil
}
