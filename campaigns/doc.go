// Package campaigns holds what decides whom we may ring. DoNotCall keeps the lists of those who must not be called,
// entered by a key press in a flow, by hand or from a file; Check tries a campaign out on its whole list, without a call
// and without a write, and says who would be rung, who not, and why.
//
// Every entry of a list is a row that exists once, so that writing it again changes nothing; who took somebody off a list
// is kept. The package must not know how a call is made, or how a page shows a list. Below it, contacts reads lists and
// rules judges.
package campaigns
