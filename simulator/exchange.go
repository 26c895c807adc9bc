package simulator

import (
	"net/http"
	"time"
)

// maxKeptBody is how much of an answer is kept for the webhook list: the most that a document may have.
const maxKeptBody = maxDocumentBytes

// exchange is one webhook and its answer, as GET /sim/v1/calls/{sid}/webhooks shows it. Everything in it is masked.
type exchange struct {
	ID         int               `json:"id"`
	AtMS       int64             `json:"at_ms"`
	Purpose    string            `json:"purpose"` // voice, action, status, pay, recording, fallback ...
	Method     string            `json:"method"`
	URL        string            `json:"url"`
	Params     map[string]string `json:"params"`
	Token      string            `json:"idempotency_token"`
	Fault      string            `json:"fault,omitempty"` // what PUT /sim/v1/faults did to it
	Tries      int               `json:"tries"`
	Status     int               `json:"status"` // HTTP status of the answer; 0 while there is none
	DurationMS int64             `json:"duration_ms"`
	Type       string            `json:"content_type,omitempty"`
	Body       string            `json:"body,omitempty"`
	ErrorCode  int               `json:"error_code,omitempty"`
	Error      string            `json:"error,omitempty"`
	Done       bool              `json:"done"`
}

// begin notes that a webhook is sent.
func (c *call) begin(w webhook, token, fault string) *exchange {
	params := make(map[string]string, len(w.params))
	for name, value := range w.params {
		params[name] = maskParam(name, value)
	}
	c.mu.Lock()
	c.requests++
	x := &exchange{
		ID: c.requests, AtMS: c.clock.now().Sub(c.created).Milliseconds(), Purpose: w.purpose,
		Method: w.method, URL: maskCards(w.url), Params: params, Token: token, Fault: fault,
	}
	if !c.gone {
		c.exchanges = append(c.exchanges, x)
	}
	e := event{Type: "webhook", Webhook: x.ID, Purpose: x.Purpose, Method: x.Method, URL: x.URL}
	c.mu.Unlock()
	c.publish(e)
	return x
}

// answered notes what became of a webhook.
func (c *call) answeredWith(x *exchange, r reply, err *webhookError, took time.Duration) {
	c.mu.Lock()
	x.Done, x.Tries, x.Status, x.Type = true, r.tries, r.status, r.contentType
	x.Body = maskCards(string(r.body[:min(len(r.body), maxKeptBody)]))
	x.DurationMS = took.Milliseconds()
	e := event{
		Type: "answered", Webhook: x.ID, Purpose: x.Purpose, Method: x.Method, URL: x.URL,
		HTTPStatus: x.Status, DurationMS: x.DurationMS,
	}
	if err != nil {
		x.ErrorCode, x.Error = err.code, err.text
		e.Code, e.Text = err.code, err.text
	}
	twiml := event{Type: "twiml", Webhook: x.ID, URL: x.URL, Body: x.Body}
	c.mu.Unlock()
	c.publish(e)
	if err == nil && r.status == http.StatusOK && isXML(r.contentType) {
		c.publish(twiml)
	}
}

// webhooks gives copies of the exchanges so far.
func (c *call) webhooks() []exchange {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]exchange, len(c.exchanges))
	for i, x := range c.exchanges {
		out[i] = *x
	}
	return out
}

// forget drops what happened on a call that ended long ago; its record stays.
func (c *call) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	c.exchanges, c.heard, c.children, c.callback = nil, nil, nil, statusCallback{}
	c.transcripts.forget()
	c.feed.forget()
	c.track.forget()
}
