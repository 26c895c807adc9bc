package simulator

import (
	"sync"
	"time"
)

// maxEvents is how many events of one call are kept for late listeners; the oldest go first.
const maxEvents = 2000

// event is one thing that happened on a call, as GET /sim/v1/calls/{sid}/events tells it. Type is one of status,
// heard, waiting, key, pay, webhook, answered, twiml, log, child, ended; only the fields of that type are set.
type event struct {
	Seq  int    `json:"seq"`
	AtMS int64  `json:"at_ms"` // since the call was created
	Type string `json:"type"`

	CallSID string `json:"call_sid,omitempty"`
	Status  string `json:"status,omitempty"`   // status, ended, child
	Code    int    `json:"code,omitempty"`     // log, and answered when the webhook failed
	Level   string `json:"level,omitempty"`    // log
	Text    string `json:"text,omitempty"`     // heard, log
	Lang    string `json:"language,omitempty"` // heard

	WaitingFor *string `json:"waiting_for,omitempty"` // waiting; may be ""
	WaitingID  int     `json:"waiting_id,omitempty"`  // waiting; a new number for every new wait

	Key     string `json:"key,omitempty"`     // key, outside Pay
	Masked  bool   `json:"masked,omitempty"`  // key inside Pay: which one is not told
	Ignored int    `json:"ignored,omitempty"` // key: so many were pressed while nobody listened

	Webhook    int    `json:"webhook,omitempty"` // webhook, answered, twiml: its number in the list of webhooks
	Purpose    string `json:"purpose,omitempty"`
	Method     string `json:"method,omitempty"`
	URL        string `json:"url,omitempty"`
	HTTPStatus int    `json:"http_status,omitempty"`
	DurationMS int64  `json:"duration_ms,omitempty"`
	Body       string `json:"body,omitempty"` // twiml

	Field     string `json:"field,omitempty"`      // pay: what is asked for
	Attempt   int    `json:"attempt,omitempty"`    // pay: which attempt at it, from 1
	Digits    int    `json:"digits,omitempty"`     // pay: how many digits of it were typed
	ErrorType string `json:"error_type,omitempty"` // pay: why an attempt was not accepted
	Result    string `json:"result,omitempty"`     // pay: how it ended

	// pay, when an agent asks for the fields:
	Agent    bool     `json:"agent,omitempty"`
	Taken    bool     `json:"taken,omitempty"`    // the field was accepted
	Asked    []string `json:"asked,omitempty"`    // at the beginning: which fields are required
	Amount   string   `json:"amount,omitempty"`   // at the beginning, when something is charged
	Currency string   `json:"currency,omitempty"` // at the beginning

	To   string `json:"to,omitempty"`   // child
	From string `json:"from,omitempty"` // child
}

// feed keeps the events of a call and wakes those who listen.
type feed struct {
	mu      sync.Mutex
	seq     int
	events  []event
	ended   bool
	gone    bool          // events are not kept any more
	changed chan struct{} // closed and replaced at every event
}

func newFeed() *feed { return &feed{changed: make(chan struct{})} }

// add numbers e and keeps it; last means that no more will come.
func (f *feed) add(e event, started, now time.Time, last bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seq++
	e.Seq = f.seq
	e.AtMS = now.Sub(started).Milliseconds()
	if !f.gone {
		f.events = append(f.events, e)
	}
	if len(f.events) > maxEvents {
		f.events = f.events[len(f.events)-maxEvents:]
	}
	f.ended = f.ended || last
	close(f.changed)
	f.changed = make(chan struct{})
}

// since gives the events after the one numbered seq, whether the call has ended, and what to wait on for more.
func (f *feed) since(seq int) ([]event, bool, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, e := range f.events {
		if e.Seq > seq {
			return append([]event(nil), f.events[i:]...), f.ended, f.changed
		}
	}
	return nil, f.ended, f.changed
}

func (f *feed) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events, f.gone = nil, true
}
