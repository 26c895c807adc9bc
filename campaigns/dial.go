package campaigns

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/paydial/paydial/campaigns/pace"
	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/twilio"
)

const (
	// sendTime is how much time there must be left of a grant for a call to be created under it.
	sendTime = 2 * time.Second
	// claimHolds is how old a claim may be when its call is made: hours may have ended since, or the campaign been paused.
	claimHolds = 3 * time.Second
	// unsent is how long a person waits when nothing could be sent to Twilio.
	unsent = 5 * time.Second
	// noteTries is how often it is tried to note what Twilio answered, before it is left to whoever finds the attempt.
	noteTries = 5
	noteWait  = 200 * time.Millisecond
)

// accountCodes are Twilio's codes that speak of the account or of the campaign, and not of the number that was to be rung:
// the next call would be refused as this one. Sources: https://www.twilio.com/docs/api/errors.
var accountCodes = []int{
	10001, twilio.CodeAccountConcurrency, twilio.CodeUnauthorized, 20005, 20006, 20008, 20403, 21205, 21208, 21209, 21210, 21212, 21213,
	21218, 21234, 21262, 21263,
}

// refKey names an attempt among a campaign's live calls.
func refKey(row int64, n int) string { return strconv.FormatInt(row, 10) + ":" + strconv.Itoa(n) }

// dial makes the call of a claimed attempt. The claim and what allowed it are in the row already, so whatever happens to
// this process, somebody finds out what became of the call.
func (c *Campaigns) dial(ctx context.Context, p *plan, k *claimed, g *pace.Grant) error {
	ctx = context.WithoutCancel(ctx)
	// By the clock too: a machine that slept since the claim counts the time of its grant only while it was awake.
	if time.Until(g.Until) < sendTime || c.now().Sub(k.attempt.Claimed) > claimHolds {
		_ = g.Back(ctx)
		return c.unclaim(ctx, k, c.now(), "there was no time left to make the call")
	}
	limit, cancel := context.WithDeadline(ctx, g.Until)
	call, err := c.cfg.Twilio.CreateCall(limit, c.newCall(p, k))
	cancel()
	if notSent(err) {
		_ = g.Back(ctx)
	} else if doneErr := g.Done(ctx); doneErr != nil {
		c.cfg.Log.WarnContext(ctx, "campaign: the pace was not told of a call; it counts a while longer", "campaign", k.name, "error", doneErr)
	}
	if err == nil {
		return c.noteDialed(ctx, p, k, call.SID)
	}
	return c.notDialed(ctx, k, err)
}

// newCall is what is asked of Twilio. Our name of the attempt rides in every address.
func (c *Campaigns) newCall(p *plan, k *claimed) twilio.NewCall {
	q := Ref{Campaign: k.name, Row: k.attempt.Row, Attempt: k.attempt.N}.Query().Encode()
	n := twilio.NewCall{
		To: k.attempt.Phone, From: k.attempt.From, URL: c.cfg.PublicURL + "/voice?" + q, FallbackURL: c.cfg.PublicURL + "/voice/fallback?" + q,
		StatusCallback: c.cfg.PublicURL + "/voice/status?" + q, StatusCallbackEvents: []string{"completed"},
		Timeout: int(p.campaign.RingFor / time.Second),
	}
	switch p.campaign.Machine.Detect {
	case flows.DetectFast:
		n.MachineDetection = "Enable"
	case flows.DetectBeep:
		n.MachineDetection = "DetectMessageEnd"
	}
	return n
}

// The parameters by which an attempt is named in an address.
const (
	paramCampaign = "campaign"
	paramRow      = "row"
	paramAttempt  = "attempt"
)

// Query is how an attempt is named in an address.
func (r Ref) Query() url.Values {
	return url.Values{paramCampaign: {r.Campaign}, paramRow: {strconv.FormatInt(r.Row, 10)}, paramAttempt: {strconv.Itoa(r.Attempt)}}
}

// RefOf reads which attempt an address names, and tells whether it names one.
func RefOf(q url.Values) (Ref, bool) {
	row, rowErr := strconv.ParseInt(q.Get(paramRow), 10, 64)
	n, err := strconv.Atoi(q.Get(paramAttempt))
	ref := Ref{Campaign: q.Get(paramCampaign), Row: row, Attempt: n}
	return ref, ref.Campaign != "" && rowErr == nil && err == nil && row > 0 && n > 0
}

// notSent tells whether an error says that nothing has left this machine: there was no connection.
func notSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// notDialed does what is to be done when Twilio made no call, or did not say whether it did.
func (c *Campaigns) notDialed(ctx context.Context, k *claimed, err error) error {
	if notSent(err) {
		c.cfg.Log.WarnContext(ctx, "campaign: Twilio could not be reached", "campaign", k.name, "error", err)
		return c.unclaim(ctx, k, c.now().Add(unsent), "Twilio could not be reached")
	}
	var e *twilio.Error
	switch {
	case !errors.As(err, &e) || e.Unclear():
		// There may be a call. The claim lapses, and then Twilio is asked.
		c.cfg.Log.WarnContext(ctx, "campaign: it is not known whether there is a call; Twilio will be asked", "campaign", k.name,
			"row", k.attempt.Row, "attempt", k.attempt.N, "error", err)
		return nil
	case e.NotProcessed():
		wait := max(e.RetryAfter, time.Second) + rand.N(time.Second)
		if err := c.pace.Rest(ctx, wait); err != nil {
			c.cfg.Log.WarnContext(ctx, "campaign: rest", "error", err)
		}
		return c.withdraw(ctx, k, c.now().Add(wait), "Twilio had too many requests")
	case e.Code == 0 || slices.Contains(accountCodes, e.Code) || e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden || e.Status == http.StatusNotFound:
		if err := c.withdraw(ctx, k, c.now(), "Twilio refused to make calls"); err != nil {
			return err
		}
		return c.pauseItself(ctx, k.name, fmt.Sprintf("Twilio refused to make calls: %d %s", e.Code, db.Clean(e.Message, 200)))
	}
	return c.refusedByTwilio(ctx, k, e)
}

// withdraw takes an attempt back that Twilio has answered, and made no call for: its slot is free, or the person could not be
// rung before the pace is compared with the rows.
func (c *Campaigns) withdraw(ctx context.Context, k *claimed, again time.Time, text string) error {
	err := c.unclaim(ctx, k, again, text)
	c.release(ctx, k.name, k.attempt.Row, k.attempt.N)
	return err
}

// refusedByTwilio ends a person whose number Twilio does not call.
func (c *Campaigns) refusedByTwilio(ctx context.Context, k *claimed, e *twilio.Error) error {
	reason := rules.Reason("twilio_refused:" + strconv.Itoa(e.Code))
	err := c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		p, err := pairOf(ctx, tx, k.key())
		if err != nil {
			return err
		}
		x, a := &p.x, &p.a
		if a.State != AttemptClaimed || a.CallSID != "" {
			return err
		}
		a.State, a.Status, a.Outcome, a.Ended, a.lookAt = AttemptEnded, statusRefused, string(reason), c.now(), time.Time{}
		if err := keepAttempt(ctx, tx, k.num, a); err != nil || x.State != PersonCalling || x.Attempts != a.N {
			return err
		}
		x.done("", reason, "Twilio does not call this number: "+db.Clean(e.Message, 200))
		return keepPerson(ctx, tx, k.num, x)
	})
	if err != nil {
		return fmt.Errorf("note that Twilio refused row %d: %w", k.attempt.Row, err)
	}
	c.release(ctx, k.name, k.attempt.Row, k.attempt.N)
	return nil
}

// noteDialed notes which call Twilio has made. What cannot be noted is found at Twilio when the claim has lapsed.
func (c *Campaigns) noteDialed(ctx context.Context, p *plan, k *claimed, sid string) error {
	for try := 1; ; try++ {
		err := c.bound(ctx, k.key(), sid, p.campaign.RingFor+c.cfg.LookAgain)
		if err == nil || try == noteTries {
			return err
		}
		timer := time.NewTimer(noteWait)
		<-timer.C
	}
}

// release gives a slot back. One that cannot be given back is found by the next comparison with the rows.
func (c *Campaigns) release(ctx context.Context, campaign string, row int64, n int) {
	if c.pace == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := c.pace.Release(ctx, campaign, refKey(row, n)); err != nil {
		c.cfg.Log.WarnContext(ctx, "campaign: the pace was not told that a call is over", "campaign", campaign, "error", err)
	}
}
