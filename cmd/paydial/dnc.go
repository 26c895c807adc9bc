package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/db"
)

// dncCommand is what every command of dnc has.
type dncFlags struct {
	s       streams
	list    string
	country string
	by      string
	asJSON  bool
}

func dncCommand(s streams) *cobra.Command {
	d := &dncFlags{s: s}
	cmd := &cobra.Command{
		Use:   "dnc",
		Short: "Do-not-call lists: who must not be rung",
		Long: "See and change the do-not-call lists in the database. Campaigns look at those that their never_call: names, when a\n" +
			"call is planned and again when it is dialled. What is changed here counts from the next call on.",
		Example: "  paydial dnc add \"+1 212 555 0142\" --list company --because \"asked by e-mail\"\n" +
			"  paydial dnc import state.csv --list state --dry-run\n" +
			"  paydial dnc check +12125550142",
	}
	f := cmd.PersistentFlags()
	f.String("database-url", "", "sqlite:FILE or postgres:// (PAYDIAL_DATABASE_URL; default sqlite:paydial.db)")
	f.StringVar(&d.country, "country", "US", "how numbers without + and country code are meant")
	f.StringVar(&d.by, "by", "", "who does it, for the audit log (default: the user of this system)")
	f.BoolVar(&d.asJSON, "json", false, "as JSON")
	cmd.AddCommand(d.addCommand(), d.removeCommand(), d.importCommand(), d.checkCommand(), d.exportCommand(), d.listsCommand(), d.describeCommand())
	return cmd
}

// who is who does it.
func (d *dncFlags) who() string {
	if d.by != "" {
		return d.by
	}
	for _, name := range []string{"USER", "LOGNAME", "USERNAME"} {
		if v, ok := d.s.env(name); ok && v != "" {
			return v
		}
	}
	return ""
}

// dncStore is the lists of a database, and its audit log.
type dncStore struct {
	*campaigns.DoNotCall
	all *campaigns.Campaigns
	log *audit.Log
	end func()
}

// open opens the lists of the database that is configured. A database that is not there is not made.
func (d *dncFlags) open(cmd *cobra.Command) (*dncStore, error) {
	v, err := resolve(cmd, d.s, serveSettings)
	if err != nil {
		return nil, err
	}
	if err := databaseThere(v.get("database-url")); err != nil {
		return nil, err
	}
	base, err := db.Open(cmd.Context(), v.get("database-url"))
	if err != nil {
		return nil, startFailure(err, v)
	}
	st := &dncStore{end: func() { _ = base.Close() }}
	if st.all, err = campaigns.New(cmd.Context(), campaigns.Config{DB: base}); err == nil {
		st.log, err = audit.New(cmd.Context(), base)
	}
	if err != nil {
		st.end()
		return nil, startFailure(err, v)
	}
	st.DoNotCall = st.all.Lists()
	return st, nil
}

// databaseThere fails where a database would have to be made first.
func databaseThere(url string) error {
	file, ok := strings.CutPrefix(url, "sqlite:")
	if !ok {
		return nil
	}
	if _, err := os.Stat(strings.TrimPrefix(file, "//")); errors.Is(err, fs.ErrNotExist) {
		return fail(exitNotFound, "there is no database %s\nSay where it is with --database-url or PAYDIAL_DATABASE_URL; the lists of paydial dev are in memory, on its page /dnc", file)
	}
	return nil
}

// note writes into the audit log what is about to be done.
func (d *dncFlags) note(cmd *cobra.Command, st *dncStore, action, detail string) error {
	who := d.who()
	if who == "" {
		return fail(exitUsage, "nobody knows who you are: say it with --by NAME, it is kept in the audit log")
	}
	if err := st.log.Write(cmd.Context(), audit.Entry{Who: who, Via: audit.ViaCLI, Action: action, Result: "ok", Detail: detail}); err != nil {
		return fail(exitFailed, "%v", err)
	}
	return nil
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

// dncFailure is what went wrong with a list, with its exit code.
func dncFailure(err error) error {
	var fault *contacts.Fault
	if err == nil {
		return nil
	}
	text := strings.ReplaceAll(err.Error(), "campaigns: ", "")
	switch {
	case errors.Is(err, campaigns.ErrNotOnList), errors.Is(err, campaigns.ErrNoList):
		return fail(exitNotFound, "%s", text)
	case errors.Is(err, campaigns.ErrListName), errors.Is(err, campaigns.ErrNotANumber), errors.Is(err, campaigns.ErrNoWhy):
		return fail(exitUsage, "%s", text)
	case errors.Is(err, campaigns.ErrScope):
		return fail(exitConflict, "%s", text)
	case errors.As(err, &fault):
		return fail(exitFindings, "%s", text)
	}
	return fail(exitFailed, "%s", text)
}

// known tells somebody who begins a list without meaning to.
func (d *dncFlags) known(cmd *cobra.Command, st *dncStore) error {
	_, err := st.Get(cmd.Context(), d.list)
	if errors.Is(err, campaigns.ErrNoList) {
		fmt.Fprintf(d.s.err, "%s is a new list: a campaign looks at it when its never_call: names it\n", d.list)
		return nil
	}
	return dncFailure(err)
}

// dayFlag reads a day of a flag; "" is none.
func dayFlag(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return day, fail(exitUsage, "--%s %q: write a day as 2027-01-31", name, text)
	}
	return day, nil
}

// needList refuses to go on without --list.
func (d *dncFlags) needList() error {
	if d.list == "" {
		return fail(exitUsage, "say which list with --list, for example --list company\nThose there are: %s dnc lists", d.s.self)
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
			if err := d.needList(); err != nil {
				return err
			}
			if strings.TrimSpace(because) == "" {
				return fail(exitUsage, "say why with --because: it is kept with the entry")
			}
			who, err := d.subject(args[0], key)
			if err != nil {
				return err
			}
			e := campaigns.Entry{List: d.list, Number: who, Reason: because, Source: source, By: d.who()}
			if key {
				e.Number, e.Key = "", who
			}
			if e.Expires, err = dayFlag("expires", expires); err != nil {
				return err
			}
			st, err := d.open(cmd)
			if err != nil {
				return err
			}
			defer st.end()
			if err := d.note(cmd, st, "dnc.add", fmt.Sprintf("%s on %s: %s", who, d.list, because)); err != nil {
				return err
			}
			if err := d.known(cmd, st); err != nil {
				return err
			}
			e.Added = time.Now().UTC()
			if err := dncFailure(st.Put(cmd.Context(), e)); err != nil {
				return err
			}
			if d.asJSON {
				return printJSON(d.s, e)
			}
			fmt.Fprintf(d.s.out, "%s is on %s\n", spaced(who), d.list)
			return nil
		},
	}
	d.listFlag(cmd)
	cmd.Flags().StringVar(&because, "because", "", "why; it is kept with the entry")
	cmd.Flags().StringVar(&source, "source", "", "where it comes from, for example \"e-mail of 3 May\"")
	cmd.Flags().StringVar(&expires, "expires", "", "the day from when on it does not count any more; without, it stays")
	cmd.Flags().BoolVar(&key, "key", false, "it is the key of a person or an account, and no number")
	return cmd
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
			if err := d.needList(); err != nil {
				return err
			}
			if strings.TrimSpace(because) == "" {
				return fail(exitUsage, "say why with --because: it is kept, with who did it")
			}
			who, err := d.subject(args[0], key)
			if err != nil {
				return err
			}
			st, err := d.open(cmd)
			if err != nil {
				return err
			}
			defer st.end()
			if err := d.note(cmd, st, "dnc.remove", fmt.Sprintf("%s off %s: %s", who, d.list, because)); err != nil {
				return err
			}
			if err := dncFailure(st.Remove(cmd.Context(), d.list, who, d.who(), because)); err != nil {
				return err
			}
			if d.asJSON {
				a, err := d.answer(cmd.Context(), st, who)
				if err != nil {
					return dncFailure(err)
				}
				return printJSON(d.s, a)
			}
			fmt.Fprintf(d.s.out, "%s is off %s\n", spaced(who), d.list)
			return nil
		},
	}
	d.listFlag(cmd)
	cmd.Flags().StringVar(&because, "because", "", "why; it is kept, with who did it")
	cmd.Flags().BoolVar(&key, "key", false, "it is the key of a person or an account, and no number")
	return cmd
}
