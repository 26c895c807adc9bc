// Package campaigns holds what decides whom we may ring. DoNotCall is its main type so far: the people who asked
// not to be called again, entered by a key press in a flow.
//
// Every entry is a row that exists once, so that writing it again changes nothing. The package must not know how
// a call is made, what a flow is, or how a page shows a list.
package campaigns
