//go:build !nosimulator

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/paydial/paydial/internal/caller"
)

// settleTime is how long call waits for the app to hear that the call is over.
const settleTime = 2 * time.Second

// callResult is what the app and the simulator say of the call together.
type callResult struct {
	CallSID string          `json:"call_sid"`
	Status  string          `json:"status"`
	Flow    string          `json:"flow,omitempty"`
	Outcome string          `json:"outcome"`
	Scenes  []string        `json:"scenes"`
	Heard   []caller.Heard  `json:"heard"`
	Payment json.RawMessage `json:"payment"`

	told bool // what was heard has been printed already
}

// payment is what a person is told of a payment.
type payment struct {
	Result, Amount, Currency, Brand, Last4, Confirmation string
}

// paid is the call's last payment; its zero value when there is none.
func (r callResult) paid() payment {
	var p payment
	if json.Unmarshal(r.Payment, &p) != nil {
		return payment{}
	}
	return p
}

// askApp asks the app how the call ended, giving it a moment to hear of the end: a payment's result may come in
// behind it.
func askApp(ctx context.Context, f callFlags, sid string) (callResult, error) {
	until := time.Now().Add(settleTime)
	for {
		res, err := fetchCall(ctx, f, sid)
		settled := res.Status == "completed" && res.Outcome != "" && res.paid().Result != "started"
		if err != nil || settled || res.Outcome == notAnswered || time.Now().After(until) {
			return res, err
		}
		select {
		case <-ctx.Done():
			return res, nil
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// notAnswered is the outcome of a call that never reached a flow.
const notAnswered = "not_answered"

func fetchCall(ctx context.Context, f callFlags, sid string) (callResult, error) {
	var out callResult
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(f.app, "/")+"/api/v1/calls/"+sid, nil)
	if err != nil {
		return out, fail(exitUsage, "--app %q is not a URL", f.app)
	}
	req.Header.Set("Authorization", "Bearer "+f.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return out, fail(exitUnreachable, "the call was made, but the app does not answer at %s: give its address with --app", f.app)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized, http.StatusForbidden:
		return out, fail(exitRefused, "the app at %s does not take this API token: set PAYDIAL_API_TOKEN", f.app)
	case http.StatusNotFound:
		var problem struct{ Code, Help string }
		if json.NewDecoder(resp.Body).Decode(&problem) == nil && problem.Code == "api_off" {
			return out, fail(exitRefused, "the call was made, but the API of the app at %s is off, so how it ended is not known\n%s", f.app, problem.Help)
		}
		return callResult{CallSID: sid, Outcome: notAnswered}, nil // it never reached a flow
	default:
		return out, fail(exitFailed, "the app answered %s for call %s", resp.Status, sid)
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return out, fail(exitFailed, "decode the app's answer: %v", err)
	}
	return out, nil
}

// tellCall prints the result.
func tellCall(s streams, f callFlags, res callResult) error {
	if res.Scenes == nil {
		res.Scenes = []string{}
	}
	if res.Heard == nil {
		res.Heard = []caller.Heard{}
	}
	if len(res.Payment) == 0 {
		res.Payment = json.RawMessage("null")
	}
	if f.asJSON {
		enc := json.NewEncoder(s.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(res)
	}
	p := palette(colourful(s, s.out))
	if !res.told {
		for _, h := range res.Heard {
			fmt.Fprintf(s.out, "%s  %s\n", p.dim(fmt.Sprintf("%6.1f s", float64(h.AtMS)/1000)), hanging(h.Text, 10))
		}
	}
	fmt.Fprintln(s.out)
	row := func(name, text string) {
		fmt.Fprintf(s.out, "%s  %s\n", p.bold(fmt.Sprintf("%8s", name)), hanging(text, 10))
	}
	if len(res.Scenes) > 0 {
		row("scenes", strings.Join(res.Scenes, " → "))
	}
	row("outcome", outcomeWords(res))
	if paid := res.paid(); paid.Result != "" {
		row("payment", paid.words())
	}
	return nil
}

// outcomeWords is the outcome, with a word on what a person may not expect.
func outcomeWords(res callResult) string {
	switch res.Outcome {
	case notAnswered:
		return "not_answered: the app has no flow for this line, or did not understand the call"
	case "":
		return "none yet: the app has not heard of the end of the call"
	}
	return res.Outcome
}

// words is a payment in one line.
func (p payment) words() string {
	line := moneyWords(p.Result, p.Amount+" "+p.Currency)
	if p.Last4 != "" {
		line += " · " + strings.TrimSpace(p.Brand+" ending "+p.Last4)
	}
	if p.Confirmation != "" {
		line += " · confirmation " + p.Confirmation
	}
	return line
}
