package campaigns

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
)

// Arrive takes a call of a campaign whose person has answered, and says what it begins with. It notes which call the attempt
// has. A call that nobody waits for any more, because its attempt was given up, is served all the same as long as the person
// is known: somebody is on the line. An error is ErrNotFound, what is wrong with the campaign's file, or the database's.
func (c *Campaigns) Arrive(ctx context.Context, ref Ref, callSID, answeredBy string) (Arrival, error) {
	var out Arrival
	var row campaignRow
	err := c.cfg.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		out = Arrival{}
		if row, err = find(ctx, tx, ref.Campaign, ""); err != nil {
			return err
		}
		x, err := personOf(ctx, tx, row.num, ref.Row, tx.ForUpdate())
		if err != nil {
			return err
		}
		out = arrivalOf(&row, &x)
		return c.arrived(ctx, tx, &row, &pair{num: row.num, x: x}, &arriving{&out, ref, callSID, answeredBy})
	})
	if err != nil {
		return Arrival{}, fmt.Errorf("take a call of campaign %s: %w", ref.Campaign, err)
	}
	out.AnsweredBy = answeredBy
	if p, _ := c.plan(&row); p != nil && p.campaign != nil {
		m := p.campaign.Machine
		who := answeredAs(answeredBy, m)
		out.HangUp = who != answerHuman && m.Detect != flows.DetectOff && m.Then == flows.HangUpMachine
		if answeredBy == "unknown" || answeredBy == "" {
			out.AnsweredBy = map[string]string{answerHuman: "human", answerMachine: "machine_start"}[who]
		}
	}
	return out, nil
}

// arriving is a call that has come.
type arriving struct {
	*Arrival
	ref             Ref
	sid, answeredBy string
}

// arrived notes that the call of an attempt was answered.
func (c *Campaigns) arrived(ctx context.Context, tx *db.Tx, r *campaignRow, p *pair, out *arriving) (err error) {
	a, ref := &p.a, out.ref
	*a, err = attemptOf(ctx, tx, key{r.num, ref.Row, ref.Attempt}, tx.ForUpdate())
	switch {
	case errors.Is(err, ErrNotFound):
		out.Late = true
	case err != nil:
		return err
	default:
		out.Late = a.State == AttemptLost || a.State == AttemptEnded || p.x.Attempts != a.N
		if a.AnsweredBy == "" {
			a.AnsweredBy = out.answeredBy
		}
		err := c.bind(ctx, tx, p, out.sid, c.now().Add(c.cfg.LookAgain))
		if errors.Is(err, errOther) {
			out.Late = true
			c.cfg.Log.ErrorContext(ctx, "campaign: a second call of one attempt", "campaign", r.Name, "row", ref.Row, "attempt", ref.Attempt, "call", out.sid, "other", a.CallSID)
			err = nil
		} else if err == nil && out.answeredBy != "" {
			err = keepAttempt(ctx, tx, r.num, a)
		}
		if err != nil {
			return err
		}
	}
	if !out.Late {
		return nil
	}
	return c.noted(ctx, tx, r.num, Change{What: "late_call", Row: ref.Row, Note: fmt.Sprintf("call %s of attempt %d came after it was given up, and was served", out.sid, ref.Attempt)})
}

// arrivalOf is what a flow knows of a person and their campaign.
func arrivalOf(r *campaignRow, x *personRow) Arrival {
	contact := make(map[string]flows.Value, len(x.Values)+4)
	for name, text := range map[string]string{"id": x.ID, "phone": x.Phone, "language": x.Language, "debt_id": x.DebtID} {
		if text != "" {
			contact[name] = flows.TextValue(text)
		}
	}
	maps.Copy(contact, x.Values)
	return Arrival{Flow: r.Flow, ID: x.ID, Contact: contact, Campaign: map[string]flows.Value{
		"name": flows.TextValue(r.Name), "id": flows.TextValue(r.ID), "about": flows.TextValue(r.About), "kind": flows.TextValue(r.Kind),
	}}
}
