package recordings

import (
	"fmt"

	"github.com/paydial/paydial/internal/machine"
)

// event is what happens to a recording.
type event string

// What Twilio tells of a recording.
const (
	eventRuns      event = "runs"
	eventPauses    event = "pauses"
	eventStops     event = "stops"
	eventCompletes event = "completes"
	eventAbsent    event = "absent"  // nothing was recorded
	eventListed    event = "listed"  // Twilio has it, though it was thought to be gone
	eventLost      event = "lost"    // gone at Twilio, and there is no copy of ours
	eventExpires   event = "expires" // the same, and Twilio's year was over
)

// What a worker does.
const (
	eventClaim   event = "claim"   // copying begins
	eventStored  event = "stored"  // the copy is in the archive
	eventMatches event = "matches" // it was read back and is the same
	eventDiffers event = "differs" // it is not, and has to be made anew
	eventBroken  event = "broken"  // copying failed; later again
	eventHold    event = "hold"
	eventRelease event = "release"
	eventDelete  event = "delete" // a deletion is decided
	eventKept    event = "kept"   // Twilio's copy is deleted, or none is; ours stays
	eventLeft    event = "left"   // ours is deleted, or there was none; Twilio's stays
	eventDone    event = "done"   // no copy is left
)

// states are all there are, in the order of a life.
func states() []State {
	return []State{Running, Paused, Processing, Completed, Archiving, Archived, Verified, Held, Deleting, Deleted, Failed, Expired}
}

// over tells whether nothing more happens to a recording by itself.
func (s State) over() bool { return s == Deleted || s == Failed || s == Expired }

// table says which state follows which. What it does not have does not happen: a callback that comes late moves nothing
// back, and a recording is deleted only from a state in which that was decided.
func table() []machine.Transition {
	var all []machine.Transition
	add := func(e event, to State, from ...State) {
		for _, f := range from {
			all = append(all, machine.Transition{From: string(f), Event: string(e), To: string(to)})
		}
	}
	live := []State{Running, Paused, Processing}
	add(eventRuns, Running, Running, Paused)
	add(eventPauses, Paused, Running, Paused)
	add(eventStops, Processing, live...)
	add(eventCompletes, Completed, live...)
	add(eventAbsent, Failed, live...)
	add(eventListed, Completed, Failed, Expired, Deleted)

	add(eventClaim, Archiving, Completed)
	add(eventStored, Archived, Archiving)
	add(eventMatches, Verified, Archived)
	add(eventDiffers, Completed, Archived, Verified, Held, Deleting)
	add(eventBroken, Completed, Archiving)

	add(eventHold, Held, Verified)
	add(eventRelease, Verified, Held)
	add(eventDelete, Deleting, Completed, Verified, Held)
	add(eventKept, Verified, Deleting)
	add(eventLeft, Completed, Deleting)
	add(eventDone, Deleted, Deleting, Completed) // completed: ours had been kept for its time, and Twilio's is gone

	add(eventLost, Failed, Running, Paused, Processing, Completed, Archiving, Deleting)
	add(eventExpires, Expired, Running, Paused, Processing, Completed, Archiving, Deleting)
	return all
}

func newMachine() (*machine.Machine, error) {
	m, err := machine.New(string(Running), table())
	if err != nil {
		return nil, fmt.Errorf("states of a recording: %w", err)
	}
	return m, nil
}

// move moves a row; false when its state does not have the event.
func (r *Recordings) move(w *row, e event) bool {
	to, err := r.machine.Next(string(w.State), string(e))
	if err != nil {
		return false
	}
	w.State = State(to)
	return true
}

// must moves a row by an event that its state has to have.
func (r *Recordings) must(w *row, e event) error {
	if !r.move(w, e) {
		return fmt.Errorf("recording %s is %s: it cannot have the event %s", w.SID, w.State, e)
	}
	return nil
}
