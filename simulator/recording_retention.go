package simulator

import (
	"container/heap"
	"time"
)

// expiry is when Twilio deletes a recording.
type expiry struct {
	at  time.Time
	sid string
}

// expiries is a heap of them, the earliest first.
type expiries []expiry

func (e expiries) Len() int           { return len(e) }
func (e expiries) Less(i, j int) bool { return e[i].at.Before(e[j].at) }
func (e expiries) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *expiries) Push(x any)        { *e = append(*e, x.(expiry)) }
func (e *expiries) Pop() any {
	old := *e
	last := old[len(old)-1]
	*e = old[:len(old)-1]
	return last
}

// anniversary is when a recording of PCI Mode is a year old: https://www.twilio.com/docs/voice/pci-workflows
func anniversary(t time.Time) time.Time { return t.AddDate(1, 0, 0) }

// expire deletes the recordings whose year is over, each at the moment when it was. mu is held.
func (rs *recordings) expire(now time.Time) {
	for len(rs.due) > 0 && !rs.due[0].at.After(now) {
		e := heap.Pop(&rs.due).(expiry)
		if r := rs.by[e.sid]; r.deleted.IsZero() {
			gone := r.without(byRetention, e.at)
			gone.forGood = true
			rs.set(gone)
		}
	}
}
