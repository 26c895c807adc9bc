package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/paydial/paydial/access"
)

// usersFile is the users file: the one that was named, or users.yaml in the project directory.
func usersFile(named, dir string) string {
	if named != "" {
		return named
	}
	return filepath.Join(dir, "users.yaml")
}

func userCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Who may sign in to the pages",
		Long: "See and change who may sign in to the pages of paydial serve. They stand in users.yaml in the project\n" +
			"directory, or in the file that PAYDIAL_USERS names. A running server sees a change at once.",
	}
	cmd.PersistentFlags().String("users", "", "the file (PAYDIAL_USERS; default users.yaml in the project directory)")
	cmd.AddCommand(userAddCommand(s), userListCommand(s), userPasswordCommand(s), userRemoveCommand(s),
		userDisableCommand(s, true), userDisableCommand(s, false))
	return cmd
}

// usersAt is the file that the command's flags and the environment name.
func usersAt(cmd *cobra.Command, s streams) (access.UsersFile, error) {
	named, _ := cmd.Flags().GetString("users")
	if named == "" {
		named, _ = s.env("PAYDIAL_USERS")
	}
	dir, err := projectDir(cmd, s)
	return access.UsersFile{Path: usersFile(strings.TrimSpace(named), dir)}, err
}

// oneName is the argument of commands that are about one user.
func oneName(s streams, verb string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return fail(exitUsage, "give one name, for example: %s user %s kim", s.self, verb)
	}
}

func userAddCommand(s streams) *cobra.Command {
	var u access.User
	var roles []string
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Add somebody, and ask for their password",
		Long: "Add somebody who may sign in. The password is asked for twice, or read from standard input where that is\n" +
			"no terminal: two lines, or one. It is kept as an argon2id hash.\n\n" +
			"Roles: agent takes payments on calls; supervisor may also take over and raise an amount; auditor reads\n" +
			"everything, the audit log too; ops keeps the system running.",
		Example: "  paydial user add kim --role agent --name \"Kim Lee\"\n" +
			"  pwgen -s 20 1 | tee kim.txt | paydial user add kim --role agent",
		Args: oneName(s, "add"),
		RunE: func(cmd *cobra.Command, args []string) error {
			u.ID = args[0]
			if err := access.CheckID(u.ID); err != nil {
				return fail(exitUsage, "%q: %v", u.ID, err)
			}
			if len(roles) == 0 {
				return fail(exitUsage, "say what %s may do: --role agent, supervisor, auditor or ops", u.ID)
			}
			for _, r := range roles {
				if err := access.CheckRole(r); err != nil {
					return fail(exitUsage, "--role: %v", err)
				}
				u.Roles = append(u.Roles, access.Role(r))
			}
			file, err := usersAt(cmd, s)
			if err != nil {
				return err
			}
			if err := notThere(file, u.ID); err != nil { // before asking anything
				return err
			}
			if u.Password, err = askPassword(s); err != nil {
				return err
			}
			if err := userFailure(s, u.ID, file.Add(u)); err != nil {
				return err
			}
			fmt.Fprintf(s.out, "%s may sign in: %s\n", u.ID, fromHere(file.Path))
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&roles, "role", nil, "agent, supervisor, auditor or ops (repeatable)")
	cmd.Flags().StringVar(&u.Name, "name", "", "what others see, for example \"Kim Lee\"")
	return cmd
}

// notThere fails where there is a user of a name, or where the file cannot be read.
func notThere(file access.UsersFile, id string) error {
	users, err := file.List()
	if err != nil {
		return fail(exitFailed, "%v", err)
	}
	for _, u := range users {
		if u.ID == id {
			return fail(exitConflict, "%s: %v", id, access.ErrUserExists)
		}
	}
	return nil
}

// there fails where there is no user of a name.
func there(s streams, file access.UsersFile, id string) error {
	err := notThere(file, id)
	var ee *exitError
	switch {
	case err == nil:
		return userFailure(s, id, access.ErrNoUser)
	case errors.As(err, &ee) && ee.code == exitConflict:
		return nil
	}
	return err
}

// userFailure is what went wrong with a change of the users file, with its exit code.
func userFailure(s streams, id string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, access.ErrNoUser):
		return fail(exitNotFound, "%s: %v\nWho there is: %s user list", id, err, s.self)
	case errors.Is(err, access.ErrUserExists):
		return fail(exitConflict, "%s: %v", id, err)
	}
	return fail(exitFailed, "%v", err)
}

// shownUser is a user as `user list` tells it. The hash is not part of it.
type shownUser struct {
	Name     string        `json:"name"`
	FullName string        `json:"full_name"`
	Roles    []access.Role `json:"roles"`
	Disabled bool          `json:"disabled"`
	Password string        `json:"password"` // set, none, or old cost
}

func userListCommand(s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Who may sign in",
		Example: "  paydial user list\n  paydial user list --json | jq -r '.[] | select(.disabled | not).name'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			file, err := usersAt(cmd, s)
			if err != nil {
				return err
			}
			users, err := file.List()
			if err != nil {
				return fail(exitFailed, "%v", err)
			}
			shown := make([]shownUser, 0, len(users))
			for _, u := range users {
				shown = append(shown, shownUser{Name: u.ID, FullName: u.Name, Roles: u.Roles, Disabled: u.Disabled, Password: passwordWord(u)})
			}
			return printUsers(s, shown, file, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func passwordWord(u access.User) string {
	switch {
	case u.Password == "":
		return "none"
	case access.OldCost(u.Password, access.DefaultCost()):
		return "old cost"
	}
	return "set"
}

func printUsers(s streams, shown []shownUser, file access.UsersFile, asJSON bool) error {
	if asJSON {
		return printJSON(s, shown)
	}
	if len(shown) == 0 {
		fmt.Fprintf(s.out, "nobody in %s\nAdd somebody with: %s user add kim --role agent\n", fromHere(file.Path), s.self)
		return nil
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, u := range shown {
		note := ""
		if u.Disabled {
			note = "disabled"
		}
		if u.Password != "set" {
			note = strings.TrimPrefix(note+", password: "+u.Password, ", ")
		}
		fmt.Fprintln(w, strings.TrimRight(u.Name+"\t"+u.FullName+"\t"+roleList(u.Roles)+"\t"+note, "\t"))
	}
	return w.Flush()
}

func roleList(roles []access.Role) string {
	return access.Principal{Roles: roles}.RoleWords()
}

// printJSON prints a value for programs.
func printJSON(s streams, v any) error {
	enc := json.NewEncoder(s.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func userPasswordCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "password NAME",
		Short:   "Give somebody another password; they are signed out everywhere",
		Example: "  paydial user password kim",
		Args:    oneName(s, "password"),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := usersAt(cmd, s)
			if err != nil {
				return err
			}
			if err := there(s, file, args[0]); err != nil {
				return err
			}
			hash, err := askPassword(s)
			if err != nil {
				return err
			}
			if err := userFailure(s, args[0], file.SetPassword(args[0], hash)); err != nil {
				return err
			}
			fmt.Fprintf(s.out, "%s has another password, and is signed out everywhere\n", args[0])
			return nil
		},
	}
}

func userRemoveCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "remove NAME",
		Short:   "Take somebody out; the audit log keeps what they did",
		Example: "  paydial user remove kim",
		Args:    oneName(s, "remove"),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := usersAt(cmd, s)
			if err != nil {
				return err
			}
			if err := userFailure(s, args[0], file.Remove(args[0])); err != nil {
				return err
			}
			fmt.Fprintf(s.out, "%s is removed, and signed out everywhere\n", args[0])
			return nil
		},
	}
}

// userDisableCommand is disable, or enable.
func userDisableCommand(s streams, disable bool) *cobra.Command {
	verb, short, done := "enable", "Let somebody in again who was disabled", "%s may sign in again\n"
	if disable {
		verb, short, done = "disable", "Keep somebody out, without forgetting them", "%s is disabled, and signed out everywhere\n"
	}
	return &cobra.Command{
		Use:     verb + " NAME",
		Short:   short,
		Example: "  paydial user " + verb + " kim",
		Args:    oneName(s, verb),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := usersAt(cmd, s)
			if err != nil {
				return err
			}
			if err := userFailure(s, args[0], file.SetDisabled(args[0], disable)); err != nil {
				return err
			}
			fmt.Fprintf(s.out, done, args[0])
			return nil
		},
	}
}

// askPassword asks for a password twice, without showing it, and returns its hash. Where nobody sits at a terminal it
// reads lines: one password, or the same twice.
func askPassword(s streams) (string, error) {
	first, second, err := readPassword(s)
	if err != nil {
		return "", fail(exitUsage, "read the password: %v", err)
	}
	if err := access.CheckPassword(first); err != nil {
		return "", fail(exitUsage, "%v", err)
	}
	if first != second {
		return "", fail(exitUsage, "the two passwords are not the same: nothing was changed")
	}
	return access.Hash(first, access.DefaultCost()), nil
}

func readPassword(s streams) (first, second string, err error) {
	if f, ok := s.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		ask := func(prompt string) (string, error) {
			fmt.Fprintf(s.err, "%s: ", prompt)
			raw, err := term.ReadPassword(int(f.Fd()))
			fmt.Fprintln(s.err)
			return string(raw), err
		}
		if first, err = ask(fmt.Sprintf("Password, at least %d characters", access.MinPassword)); err == nil {
			second, err = ask("The same again")
		}
		return first, second, err
	}
	if s.in == nil {
		return "", "", errors.New("there is no terminal to ask at, and nothing on standard input")
	}
	in := bufio.NewReader(io.LimitReader(s.in, 4096))
	line := func() (string, error) {
		text, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return strings.TrimRight(text, "\r\n"), err
	}
	if first, err = line(); err != nil {
		return "", "", err
	}
	if second, err = line(); err == nil && second == "" {
		second = first
	}
	return first, second, err
}
