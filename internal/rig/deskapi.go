package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// Assisted is an agent-assisted payment in the API.
type Assisted struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	Version  int64  `json:"version"`
	Asking   string `json:"asking"`
	Required []string
	Amount   struct {
		Minor    int64  `json:"minor"`
		Currency string `json:"currency"`
	}
	Fields []struct {
		Name, State, Value, Error string
	}
	Brand, Last4, Confirmation string
	Recording                  string
	Trouble                    *struct{ Code, Text string }
}

// Desk is an agent at the JSON API.
type Desk struct {
	rig  *Rig
	Last Assisted
}

// Desk is an agent at the JSON API, with the token.
func (r *Rig) Desk() *Desk { return &Desk{rig: r} }

// Over tells whether the payment has come to an end.
func (a Assisted) Over() bool {
	switch a.State {
	case "ready", "starting", "open", "charging":
		return false
	}
	return true
}

// Start starts a payment on a call.
func (d *Desk) Start(ctx context.Context, call string, body map[string]any) error {
	return d.Do(ctx, "/api/v1/calls/"+call+"/payments", body)
}

// Act does one thing with the payment: ask, complete, cancel ...
func (d *Desk) Act(ctx context.Context, what string, body map[string]any) error {
	return d.Do(ctx, "/api/v1/payments/"+d.Last.ID+"/"+what, body)
}

// Do posts a change with a key of its own, which is the same for every try of it: a server that is away is asked again.
func (d *Desk) Do(ctx context.Context, path string, body map[string]any) error {
	if body == nil {
		body = map[string]any{}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	key := uuid.NewString()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.rig.AppURL+path, bytes.NewReader(raw))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+d.rig.APIToken)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
		resp, err := http.DefaultClient.Do(req)
		if err != nil && ctx.Err() == nil {
			if err := pause(ctx); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		err = d.read(resp)
		if errors.Is(err, errAgain) {
			if err := pause(ctx); err != nil {
				return err
			}
			continue
		}
		return err
	}
}

// errAgain says that the same wish is still being carried out, or that the server cannot answer now.
var errAgain = errors.New("try again")

func (d *Desk) read(resp *http.Response) error {
	defer func() { _ = resp.Body.Close() }()
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(resp.Body); err != nil {
		return errAgain // the server went away in the middle
	}
	switch {
	case resp.StatusCode >= http.StatusInternalServerError && resp.StatusCode != http.StatusBadGateway:
		return errAgain
	case resp.StatusCode >= http.StatusMultipleChoices:
		var said struct{ Code string }
		if json.Unmarshal(raw.Bytes(), &said) == nil && said.Code == "idempotency_running" {
			return errAgain
		}
		return fmt.Errorf("%s: %s", resp.Status, raw.String())
	}
	d.Last = Assisted{}
	return json.Unmarshal(raw.Bytes(), &d.Last)
}

// Until looks at the payment until it is as wanted, as a page does that was loaded anew.
func (d *Desk) Until(ctx context.Context, wanted func(Assisted) bool) error {
	for {
		var p Assisted
		if err := d.rig.TryAPI(ctx, "/api/v1/payments/"+d.Last.ID+"/desk", &p); err == nil {
			if d.Last = p; wanted(p) {
				return nil
			}
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("it stands at %+v: %w", d.Last, err)
		}
	}
}

// Field asks for a field and waits for its end.
func (d *Desk) Field(ctx context.Context, name string) (state string, err error) {
	if err := d.Act(ctx, "ask", map[string]any{"field": name}); err != nil {
		return "", err
	}
	err = d.Until(ctx, func(p Assisted) bool {
		for _, f := range p.Fields {
			if f.Name == name {
				state = f.State
			}
		}
		return state == "right" || state == "wrong" || state == "silent" || state == "stopped" || p.Over()
	})
	return state, err
}

// pause lets the others go on.
func pause(ctx context.Context) error {
	select {
	case <-time.After(10 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
