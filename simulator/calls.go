package simulator

import (
	"fmt"
	"slices"
	"sync"
)

// calls is every call of the simulator, by SID and in the order they began.
type calls struct {
	mu    sync.Mutex
	order []*call
	by    map[string]*call
	ended []*call // whose details are still kept, the oldest first
}

func newCalls() *calls { return &calls{by: map[string]*call{}} }

func (cs *calls) add(c *call) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.order = append(cs.order, c)
	cs.by[c.sid] = c
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
	cs.order = slices.DeleteFunc(cs.order, func(o *call) bool { return o == c })
}

// newest gives all calls, the newest first.
func (cs *calls) newest() []*call {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	out := slices.Clone(cs.order)
	slices.Reverse(out)
	return out
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
	if !s.spawn(func() { l.live(run) }) {
		return fmt.Errorf("the simulator is closing")
	}
	return nil
}

// maxDetailed is how many ended calls keep their events and webhooks; of older ones only the record stays.
const maxDetailed = 2000

// callEnded lets go of the details of a call that ended long before this one.
func (s *Simulator) callEnded(c *call) {
	cs := s.calls
	cs.mu.Lock()
	var old *call
	if cs.ended = append(cs.ended, c); len(cs.ended) > maxDetailed {
		old, cs.ended = cs.ended[0], cs.ended[1:]
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
