package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"
)

// maxRedirects is how many HTTP redirects a webhook follows (11215 beyond).
const maxRedirects = 10

// webhook is a request to the application.
type webhook struct {
	purpose string
	url     string
	method  string // POST unless GET
	params  map[string]string
	call    *call
	jar     http.CookieJar // may be nil
}

// reply is what the application answered.
type reply struct {
	status      int
	contentType string // without parameters
	body        []byte
	url         *url.URL // after redirects
	tries       int
}

// webhookError is why there is no usable answer, with Twilio's code.
type webhookError struct {
	code int
	text string
	kind string // failConnect ...; "" when it is not tried again
}

func (e *webhookError) Error() string { return fmt.Sprintf("%d: %s", e.code, e.text) }

func newJar() http.CookieJar {
	jar, _ := cookiejar.New(nil) // its error is always nil
	return jar
}

// connectTimeout carries a webhook's ct to the dialer.
type connectTimeout struct{}

func newTransport(cfg Config) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil
	t.MaxIdleConnsPerHost = 256
	t.MaxIdleConns = 1024
	t.TLSClientConfig = cfg.TLS
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		d := net.Dialer{Timeout: defaultOverrides().connect}
		if ct, ok := ctx.Value(connectTimeout{}).(time.Duration); ok {
			d.Timeout = ct
		}
		return d.DialContext(ctx, network, addr)
	}
	return t
}

// send delivers a webhook as Twilio does: signed, within its time budget, tried again where the URL's fragment
// says so. It also applies the faults that are switched on. The exchange is noted in the call.
func (s *Simulator) send(ctx context.Context, w webhook) (reply, *webhookError) {
	token := s.ids.uuid()
	faults := s.faults.get().Webhooks.about(w.call, w.purpose)
	for i := range faults.Duplicate {
		s.spawn(func() { _, _ = s.deliver(s.ctx, w, token, fmt.Sprintf("duplicate %d", i+1)) })
	}
	if faults.LateMS > 0 {
		s.clock.after(time.Duration(faults.LateMS)*time.Millisecond, func() {
			s.spawn(func() { _, _ = s.deliver(s.ctx, w, token, "late copy") })
		})
	}
	return s.deliver(ctx, w, token, "")
}

// deliver sends one copy of a webhook; fault says why it is not the first.
func (s *Simulator) deliver(ctx context.Context, w webhook, token, fault string) (reply, *webhookError) {
	if w.method != http.MethodGet {
		w.method = http.MethodPost
	}
	x := w.call.begin(w, token, fault)
	began := time.Now()
	r, err := s.tryAll(ctx, w, token)
	took := time.Since(began)
	w.call.answeredWith(x, r, err, took)
	s.logWebhook(w, r, err, took)
	return r, err
}

// tryAll sends a webhook until it is answered, the tries are used up, or the budget is spent.
func (s *Simulator) tryAll(ctx context.Context, w webhook, token string) (reply, *webhookError) {
	if err := checkURL(w.url); err != nil {
		return reply{}, &webhookError{code: 11100, text: err.Error()}
	}
	target, fragment, _ := strings.Cut(w.url, "#")
	o, oerr := parseOverrides(fragment)
	if oerr != nil {
		return reply{}, asWebhookError(oerr)
	}
	w.url = target
	budget, cancel := context.WithTimeout(context.WithValue(ctx, connectTimeout{}, o.connect), o.total)
	defer cancel()
	var r reply
	var err *webhookError
	for try := 1; try <= o.retries+1; try++ {
		if try > 1 && budget.Err() != nil {
			return r, &webhookError{code: 11203, text: fmt.Sprintf("no answer from %s within %s over %d tries", maskCards(w.url), o.total, try-1)}
		}
		r, err = s.try(budget, w, token, o)
		r.tries = try
		if err == nil || !o.retryOn[err.kind] {
			break
		}
	}
	return r, err
}

// try sends a webhook once, redirects included.
func (s *Simulator) try(ctx context.Context, w webhook, token string, o overrides) (reply, *webhookError) {
	if err := s.disturb(ctx, &w); err != nil {
		return reply{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.read)
	defer cancel()
	for range maxRedirects + 1 {
		res, err := s.roundTrip(ctx, w, token)
		if err != nil {
			return reply{}, err
		}
		where, again := redirectOf(res)
		if !again {
			return readReply(ctx, w, res)
		}
		_ = res.Body.Close()
		if res.StatusCode == http.StatusMovedPermanently || res.StatusCode == http.StatusFound || res.StatusCode == http.StatusSeeOther {
			w.method, w.params = http.MethodGet, nil // and the parameters are lost
		}
		w.url = where
	}
	return reply{}, &webhookError{code: 11215, text: fmt.Sprintf("more than %d redirects from %s", maxRedirects, w.url)}
}

// roundTrip makes one signed HTTP request.
func (s *Simulator) roundTrip(ctx context.Context, w webhook, token string) (*http.Response, *webhookError) {
	connected := false
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }})
	req, err := s.newRequest(ctx, w, token)
	if err != nil {
		return nil, &webhookError{code: 11100, text: err.Error()}
	}
	if w.jar != nil {
		for _, c := range w.jar.Cookies(req.URL) {
			req.AddCookie(c)
		}
	}
	res, err := s.transport.RoundTrip(req)
	if err != nil {
		return nil, connectionError(ctx, err, w.url, connected)
	}
	if w.jar != nil {
		w.jar.SetCookies(req.URL, res.Cookies())
	}
	return res, nil
}

// newRequest builds the request: a form POST, or a GET with the parameters in the query.
func (s *Simulator) newRequest(ctx context.Context, w webhook, token string) (*http.Request, error) {
	form := url.Values{}
	for name, value := range w.params {
		form.Set(name, value)
	}
	target, signed := w.url, form
	var body io.Reader
	if w.method == http.MethodGet {
		signed = nil
		if len(form) > 0 {
			sep := "?"
			if strings.Contains(target, "?") {
				sep = "&"
			}
			target += sep + form.Encode()
		}
	} else {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, w.method, target, body)
	if err != nil {
		return nil, err
	}
	key := s.account.token
	if s.faults.get().Webhooks.about(w.call, w.purpose).WrongSignature {
		key += "-wrong"
	}
	req.Header.Set("X-Twilio-Signature", sign(key, target, signed))
	req.Header.Set("I-Twilio-Idempotency-Token", token)
	req.Header.Set("X-Home-Region", s.region)
	req.Header.Set("User-Agent", "TwilioProxy/1.1")
	req.Header.Set("Accept", "*/*")
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	}
	return req, nil
}

// redirectOf gives the address that an answer sends to.
func redirectOf(res *http.Response) (string, bool) {
	switch res.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if u, err := res.Location(); err == nil {
			return u.String(), true
		}
	}
	return "", false
}

// readReply reads an answer; a status of 400 or more is an error.
func readReply(ctx context.Context, w webhook, res *http.Response) (reply, *webhookError) {
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxDocumentBytes+1))
	if err != nil {
		return reply{}, connectionError(ctx, err, w.url, true)
	}
	contentType, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	r := reply{status: res.StatusCode, contentType: contentType, body: body, url: res.Request.URL}
	if res.StatusCode >= http.StatusBadRequest {
		kind := fail4xx
		if res.StatusCode >= http.StatusInternalServerError {
			kind = fail5xx
		}
		return r, &webhookError{code: 11200, kind: kind, text: fmt.Sprintf("%s answered %s", w.url, res.Status)}
	}
	return r, nil
}

// connectionError gives Twilio's code for a request that got no answer.
func connectionError(ctx context.Context, err error, target string, connected bool) *webhookError {
	text := fmt.Sprintf("%s: %v", target, err)
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &webhookError{code: 11205, text: target + ": the simulator closed before the answer came"}
	case errors.As(err, &timeout) && timeout.Timeout() && connected:
		return &webhookError{code: 11200, kind: failRead, text: target + ": no answer in time"}
	case errors.As(err, &timeout) && timeout.Timeout():
		return &webhookError{code: 11201, kind: failConnect, text: target + ": no connection in time"}
	case errors.As(err, &dns):
		return &webhookError{code: 11210, kind: failConnect, text: text}
	case strings.Contains(err.Error(), "connection refused"):
		return &webhookError{code: 11202, kind: failConnect, text: text}
	case strings.Contains(err.Error(), "certificate"):
		return &webhookError{code: 11237, kind: failConnect, text: text}
	case strings.Contains(err.Error(), "malformed HTTP"):
		return &webhookError{code: 11206, text: text}
	case connected:
		return &webhookError{code: 11205, kind: failRead, text: text}
	}
	return &webhookError{code: 11205, kind: failConnect, text: text}
}

func asWebhookError(err error) *webhookError {
	var d *documentError
	if errors.As(err, &d) {
		return &webhookError{code: d.code, text: d.text}
	}
	return &webhookError{code: 11100, text: err.Error()}
}
