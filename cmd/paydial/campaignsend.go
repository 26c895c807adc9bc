package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
)

// sendFlags are the flags of start and create.
type sendFlags struct {
	at, note    string
	yes, dryRun bool
}

func (c *campaignServer) startCommand() *cobra.Command {
	var f sendFlags
	cmd := &cobra.Command{
		Use:   "start FILE | NAME",
		Short: "Send a campaign's file and its list to the app, and ring",
		Long: "Send a campaign's file, its list, and the lists under never_call to the app, and start it. With the name of a draft\n" +
			"that is there already, start that. Every rule is looked at again before each call.",
		Example: "  paydial campaign start campaigns/spring-renewals.yaml\n" +
			"  paydial campaign start campaigns/spring-renewals.yaml --at 9:00\n" +
			"  paydial campaign start campaigns/spring-renewals.yaml --dry-run    # by what the app knows\n" +
			"  paydial campaign start spring-renewals --yes                       # a draft",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return c.start(cmd, args[0], f) },
	}
	cmd.Flags().StringVar(&f.at, "at", "", "begin then: 9:00, \"2026-04-06 09:00\", or 2026-04-06T09:00:00Z; now by default")
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "without asking")
	cmd.Flags().BoolVarP(&f.dryRun, "dry-run", "n", false, "tell who would be rung by what the app knows, and do nothing")
	noteFlag(cmd, &f.note)
	return c.on(cmd)
}

func (c *campaignServer) createCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "create FILE",
		Short:   "Send a campaign to the app as a draft; nobody is rung",
		Example: "  paydial campaign create campaigns/spring-renewals.yaml\n  paydial campaign start spring-renewals",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := readCampaign(cmd, c.s, args[0])
			if err != nil {
				return err
			}
			made, err := c.create(cmd, file)
			if err != nil {
				return err
			}
			return c.tell(made.raw, func() {
				c.printCreated(made)
				fmt.Fprintf(c.s.out, "It is a draft. Start it: %s campaign start %s%s\n", c.s.self, file.Name, c.elsewhere())
			})
		},
	}
	return c.on(cmd)
}

// namesFile tells whether a word is a file rather than the name of a campaign.
func namesFile(word string) bool {
	if strings.ContainsRune(word, filepath.Separator) || strings.HasSuffix(word, ".yaml") || strings.HasSuffix(word, ".yml") {
		return true
	}
	info, err := os.Stat(word)
	return err == nil && !info.IsDir()
}

func (c *campaignServer) start(cmd *cobra.Command, word string, f sendFlags) error {
	body := noted(f.note)
	if f.at != "" {
		at, err := startAt(f.at, time.Now())
		if err != nil {
			return err
		}
		body["at"] = at.UTC().Format(time.RFC3339)
	}
	name := word
	if namesFile(word) {
		file, err := readCampaign(cmd, c.s, word)
		if err != nil {
			return err
		}
		if f.dryRun {
			return c.dryRun(cmd, file, word)
		}
		if !f.yes && !hasPerson(c.s) {
			return fail(exitUsage, "nobody is there to be asked before people are rung: say --yes")
		}
		made, err := c.create(cmd, file)
		if err != nil {
			return err
		}
		if !c.asJSON {
			c.printCreated(made)
		}
		name = file.Name
	} else if f.dryRun {
		return fail(exitUsage, "--dry-run wants the campaign's file: %s campaign start FILE --dry-run", c.s.self)
	}
	return c.startDraft(cmd, name, f, body)
}

// startDraft starts a draft that is on the app, after a question.
func (c *campaignServer) startDraft(cmd *cobra.Command, name string, f sendFlags, body map[string]any) error {
	api, err := c.client(cmd)
	if err != nil {
		return err
	}
	var now campaigns.Status
	if _, err := api.get(cmd.Context(), campaignPath(name, "status"), &now); err != nil {
		return err
	}
	if now.State == campaigns.StateDraft {
		when := "now"
		if f.at != "" {
			when = f.at
		}
		question := fmt.Sprintf("Ring %s of %s people (%s)?", thousands(int64(now.Counts.Pending)), thousands(int64(now.Counts.Total)), when)
		if err := c.sure(f.yes, question, fmt.Sprintf("%s is a draft; nobody is rung\nStart it: %s campaign start %s%s", name, c.s.self, name, c.elsewhere())); err != nil {
			return err
		}
	}
	var started campaigns.Campaign
	raw, err := api.post(cmd.Context(), campaignPath(name, "start"), body, &started)
	if err != nil {
		return err
	}
	return c.tell(raw, func() {
		text := fmt.Sprintf("running, up to %d calls a minute and %d at once", started.PerMinute, started.AtOnce)
		if started.State == campaigns.StateDraft {
			text = "starts at " + started.StartAt.Local().Format("Mon 2 Jan 15:04")
		}
		fmt.Fprintf(c.s.out, "%s  %s\n", name, text)
		fmt.Fprintf(c.s.out, "Watch it: %s campaign status %s --watch%s\nOr open:  %s/campaigns/%s\n", c.s.self, name, c.elsewhere(), api.app, name)
	})
}

// elsewhere is the flag that hints need when the app is not where it is by default.
func (c *campaignServer) elsewhere() string {
	if c.app == "http://127.0.0.1:8080" {
		return ""
	}
	return " --app " + c.app
}

// created is a campaign that was sent.
type created struct {
	raw      json.RawMessage
	Campaign campaigns.Campaign `json:"campaign"`
	Report   *campaigns.Report  `json:"report"`
}

// printCreated says what became of the list.
func (c *campaignServer) printCreated(made created) {
	text := thousands(int64(made.Campaign.People)) + " rows"
	if r := made.Report; r != nil {
		text = fmt.Sprintf("%s rows: %s will be called, %s will not", thousands(r.Rows), thousands(r.Will), thousands(r.WillNot))
	}
	fmt.Fprintf(c.s.out, "%s  %s\n", made.Campaign.Name, text)
	if made.Report != nil {
		for _, r := range made.Report.Reasons {
			fmt.Fprintf(c.s.out, "  %7s  %s\n", thousands(r.People), r.Text)
		}
	}
}

// create sends a campaign to the app.
func (c *campaignServer) create(cmd *cobra.Command, file *campaignFile) (created, error) {
	var made created
	raw, err := c.send(cmd, "/api/v1/campaigns", file)
	if err == nil {
		made.raw = raw
		err = decoded(raw, &made)
	}
	return made, err
}

// dryRun tells who would be rung, by what the app knows.
func (c *campaignServer) dryRun(cmd *cobra.Command, file *campaignFile, word string) error {
	raw, err := c.send(cmd, "/api/v1/campaigns/check", file)
	if err != nil {
		return err
	}
	var out struct {
		Report *campaigns.Report `json:"report"`
	}
	if err := decoded(raw, &out); err != nil {
		return err
	}
	return tellCheck(c.s, checkPage{out.Report, file, "", word, checkFlags{asJSON: c.asJSON}})
}

// send sends a campaign's file with its lists, which are read as they go, and returns the last line of the answer.
func (c *campaignServer) send(cmd *cobra.Command, path string, file *campaignFile) (json.RawMessage, error) {
	api, err := c.client(cmd)
	if err != nil {
		return nil, err
	}
	list := filepath.Join(file.dir, filepath.FromSlash(file.Contacts))
	from, size, err := openList(list)
	if err != nil {
		return nil, err
	}
	defer func() { _ = from.Close() }()
	p, boundary := newMeter(c.s), "paydial-"+api.run
	defer p.end()
	last, err := api.upload(cmd.Context(), upload{
		path: path, kind: "multipart/form-data; boundary=" + boundary, lost: "nothing was created",
		write: func(ctx context.Context, to io.Writer) error {
			parts := multipart.NewWriter(to)
			if err := parts.SetBoundary(boundary); err != nil {
				return err
			}
			return writeParts(ctx, parts, file, from)
		},
		line: func(_ string, line []byte) error {
			var l struct {
				Bytes int64 `json:"bytes"`
			}
			err := decoded(line, &l)
			p.at("reading "+fromHere(list), l.Bytes, size, true)
			return err
		},
	})
	if err != nil {
		p.end()
		return nil, c.sendFailure(api, file, err)
	}
	return last, nil
}

// sendFailure is what went wrong with an upload. What the app finds in the file is shown as lint shows it: its project may
// be another than the one here.
func (c *campaignServer) sendFailure(api *deskClient, file *campaignFile, err error) error {
	var p *deskProblem
	if errors.As(err, &p) && len(p.Findings) > 0 {
		found := p.Findings
		if here := fromHere(file.dir); here != "." {
			found = found.In(filepath.ToSlash(here))
		}
		_ = found.WriteText(c.s.err, colourful(c.s, c.s.err))
		return fail(exitFindings, "the app does not take the campaign: its project may be another than the one in %s", fromHere(file.dir))
	}
	return api.failure(err)
}

// writeParts writes a campaign in the order in which the app reads it: its file, the lists of numbers, the people.
func writeParts(ctx context.Context, w *multipart.Writer, file *campaignFile, people io.Reader) error {
	err := writePart(ctx, w, "campaign", file.At.File, strings.NewReader(file.Text))
	for _, l := range file.NeverCall {
		if err != nil {
			return err
		}
		err = writeList(ctx, w, file, l)
	}
	if err == nil {
		err = writePart(ctx, w, "contacts", file.Contacts, people)
	}
	if err == nil {
		err = w.Close()
	}
	return err
}

func writeList(ctx context.Context, w *multipart.Writer, file *campaignFile, l flows.ListName) error {
	if l.File == "" {
		return nil
	}
	from, err := file.open(l.File)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	return writePart(ctx, w, "list", l.File, from)
}

func writePart(ctx context.Context, w *multipart.Writer, name, file string, from io.Reader) error {
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", multipart.FileContentDisposition(name, file))
	h.Set("Content-Type", "application/octet-stream")
	to, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	return pump(ctx, to, from, func(int64) {})
}
