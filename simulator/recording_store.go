package simulator

import (
	"container/heap"
	"slices"
	"sync"
	"time"
)

// Who deleted a recording.
const (
	byREST      = "rest"
	byRetention = "retention"
)

// softDeleted is how long the data of a deleted recording can be seen in an account without PCI Mode:
// https://www.twilio.com/docs/voice/api/recording
const softDeleted = 40 * 24 * time.Hour

// recordings is every recording of the account, the deleted ones too. What is in by is replaced and never changed.
type recordings struct {
	clock clock

	mu    sync.Mutex
	order []string            // the oldest first
	calls map[string][]string // the recordings of each call and each conference
	by    map[string]*recording
	due   expiries
}

func newRecordings(c clock) *recordings {
	return &recordings{clock: c, by: map[string]*recording{}, calls: map[string][]string{}}
}

// lock locks the recordings, once those whose time is over are deleted: nobody sees one longer than that, and no timer
// has to run for it.
func (rs *recordings) lock() {
	rs.mu.Lock()
	rs.expire(rs.clock.now())
}

// put enters recordings that are new.
func (rs *recordings) put(all ...recording) {
	rs.lock()
	defer rs.mu.Unlock()
	sorted := true
	for _, r := range all {
		if n := len(rs.order); n > 0 && r.started.Before(rs.by[rs.order[n-1]].started) {
			sorted = false
		}
		rs.order = append(rs.order, r.sid)
		rs.calls[r.call] = append(rs.calls[r.call], r.sid)
		if r.conference != "" {
			rs.calls[r.conference] = append(rs.calls[r.conference], r.sid)
		}
		rs.set(r)
	}
	if !sorted {
		slices.SortStableFunc(rs.order, func(a, b string) int { return rs.by[a].started.Compare(rs.by[b].started) })
	}
}

// set enters a recording, or replaces it by a changed copy; one that is over, and was begun in PCI Mode, into the queue
// too. mu is held.
func (rs *recordings) set(r recording) {
	if r.pci && !r.live() && !r.watched {
		r.watched = true
		heap.Push(&rs.due, expiry{at: anniversary(r.started), sid: r.sid})
	}
	rs.by[r.sid] = &r
}

// change changes a recording that is being made, and gives it. It reports false, and gives the recording as it is,
// when it is over.
func (rs *recordings) change(sid string, f func(*recording)) (recording, bool) {
	rs.lock()
	defer rs.mu.Unlock()
	r, ok := rs.by[sid]
	if !ok {
		return recording{}, false
	}
	changed := *r
	if !changed.live() {
		return changed, false
	}
	f(&changed)
	rs.set(changed)
	return changed, true
}

// remove deletes a recording that is over as a client asks, and reports false when it is not there, or no longer.
func (rs *recordings) remove(sid string, forGood bool) bool {
	rs.lock()
	defer rs.mu.Unlock()
	r, ok := rs.by[sid]
	if !ok || !r.deleted.IsZero() || r.live() {
		return false
	}
	gone := r.without(byREST, rs.clock.now())
	gone.forGood = forGood || r.pci
	rs.set(gone)
	return true
}

// without is the recording after it was deleted: its sound is gone.
func (r recording) without(by string, at time.Time) recording {
	r.deleted, r.deletedBy, r.sound = at, by, nil
	return r
}

func (rs *recordings) get(sid string) (recording, bool) {
	rs.lock()
	defer rs.mu.Unlock()
	r, ok := rs.by[sid]
	if !ok || !r.deleted.IsZero() {
		return recording{}, false
	}
	return *r, true
}

// getDeleted gives a recording that was deleted and whose data can still be seen.
func (rs *recordings) getDeleted(sid string) (recording, bool) {
	rs.lock()
	defer rs.mu.Unlock()
	r, ok := rs.by[sid]
	if !ok || !r.shows(rs.clock.now()) {
		return recording{}, false
	}
	return *r, true
}

// shows reports whether the recording was deleted and its data can still be seen.
func (r *recording) shows(now time.Time) bool {
	return !r.deleted.IsZero() && !r.forGood && now.Before(r.deleted.Add(softDeleted))
}

// list gives the recordings of a call or a conference, or all when callSID is "", that keep wants, the newest first: the deleted ones
// too. They must not be changed.
func (rs *recordings) list(callSID string, keep func(*recording) bool) []*recording {
	rs.lock()
	defer rs.mu.Unlock()
	var out []*recording
	add := func(r *recording) {
		if keep(r) {
			out = append(out, r)
		}
	}
	if callSID != "" {
		for _, sid := range slices.Backward(rs.calls[callSID]) {
			add(rs.by[sid])
		}
		return out
	}
	for _, sid := range slices.Backward(rs.order) {
		add(rs.by[sid])
	}
	return out
}

// madeOn reports whether the recording is one of the call, or of the conference, with that SID. One of a conference
// has a call too, the first in it, but is not that call's.
func (r *recording) madeOn(sid string) bool {
	return r.conference == sid || r.conference == "" && r.call == sid
}

// of gives the recordings of a call or of a conference that are there, the newest first.
func (rs *recordings) of(sid string) []recording {
	var out []recording
	for _, r := range rs.list(sid, func(r *recording) bool { return r.deleted.IsZero() && r.madeOn(sid) }) {
		out = append(out, *r)
	}
	return out
}

// running gives the recordings of a call or of a conference that are being made.
func (rs *recordings) running(callSID string) []recording {
	return slices.DeleteFunc(rs.of(callSID), func(r recording) bool { return !r.live() })
}
