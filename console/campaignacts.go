package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/campaigns"
)

// maxPerMinute is the fastest pace that is understood; what is in force is bounded by the campaign's file.
const maxPerMinute = 100_000

// actBody is what may be said with something that is done to a campaign. Each act takes some of it.
type actBody struct {
	At        string `json:"at"`
	PerMinute *int   `json:"per_minute"`
	Confirm   string `json:"confirm"`
	Note      string `json:"note"`
}

// campaignAct is one thing that people do to a campaign.
type campaignAct struct {
	path  string // behind the campaign's
	takes string // what of an actBody is meant, beside note
	keyed bool   // it needs an Idempotency-Key
	do    func(ctx context.Context, c *Console, name string, body actBody, by campaigns.Act) error
}

// campaignActs is everything that people do to a campaign.
func campaignActs() []campaignAct {
	return []campaignAct{
		{path: "start", takes: "at", keyed: true, do: func(ctx context.Context, c *Console, name string, body actBody, by campaigns.Act) error {
			at, err := c.startTime(body.At)
			if err != nil {
				return err
			}
			return c.Campaigns.Start(ctx, name, campaigns.StartOptions{At: at}, by)
		}},
		{path: "pause", do: func(ctx context.Context, c *Console, name string, _ actBody, by campaigns.Act) error {
			return c.Campaigns.Pause(ctx, name, by)
		}},
		{path: "resume", do: func(ctx context.Context, c *Console, name string, _ actBody, by campaigns.Act) error {
			return c.Campaigns.Resume(ctx, name, by)
		}},
		{path: "slow", takes: "per_minute", do: func(ctx context.Context, c *Console, name string, body actBody, by campaigns.Act) error {
			n := 0
			if body.PerMinute != nil {
				if n = *body.PerMinute; n < 1 || n > maxPerMinute {
					return fmt.Errorf("%w: per_minute is a number from 1; without it the pace is halved", errBody)
				}
			}
			return c.Campaigns.Slow(ctx, name, n, by)
		}},
		{path: "stop", takes: "confirm", do: func(ctx context.Context, c *Console, name string, body actBody, by campaigns.Act) error {
			if body.Confirm != name {
				return errConfirm
			}
			return c.Campaigns.Stop(ctx, name, by)
		}},
	}
}

// personAct is one thing that people do about one person of a campaign.
type personAct struct {
	path string
	do   func(all *campaigns.Campaigns, ctx context.Context, campaign, person string, by campaigns.Act) error
}

// personActs is everything that people do about one person.
func personActs() []personAct {
	return []personAct{
		{"skip", (*campaigns.Campaigns).Skip}, {"paid", (*campaigns.Campaigns).MarkPaid}, {"forget", (*campaigns.Campaigns).Forget},
	}
}

// check refuses what an act does not take: whoever sends it means something else.
func (a campaignAct) check(body actBody) error {
	for _, each := range []struct {
		name  string
		given bool
	}{{"at", body.At != ""}, {"per_minute", body.PerMinute != nil}, {"confirm", body.Confirm != ""}} {
		if each.given && each.name != a.takes {
			return fmt.Errorf("%w: %s does not take %s", errBody, a.path, each.name)
		}
	}
	return nil
}

// startTime is when a campaign is to start; zero for now.
func (c *Console) startTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || !at.After(c.Now()) {
		return at, fmt.Errorf("%w: at is a time to come, like 2026-04-06T09:00:00Z", errBody)
	}
	return at, nil
}

// actOnCampaign makes a handler of an act. It answers with the campaign as it stands then.
func (c *Console) actOnCampaign(a campaignAct) gin.HandlerFunc {
	return func(g *gin.Context) {
		var body actBody
		done, err := c.keyedBody(g, &body, a.keyed)
		if err == nil {
			defer done()
			err = c.runCampaign(g, a, body)
		}
		var now campaigns.Campaign
		if err == nil {
			now, err = c.Campaigns.Get(g.Request.Context(), g.Param("name"))
		}
		c.answerWith(g, now, err)
	}
}

// runCampaign does something to the campaign of a path, for the API and the pages. What is wanted stands in the audit
// log before it is done; how it went is written there by campaigns, or here if it did not happen.
func (c *Console) runCampaign(g *gin.Context, a campaignAct, body actBody) error {
	name := g.Param("name")
	ctx := context.WithoutCancel(g.Request.Context()) // a wish that was heard is carried out
	if err := a.check(body); err != nil {
		return err
	}
	if _, err := c.Campaigns.Get(ctx, name); err != nil {
		return err
	}
	return c.noted(g, "campaign."+a.path, name+body.words(), func() error {
		return a.do(ctx, c, name, body, c.campaignBy(g, body.Note))
	})
}

// words is what was asked for, for the audit log.
func (b actBody) words() string {
	out := ""
	if b.At != "" {
		out += " at " + b.At
	}
	if b.PerMinute != nil {
		out += fmt.Sprintf(" to %d a minute", *b.PerMinute)
	}
	if b.Note = strings.TrimSpace(b.Note); b.Note != "" {
		out += ": " + b.Note
	}
	return out
}

// noted writes into the audit log what is wanted, has it done, and writes why it was not.
func (c *Console) noted(g *gin.Context, action, detail string, do func() error) error {
	line := audit.Entry{Action: action, Result: "wanted", Detail: detail}
	if err := c.note(g, line); err != nil {
		return err
	}
	err := do()
	if err != nil {
		line.Result, line.Detail = problemOf(err).Code, detail
		if noteErr := c.note(g, line); noteErr != nil {
			c.Log.Error("audit", "action", action, "error", noteErr)
		}
	}
	return err
}

// campaignBy is who acts on a campaign.
func (c *Console) campaignBy(g *gin.Context, note string) campaigns.Act {
	who := c.principal(g)
	return campaigns.Act{By: who.ID, Via: string(who.Via), Note: strings.TrimSpace(note)}
}

// keyedBody reads a JSON body and holds it to its Idempotency-Key. done is to be called when the request is answered.
func (c *Console) keyedBody(g *gin.Context, into any, needKey bool) (done func(), err error) {
	raw, err := io.ReadAll(io.LimitReader(g.Request.Body, maxWish+1))
	if err != nil || len(raw) > maxWish {
		return nil, fmt.Errorf("%w: it is too long, or did not arrive", errBody)
	}
	if err := decodeWish(raw, into); err != nil {
		return nil, err
	}
	key, done, err := c.once(g, raw)
	if err == nil && key == "" && needKey {
		err = errKeyMissing
	}
	return done, err
}

// stopCampaigns pauses every campaign that runs, and those that are about to: nobody else is rung. Each can be resumed.
func (c *Console) stopCampaigns(g *gin.Context) {
	var body struct {
		Note string `json:"note"`
	}
	names := []string{}
	err := readBody(g, &body)
	if err == nil {
		names, err = c.stopAll(g, body.Note)
	}
	if err != nil {
		c.failWith(g, err)
		return
	}
	g.JSON(http.StatusOK, map[string][]string{"paused": some(names)})
}

// stopAll pauses everything, for the API and the page.
func (c *Console) stopAll(g *gin.Context, note string) (names []string, err error) {
	err = c.noted(g, "campaign.stop_all", actBody{Note: note}.words(), func() (err error) {
		names, err = c.Campaigns.StopAll(context.WithoutCancel(g.Request.Context()), c.campaignBy(g, note))
		return err
	})
	return names, err
}

// actOnPerson makes a handler of an act about one person. It answers with the person as they stand then.
func (c *Console) actOnPerson(a personAct) gin.HandlerFunc {
	return func(g *gin.Context) {
		var body actBody
		err := readBody(g, &body)
		if err == nil {
			err = campaignAct{path: a.path}.check(body)
		}
		var now campaigns.Person
		if err == nil {
			now, err = c.runPerson(g, a, body.Note)
		}
		c.answerWith(g, wholePerson(now), err)
	}
}

// runPerson does something about the person of a path, for the API and the pages.
func (c *Console) runPerson(g *gin.Context, a personAct, note string) (now campaigns.Person, err error) {
	err = c.onePerson(g, func(_ context.Context, campaign, person string) error {
		ctx := context.WithoutCancel(g.Request.Context())
		found, err := c.Campaigns.Person(ctx, campaign, person)
		if err != nil {
			return err
		}
		err = c.noted(g, "campaign."+a.path, fmt.Sprintf("%s, row %d", campaign, found.Row)+actBody{Note: note}.words(), func() error {
			return a.do(c.Campaigns, ctx, campaign, person, c.campaignBy(g, note))
		})
		if err != nil {
			return err
		}
		if now, err = c.Campaigns.Person(ctx, campaign, person); errors.Is(err, campaigns.ErrNotFound) { // forgotten
			now, err = campaigns.Person{Row: found.Row, State: found.State}, nil
		}
		return err
	})
	return now, err
}
