// Package phone is the web phone: a page with a keypad that rings a line of the simulator, hears what the line
// says and shows beside it what went over the wire. Handler is its main entry; the page is embedded, made of
// plain HTML, style sheets and ES modules, and needs no build step and nothing from other hosts.
//
// The page talks to the simulator's control API and, where it is told of one, to the app's JSON API, both on
// its own origin. This package must not know either in Go: it hands their paths to the page and serves files.
// Masking is done by whoever answers the page; a key pressed for a payment is sent on and not kept.
package phone
