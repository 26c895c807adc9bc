package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/flows"
)

// mostTurns ends a preview of a flow that goes round for ever.
const mostTurns = 100

func campaignPreviewCommand(s streams) *cobra.Command {
	var press string
	cmd := &cobra.Command{
		Use:   "preview FILE [LINE]",
		Short: "Hear the call for one person of the list, and the voicemail",
		Long: "Play the campaign's flow for the person on a line of the list, or the first who can be rung, in that person's language:\n" +
			"once as a person hears it, once as an answering machine does. It is played here alone: nobody is rung, no service\n" +
			"is asked, and who opts out is put on no list. --press keys the answers, one entry for each time the line waits, -\n" +
			"for silence; a payment is paid, with declined it is declined. Without --press, on a terminal, you answer yourself.",
		Example: "  paydial campaign preview campaigns/spring-renewals.yaml\n" +
			"  paydial campaign preview spring-renewals 14 --press 1,1971,1,paid",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := readCampaign(cmd, s, args[0])
			if err != nil {
				return err
			}
			line := 0
			if len(args) == 2 {
				if line, err = strconv.Atoi(args[1]); err != nil || line < 2 {
					return fail(exitUsage, "%q is no line of the list: the first person stands on line 2", args[1])
				}
			}
			row, err := rowOf(cmd.Context(), c, line)
			if err != nil {
				return err
			}
			var keys []string
			if press != "" {
				keys = strings.Split(press, ",")
			}
			var lines <-chan string
			if !cmd.Flags().Changed("press") && hasPerson(s) {
				lines = readLines(cmd.Context(), s)
			}
			for _, by := range []string{"human", "machine"} {
				p := preview{s: s, c: c, row: row, keys: keys, lines: lines}
				if by == "machine" {
					p.keys, p.lines = nil, nil
				}
				if err := p.play(cmd.Context(), by); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&press, "press", "", "what to press, one entry for each stop, separated by commas")
	return cmd
}

// errFound ends the reading of a list at the row that is wanted.
var errFound = errors.New("found")

// rowOf reads the row of a line; of line 0 the first that can be used.
func rowOf(ctx context.Context, c *campaignFile, line int) (contacts.Row, error) {
	list := filepath.Join(c.dir, filepath.FromSlash(c.Contacts))
	from, _, err := openList(list)
	if err != nil {
		return contacts.Row{}, err
	}
	defer func() { _ = from.Close() }()
	var row contacts.Row
	_, err = contacts.Read(ctx, from, contacts.Options{Campaign: c.Campaign}, func(r contacts.Row) error {
		if line == 0 || r.Line == line {
			row = r
			return errFound
		}
		return nil
	}, func(why contacts.Reject, _ []string) error {
		if why.Line == line {
			return fail(exitFindings, "line %d would not be rung: %s: expected %s, found %s; %s", line, why.Reason, why.Expected, why.Found, why.Mend)
		}
		return nil
	})
	var ee *exitError
	switch {
	case errors.Is(err, errFound):
		return row, nil
	case errors.As(err, &ee):
		return row, err
	case err != nil:
		return row, checkFailure(err, fromHere(list))
	case line == 0:
		return row, fail(exitNotFound, "%s: there is nobody on it who can be rung", fromHere(list))
	}
	return row, fail(exitNotFound, "%s: nobody stands on line %d", fromHere(list), line)
}

// preview is one call that is played.
type preview struct {
	s     streams
	c     *campaignFile
	row   contacts.Row
	keys  []string
	lines <-chan string // what somebody types; nil when nobody does
}

// play plays the flow as somebody hears it who answers.
func (p *preview) play(ctx context.Context, answeredBy string) error {
	color := palette(colourful(p.s, p.s.out))
	fmt.Fprintf(p.s.out, "%s\n", color.bold(fmt.Sprintf("Line %d, %s, %s, %s: answered by a %s", p.row.Line, p.row.ID, spaced(p.row.Phone), p.row.Language, answeredBy)))
	now := time.Now()
	contact := map[string]flows.Value{"id": flows.TextValue(p.row.ID), "phone": flows.TextValue(p.row.Phone)}
	for name, v := range p.row.Values {
		contact[name] = v
	}
	call := flows.CallFacts{ID: "preview", To: p.row.Phone, Direction: "outbound", AnsweredBy: answeredBy, Started: now, Contact: contact,
		Campaign: map[string]flows.Value{"name": flows.TextValue(p.c.Name)}}
	if len(p.c.CallFrom) > 0 {
		call.From = p.c.CallFrom[0]
	}
	st, in := p.c.Flow.Start(call, p.row.Language), flows.Input{Kind: flows.InputStart}
	for range mostTurns {
		in.Now = now
		next, out, err := p.c.Flow.Advance(st, in)
		if err != nil {
			return fail(exitFailed, "play the flow: %v", err)
		}
		st = next
		p.say(out.Speech)
		for _, f := range out.Facts {
			if f.Kind == flows.FactError {
				fmt.Fprintf(p.s.out, "  ! %s: %s\n", f.At, f.Text)
			}
		}
		var over bool
		if in, over, err = p.answer(ctx, out); err != nil {
			return err
		}
		if over || st.Ended {
			break
		}
	}
	if st.Outcome != "" {
		fmt.Fprintf(p.s.out, "  outcome: %s\n", st.Outcome)
	}
	fmt.Fprintln(p.s.out)
	return nil
}

func (p *preview) say(speech []flows.Utterance) {
	for _, u := range speech {
		switch u.Kind {
		case flows.UtterSay:
			fmt.Fprintln(p.s.out, "  "+hanging(u.Text, 2))
		case flows.UtterPlay:
			fmt.Fprintln(p.s.out, "  ♪ "+u.URL)
		}
	}
}

// answer is what comes back to the flow: from a service that is not asked, or from the person.
func (p *preview) answer(ctx context.Context, out flows.Sprint) (in flows.Input, over bool, err error) {
	if e := out.Effect; e != nil {
		return p.effect(e), false, nil
	}
	switch stop := out.Stop.(type) {
	case *flows.GatherStop:
		p.say(stop.Speech)
		keys, err := p.next(ctx, "keys")
		switch {
		case errors.Is(err, io.EOF), keys == "h":
			fmt.Fprintln(p.s.out, "  (hangs up)")
			return in, true, nil
		case err != nil:
			return in, true, err
		case keys == "" || keys == "-" || keys == ".":
			fmt.Fprintln(p.s.out, "  (silence)")
			return flows.Input{Kind: flows.InputSilence}, false, nil
		}
		fmt.Fprintf(p.s.out, "  (presses %s)\n", strings.Repeat("•", max(0, len(keys)-1))+keys[len(keys)-1:])
		return flows.Input{Kind: flows.InputKeys, Keys: keys}, false, nil
	case *flows.PayStop:
		ending, err := p.next(ctx, "paid, declined, cancelled")
		if err != nil && !errors.Is(err, io.EOF) {
			return in, true, err
		}
		if ending != "declined" && ending != "cancelled" {
			ending = "paid"
		}
		fmt.Fprintf(p.s.out, "  (keys a card: %s %s)\n", stop.Amount.Decimal(), ending)
		return flows.Input{Kind: flows.InputPay, Ending: ending, Payment: flows.PaymentFacts{Amount: stop.Amount, Confirmation: "PREVIEW", Brand: "visa", Last4: "4242"}}, false, nil
	case *flows.DialStop:
		fmt.Fprintf(p.s.out, "  (would be put through to %s%s)\n", stop.Team, stop.Number)
	case *flows.HangUpStop:
		fmt.Fprintln(p.s.out, "  (the line hangs up)")
	case nil:
	default:
		fmt.Fprintln(p.s.out, "  (the preview ends here)")
	}
	return in, true, nil
}

// effect answers for the outside, which is left alone.
func (p *preview) effect(e *flows.Effect) flows.Input {
	in := flows.Input{Kind: flows.InputEffect, Ending: "done"}
	switch e.Kind {
	case flows.EffectOptOut:
		fmt.Fprintf(p.s.out, "  (would be put on the do-not-call list %s; in a preview nobody is)\n", e.Service)
	case flows.EffectSubmit:
		fmt.Fprintf(p.s.out, "  (would tell %s; in a preview nobody is told)\n", e.Service)
	case flows.EffectText:
		in.Ending = "sent"
		fmt.Fprintln(p.s.out, "  (would send a text message)")
	case flows.EffectLookup:
		in.Ending = "failed"
		fmt.Fprintf(p.s.out, "  (would ask %s; in a preview it does not answer)\n", e.Service)
	}
	return in
}

// next is the next thing that the person does: typed, scripted, or silence.
func (p *preview) next(ctx context.Context, what string) (string, error) {
	if p.lines != nil {
		fmt.Fprintf(p.s.out, "  %s › ", what)
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case line, ok := <-p.lines:
			if !ok {
				return "", io.EOF
			}
			return line, nil
		}
	}
	if len(p.keys) == 0 {
		return "", nil
	}
	key := strings.TrimSpace(p.keys[0])
	p.keys = p.keys[1:]
	return key, nil
}
