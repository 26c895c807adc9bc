package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/campaigns"
)

// dncAnswer is what check says of one number.
type dncAnswer struct {
	Number string    `json:"number"`
	On     []string  `json:"on"` // lists that hold it now
	Stays  []dncStay `json:"history"`
}

// dncStay is a time on a list.
type dncStay struct {
	List      string    `json:"list"`
	Reason    string    `json:"reason"`
	Source    string    `json:"source"`
	By        string    `json:"added_by"`
	Added     time.Time `json:"added"`
	Expires   time.Time `json:"expires,omitzero"`
	Removed   time.Time `json:"removed,omitzero"`
	RemovedBy string    `json:"removed_by,omitempty"`
	Why       string    `json:"why,omitempty"`
}

func (d *dncFlags) checkCommand() *cobra.Command {
	var key bool
	cmd := &cobra.Command{
		Use:   "check NUMBER ...",
		Short: "On which lists a number stands and stood",
		Long: "Tell on which lists a number stands, since when and why, and from which it was taken off, by whom. The exit code is 8\n" +
			"when one of the numbers stands on a list now.",
		Example: "  paydial dnc check +12125550142\n  paydial dnc check 212-555-0142 --json | jq -r '.[].on[]'",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := d.open(cmd)
			if err != nil {
				return err
			}
			defer st.end()
			var answers []dncAnswer
			held := false
			for _, arg := range args {
				who, err := d.subject(arg, key)
				if err != nil {
					return err
				}
				a, err := d.answer(cmd.Context(), st, who)
				if err != nil {
					return dncFailure(err)
				}
				held = held || len(a.On) > 0
				answers = append(answers, a)
			}
			if err := d.printAnswers(answers); err != nil {
				return err
			}
			if held {
				return &exitError{code: exitSafety, err: errors.New("on a do-not-call list"), silent: true}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&key, "key", false, "they are keys of persons or accounts, and no numbers")
	return cmd
}

// answer looks a number up.
func (d *dncFlags) answer(ctx context.Context, st *dncStore, who string) (dncAnswer, error) {
	a := dncAnswer{Number: who, On: []string{}, Stays: []dncStay{}}
	on, err := st.Which(ctx, []string{who}, nil, time.Now())
	if err != nil {
		return a, err
	}
	a.On = append(a.On, on[who]...)
	stays, err := st.History(ctx, who)
	for _, s := range stays {
		a.Stays = append(a.Stays, dncStay{
			List: s.List, Reason: s.Reason, Source: s.Source, By: s.By, Added: s.Added, Expires: s.Expires,
			Removed: s.Removed, RemovedBy: s.RemovedBy, Why: s.Why,
		})
	}
	return a, err
}

func (d *dncFlags) printAnswers(answers []dncAnswer) error {
	if d.asJSON {
		return printJSON(d.s, answers)
	}
	for _, a := range answers {
		word := "on no list"
		if len(a.On) > 0 {
			word = "on " + strings.Join(a.On, ", ")
		}
		fmt.Fprintf(d.s.out, "%s  %s\n", spaced(a.Number), word)
		w := tabwriter.NewWriter(d.s.out, 0, 0, 2, ' ', 0)
		for _, s := range a.Stays {
			fmt.Fprintf(w, "  %s\tsince %s%s\t%s\n", s.List, s.Added.Local().Format(clock), byWhom(s.By, s.Source), s.Reason)
			switch {
			case !s.Removed.IsZero():
				fmt.Fprintf(w, "  \tuntil %s%s\t%s\n", s.Removed.Local().Format(clock), byWhom(s.RemovedBy, ""), s.Why)
			case !s.Expires.IsZero():
				fmt.Fprintf(w, "  \tuntil %s\t\n", s.Expires.Local().Format(clock))
			}
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func byWhom(by, source string) string {
	if by == "" {
		by = source
	}
	if by == "" {
		return ""
	}
	return " by " + by
}

func (d *dncFlags) listsCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "lists",
		Short:   "Which lists there are, and who answers for them",
		Example: "  paydial dnc lists\n  paydial dnc lists --json | jq -r '.[] | select(.entries == 0).name'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			st, err := d.open(cmd)
			if err != nil {
				return err
			}
			defer st.end()
			lists, err := st.Lists(cmd.Context())
			if err != nil {
				return dncFailure(err)
			}
			return d.printLists(lists)
		},
	}
}

// listView is a list as programs are shown it.
type listView struct {
	Name    string          `json:"name"`
	Owner   string          `json:"owner"`
	Scope   campaigns.Scope `json:"scope"`
	Source  string          `json:"source"`
	Expires time.Time       `json:"renew_by,omitzero"`
	Late    bool            `json:"late"`
	Entries int64           `json:"entries"`
}

func viewList(l campaigns.List) listView {
	late := !l.Expires.IsZero() && time.Now().After(l.Expires)
	return listView{l.Name, l.Owner, l.Scope, l.Source, l.Expires, late, l.Entries}
}

func (d *dncFlags) printLists(lists []campaigns.List) error {
	views := []listView{}
	for _, l := range lists {
		views = append(views, viewList(l))
	}
	if d.asJSON {
		return printJSON(d.s, views)
	}
	if len(views) == 0 {
		fmt.Fprintf(d.s.out, "no lists\nBegin one with: %s dnc add NUMBER --list company --because ...\n", d.s.self)
		return nil
	}
	w := tabwriter.NewWriter(d.s.out, 0, 0, 2, ' ', 0)
	for _, v := range views {
		renew := ""
		if !v.Expires.IsZero() {
			renew = "renew by " + v.Expires.Format(time.DateOnly)
			if v.Late {
				renew = "! was to be renewed by " + v.Expires.Format(time.DateOnly)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%s\t%s\tby %s\t%s\t%s\t%s", v.Name, thousands(v.Entries), v.Scope, v.Owner, v.Source, renew), "\t"))
	}
	return w.Flush()
}

func (d *dncFlags) describeCommand() *cobra.Command {
	var l campaigns.List
	var scope, renew string
	cmd := &cobra.Command{
		Use:   "describe LIST",
		Short: "Say what a list is: whose, of what, and when it is to be renewed",
		Long: "Write down what a list is. One of scope person or account may hold contacts' ids, debts or accounts beside numbers. A\n" +
			"list that should have been renewed is told by dnc lists; its entries go on to hold.",
		Example: "  paydial dnc describe state --owner compliance --source \"state registry\" --renew-by 2027-01-31\n" +
			"  paydial dnc describe disputes --owner legal --scope account",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if l.Expires, err = dayFlag("renew-by", renew); err != nil {
				return err
			}
			if !slices.Contains([]string{"number", "person", "account"}, scope) {
				return fail(exitUsage, "--scope %q: there are number, person and account", scope)
			}
			l.Name, l.Scope = args[0], campaigns.Scope(scope)
			st, err := d.open(cmd)
			if err != nil {
				return err
			}
			defer st.end()
			detail := fmt.Sprintf("%s: owner %s, scope %s, source %s, renew by %s", l.Name, l.Owner, l.Scope, l.Source, renew)
			if err := d.note(cmd, st, "dnc.describe", detail); err != nil {
				return err
			}
			if err := dncFailure(st.Set(cmd.Context(), l)); err != nil {
				return err
			}
			if d.asJSON {
				if l, err = st.Get(cmd.Context(), l.Name); err != nil {
					return dncFailure(err)
				}
				return printJSON(d.s, viewList(l))
			}
			fmt.Fprintf(d.s.out, "%s is described\n", l.Name)
			return nil
		},
	}
	cmd.Flags().StringVar(&l.Owner, "owner", "", "who answers for it")
	cmd.Flags().StringVar(&scope, "scope", "number", "number, person or account")
	cmd.Flags().StringVar(&l.Source, "source", "", "where it comes from")
	cmd.Flags().StringVar(&renew, "renew-by", "", "the day by which it has to be imported anew")
	return cmd
}

func (d *dncFlags) exportCommand() *cobra.Command {
	format, to := "", ""
	cmd := &cobra.Command{
		Use:     "export",
		Short:   "Write a list as CSV for a spreadsheet, or as lines of JSON",
		Example: "  paydial dnc export --list company -o company.csv\n  paydial dnc export --list company --format ndjson | wc -l",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := d.needList(); err != nil {
				return err
			}
			if d.asJSON {
				format = "ndjson"
			}
			if format != "csv" && format != "ndjson" {
				return fail(exitUsage, "--format %q: there are csv and ndjson", format)
			}
			st, err := d.open(cmd)
			if err != nil {
				return err
			}
			defer st.end()
			if _, err := st.Get(cmd.Context(), d.list); err != nil {
				return dncFailure(err)
			}
			out, end, err := d.target(to)
			if err != nil {
				return err
			}
			n, err := st.Export(cmd.Context(), d.list, out, format)
			if err := errors.Join(err, end()); err != nil {
				return dncFailure(err)
			}
			if to != "" {
				fmt.Fprintf(d.s.err, "%s is in %s, with %s\n", d.list, to, plural(int(n), "number"))
			}
			return nil
		},
	}
	d.listFlag(cmd)
	cmd.Flags().StringVar(&format, "format", "csv", "csv or ndjson")
	cmd.Flags().StringVarP(&to, "output", "o", "", "the file; without, standard output")
	return cmd
}

// target is where an export goes: a file that is not there yet, or standard output.
func (d *dncFlags) target(to string) (io.Writer, func() error, error) {
	if to == "" || to == "-" {
		return d.s.out, func() error { return nil }, nil
	}
	f, err := os.OpenFile(filepath.Clean(to), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, os.ErrExist):
		return nil, nil, fail(exitConflict, "%s is there already: name another file, or take it away first", to)
	case err != nil:
		return nil, nil, fail(exitFailed, "write the list: %v", err)
	}
	return f, f.Close, nil
}
