package ivr

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/sessions"
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

// firstAnswer notes when the first answer of a campaign's call took so long that the person was left alone meanwhile.
func (s *Server) firstAnswer(r *run, began time.Time) {
	if r.turn == 0 && r.place.Outbound != nil && s.Now().Sub(began) > firstWords {
		r.place.Outbound.Slow = true
	}
}

// served notes whether somebody took the call of a person who had asked for one.
func (r *run) served(ending string) {
	if r.place.Outbound != nil {
		r.place.Outbound.Unserved = ending != "ended"
	}
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
		end = endOf(end, p, info)
	}
	err := s.Campaigns.Ended(ctx, ref, end)
	if errors.Is(err, campaigns.ErrNotFound) {
		s.Log.Warn("the end of an attempt that nobody knows", "call", req.Call.SID, "campaign", ref.Campaign, "row", ref.Row)
		return nil
	}
	return err
}

// endOf adds what the call itself knows to how it ended.
func endOf(end campaigns.CallEnd, p *place, info *sessions.Info) campaigns.CallEnd {
	o := p.Outbound
	end.NoFlow, end.Outcome = false, info.Outcome
	end.Abandoned = o.Slow || o.Unserved
	if end.AnsweredBy == "" {
		end.AnsweredBy = o.AnsweredBy
	}
	return end
}

// CampaignEnd is how a call's flow came out, for a campaign that was not told of the call's end. It reports false for a call
// that is not known, or is no campaign's. An error is the store's.
func CampaignEnd(ctx context.Context, store *sessions.Store, call string) (campaigns.CallEnd, bool, error) {
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
		end.Abandoned = p.Outbound.Slow || p.Outbound.Unserved
	}
	return end, true, nil
}
