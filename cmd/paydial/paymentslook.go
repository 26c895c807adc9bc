package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/payments"
)

// ledgerRow is a payment as GET /api/v1/payments lists it.
type ledgerRow struct {
	ID           string          `json:"id"`
	Call         string          `json:"call_sid"`
	Flow         string          `json:"flow"`
	State        payments.State  `json:"state"`
	Intent       payments.Intent `json:"intent"`
	Source       payments.Source `json:"source"`
	Method       string          `json:"method"`
	Amount       payments.Amount `json:"amount"`
	Reference    string          `json:"reference"`
	Connector    string          `json:"connector"`
	Brand        string          `json:"brand"`
	Last4        string          `json:"last4"`
	Confirmation string          `json:"confirmation"`
	ErrorCode    int             `json:"error_code"`
	ErrorText    string          `json:"error_text"`
	Review       bool            `json:"review"`
	ReviewNote   string          `json:"review_note"`
	Started      time.Time       `json:"started_at"`
}

// amount is what is charged, or that nothing is.
func (r ledgerRow) amount() string {
	if r.Intent == payments.Save {
		return "save only"
	}
	return r.Amount.String()
}

// clock is how times are shown.
const clock = "2006-01-02 15:04:05"

func (d *deskCommand) listCommand() *cobra.Command {
	var state, call, since string
	var look bool
	limit := 50
	cmd := &cobra.Command{
		Use:   "list",
		Short: "The ledger, newest first",
		Example: "  paydial payments list --since 2h\n" +
			"  paydial payments list --needs-look           # nobody knows, or results contradict\n" +
			"  paydial payments list --state unknown --json | jq -r '.[].call_sid'",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := d.client(cmd)
			if err != nil {
				return err
			}
			q := url.Values{"limit": {strconv.Itoa(limit)}}
			for name, text := range map[string]string{"state": state, "call": call, "since": since} {
				if text != "" {
					q.Set(name, text)
				}
			}
			if look {
				q.Set("needs_look", "true")
			}
			var page struct {
				Items json.RawMessage `json:"items"`
				Next  string          `json:"next"`
			}
			if _, err := c.get(cmd.Context(), "/api/v1/payments?"+q.Encode(), &page); err != nil {
				return err
			}
			var rows []ledgerRow
			if err := json.Unmarshal(page.Items, &rows); err != nil {
				return fail(exitFailed, "decode the app's answer: %v", err)
			}
			return d.tell(page.Items, func() {
				d.printLedger(rows)
				if page.Next != "" {
					d.note("there are more: --limit, at most 200")
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&state, "state", "", "only these, separated by commas: paid, declined, unknown ...")
	f.StringVar(&call, "call", "", "only of this call")
	f.BoolVar(&look, "needs-look", false, "only those that somebody has to look at")
	f.StringVar(&since, "since", "", "only of the last so many hours, for example 2h, or since a time")
	f.IntVar(&limit, "limit", limit, "how many, at most 200")
	f.SortFlags = false
	return cmd
}

// printLedger prints rows of the ledger.
func (d *deskCommand) printLedger(rows []ledgerRow) {
	if len(rows) == 0 {
		fmt.Fprintln(d.s.out, "no payments")
		return
	}
	w := tabwriter.NewWriter(d.s.out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		state := strings.ReplaceAll(string(r.State), "_", " ")
		if r.Review {
			state += " !"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Started.Local().Format(clock), state, r.amount(),
			cmp.Or(strings.TrimSpace(r.Brand+" "+r.Last4), "-"), r.ID)
	}
	_ = w.Flush()
}

func (d *deskCommand) showCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "show [PAYMENT]",
		Short:   "One payment: the ledger's row, and how it stands at the desk",
		Example: "  paydial payments show pay_abc\n  paydial payments show --json | jq .desk.required",
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
			var row ledgerRow
			raw, err := c.get(cmd.Context(), "/api/v1/payments/"+url.PathEscape(id), &row)
			if err != nil {
				return err
			}
			both := struct {
				Payment json.RawMessage `json:"payment"`
				Desk    json.RawMessage `json:"desk"` // null for one that no agent takes, or that is long over
			}{Payment: raw}
			var a payments.Assisted
			if row.Source == payments.SourceDesk { // the ledger's row is enough where the desk has forgotten it
				both.Desk, _ = c.get(cmd.Context(), "/api/v1/payments/"+url.PathEscape(id)+"/desk", &a)
			}
			if d.asJSON {
				return printJSON(d.s, both)
			}
			d.printRow(row)
			if a.ID != "" {
				d.printAssisted(a)
			}
			return nil
		},
	}
}

// say prints a name and what belongs to it.
func (d *deskCommand) say(name, text string) {
	if text != "" {
		fmt.Fprintf(d.s.out, "%14s  %s\n", name, hanging(text, 16))
	}
}

func (d *deskCommand) printRow(r ledgerRow) {
	d.say("payment", r.ID)
	d.say("call", r.Call)
	result := moneyWords(string(r.State), r.amount())
	if r.Intent == payments.Save && !r.State.Succeeded() {
		result = strings.ReplaceAll(string(r.State), "_", " ") + ": nothing saved"
	}
	d.say("state", result)
	if r.Last4 != "" {
		d.say("paid by", strings.TrimSpace(r.Brand+" ending "+r.Last4))
	}
	d.say("confirmation", r.Confirmation)
	d.say("for", r.Reference)
	d.say("by", strings.TrimSpace(string(r.Source)+", through "+r.Connector))
	d.say("began", r.Started.Local().Format(clock))
	if r.ErrorText != "" || r.ErrorCode != 0 {
		d.say("trouble", strings.TrimSpace(fmt.Sprintf("%s (%d)", r.ErrorText, r.ErrorCode)))
	}
	if r.Review {
		d.say("look at it", cmp.Or(r.ReviewNote, "its results contradict each other"))
	}
}

// printAssisted prints how a payment stands at the desk.
func (d *deskCommand) printAssisted(a payments.Assisted) {
	d.say("at the desk", stageWord(a.Stage)+", led by "+a.Agent)
	for _, f := range a.Fields {
		d.say(fieldWord(f.Name), fieldStands(f, a.Brand))
	}
	if a.Stage == payments.StageUnknown {
		d.note("Do not charge again: it could charge twice. Compare it with the card company's list first.")
	}
}

func (d *deskCommand) waitingCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "waiting",
		Short:   "The calls that flows have handed to agents, and what they offer",
		Example: "  paydial payments waiting\n  paydial payments waiting --json | jq -r '.[0].call_sid'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := d.client(cmd)
			if err != nil {
				return err
			}
			var desk deskState
			raw, err := c.get(cmd.Context(), "/api/v1/desk", &desk)
			if err != nil {
				return err
			}
			var members struct{ Handovers json.RawMessage }
			if err := json.Unmarshal(raw, &members); err != nil {
				return fail(exitFailed, "decode the app's answer: %v", err)
			}
			return d.tell(members.Handovers, func() { d.printWaiting(desk) })
		},
	}
}

func (d *deskCommand) printWaiting(desk deskState) {
	if len(desk.Handovers) == 0 {
		fmt.Fprintln(d.s.out, "no call waits")
		return
	}
	w := tabwriter.NewWriter(d.s.out, 0, 0, 2, ' ', 0)
	for _, h := range desk.Handovers {
		about := "nothing offered"
		if o := h.Offer; o != nil {
			about = o.Amount.String()
			if o.Intent == payments.Save {
				about = "save only"
			}
		}
		if p := desk.openOn(h.Call); p != nil {
			about += ", " + p.ID + " is " + stageWord(p.Stage)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", h.Call, spaced(h.From), h.Flow, about)
	}
	_ = w.Flush()
}
