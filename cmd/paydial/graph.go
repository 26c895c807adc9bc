package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/flows/graph"
)

func graphCommand(s streams) *cobra.Command {
	var svg, mermaid, text bool
	var output string
	cmd := &cobra.Command{
		Use:   "graph [FLOW]",
		Short: "Draw a flow: as Mermaid (the default), SVG or a list",
		Example: "  paydial graph pay-my-bill --svg -o pay-my-bill.svg\n" +
			"  paydial graph                     # the only flow of the project, as Mermaid",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := projectDir(cmd, s)
			if err != nil {
				return err
			}
			flow, err := chooseFlow(s, dir, args)
			if err != nil {
				return err
			}
			drawn := graph.Mermaid(flow)
			switch {
			case svg:
				drawn = graph.SVG(flow, graph.SVGOptions{})
			case text:
				drawn = graph.Text(flow)
			}
			return writeGraph(s, drawn, output)
		},
	}
	cmd.Flags().BoolVar(&svg, "svg", false, "an SVG picture")
	cmd.Flags().BoolVar(&mermaid, "mermaid", false, "Mermaid text, for Markdown pages")
	cmd.Flags().BoolVar(&text, "text", false, "a list")
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this file instead of the terminal")
	cmd.MarkFlagsMutuallyExclusive("svg", "mermaid", "text")
	return cmd
}

// writeGraph writes a picture to a file, or to stdout for "" and "-".
func writeGraph(s streams, drawn, output string) error {
	if output == "" || output == "-" {
		if _, err := s.out.Write([]byte(drawn)); err != nil {
			return fail(exitFailed, "write graph: %v", err)
		}
		return nil
	}
	if err := os.WriteFile(output, []byte(drawn), 0o644); err != nil {
		return fail(exitFailed, "write graph: %v", err)
	}
	fmt.Fprintln(s.err, "wrote "+output)
	return nil
}

// chooseFlow finds the flow that args name; a file's path will do, and no name where there is one flow only.
func chooseFlow(s streams, dir string, args []string) (*flows.Flow, error) {
	bundle, err := readProject(s, dir)
	if err != nil {
		return nil, err
	}
	project, findings := flows.Load(bundle)
	if findings.Errors() { // a flow that is half written is drawn as far as it goes
		fmt.Fprintf(s.err, "paydial: the project has %s: %s lint\n", findings.Summary(), s.self)
	}
	names := slices.Sorted(maps.Keys(project.Flows))
	if len(args) == 0 && len(names) == 1 {
		return project.Flows[names[0]], nil
	}
	if len(args) == 0 && len(names) > 1 {
		return nil, fail(exitUsage, "which flow? There are %s", strings.Join(names, ", "))
	}
	if len(names) == 0 {
		return nil, fail(exitNotFound, "there is no flow in %s", filepath.Join(dir, "flows"))
	}
	name := strings.TrimSuffix(strings.TrimPrefix(args[0], "flows/"), ".yaml")
	if f := project.Flows[name]; f != nil {
		return f, nil
	}
	return nil, fail(exitNotFound, "there is no flow %q: there are %s", name, strings.Join(names, ", "))
}
