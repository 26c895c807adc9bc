package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/internal/doctor"
)

func doctorCommand(s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check this installation: settings, stores, the account at Twilio",
		Long: "Look at one installation with the settings of serve, and say of each thing whether it is ok, wrong, or somebody\n" +
			"has to look: settings, the project and what PCI Mode forbids, Redis, the database, the archive, the account at\n" +
			"Twilio, where its numbers lead, and which recordings have no copy of ours. It changes nothing: it only stores a\n" +
			"small file in the archive, and deletes it.\n\n" +
			"It ends with 0 when nothing is wrong, with 8 when a rule of PCI Mode or of privacy is broken, else with 1.",
		Example: "  paydial doctor --dir my-line\n" +
			"  paydial doctor --json | jq -r '.findings[] | select(.grade != \"ok\") | .text'",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return examine(cmd, s, asJSON) },
	}
	addFlags(cmd, serveSettings)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// examined is what doctor found.
type examined struct {
	OK        bool             `json:"ok"`
	Simulated bool             `json:"simulated"`
	Findings  []doctor.Finding `json:"findings"`
}

// examine looks at the installation and tells what is found.
func examine(cmd *cobra.Command, s streams, asJSON bool) error {
	cfg, err := examination(cmd, s)
	if err != nil {
		return err
	}
	all := examined{OK: true, Simulated: cfg.Simulated, Findings: []doctor.Finding{}}
	compliance, area := false, ""
	err = doctor.Examine(cmd.Context(), cfg, func(f doctor.Finding) {
		all.Findings = append(all.Findings, f)
		if f.Grade == doctor.Wrong {
			all.OK, compliance = false, compliance || f.Compliance
		}
		if !asJSON {
			printFinding(s, f, f.Area != area)
			area = f.Area
		}
	})
	if err != nil {
		return err
	}
	if asJSON {
		if err := printJSON(s, all); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(s.out, "\n%s\n", hanging(all.summary(), 0))
	}
	switch {
	case compliance:
		return &exitError{code: exitSafety, err: errors.New("a rule is broken"), silent: true}
	case !all.OK:
		return &exitError{code: exitFailed, err: errors.New("something is wrong"), silent: true}
	}
	return nil
}

// examination is the installation as it is configured.
func examination(cmd *cobra.Command, s streams) (doctor.Config, error) {
	v, err := resolve(cmd, s, serveSettings)
	if err != nil {
		return doctor.Config{}, err
	}
	cfg := doctor.Config{
		PublicURL: v.get("public-url"), AccountSID: v.get("account-sid"), AuthToken: v.get("auth-token"),
		TwilioURL: v.get("twilio-api-url"), TwilioRegion: v.get("twilio-region"), TwilioEdge: v.get("twilio-edge"),
		RedisURL: v.get("redis-url"), DatabaseURL: v.get("database-url"), ArchiveURL: v.get("archive-url"),
		Simulated: onThisComputer(v.get("twilio-api-url")), Self: s.self, Redact: redacted, Now: time.Now,
	}
	for _, st := range serveSettings {
		if st.secret {
			cfg.Secrets = append(cfg.Secrets, doctor.Secret{Env: st.env, Set: v.get(st.key) != "", Plain: strings.HasPrefix(v[st.key].origin, "environment")})
		}
	}
	dir, err := projectDir(cmd, s)
	if err != nil {
		return cfg, err
	}
	if cfg.Dir = fromHere(dir); hasProject(dir) {
		bundle, err := readProject(s, dir)
		if err != nil {
			return cfg, err
		}
		cfg.Bundle = &bundle
	}
	return cfg, nil
}

// printFinding prints one finding; the first of an area comes under its name.
func printFinding(s streams, f doctor.Finding, first bool) {
	p := palette(colourful(s, s.out))
	if first {
		fmt.Fprintf(s.out, "\n%s\n", p.bold(f.Area))
	}
	mark := map[doctor.Grade]string{doctor.OK: p.green("ok   "), doctor.Look: p.yellow("look "), doctor.Wrong: p.red("wrong")}[f.Grade]
	text := f.Text
	if f.Code != "" {
		text += " (" + f.Code + ")"
	}
	if f.Where != "" {
		text = f.Where + ": " + text
	}
	fmt.Fprintf(s.out, "  %s  %s\n", mark, hanging(text, 9))
	if f.Mend != "" && f.Grade != doctor.OK {
		fmt.Fprintf(s.out, "         %s %s\n", p.dim("→"), hanging(f.Mend, 11))
	}
}

// summary counts what was found.
func (e examined) summary() string {
	n := map[doctor.Grade]int{}
	for _, f := range e.Findings {
		n[f.Grade]++
	}
	text := fmt.Sprintf("%d ok, %d to look at, %d wrong", n[doctor.OK], n[doctor.Look], n[doctor.Wrong])
	if e.Simulated {
		text += "; Twilio is simulated, so nothing is said of a real account"
	}
	return text
}
