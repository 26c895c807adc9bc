package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestHelpBeginsWithExamples(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"help"}, {"--help"}, {"-h"}} {
		r := paydial(t, nil, args...)
		r.want(t, 0, "paydial dev ", groupTry, groupWrite, groupRun, "--dir")
		if at := strings.Index(r.out, "paydial dev "); at < 0 || at > strings.Index(r.out, groupTry) {
			t.Errorf("%v: the first example does not come before the commands:\n%s", args, r.out)
		}
		if strings.Contains(r.out, "completion") {
			t.Errorf("%v: the help lists completion:\n%s", args, r.out)
		}
	}
}

// TestEveryHelpFits asks every command for its help: examples first, and no line too wide for a terminal, but
// for examples that are to be copied.
func TestEveryHelpFits(t *testing.T) {
	t.Parallel()
	seen := 0
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		seen++
		args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		r := paydial(t, nil, args...)
		if r.code != 0 || r.out == "" || r.err != "" {
			t.Errorf("%v: exit code %d, %q", args, r.code, r.err)
		}
		fits(t, cmd.CommandPath(), strings.ReplaceAll(r.out, strings.TrimSpace(cmd.Example), ""))
		if cmd.Example != "" && strings.Index(r.out, cmd.Example) > strings.Index(r.out, "Usage:") && cmd.HasParent() {
			t.Errorf("%s: the examples come behind the usage:\n%s", cmd.CommandPath(), r.out)
		}
		if cmd.Runnable() && cmd.HasParent() && !cmd.HasSubCommands() && cmd.Example == "" {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(rootCommand(streams{env: env{}.lookup, self: "paydial"}))
	if seen < 12 {
		t.Errorf("only %d commands were asked", seen)
	}
}

func TestHelpOnOneCommand(t *testing.T) {
	t.Parallel()
	paydial(t, nil, "help", "lint").want(t, 0, "paydial lint --format github", "--strict")
	paydial(t, nil, "help", "config", "show").want(t, 0, "paydial config show --json")
	paydial(t, nil, "help", "lnit").want(t, exitUsage, `there is no command "paydial lnit"`, "did you mean lint?")
	r := paydial(t, nil, "help", "environment")
	r.want(t, 0, ".env", "KEY=VALUE", "PAYDIAL_DIR", "NO_COLOR", "130  interrupted")
	for _, s := range serveSettings {
		r.want(t, 0, s.env)
	}
}

func TestUnknownWordsSuggest(t *testing.T) {
	t.Parallel()
	paydial(t, nil, "lnit").want(t, exitUsage, `there is no command "paydial lnit": did you mean lint?`, "Try: paydial --help")
	paydial(t, nil, "frobnicate").want(t, exitUsage, `there is no command "paydial frobnicate"`)
	paydial(t, nil, "config", "shwo").want(t, exitUsage, `there is no command "paydial config shwo": did you mean show?`)
	paydial(t, nil, "config").want(t, 0, "show")
	paydial(t, nil, "nosuch", "--help").want(t, exitUsage, `there is no command "paydial nosuch"`)
	paydial(t, nil, "lint", "--stict").want(t, exitUsage, "unknown flag: --stict", "Try: paydial lint --help")
	paydial(t, nil, "lint", "a", "b").want(t, exitUsage, "Try: paydial lint --help")
}

func TestVersion(t *testing.T) {
	t.Parallel()
	if r := paydial(t, nil, "--version"); r.code != 0 || r.out != "paydial "+version+"\n" {
		t.Errorf("exit code %d, %q", r.code, r.out)
	}
}

// TestHintsCanBeCopied wants hints to call the program as it was called.
func TestHintsCanBeCopied(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string]string{
		"paydial": "paydial", "./paydial": "./paydial", "/usr/bin/paydial": "/usr/bin/paydial", "": "paydial",
		"/root/.cache/go-build1/b001/exe/paydial": "go run ./cmd/paydial",
	} {
		if got := calledAs(arg); got != want {
			t.Errorf("calledAs(%q) = %q, want %q", arg, got, want)
		}
	}
	var out, errs screen
	code := run(t.Context(), []string{"lint", t.TempDir()}, streams{out: &out, err: &errs, env: env{}.lookup, self: "./bin/paydial"})
	result{code, out.text(), errs.text()}.want(t, exitNotFound, "./bin/paydial new my-line")
}
