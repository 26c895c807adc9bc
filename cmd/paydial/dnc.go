package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/contacts"
)

// dncFlags is what every command of dnc has.
type dncFlags struct {
	deskCommand
	list    string
	country string
}

func dncCommand(s streams) *cobra.Command {
	d := &dncFlags{deskCommand: deskCommand{s: s}}
	cmd := &cobra.Command{
		Use:   "dnc",
		Short: "Do-not-call lists: who must not be rung",
		Long: "See and change the do-not-call lists of the app. Campaigns look at those that their never_call: names, when a call is\n" +
			"planned and again when it is dialled. What is changed here counts from the next call on. An app that is not dev's\n" +
			"wants its token in PAYDIAL_API_TOKEN.",
		Example: "  paydial dnc add \"+1 212 555 0142\" --list company --because \"asked by e-mail\"\n" +
			"  paydial dnc import state.csv --list state --dry-run\n" +
			"  paydial dnc check +12125550142",
	}
	f := cmd.PersistentFlags()
	f.StringVar(&d.app, "app", "http://127.0.0.1:8080", "the app")
	f.StringVar(&d.country, "country", "US", "how numbers without + and country code are meant")
	f.BoolVar(&d.asJSON, "json", false, "as JSON")
	cmd.AddCommand(d.addCommand(), d.removeCommand(), d.importCommand(), d.checkCommand(), d.exportCommand(), d.listsCommand(), d.describeCommand())
	return cmd
}

// dncPath is the path of a list in the API, with what follows.
func dncPath(list string, more ...string) string {
	path := "/api/v1/dnc/" + url.PathEscape(list)
	for _, m := range more {
		path += "/" + url.PathEscape(m)
	}
	return path
}

// dncHelp is what to do about a problem of the API with lists; "" for others.
func dncHelp(self string, p *deskProblem) string {
	return map[string]string{
		"no_such_list": "Those there are: " + self + " dnc lists",
		"not_on_list":  "Where it stands, and who took it off: " + self + " dnc check NUMBER",
	}[p.Code]
}

// subject is a number in E.164, or with --key the key of a person or an account.
func (d *dncFlags) subject(text string, key bool) (string, error) {
	if key {
		return text, nil
	}
	number, err := contacts.NewNumbers().Parse(text, strings.ToUpper(d.country))
	if err != nil {
		return "", fail(exitUsage, "%q: %v", text, err)
	}
	return number.E164, nil
}

// known tells somebody who begins a list without meaning to.
func (d *dncFlags) known(ctx context.Context, api *deskClient) error {
	var lists []dncList
	if _, err := api.items(ctx, "/api/v1/dnc", &lists); err != nil {
		return err
	}
	if !slices.ContainsFunc(lists, func(l dncList) bool { return l.Name == d.list }) {
		fmt.Fprintf(d.s.err, "%s is a new list: a campaign looks at it when its never_call: names it\n", d.list)
	}
	return nil
}

// dayFlag checks a day of a flag; "" is none.
func dayFlag(name, text string) error {
	if _, err := time.Parse(time.DateOnly, text); err != nil && text != "" {
		return fail(exitUsage, "--%s %q: write a day as 2027-01-31", name, text)
	}
	return nil
}

// needList refuses to go on without --list.
func (d *dncFlags) needList() error {
	if d.list == "" {
		return fail(exitUsage, "say which list with --list, for example --list company\nThose there are: %s dnc lists", d.s.self)
	}
	return listNamed(d.list)
}

// listNamed refuses names that would be another path of the API; the app knows the rest of the rule.
func listNamed(name string) error {
	if name == "" || strings.Contains(name, "/") {
		return fail(exitUsage, "%s", strings.TrimPrefix(fmt.Sprintf("%v", campaigns.ErrListName), "campaigns: "))
	}
	return nil
}

// listFlag is the flag of those commands that are about one list.
func (d *dncFlags) listFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.list, "list", "", "the list, for example company")
}

// oneNumber is the argument of commands that are about one number.
func oneNumber(s streams, verb string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return fail(exitUsage, "give one number, for example: %s dnc %s \"+1 212 555 0142\"", s.self, verb)
	}
}

func (d *dncFlags) addCommand() *cobra.Command {
	var because, source, expires string
	var key bool
	cmd := &cobra.Command{
		Use:   "add NUMBER",
		Short: "Put a number on a list; nobody rings it from now on",
		Example: "  paydial dnc add \"+1 212 555 0142\" --list company --because \"asked by e-mail\"\n" +
			"  paydial dnc add ACC-4711 --key --list disputes --because \"in court\" --expires 2027-01-31",
		Args: oneNumber(d.s, "add"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(because) == "" {
				return fail(exitUsage, "say why with --because: it is kept with the entry")
			}
			who, api, err := d.begin(cmd, args[0], key)
			if err == nil {
				err = dayFlag("expires", expires)
			}
			if err == nil {
				err = d.known(cmd.Context(), api)
			}
			if err != nil {
				return err
			}
			body := map[string]string{"number": who, "because": because, "source": source, "expires": expires}
			if key {
				delete(body, "number")
				body["key"] = who
			}
			raw, err := api.change(cmd.Context(), apiRequest{method: http.MethodPost, path: dncPath(d.list)}, body, &dncAnswer{})
			if err != nil {
				return err
			}
			return d.tell(raw, func() { fmt.Fprintf(d.s.out, "%s is on %s\n", spaced(who), d.list) })
		},
	}
	d.listFlag(cmd)
	cmd.Flags().StringVar(&because, "because", "", "why; it is kept with the entry")
	cmd.Flags().StringVar(&source, "source", "", "where it comes from, for example \"e-mail of 3 May\"")
	cmd.Flags().StringVar(&expires, "expires", "", "the day from when on it does not count any more; without, it stays")
	cmd.Flags().BoolVar(&key, "key", false, "it is the key of a person or an account, and no number")
	return cmd
}

// begin reads which list and whom a command is about, and finds the app.
func (d *dncFlags) begin(cmd *cobra.Command, word string, key bool) (who string, api *deskClient, err error) {
	if err = d.needList(); err != nil {
		return "", nil, err
	}
	if who, err = d.subject(word, key); err != nil {
		return "", nil, err
	}
	api, err = d.client(cmd)
	return who, api, err
}

func (d *dncFlags) removeCommand() *cobra.Command {
	var because string
	var key bool
	cmd := &cobra.Command{
		Use:     "remove NUMBER",
		Short:   "Take a number off a list; who did it and why is kept",
		Example: "  paydial dnc remove \"+1 212 555 0142\" --list company --because \"asked to be called again, ticket 4711\"",
		Args:    oneNumber(d.s, "remove"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(because) == "" {
				return fail(exitUsage, "say why with --because: it is kept, with who did it")
			}
			who, api, err := d.begin(cmd, args[0], key)
			if err != nil {
				return err
			}
			off := apiRequest{method: http.MethodDelete, path: dncPath(d.list, who)}
			raw, err := api.change(cmd.Context(), off, map[string]string{"because": because}, &dncAnswer{})
			if err != nil {
				return err
			}
			return d.tell(raw, func() { fmt.Fprintf(d.s.out, "%s is off %s\n", spaced(who), d.list) })
		},
	}
	d.listFlag(cmd)
	cmd.Flags().StringVar(&because, "because", "", "why; it is kept, with who did it")
	cmd.Flags().BoolVar(&key, "key", false, "it is the key of a person or an account, and no number")
	return cmd
}
