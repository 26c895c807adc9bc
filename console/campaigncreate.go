package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
)

// uploadProgress is a line about an upload under way.
type uploadProgress struct {
	Line  string `json:"line"` // progress
	Rows  int64  `json:"rows"`
	Bytes int64  `json:"bytes"` // of the list
}

// checkedLine is the last line of a check.
type checkedLine struct {
	Line   string            `json:"line"` // report
	Report *campaigns.Report `json:"report"`
	// Rejected is a CSV of the rows that have to be mended, where the query asked for it; of very many, the first.
	Rejected string `json:"rejected,omitempty"`
}

// createdLine is the last line when a campaign was created.
type createdLine struct {
	Line     string              `json:"line"` // campaign
	Campaign *campaigns.Campaign `json:"campaign"`
	Report   *campaigns.Report   `json:"report,omitempty"`   // of the check that went with it
	Repeated bool                `json:"repeated,omitempty"` // it was created by an earlier request with the same key
}

// problemLine is the last line of what went wrong after the first was sent.
type problemLine struct {
	Line    string  `json:"line"` // problem
	Problem problem `json:"problem"`
}

// beginUpload reads an upload up to its contacts, and checks the campaign's file.
func (c *Console) beginUpload(g *gin.Context) (u *upload, campaign *flows.Campaign, findings flows.Findings, err error) {
	_ = http.NewResponseController(g.Writer).EnableFullDuplex() // progress is told while the rest still comes; a test's recorder cannot
	if u, err = readUpload(g); err != nil {
		return nil, nil, nil, err
	}
	if u.file.Path == "" { // typed into a page
		unnamed, _ := flows.ReadCampaign(c.Project(), u.file)
		u.file.Path = "campaigns/" + unnamed.Name + ".yaml"
	}
	campaign, findings = flows.ReadCampaign(c.Project(), u.file)
	if findings.Errors() {
		u.close()
		return nil, nil, nil, &campaigns.FileError{Name: campaign.Name, Findings: findings}
	}
	return u, campaign, findings, nil
}

// checkCampaign tells what a campaign would do, and does nothing.
func (c *Console) checkCampaign(g *gin.Context) {
	out := &lines{g: g}
	defer drain(g)
	u, campaign, findings, err := c.beginUpload(g)
	if err != nil {
		c.failLines(out, err)
		return
	}
	defer u.close()
	rejected := &firstRows{}
	q := campaigns.CheckRequest{
		Campaign: campaign, Contacts: u.contacts, ListFiles: u.open, Findings: findings, Now: c.Now(),
		Progress: func(rows, bytes int64) { out.steady(time.Now(), uploadProgress{"progress", rows, bytes}) },
	}
	if g.Query("rejected") == "1" {
		q.Rejected = rejected
	}
	report, err := c.Campaigns.Check(g.Request.Context(), q)
	if err != nil {
		c.failLines(out, err)
		return
	}
	line := checkedLine{Line: "report", Report: report}
	if report.Rejected > 0 {
		line.Rejected = rejected.text()
	}
	out.say(line)
}

// createCampaign makes a campaign, as a draft, of its file and its list.
func (c *Console) createCampaign(g *gin.Context) {
	out := &lines{g: g}
	defer drain(g)
	made, err := c.create(g, out)
	if err != nil {
		c.failLines(out, err)
		return
	}
	out.say(made)
}

func (c *Console) create(g *gin.Context, out *lines) (createdLine, error) {
	line := createdLine{Line: "campaign"}
	if g.GetHeader(onceHeader) == "" {
		return line, errKeyMissing
	}
	u, campaign, _, err := c.beginUpload(g)
	if err != nil {
		return line, err
	}
	defer u.close()
	key, err := c.onceUpload(g, u.file.Source)
	if err != nil {
		return line, err
	}
	err = c.noted(g, "campaign.create", campaign.Name, func() (err error) {
		line.Campaign, line.Report, err = c.Campaigns.Create(g.Request.Context(), campaigns.CreateRequest{
			File: u.file, Contacts: u.contacts, ListFiles: u.open, Act: c.campaignBy(g, ""),
			Progress: func(rows, bytes int64) {
				key.keep(time.Now())
				out.steady(time.Now(), uploadProgress{"progress", rows, bytes})
			},
		})
		return err
	})
	if errors.Is(err, campaigns.ErrExists) && key.again {
		var old campaigns.Campaign
		if old, err = c.Campaigns.Get(g.Request.Context(), campaign.Name); err == nil {
			line = createdLine{Line: line.Line, Campaign: &old, Repeated: true}
		}
	}
	if err != nil {
		key.forget(g.Request.Context())
		return line, err
	}
	key.done()
	return line, nil
}

// uploadKey is the Idempotency-Key of an upload, which takes longer than other requests.
type uploadKey struct {
	again bool // it was answered before
	done  func()
	store redis.UniversalClient
	at    string
	last  time.Time
}

// onceUpload holds an upload to its key: the same key brings the same campaign's file.
func (c *Console) onceUpload(g *gin.Context, body []byte) (*uploadKey, error) {
	k := &uploadKey{store: c.Sessions.Redis(), at: onceKey(c.principal(g).ID, g.GetHeader(onceHeader)), last: time.Now()}
	was, err := k.store.Get(g.Request.Context(), k.at).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, err
	}
	k.again = strings.HasPrefix(was, "done ")
	_, k.done, err = c.once(g, body)
	return k, err
}

// forget frees the key: nothing was made with it, and what is there under the campaign's name is another's.
func (k *uploadKey) forget(ctx context.Context) {
	_ = k.store.Del(context.WithoutCancel(ctx), k.at).Err() // else it is free when its time is over
}

// keep says that the first request with the key goes on.
func (k *uploadKey) keep(now time.Time) {
	if now.Sub(k.last) > onceRunning/3 {
		k.last = now
		_ = k.store.Expire(context.Background(), k.at, onceRunning).Err() // at worst a second request may come too early
	}
}

// steady sends a line of progress: at first often, later seldom. Some who send do not read before they have sent all.
func (l *lines) steady(now time.Time, v any) {
	if l.first.IsZero() {
		l.first, l.last = now, now
	}
	if now.Sub(l.last) >= max(progressEvery, now.Sub(l.first)/50) {
		l.last = now
		l.say(v)
	}
}

// failLines says that an upload went wrong: as the answer where none has begun, else as the last line.
func (c *Console) failLines(l *lines, err error) {
	p := problemOf(err)
	if p.Code == problemInside.Code && l.g.Request.Context().Err() == nil {
		c.Log.Error("console", "path", l.g.FullPath(), "error", err)
	}
	if !l.begun {
		c.fail(l.g, p)
		l.g.Writer.Flush()
		return
	}
	p.Type, p.Instance = "/api/problems#"+p.Code, l.g.Request.URL.Path
	l.say(problemLine{"problem", p})
}
