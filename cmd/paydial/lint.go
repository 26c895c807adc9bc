package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/flows"
)

func lintCommand(s streams) *cobra.Command {
	var format string
	var strict, asJSON bool
	cmd := &cobra.Command{
		Use:   "lint [DIR]",
		Short: "Check a project's flows and say where and how to mend them",
		Example: "  paydial lint\n  paydial lint examples/bill-payment --strict\n" +
			"  paydial lint --format github      # annotations in a pull request",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := projectDir(cmd, s)
			if err != nil {
				return err
			}
			if len(args) == 1 {
				dir = args[0]
			}
			bundle, err := readProject(dir)
			if err != nil {
				return err
			}
			_, findings := flows.Load(bundle)
			if asJSON {
				format = "json"
			}
			if err := writeFindings(s, findings, format, len(bundle.Files)); err != nil {
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

// writeFindings prints findings in one of the formats.
func writeFindings(s streams, findings flows.Findings, format string, files int) error {
	var err error
	switch format {
	case "text":
		if len(findings) == 0 {
			_, err = fmt.Fprintf(s.out, "%d files, no findings\n", files)
			break
		}
		err = findings.WriteText(s.out, colourful(s, s.out))
	case "json":
		err = findings.WriteJSON(s.out)
	case "sarif":
		err = findings.WriteSARIF(s.out)
	case "github":
		err = findings.WriteGitHub(s.out)
	default:
		return fail(exitUsage, "--format %q: there are text, json, sarif and github", format)
	}
	if err != nil {
		return fail(exitFailed, "print findings: %v", err)
	}
	return nil
}

func explainCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "explain CODE",
		Short:   "Explain a finding of lint, with a good and a bad example",
		Example: "  paydial explain P001",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, ok := flows.Explain(args[0])
			if !ok {
				return fail(exitNotFound, "no finding has the code %q", args[0])
			}
			_, err := fmt.Fprintln(s.out, text)
			return err
		},
	}
}
