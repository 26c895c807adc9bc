package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/paydial/paydial/simulator/paysession"
)

func (s *Simulator) ctlNumbers(w http.ResponseWriter, _ *http.Request) {
	type view struct {
		Phone    string `json:"phone"`
		Name     string `json:"name"`
		VoiceURL string `json:"voice_url"`
	}
	views := []view{}
	for _, n := range s.numbers.list() {
		views = append(views, view{n.phone, n.name, n.voiceURL})
	}
	writeJSON(w, http.StatusOK, map[string]any{"numbers": views})
}

func (s *Simulator) ctlFaults(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.faults.get())
}

func (s *Simulator) ctlSetFaults(w http.ResponseWriter, r *http.Request) {
	var f Faults
	if !readJSON(w, r, &f) {
		return
	}
	if !f.Webhooks.valid() {
		controlError(w, http.StatusBadRequest, "webhooks: duplicate 0-20, percentages 0-100, pad_bytes up to 16777216 and no negative number are meant")
		return
	}
	if why := paysession.Failure(f.Payments.CaptureError); why != "" && !slices.Contains(paysession.Failures(), why) {
		controlError(w, http.StatusBadRequest, fmt.Sprintf("payments: capture_error is one of %s", joined(paysession.Failures())))
		return
	}
	if !f.Recordings.valid() {
		controlError(w, http.StatusBadRequest, "recordings: percentages 0-100 are meant")
		return
	}
	if !percentages(f.REST.TooManyPercent, f.REST.FailPercent, f.REST.CutPercent) {
		controlError(w, http.StatusBadRequest, "rest: percentages 0-100 are meant")
		return
	}
	if !percentages(f.Transcriptions.ErrorPercent) {
		controlError(w, http.StatusBadRequest, "transcriptions: a percentage 0-100 is meant")
		return
	}
	s.faults.set(f)
	writeJSON(w, http.StatusOK, s.faults.get())
}

func (s *Simulator) ctlNoFaults(w http.ResponseWriter, _ *http.Request) {
	s.faults.set(Faults{})
	writeJSON(w, http.StatusOK, s.faults.get())
}

func (s *Simulator) ctlClock(w http.ResponseWriter, _ *http.Request) {
	_, manual := s.clock.(*manualClock)
	writeJSON(w, http.StatusOK, map[string]any{"now": s.clock.now().UTC().Format(time.RFC3339Nano), "manual": manual})
}

// ctlAdvance moves the manual clock and answers when everything that this set off has come to rest.
func (s *Simulator) ctlAdvance(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Advance string `json:"advance"`
	}
	if !readJSON(w, r, &in) {
		return
	}
	d, err := time.ParseDuration(in.Advance)
	if err != nil || d < 0 {
		controlError(w, http.StatusBadRequest, `advance: a duration is meant, like {"advance":"5s"}`)
		return
	}
	m, ok := s.clock.(*manualClock)
	if !ok {
		controlError(w, http.StatusConflict, "the clock runs by itself; start the simulator with --manual-clock to move it")
		return
	}
	if err := m.advance(d); err != nil {
		controlError(w, http.StatusGatewayTimeout, err.Error())
		return
	}
	s.ctlClock(w, r)
}

// ctlLog shows the entries of Twilio's error log for a call, the oldest first.
func (s *Simulator) ctlLog(w http.ResponseWriter, r *http.Request) {
	c := s.callFor(w, r)
	if c == nil {
		return
	}
	type view struct {
		AtMS  int64  `json:"at_ms"`
		Code  int    `json:"code"`
		Level string `json:"level"`
		Text  string `json:"text"`
		URL   string `json:"url,omitempty"`
	}
	views := []view{}
	for _, n := range s.notices.of(c.sid) {
		views = append([]view{{n.at.Sub(c.created).Milliseconds(), n.code, n.level(), n.text, n.url}}, views...)
	}
	writeJSON(w, http.StatusOK, map[string]any{"call_sid": c.sid, "log": views})
}

// ctlMessages shows the text messages that would have been sent, the oldest first; ?to= leaves those to one number.
func (s *Simulator) ctlMessages(w http.ResponseWriter, r *http.Request) {
	type view struct {
		SID  string    `json:"sid"`
		From string    `json:"from"`
		To   string    `json:"to"`
		Body string    `json:"body"`
		At   time.Time `json:"at"`
	}
	views := []view{}
	for _, m := range s.messages.all() {
		if to := r.URL.Query().Get("to"); to == "" || to == m.to {
			views = append(views, view{m.sid, m.from, m.to, m.body, m.created})
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"messages": views})
}
