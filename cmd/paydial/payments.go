package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/payments"
)

// deskCommand is what every command of payments has.
type deskCommand struct {
	s      streams
	app    string
	asJSON bool
}

func paymentsCommand(s streams) *cobra.Command {
	d := &deskCommand{s: s}
	cmd := &cobra.Command{
		Use:   "payments",
		Short: "Look at payments, and take them on calls as an agent does",
		Long: "Look at the ledger, and take payments on calls that a flow has handed to an agent: the caller keys each field\n" +
			"when it is asked for; nobody here sees or hears more than the last four digits. CALL may be left out when one\n" +
			"call waits, PAYMENT when one payment is open. An app that is not dev's wants its token in PAYDIAL_API_TOKEN.",
		Example: "  paydial payments list --needs-look          # somebody has to look at these\n" +
			"  paydial payments waiting                    # calls that flows have handed to agents\n" +
			"  paydial payments take --yes                 # take a payment on the one that waits",
	}
	cmd.PersistentFlags().StringVar(&d.app, "app", "http://127.0.0.1:8080", "the app")
	cmd.PersistentFlags().BoolVar(&d.asJSON, "json", false, "as JSON")
	look, act := "Look", "Take a payment"
	inGroup(cmd, look, d.listCommand(), d.showCommand(), d.waitingCommand(), d.watchCommand())
	inGroup(cmd, act, d.takeCommand(), d.startCommand(), d.askCommand(), d.moreTimeCommand(), d.stopCommand(), d.chargeCommand(),
		d.cancelCommand(), d.takeOverCommand(), d.keypadCommand())
	return cmd
}

// client is the API's client for one run of a command.
func (d *deskCommand) client(cmd *cobra.Command) (*deskClient, error) {
	return newDeskClient(cmd, d.s, d.app)
}

// tell prints an answer as it came, or says it in words.
func (d *deskCommand) tell(raw json.RawMessage, words func()) error {
	if d.asJSON {
		return printJSON(d.s, raw)
	}
	words()
	return nil
}

// note says something beside the output.
func (d *deskCommand) note(format string, args ...any) {
	if !d.asJSON {
		fmt.Fprintf(d.s.err, format+"\n", args...)
	}
}

// onePayment is the payment that was named, or the only one that is open.
func onePayment(ctx context.Context, c *deskClient, args []string) (string, error) {
	if len(args) > 0 {
		if !strings.HasPrefix(args[0], "pay_") {
			return "", fail(exitUsage, "%.60q is no payment: its name begins with pay_", args[0])
		}
		return args[0], nil
	}
	var desk deskState
	if _, err := c.get(ctx, "/api/v1/desk", &desk); err != nil {
		return "", err
	}
	var open []string
	for _, p := range desk.Payments {
		if !p.Stage.Over() {
			open = append(open, p.ID)
		}
	}
	switch len(open) {
	case 0:
		return "", fail(exitNotFound, "no payment is open\nStart one: %s payments start", c.self)
	case 1:
		return open[0], nil
	}
	return "", fail(exitUsage, "%d payments are open, so say which:\n  %s", len(open), strings.Join(open, "\n  "))
}

// oneCall is the call that was named, or the only one that waits for a payment, with what its flow offers; the offer
// is empty for a call that no flow has handed over.
func oneCall(ctx context.Context, c *deskClient, args []string) (payments.Handover, error) {
	var desk deskState
	if _, err := c.get(ctx, "/api/v1/desk", &desk); err != nil {
		return payments.Handover{}, err
	}
	if len(args) > 0 {
		for _, h := range desk.Handovers {
			if h.Call == args[0] {
				return h, nil
			}
		}
		return payments.Handover{Call: args[0]}, nil // the API says what is wrong with it
	}
	return waitingCall(c, desk)
}

// waitingCall is the only call that waits: those on which a payment is open come second.
func waitingCall(c *deskClient, desk deskState) (payments.Handover, error) {
	free := []payments.Handover{}
	for _, h := range desk.Handovers {
		if desk.openOn(h.Call) == nil {
			free = append(free, h)
		}
	}
	if len(free) == 0 {
		free = desk.Handovers
	}
	switch len(free) {
	case 0:
		return payments.Handover{}, fail(exitNotFound, "no call waits for an agent\n%s", "A call comes here when its flow hands it to an agent who may take a payment.")
	case 1:
		return free[0], nil
	}
	var lines []string
	for _, h := range free {
		lines = append(lines, h.Call+"  "+spaced(h.From))
	}
	return payments.Handover{}, fail(exitUsage, "%d calls wait, so say which:\n  %s", len(free), strings.Join(lines, "\n  "))
}

// openOn is the payment that is open on a call; nil when none is.
func (d deskState) openOn(call string) *payments.Assisted {
	for i, p := range d.Payments {
		if p.Call == call && !p.Stage.Over() {
			return &d.Payments[i]
		}
	}
	return nil
}
