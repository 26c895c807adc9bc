// Package connector is Twilio's side of a Pay Connector: it takes what a <Pay> captured to a payment gateway and
// brings back what became of it. Client is its main type; Check says what the connector cannot do before a caller
// is asked, and Do makes one charge or token, with up to five retries that all carry the same transaction id, so
// that the gateway can tell a retry from a new payment. What the kinds of connectors can do is a table in kind.go.
//
// It must not know calls or TwiML, and it never logs: a request is the one place where a whole card number
// stands in the clear, so it is written without copies and wiped when the last try has let go of it.
package connector

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/paydial/paydial/simulator/paysession"
)

// How long a try waits for its answer, and how often it is repeated, as Twilio documents it.
const (
	DefaultTimeout = 10 * time.Second
	DefaultRetries = 5
)

// maxAnswer is the largest answer that is read.
const maxAnswer = 64 << 10

// Error codes of a connector. What is not a rejection by the gateway leaves open whether the card was charged.
const (
	CodeBroken        = 64001 // its configuration
	CodeUnavailable   = 64002 // no answer, or the simulator is closing
	CodeUnknown       = 64004 // there is no connector of that name, or not in this region
	CodeNoTokens      = 64005
	CodeTokenType     = 64006
	CodeNoCharges     = 64007
	CodeChargeRefused = 64008 // or the answer made no sense
	CodeUnauthorized  = 64009
	CodeTokenRefused  = 64010
	CodeCurrency      = 64011
	CodeCardRejected  = 64012
	CodePaymentMethod = 64013
	CodeAVSName       = 64014
	CodeParameter     = 64015
	CodeNotApproved   = 64024
)

// Client speaks to one gateway. URL is required.
type Client struct {
	Kind Kind      // default Generic
	Can  Abilities // what of the kind's abilities it has; a list that is nil is the kind's
	// Region is where the call is; "" does not look at it.
	Region     string
	Broken     bool // its configuration
	Unapproved bool // it is in live mode, and Twilio has not approved that

	URL      string
	Username string
	Password string

	Timeout time.Duration // of one try; default DefaultTimeout
	Retries int           // default DefaultRetries; negative: none
	HTTP    *http.Client  // default: one that follows no redirects; its Timeout is not needed
	Header  http.Header   // beside its own; for the sandbox, which keeps a book
}

// Do charges or keeps what was captured. It returns when the gateway has answered or the tries are used up; the
// end of ctx ends it too, with the code of a gateway that cannot be reached.
func (c *Client) Do(ctx context.Context, req paysession.Request) paysession.Answer {
	body := newPayload(encode(req, uuid.NewString(), c.kind()))
	defer body.release()
	for range c.tries() {
		r, err := c.try(ctx, body)
		switch {
		case err == nil:
			return r.answer(req, c.kind())
		case ctx.Err() != nil:
			return unavailable()
		}
	}
	return unavailable()
}

func unavailable() paysession.Answer {
	return paysession.Answer{Code: CodeUnavailable, Text: "Payment Gateway is unavailable. No answer from Payment Provider."}
}

// response is an HTTP answer, read to its end.
type response struct {
	status int
	body   []byte
}

// try makes one request.
func (c *Client) try(ctx context.Context, body *payload) (response, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, nil)
	if err != nil {
		return response{}, errors.New("the connector's URL cannot be used")
	}
	req.Body = body.reader()
	req.ContentLength = int64(len(body.text))
	req.GetBody = func() (io.ReadCloser, error) { return body.reader(), nil }
	if c.Header != nil {
		req.Header = c.Header.Clone()
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "AHC/2.1")
	req.SetBasicAuth(c.Username, c.Password)
	res, err := c.client().Do(req)
	if err != nil {
		return response{}, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return response{}, err
	}
	return response{res.StatusCode, text}, nil
}

func (c *Client) tries() int {
	switch {
	case c.Retries < 0:
		return 1
	case c.Retries == 0:
		return 1 + DefaultRetries
	}
	return 1 + c.Retries
}

func (c *Client) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return DefaultTimeout
}

func (c *Client) client() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// payload is a request body that several tries read and that is wiped after the last. The HTTP client may go on
// reading for a moment after it has given up, so each reader is counted until it is closed.
type payload struct {
	text  []byte
	open  sync.WaitGroup
	wiped chan struct{} // closed when the text is gone
}

func newPayload(text []byte) *payload { return &payload{text: text, wiped: make(chan struct{})} }

func (p *payload) reader() io.ReadCloser {
	p.open.Add(1)
	return &payloadReader{Reader: bytes.NewReader(p.text), closed: sync.OnceFunc(p.open.Done)}
}

// release wipes the body as soon as nobody reads it any more.
func (p *payload) release() {
	go func() {
		p.open.Wait()
		clear(p.text)
		close(p.wiped)
	}()
}

type payloadReader struct {
	*bytes.Reader
	closed func()
}

func (r *payloadReader) Close() error {
	r.closed()
	return nil
}
