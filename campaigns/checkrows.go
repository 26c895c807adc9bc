package campaigns

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// Bounds of what a check keeps.
const (
	mostExamples  = 3
	mostDetails   = 12
	mostGroups    = 2000
	mostVerdicts  = 50_000
	mostSamples   = 3
	pastLookedFor = 8 * 24 * time.Hour
)

// checking is a check under way.
type checking struct {
	q        CheckRequest
	files    []fileList
	names    []string          // of the server's lists
	labels   map[string]string // of them
	keyed    bool              // keys are looked for beside numbers
	rejected *contacts.Rejected

	batch    []contacts.Row
	will     int64
	reasons  map[rules.Reason]*CheckReason
	groups   map[string]*group
	samples  []sampled
	verdicts map[verdictKey]verdict
	nameless string // the flow's need that is most like a name
	charges  []*charge
}

// group is the people of the same zones who will be rung.
type group struct {
	zones  []string
	from   string
	people int64
}

// sampled is a sample with what makes it different from others.
type sampled struct {
	Sample
	kind string
}

// verdictKey is all that a judgement depends on, of people who are on no list and were not rung before.
type verdictKey struct {
	zone                   *string
	zones                  int
	from                   string
	consent, before, after int64
	debt                   bool
}

// verdict is what a judgement came to.
type verdict struct {
	will   bool
	reason rules.Reason
}

func newChecking(q CheckRequest, files []fileList) *checking {
	k := &checking{
		q: q, files: files, labels: map[string]string{}, keyed: true,
		reasons: map[rules.Reason]*CheckReason{}, groups: map[string]*group{}, verdicts: map[verdictKey]verdict{},
		batch: make([]contacts.Row, 0, mostAsked),
	}
	for _, l := range q.Campaign.NeverCall {
		if l.File == "" {
			k.names = append(k.names, l.Name)
			k.labels[l.Name] = rules.ListLabel(l)
		}
	}
	if q.Campaign.Flow != nil {
		k.nameless = nameNeed(q.Campaign.Flow.Needs)
		for _, need := range q.Campaign.Flow.ChargedNeeds() {
			k.charges = append(k.charges, &charge{need: need})
		}
	}
	return k
}

// nameNeed is the need that a person is called by in samples; "" when there is none that may be shown.
func nameNeed(needs []flows.Field) string {
	for _, exact := range []bool{true, false} {
		for _, n := range needs {
			if n.Type == string(flows.TypeText) && !n.Private && (n.Name == "first_name" || n.Name == "name" || !exact && strings.Contains(n.Name, "name")) {
				return n.Name
			}
		}
	}
	return ""
}

func (k *checking) began(s contacts.Summary) (err error) {
	if k.q.Rejected != nil {
		k.rejected, err = contacts.NewRejected(k.q.Rejected, s)
	}
	return err
}

func (k *checking) reject(why contacts.Reject, cells []string) error {
	k.refuse(why.Reason, Example{Line: why.Line, Column: why.Column, Expected: why.Expected, Found: why.Found, Mend: why.Mend})
	if k.rejected == nil {
		return nil
	}
	return k.rejected.Write(why, cells)
}

// refuse counts a person who will not be rung.
func (k *checking) refuse(reason rules.Reason, e Example) {
	c := k.reasons[reason]
	if c == nil {
		c = &CheckReason{Reason: reason, Text: reasonText(reason), Examples: []Example{}}
		k.reasons[reason] = c
	}
	c.People++
	if len(c.Examples) < mostExamples {
		c.Examples = append(c.Examples, e)
	}
	if reason.Kind() != rules.BadNumber && reason.Kind() != contacts.BadValue {
		return
	}
	text, _, _ := strings.Cut(strings.TrimPrefix(e.Mend, "it is "), ":") // the cause
	at := slices.IndexFunc(c.Details, func(d DetailCount) bool { return d.Text == text })
	if at < 0 && len(c.Details) == mostDetails {
		at = mostDetails - 1
		c.Details[at].Text = "others"
	}
	if at < 0 {
		at = len(c.Details)
		c.Details = append(c.Details, DetailCount{Text: text})
	}
	c.Details[at].People++
}

func (k *checking) row(ctx context.Context, r contacts.Row) error {
	k.batch = append(k.batch, r)
	if len(k.batch) < mostAsked {
		return nil
	}
	return k.flush(ctx)
}

// flush judges the rows that were collected, with what the server knows of them.
func (k *checking) flush(ctx context.Context) error {
	on, past, err := k.known(ctx)
	if err != nil {
		return err
	}
	for i := range k.batch {
		r := &k.batch[i]
		f := k.facts(r, on, past)
		v := k.judge(&f, r)
		if !v.will {
			k.refuse(v.reason, Example{Line: r.Line})
			continue
		}
		k.will++
		k.chargeable(r)
		k.count(r)
		k.sample(r)
	}
	k.batch = k.batch[:0]
	return nil
}

// known asks the server about the rows that were collected.
func (k *checking) known(ctx context.Context) (on map[string][]string, past map[string][]rules.Past, err error) {
	if k.q.Known == nil || len(k.batch) == 0 {
		return nil, nil, nil
	}
	numbers := make([]string, 0, len(k.batch))
	var keys []string
	for i := range k.batch {
		numbers = append(numbers, k.batch[i].Phone)
		keys = append(keys, k.batch[i].ID)
		if k.batch[i].DebtID != "" {
			keys = append(keys, k.batch[i].DebtID)
		}
	}
	if len(k.names) > 0 {
		if k.keyed {
			if asks, ok := k.q.Known.(interface {
				Keyed(context.Context, []string) (bool, error)
			}); ok {
				if k.keyed, err = asks.Keyed(ctx, k.names); err != nil {
					return nil, nil, err
				}
			}
		}
		who := numbers
		if k.keyed {
			who = append(slices.Clone(numbers), keys...)
		}
		if on, err = k.q.Known.Which(ctx, who, k.names, k.q.Now); err != nil {
			return nil, nil, err
		}
	}
	past, err = k.q.Known.Past(ctx, numbers, k.q.Now.Add(-pastLookedFor))
	return on, past, err
}

func (k *checking) facts(r *contacts.Row, on map[string][]string, past map[string][]rules.Past) rules.Facts {
	f := rules.Facts{
		Now: k.q.Now, Phone: r.Phone, Zones: r.Zones, ZoneFrom: r.ZoneFrom, Consent: r.Consent, DebtID: r.DebtID,
		NotBefore: r.NotBefore, NotAfter: r.NotAfter, Past: past[r.Phone],
	}
	if len(on) > 0 {
		for _, who := range []string{r.Phone, r.ID, r.DebtID} {
			for _, list := range on[who] {
				f.OnLists = append(f.OnLists, k.labels[list])
			}
		}
	}
	for _, l := range k.files {
		if l.numbers.has(r.Phone) {
			f.OnLists = append(f.OnLists, l.label)
		}
	}
	return f
}

// judge tells whether a person will be rung at some time. The same facts are judged once.
func (k *checking) judge(f *rules.Facts, r *contacts.Row) verdict {
	plain := len(f.OnLists) == 0 && len(f.Past) == 0 && len(r.Zones) > 0
	var key verdictKey
	if plain {
		key = verdictKey{&r.Zones[0], len(r.Zones), r.ZoneFrom, r.Consent.Unix(), r.NotBefore.Unix(), r.NotAfter.Unix(), r.DebtID != ""}
		if v, ok := k.verdicts[key]; ok {
			return v
		}
	}
	d := k.q.Book.Judge(k.q.Campaign, *f)
	v := verdict{will: d.Allowed || !d.Next.IsZero(), reason: d.Reason}
	if plain {
		if len(k.verdicts) >= mostVerdicts {
			clear(k.verdicts)
		}
		k.verdicts[key] = v
	}
	return v
}

// count counts a person among those of the same zones.
func (k *checking) count(r *contacts.Row) {
	key := r.Zones[0]
	if len(r.Zones) > 1 {
		key = strings.Join(r.Zones, " ")
	}
	g := k.groups[key]
	if g == nil {
		if len(k.groups) >= mostGroups {
			key = unclearZone
		}
		if g = k.groups[key]; g == nil {
			g = &group{zones: r.Zones, from: r.ZoneFrom}
			k.groups[key] = g
		}
	}
	g.people++
}

// unclearZone is what people are counted under whose zone is not known for sure.
const unclearZone = "unclear"

// sample keeps people to listen to: who is first, and then those in another zone or language.
func (k *checking) sample(r *contacts.Row) {
	if len(k.samples) == mostSamples {
		return
	}
	kind := r.Language + " " + r.Zones[0]
	if slices.ContainsFunc(k.samples, func(s sampled) bool { return s.kind == kind }) {
		return
	}
	s := sampled{Sample{Line: r.Line, ID: r.ID, Zone: r.Zones[0], Language: r.Language}, kind}
	if len(r.Zones) > 1 {
		s.Zone = unclearZone
	}
	if k.nameless != "" {
		s.Name = shortened(r.Values[k.nameless].String(), 40)
	}
	k.samples = append(k.samples, s)
}

func shortened(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// reasonText is a reason for people: a check says what holds for as long as the campaign runs.
func reasonText(r rules.Reason) string {
	switch r.Kind() {
	case rules.NotYet, rules.OutsideHours:
		return "no hour of the campaign is left"
	case rules.Frequency, rules.DayCap, rules.WeekCap, rules.RetryWait:
		return "rung too often already, for as long as the campaign runs"
	}
	return r.Words()
}
