package simulator

import (
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// catchUp is how much of a delay the queue makes up for: timers of a busy machine go off late, and the rate is to hold
// over a second all the same. What is later than that is not made up for, so that no second has a burst.
const catchUp = 20 * time.Millisecond

// day is for how long calls may be queued: https://www.twilio.com/docs/api/errors/22005
const day = 24 * time.Hour

// placing is what is kept of a call that was made over REST, for the log of these.
type placing struct {
	posted    time.Time     // the request arrived
	url       string        // where its document is
	queuing   time.Duration // estimated when it was queued; how long it took once it has left the queue
	started   time.Time     // it left the queue; zero before
	attempt   int           // the how many-th time that the number is rung
	behaviour string        // of who is rung, when the crowd is
}

// queued reports whether a call made over REST has not left the queue.
func (c *call) queued() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.direction == outboundAPI && c.placing.started.IsZero()
}

// outgoing lets calls that were made over REST begin at the account's rate, the oldest first, and counts who is on the
// line.
type outgoing struct {
	clock   clock
	limiter *rate.Limiter // nil: there is no limit
	gap     time.Duration // from one call to the next
	most    int           // that may be queued; 0 is no limit
	lines   int           // that the account may have at once; 0 is no limit

	mu    sync.Mutex
	queue []*call
	due   time.Time // when the next one begins, while any is queued
	armed bool      // a timer is set for that
	busy  int       // calls that have begun and not ended
}

// newOutgoing makes the queue for so many calls per second; negative ones are no limit.
func newOutgoing(c clock, cfg Config) *outgoing {
	q := &outgoing{clock: c, lines: max(cfg.MaxCalls, 0)}
	perSecond := cfg.CallsPerSecond
	if perSecond == 0 {
		perSecond = 1
	}
	if perSecond > 0 {
		q.limiter = rate.NewLimiter(rate.Limit(perSecond), 1)
		q.gap = time.Duration(float64(time.Second) / perSecond)
		q.most = int(day / max(q.gap, 1))
	}
	switch {
	case cfg.MaxQueued > 0:
		q.most = cfg.MaxQueued
	case cfg.MaxQueued < 0:
		q.most = 0
	}
	return q
}

// full says why no other call is taken; nil when one is.
func (q *outgoing) full() *refusal {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.most > 0 && len(q.queue) >= q.most:
		return &refusal{22005, "Call Queue Full"}
	case q.lines > 0 && q.busy+len(q.queue) >= q.lines:
		return &refusal{10004, "Call concurrency limit exceeded"}
	}
	return nil
}

// put queues a call and begins those whose time has come. estimate hears how long it will wait.
func (q *outgoing) put(c *call, estimate func(time.Duration)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.clock.now()
	q.queue = append(q.queue, c)
	idle := !q.armed
	if idle {
		q.due, q.armed = q.next(now), true
	}
	estimate(max(0, q.due.Sub(now)) + time.Duration(len(q.queue)-1)*q.gap)
	if idle {
		q.run(now)
	}
}

// next is the earliest moment from the given one on when a call may begin; it is taken.
func (q *outgoing) next(from time.Time) time.Time {
	if q.limiter == nil {
		return from
	}
	return from.Add(q.limiter.ReserveN(from, 1).DelayFrom(from))
}

// run begins the calls that are due and sets the timer for the next. mu is held.
func (q *outgoing) run(now time.Time) {
	for !q.due.After(now) {
		if len(q.queue) == 0 { // they were canceled: the moment is not used
			q.armed = false
			return
		}
		c := q.queue[0]
		q.queue[0] = nil
		q.queue = q.queue[1:]
		q.busy++
		c.start(now)
		if q.armed = len(q.queue) > 0; !q.armed {
			return
		}
		q.due = q.next(later(q.due, now.Add(-catchUp)))
	}
	q.clock.after(q.due.Sub(now), func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.run(q.clock.now())
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// take removes a call from the queue; it reports false when it has left it.
func (q *outgoing) take(c *call) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	at := slices.Index(q.queue, c)
	if at < 0 {
		return false
	}
	q.queue = slices.Delete(q.queue, at, at+1)
	return true
}

// close forgets who is queued.
func (q *outgoing) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queue = nil
}

// ended counts that a call is over.
func (q *outgoing) ended(c *call) {
	if c.direction == outboundAPI && !c.queued() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.busy--
	}
}
