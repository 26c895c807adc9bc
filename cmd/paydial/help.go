package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The groups of commands in the help, in its order.
const (
	groupTry   = "Try it on this machine"
	groupWrite = "Write flows"
	groupRun   = "Run it"
)

// helpWidth is how wide the help may be.
const helpWidth = 80

// place is the annotation that says where in its group a command stands; cobra would sort them by name.
const place = "place"

// inGroup adds commands to root under a heading of the help, in their order.
func inGroup(root *cobra.Command, group string, commands ...*cobra.Command) {
	if len(commands) == 0 {
		return
	}
	root.AddGroup(&cobra.Group{ID: group, Title: group})
	for i, c := range commands {
		c.GroupID = group
		c.Annotations = map[string]string{place: fmt.Sprintf("%02d", i)}
		root.AddCommand(c)
	}
}

// onlyCommands makes a command that only holds others: alone it shows its help, and a word it does not know is
// an error with what may have been meant.
func onlyCommands(parent *cobra.Command) {
	if parent.HasParent() { // at the root cobra finds unknown words by itself, even before --help
		parent.Args = cobra.ArbitraryArgs
	}
	parent.SuggestionsMinimumDistance = 2
	parent.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return noCommand(cmd, args[0])
	}
}

// noCommand says that there is no such command, and suggests one that is near.
func noCommand(parent *cobra.Command, word string) error {
	text := fmt.Sprintf("there is no command %q", parent.CommandPath()+" "+word)
	if near := parent.SuggestionsFor(word); len(near) > 0 {
		slices.SortStableFunc(near, func(a, b string) int { return unlike(word, a) - unlike(word, b) })
		text += ": did you mean " + strings.Join(near, " or ") + "?"
	}
	return fail(exitUsage, "%s\nTry: %s --help", text, parent.CommandPath())
}

// unlike counts the letters of two words, each at its place from the front or from the end, that differ.
func unlike(a, b string) int {
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	end := 0
	for end < min(len(a), len(b))-same && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return max(len(a), len(b)) - same - end
}

// setHelp gives all commands the same help: what it is, examples, then commands and flags.
func setHelp(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { fmt.Fprint(cmd.OutOrStdout(), helpText(cmd)) })
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help on a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			at := cmd.Root()
			for _, word := range args {
				next, _, err := at.Find([]string{word})
				if err != nil || next == at {
					return noCommand(at, word)
				}
				at = next
			}
			at.InitDefaultHelpFlag()
			return at.Help()
		},
	})
}

// helpText is the help on one command.
func helpText(cmd *cobra.Command) string {
	var b strings.Builder
	about := cmd.Long
	if about == "" {
		about = cmd.Short + "."
	}
	fmt.Fprintln(&b, filled(about))
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\n%s\n", cmd.Example)
	}
	switch {
	case !cmd.HasParent() || !cmd.Runnable():
	case cmd.HasSubCommands():
		fmt.Fprintf(&b, "\nUsage:  %s COMMAND\n", cmd.CommandPath())
	default:
		fmt.Fprintf(&b, "\nUsage:  %s\n", cmd.UseLine())
	}
	for _, g := range cmd.Groups() {
		section(&b, g.Title, cmd, g.ID)
	}
	others := "Commands"
	if len(cmd.Groups()) > 0 {
		others = "Also"
	}
	section(&b, others, cmd, "")
	flags(&b, "Flags", cmd.LocalFlags())
	if cmd.HasParent() {
		flags(&b, "Everywhere", cmd.InheritedFlags())
	}
	return b.String()
}

// filled breaks the paragraphs of a text to the width of the help; those that are indented stay as they are.
func filled(text string) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		if !strings.HasPrefix(p, "  ") {
			paragraphs[i] = strings.Join(wrap(p, helpWidth), "\n")
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

// section lists the commands of a group; those of none with "".
func section(b *strings.Builder, title string, cmd *cobra.Command, group string) {
	lines := ""
	commands := slices.Clone(cmd.Commands())
	slices.SortStableFunc(commands, func(a, b *cobra.Command) int {
		return strings.Compare(a.Annotations[place], b.Annotations[place])
	})
	for _, c := range commands {
		shown := c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() || c.Name() == "help"
		if c.GroupID == group && shown {
			lines += fmt.Sprintf("  %-13s%s\n", c.Name(), c.Short)
		}
	}
	if lines != "" {
		fmt.Fprintf(b, "\n%s\n%s", title, lines)
	}
}

// flags lists flags, without the one for help that everybody knows.
func flags(b *strings.Builder, title string, set *pflag.FlagSet) {
	shown := pflag.NewFlagSet("", pflag.ContinueOnError)
	shown.SortFlags = false
	set.VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" {
			named := *f
			named.Value = namedValue{f.Value, f.Name}
			shown.AddFlag(&named)
		}
	})
	if text := shown.FlagUsagesWrapped(helpWidth); text != "" {
		fmt.Fprintf(b, "\n%s\n%s", title, text)
	}
}

// namedValue is a flag's value that says in capitals what is meant, where its type alone would say "string".
type namedValue struct {
	pflag.Value
	flag string
}

// Type is what stands behind the flag in the help.
func (v namedValue) Type() string {
	switch kind := v.Value.Type(); kind {
	case "string":
		word, ok := map[string]string{
			"app": "URL", "simulator": "URL", "dir": "DIR", "output": "FILE", "rejected": "FILE", "crowd": "FILE", "connectors": "FILE",
			"users": "FILE", "listen": "ADDRESS", "simulator-listen": "ADDRESS", "trusted-proxies": "LIST", "at": "TIME", "since": "TIME", "until": "TIME", "expires": "DAY", "renew-by": "DAY",
			"because": "TEXT", "note": "TEXT", "press": "KEYS", "confirm": "NAME", "by": "NAME", "country": "CODE",
		}[v.flag]
		if !ok {
			word = strings.ToUpper(v.flag[strings.LastIndexByte(v.flag, '-')+1:])
		}
		return word
	case "int", "int64", "float64":
		return "N"
	case "stringArray", "stringSlice":
		return "TEXT"
	default:
		return kind
	}
}

// environmentTopic is help on what is read from the environment, and on exit codes.
func environmentTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString("A flag wins over the environment, the environment over paydial.yaml, and that over what is built in.\n\n")
	for _, st := range serveSettings {
		fmt.Fprintf(&b, "  %-24s%s\n", st.env, strings.Join(wrap(st.help, helpWidth-26), "\n"+strings.Repeat(" ", 26)))
	}
	b.WriteString(`  PAYDIAL_DIR             the project directory
  PAYDIAL_SECRET_NAME     secret.name of the services in paydial.yaml

Each of them may be in a file instead: TWILIO_AUTH_TOKEN_FILE=/run/secrets/twilio.

paydial dev, and nothing else, also reads a file .env in the project directory:
KEY=VALUE lines, # begins a comment. What the environment has wins over it.

NO_COLOR, FORCE_COLOR and TERM=dumb are honoured.

Exit codes

  0    done
  1    failed, for the reason that was told
  2    wrong usage
  3    findings in flows
  4    not found
  5    is there already, or has changed meanwhile
  6    not allowed
  7    not reachable: the app, the simulator, Twilio, Redis, the database
  8    a rule that keeps callers from harm said no: it could charge twice
  130  interrupted`)
	return &cobra.Command{Use: "environment", Short: "Settings from the environment, .env files, exit codes", Long: b.String()}
}

// shownWidth is how many characters of a text are seen: what sets colours is not.
func shownWidth(text string) int {
	n, escape := 0, false
	for _, r := range text {
		switch {
		case r == '\x1b':
			escape = true
		case escape:
			escape = r != 'm'
		default:
			n++
		}
	}
	return n
}

// wrap breaks a text into lines of at most width characters, between words.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case shownWidth(line)+1+shownWidth(word) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
