package main

import (
	"cmp"
	"os"
	"slices"
	"strings"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// lintAll is what there is to say about a project and its campaigns, by the language and by their rule books, sorted, and
// how many files there are.
func lintAll(bundle flows.Bundle, dir string) (flows.Findings, int, error) {
	project, findings := flows.Load(bundle)
	fsys := os.DirFS(dir)
	files, err := flows.CampaignFiles(fsys)
	if err != nil {
		return nil, 0, fail(exitFailed, "%v in %s", err, dir)
	}
	for _, file := range files {
		c, found := flows.ReadCampaign(project, file)
		if !found.Errors() {
			found = append(found, rules.Lint(c, fsys)...)
		}
		findings = append(findings, found...)
	}
	slices.SortStableFunc(findings, func(a, b flows.Finding) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Col-b.Col)
	})
	return findings, len(bundle.Files) + len(files), nil
}
