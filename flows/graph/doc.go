// Package graph draws a flow: as an SVG picture with a layout of its own, as Mermaid for a page that renders
// it, and as a plain list that says the same without a picture. Graph is its main type, made by Of from a
// flow; SVG, Mermaid and Text are its three forms, and functions of the same names go there in one step.
//
// A scene is a box, and every way out of it is a chip on its lower edge: a key, an ending, a condition. The
// same flow always gives the same bytes. It must not know calls, pages or HTTP: who is in a scene now, and
// where a link leads, is handed in.
package graph
