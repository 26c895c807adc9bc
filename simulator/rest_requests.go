package simulator

import "sync/atomic"

// defaultREST is how many requests of the REST API are worked on at once. Twilio publishes that there is a limit, not
// which: https://www.twilio.com/docs/api/errors/20429
const defaultREST = 100

// requests counts those of the REST API that are worked on.
type requests struct {
	most int // 0 is defaultREST, negative no limit
	now  atomic.Int64
}

// begin counts a request. It gives how many there are with it, and reports whether it may be worked on.
func (r *requests) begin() (int, bool) {
	n := int(r.now.Add(1))
	most := r.most
	if most == 0 {
		most = defaultREST
	}
	return n, most < 0 || n <= most
}

func (r *requests) end() { r.now.Add(-1) }
