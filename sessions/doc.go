// Package sessions keeps a caller's place in Redis: one turn at a time, a repeated turn answered with the
// same bytes, and a live feed of what happens. Store is its main type.
//
// A turn is two round trips. Begin loads the session and takes the lease of the call for one turn, or says
// why not: the turn was answered before (Replay), is not where the call stands (Stale), is being answered by
// somebody else (Busy), or belongs to a call nobody knows (Unknown). Commit writes the new place, the answer
// and the events at once, and only for the holder of the lease: an owner that slept past the end of its lease
// and was overtaken gets ErrLeaseLost, so of any number of simultaneous copies exactly one takes effect.
//
//	begun, err := store.Await(ctx, callSID, n)  // Begin, and waiting for the winner where it is Busy
//	if begun.Verdict == sessions.Run {
//		... decide, run effects, render ...
//		err = store.Commit(context.WithoutCancel(ctx), begun.Lease, sessions.Commit{State: state, Answer: twiml})
//	}
//
// It must not know flows, TwiML or HTTP: the state of a flow and the answer to Twilio are opaque bytes here.
// It never keeps what happened for good: that is SQL's part; everything here has an end to its life.
package sessions
