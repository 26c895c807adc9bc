package graph

import (
	"fmt"
	"strings"
)

// Sizes of the picture, in pixels.
const (
	margin      = 24
	titleSize   = 15
	stopSize    = 12
	chipSize    = 12
	padding     = 16 // inside a box, left and right
	headHeight  = 40 // of a box that only has a title
	titleLine   = 25 // from the upper edge to the title's baseline
	stopHeight  = 18
	chipHeight  = 22
	chipPadding = 9
	chipGap     = 6
	smallestBox = 116
	pillHeight  = 28
	longestChip = 26 // characters
	boxGap      = 28 // between two boxes of a layer
	bendGap     = 14 // beside a line that passes a layer
)

// nodeKind tells what a node of the picture is.
type nodeKind int

const (
	nodeBox  nodeKind = iota // a scene
	nodePill                 // a beginning: the call, or anything that can happen at any time
	nodeBend                 // a place where a long line passes a layer
)

// node is something that has a place in the picture. x is its centre, y its upper edge.
type node struct {
	kind   nodeKind
	scene  *Scene // of a box
	title  string
	stops  []string
	chips  []*chip
	w, h   int
	layer  int
	place  int // in its layer, from the left
	x, y   int
	in     []*edge
	out    []*edge
	dashed bool // a pill whose lines are dashed
}

// chipKind tells where a chip leads.
type chipKind int

const (
	chipLine chipKind = iota // along a line to a box further down
	chipBack                 // to a box further up: named instead of drawn
	chipFar                  // to a box elsewhere in a huge flow: named too
	chipSelf                 // to the same box
	chipEnd                  // to the end of the call
)

// chip is one way out of a box. dx is its centre, seen from the centre of the box.
type chip struct {
	kind   chipKind
	exit   Exit
	number int // of the exit in its scene
	text   string
	dx, w  int
}

// edge leads from a node, or one of its chips, to a node further down. A long edge is cut into pieces of one
// layer each; only the last piece has an arrow.
type edge struct {
	from, to *node
	chip     *chip // nil: from the middle of the lower edge
	dashed   bool
}

// port is where the edge leaves its node, seen from the node's centre.
func (e *edge) port() int {
	if e.chip == nil {
		return 0
	}
	return e.chip.dx
}

// newBox makes the box of a scene; kinds says of each exit how it will be drawn.
func newBox(s *Scene, kinds []chipKind) *node {
	n := &node{kind: nodeBox, scene: s, title: shorten(s.Name, 40)}
	for _, stop := range s.Stops {
		n.stops = append(n.stops, shorten(stop.String(), 40))
	}
	if s.Kind == KindMissing {
		n.stops = []string{"is not written"}
	}
	for i, e := range s.Exits {
		if len(s.Exits) == 1 && len(e.Labels) == 0 && kinds[i] == chipLine {
			continue // the only way: a line from the middle says it all
		}
		n.chips = append(n.chips, newChip(e, i, kinds[i]))
	}
	n.measure()
	return n
}

func newChip(e Exit, number int, kind chipKind) *chip {
	text := shorten(strings.Join(e.Labels, ", "), longestChip)
	switch {
	case kind == chipBack:
		text += " ↑ " + shorten(e.To, longestChip)
	case kind == chipFar:
		text += " → " + shorten(e.To, longestChip)
	case kind == chipSelf:
		text += " ↻"
	case kind == chipEnd:
		text += " ■ end"
	case text == "":
		text = "then"
	}
	if e.AtMost > 0 {
		text += fmt.Sprintf(" (%d×)", e.AtMost)
	}
	text = strings.TrimSpace(text)
	return &chip{kind: kind, exit: e, number: number, text: text, w: textWidth(text, chipSize, false) + 2*chipPadding}
}

// measure gives the box its size and its chips their places on the lower edge.
func (n *node) measure() {
	inner := max(smallestBox-2*padding, textWidth(n.title, titleSize, true))
	for _, stop := range n.stops {
		inner = max(inner, textWidth("● "+stop, stopSize, false))
	}
	n.w = max(inner, n.chipRow()) + 2*padding
	n.w += n.w % 2
	n.h = headHeight + len(n.stops)*stopHeight
	if len(n.chips) > 0 {
		n.h += chipHeight / 2 // the chips sit on the lower edge, half of them inside
	}
	n.placeChips()
}

func (n *node) chipRow() int {
	row := -chipGap
	for _, c := range n.chips {
		row += c.w + chipGap
	}
	return row
}

// placeChips puts the chips side by side around the middle of the box.
func (n *node) placeChips() {
	left := -n.chipRow() / 2
	for _, c := range n.chips {
		c.dx = left + c.w/2
		left += c.w + chipGap
	}
}

func newPill(title string, dashed bool, exits []Exit) *node {
	n := &node{kind: nodePill, title: title, dashed: dashed}
	for i, e := range exits {
		kind := chipLine
		if e.Ends() {
			kind = chipEnd
		}
		n.chips = append(n.chips, newChip(e, i, kind))
	}
	n.measure()
	n.h = pillHeight
	if len(n.chips) > 0 {
		n.h += chipHeight / 2
	}
	return n
}

// below is where lines leave the node: under its chips, if it has any.
func (n *node) below() int {
	if len(n.chips) > 0 {
		return n.y + n.h + chipHeight/2
	}
	return n.y + n.h
}

// room is the width a node needs in its layer, with half a gap at each side.
func (n *node) room() int {
	if n.kind == nodeBend {
		return 2 * bendGap
	}
	return n.w + boxGap
}
