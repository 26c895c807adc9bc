package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/flows"
)

func campaignCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "campaign",
		Short: "Ring the people of a list: check, start, watch, pause, why",
		Long: "Campaigns ring the people of a list and take them to a flow. A campaign is a file in campaigns/ of the project: which\n" +
			"flow, which list, when, how fast, and when it stops by itself. Check it before anybody is rung.",
		Example: "  paydial campaign check campaigns/spring-renewals.yaml    # who would be rung, who not, and why\n" +
			"  paydial campaign preview campaigns/spring-renewals.yaml  # hear the call for the first of them\n" +
			"  paydial campaign start campaigns/spring-renewals.yaml    # ring them\n" +
			"  paydial campaign status spring-renewals --watch\n" +
			"  paydial campaign why spring-renewals +15550142002        # why is this person not called?\n" +
			"  paydial campaign stop --all                              # nobody else is rung",
	}
	inGroup(cmd, "Before", campaignCheckCommand(s), campaignPreviewCommand(s), campaignPastCommand(s))
	campaignServerCommands(cmd, s)
	return cmd
}

// campaignFile is a campaign's file, with its project.
type campaignFile struct {
	*flows.Campaign
	dir      string // of the project
	project  *flows.Project
	findings flows.Findings // of the campaign's file
}

// readCampaign finds a campaign by its file or its name, and reads it with its project. What is wrong with either is
// printed; errors end the command.
func readCampaign(cmd *cobra.Command, s streams, name string) (*campaignFile, error) {
	dir, err := projectDir(cmd, s)
	if err != nil {
		return nil, err
	}
	path, dir, err := findCampaign(s, name, dir, namedDir(cmd, s) != "")
	if err != nil {
		return nil, err
	}
	bundle, err := readProject(s, dir)
	if err != nil {
		return nil, err
	}
	source, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, fail(exitFailed, "read the campaign: %v", err)
	}
	f := &campaignFile{dir: dir}
	var found flows.Findings
	if f.project, found = flows.Load(bundle); found.Errors() {
		return nil, tellFindings(s, found.In(filepath.ToSlash(fromHere(dir))))
	}
	inside, err := filepath.Rel(dir, path)
	if err != nil {
		inside = filepath.Base(path)
	}
	f.Campaign, f.findings = flows.ReadCampaign(f.project, flows.File{Path: filepath.ToSlash(inside), Source: source})
	shown := f.findings
	if here := fromHere(dir); here != "." {
		shown = shown.In(filepath.ToSlash(here))
	}
	return f, tellFindings(s, shown)
}

// findCampaign finds a campaign's file and its project: a path, or the name of one in campaigns/.
func findCampaign(s streams, name, dir string, named bool) (path, project string, err error) {
	for _, try := range []string{name, filepath.Join(dir, name), filepath.Join(dir, "campaigns", name+".yaml"), filepath.Join(dir, "campaigns", name+".yml")} {
		info, err := os.Stat(try)
		if err != nil || info.IsDir() {
			continue
		}
		abs, err := filepath.Abs(try)
		if err != nil {
			return "", "", fail(exitFailed, "%v", err)
		}
		if above := filepath.Dir(filepath.Dir(abs)); !named && hasProject(above) {
			dir = above
		}
		if !hasProject(dir) {
			return "", "", fail(exitNotFound, "%s is in no project: a campaign is a file in campaigns/, beside paydial.yaml\nSay where the project is with --dir", name)
		}
		return abs, dir, nil
	}
	text := fmt.Sprintf("there is no campaign %s", name)
	if there, err := flows.CampaignFiles(os.DirFS(dir)); err == nil && len(there) > 0 {
		var names []string
		for _, f := range there {
			names = append(names, f.Path)
		}
		text += "\nThose of " + fromHere(dir) + ": " + strings.Join(names, ", ")
	}
	return "", "", fail(exitNotFound, "%s", text)
}

// open opens a file of the campaign's project.
func (f *campaignFile) open(name string) (io.ReadCloser, error) {
	file, err := os.Open(filepath.Join(f.dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s", fromHere(filepath.Join(f.dir, name)))
	}
	return file, err
}
