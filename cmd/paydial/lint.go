package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/flows"
)

func lintCommand(s streams) *cobra.Command {
	var format string
	var strict, asJSON bool
	cmd := &cobra.Command{
		Use:   "lint [DIR]",
		Short: "Check flows and campaigns: what is wrong and how to mend it",
		Example: "  paydial lint\n  paydial lint examples/bill-payment --strict\n" +
			"  paydial lint --format github      # annotations in a pull request",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := projectDir(cmd, s)
			if err != nil {
				return err
			}
			if len(args) == 1 {
				dir = projectOf(args[0])
			}
			bundle, err := readProject(s, dir)
			if err != nil {
				return err
			}
			findings, files, err := lintAll(bundle, dir)
			if err != nil {
				return err
			}
			if asJSON {
				format = "json"
			}
			err = writeFindings(s, report{findings: findings, dir: fromHere(dir), format: format, files: files})
			if err != nil {
				return err
			}
			if findings.Errors() || strict && len(findings) > 0 {
				return &exitError{code: exitFindings, err: fmt.Errorf("findings"), silent: true}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text, json, sarif or github")
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	cmd.Flags().BoolVar(&strict, "strict", false, "fail on warnings too")
	return cmd
}

// projectOf is the project directory that a path means: itself, or that of the file it names.
func projectOf(path string) string {
	info, err := os.Stat(path)
	if err != nil || info.IsDir() {
		return path
	}
	dir := filepath.Dir(path)
	if base := filepath.Base(dir); (base == "flows" || base == "campaigns") && !hasProject(dir) {
		return filepath.Dir(dir)
	}
	return dir
}

// report is what lint found in the files of a directory, and how it is to be printed.
type report struct {
	findings flows.Findings
	dir      string
	format   string
	files    int
}

// writeFindings prints findings in one of the formats. JSON names files as the project does, the others as the
// reader of the current directory finds them.
func writeFindings(s streams, r report) error {
	var err error
	here := r.findings
	if r.dir != "." {
		here = here.In(filepath.ToSlash(r.dir))
	}
	switch r.format {
	case "text":
		if len(here) == 0 {
			_, err = fmt.Fprintf(s.out, "%s, no findings\n", plural(r.files, "file"))
			break
		}
		err = here.WriteText(s.out, colourful(s, s.out))
	case "json":
		err = r.findings.WriteJSON(s.out)
	case "sarif":
		err = here.WriteSARIF(s.out)
	case "github":
		err = here.WriteGitHub(s.out)
	default:
		return fail(exitUsage, "--format %q: there are text, json, sarif and github", r.format)
	}
	if err != nil {
		return fail(exitFailed, "print findings: %v", err)
	}
	return nil
}

// plural is a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func explainCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "explain [CODE]",
		Short:   "Explain a finding of lint, with a bad and a good example",
		Example: "  paydial explain P001\n  paydial explain             # the list of all codes",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, c := range flows.Codes() {
					fmt.Fprintf(s.out, "%s  %-8s %s\n", c.Code, c.Severity, c.Title)
				}
				return nil
			}
			text, ok := flows.Explain(args[0])
			if !ok {
				return fail(exitNotFound, "no finding has the code %q\nAll codes: %s explain", args[0], s.self)
			}
			_, err := fmt.Fprintln(s.out, text)
			return err
		},
	}
}
