package campaigns

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
)

// fewest is of how many people or calls a percentage is looked at, at the least: one person of three who opts out says
// nothing yet. A stop that looks at fewer last calls than that is content with those.
const fewest = 20

// period is over what time shares are told. Source: 47 CFR 64.1200(a)(7), which has the abandoned calls of a campaign that
// goes on for longer counted anew for every thirty days.
const period = 30 * 24 * time.Hour

// current is the tally of the period that runs at a moment.
func (t tally) current(now time.Time) tally {
	if over := now.Sub(t.since) / period; over > 0 && !t.since.IsZero() {
		return tally{since: t.since.Add(over * period)}
	}
	return t
}

// figure is a safety stop's figure: hits of a number of people or calls.
func (t tally) figure(what string) (hits, of int) {
	switch what {
	case flows.StopOptedOut:
		return t.optedOut, t.reached
	case flows.StopAbandoned:
		return t.abandoned, t.reached
	}
	return t.errors, t.calls
}

// count adds a call that ended.
func (t *tally) count(a *attemptRow) {
	t.calls++
	t.reached += bit(a.reached)
	t.optedOut += bit(a.optedOut)
	t.abandoned += bit(a.abandoned)
	t.errors += bit(a.Outcome == OutcomeError)
}

// judgeStop looks at one safety stop. last are the last calls, where the stop is about those.
func judgeStop(s flows.SafetyStop, all, last tally) (Safety, bool) {
	t, least := all, fewest
	if s.Last > 0 {
		t, least = last, min(fewest, s.Last)
	}
	hits, of := t.figure(s.What)
	out := Safety{What: s.What, StopsAt: s.Percent, Of: of, Least: least}
	if of > 0 {
		out.Now = 100 * float64(hits) / float64(of)
	}
	words, people := map[string]string{flows.StopOptedOut: "opted out", flows.StopAbandoned: "abandoned"}[s.What], "people reached"
	if words == "" {
		words, people = "errors", "calls"
	}
	before := ""
	if s.Last > 0 {
		before = "the last "
	}
	out.Text = fmt.Sprintf("%s %s %% of %s%d %s, the limit is %s %%", words, percent(out.Now), before, of, people, strconv.FormatFloat(s.Percent, 'f', -1, 64))
	return out, of >= least && float64(hits)*100 > s.Percent*float64(of)
}

func percent(p float64) string { return strconv.FormatFloat(p, 'f', 1, 64) }

// figures are the figures of all safety stops, and the first that is past its limit; "" none is.
func figures(ctx context.Context, from queryer, r *campaignRow, stops []flows.SafetyStop) (all []Safety, tripped string, err error) {
	all = []Safety{}
	for _, s := range stops {
		var last tally
		if s.Last > 0 {
			if last, err = lastCalls(ctx, from, r, s.Last); err != nil {
				return nil, "", err
			}
		}
		f, past := judgeStop(s, r.tally, last)
		if all = append(all, f); past && tripped == "" {
			tripped = f.Text
		}
	}
	return all, tripped, nil
}

// lastCalls adds up the last calls that ended, since the campaign began or was resumed after a safety stop.
func lastCalls(ctx context.Context, from queryer, r *campaignRow, n int) (t tally, err error) {
	_, err = db.Select(ctx, from, func(s db.Scanner) (struct{}, error) {
		var reached, optedOut, abandoned int
		var a attemptRow
		err := s.Scan(&a.Outcome, &reached, &optedOut, &abandoned)
		a.reached, a.optedOut, a.abandoned = reached == 1, optedOut == 1, abandoned == 1
		t.count(&a)
		return struct{}{}, err
	}, `SELECT outcome, reached, opted_out, abandoned FROM campaign_attempts WHERE campaign = ? AND state = 'ended' AND ended_at >= ?
		AND status <> 'refused' ORDER BY ended_at DESC LIMIT ?`, r.num, db.Millis(r.tally.since), n)
	if err != nil {
		return t, fmt.Errorf("add up the last calls of campaign %s: %w", r.Name, err)
	}
	return t, nil
}
