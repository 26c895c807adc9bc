// Package backoffice is the billing system of the demo line: a few accounts that can be looked up, and a book
// of payments that takes each Idempotency-Key once. Office is its main type; it serves everything below
// /demo/billing through one http.Handler, made by New.
//
// It plays the part of somebody else's service, so it must not know flows, calls or anything else of ours. It
// is stateless where a demo wants it: a payment is answered and remembered for its key, but no balance changes,
// so that the same account can be paid again and again. Some accounts fail or are slow on purpose.
package backoffice
