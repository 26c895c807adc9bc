// Package simulator is a Twilio look-alike: it rings applications, reads the TwiML they answer, listens
// to keys, and serves the REST resources that the official libraries call. Simulator is its main type; it is
// made by New from a Config and serves everything through one http.Handler: Twilio's REST API under
// /2010-04-01 and a control API for phones and scripts under /sim/v1.
//
// It is a network peer and not a mock: it speaks HTTP only, reads TwiML with its own parser (document.go) and
// its own grammar table (grammar.go), and signs with its own HMAC (sign.go), so that a mistake of the
// application and a mistake of its test double cannot cancel out. It must not import the application.
//
// How a call lives here: a call (call.go) is the record; a leg (leg.go) is the goroutine that executes the
// current document, one file per verb (verb_*.go); everything that happens to a leg comes through its mailbox.
// Keys pressed while a Pay is active are handed to the verb and kept nowhere else. What sounds on a leg is kept as a
// list of sounds (soundtrack.go) and rendered when somebody listens; secret keys never become one.
//
// A call that is made over REST waits in the queue (outgoing.go) for its turn before its leg starts. Somebody of the
// crowd (package crowd) may be at its other end: they hear what is said and press keys on the leg's own goroutine
// (leg_crowd.go), so that a crowd costs timers where time passes and nothing where it does not.
package simulator
