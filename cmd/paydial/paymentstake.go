package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/payments"
)

// takeFlags are the flags of take.
type takeFlags struct {
	startFlags
	fields []string
	retry  int
	yes    bool
	wait   time.Duration
}

func (d *deskCommand) takeCommand() *cobra.Command {
	var f takeFlags
	cmd := &cobra.Command{
		Use:   "take [CALL]",
		Short: "A whole payment: start, ask for every field, charge",
		Long: "Take a whole payment: start it, ask for the fields one after the other, each again when it is wrong or nothing\n" +
			"is keyed, then charge. When a field does not come right the payment is cancelled.",
		Example: "  paydial payments take --yes\n  paydial payments take --fields expiry,card,code --retry 2 --yes",
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return d.take(cmd, args, f) },
	}
	set := cmd.Flags()
	set.StringSliceVar(&f.fields, "fields", nil, "in which order to ask; what is missing behind them is asked too")
	set.IntVar(&f.retry, "retry", 2, "how often a field is asked again")
	f.add(set)
	set.DurationVar(&f.wait, "wait", 30*time.Second, "how long to wait for a call that waits")
	set.BoolVarP(&f.yes, "yes", "y", false, "charge without asking")
	set.SortFlags = false
	return cmd
}

// taking is a payment that take leads.
type taking struct {
	d     *deskCommand
	c     *deskClient
	retry int
	now   payments.Assisted
	raw   json.RawMessage
}

func (d *deskCommand) take(cmd *cobra.Command, args []string, f takeFlags) error {
	ctx := cmd.Context()
	if !f.yes && !hasPerson(d.s) { // before the caller keys anything
		return fail(exitUsage, "nobody is there to be asked before the money is taken: say --yes")
	}
	var order []string
	for _, text := range f.fields {
		name, err := fieldNamed(text)
		if err != nil {
			return err
		}
		if name == firstMissing {
			continue // what is missing is asked anyway
		}
		order = append(order, name)
	}
	c, err := d.client(cmd)
	if err != nil {
		return err
	}
	h, err := d.awaitCall(ctx, c, args, f.wait)
	if err != nil {
		return err
	}
	body, err := f.body(h)
	if err != nil {
		return err
	}
	t := &taking{d: d, c: c, retry: max(f.retry, 0)}
	t.now, t.raw, err = c.wish(ctx, "/api/v1/calls/"+url.PathEscape(h.Call)+"/payments", body)
	if err != nil {
		return err
	}
	t.tell("started", fmt.Sprintf("%s  %s on call %s", moneyStart(t.now), t.now.ID, h.Call))
	if err := t.fields(ctx, order); err != nil {
		return t.giveUp(ctx, err)
	}
	if err := t.finish(ctx, f.yes); err != nil {
		return t.giveUp(ctx, err)
	}
	return t.end()
}

// moneyStart is what a payment is about to do.
func moneyStart(a payments.Assisted) string {
	if text := chargedText(a); text != "" {
		return text
	}
	return "to save, nothing charged"
}

// awaitCall is the call that was named, or the one that waits, once there is one.
func (d *deskCommand) awaitCall(ctx context.Context, c *deskClient, args []string, wait time.Duration) (payments.Handover, error) {
	until, said := time.Now().Add(wait), false
	for {
		h, err := oneCall(ctx, c, args)
		var told *exitError
		waiting := errors.As(err, &told) && told.code == exitNotFound || err == nil && h.From == "" && len(args) > 0
		if !waiting || time.Now().After(until) {
			return h, err
		}
		if !said {
			d.note("waiting for a call that a flow hands over")
			said = true
		}
		select {
		case <-ctx.Done():
			return h, ctx.Err()
		case <-time.After(deskPause):
		}
	}
}

// tell tells one step of the story.
func (t *taking) tell(what, text string) {
	if !t.d.asJSON {
		fmt.Fprintf(t.d.s.out, "%-8s %s\n", what, text)
	}
}

// errFieldWrong says that a field did not come right.
var errFieldWrong = errors.New("not right")

// fields asks for the fields in their order, and then for what is missing still.
func (t *taking) fields(ctx context.Context, order []string) error {
	for _, name := range order {
		if err := t.field(ctx, name); err != nil {
			return err
		}
	}
	for !t.now.Stage.Over() && len(t.now.Required) > 0 {
		if err := t.field(ctx, t.now.Required[0]); err != nil {
			return err
		}
	}
	return nil
}

// field asks for one field, and again while it is not right and may be asked.
func (t *taking) field(ctx context.Context, name string) error {
	for try := 0; ; try++ {
		if t.now.Stage.Over() {
			return nil
		}
		a, _, err := t.c.ask(ctx, t.now.ID, name)
		if err != nil {
			return err
		}
		var f payments.Field
		f, t.now, t.raw, err = t.c.waitFor(ctx, a, name)
		if err != nil {
			return err
		}
		if t.now.Stage.Over() {
			return nil
		}
		t.tell("asked", fmt.Sprintf("%-15s %s", fieldWord(f.Name), fieldStands(f, t.now.Brand)))
		if f.State == payments.FieldRight {
			return nil
		}
		if try == t.retry {
			return fmt.Errorf("%s is %w after %s", fieldWord(f.Name), errFieldWrong, plural(try+1, "time"))
		}
	}
}

// finish charges.
func (t *taking) finish(ctx context.Context, yes bool) error {
	if t.now.Stage.Over() {
		return nil
	}
	if err := t.d.sure(t.now, yes); err != nil {
		return err
	}
	now, raw, err := t.c.charge(ctx, t.now)
	if err == nil {
		t.now, t.raw = now, raw
	}
	return err
}

// end tells how it ended.
func (t *taking) end() error {
	t.tell(outcomeMark(t.now.Stage), moneyLine(t.now))
	if t.d.asJSON {
		if err := printJSON(t.d.s, t.raw); err != nil {
			return err
		}
	}
	return t.d.ended(t.now)
}

// outcomeMark begins the last line of the story.
func outcomeMark(s payments.Stage) string {
	if slices.Contains([]payments.Stage{payments.StagePaid, payments.StageSaved}, s) {
		return "done"
	}
	return "ended"
}

// giveUpTime bounds the cancelling of a payment that take gives up.
const giveUpTime = 10 * time.Second

// giveUp cancels what is open, so that nothing is left behind, and says why.
func (t *taking) giveUp(ctx context.Context, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUpTime)
	defer cancel()
	a, raw, err := t.c.wish(ctx, "/api/v1/payments/"+url.PathEscape(t.now.ID)+"/cancel", struct{}{})
	switch {
	case err != nil: // it is being charged, or over already
		t.d.note("the payment was not cancelled: %v", err)
	default:
		t.now, t.raw = a, raw
		_ = t.end()
	}
	if errors.Is(why, errFieldWrong) {
		return fail(exitFailed, "%v", why)
	}
	return why
}
