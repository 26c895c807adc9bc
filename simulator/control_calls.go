package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ackLimit is how long, in real time, the control API waits for a leg to take what it was sent.
const ackLimit = 20 * time.Second

// callView is a call as the control API shows it.
type callView struct {
	CallSID    string          `json:"call_sid"`
	Status     string          `json:"status"`
	Direction  string          `json:"direction"`
	From       string          `json:"from"`
	To         string          `json:"to"`
	WaitingFor string          `json:"waiting_for"`
	WaitingID  int             `json:"waiting_id"` // another number for every new wait
	Heard      []heard         `json:"heard"`
	Requests   int             `json:"requests"` // webhooks sent so far
	Parent     string          `json:"parent_call_sid,omitempty"`
	AnsweredBy string          `json:"answered_by,omitempty"`
	Children   []childView     `json:"children"` // legs that this call dialed
	Recordings []recordingView `json:"recordings"`
	CreatedAt  time.Time       `json:"created_at"`
	Seconds    int             `json:"seconds"` // since it was answered
	Ended      bool            `json:"ended"`
	Caller     *callerView     `json:"caller,omitempty"` // answers an agent's questions by themselves
}

// childView is a dialed leg in the view of its parent.
type childView struct {
	CallSID string `json:"call_sid"`
	To      string `json:"to"`
	Status  string `json:"status"`
}

func (c *call) view() callView {
	seconds, recorded := c.seconds(), c.recordings.views(c.sid)
	c.mu.Lock()
	defer c.mu.Unlock()
	v := callView{
		CallSID: c.sid, Status: c.status, Direction: c.direction, From: c.from, To: c.to,
		WaitingFor: c.waiting, WaitingID: c.waitingID, Heard: append([]heard{}, c.heard...), Requests: c.requests,
		AnsweredBy: c.answeredBy, Children: []childView{}, CreatedAt: c.created, Seconds: seconds, Ended: !c.endedAt.IsZero(),
		Recordings: recorded, Caller: c.caller,
	}
	if c.parent != nil {
		v.Parent = c.parent.sid
	}
	for _, child := range c.children {
		status, _ := child.state()
		v.Children = append(v.Children, childView{child.sid, child.to, status})
	}
	return v
}

func (s *Simulator) ctlRing(w http.ResponseWriter, r *http.Request) {
	var in struct {
		From string   `json:"from"`
		To   string   `json:"to"`
		Pace *float64 `json:"pace"` // how long speech takes on this call; default as configured
	}
	if !readJSON(w, r, &in) {
		return
	}
	if in.Pace != nil && (*in.Pace < 0 || *in.Pace > 10) {
		controlError(w, http.StatusBadRequest, "pace: 0 (no time) to 10 is meant, 1 being as fast as people speak")
		return
	}
	if in.From == "" || in.To == "" {
		controlError(w, http.StatusBadRequest, `"from" and "to" are needed, for example {"from":"+15550123456","to":"+15550100000"}`)
		return
	}
	c, err := s.ringIn(in.From, in.To, in.Pace)
	if err != nil {
		var known []string
		for _, n := range s.numbers.list() {
			known = append(known, n.phone)
		}
		controlError(w, http.StatusNotFound, fmt.Sprintf("%v; numbers here: %s", err, orNone(strings.Join(known, ", "))))
		return
	}
	writeJSON(w, http.StatusCreated, map[string]string{"call_sid": c.sid})
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// ctlCalls lists the newest calls, 100 or ?limit= of them; ?status= leaves only those in that status.
func (s *Simulator) ctlCalls(w http.ResponseWriter, r *http.Request) {
	want, limit := r.URL.Query().Get("status"), 100
	if text := r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			controlError(w, http.StatusBadRequest, "limit: a number above 0 is meant")
			return
		}
		limit = n
	}
	views := []callView{}
	for _, c := range slices.Backward(s.calls.all("")) {
		if status, _ := c.state(); want != "" && want != status {
			continue
		}
		if views = append(views, c.view()); len(views) == limit {
			break
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"calls": views})
}

// ctlCall shows a call. ?wait=5s answers only when the call waits for something or has ended, or that much real
// time has passed; &after=3 means a wait newer than number 3.
func (s *Simulator) ctlCall(w http.ResponseWriter, r *http.Request) {
	c := s.callFor(w, r)
	if c == nil {
		return
	}
	if text := r.URL.Query().Get("wait"); text != "" {
		limit, err := time.ParseDuration(text)
		if err != nil || limit < 0 || limit > time.Minute {
			controlError(w, http.StatusBadRequest, "wait: a duration up to 1m is meant, like 5s")
			return
		}
		after, _ := strconv.Atoi(r.URL.Query().Get("after")) // 0 without
		s.waitFor(r, c, limit, func(v callView) bool { return v.Ended || v.WaitingFor != "" && v.WaitingID > after })
	}
	writeJSON(w, http.StatusOK, c.view())
}

// waitFor waits until the call looks as wanted, the limit has passed or the client is gone.
func (s *Simulator) waitFor(r *http.Request, c *call, limit time.Duration, wanted func(callView) bool) {
	t := time.NewTimer(limit)
	defer t.Stop()
	for {
		_, _, changed := c.feed.since(1 << 60)
		if wanted(c.view()) {
			return
		}
		select {
		case <-changed:
		case <-t.C:
			return
		case <-r.Context().Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *Simulator) callFor(w http.ResponseWriter, r *http.Request) *call {
	c, ok := s.calls.get(r.PathValue("sid"))
	if !ok {
		controlError(w, http.StatusNotFound, fmt.Sprintf("there is no call %q", r.PathValue("sid")))
		return nil
	}
	return c
}

func (s *Simulator) ctlDigits(w http.ResponseWriter, r *http.Request) {
	c := s.callFor(w, r)
	if c == nil {
		return
	}
	var in struct {
		Digits string `json:"digits"`
	}
	if !readJSON(w, r, &in) {
		return
	}
	keys := strings.NewReplacer(" ", "", "-", "").Replace(in.Digits)
	if keys == "" || strings.Trim(keys, dialKeys) != "" {
		controlError(w, http.StatusBadRequest, "digits: keys 0-9, * and # are meant")
		return
	}
	s.post(w, r, c, message{keys: keys})
}

// ctlSilence says that the person presses nothing more: the running wait times out at once.
func (s *Simulator) ctlSilence(w http.ResponseWriter, r *http.Request) {
	if c := s.callFor(w, r); c != nil {
		s.post(w, r, c, message{silence: true})
	}
}

func (s *Simulator) ctlHangup(w http.ResponseWriter, r *http.Request) {
	c := s.callFor(w, r)
	if c == nil {
		return
	}
	if _, ended := c.state(); ended {
		writeJSON(w, http.StatusOK, c.view())
		return
	}
	s.post(w, r, c, message{hangup: byPerson})
}

func (s *Simulator) ctlAnswer(w http.ResponseWriter, r *http.Request) {
	c := s.callFor(w, r)
	if c == nil {
		return
	}
	in := struct {
		By string `json:"by"`
	}{By: answerHuman}
	if !readJSON(w, r, &in) {
		return
	}
	if !isAnswerer(in.By) {
		controlError(w, http.StatusBadRequest, "by: one of "+strings.Join(answerers(), ", ")+" is meant")
		return
	}
	if status, _ := c.state(); c.direction == inbound || status != statusRinging && status != statusQueued {
		controlError(w, http.StatusConflict, fmt.Sprintf("call %s is %s and %s: only a ringing outbound leg can be answered", c.sid, c.direction, status))
		return
	}
	s.post(w, r, c, message{answer: in.By})
}

// post puts m into the call's mailbox, waits until the leg has taken it, and shows the call.
func (s *Simulator) post(w http.ResponseWriter, r *http.Request, c *call, m message) {
	a := newAck()
	m.ack = a
	if status, ended := c.state(); ended || !c.leg.mail.post(m) {
		controlError(w, http.StatusConflict, fmt.Sprintf("call %s has ended: %s", c.sid, status))
		return
	}
	t := time.NewTimer(ackLimit)
	defer t.Stop()
	select {
	case <-a.done:
	case <-t.C:
		controlError(w, http.StatusGatewayTimeout, "the call did not take it in time")
		return
	case <-r.Context().Done():
		return
	}
	writeJSON(w, http.StatusOK, struct {
		callView
		Taken   int `json:"taken"`   // keys that somebody was listening for
		Ignored int `json:"ignored"` // keys pressed into the void
	}{c.view(), a.taken, a.ignored})
}

func (s *Simulator) ctlWebhooks(w http.ResponseWriter, r *http.Request) {
	if c := s.callFor(w, r); c != nil {
		writeJSON(w, http.StatusOK, map[string]any{"call_sid": c.sid, "webhooks": c.webhooks()})
	}
}
