package simulator

import (
	"net/http"
	"sync/atomic"
)

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

// trouble does to a request what the faults say; it reports whether the request is to be carried out as ever.
func (s *Simulator) trouble(w http.ResponseWriter, r *http.Request, h restHandler) bool {
	f := s.faults.get().REST
	switch {
	case f.TooManyPercent > 0 && s.ids.percent(f.TooManyPercent):
		restError(w, http.StatusTooManyRequests, 20429, "Too Many Requests")
	case f.FailPercent > 0 && s.ids.percent(f.FailPercent):
		restError(w, http.StatusServiceUnavailable, 20503, "Service Unavailable")
	case r.Method == http.MethodPost && f.CutPercent > 0 && s.ids.percent(f.CutPercent):
		h(nowhere{http.Header{}}, r)
		panic(http.ErrAbortHandler) // the HTTP server's way to break a connection
	default:
		return true
	}
	return false
}

// nowhere is where an answer goes that nobody is to see.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}
