package simulator

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxShuffle is how far status callbacks drift apart under the fault shuffle.
const maxShuffle = 250 * time.Millisecond

// callback is a status callback: its answer does not change the call.
type callback struct {
	purpose string // status, pay, recording ...
	url     string
	method  string
	params  map[string]string // beside Twilio's own
	bare    bool              // without Twilio's own
}

// purposeRecording is the purpose of a recording's status callback.
const purposeRecording = "recording"

// callbacks keeps the status callbacks of a call in order and numbers them.
type callbacks struct {
	mu   sync.Mutex
	last chan struct{} // closed when the newest so far was sent
	seq  int
}

// notify posts cb in the background, after those of the same call that came before it.
func (s *Simulator) notify(c *call, cb callback) {
	if cb.url == "" {
		return
	}
	all := s.faults.get()
	f := all.Webhooks
	if f.LosePercent > 0 && s.ids.percent(f.LosePercent) {
		return
	}
	if lose := all.Recordings.LosePercent; cb.purpose == purposeRecording && lose > 0 && s.ids.percent(lose) {
		return
	}
	params := map[string]string{}
	if !cb.bare {
		params = c.baseParams()
	}
	for name, value := range cb.params {
		params[name] = value
	}
	w := webhook{purpose: cb.purpose, url: cb.url, method: cb.method, params: params, call: c}
	before, sent := c.callbacks.enqueue()
	s.spawn(func() {
		defer close(sent)
		switch {
		case f.Shuffle:
			s.sleep(time.Duration(s.ids.below(int(maxShuffle))))
		case before != nil:
			<-before
		}
		if r, err := s.send(s.ctx, w); err != nil {
			s.noteFor(c, notice{code: err.code, text: err.text, url: cb.url, method: w.method})
		} else if !goodCallbackAnswer(r) {
			s.noteFor(c, notice{code: 15003, text: "answer to a status callback: 204, or 200 with an empty <Response/> is meant", url: cb.url})
		}
	})
}

func (cs *callbacks) enqueue() (before, sent chan struct{}) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	before = cs.last
	cs.last = make(chan struct{})
	return before, cs.last
}

func (cs *callbacks) next() string {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.seq++
	return strconv.Itoa(cs.seq - 1)
}

// sleep waits in real time; the end of the simulator cuts it short.
func (s *Simulator) sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.ctx.Done():
	}
}

func goodCallbackAnswer(r reply) bool {
	if r.status == http.StatusNoContent || len(r.body) == 0 {
		return true
	}
	return r.status == http.StatusOK && (isXML(r.contentType) || strings.TrimSpace(string(r.body)) == "")
}

// tellStatus posts the status callback for a step of the call, if it was asked for.
func (s *Simulator) tellStatus(c *call, status string) {
	name := status
	final := false
	switch status {
	case statusInitiated, statusRinging:
	case statusInProgress:
		name = "answered"
	default:
		name, final = "completed", true
	}
	c.mu.Lock()
	cb := c.callback
	c.mu.Unlock()
	if cb.url == "" || !cb.events[name] {
		return
	}
	params := map[string]string{
		"CallStatus":     status,
		"Timestamp":      c.clock.now().UTC().Format(rfc2822),
		"CallbackSource": "call-progress-events",
		"SequenceNumber": c.callbacks.next(),
	}
	if final {
		seconds := c.seconds()
		params["CallDuration"] = strconv.Itoa(seconds)
		params["Duration"] = strconv.Itoa((seconds + 59) / 60)
		params["SipResponseCode"] = sipCode(status)
		for name, value := range s.recordings.callbackFields(s, c.sid) {
			params[name] = value
		}
	}
	s.notify(c, callback{purpose: "status", url: cb.url, method: cb.method, params: params})
}

func sipCode(status string) string {
	switch status {
	case statusBusy:
		return "486"
	case statusNoAnswer, statusCanceled:
		return "487"
	case statusFailed:
		return "404"
	}
	return "200"
}

// callbackEvents turns the names of a StatusCallbackEvent list into a set; none chosen is completed.
func callbackEvents(names []string) map[string]bool {
	events := map[string]bool{}
	for _, list := range names {
		for _, name := range strings.Fields(strings.ReplaceAll(list, ",", " ")) {
			events[name] = true
		}
	}
	if len(events) == 0 {
		events["completed"] = true
	}
	return events
}
