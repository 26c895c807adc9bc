// Command paydial takes payments on phone calls by keypad. It is the one binary: `paydial dev` runs everything
// on this machine, `paydial serve` is the app in production, and the other commands check, draw, try and set up
// flows. main only parses, calls run and maps errors to exit codes; the wiring is in internal/server and
// internal/local. It must not hold logic of calls, flows or money.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/redis/go-redis/v9/logging"
	"github.com/spf13/cobra"
)

// version is set by the linker in releases.
var version = "0.1.0-dev"

// Exit codes, the same for every command.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitFindings    = 3
	exitNotFound    = 4
	exitConflict    = 5
	exitRefused     = 6
	exitUnreachable = 7
	exitSafety      = 8
	exitInterrupted = 130
)

// exitError is an error with its exit code. A silent one has been told already.
type exitError struct {
	code   int
	err    error
	silent bool
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// fail is an error that ends the command with code.
func fail(code int, format string, args ...any) error {
	return &exitError{code: code, err: fmt.Errorf(format, args...)}
}

func main() {
	logging.Disable() // of go-redis: what goes wrong comes back as errors, and is told once
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() { // the second signal ends at once
		<-ctx.Done()
		stop()
	}()
	os.Exit(run(ctx, os.Args[1:], streams{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv, self: calledAs(os.Args[0]),
	}))
}

// calledAs is what a person types to call this program again, for hints that can be copied.
func calledAs(arg string) string {
	switch {
	case strings.Contains(filepath.ToSlash(arg), "/go-build"): // go run builds there
		return "go run ./cmd/paydial"
	case arg == "":
		return "paydial"
	}
	return arg
}

// streams is what a command reads, writes and finds in its environment.
type streams struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) (string, bool)
	self     string // what to type to call this program
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	if s.self == "" {
		s.self = "paydial"
	}
	root := rootCommand(s)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if word, ok := unknownWord(err); ok {
		err = noCommand(root, word)
	}
	var ee *exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ee):
		if !ee.silent {
			fmt.Fprintln(s.err, "paydial: "+ee.Error())
		}
		return ee.code
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(s.err, "paydial: interrupted")
		return exitInterrupted
	default: // cobra's own: a wrong flag, too many or too few arguments
		text := err.Error()
		if strings.Contains(text, "arg(s)") || strings.HasPrefix(text, "unknown command") {
			text = "write it so: " + cmd.UseLine()
		}
		fmt.Fprintf(s.err, "paydial: %s\nTry: %s --help\n", text, cmd.CommandPath())
		return exitUsage
	}
}

// examplesOf are the first things to try, of the commands that this binary has.
func examplesOf(root *cobra.Command) string {
	var lines []string
	for _, e := range [][2]string{
		{"dev", "everything on this machine, no account needed"},
		{"call", "ring it from a second terminal"},
		{"new my-line", "a project of your own; dev reloads it when you save"},
		{"lint", "check its flows"},
		{"serve", "answer Twilio's calls"},
		{"payments take", "take a payment on a call, as an agent does"},
	} {
		if c, _, err := root.Find(strings.Fields(e[0])[:1]); err == nil && c != root {
			lines = append(lines, fmt.Sprintf("  paydial %-16s %s", e[0], e[1]))
		}
	}
	return strings.Join(lines, "\n")
}

// unknownWord is the word that cobra takes for a command and does not know.
func unknownWord(err error) (string, bool) {
	if err == nil {
		return "", false
	}
	_, rest, ok := strings.Cut(err.Error(), `unknown command "`)
	word, rest, _ := strings.Cut(rest, `"`)
	return word, ok && strings.HasPrefix(rest, ` for "paydial"`)
}

// rootCommand is the tree of commands.
func rootCommand(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "paydial",
		Short: "Take payments on phone calls, by keypad, with Twilio",
		Long: "Take payments on phone calls, by keypad, with Twilio: flows in YAML, card numbers never touch your\n" +
			"server.",
		Version:           version,
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetVersionTemplate("paydial {{.Version}}\n")
	root.PersistentFlags().String("dir", "", "project directory, with paydial.yaml in it (PAYDIAL_DIR; default the current one)")
	inGroup(root, groupTry, simulatedCommands(s)...)
	inGroup(root, groupWrite, newCommand(s), lintCommand(s), explainCommand(s), graphCommand(s))
	inGroup(root, groupRun, serveCommand(s), workerCommand(s), doctorCommand(s), paymentsCommand(s), recordingsCommand(s), transcriptsCommand(s),
		campaignCommand(s), dncCommand(s), configCommand(s), userCommand(s), auditCommand(s))
	root.AddCommand(environmentTopic())
	root.Example = examplesOf(root)
	root.AddCommand(simulatedTopics()...)
	for _, c := range append(root.Commands(), root) {
		if c.HasSubCommands() {
			onlyCommands(c)
		}
	}
	setHelp(root)
	return root
}
