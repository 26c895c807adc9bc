// Package twiml writes TwiML, the XML that tells Twilio what to do with a call. Response is its main type: fill
// in verbs, call Append with a buffer, send the bytes. It knows every verb this project may answer with, each
// attribute Twilio documents for it, what an attribute may hold, and what may stand inside what.
//
// The same value always gives the same bytes, so an answer can be stored, replayed and compared. A zero field is
// left out; Empty writes an attribute with nothing in it, Zero writes a number 0, and Bool has a third state for
// "not said". Text of strangers cannot break a document: what XML cannot hold becomes U+FFFD.
//
// It must not know HTTP, flows, sessions or payments: it turns values into bytes and nothing else.
package twiml
