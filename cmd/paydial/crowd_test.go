//go:build !nosimulator

package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/paydial/paydial/simulator/crowd"
)

// TestCrowdFlags says what is wrong with a crowd before anything is started.
func TestCrowdFlags(t *testing.T) {
	t.Parallel()
	dir := demoProject(t)
	file := filepath.Join(dir, "crowd.yaml")
	write(t, file, "weights: { payz: 1 }\n")
	for _, cmd := range [][]string{
		{"simulator", "--listen", "127.0.0.1:0"},
		{"dev", "--dir", dir, "--listen", "127.0.0.1:0", "--simulator-listen", "127.0.0.1:0"},
	} {
		paydial(t, nil, append(cmd, "--crowd", file)...).want(t, exitUsage, `no behaviour "payz"`, "paydial help crowd")
		paydial(t, nil, append(cmd, "--crowd", file+".gone")...).want(t, exitNotFound, "there is no file "+file+".gone")
		paydial(t, nil, append(cmd, "--crowd", dir)...).want(t, exitUsage, "--crowd: ")
		paydial(t, nil, append(cmd, "--calls-per-second", "0")...).want(t, exitUsage, "-1 for no limit")
	}
}

// TestCrowdHelp keeps the help on crowds true: its example can be read, and every behaviour is in it.
func TestCrowdHelp(t *testing.T) {
	t.Parallel()
	r := paydial(t, nil, "help", "crowd")
	r.want(t, 0, "voicemail_no_beep", "PUT /sim/v1/crowd")
	fits(t, "help crowd", r.out)
	_, example, found := strings.Cut(r.out, "left out:\n")
	example, _, cut := strings.Cut(example, "\n  pays          ")
	if c, err := crowd.Read([]byte(example)); err != nil || !found || !cut || len(c.Numbers) != 2 || c.Seed != 7 {
		t.Errorf("the example cannot be read: %v\n%s", err, example)
	}
	for _, b := range crowd.Behaviours() {
		r.want(t, 0, string(b))
	}
}
