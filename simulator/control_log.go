package simulator

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/paydial/paydial/simulator/gateway"
)

// placedCall is a call that was made over REST, as the log of these tells it: what was asked, what happened when, and
// what the gateway charged, in the simulator's own words.
type placedCall struct {
	N    int    `json:"n"` // in the order in which all calls of the simulator were made
	SID  string `json:"sid"`
	To   string `json:"to"`
	From string `json:"from"`
	URL  string `json:"url"`
	// Query is that of the URL, the first value of each name.
	Query      map[string]string `json:"query"`
	PostedAt   time.Time         `json:"posted_at"`             // the request arrived
	StartedAt  time.Time         `json:"started_at,omitzero"`   // it left the queue
	AnsweredAt time.Time         `json:"answered_at,omitzero"`  // somebody picked up
	EndedAt    time.Time         `json:"ended_at,omitzero"`     //
	Status     string            `json:"status"`                //
	AnsweredBy string            `json:"answered_by,omitempty"` // as detection found
	Attempt    int               `json:"attempt,omitempty"`     // the how many-th time this number was rung, from 1
	Behaviour  string            `json:"behaviour,omitempty"`   // of the person of the crowd
	Paid       []charged         `json:"paid,omitempty"`        // on this call
}

// charged is a charge in the sandbox gateway's book.
type charged struct {
	Amount   string    `json:"amount"`
	Currency string    `json:"currency"`
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
}

// ctlPlaced tells every call that was made over REST as it stands now, one JSON object a line, the oldest first.
// ?after= leaves those behind the call with that number. Calls deleted over REST are told too.
func (s *Simulator) ctlPlaced(w http.ResponseWriter, r *http.Request) {
	after := 0
	if text := r.URL.Query().Get("after"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			controlError(w, http.StatusBadRequest, "after: the number n of a call is meant")
			return
		}
		after = n
	}
	charges := chargesByCall(s.connectors.sandbox.Book())
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	buffered := bufio.NewWriterSize(w, 64<<10)
	lines := json.NewEncoder(buffered)
	lines.SetEscapeHTML(false)
	for _, c := range s.calls.outbound(after) {
		if lines.Encode(c.placed(charges[c.sid])) != nil { // the client is gone
			return
		}
	}
	_ = buffered.Flush()
}

func chargesByCall(book []gateway.Entry) map[string][]charged {
	by := map[string][]charged{}
	for _, e := range book {
		if e.Method == "charge" {
			by[e.Reference] = append(by[e.Reference], charged{e.Amount, e.Currency, e.ID, e.CreatedAt})
		}
	}
	return by
}

func (c *call) placed(charges []charged) placedCall {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := placedCall{
		N: c.n, SID: c.sid, To: c.to, From: c.from, URL: c.placing.url, PostedAt: c.placing.posted.UTC(), StartedAt: utc(c.placing.started),
		AnsweredAt: utc(c.answeredAt), EndedAt: utc(c.endedAt), Status: c.status, AnsweredBy: c.answeredBy,
		Attempt: c.placing.attempt, Behaviour: c.placing.behaviour, Paid: charges, Query: map[string]string{},
	}
	if u, err := url.Parse(c.placing.url); err == nil {
		for name, values := range u.Query() {
			p.Query[name] = values[0]
		}
	}
	return p
}

// utc leaves no time as it is.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC()
}
