package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/campaigns"
)

// act does something to a campaign and says how it stands then.
func (c *campaignServer) act(cmd *cobra.Command, name, what string, body map[string]any, words func(campaigns.Campaign) string) error {
	api, err := c.client(cmd)
	if err != nil {
		return err
	}
	var now campaigns.Campaign
	raw, err := api.post(cmd.Context(), campaignPath(name, what), body, &now)
	if err != nil {
		return err
	}
	return c.tell(raw, func() { fmt.Fprintf(c.s.out, "%s  %s\n", name, words(now)) })
}

// noted is a body with a note, if there is one.
func noted(note string) map[string]any {
	if note == "" {
		return map[string]any{}
	}
	return map[string]any{"note": note}
}

// noteFlag adds --note.
func noteFlag(cmd *cobra.Command, note *string) {
	cmd.Flags().StringVar(note, "note", "", "why; it stands under changes")
}

func (c *campaignServer) pauseCommand() *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use:   "pause NAME",
		Short: "Ring nobody else for now; live calls go on to their end",
		Long: "Nobody else is rung a second later, by any worker. Live calls go on to their end. A draft that was to start later\n" +
			"does not start.",
		Example: "  paydial campaign pause spring-renewals --note \"the card company is down\"",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.act(cmd, args[0], "pause", noted(note), func(campaigns.Campaign) string {
				return fmt.Sprintf("paused; live calls go on to their end\nGo on: %s campaign resume %s%s", c.s.self, args[0], c.elsewhere())
			})
		},
	}
	noteFlag(cmd, &note)
	return c.on(cmd)
}

func (c *campaignServer) resumeCommand() *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use:     "resume NAME",
		Short:   "Go on with one that is paused",
		Long:    "Go on with a campaign that is paused. One that paused by itself, for safety, wants a note: what was done about it.",
		Example: "  paydial campaign resume spring-renewals\n  paydial campaign resume spring-renewals --note \"the greeting was mended\"",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.act(cmd, args[0], "resume", noted(note), func(now campaigns.Campaign) string {
				return fmt.Sprintf("running, %d calls a minute\nWatch it: %s campaign status %s --watch%s", now.PerMinute, c.s.self, args[0], c.elsewhere())
			})
		},
	}
	noteFlag(cmd, &note)
	return c.on(cmd)
}

func (c *campaignServer) slowCommand() *cobra.Command {
	var note string
	var perMinute int
	cmd := &cobra.Command{
		Use:     "slow NAME",
		Short:   "Halve its pace, or set it; its file says the most",
		Example: "  paydial campaign slow spring-renewals\n  paydial campaign slow spring-renewals --per-minute 10",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := noted(note)
			if cmd.Flags().Changed("per-minute") {
				if perMinute < 1 {
					return fail(exitUsage, "--per-minute %d: at least 1 is meant; to ring nobody: %s campaign pause %s", perMinute, c.s.self, args[0])
				}
				body["per_minute"] = perMinute
			}
			return c.act(cmd, args[0], "slow", body, func(now campaigns.Campaign) string { return fmt.Sprintf("%d calls a minute", now.PerMinute) })
		},
	}
	cmd.Flags().IntVar(&perMinute, "per-minute", 0, "calls that may begin in a minute; half of now by default")
	noteFlag(cmd, &note)
	return c.on(cmd)
}

func (c *campaignServer) stopCommand() *cobra.Command {
	var note, confirm string
	var all bool
	cmd := &cobra.Command{
		Use:   "stop NAME --confirm NAME | --all",
		Short: "End one for good; or with --all ring nobody else at all",
		Long: "End a campaign for good: nobody else is rung, live calls go on to their end. It cannot be undone, so its name is\n" +
			"repeated. With --all every campaign is paused at once, without a question; each can be resumed.",
		Example: "  paydial campaign stop spring-renewals --confirm spring-renewals\n  paydial campaign stop --all --note \"wrong greeting\"",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case all && len(args) == 0:
				return c.stopAll(cmd, note)
			case all || len(args) == 0:
				return fail(exitUsage, "name a campaign, or say --all")
			case confirm != args[0]:
				return fail(exitUsage, "stopping %s cannot be undone: repeat its name with --confirm %s\nA pause can be undone: %s campaign pause %s", args[0], args[0], c.s.self, args[0])
			}
			body := noted(note)
			body["confirm"] = confirm
			return c.act(cmd, args[0], "stop", body, func(campaigns.Campaign) string { return "stopped; live calls go on to their end" })
		},
	}
	cmd.Flags().StringVar(&confirm, "confirm", "", "the campaign's name, again")
	cmd.Flags().BoolVar(&all, "all", false, "pause every campaign at once")
	noteFlag(cmd, &note)
	return c.on(cmd)
}

func (c *campaignServer) stopAll(cmd *cobra.Command, note string) error {
	api, err := c.client(cmd)
	if err != nil {
		return err
	}
	var out struct {
		Paused []string `json:"paused"`
	}
	raw, err := api.post(cmd.Context(), "/api/v1/campaigns/stop", noted(note), &out)
	if err != nil {
		return err
	}
	return c.tell(raw, func() {
		if len(out.Paused) == 0 {
			fmt.Fprintln(c.s.out, "no campaign was running")
			return
		}
		fmt.Fprintf(c.s.out, "paused: %s\nNobody else is rung; live calls go on to their end. Go on with one: %s campaign resume NAME\n", strings.Join(out.Paused, ", "), c.s.self)
	})
}

// personAct makes a command that does something about one person.
func (c *campaignServer) personAct(cmd *cobra.Command, what string, words func(campaigns.Person) string) *cobra.Command {
	var note string
	cmd.Args = cobra.ExactArgs(2)
	before := cmd.PreRunE
	cmd.PreRunE = nil
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if before != nil {
			if err := before(cmd, args); err != nil {
				return err
			}
		}
		api, err := c.client(cmd)
		if err != nil {
			return err
		}
		var now campaigns.Person
		raw, err := api.post(cmd.Context(), personPath(args[0], args[1], what), noted(note), &now)
		if err != nil {
			return err
		}
		return c.tell(raw, func() { fmt.Fprintf(c.s.out, "%s  %s\n", args[1], words(now)) })
	}
	noteFlag(cmd, &note)
	return c.on(cmd)
}

func (c *campaignServer) skipCommand() *cobra.Command {
	return c.personAct(&cobra.Command{
		Use: "skip NAME PERSON", Short: "Leave somebody out of it; PERSON is an id or a number",
		Example: "  paydial campaign skip spring-renewals M-10042 --note \"moved away\"",
	}, "skip", func(campaigns.Person) string {
		return "is not called in this campaign any more; in every campaign: " + c.s.self + " dnc add"
	})
}

func (c *campaignServer) paidCommand() *cobra.Command {
	return c.personAct(&cobra.Command{
		Use: "paid NAME PERSON", Short: "Somebody has paid meanwhile, so is not called",
		Example: "  paydial campaign paid spring-renewals M-10042 --note \"by bank transfer\"",
	}, "paid", func(campaigns.Person) string { return "has paid, and is not called in this campaign any more" })
}

func (c *campaignServer) forgetCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "forget NAME PERSON", Short: "Delete what the list says of somebody",
		Long: "Delete what the list says of somebody: id, number and values. That a person was rung, when, and what allowed it,\n" +
			"stays, and so do do-not-call lists. It cannot be undone.",
		Example: "  paydial campaign forget spring-renewals M-10042 --yes",
		PreRunE: func(_ *cobra.Command, args []string) error {
			return c.sure(yes, fmt.Sprintf("Delete what is known of %s in %s? It cannot be undone.", args[1], args[0]), "nothing was deleted")
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "without asking")
	return c.personAct(cmd, "forget", func(campaigns.Person) string { return "forgotten" })
}

// sure asks whether it is meant. Where nobody is there, it has to be said with --yes.
func (c *campaignServer) sure(yes bool, question, no string) error {
	switch {
	case yes:
		return nil
	case !hasPerson(c.s):
		return fail(exitUsage, "%s\nNobody is there to be asked: say --yes", question)
	}
	fmt.Fprintf(c.s.err, "%s [y/N] ", question)
	line, _ := bufio.NewReader(c.s.in).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	return fail(exitFailed, "%s", no)
}

// startAt reads when a campaign is to start: an hour of the day, which is the next one, a day and an hour, or RFC 3339.
func startAt(text string, now time.Time) (time.Time, error) {
	if clock, err := time.ParseInLocation("15:04", text, now.Location()); err == nil {
		at := time.Date(now.Year(), now.Month(), now.Day(), clock.Hour(), clock.Minute(), 0, 0, now.Location())
		if !at.After(now) {
			at = time.Date(now.Year(), now.Month(), now.Day()+1, clock.Hour(), clock.Minute(), 0, 0, now.Location())
		}
		return at, nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(form, text, now.Location()); err == nil {
			if !at.After(now) {
				return at, fail(exitUsage, "--at %s is over", text)
			}
			return at, nil
		}
	}
	return time.Time{}, fail(exitUsage, "--at %q: write an hour as 9:00, a day and an hour as \"2026-04-06 09:00\", or 2026-04-06T09:00:00Z", text)
}

// decoded reads an answer that is there already.
func decoded(raw json.RawMessage, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fail(exitFailed, "decode the app's answer: %v", err)
	}
	return nil
}
