package simulator

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// calls is every call of the simulator, by SID and in the order they were made. The lists are never changed in place,
// only added to, so that a copy of their header is a snapshot.
type calls struct {
	mu    sync.Mutex
	last  int // number of the newest call
	order []*call
	to    map[string][]*call // the same, by whom they ring
	by    map[string]*call
	made  []*call        // over REST; those that were deleted too
	rung  map[string]int // how many of these have begun to ring each number
	ended []*call        // whose details are still kept, the oldest first
	keep  int            // how many these are at most
}

// maxDetailed is how many ended calls keep their events and webhooks when nothing else is said; of older ones only the
// record stays.
const maxDetailed = 2000

func newCalls(keep int) *calls {
	if keep == 0 {
		keep = maxDetailed
	}
	return &calls{by: map[string]*call{}, to: map[string][]*call{}, rung: map[string]int{}, keep: max(keep, 0)}
}

func (cs *calls) add(c *call) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.last++
	c.n = cs.last
	cs.order = append(cs.order, c)
	cs.to[c.to] = append(cs.to[c.to], c)
	cs.by[c.sid] = c
	if c.direction == outboundAPI {
		cs.made = append(cs.made, c)
	}
}

func (cs *calls) get(sid string) (*call, bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	c, ok := cs.by[sid]
	return c, ok
}

func (cs *calls) remove(c *call) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.by, c.sid)
	cs.order = without(cs.order, c)
	cs.to[c.to] = without(cs.to[c.to], c)
}

// without is a new list that lacks c.
func without(list []*call, c *call) []*call {
	return slices.DeleteFunc(slices.Clone(list), func(o *call) bool { return o == c })
}

// all gives the calls to a number, or all of them for "", the oldest first.
func (cs *calls) all(to string) []*call {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if to != "" {
		return cs.to[to]
	}
	return cs.order
}

// outbound gives the calls that were made over REST after the one with the given number, the oldest first. Deleted
// ones are among them.
func (cs *calls) outbound(after int) []*call {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	at, _ := slices.BinarySearchFunc(cs.made, after+1, func(c *call, n int) int { return c.n - n })
	return cs.made[at:]
}

// attempt counts that a number is rung, from 1.
func (cs *calls) attempt(to string) int {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.rung[to]++
	return cs.rung[to]
}

// newCall makes the record of a call and enters it.
func (s *Simulator) newCall(from, to, direction, status string) *call {
	now := s.clock.now()
	return &call{
		sid: s.ids.sid("CA"), accountSID: s.account.sid, from: from, to: to, direction: direction,
		created: now, updated: now, status: status, clock: s.clock, pace: s.pace, feed: newFeed(),
		track: newSoundtrack(s.clock, now), recordings: s.recordings,
	}
}

// begin enters a call and starts its leg.
func (s *Simulator) begin(c *call, run func(*leg)) error {
	l := newLeg(s, c)
	s.calls.add(c)
	l.mail.open()
	if !s.spawn(func() { l.live(run) }) {
		return errClosing
	}
	return nil
}

// place enters a call that was made over REST and queues it; its leg starts when it leaves the queue.
func (s *Simulator) place(c *call, run func(*leg)) {
	l := newLeg(s, c)
	c.start = func(now time.Time) {
		c.start = nil
		attempt := s.calls.attempt(c.to)
		c.mu.Lock()
		c.placing.started, c.placing.attempt = now, attempt
		c.placing.queuing = now.Sub(c.placing.posted)
		c.mu.Unlock()
		l.mail.open()
		s.spawn(func() { l.live(run) })
	}
	s.calls.add(c)
	s.outgoing.put(c, func(wait time.Duration) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.placing.queuing = wait
	})
}

// callEnded lets go of the details of a call that ended long before this one.
func (s *Simulator) callEnded(c *call) {
	cs := s.calls
	cs.mu.Lock()
	var old *call
	if cs.ended = append(cs.ended, c); len(cs.ended) > cs.keep {
		old, cs.ended[0] = cs.ended[0], nil
		cs.ended = cs.ended[1:]
	}
	cs.mu.Unlock()
	if old != nil {
		old.forget()
	}
}

// ringIn begins a call from a person to one of the account's numbers.
func (s *Simulator) ringIn(from, to string, pace *float64) (*call, error) {
	num, ok := s.numbers.get(to)
	if !ok {
		return nil, fmt.Errorf("%w: %q", errNoNumber, to)
	}
	c := s.newCall(from, to, inbound, statusRinging)
	c.number = &num
	if pace != nil {
		c.pace = *pace
	}
	c.fallbackURL, c.fallbackVerb = num.fallbackURL, num.fallbackMethod
	if num.statusURL != "" {
		c.callback = statusCallback{url: num.statusURL, method: num.statusMethod, events: callbackEvents(nil)}
	}
	first := destination{url: num.voiceURL, method: num.voiceMethod}
	c.publish(event{Type: "status", Status: statusRinging})
	return c, s.begin(c, func(l *leg) { l.follow(&first, "voice") })
}
