package ivr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/sessions"
	"github.com/paydial/paydial/twilio"
	"github.com/paydial/paydial/twiml"
)

// Campaigns is what a call of a campaign begins and ends with. *campaigns.Campaigns is one.
type Campaigns interface {
	Arrive(ctx context.Context, ref campaigns.Ref, callSID, answeredBy string) (campaigns.Arrival, error)
	Ended(ctx context.Context, ref campaigns.Ref, end campaigns.CallEnd) error
	OptOut(ctx context.Context, ref campaigns.Ref) error
}

// firstWords is how long a person who answers may wait for our first answer before they count as left alone.
// Source: 47 CFR 64.1200(a)(7), 16 CFR 310.4(b)(4).
const firstWords = 2 * time.Second

// outbound is what a call of a campaign carries from turn to turn.
type outbound struct {
	campaigns.Ref
	AnsweredBy string `json:"by,omitempty"` // Twilio's word
	Slow       bool   `json:"slow,omitempty"`
	Asked      bool   `json:"asked,omitempty"`    // they asked for a person, and how that went is not known yet
	Unserved   bool   `json:"unserved,omitempty"` // they asked for a person, and nobody took the call
}

// errMachine says that a machine answered and no message is left.
var errMachine = errors.New("a machine answered, and the campaign leaves no message")

// arriving is a call of a campaign at its turn 0: the flow is the campaign's, and it knows the person. It reports false for
// any other call.
func (s *Server) arriving(ctx context.Context, r *run, req *Request) (flows.CallFacts, bool, error) {
	ref, ok := campaigns.RefOf(req.Query)
	if !ok || s.Campaigns == nil {
		return flows.CallFacts{}, false, nil
	}
	a, err := s.Campaigns.Arrive(ctx, ref, r.call, req.Call.AnsweredBy)
	if errors.Is(err, campaigns.ErrNotFound) {
		s.Log.Error("a call of a campaign or a person that nobody knows", "call", r.call, "campaign", ref.Campaign, "row", ref.Row)
		return flows.CallFacts{}, true, errNoFlow
	}
	if err != nil {
		return flows.CallFacts{}, true, err
	}
	if a.Late {
		s.flag(ctx, req, "campaign_late_call", "a call of a campaign was answered after its attempt had been given up")
	}
	if a.HangUp {
		return flows.CallFacts{}, true, errMachine
	}
	if r.flow = r.project.Flows[a.Flow]; r.flow == nil {
		s.Log.Error("the flow of a campaign is not in the project", "campaign", ref.Campaign, "flow", a.Flow)
		return flows.CallFacts{}, true, errNoFlow
	}
	r.place.Outbound = &outbound{Ref: ref, AnsweredBy: req.Call.AnsweredBy}
	r.kept.Campaign, r.kept.Contact = ref.Campaign, a.ID
	return flows.CallFacts{AnsweredBy: a.AnsweredBy, Contact: a.Contact, Campaign: a.Campaign}, true, nil
}

// hangUp is the answer to a call that nobody is to hear.
func hangUp() []byte { return document(&twiml.Hangup{}) }

// campaignQuery is what an address carries of a call's campaign, beginning with before; "" for any other call.
func campaignQuery(req *Request, before string) string {
	ref, ok := campaigns.RefOf(req.Query)
	if !ok {
		return ""
	}
	return before + ref.Query().Encode()
}

// firstAnswer notes when the first answer of a campaign's call took so long that the person was left alone meanwhile. Where
// it has to be tried again, nothing was said the first time.
func (s *Server) firstAnswer(r *run, req *Request) {
	if r.turn == 0 && r.place.Outbound != nil && (req.tries() > 0 || s.Now().Sub(req.Came) > firstWords) {
		r.place.Outbound.Slow = true
	}
}

// asked notes that the person of a campaign's call asked for somebody.
func (r *run) asked() {
	if r.place.Outbound != nil {
		r.place.Outbound.Asked = true
	}
}

// served notes whether somebody took the call of a person who had asked for one.
func (r *run) served(req *Request) {
	if r.place.Outbound != nil && (req.Form.Has("DialCallStatus") || req.Form.Has("QueueResult")) {
		r.place.Outbound.Asked, r.place.Outbound.Unserved = false, dialEnding(req.Form) != "ended"
	}
}

// abandoned tells whether the person of a call that is over was left alone. Who hung up while they were with somebody, or
// waited for somebody, may have been served: where Twilio has not told yet, its legs are looked at. A queue has none.
func (o *outbound) abandoned(ctx context.Context, client *twilio.Client, call string) (bool, error) {
	if o.Slow || o.Unserved || !o.Asked {
		return o.Slow || o.Unserved, nil
	}
	legs, err := client.ListCalls(ctx, twilio.CallFilter{ParentCallSID: call, PageSize: 20, Limit: 20})
	if err != nil {
		return false, fmt.Errorf("look whom a call of a campaign reached: %w", err)
	}
	served := slices.ContainsFunc(legs, func(leg twilio.Call) bool { return leg.Status == "in-progress" || leg.Status == "completed" })
	return len(legs) > 0 && !served, nil
}

// optedOut notes at once that the person of a campaign's call has opted out. The do-not-call list has them already.
func (s *Server) optedOut(ctx context.Context, r *run) error {
	if r.place.Outbound == nil || s.Campaigns == nil {
		return nil
	}
	return s.Campaigns.OptOut(ctx, r.place.Outbound.Ref)
}

// campaignEnded tells a campaign how its call ended. A call of no campaign is nobody's matter. place and info are what is
// known of the call; info is nil where no flow was begun on it.
func (s *Server) campaignEnded(ctx context.Context, req *Request, p *place, info *sessions.Info) error {
	if s.Campaigns == nil {
		return nil
	}
	ref, ok := campaigns.RefOf(req.Query)
	if !ok && p != nil && p.Outbound != nil {
		ref, ok = p.Outbound.Ref, true
	}
	if !ok {
		return nil
	}
	end := campaigns.CallEnd{SID: req.Call.SID, Status: req.Call.CallStatus, AnsweredBy: req.Form.Get("AnsweredBy"), NoFlow: true}
	end.Seconds, _ = strconv.Atoi(req.Form.Get("CallDuration"))
	if info != nil && p != nil && p.Outbound != nil {
		var err error
		if end, err = s.endOf(ctx, end, p, info); err != nil {
			return err
		}
	}
	err := s.Campaigns.Ended(ctx, ref, end)
	if errors.Is(err, campaigns.ErrNotFound) {
		s.Log.Warn("the end of an attempt that nobody knows", "call", req.Call.SID, "campaign", ref.Campaign, "row", ref.Row)
		return nil
	}
	return err
}

// endOf adds what the call itself knows to how it ended.
func (s *Server) endOf(ctx context.Context, end campaigns.CallEnd, p *place, info *sessions.Info) (_ campaigns.CallEnd, err error) {
	o := p.Outbound
	end.NoFlow, end.Outcome = false, info.Outcome
	end.Abandoned, err = o.abandoned(ctx, s.Twilio, end.SID)
	if end.AnsweredBy == "" {
		end.AnsweredBy = o.AnsweredBy
	}
	return end, err
}

// CampaignEnd is how a call's flow came out, for a campaign that was not told of the call's end. It reports false for a call
// that is not known, or is no campaign's. An error is the store's, or Twilio's.
func CampaignEnd(ctx context.Context, store *sessions.Store, client *twilio.Client, call string) (campaigns.CallEnd, bool, error) {
	kept, err := store.Get(ctx, call)
	if errors.Is(err, sessions.ErrUnknownCall) {
		return campaigns.CallEnd{}, false, nil
	}
	if err != nil || kept.Campaign == "" {
		return campaigns.CallEnd{}, false, err
	}
	end := campaigns.CallEnd{SID: call, Outcome: kept.Outcome}
	var p place
	if json.Unmarshal(kept.State, &p) == nil && p.Outbound != nil {
		end.Abandoned, err = p.Outbound.abandoned(ctx, client, call)
	}
	return end, true, err
}
