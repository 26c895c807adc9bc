package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/flows"
)

func configCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "See what is configured"}
	cmd.AddCommand(configShowCommand(s))
	return cmd
}

// shownSetting is a setting as `config show` tells it.
type shownSetting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
	Env    string `json:"env"`
}

func configShowCommand(s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show",
		Short:   "Every setting of serve and where it comes from",
		Long:    "Show every setting of serve and where it comes from. Of secrets it tells only whether they are set.",
		Example: "  paydial config show\n  paydial config show --json | jq '.[] | select(.value == \"-\").env'   # what is not set",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			shown, err := configShown(cmd, s)
			if err != nil {
				return err
			}
			if asJSON {
				enc := json.NewEncoder(s.out)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				return enc.Encode(shown)
			}
			w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
			for _, v := range shown {
				fmt.Fprintf(w, "%s\t%s\t%s\n", v.Key, v.Value, v.Origin)
			}
			return w.Flush()
		},
	}
	addFlags(cmd, serveSettings)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().Bool("origin", true, "accepted for clarity: the origin is always shown")
	return cmd
}

// configShown is every setting, and what the project file says.
func configShown(cmd *cobra.Command, s streams) ([]shownSetting, error) {
	v, err := resolve(cmd, s, serveSettings)
	if err != nil {
		return nil, err
	}
	dir, err := projectDir(cmd, s)
	if err != nil {
		return nil, err
	}
	out := []shownSetting{{Key: "dir", Value: dir, Origin: dirOrigin(cmd, s), Env: "PAYDIAL_DIR"}}
	for _, st := range serveSettings {
		text := redacted(v.get(st.key))
		if st.secret && text != "" {
			text = "set"
		}
		if text == "" {
			text = "-"
		}
		out = append(out, shownSetting{Key: st.key, Value: text, Origin: v[st.key].origin, Env: st.env})
	}
	if !hasProject(dir) {
		return out, nil
	}
	bundle, err := readProject(s, dir)
	if err != nil {
		return nil, err
	}
	p, findings := flows.Load(bundle)
	if findings.Errors() {
		fmt.Fprintf(s.err, "paydial: the project has %s, so what it says is not shown: %s lint\n", findings.Summary(), s.self)
		return out, nil
	}
	return append(out, projectShown(p, filepath.Join(dir, flows.ProjectFile))...), nil
}

// dirOrigin says who named the project directory.
func dirOrigin(cmd *cobra.Command, s streams) string {
	if f := cmd.Flags().Lookup("dir"); f != nil && f.Changed {
		return "flag --dir"
	}
	if namedDir(cmd, s) != "" {
		return "environment PAYDIAL_DIR"
	}
	return "current directory"
}

// projectShown is what the project file says.
func projectShown(p *flows.Project, origin string) []shownSetting {
	out := []shownSetting{
		{Key: "line", Value: p.Line, Origin: origin},
		{Key: "connector", Value: p.Payments.Connector, Origin: origin},
		{Key: "currency", Value: p.Payments.Currency, Origin: origin},
	}
	for _, n := range p.Numbers {
		out = append(out, shownSetting{Key: "number " + n.Number, Value: n.Flow, Origin: origin})
	}
	return out
}
