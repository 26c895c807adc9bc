package twilio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Limits of what is read of an answer.
const (
	maxErrorBody = 64 << 10
	maxBody      = 16 << 20 // a page of 1,000 calls is about 2 MB
)

// wire carries one API call of twilio-go's: it sends it to our base URL with our credentials, under our context, and
// makes an Error of every answer that is not a success. It stands below twilio-go, which would otherwise rewrite the
// host of the base URL, refuse credentials that are not alphanumeric, take a redirect for success and leave error
// bodies unread, which costs a connection each.
type wire struct {
	ctx  context.Context // lives for one call; twilio-go has no other way to hand it on
	c    *Client
	next http.RoundTripper
}

// RoundTrip sends one request.
func (w *wire) RoundTrip(q *http.Request) (*http.Response, error) {
	r := q.Clone(w.ctx)
	r.URL.Scheme, r.URL.Host, r.URL.User, r.Host = w.c.base.Scheme, w.c.base.Host, nil, w.c.base.Host
	r.URL.Path = strings.TrimSuffix(w.c.base.Path, "/") + r.URL.Path
	r.URL.RawPath = ""
	r.SetBasicAuth(w.c.user, w.c.secret)
	resp, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < 200 || resp.StatusCode >= 300 {
		defer resp.Body.Close()
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // what can be read of an error is enough
		return nil, newError(resp.StatusCode, resp.Header, body)
	}
	resp.Body = &limitedBody{Reader: io.LimitReader(resp.Body, maxBody), Closer: resp.Body}
	return resp, nil
}

type limitedBody struct {
	io.Reader
	io.Closer
}

// failed says what was tried when it went wrong. An answer of Twilio's comes out as *Error; anything else keeps its
// cause (a deadline, a refused connection), without the URL, which holds ids of people.
func failed(op string, err error) error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		said := *e
		said.Op = op
		return &said
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("twilio: %s: %w", op, err)
}
