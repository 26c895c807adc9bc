// Package console is the door that people open: the JSON API under /api/v1 with its live events, and the pages
// at /, /calls, /flows, /campaigns, /dnc, /payments, /recordings and /desk. Console is its main type; routes.go lists every path.
//
// Pages are rendered here with html/template and work without JavaScript; live updates are an addition. What is
// shown comes from sessions (where a call stands, its feed), payments (the ledger), recordings (the index and the archive)
// and campaigns (who is rung, and why). People also act, at the desk and on recordings, campaigns and do-not-call lists:
// each wish is noted in the audit log and then handed to the package that decides what becomes of it.
//
// It must not know Twilio or TwiML, and it never moves a call by itself. There is nothing to mask here: neither
// sessions nor payments has a field that could hold more of a card than its last four digits, and a test holds them
// to that.
package console
