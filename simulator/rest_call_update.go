package simulator

import (
	"net/http"
	"net/url"
	"time"
)

// restUpdateCall ends a call, or sends it to another document.
func (s *Simulator) restUpdateCall(w http.ResponseWriter, r *http.Request) {
	c := s.restCall(w, r)
	if c == nil {
		return
	}
	m, no := readUpdate(c, r.Form)
	if no != nil {
		restError(w, http.StatusBadRequest, no.code, no.text)
		return
	}
	limit, no := readSeconds(r.Form, "TimeLimit", 0, 86400)
	if no != nil {
		restError(w, http.StatusBadRequest, no.code, no.text)
		return
	}
	if limit > 0 {
		c.leg.mail.post(message{done: func() { c.leg.limit(limit) }})
	}
	c.update(r.Form)
	switch {
	case m == nil:
	case m.hangup != "" && s.outgoing.take(c):
		c.finish(s, byCancel)
	default:
		m.ack = newAck()
		if c.leg.mail.post(*m) {
			waitAck(r, m.ack)
		}
	}
	writeREST(w, http.StatusOK, c.resource())
}

// waitAck waits until a leg has taken a message, and reports whether it did.
func waitAck(r *http.Request, a *ack) bool {
	t := time.NewTimer(ackLimit)
	defer t.Stop()
	select {
	case <-a.done:
		return true
	case <-t.C:
	case <-r.Context().Done():
	}
	return false
}

// readUpdate says what an update asks of the leg: nothing, a hang-up, or another document.
func readUpdate(c *call, form url.Values) (*message, *refusal) {
	status, ended := c.state()
	switch want := form.Get("Status"); want {
	case "":
	case statusCompleted:
		if ended {
			return nil, nil
		}
		return &message{hangup: byAPI}, nil
	case statusCanceled:
		if status == statusQueued || status == statusRinging {
			return &message{hangup: byCancel}, nil
		}
		return nil, nil // what is already answered goes on
	default:
		return nil, &refusal{20001, "Status is neither canceled nor completed: " + want}
	}
	if form.Get("Url") == "" && form.Get("Twiml") == "" {
		return nil, nil
	}
	if status != statusInProgress {
		return nil, &refusal{21220, "Call is not in-progress. Cannot redirect."}
	}
	to, no := readDestination(form)
	if no != nil {
		return nil, no
	}
	if !validMethod(form.Get("Method")) {
		return nil, &refusal{21209, "Method is neither GET nor POST"}
	}
	return &message{redirect: &to}, nil
}

// update takes over the callback addresses of an update.
func (c *call) update(form url.Values) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, err := formURL(form, "StatusCallback"); err == nil && v != "" {
		c.callback = statusCallback{url: v, method: form.Get("StatusCallbackMethod"), events: callbackEvents(form["StatusCallbackEvent"])}
	}
	if v, err := formURL(form, "FallbackUrl"); err == nil && v != "" {
		c.fallbackURL, c.fallbackVerb = v, form.Get("FallbackMethod")
	}
	c.updated = c.clock.now()
}
