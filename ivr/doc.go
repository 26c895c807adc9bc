// Package ivr is the door that Twilio calls at: it checks that a webhook is Twilio's, turns it into one step of
// the caller's flow, does what the flow asks of the outside, and answers with TwiML. Server is its main type;
// routes.go lists every path, turn.go tells the whole story of a turn.
//
// Pure parts decide (request.go reads, payresult.go and input.go translate, render.go draws the TwiML), thin
// parts act (effects.go, callbacks.go). The state of a call lives in sessions, the money in payments.
//
// It must not know how flows are written, how Redis or SQL are spoken to, or whether Twilio or a look-alike is
// calling. It never holds a card number: <Pay> keeps those at Twilio, and digits that look like one in any
// other webhook are dropped in request.go before anything can store or log them.
package ivr
