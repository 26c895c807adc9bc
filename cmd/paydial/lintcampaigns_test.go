package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLintReadsCampaigns(t *testing.T) {
	t.Parallel()
	sound := renewalsProject(t)
	paydial(t, nil, "lint", sound, "--strict").want(t, 0, "4 files, no findings")
	paydial(t, nil, "lint", filepath.Join(sound, renewalsFile)).want(t, 0, "no findings") // the file will do

	broken := renewalsProject(t)
	edit(t, broken, renewalsFile, "flow: renew-plan", "flow: renew-plna")
	edit(t, broken, "flows/renew-plan.yaml", "pay:\n    - pay:", "pay:\n    - pya:")
	paydial(t, nil, "lint", broken).want(t, exitFindings,
		"error[C101]", renewalsFile+":5:7", "^^^^^^^^^^ did you mean \"renew-plan\"?", "error[F101]", "errors in 2 files")
	paydial(t, nil, "lint", broken, "--json").want(t, exitFindings, `"code": "C101"`, `"file": "campaigns/spring-renewals.yaml"`)
	paydial(t, nil, "lint", broken, "--format", "github").want(t, exitFindings, "::error ", renewalsFile)

	books := renewalsProject(t)
	edit(t, books, renewalsFile, "ring_for: 25s", "ring_for: 5s\nrules_off: { retry: we are in a hurry }")
	paydial(t, nil, "lint", books).want(t, exitFindings, "error[C121]: the rule retry has no switch", "warning[C122]: a call should ring at least 15 seconds")
	edit(t, books, renewalsFile, "\nrules_off: { retry: we are in a hurry }", "")
	paydial(t, nil, "lint", books).want(t, 0, "warning[C122]")
	paydial(t, nil, "lint", books, "--strict").want(t, exitFindings, "warning[C122]")
}

func TestLintCannotReadCampaigns(t *testing.T) {
	t.Parallel()
	dir := renewalsProject(t)
	if err := os.Symlink("nowhere.yaml", filepath.Join(dir, "campaigns", "gone.yaml")); err != nil {
		t.Skip(err)
	}
	paydial(t, nil, "lint", dir).want(t, exitFailed, "read campaigns:", "gone.yaml")
}
