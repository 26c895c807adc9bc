package main

import (
	"os"
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
			var drawn string
			switch {
			case svg:
				drawn = graph.SVG(flow, graph.SVGOptions{})
			case text:
				drawn = graph.Text(flow)
			default:
				drawn = graph.Mermaid(flow)
			}
			if output == "" || output == "-" {
				_, err = s.out.Write([]byte(drawn))
			} else {
				err = os.WriteFile(output, []byte(drawn), 0o644)
			}
			if err != nil {
				return fail(exitFailed, "write graph: %v", err)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&svg, "svg", false, "an SVG picture")
	cmd.Flags().BoolVar(&mermaid, "mermaid", false, "Mermaid text, for Markdown pages")
	cmd.Flags().BoolVar(&text, "text", false, "a list")
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this file instead of the terminal")
	cmd.MarkFlagsMutuallyExclusive("svg", "mermaid", "text")
	return cmd
}

// chooseFlow finds the flow that args name; a file's path will do, and no name where there is one flow only.
func chooseFlow(s streams, dir string, args []string) (*flows.Flow, error) {
	bundle, err := readProject(dir)
	if err != nil {
		return nil, err
	}
	project, findings := flows.Load(bundle)
	if project == nil {
		return nil, tellFindings(s, findings)
	}
	names := make([]string, 0, len(project.Flows))
	for name := range project.Flows {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(args) == 0 {
		if len(names) == 1 {
			return project.Flows[names[0]], nil
		}
		return nil, fail(exitUsage, "which flow? There are %s", strings.Join(names, ", "))
	}
	name := strings.TrimSuffix(strings.TrimPrefix(args[0], "flows/"), ".yaml")
	if f := project.Flows[name]; f != nil {
		return f, nil
	}
	return nil, fail(exitNotFound, "there is no flow %q: there are %s", name, strings.Join(names, ", "))
}
