//go:build !nosimulator

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/internal/caller"
	"github.com/paydial/paydial/internal/local"
)

// demoLine is the number of the demo line, and of a new project's.
const demoLine = "+15550100000"

// goodbyeTime is how long call takes at most to hang up when it is interrupted.
const goodbyeTime = 2 * time.Second

// callFlags are the flags of call.
type callFlags struct {
	app, simulator, to, from, press, card string
	asJSON, hold, agent                   bool
	limit                                 time.Duration
	token                                 string // of the app's API; no flag, because flags end up in logs
}

func callCommand(s streams) *cobra.Command {
	var f callFlags
	cmd := &cobra.Command{
		Use:   "call",
		Short: "Ring a line from the terminal, by a script or key by key",
		Long: "Ring a line of the simulator. With --press the call follows a script: one entry for each time the line waits\n" +
			"for keys, - for silence, h to hang up; when it runs out the caller stays silent. Without --press, on a\n" +
			"terminal, you are the caller: type keys and Enter. --card types every field of <Pay>; paydial cards lists the\n" +
			"test cards there are. With --agent the agent's phone is answered too, and the caller stays until a payment on\n" +
			"the call has come to its end: paydial payments take takes one. An app that is not dev's wants its token in\n" +
			"PAYDIAL_API_TOKEN.",
		Example: "  paydial call --press 1,12345678,1 --card visa\n" +
			"  paydial call --press 1,12345678,1 --card wrong,visa         # a slip, then the right number\n" +
			"  paydial call --press '1,12345678,1,*' --json | jq .outcome  # star inside <Pay> stops the payment\n" +
			"  paydial call --press 1,12345678,1 --card silent             # says nothing when asked for the card\n" +
			"  paydial call --press 1,12345678,0 --agent --card wrong,visa # then: paydial payments take --yes",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return placeCall(cmd, s, f) },
	}
	cmd.Flags().StringVar(&f.to, "to", demoLine, "the line to ring")
	cmd.Flags().StringVar(&f.press, "press", "", "what to press, one entry for each stop, separated by commas")
	cmd.Flags().StringVar(&f.card, "card", "visa", "test card to pay with, or one for each time the number is asked, separated by commas")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "tell the result as JSON")
	cmd.Flags().BoolVar(&f.hold, "hold", false, "wait while somebody is rung, so that an agent can answer and take a payment")
	cmd.Flags().BoolVar(&f.agent, "agent", false, "answer the agent's phone, and stay until an agent's payment is over")
	cmd.Flags().StringVar(&f.from, "from", "+15550123456", "the caller's number")
	cmd.Flags().StringVar(&f.app, "app", "http://"+defaultListen, "the app")
	cmd.Flags().StringVar(&f.simulator, "simulator", "http://"+defaultSimListen, "the simulator")
	cmd.Flags().DurationVar(&f.limit, "limit", 5*time.Minute, "give up after this time")
	cmd.Flags().SortFlags = false
	return cmd
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
		return fail(exitUsage, "%s\nWhat each of them does: %s cards", strings.Join(wrap(err.Error(), helpWidth-len("paydial: ")), "\n  "), s.self)
	}
	f.token = local.APIToken
	if t, ok := s.env("PAYDIAL_API_TOKEN"); ok && t != "" {
		f.token = t
	}
	who := &caller.Caller{Simulator: f.simulator}
	script := caller.Script{To: f.to, From: f.from, Press: press, Cards: cards, Holds: f.hold || f.agent}
	sid, err := who.Ring(ctx, script)
	if err != nil {
		return callError(s, f, err)
	}
	attending := attend(ctx, who, f, sid)
	var st caller.State
	person := !cmd.Flags().Changed("press") && !f.asJSON && hasPerson(s)
	if person {
		st, err = byHand(ctx, s, who.Hand(sid, script), func() (caller.State, error) { return who.State(ctx, sid) })
	} else {
		st, err = who.Follow(ctx, sid, script)
	}
	if err != nil {
		hangUp(who, sid)
		return callError(s, f, err)
	}
	if err := attending(); err != nil {
		return err
	}
	res, err := askApp(ctx, f, sid)
	if err != nil {
		return err
	}
	res.Heard = st.Heard
	res.told = person // as it was said
	return tellCall(s, f, res)
}

// hangUp leaves no call behind when somebody gave it up.
func hangUp(who *caller.Caller, sid string) {
	ctx, cancel := context.WithTimeout(context.Background(), goodbyeTime)
	defer cancel()
	_ = who.HangUp(ctx, sid)
}

// callError says what to do about a call that could not be made.
func callError(s streams, f callFlags, err error) error {
	var status *caller.StatusError
	switch {
	case errors.Is(err, caller.ErrUnreachable):
		return fail(exitUnreachable, "nothing answers at %s\nStart it with: %s dev", f.simulator, s.self)
	case errors.As(err, &status) && status.Status == http.StatusNotFound:
		return fail(exitNotFound, "%s cannot be rung: %v", f.to, err)
	case errors.Is(err, context.DeadlineExceeded):
		return fail(exitFailed, "the call did not end within %s, so it was hung up", f.limit)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("the call was hung up: %w", err)
	}
	return fail(exitFailed, "%v", err)
}
