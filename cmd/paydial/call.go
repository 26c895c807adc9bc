//go:build !nosimulator

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/internal/caller"
	"github.com/paydial/paydial/internal/local"
)

// settleTime is how long call waits for the app to hear that the call is over.
const settleTime = 2 * time.Second

// callFlags are the flags of call.
type callFlags struct {
	app, simulator, to, from, press, card, token string
	asJSON                                       bool
	limit                                        time.Duration
}

func callCommand(s streams) *cobra.Command {
	var f callFlags
	cmd := &cobra.Command{
		Use:   "call",
		Short: "Ring a line of the simulator from the terminal, by a script or key by key",
		Long: "Ring a line of the simulator. With --press the call follows a script: one entry for each time the line waits\n" +
			"for keys, - for silence, h to hang up; when it runs out the caller stays silent. Without --press, on a\n" +
			"terminal, you are the caller: type keys and Enter. --card types every field of <Pay>.",
		Example: "  paydial call --press 1,12345678,1 --card visa\n" +
			"  paydial call --press 1,12345678,1 --card wrong,visa     # a slip, then the right number\n" +
			"  paydial call --press 1,12345678,1,* --json | jq .outcome  # star inside <Pay> stops the payment\n" +
			"  paydial call --press 1,12345678,1 --card silent",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return placeCall(cmd, s, f) },
	}
	cmd.Flags().StringVar(&f.app, "app", "http://127.0.0.1:8080", "the app")
	cmd.Flags().StringVar(&f.simulator, "simulator", "http://127.0.0.1:8090", "the simulator")
	cmd.Flags().StringVar(&f.to, "to", "+15550100000", "the line to ring")
	cmd.Flags().StringVar(&f.from, "from", "+15550123456", "the caller's number")
	cmd.Flags().StringVar(&f.press, "press", "", "what to press, one entry for each stop, separated by commas")
	cmd.Flags().StringVar(&f.card, "card", "visa", "card to pay with: "+strings.Join(caller.CardNames(), " "))
	cmd.Flags().StringVar(&f.token, "api-token", "", "token of the app's API (PAYDIAL_API_TOKEN; default that of dev)")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "tell the result as JSON")
	cmd.Flags().DurationVar(&f.limit, "limit", 5*time.Minute, "give up after this time")
	return cmd
}

// callResult is what the app and the simulator say of the call together.
type callResult struct {
	CallSID string          `json:"call_sid"`
	Status  string          `json:"status"`
	Flow    string          `json:"flow,omitempty"`
	Outcome string          `json:"outcome"`
	Scenes  []string        `json:"scenes"`
	Heard   []caller.Heard  `json:"heard"`
	Payment json.RawMessage `json:"payment"`
}

// payment is what a person is told of a payment.
type payment struct {
	Result, Amount, Currency, Brand, Last4, Confirmation string
}

func placeCall(cmd *cobra.Command, s streams, f callFlags) error {
	ctx, cancel := context.WithTimeout(cmd.Context(), f.limit)
	defer cancel()
	press, err := caller.ParsePress(f.press)
	if err != nil {
		return fail(exitUsage, "%v", err)
	}
	cards, err := caller.ParseCards(f.card)
	if err != nil {
		return fail(exitUsage, "%v", err)
	}
	if f.token == "" {
		f.token = local.APIToken
		if t, ok := s.env("PAYDIAL_API_TOKEN"); ok && t != "" {
			f.token = t
		}
	}
	who := &caller.Caller{Simulator: f.simulator}
	script := caller.Script{To: f.to, From: f.from, Press: press, Cards: cards}
	sid, err := who.Ring(ctx, script)
	if err != nil {
		return callError(err, f)
	}
	var st caller.State
	if !cmd.Flags().Changed("press") && isTerminal(s.out) && !f.asJSON {
		st, err = byHand(ctx, s, who, sid, script)
	} else {
		st, err = who.Follow(ctx, sid, script)
	}
	if err != nil {
		return callError(err, f)
	}
	res, err := askApp(ctx, f, sid)
	if err != nil {
		return err
	}
	res.Heard = st.Heard
	return tellCall(s, f, res)
}

// callError says what to do about a call that could not be made.
func callError(err error, f callFlags) error {
	var status *caller.StatusError
	switch {
	case errors.Is(err, caller.ErrUnreachable):
		return fail(exitUnreachable, "nothing answers at %s\nStart it with: paydial dev", f.simulator)
	case errors.As(err, &status) && status.Status == http.StatusNotFound:
		return fail(exitNotFound, "%v", err)
	case errors.Is(err, context.DeadlineExceeded):
		return fail(exitFailed, "the call did not end within %s: %v", f.limit, err)
	}
	return fail(exitFailed, "%v", err)
}

// askApp asks the app how the call ended, giving it a moment to hear of the end.
func askApp(ctx context.Context, f callFlags, sid string) (callResult, error) {
	until := time.Now().Add(settleTime)
	for {
		res, err := fetchCall(ctx, f, sid)
		if err != nil || res.Status == "completed" || time.Now().After(until) {
			return res, err
		}
		select {
		case <-ctx.Done():
			return res, nil
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func fetchCall(ctx context.Context, f callFlags, sid string) (callResult, error) {
	var out callResult
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(f.app, "/")+"/api/v1/calls/"+sid, nil)
	if err != nil {
		return out, fail(exitUsage, "--app %q is not a URL", f.app)
	}
	req.Header.Set("Authorization", "Bearer "+f.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return out, fail(exitUnreachable, "the app does not answer at %s", f.app)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized, http.StatusForbidden:
		return out, fail(exitRefused, "the app at %s does not take this API token: set PAYDIAL_API_TOKEN", f.app)
	case http.StatusNotFound: // the call never reached a flow
		return callResult{CallSID: sid, Outcome: "not_answered"}, nil
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
		enc.SetIndent("", "  ")
		return enc.Encode(res)
	}
	p := palette(colourful(s, s.out))
	for _, h := range res.Heard {
		fmt.Fprintf(s.out, "%s  %s\n", p.dim(fmt.Sprintf("%6.1fs", float64(h.AtMS)/1000)), h.Text)
	}
	fmt.Fprintf(s.out, "\n%s  %s\n", p.bold("scenes "), strings.Join(res.Scenes, " → "))
	fmt.Fprintf(s.out, "%s  %s\n", p.bold("outcome"), res.Outcome)
	var paid payment
	if json.Unmarshal(res.Payment, &paid) == nil && paid.Result != "" {
		line := fmt.Sprintf("%s %s %s", paid.Result, paid.Amount, paid.Currency)
		if paid.Last4 != "" {
			line += fmt.Sprintf("   %s ending %s", paid.Brand, paid.Last4)
		}
		if paid.Confirmation != "" {
			line += "   confirmation " + paid.Confirmation
		}
		fmt.Fprintf(s.out, "%s  %s\n", p.bold("payment"), line)
	}
	return nil
}
