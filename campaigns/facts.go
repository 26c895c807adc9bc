package campaigns

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
)

// lookBack is how far back attempts count for the rules: a book may count over 31 days, on any clock.
const lookBack = 33 * 24 * time.Hour

// known is what the rules have to know of some people beside their own rows.
type known struct {
	lists    map[string][]string // number, or key, to lists
	optedOut map[string]bool     // number
	past     map[string][]rules.Past
	debts    map[string][]rules.Past
	settled  map[string]bool // debts of which a campaign has heard that they are paid
}

// learn reads what the rules have to know of some people, from where they are being decided on.
func (c *Campaigns) learn(ctx context.Context, from queryer, p *plan, people []personRow) (*known, error) {
	k := &known{lists: map[string][]string{}, optedOut: map[string]bool{}, settled: map[string]bool{}}
	var phones, debts, who []any
	seen := map[string]bool{}
	for _, x := range people {
		if x.Phone != "" && !seen["p"+x.Phone] {
			seen["p"+x.Phone] = true
			phones = append(phones, x.Phone)
			who = append(who, x.Phone)
		}
		for _, key := range []string{x.ID, x.DebtID} { // lists of persons and accounts
			if key != "" && !seen["k"+key] {
				seen["k"+key] = true
				who = append(who, kept(key))
			}
		}
		if x.DebtID != "" && !seen["d"+x.DebtID] {
			seen["d"+x.DebtID] = true
			debts = append(debts, x.DebtID)
		}
	}
	if len(phones) == 0 {
		return k, nil
	}
	since := db.Millis(c.now().Add(-lookBack))
	if err := c.learnLists(ctx, from, k, who, p.lists); err != nil {
		return nil, err
	}
	// Who opted out on a call, ours or theirs, is not rung by anybody, whatever lists a campaign goes by, until somebody takes
	// them off the list that the call had put them on: who is taken off another list has still opted out. An attempt says
	// so too, where the list could not be written.
	marks := db.Marks(len(phones))
	opted, err := db.Select(ctx, from, db.Word, `SELECT number FROM do_not_call WHERE source = '`+byCall+`' AND number IN (`+marks+`)
		UNION SELECT phone FROM campaign_attempts a WHERE opted_out = 1 AND phone IN (`+marks+`) AND NOT EXISTS (
			SELECT 1 FROM do_not_call_removed r WHERE r.number = a.phone AND r.removed >= a.claimed_at AND r.source = '`+byCall+`')`,
		append(slices.Clone(phones), phones...)...)
	if err != nil {
		return nil, fmt.Errorf("read who opted out: %w", err)
	}
	for _, phone := range opted {
		k.optedOut[phone] = true
	}
	if k.past, err = learnPast(ctx, from, "phone", phones, since); err != nil || len(debts) == 0 {
		return k, err
	}
	if k.debts, err = learnPast(ctx, from, "debt_id", debts, since); err != nil {
		return nil, err
	}
	settled, err := db.Select(ctx, from, db.Word, "SELECT DISTINCT debt_id FROM campaign_people WHERE paid = 1 AND debt_id <> '' AND debt_id IN ("+db.Marks(len(debts))+")", debts...)
	if err != nil {
		return nil, fmt.Errorf("read which debts are paid: %w", err)
	}
	for _, debt := range settled {
		k.settled[debt] = true
	}
	return k, nil
}

func (c *Campaigns) learnLists(ctx context.Context, from queryer, k *known, who []any, lists []list) error {
	if len(lists) == 0 {
		return nil
	}
	args := append([]any{}, who...)
	labels := make(map[string]string, len(lists))
	for _, l := range lists {
		args = append(args, l.name)
		labels[l.name] = l.label
	}
	args = append(args, db.Millis(c.now()))
	_, err := db.Select(ctx, from, func(s db.Scanner) (struct{}, error) {
		var number, list string
		err := s.Scan(&number, &list)
		k.lists[number] = append(k.lists[number], labels[list])
		return struct{}{}, err
	}, "SELECT number, list FROM do_not_call WHERE number IN ("+db.Marks(len(who))+") AND list IN ("+db.Marks(len(lists))+") AND (expires = 0 OR expires > ?) ORDER BY list", args...)
	if err != nil {
		return fmt.Errorf("read do-not-call lists: %w", err)
	}
	return nil
}

// learnPast reads attempts, of all campaigns and of other systems, by number or by debt. One that Twilio refused rang nobody.
func learnPast(ctx context.Context, from queryer, by string, of []any, since int64) (map[string][]rules.Past, error) {
	into := map[string][]rules.Past{}
	marks := db.Marks(len(of))
	query := strings.NewReplacer("COLUMN", by, "MARKS", marks).Replace(`SELECT a.COLUMN, a.claimed_at, c.name, a.debt_id, a.reached
		FROM campaign_attempts a JOIN campaigns c ON c.num = a.campaign WHERE a.COLUMN IN (MARKS) AND a.claimed_at >= ? AND a.status <> 'refused'
		UNION ALL SELECT COLUMN, at, source, debt_id, talked FROM campaign_past WHERE COLUMN IN (MARKS) AND at >= ? ORDER BY 2`)
	args := append(append([]any{}, of...), since)
	args = append(append(args, of...), since)
	_, err := db.Select(ctx, from, func(s db.Scanner) (struct{}, error) {
		var key string
		var at int64
		var past rules.Past
		var talked int
		err := s.Scan(&key, &at, &past.Campaign, &past.DebtID, &talked)
		past.At, past.Talked = db.Time(at), talked == 1
		into[key] = append(into[key], past)
		return struct{}{}, err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read past attempts: %w", err)
	}
	return into, nil
}

// facts are what the rules decide one person by.
func (k *known) facts(x *personRow, now time.Time) rules.Facts {
	f := rules.Facts{
		Now: now, Phone: x.Phone, Zones: x.Zones, ZoneFrom: x.ZoneFrom, Consent: x.Consent, DebtID: x.DebtID,
		NotBefore: x.NotBefore, NotAfter: x.NotAfter, OnLists: k.onLists(x), OptedOut: k.optedOut[x.Phone],
		Paid: x.paid || k.settled[x.DebtID], Skipped: x.skipped, NextAt: x.retry,
	}
	if !x.retry.IsZero() {
		f.RetryText = x.Text
	}
	f.Past = append(f.Past, k.past[x.Phone]...)
	for _, p := range k.debts[x.DebtID] {
		if !holds(f.Past, p) {
			f.Past = append(f.Past, p)
		}
	}
	return f
}

// onLists are the lists that hold a person, by number, id or debt.
func (k *known) onLists(x *personRow) []string {
	var out []string
	for _, who := range []string{x.Phone, kept(x.ID), kept(x.DebtID)} {
		for _, l := range k.lists[who] {
			if !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}

// holds tells whether an attempt for a debt is among those to the number already.
func holds(all []rules.Past, p rules.Past) bool {
	for _, x := range all {
		if x.At.Equal(p.At) && x.Campaign == p.Campaign && x.DebtID == p.DebtID {
			return true
		}
	}
	return false
}

// settle notes in a person's row what the rules say where they do not allow a call: not now, or not at all.
func (x *personRow) settle(d rules.Decision, now time.Time) {
	text := failedText(d)
	if d.Next.IsZero() {
		x.done("", d.Reason, text)
		return
	}
	next := d.Next
	if !next.After(now) { // it is not allowed now, so it cannot be due now
		next = now.Add(time.Minute)
	}
	was := x.Text
	x.open(next, d.Reason, text)
	if !x.retry.IsZero() && was != "" { // which try it is stays what there is to say
		x.Text = was
	}
}

// ruleOf is which rule says a reason, where it is not of the same name.
var ruleOf = map[rules.Reason]string{
	rules.OptedOut: rules.RuleDoNotCall, rules.OnDNC: rules.RuleDoNotCall, rules.NoConsent: rules.RuleConsent,
	rules.ZoneUnclear: rules.RuleTimeZone, rules.Expired: rules.RuleDates, rules.NotYet: rules.RuleDates, rules.RetryWait: rules.RuleRetry,
	rules.Frequency: rules.RuleFrequency, rules.WeekCap: rules.RuleLimits, rules.DayCap: rules.RuleLimits, rules.OutsideHours: rules.RuleHours,
}

// failedText is what the rule says that stands in the way.
func failedText(d rules.Decision) string {
	text := string(d.Reason)
	for _, check := range d.Checks {
		if check.Passed {
			continue
		}
		if check.Rule == ruleOf[d.Reason.Kind()] {
			return check.Text
		}
		if text == string(d.Reason) {
			text = check.Text
		}
	}
	return text
}
