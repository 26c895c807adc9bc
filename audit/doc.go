// Package audit keeps the audit log: who did what, when, on which call and payment, and with what result. Log is
// its main type. Lines are only ever added, and each carries the hash of the one before it, so that one which was
// changed, taken out or put in between is found by Verify.
//
// A line never holds a card number: digits that look like one are masked before anything is written. It must not
// know sessions, roles or pages; the words it keeps are chosen by those who write.
package audit
