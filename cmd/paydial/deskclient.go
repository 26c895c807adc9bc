package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/paydial/paydial/internal/server"
	"github.com/paydial/paydial/payments"
)

// deskTries is how often a command sends one request: again only while it is not known whether it arrived, and
// with the same Idempotency-Key.
const deskTries = 3

// deskPause is how long a command waits before it sends a request again.
const deskPause = 300 * time.Millisecond

// maxAnswer is the longest answer, and the longest event of a stream, in bytes.
const maxAnswer = 4 << 20

// deskClient speaks the app's API for one command.
type deskClient struct {
	app    string // base URL
	token  string
	self   string // what to type to call this program
	wishes int    // sent so far
	run    string // names this run of the command, for its keys
}

// deskState is what GET /api/v1/desk says.
type deskState struct {
	Handovers []payments.Handover `json:"handovers"`
	Payments  []payments.Assisted `json:"payments"`
}

// newDeskClient finds the token for an app. The published one is for apps on this computer only.
func newDeskClient(cmd *cobra.Command, s streams, app string) (*deskClient, error) {
	c := &deskClient{app: strings.TrimSuffix(app, "/"), self: s.self, run: uuid.NewString()}
	v, err := resolve(cmd, s, []setting{{key: "api-token", env: "PAYDIAL_API_TOKEN", secret: true}})
	switch {
	case err != nil:
		return nil, err
	case !strings.HasPrefix(app, "http://") && !strings.HasPrefix(app, "https://"):
		return nil, fail(exitUsage, "--app %q is not a URL such as http://127.0.0.1:8080", app)
	case v.get("api-token") != "":
		c.token = v.get("api-token")
	case onThisComputer(app):
		c.token = server.DevAPIToken
	default:
		return nil, fail(exitRefused, "the app at %s wants its API token: set PAYDIAL_API_TOKEN or PAYDIAL_API_TOKEN_FILE", app)
	}
	return c, nil
}

// key is the Idempotency-Key of the command's next wish: made once, and sent again when the wish is.
func (c *deskClient) key() string {
	c.wishes++
	return fmt.Sprintf("%s-%d", c.run, c.wishes)
}

// apiRequest is one request of the API, which may have to be sent more than once.
type apiRequest struct {
	method, path string
	key          string // Idempotency-Key of a change
	body         []byte
	accept, last string // of a stream: its type, and the id of its last event; "" for other requests
}

// get reads a path into out, and returns the answer as it came.
func (c *deskClient) get(ctx context.Context, path string, out any) (json.RawMessage, error) {
	return c.send(ctx, apiRequest{method: http.MethodGet, path: path}, out)
}

// wish posts a change.
func (c *deskClient) wish(ctx context.Context, path string, body any) (payments.Assisted, json.RawMessage, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return payments.Assisted{}, nil, err
	}
	var a payments.Assisted
	answer, err := c.send(ctx, apiRequest{method: http.MethodPost, path: path, key: c.key(), body: raw}, &a)
	return a, answer, err
}

// send makes a request, and again where it may be lost.
func (c *deskClient) send(ctx context.Context, r apiRequest, out any) (json.RawMessage, error) {
	for try := 1; ; try++ {
		answer, err := c.once(ctx, r)
		if err == nil {
			if err := json.Unmarshal(answer, out); err != nil {
				return nil, fail(exitFailed, "decode the app's answer: %v", err)
			}
			return answer, nil
		}
		if try == deskTries || !mayRepeat(err) {
			return nil, c.failure(err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(deskPause):
		}
	}
}

// mayRepeat tells whether a request may be sent again: nobody knows whether it arrived, or its first copy runs.
func mayRepeat(err error) bool {
	var p *deskProblem
	if errors.As(err, &p) {
		return p.Code == "still_running"
	}
	var op *net.OpError
	dialing := errors.As(err, &op) && op.Op == "dial" // nothing is there, so nothing was heard
	return !dialing && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// request builds a request of the API.
func (c *deskClient) request(ctx context.Context, r apiRequest) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, c.app+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, fail(exitUsage, "--app %q is not a URL", c.app)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, text := range map[string]string{"Idempotency-Key": r.key, "Accept": r.accept, "Last-Event-ID": r.last} {
		if text != "" {
			req.Header.Set(name, text)
		}
	}
	return req, nil
}

// once makes one request.
func (c *deskClient) once(ctx context.Context, r apiRequest) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := c.request(ctx, r)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 {
		return nil, problemIn(resp.StatusCode, raw)
	}
	return raw, nil
}

// follow reads a payment's stream of whole states, as events does.
func (c *deskClient) follow(ctx context.Context, id string, tell func(payments.Assisted, json.RawMessage) error) error {
	return c.events(ctx, "/api/v1/payments/"+url.PathEscape(id)+"/events", "payment", func(data json.RawMessage) error {
		var a payments.Assisted
		if err := decoded(data, &a); err != nil {
			return err
		}
		return tell(a, data)
	})
}
