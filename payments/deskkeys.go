package payments

import "time"

// Every key of the desk, with its Redis type and its life. The keys of one payment carry its ID as hash tag, those of
// one call the call's, so that each script stays in one slot of a cluster.

// assistedTTL outlives the longest call and the day's work, so that a late result still finds the screen it is for.
// What counts is in the ledger.
const assistedTTL = 25 * time.Hour

// assistedKey is a hash: v (version), d (the document as JSON). Life: assistedTTL after the last change.
func assistedKey(id string) string { return "paydial:{" + id + "}:assisted" }

// callDeskKey is a hash: open (ID of the open payment), at (when it was opened, ms), n (payments so far), and k:KEY
// (the payment that a wish with this key led to). Life: assistedTTL after the last payment.
func callDeskKey(call string) string { return "paydial:{" + call + "}:desk" }

// openKey is a sorted set: the payments that are not over, by the millisecond they started. Life: assistedTTL after
// the last one.
const openKey = "paydial:{desk}:open"

// dueKey is a sorted set: the payments that have to be looked at, by the millisecond when. Life: as openKey.
const dueKey = "paydial:{desk}:due"

// handoversKey is a hash: call to handover as JSON. Life: assistedTTL after the last one.
const handoversKey = "paydial:{desk}:handovers"

// deskChannel is the pub/sub channel on which changes are told: "id version call agent", or "- 0 call -" for a
// handover. It holds nothing.
const deskChannel = "paydial:desk"
