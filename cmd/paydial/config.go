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
		Use:   "show",
		Short: "Show every setting of `serve`, and where it comes from; secrets only as set or not",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			shown, err := configShown(cmd, s)
			if err != nil {
				return err
			}
			if asJSON {
				enc := json.NewEncoder(s.out)
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
	out := []shownSetting{{Key: "dir", Value: dir, Origin: "project directory", Env: "PAYDIAL_DIR"}}
	for _, st := range serveSettings {
		text := v.get(st.key)
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
	bundle, err := readProject(dir)
	if err != nil {
		return nil, err
	}
	if p, _ := flows.Load(bundle); p != nil {
		origin := filepath.Join(dir, projectFile)
		out = append(out, shownSetting{Key: "line", Value: p.Line, Origin: origin},
			shownSetting{Key: "connector", Value: p.Payments.Connector, Origin: origin},
			shownSetting{Key: "currency", Value: p.Payments.Currency, Origin: origin})
		for _, n := range p.Numbers {
			out = append(out, shownSetting{Key: "number " + n.Number, Value: n.Flow, Origin: origin})
		}
	}
	return out, nil
}
