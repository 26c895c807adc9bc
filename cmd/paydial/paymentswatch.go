package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/payments"
)

func (d *deskCommand) watchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "watch [PAYMENT]",
		Short: "Follow a payment while the caller keys it",
		Long: "Follow a payment, a line for each thing that happens, until it is over. With --json it is one line of JSON for\n" +
			"each change, with the whole payment in it.",
		Example: "  paydial payments watch\n  paydial payments watch pay_abc --json | jq -c '[.state, .asking]'",
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
			w := &watching{d: d}
			return c.follow(cmd.Context(), id, func(a payments.Assisted, raw json.RawMessage) error {
				if d.asJSON {
					_, err := fmt.Fprintf(d.s.out, "%s\n", raw)
					return err
				}
				w.tell(a)
				return nil
			})
		},
	}
}

// watching is what has been told of a payment.
type watching struct {
	d      *deskCommand
	upTo   time.Time // the last change that was told
	typed  int
	asking string
}

// tell tells what is new of a payment.
func (w *watching) tell(a payments.Assisted) {
	p := palette(colourful(w.d.s, w.d.s.out))
	line := func(at time.Time, mark, text string) {
		fmt.Fprintf(w.d.s.out, "%s  %s  %s\n", p.dim(at.Local().Format(time.TimeOnly)), mark, text)
	}
	if a.Asking != w.asking {
		w.asking, w.typed = a.Asking, 0
	}
	if f := fieldOf(a, a.Asking); f.State == payments.FieldTyping && f.Digits != w.typed {
		w.typed = f.Digits
		line(a.Updated, "·", fieldWord(f.Name)+"  "+fieldStands(f, a.Brand))
	}
	for _, l := range a.Log {
		if !l.At.After(w.upTo) {
			continue
		}
		fact := factOf(a, l)
		if l.Field == "" || l.What != "right" {
			mark, text := fact.words()
			line(l.At, mark, text)
			continue
		}
		line(l.At, "▣", fieldWord(l.Field)+"  "+fieldStands(fieldOf(a, l.Field), a.Brand))
	}
	w.upTo = a.Updated
}
