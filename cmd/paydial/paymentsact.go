package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/paydial/paydial/payments"
)

// startFlags are what an agent chooses of a payment. What is left out is as the flow offers.
type startFlags struct {
	amount, method, account, reference, reason, ask string
	save, slow                                      bool
}

func (f *startFlags) add(set *pflag.FlagSet) {
	set.StringVar(&f.amount, "amount", "", "another amount than the flow's: 20.00, or \"20.00 usd\"")
	set.BoolVar(&f.save, "save", false, "save the card or account, charge nothing")
	set.StringVar(&f.method, "method", "", "card or bank")
	set.StringVar(&f.account, "account-type", "", "of a bank account: checking, savings or business")
	set.StringVar(&f.reference, "reference", "", "what it is for")
	set.StringVar(&f.reason, "reason", "", "why a call that has paid is charged again")
	set.BoolVar(&f.slow, "slow", false, "longer pauses between keys")
}

// Twilio's words for what a person writes in short.
var (
	methodWords  = map[string]string{"": "", "card": "credit-card", "bank": "ach-debit", "credit-card": "credit-card", "ach-debit": "ach-debit"}
	accountWords = map[string]string{
		"": "", "checking": "consumer-checking", "savings": "consumer-savings", "business": "commercial-checking",
		"consumer-checking": "consumer-checking", "consumer-savings": "consumer-savings", "commercial-checking": "commercial-checking",
	}
)

// body is what the API is sent.
func (f *startFlags) body(h payments.Handover) (map[string]any, error) {
	out := map[string]any{}
	method, ok := methodWords[f.method]
	account, okToo := accountWords[f.account]
	switch {
	case !ok:
		return nil, fail(exitUsage, "--method %q: there are card and bank", f.method)
	case !okToo:
		return nil, fail(exitUsage, "--account-type %q: there are checking, savings and business", f.account)
	case f.save && f.amount != "":
		return nil, fail(exitUsage, "--save charges nothing, so it takes no --amount")
	}
	for name, text := range map[string]string{"method": method, "bank_account_type": account, "reference": f.reference, "reason": f.reason} {
		if text != "" {
			out[name] = text
		}
	}
	if f.save {
		out["intent"] = payments.Save
	}
	if f.slow {
		out["slow"] = true
	}
	if f.amount != "" {
		number, currency, _ := strings.Cut(strings.TrimSpace(f.amount), " ")
		if currency == "" && h.Offer != nil {
			currency = h.Offer.Amount.Currency
		}
		if currency == "" {
			return nil, fail(exitUsage, "--amount %q: the flow names no currency, so write \"%s usd\"", f.amount, number)
		}
		out["amount"] = map[string]string{"decimal": number, "currency": strings.ToLower(strings.TrimSpace(currency))}
	}
	if f.ask != "" {
		field, err := fieldNamed(f.ask)
		if err != nil {
			return nil, err
		}
		out["first"] = field
	}
	return out, nil
}

func (d *deskCommand) startCommand() *cobra.Command {
	var f startFlags
	cmd := &cobra.Command{
		Use:   "start [CALL]",
		Short: "Start a payment on a call",
		Example: "  paydial payments start\n  paydial payments start CA... --amount 20.00 --ask expiry\n" +
			"  paydial payments start --save --method bank --account-type savings",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return d.begin(cmd, args, &f, "payments") },
	}
	f.add(cmd.Flags())
	cmd.Flags().StringVar(&f.ask, "ask", "", "ask for this field at once, or for the \"first\"")
	cmd.Flags().SortFlags = false
	return cmd
}

func (d *deskCommand) keypadCommand() *cobra.Command {
	var f startFlags
	cmd := &cobra.Command{
		Use:   "keypad [CALL]",
		Short: "Send the caller to the keypad to pay there; they come back",
		Long: "Send the caller to Twilio's own dialogue, to pay by keypad and come back to the agent. A payment that is open\n" +
			"on the call is cancelled first.",
		Example: "  paydial payments keypad && paydial payments watch",
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return d.begin(cmd, args, &f, "keypad") },
	}
	f.add(cmd.Flags())
	cmd.Flags().SortFlags = false
	return cmd
}

// begin starts a payment on a call.
func (d *deskCommand) begin(cmd *cobra.Command, args []string, f *startFlags, what string) error {
	c, err := d.client(cmd)
	if err != nil {
		return err
	}
	h, err := oneCall(cmd.Context(), c, args)
	if err != nil {
		return err
	}
	body, err := f.body(h)
	if err != nil {
		return err
	}
	a, raw, err := c.wish(cmd.Context(), "/api/v1/calls/"+url.PathEscape(h.Call)+"/"+what, body)
	if err != nil {
		return err
	}
	return d.stands(a, raw)
}

// stands tells how a payment stands.
func (d *deskCommand) stands(a payments.Assisted, raw json.RawMessage) error {
	return d.tell(raw, func() {
		fmt.Fprintf(d.s.out, "%s  %s\n", a.ID, moneyLine(a))
		for _, f := range a.Fields {
			d.say(fieldWord(f.Name), fieldStands(f, a.Brand))
		}
	})
}

func (d *deskCommand) askCommand() *cobra.Command {
	var wait bool
	cmd := &cobra.Command{
		Use:   "ask [PAYMENT] FIELD",
		Short: "Ask the caller for a field, or ask again",
		Long: "Ask the caller for a field: card, expiry, code, postal, routing, account, or the first that is missing. With\n" +
			"--wait it returns when the caller is through: 0 when it is right, 1 when it is wrong or nothing was keyed.",
		Example: "  paydial payments ask first --wait\n  paydial payments ask pay_abc code",
		Args:    cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fail(exitUsage, "say which field, for example: %s payments ask card", d.s.self)
			}
			field, err := fieldNamed(args[len(args)-1])
			if err != nil {
				return err
			}
			c, err := d.client(cmd)
			if err != nil {
				return err
			}
			id, err := onePayment(cmd.Context(), c, args[:len(args)-1])
			if err != nil {
				return err
			}
			a, raw, err := c.ask(cmd.Context(), id, field)
			if err != nil || !wait {
				if err == nil {
					err = d.stands(a, raw)
				}
				return err
			}
			f, a, raw, err := c.waitFor(cmd.Context(), a, lastAsked(a))
			if err != nil {
				return err
			}
			_ = d.tell(raw, func() { fmt.Fprintf(d.s.out, "%s  %s\n", fieldWord(f.Name), fieldStands(f, a.Brand)) })
			if f.State != payments.FieldRight {
				return &exitError{code: exitFailed, err: fmt.Errorf("%s is not right", fieldWord(f.Name)), silent: true}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&wait, "wait", false, "until the caller is through")
	return cmd
}

// act makes a command of a wish that needs no more than its payment.
func (d *deskCommand) act(cmd *cobra.Command, path string) *cobra.Command {
	cmd.Args = cobra.MaximumNArgs(1)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := d.client(cmd)
		if err != nil {
			return err
		}
		id, err := onePayment(cmd.Context(), c, args)
		if err != nil {
			return err
		}
		a, raw, err := c.wish(cmd.Context(), "/api/v1/payments/"+url.PathEscape(id)+path, struct{}{})
		if err != nil {
			return err
		}
		return d.stands(a, raw)
	}
	return cmd
}

func (d *deskCommand) moreTimeCommand() *cobra.Command {
	return d.act(&cobra.Command{Use: "more-time [PAYMENT]", Short: "Ask the same field anew, so that its time begins again",
		Example: "  paydial payments more-time"}, "/more-time")
}

func (d *deskCommand) stopCommand() *cobra.Command {
	return d.act(&cobra.Command{Use: "stop [PAYMENT]", Short: "Leave the field that is being asked",
		Example: "  paydial payments stop"}, "/stop")
}

func (d *deskCommand) cancelCommand() *cobra.Command {
	return d.act(&cobra.Command{Use: "cancel [PAYMENT]", Short: "Cancel a payment; nothing is charged",
		Example: "  paydial payments cancel pay_abc"}, "/cancel")
}

func (d *deskCommand) takeOverCommand() *cobra.Command {
	return d.act(&cobra.Command{Use: "take-over [PAYMENT]", Short: "Lead a payment that another screen or agent leads",
		Example: "  paydial payments take-over pay_abc"}, "/take-over")
}

func (d *deskCommand) chargeCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "charge [PAYMENT]",
		Short: "Charge, or save, and wait for the result",
		Long: "Send what was keyed to the card company, once, and wait for the result: 0 when it is paid or saved, 1 when it\n" +
			"is declined or nobody knows. It asks before; without a terminal say --yes.",
		Example: "  paydial payments charge\n  paydial payments charge pay_abc --yes --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := d.client(cmd)
			if err != nil {
				return err
			}
			id, err := onePayment(cmd.Context(), c, args)
			if err != nil {
				return err
			}
			var a payments.Assisted
			if _, err := c.get(cmd.Context(), "/api/v1/payments/"+url.PathEscape(id)+"/desk", &a); err != nil {
				return err
			}
			if err := d.sure(a, yes); err != nil {
				return err
			}
			a, raw, err := c.charge(cmd.Context(), a)
			if err != nil {
				return err
			}
			_ = d.tell(raw, func() { fmt.Fprintln(d.s.out, moneyLine(a)) })
			return d.ended(a)
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

// sure asks whether the money is to be taken.
func (d *deskCommand) sure(a payments.Assisted, yes bool) error {
	if yes {
		return nil
	}
	if !hasPerson(d.s) {
		return fail(exitUsage, "nobody is there to be asked: say --yes to charge %s", cmp.Or(chargedText(a), "nothing and save"))
	}
	question := "Save it, and charge nothing?"
	if text := chargedText(a); text != "" {
		question = "Charge " + text + "?"
	}
	fmt.Fprint(d.s.err, question+" y/N ")
	line, _ := bufio.NewReader(d.s.in).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	return fail(exitFailed, "nothing was charged")
}

// ended is nil when a payment ended as wanted.
func (d *deskCommand) ended(a payments.Assisted) error {
	if a.Stage == payments.StagePaid || a.Stage == payments.StageSaved {
		return nil
	}
	if a.Stage == payments.StageUnknown {
		d.note("Do not charge again: it could charge twice. Compare it with the card company's list first.")
	}
	return &exitError{code: exitFailed, err: fmt.Errorf("the payment is %s", stageWord(a.Stage)), silent: true}
}

// ask asks for a field.
func (c *deskClient) ask(ctx context.Context, id, field string) (payments.Assisted, json.RawMessage, error) {
	return c.wish(ctx, "/api/v1/payments/"+url.PathEscape(id)+"/ask", map[string]string{"field": field})
}

// fieldOf is a payment's field of a name.
func fieldOf(a payments.Assisted, name string) payments.Field {
	for _, f := range a.Fields {
		if f.Name == name {
			return f
		}
	}
	return payments.Field{Name: name}
}

// lastAsked is the field that was asked last. It may be answered already.
func lastAsked(a payments.Assisted) string {
	for _, l := range slices.Backward(a.Log) {
		if l.What == "asked" {
			return l.Field
		}
	}
	return a.Asking
}

// waitFor waits until the ask that a shows has come to its end, or the payment has.
func (c *deskClient) waitFor(ctx context.Context, a payments.Assisted, name string) (payments.Field, payments.Assisted, json.RawMessage, error) {
	asked := fieldOf(a, name)
	var now payments.Assisted
	var raw json.RawMessage
	err := c.follow(ctx, a.ID, func(p payments.Assisted, as json.RawMessage) error {
		now, raw = p, as
		f := fieldOf(p, name)
		switch f.State {
		case payments.FieldRight, payments.FieldWrong, payments.FieldSilent, payments.FieldStopped:
			if f.Tries >= asked.Tries {
				return errStreamEnded
			}
		case payments.FieldNotAsked, payments.FieldAsking, payments.FieldWaiting, payments.FieldTyping:
		}
		if p.Stage.Over() {
			return errStreamEnded
		}
		return nil
	})
	return fieldOf(now, name), now, raw, err
}

// resultTime is how long a command waits for a charge's result: longer than the desk itself does.
const resultTime = 3 * time.Minute

// charge sends a payment to the card company and waits for its end.
func (c *deskClient) charge(ctx context.Context, a payments.Assisted) (payments.Assisted, json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, resultTime)
	defer cancel()
	now, raw, err := c.wish(ctx, "/api/v1/payments/"+url.PathEscape(a.ID)+"/complete", map[string]any{"amount": a.Amount})
	if err != nil || now.Stage.Over() {
		return now, raw, err
	}
	err = c.follow(ctx, a.ID, func(p payments.Assisted, as json.RawMessage) error {
		now, raw = p, as
		if p.Stage.Over() {
			return errStreamEnded
		}
		return nil
	})
	if errors.Is(err, context.DeadlineExceeded) {
		err = fail(exitFailed, "no result came within %s. Do not charge again: it could charge twice.\nFollow it: %s payments watch %s", resultTime, c.self, a.ID)
	}
	return now, raw, err
}
