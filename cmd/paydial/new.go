package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/examples"
)

func newCommand(s streams) *cobra.Command {
	var p examples.Project
	var yes bool
	cmd := &cobra.Command{
		Use:     "new NAME",
		Short:   "Start a project: paydial.yaml and a flow that takes a payment",
		Example: "  paydial new pay-by-phone\n  paydial new pay-by-phone --line \"Acme Energy\" --language es-US --yes",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			return fail(exitUsage, "give the project one name, for example: %s new pay-by-phone", s.self)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			p.Name = args[0]
			if _, err := examples.New(p); err != nil { // before asking anything
				return fail(exitUsage, "%v", err)
			}
			if !yes && hasPerson(s) {
				askFor(s, &p)
			}
			made, err := examples.New(p)
			if err != nil {
				return fail(exitUsage, "%v", err)
			}
			dir, err := projectDir(cmd, s)
			if err != nil {
				return err
			}
			return writeProject(s, filepath.Join(dir, p.Name), made)
		},
	}
	cmd.Flags().StringVar(&p.Line, "line", "", "what callers hear the line called (default made from NAME)")
	cmd.Flags().StringVar(&p.Language, "language", "", "en-US (default) or es-US")
	cmd.Flags().StringVar(&p.Timezone, "timezone", "", "time zone of opening hours (default America/New_York)")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "ask nothing")
	return cmd
}

// askFor asks for what the flags did not say; an empty answer leaves the default.
func askFor(s streams, p *examples.Project) {
	in := bufio.NewReader(s.in)
	for _, q := range []struct {
		text   string
		answer *string
	}{
		{"What do callers hear the line called? [made from the name] ", &p.Line},
		{"Which language, en-US or es-US? [en-US] ", &p.Language},
	} {
		if *q.answer != "" {
			continue
		}
		fmt.Fprint(s.out, q.text)
		line, _ := in.ReadString('\n')
		*q.answer = strings.TrimSpace(line)
	}
}

// writeProject writes a new project's files into a directory that must not hold any of them yet.
func writeProject(s streams, dir string, made []examples.File) error {
	for _, f := range made {
		if _, err := os.Lstat(filepath.Join(dir, f.Path)); err == nil {
			return fail(exitConflict, "%s is there already: nothing was written", filepath.Join(dir, f.Path))
		}
	}
	for _, f := range made {
		path := filepath.Join(dir, f.Path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fail(exitFailed, "make directory: %v", err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return fail(exitFailed, "write %s: %v", path, err)
		}
		fmt.Fprintln(s.out, "  wrote "+fromHere(path))
	}
	fmt.Fprintf(s.out, "\nNext, ring it in the browser; flows reload when you save them:\n  %s dev --dir %s\n", s.self, fromHere(dir))
	return nil
}
