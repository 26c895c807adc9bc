// Package rig is the test rig: the whole system on free ports, with a caller to script. Start runs everything in
// this process, Binary and Process run the real command, so that it can be killed; Rig and Process are the main
// types.
//
// It must not know the inside of what it runs: it rings lines, reads the APIs and the gateway's own book, and
// looks into Redis and the database only to search for what must not be there.
package rig

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/paydial/paydial/examples"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/caller"
	"github.com/paydial/paydial/internal/local"
)

// Line and From are the demo's number and its caller.
const (
	Line = "+15550100000"
	From = "+15550123456"
)

// callLimit is how long a scripted call may take before a test gives it up. It only matters when a test fails; an agent's
// call lasts as long as the test has something to do with it.
const callLimit = 3 * time.Minute

// Rig is the whole system, running, seen from outside.
type Rig struct {
	AppURL, SimURL string
	APIToken       string
	Local          *local.Local // nil when the parts are processes of their own
	t              testing.TB
}

// Demo is the demo project's files.
func Demo(t testing.TB) flows.Bundle {
	t.Helper()
	b, err := flows.ReadBundle(examples.BillPayment())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Start runs everything in this process; what o leaves out is the demo line, in memory, on free ports.
func Start(t testing.TB, o local.Options) *Rig {
	t.Helper()
	if len(o.Bundle.Files) == 0 {
		o.Bundle = Demo(t)
	}
	if o.Services == nil {
		o.Services = map[string]string{"billing": "{simulator}/demo/billing"}
	}
	all, findings, err := local.Start(context.Background(), o)
	if err != nil {
		t.Fatalf("start: %v %v", err, findings)
	}
	t.Cleanup(all.Close)
	return &Rig{AppURL: all.AppURL, SimURL: all.SimURL, APIToken: local.APIToken, Local: all, t: t}
}

// Outcome is how a call ended, as the app's API tells it, and what was heard.
type Outcome struct {
	CallSID string   `json:"call_sid"`
	Status  string   `json:"status"`
	Flow    string   `json:"flow"`
	Outcome string   `json:"outcome"`
	Scenes  []string `json:"scenes"`
	Payment *Payment `json:"payment"`
	Heard   []caller.Heard
}

// Payment is a call's last payment in the API.
type Payment struct {
	Result, Amount, Currency, Brand, Last4, Confirmation string
}

// Charge is one line of the gateway's own book.
type Charge struct {
	ID            string            `json:"id"`
	Method        string            `json:"method"`
	Amount        string            `json:"amount"`
	Currency      string            `json:"currency"`
	Last4         string            `json:"last4"`
	Brand         string            `json:"brand"`
	TransactionID string            `json:"transaction_id"`
	Parameters    map[string]string `json:"parameters"`
}

// Script is a script for the demo line from its words: what to press and the cards, as the command takes them.
func Script(t testing.TB, press, cards string) caller.Script {
	t.Helper()
	keys, err := caller.ParsePress(press)
	if err != nil {
		t.Fatal(err)
	}
	var list []caller.Card
	if cards != "" {
		if list, err = caller.ParseCards(cards); err != nil {
			t.Fatal(err)
		}
	}
	return caller.Script{To: Line, From: From, Press: keys, Cards: list}
}

// Call plays a script to its end and asks the app how it ended.
func (r *Rig) Call(s caller.Script) Outcome {
	r.t.Helper()
	out, err := r.TryCall(s)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// TryCall is Call for goroutines.
func (r *Rig) TryCall(s caller.Script) (Outcome, error) {
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	who := &caller.Caller{Simulator: r.SimURL}
	st, err := who.Place(ctx, s)
	if err != nil {
		return Outcome{}, err
	}
	return r.Ended(ctx, st)
}

// Ended asks the app how a call that is over ended, and waits until it has heard of the end.
func (r *Rig) Ended(ctx context.Context, st caller.State) (Outcome, error) {
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		var out Outcome
		err := r.TryAPI(ctx, "/api/v1/calls/"+st.CallSID, &out)
		out.Heard = st.Heard
		if err == nil && out.Status == "completed" && (out.Payment == nil || out.Payment.Result != "started") {
			return out, nil
		}
		select {
		case <-ctx.Done():
			return out, fmt.Errorf("call %s is over, the app says %q, %w (%w)", st.CallSID, out.Status, ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// TryAPI reads one answer of the app's API.
func (r *Rig) TryAPI(ctx context.Context, path string, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.AppURL+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+r.APIToken)
	return getJSON(req, out)
}

// Charges reads the gateway's book, oldest first.
func (r *Rig) Charges() []Charge {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodGet, r.SimURL+"/sim/v1/charges", nil)
	if err != nil {
		r.t.Fatal(err)
	}
	var out []Charge
	if err := getJSON(req, &out); err != nil {
		r.t.Fatal(err)
	}
	return out
}

// Get reads a page or document as text.
func (r *Rig) Get(url string) string {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.SetBasicAuth("rig", r.APIToken) // what a browser sends; the API takes it too
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(raw)
}

func getJSON(req *http.Request, out any) error {
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s: %s", req.URL.Path, resp.Status, raw)
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("GET %s: %w in %s", req.URL.Path, err, raw)
	}
	return nil
}

// Said is everything a caller heard, as one text.
func (o Outcome) Said() string {
	var out string
	for _, h := range o.Heard {
		out += h.Text + "\n"
	}
	return out
}
