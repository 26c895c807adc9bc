package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// dncAnswer is what the API says of one number.
type dncAnswer struct {
	Number  string    `json:"number"`
	On      []string  `json:"on"` // lists that hold it now
	History []dncStay `json:"history"`
}

// dncStay is a time on a list.
type dncStay struct {
	List      string    `json:"list"`
	Because   string    `json:"because"`
	Source    string    `json:"source"`
	By        string    `json:"by"`
	Added     time.Time `json:"added"`
	Expires   time.Time `json:"expires"`
	Removed   time.Time `json:"removed"`
	RemovedBy string    `json:"removed_by"`
	Why       string    `json:"why"`
}

// dncList is a list as the API tells it.
type dncList struct {
	Name    string    `json:"name"`
	Owner   string    `json:"owner"`
	Scope   string    `json:"scope"`
	Source  string    `json:"source"`
	Expires time.Time `json:"expires"` // where the app's project is
	Entries int64     `json:"entries"`
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
			api, err := d.client(cmd)
			if err != nil {
				return err
			}
			var answers []dncAnswer
			var raws []json.RawMessage
			held := false
			for _, arg := range args {
				who, err := d.subject(arg, key)
				if err != nil {
					return err
				}
				what, a := "number", dncAnswer{}
				if key {
					what = "key"
				}
				raw, err := api.get(cmd.Context(), "/api/v1/dnc/check?"+url.Values{what: {who}}.Encode(), &a)
				if err != nil {
					return err
				}
				held = held || len(a.On) > 0
				answers, raws = append(answers, a), append(raws, raw)
			}
			if d.asJSON {
				err = printJSON(d.s, raws)
			} else {
				err = d.printAnswers(answers)
			}
			if err != nil {
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

func (d *dncFlags) printAnswers(answers []dncAnswer) error {
	for _, a := range answers {
		word := "on no list"
		if len(a.On) > 0 {
			word = "on " + strings.Join(a.On, ", ")
		}
		fmt.Fprintf(d.s.out, "%s  %s\n", spaced(a.Number), word)
		w := tabwriter.NewWriter(d.s.out, 0, 0, 2, ' ', 0)
		for _, s := range a.History {
			fmt.Fprintf(w, "  %s\tsince %s%s\t%s\n", s.List, s.Added.Local().Format(clock), byWhom(s.By, s.Source), s.Because)
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
			api, err := d.client(cmd)
			if err != nil {
				return err
			}
			var lists []dncList
			raw, err := api.items(cmd.Context(), "/api/v1/dnc", &lists)
			if err != nil {
				return err
			}
			return d.tell(raw, func() { d.printLists(lists) })
		},
	}
}

func (d *dncFlags) printLists(lists []dncList) {
	if len(lists) == 0 {
		fmt.Fprintf(d.s.out, "no lists\nBegin one with: %s dnc add NUMBER --list company --because ...\n", d.s.self)
		return
	}
	w := tabwriter.NewWriter(d.s.out, 0, 0, 2, ' ', 0)
	for _, v := range lists {
		renew := ""
		if !v.Expires.IsZero() {
			renew = "renew by " + v.Expires.Format(time.DateOnly)
			if time.Now().After(v.Expires) {
				renew = "! was to be renewed by " + v.Expires.Format(time.DateOnly)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%s\t%s\tby %s\t%s\t%s\t%s", v.Name, thousands(v.Entries), v.Scope, v.Owner, v.Source, renew), "\t"))
	}
	_ = w.Flush()
}

func (d *dncFlags) describeCommand() *cobra.Command {
	var owner, scope, source, renew string
	cmd := &cobra.Command{
		Use:   "describe LIST",
		Short: "Say what a list is: whose, of what, and when it is to be renewed",
		Long: "Write down what a list is. One of scope person or account may hold contacts' ids, debts or accounts beside numbers. A\n" +
			"list that should have been renewed is told by dnc lists; its entries go on to hold.",
		Example: "  paydial dnc describe state --owner compliance --source \"state registry\" --renew-by 2027-01-31\n" +
			"  paydial dnc describe disputes --owner legal --scope account",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := cmp.Or(listNamed(args[0]), dayFlag("renew-by", renew)); err != nil {
				return err
			}
			if !slices.Contains([]string{"number", "person", "account"}, scope) {
				return fail(exitUsage, "--scope %q: there are number, person and account", scope)
			}
			api, err := d.client(cmd)
			if err != nil {
				return err
			}
			body := map[string]string{"owner": owner, "scope": scope, "source": source, "expires": renew}
			raw, err := api.change(cmd.Context(), apiRequest{method: http.MethodPut, path: dncPath(args[0])}, body, &dncList{})
			if err != nil {
				return err
			}
			return d.tell(raw, func() { fmt.Fprintf(d.s.out, "%s is described\n", args[0]) })
		},
	}
	cmd.Flags().StringVar(&owner, "owner", "", "who answers for it")
	cmd.Flags().StringVar(&scope, "scope", "number", "number, person or account")
	cmd.Flags().StringVar(&source, "source", "", "where it comes from")
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
			return d.export(cmd, format, to)
		},
	}
	d.listFlag(cmd)
	cmd.Flags().StringVar(&format, "format", "csv", "csv or ndjson")
	cmd.Flags().StringVarP(&to, "output", "o", "", "the file; without, standard output")
	return cmd
}

// export writes a list to a file that is not there yet, or to standard output.
func (d *dncFlags) export(cmd *cobra.Command, format, to string) error {
	toFile := to != "" && to != "-"
	if _, err := os.Lstat(to); toFile && err == nil {
		return fail(exitConflict, "%s is there already: name another file, or take it away first", to)
	}
	api, err := d.client(cmd)
	if err != nil {
		return err
	}
	as := map[string]string{"csv": "csv", "ndjson": "json"}[format]
	body, err := api.open(cmd.Context(), apiRequest{method: http.MethodGet, path: dncPath(d.list, "export") + "?format=" + as})
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	rows := &rowCount{quotes: format == "csv"}
	pour := func(w io.Writer) error { return pump(cmd.Context(), io.MultiWriter(w, rows), body, func(int64) {}) }
	if !toFile {
		err = pour(d.s.out)
	} else {
		err = replaced(to, func(f *os.File) error { return pour(f) })
	}
	switch {
	case cmd.Context().Err() != nil:
		return cmd.Context().Err()
	case err != nil && toFile:
		return fail(exitUnreachable, "the export broke off before its end, and %s was not written: %v", to, err)
	case err != nil:
		return fail(exitUnreachable, "the export broke off before its end: %v", err)
	case toFile:
		fmt.Fprintf(d.s.err, "%s is in %s, with %s\n", d.list, to, plural(rows.entries(), "number"))
	}
	return nil
}

// rowCount counts the rows of a CSV, or the lines of JSON, that are written through it.
type rowCount struct {
	quotes, inside bool // cells in quotes may have lines in them
	rows           int
}

func (r *rowCount) Write(p []byte) (int, error) {
	for _, c := range p {
		switch {
		case c == '"' && r.quotes:
			r.inside = !r.inside
		case c == '\n' && !r.inside:
			r.rows++
		}
	}
	return len(p), nil
}

// entries is how many there were, without a CSV's header.
func (r *rowCount) entries() int {
	if r.quotes {
		return max(r.rows-1, 0)
	}
	return r.rows
}
