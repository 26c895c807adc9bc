package campaigns

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns/pace"
	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// plan is a campaign's file as the project of now reads it, with its rule book.
type plan struct {
	project, hash string // what it was made of
	campaign      *flows.Campaign
	book          *rules.Book
	limits        flows.OutboundLimits
	lists         []list // the do-not-call lists it keeps to
	err           error  // why it may not run
}

// errNoProject says that Campaigns was made for knowing and telling only.
var errNoProject = errors.New("no project is loaded")

// FileError says that a campaign's file does not fit the project as it is now.
type FileError struct {
	Name     string
	Findings flows.Findings
}

// Error is the first thing that is wrong.
func (e *FileError) Error() string {
	for _, f := range e.Findings {
		if f.Severity == flows.SeverityError {
			return fmt.Sprintf("%s %s %s", f.Span, f.Code, f.Message)
		}
	}
	return "the campaign's file has errors"
}

// plan reads a campaign's file by the project as it is now. It is read once for each version of the project.
func (c *Campaigns) plan(r *campaignRow) (*plan, error) {
	if c.cfg.Project == nil {
		return nil, errNoProject
	}
	project := c.cfg.Project()
	if project == nil {
		return nil, errNoProject
	}
	c.mu.Lock()
	p := c.plans[r.Name]
	c.mu.Unlock()
	if p == nil || p.project != project.Hash || p.hash != r.hash {
		p = readPlan(project, flows.File{Path: r.path, Source: []byte(r.source)}, c.cfg.ProjectDir)
		p.hash = r.hash
		c.mu.Lock()
		c.plans[r.Name] = p
		c.mu.Unlock()
	}
	return p, p.err
}

func readPlan(project *flows.Project, file flows.File, own fs.FS) *plan {
	p := &plan{project: project.Hash, limits: project.Outbound}
	if p.limits.CallsPerSecond <= 0 {
		p.limits.CallsPerSecond = 1
	}
	if p.limits.AtOnce <= 0 {
		p.limits.AtOnce = 100
	}
	campaign, findings := flows.ReadCampaign(project, file)
	if findings.Errors() {
		p.err = &FileError{Name: campaign.Name, Findings: findings}
		return p
	}
	p.campaign = campaign
	for _, l := range campaign.NeverCall {
		p.lists = append(p.lists, list{name: serverList(l), label: rules.ListLabel(l)})
	}
	if p.book, p.err = rules.Open(campaign, own); p.err != nil {
		p.err = fmt.Errorf("open the rule book: %w", p.err)
	}
	return p
}

// list is a do-not-call list: how the server knows it, and how reasons call it.
type list struct{ name, label string }

// serverList is the name by which the server keeps a list. That of a file is made of its path.
func serverList(l flows.ListName) string {
	if l.Name != "" {
		return l.Name
	}
	name := "file." + strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' {
			return c
		}
		return '_'
	}, l.File)
	if len(name) > 64 {
		sum := sha256.Sum256([]byte(l.File))
		name = name[:47] + "_" + hex.EncodeToString(sum[:8])
	}
	return name
}

// pacing are the limits of a campaign at a moment.
func (p *plan) pacing(r *campaignRow, now time.Time) pace.Limits {
	return pace.Limits{
		PerSecond: p.limits.CallsPerSecond, AccountAtOnce: p.limits.AtOnce,
		PerMinute: warmed(float64(r.PerMinute), p.campaign.Pace.WarmUp, now.Sub(r.warmAt)), AtOnce: r.AtOnce,
	}
}

// warmed is how many calls a minute there may be: from a tenth to the whole over the warm-up.
func warmed(full float64, warmUp, since time.Duration) float64 {
	if warmUp <= 0 || since >= warmUp {
		return full
	}
	part := math.Max(0, float64(since)/float64(warmUp))
	return math.Max(full*(0.1+0.9*part), math.Min(full, 1))
}
