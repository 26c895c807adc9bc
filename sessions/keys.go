package sessions

import "time"

// Every key this package writes, with its Redis type and its life. The keys of one call carry {CallSid} as
// hash tag, so that a script can touch all of them on a cluster. The index, the counters and the bundles
// belong to no call and lie in slots of their own.

// callIndexKey is a sorted set: every call by the millisecond it started. Life: Config.TTL after the last
// call began or ended; entries older than that are dropped.
const callIndexKey = "paydial:{calls}:all"

// liveIndexKey is a sorted set: the calls that have not ended, by the millisecond they started. Life: as
// callIndexKey.
const liveIndexKey = "paydial:{calls}:live"

// liveChannel is the pub/sub channel of the live feed; it holds nothing.
const liveChannel = "paydial:live"

// Lives that do not depend on Config.
const (
	countsTTL = 40 * 24 * time.Hour // a month and a bit, for "this month" on the first page
	// freshGrace is added to the lease for the life of a session that never commits its first turn.
	freshGrace = time.Minute
)

// sessionKey is a hash: turn, state, info, lease, until, done, and a:N and f:N (answer and fingerprint of
// turn N) for the last keepAnswers turns. Life: Config.TTL after the last commit.
func sessionKey(call string) string { return "paydial:{" + call + "}:session" }

// eventsKey is a stream: what happened in the call, about the last maxEvents. Life: Config.TTL after the last
// entry or commit.
func eventsKey(call string) string { return "paydial:{" + call + "}:events" }

// effectsKey is a hash: the result of an effect by its ID. Life: Config.TTL after the last entry or commit.
func effectsKey(call string) string { return "paydial:{" + call + "}:effects" }

// bundleKey is a string: the files of one flow version. Life: twice Config.TTL after it was put or a call
// began on it, so that it outlives every call that it was pinned to.
func bundleKey(hash string) string { return "paydial:{bundle:" + hash + "}" }

// countsKey is a hash: counters of one UTC day. Life: countsTTL.
func countsKey(day string) string { return "paydial:{counts:" + day + "}" }
