package campaigns

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
)

const (
	// minutesShown is how many minutes a status tells.
	minutesShown = 30
	// manyPeople is from how many people on counts are kept for a moment: the database has to look at each of them.
	manyPeople = 50_000
	// keptFor is for how long, in times of what it took to count.
	keptFor = 5
	// restsFor is for how long the counts of one that does not run are kept, and overFor of one that is over, unless somebody
	// does something to it.
	restsFor, overFor = time.Minute, time.Hour
)

// cachedStatus is what was counted of a campaign a while ago.
type cachedStatus struct {
	until  time.Time
	state  State
	change int64 // its last one
	counts standing
}

// standing is where the people of a campaign stand.
type standing struct {
	counts            Counts
	outcomes          []OutcomeCount
	refused, heldBack []ReasonPeople
	last              time.Time // when the last person who waits for a time is due
}

// List is every campaign, newest first.
func (c *Campaigns) List(ctx context.Context) ([]Campaign, error) {
	rows, err := db.Select(ctx, c.cfg.DB, scanCampaign, "SELECT "+campaignColumns+" FROM campaigns WHERE state <> 'importing' ORDER BY num DESC")
	if err != nil {
		return nil, fmt.Errorf("list campaigns: %w", err)
	}
	out := make([]Campaign, len(rows))
	for i := range rows {
		out[i] = rows[i].Campaign
	}
	return out, nil
}

// Get is one campaign. An error is ErrNotFound, or the database's.
func (c *Campaigns) Get(ctx context.Context, name string) (Campaign, error) {
	r, err := find(ctx, c.cfg.DB, name, "")
	return r.Campaign, err
}

// Status is how a campaign stands. Of a large one the counts may be a second or two old, of one that does not run a minute
// unless somebody did something to it.
func (c *Campaigns) Status(ctx context.Context, name string) (Status, error) {
	r, err := find(ctx, c.cfg.DB, name, "")
	if err != nil {
		return Status{}, err
	}
	st := Status{Campaign: r.Campaign, Figures: []Safety{}}
	s, err := c.standing(ctx, &r)
	if err != nil {
		return Status{}, err
	}
	st.Counts, st.Outcomes, st.Refused, st.HeldBack = s.counts, s.outcomes, s.refused, s.heldBack
	r.tally = r.tally.current(c.now())
	if p, _ := c.plan(&r); p != nil && p.campaign != nil {
		if st.Figures, _, err = figures(ctx, c.cfg.DB, &r, p.campaign.Stops); err != nil {
			return Status{}, err
		}
	}
	if st.Money, st.Paid, err = c.money(ctx, r.num); err != nil {
		return Status{}, err
	}
	if st.Minutes, err = c.minutes(ctx, r.num); err != nil {
		return Status{}, err
	}
	st.ETA = eta(c.now(), s.last, &st)
	return st, nil
}

// Counts is where the people of a campaign stand: of Status what lists need.
func (c *Campaigns) Counts(ctx context.Context, name string) (Counts, error) {
	r, err := find(ctx, c.cfg.DB, name, "")
	if err != nil {
		return Counts{}, err
	}
	s, err := c.standing(ctx, &r)
	return s.counts, err
}

// standing counts a campaign's people, or remembers how many there were: the database looks at each of them.
func (c *Campaigns) standing(ctx context.Context, r *campaignRow) (standing, error) {
	began, now := time.Now(), cachedStatus{state: r.State}
	err := c.cfg.DB.QueryRow(ctx, "SELECT COALESCE(MAX(n), 0) FROM campaign_changes WHERE campaign = ?", r.num).Scan(&now.change)
	if err != nil {
		return standing{}, fmt.Errorf("read the last change: %w", err)
	}
	c.mu.Lock()
	kept, ok := c.known[r.Name]
	c.mu.Unlock()
	if ok && began.Before(kept.until) && kept.state == now.state && kept.change == now.change {
		return kept.counts, nil
	}
	if now.counts, err = c.count(ctx, r.num); err != nil {
		return now.counts, err
	}
	switch n := now.counts.counts; {
	case n.Done == n.Total && (r.State == StateCompleted || r.State == StateEnded):
		now.until = began.Add(overFor)
	case n.Calling == 0 && (r.State == StateDraft || r.State == StatePaused):
		now.until = began.Add(restsFor)
	case n.Total >= manyPeople:
		now.until = time.Now().Add(keptFor * time.Since(began))
	default:
		return now.counts, nil
	}
	c.mu.Lock()
	c.known[r.Name] = now
	c.mu.Unlock()
	return now.counts, nil
}

// count reads one index from end to end.
func (c *Campaigns) count(ctx context.Context, num int64) (standing, error) {
	s := standing{outcomes: []OutcomeCount{}, refused: []ReasonPeople{}, heldBack: []ReasonPeople{}}
	_, err := db.Select(ctx, c.cfg.DB, func(from db.Scanner) (struct{}, error) {
		var state, outcome string
		var reason rules.Reason
		var n, held int
		var first, last int64
		if err := from.Scan(&state, &outcome, &reason, &n, &held, &first, &last); err != nil {
			return struct{}{}, err
		}
		s.add(state, outcome, ReasonPeople{reason, n, db.Time(first)}, held)
		if state != PersonDone {
			s.last = later(s.last, db.Time(last))
		}
		return struct{}{}, nil
	}, `SELECT state, outcome, reason, COUNT(*), SUM(CASE WHEN due_at > ? THEN 1 ELSE 0 END), COALESCE(MIN(CASE WHEN due_at > ? THEN due_at END), 0),
		MAX(due_at) FROM campaign_people WHERE campaign = ? GROUP BY state, outcome, reason`, db.Millis(c.now()), db.Millis(c.now()), num)
	if err != nil {
		return s, fmt.Errorf("count people: %w", err)
	}
	byMost := func(a, b ReasonPeople) int { return b.People - a.People }
	slices.SortStableFunc(s.refused, byMost)
	slices.SortStableFunc(s.heldBack, byMost)
	slices.SortStableFunc(s.outcomes, func(a, b OutcomeCount) int { return b.People - a.People })
	return s, nil
}

// add adds people who stand alike. held of them are due only later, the first of those at p.Next.
func (s *standing) add(state, outcome string, p ReasonPeople, held int) {
	n := p.People
	s.counts.Total += n
	switch state {
	case PersonPending:
		s.counts.Pending += n
	case PersonWaiting:
		s.counts.Waiting += n
	case PersonCalling:
		s.counts.Calling += n
	case PersonDone:
		s.counts.Done += n
		if outcome != "" {
			s.outcomes = append(s.outcomes, OutcomeCount{Outcome: outcome, People: n})
		} else {
			s.refused = append(s.refused, ReasonPeople{Reason: p.Reason, People: n})
		}
		return
	}
	if held == 0 || p.Reason == "" {
		return
	}
	i := slices.IndexFunc(s.heldBack, func(h ReasonPeople) bool { return h.Reason == p.Reason })
	if i < 0 {
		s.heldBack = append(s.heldBack, ReasonPeople{Reason: p.Reason, Next: p.Next})
		i = len(s.heldBack) - 1
	}
	s.heldBack[i].People += held
	if p.Next.Before(s.heldBack[i].Next) {
		s.heldBack[i].Next = p.Next
	}
}

// money is what was paid on a campaign's calls, and on how many.
func (c *Campaigns) money(ctx context.Context, num int64) (all []Money, calls int, err error) {
	all, err = db.Select(ctx, c.cfg.DB, func(from db.Scanner) (m Money, err error) {
		n := 0
		err = from.Scan(&m.Currency, &m.Minor, &n)
		calls += n
		return m, err
	}, `SELECT paid_currency, CAST(SUM(paid_minor) AS BIGINT), COUNT(*) FROM campaign_attempts WHERE campaign = ? AND paid_minor > 0
		GROUP BY paid_currency ORDER BY paid_currency`, num)
	if err != nil {
		return nil, 0, fmt.Errorf("add up what was paid: %w", err)
	}
	if all == nil {
		all = []Money{}
	}
	return all, calls, nil
}

// minutes are the last minutes, each whole one and the one that runs.
func (c *Campaigns) minutes(ctx context.Context, num int64) ([]Minute, error) {
	last := c.now().Truncate(time.Minute)
	first := last.Add(-(minutesShown - 1) * time.Minute)
	out := make([]Minute, minutesShown)
	for i := range out {
		out[i].At = first.Add(time.Duration(i) * time.Minute)
	}
	for _, q := range []struct {
		query string
		into  func(*Minute, int)
	}{
		{`SELECT claimed_at / 60000 * 60000, COUNT(*) FROM campaign_attempts WHERE campaign = ? AND claimed_at >= ? GROUP BY 1`,
			func(m *Minute, n int) { m.Dialed = n }},
		{`SELECT minute, at_once FROM campaign_minutes WHERE campaign = ? AND minute >= ?`, func(m *Minute, n int) { m.AtOnce = n }},
	} {
		_, err := db.Select(ctx, c.cfg.DB, func(from db.Scanner) (struct{}, error) {
			var at int64
			var n int
			err := from.Scan(&at, &n)
			if i := int(db.Time(at).Sub(first) / time.Minute); err == nil && i >= 0 && i < len(out) {
				q.into(&out[i], n)
			}
			return struct{}{}, err
		}, q.query, num, db.Millis(first))
		if err != nil {
			return nil, fmt.Errorf("read the last minutes: %w", err)
		}
	}
	return out, nil
}

// eta is about when everybody is done, at the pace of the last minutes, and not before the last who waits for a time is
// due; zero where nothing can be said.
func eta(now, last time.Time, s *Status) time.Time {
	left := s.Counts.Total - s.Counts.Done
	if s.State != StateRunning || left == 0 {
		return time.Time{}
	}
	dialed, minutes := 0, 0
	for _, m := range s.Minutes[:len(s.Minutes)-1] { // the one that runs is not full
		if m.Dialed > 0 || minutes > 0 {
			dialed += m.Dialed
			minutes++
		}
	}
	perMinute := float64(s.PerMinute)
	if dialed > 0 {
		perMinute = float64(dialed) / float64(minutes)
	}
	if perMinute <= 0 {
		return time.Time{}
	}
	return later(now.Add(time.Duration(float64(left)/perMinute*float64(time.Minute))), last).Truncate(time.Minute)
}
