// Package pace says when the next call may be made. Pace is its main type: one limiter in Redis for all workers and all
// campaigns. It keeps three limits: calls per second of the account, calls per minute of a campaign, and calls at once of
// both; and it spaces calls evenly within them.
//
// The account's limit is never exceeded in any second as Twilio sees it. A call counts from the moment it was allowed,
// through the time nobody knows when Twilio takes it up, until a whole second after Twilio's answer came. So when a call
// is allowed, every other one that Twilio can have taken up in the second before is among those that count, and there are
// fewer than the limit; and the last call of any second was allowed before all that second was over. The one condition is
// that nothing is sent later than Grant.Until. The campaign's limit is kept in any minute in the same way.
//
// It must not know SQL, campaigns or Twilio. It is not the truth about which calls run: Sync brings that to it.
package pace
