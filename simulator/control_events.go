package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	heartbeat = 15 * time.Second // a comment now and then keeps proxies from closing a silent stream
	linger    = 2 * time.Second  // after the end of a call, for the callbacks that still follow
)

// ctlEvents streams what happens on a call, from its beginning or after Last-Event-ID, as server-sent events.
func (s *Simulator) ctlEvents(w http.ResponseWriter, r *http.Request) {
	c := s.callFor(w, r)
	if c == nil {
		return
	}
	last, _ := strconv.Atoi(r.Header.Get("Last-Event-ID"))
	if news, ended, _ := c.feed.since(last); ended && len(news) == 0 {
		w.WriteHeader(http.StatusNoContent) // tells an EventSource not to come back
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	var end <-chan time.Time
	for {
		news, ended, changed := c.feed.since(last)
		for _, e := range news {
			last = e.Seq
			if err := writeEvent(w, e); err != nil {
				return
			}
		}
		if err := out.Flush(); err != nil {
			return
		}
		if ended && end == nil {
			end = time.After(linger)
		}
		select {
		case <-changed:
		case <-beat.C:
			_, _ = fmt.Fprint(w, ": still here\n\n")
		case <-end:
			return
		case <-r.Context().Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
}

func writeEvent(w http.ResponseWriter, e event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", e.Seq, e.Type, data)
	return err
}
