package campaigns

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// Prices are what calls cost, for a guess before there is a bill. Where a campaign rings and what was agreed changes
// them: https://www.twilio.com/en-us/voice/pricing/us.
type Prices struct {
	VoicePerMinute float64 `json:"voice_per_minute"` // of an answered call, each minute begun
	Detection      float64 `json:"detection"`        // of a call on which a machine is listened for
	Capture        float64 `json:"capture"`          // of a card that is paid with by keypad
	Currency       string  `json:"currency"`
}

// DefaultPrices are those that Twilio publishes for calls in the United States.
func DefaultPrices() Prices {
	return Prices{VoicePerMinute: 0.014, Detection: 0.0075, Capture: 0.10, Currency: "usd"}
}

// EstimateSources is what a guess is made from.
type EstimateSources struct {
	Prices   Prices  `json:"prices"`
	NoAnswer float64 `json:"no_answer"` // shares of the attempts
	Busy     float64 `json:"busy"`
	Machine  float64 `json:"machine"`
	Human    float64 `json:"human"`
	Pays     float64 `json:"pays"` // of those who were reached
	// Seconds that a line is taken: until somebody answers, and with a person or a machine.
	RingSeconds    float64 `json:"ring_seconds"`
	HumanSeconds   float64 `json:"human_seconds"`
	MachineSeconds float64 `json:"machine_seconds"`
}

// guesses are ours, until a campaign has figures of its own: the middle of what is told of calls to customers.
func guesses(p Prices) EstimateSources {
	return EstimateSources{
		Prices: p, NoAnswer: 0.40, Busy: 0.05, Machine: 0.30, Human: 0.25, Pays: 0.25, RingSeconds: 12, HumanSeconds: 75, MachineSeconds: 25,
	}
}

// FirstWeek is what a campaign would do in its first seven days.
type FirstWeek struct {
	From        time.Time `json:"from,omitzero"` // zero: nobody can be rung in the year to come
	Until       time.Time `json:"until,omitzero"`
	Attempts    int64     `json:"attempts"`
	LineSeconds int64     `json:"line_seconds"`
	Zone        string    `json:"zone"` // the commonest, on whose clock it is told
}

// Cost is what the first week would cost.
type Cost struct {
	Voice     float64 `json:"voice"`
	Detection float64 `json:"detection"`
	Capture   float64 `json:"capture"`
	Currency  string  `json:"currency"`
}

// report puts together what was counted.
func (k *checking) report(sum contacts.Summary) *Report {
	c := k.q.Campaign
	r := &Report{
		Campaign: c.Name, Rows: sum.Records, Will: k.will, Rejected: sum.Rejected, Findings: k.q.Findings, Looked: k.q.Known != nil,
		Columns: ColumnsReport{Used: append([]string{}, sum.Used...), Ignored: append([]string{}, sum.Ignored...)},
		Samples: []Sample{}, Reasons: []CheckReason{}, Zones: []ZoneCount{}, Remarks: []string{},
		Estimates: guesses(k.q.Prices), Book: BookReport{Name: k.q.Book.Name, Version: k.q.Book.Stamp(), Rules: k.q.Book.Remarks(c)},
	}
	if r.Findings == nil {
		r.Findings = flows.Findings{}
	}
	if c.Flow != nil {
		r.Flow = c.Flow.Name
	}
	for _, n := range k.reasons {
		slices.SortStableFunc(n.Details, func(a, b DetailCount) int { return cmp.Compare(b.People, a.People) })
		r.Reasons = append(r.Reasons, *n)
		r.WillNot += n.People
	}
	slices.SortFunc(r.Reasons, func(a, b CheckReason) int {
		return cmp.Or(cmp.Compare(b.People, a.People), strings.Compare(string(a.Reason), string(b.Reason)))
	})
	for _, s := range k.samples {
		r.Samples = append(r.Samples, s.Sample)
	}
	r.Zones = k.zoneCounts()
	k.estimate(r)
	r.Remarks = append(k.chargeRemarks(), remarksOn(sum)...)
	return r
}

// remarksOn are what to know of a list beside its rows.
func remarksOn(sum contacts.Summary) []string {
	var out []string
	if sum.Records == 0 {
		out = append(out, "the list has a header and nobody below it")
	}
	if sum.Unknown > 0 {
		out = append(out, plural(sum.Unknown, "number lies", "numbers lie")+" in no range that is known to be given out; they are rung all the same")
	}
	if sum.Mended > 0 {
		out = append(out, plural(sum.Mended, "postal code had", "postal codes had")+" lost the zeros at the beginning; they were read with them")
	}
	return out
}

// zoneCounts are the people who will be rung by zone, most first, and those whose zone is unclear last.
func (k *checking) zoneCounts() []ZoneCount {
	by := map[string]int64{}
	for _, g := range k.groups {
		name := g.zones[0]
		if len(g.zones) > 1 {
			name = unclearZone
		}
		by[name] += g.people
	}
	out := []ZoneCount{}
	for zone, people := range by {
		out = append(out, ZoneCount{zone, people})
	}
	slices.SortFunc(out, func(a, b ZoneCount) int {
		if (a.Zone == unclearZone) != (b.Zone == unclearZone) {
			return cmp.Compare(boolInt(a.Zone == unclearZone), boolInt(b.Zone == unclearZone))
		}
		return cmp.Or(cmp.Compare(b.People, a.People), strings.Compare(a.Zone, b.Zone))
	})
	return out
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// slot is how finely the first week is looked at.
const slot = 15 * time.Minute

// estimate guesses the first week and what it costs.
func (k *checking) estimate(r *Report) {
	r.Cost.Currency = k.q.Prices.Currency
	groups := slices.SortedFunc(maps.Values(k.groups), func(a, b *group) int {
		return cmp.Or(cmp.Compare(b.people, a.people), strings.Compare(a.zones[0], b.zones[0]))
	})
	groups = groups[:min(len(groups), 40)] // those with most people; the hours of the others are like theirs
	if len(groups) == 0 {
		return
	}
	e, c := r.Estimates, k.q.Campaign
	seconds := e.Human*(e.RingSeconds+e.HumanSeconds) + e.Machine*(e.RingSeconds+e.MachineSeconds) + e.Busy*2 + e.NoAnswer*ringFor(c).Seconds()
	wanted := float64(r.Will) * attemptsEach(c, e)
	perSlot := min(float64(cmp.Or(c.Pace.PerMinute, 30))*slot.Minutes(), float64(cmp.Or(c.Pace.AtOnce, 10))*slot.Seconds()/seconds)
	from, until, done := k.week(groups, wanted, perSlot)
	if from.IsZero() {
		return
	}
	r.FirstWeek = FirstWeek{From: from, Until: until, Attempts: int64(math.Round(done)), LineSeconds: int64(math.Round(done * seconds)), Zone: groups[0].zones[0]}
	minutes := done * (e.Human*math.Ceil(e.HumanSeconds/60) + e.Machine*math.Ceil(e.MachineSeconds/60))
	r.Cost.Voice = cents(minutes * e.Prices.VoicePerMinute)
	if c.Machine.Detect != "" && c.Machine.Detect != "off" {
		r.Cost.Detection = cents(done * e.Prices.Detection)
	}
	if paysByKeypad(c.Flow) {
		r.Cost.Capture = cents(min(done*e.Human, float64(r.Will)) * e.Pays * e.Prices.Capture)
	}
}

func cents(amount float64) float64 { return math.Round(amount*100) / 100 }

func ringFor(c *flows.Campaign) time.Duration {
	if c.RingFor > 0 {
		return c.RingFor
	}
	return 25 * time.Second
}

// week goes through the first seven days in which somebody can be rung, and tells how many of the attempts are made.
func (k *checking) week(groups []*group, wanted, perSlot float64) (from, until time.Time, done float64) {
	begin := time.Time{}
	for _, g := range groups {
		d := k.q.Book.Judge(k.q.Campaign, k.somebody(g, k.q.Now))
		if !d.Next.IsZero() && (begin.IsZero() || d.Next.Before(begin)) {
			begin = d.Next
		}
	}
	if begin.IsZero() {
		return from, until, 0
	}
	last := begin.Add(triesTake(k.q.Campaign))
	for at := begin; at.Before(begin.Add(7*24*time.Hour)) && (done < wanted || at.Before(last)); at = at.Truncate(slot).Add(slot) {
		open := slices.ContainsFunc(groups, func(g *group) bool {
			return k.q.Book.Judge(k.q.Campaign, k.somebody(g, at)).Allowed
		})
		if !open {
			continue
		}
		until = at.Truncate(slot).Add(slot)
		done = min(wanted, done+perSlot*until.Sub(at).Minutes()/slot.Minutes())
	}
	return begin, until, done
}

// triesTake is how long it takes to ring a person as often as the retry rules and the limits allow.
func triesTake(c *flows.Campaign) time.Duration {
	var longest time.Duration
	for _, t := range c.TryAgain {
		apart := t.After
		if c.Limits.PerDay > 0 {
			apart = max(apart, 24*time.Hour/time.Duration(c.Limits.PerDay))
		}
		times := t.UpTo
		if c.Limits.PerWeek > 0 {
			times = min(times, c.Limits.PerWeek-1)
		}
		longest = max(longest, apart*time.Duration(times))
	}
	return longest
}

// somebody is a person of a group whom nothing but the hours keeps from being rung.
func (k *checking) somebody(g *group, at time.Time) rules.Facts {
	return rules.Facts{Now: at, Phone: "+15550142000", Zones: g.zones, ZoneFrom: g.from, Consent: at.Add(-24 * time.Hour), DebtID: "-"}
}

// attemptsEach is how often a person is rung in a week, on average.
func attemptsEach(c *flows.Campaign, e EstimateSources) float64 {
	share := map[string]float64{"no_answer": e.NoAnswer, "busy": e.Busy, "machine": e.Machine, "failed": 0.01}
	most := 12
	if c.Limits.PerWeek > 0 {
		most = min(most, c.Limits.PerWeek)
	}
	if c.Limits.PerDay > 0 {
		most = min(most, 7*c.Limits.PerDay)
	}
	left := map[string]int{}
	for _, t := range c.TryAgain {
		if share[t.Outcome] > 0 && t.After < 7*24*time.Hour {
			left[t.Outcome] = t.UpTo
		}
	}
	return attemptsFrom(share, left, min(most, 8))
}

// attemptsFrom follows the outcomes after which somebody is rung again.
func attemptsFrom(share map[string]float64, left map[string]int, most int) float64 {
	if most == 0 {
		return 0
	}
	total := 1.0
	for _, outcome := range slices.Sorted(maps.Keys(left)) {
		if left[outcome] == 0 {
			continue
		}
		left[outcome]--
		total += share[outcome] * attemptsFrom(share, left, most-1)
		left[outcome]++
	}
	return total
}

// paysByKeypad tells whether a flow takes cards.
func paysByKeypad(f *flows.Flow) bool {
	if f == nil {
		return false
	}
	for step := range f.Steps() {
		if _, ok := step.Verb.(*flows.Pay); ok {
			return true
		}
	}
	return false
}

// plural is a count with its noun.
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
