//go:build !nosimulator

package main

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/simulator"
)

// TestFidelityNamesWhatIsThere keeps docs/fidelity.md true to its knobs: the flags, fields and faults that it
// names are there, and no fault is left out.
func TestFidelityNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/fidelity.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	var cmd *cobra.Command
	for _, c := range rootCommand(streams{env: env{}.lookup}).Commands() {
		if c.Name() == "simulator" {
			cmd = c
		}
	}
	named := regexp.MustCompile("`(?:paydial simulator )?--([a-z-]+)").FindAllStringSubmatch(text, -1)
	if len(named) < 5 {
		t.Errorf("only %d flags are named", len(named))
	}
	for _, m := range named {
		if cmd.Flags().Lookup(m[1]) == nil {
			t.Errorf("docs/fidelity.md names --%s, which paydial simulator does not have", m[1])
		}
	}
	for _, m := range regexp.MustCompile("\\(`([A-Z][A-Za-z]+)`\\) \\|").FindAllStringSubmatch(text, -1) {
		if _, ok := reflect.TypeFor[simulator.Config]().FieldByName(m[1]); !ok {
			t.Errorf("docs/fidelity.md names the field %s, which simulator.Config does not have", m[1])
		}
	}
	var faults map[string]map[string]any
	shape, err := json.Marshal(simulator.Faults{})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(shape, &faults); err != nil {
		t.Fatal(err)
	}
	for group, fields := range faults {
		for name := range fields {
			if !strings.Contains(text, "| `"+group+"."+name+"` |") {
				t.Errorf("docs/fidelity.md does not name the fault %s.%s", group, name)
			}
		}
	}
	for _, m := range regexp.MustCompile("\\| `(webhooks|connector)\\.([a-z_]+)`").FindAllStringSubmatch(text, -1) {
		if _, ok := faults[m[1]][m[2]]; !ok {
			t.Errorf("docs/fidelity.md names the fault %s.%s, which is not there", m[1], m[2])
		}
	}
}

// TestDocsNameCommandsThatAreThere reads every command in the code blocks of the README and of the tutorials: it is
// there, with these flags, and takes as many arguments.
func TestDocsNameCommandsThatAreThere(t *testing.T) {
	t.Parallel()
	for file, least := range map[string]int{"../../README.md": 5, "../../docs/agent-payments.md": 14, "../../docs/recordings.md": 20, "../../docs/campaigns.md": 16} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for i, block := range strings.Split(string(raw), "```") {
			if i%2 == 0 {
				continue
			}
			for line := range strings.Lines(block) {
				words := commandWords(line)
				if words == nil {
					continue
				}
				seen++
				cmd, rest, err := rootCommand(streams{env: env{}.lookup}).Find(words)
				if err == nil {
					err = cmd.ParseFlags(rest)
				}
				if err == nil {
					err = cmd.ValidateArgs(cmd.Flags().Args())
				}
				if err != nil || len(words) > 0 && cmd.Name() == "paydial" {
					t.Errorf("%s: %s: %v", file, strings.TrimSpace(line), err)
				}
			}
		}
		if seen < least {
			t.Errorf("%s: only %d commands were found, want %d", file, seen, least)
		}
	}
}

// commandWords are the words of a command line of ours, without the program; nil for any other line.
func commandWords(line string) []string {
	line, _, _ = strings.Cut(line, " #")
	for _, program := range []string{"go run ./cmd/paydial ", "paydial "} {
		rest, ok := strings.CutPrefix(line, program)
		if !ok {
			continue
		}
		words := regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(rest, -1)
		for i := range words {
			words[i] = strings.Trim(words[i], `"`)
		}
		return words
	}
	return nil
}
