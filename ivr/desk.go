package ivr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/sessions"
	"github.com/paydial/paydial/twilio"
	"github.com/paydial/paydial/twiml"
)

// askParam carries the number of the ask that a callback of an agent-assisted payment belongs to.
const askParam = "ask"

// paymentStatus takes a callback of an agent-assisted payment. What could not be kept is answered 503, so that Twilio
// sends it again, as its URL asks for.
func (s *Server) paymentStatus(c *gin.Context) {
	req := requestOf(c)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), turnBudget)
	defer cancel()
	id := c.Param("id")
	st, err := twilio.ParsePaymentStatus(req.Form)
	if err != nil {
		s.Log.Warn("payment status", "call", req.Call.SID, "payment", id, "error", err)
		c.Status(http.StatusNoContent)
		return
	}
	ask, _ := strconv.Atoi(req.Query.Get(askParam)) // 0 without
	err = s.Desk.Hear(ctx, id, ask, st)
	switch {
	case err == nil:
	case errors.Is(err, payments.ErrForeign):
		s.flag(ctx, req, "payment_foreign", "a callback came for a payment that is not its own")
	case errors.Is(err, payments.ErrNoAssisted), errors.Is(err, payments.ErrNotFound):
		s.Log.Warn("payment status of an unknown payment", "call", req.Call.SID, "payment", id)
	default:
		s.Log.Error("payment status", "call", req.Call.SID, "payment", id, "error", err)
		c.Status(http.StatusServiceUnavailable)
		return
	}
	c.Status(http.StatusNoContent)
}

// offer puts a call that goes to an agent on the desks, with what the flow would take now.
func (s *Server) offer(ctx context.Context, r *run, stop *flows.DialStop) error {
	r.place.Desk = stop.AgentMayTake
	if !stop.AgentMayTake {
		return nil
	}
	st := r.place.Flow
	h := payments.Handover{
		Call: r.call, From: r.kept.From, To: r.kept.To, Flow: r.flow.Name, Scene: cameFrom(st.Scenes), Team: stop.Team,
		Language: st.Language, At: s.Now(), AgentSees: []payments.Seen{}, Outbound: strings.HasPrefix(st.Call.Direction, "outbound"),
	}
	for _, x := range stop.AgentSees {
		h.AgentSees = append(h.AgentSees, payments.Seen{Name: x.Name, Value: x.Value})
	}
	if pay, limit, ok := r.flow.Offer(st, s.Now()); ok {
		h.Offer = offerOf(pay, limit)
	}
	return s.Desk.Offer(ctx, h)
}

// cameFrom is the scene that a call was in before the one it is in now.
func cameFrom(scenes []string) string {
	if len(scenes) < 2 {
		return ""
	}
	return scenes[len(scenes)-2]
}

// offerOf is a pay step in the ledger's words.
func offerOf(p *flows.PayStop, limit flows.Money) *payments.Offer {
	o := &payments.Offer{
		Step: p.Step, Intent: payments.Charge, Amount: payments.Amount{Minor: p.Amount.Minor, Currency: p.Amount.Currency},
		Reference: p.Reference, Connector: p.Connector, Method: p.Method, BankAccount: p.BankAccount, TokenType: p.TokenType,
		Cards: p.Cards, AskCode: p.AskCode, AskPostal: p.AskPostal, PostalCode: p.PostalCode, PostalMin: p.PostalMin,
		OnceKey: p.OncePer,
	}
	if p.Amount.Minor == 0 {
		o.Intent = payments.Save
	}
	if limit.Minor > 0 {
		o.Limit = payments.Amount{Minor: limit.Minor, Currency: limit.Currency}
	}
	for _, x := range p.Extra {
		if o.Parameters == nil {
			o.Parameters = map[string]string{}
		}
		o.Parameters[x.Name] = x.Value
	}
	return o
}

// onDetour tells whether the end of a dial is only the caller's way to the keypad: the agent has sent them there, and
// they come back. The flow does not hear of it.
func (s *Server) onDetour(ctx context.Context, req *Request) (bool, error) {
	if !req.Form.Has("DialCallStatus") || ended(req.Call.CallStatus) {
		return false, nil
	}
	return s.Desk.OnDetour(ctx, req.Call.SID)
}

// deskPay lets a caller pay by keypad whom the agent has sent here, with the words of the flow's own pay step.
func (s *Server) deskPay(c *gin.Context) {
	req := requestOf(c)
	id := c.Param("id")
	doc, err := s.drawDeskPay(c.Request.Context(), req, id)
	if err != nil {
		s.Log.Error("keypad payment of the desk", "call", req.Call.SID, "payment", id, "error", err)
		if !errors.Is(err, errNotUnderWay) && !errors.Is(err, payments.ErrStage) {
			s.keepResult(c.Request.Context(), req, id, twilio.PayResult{Result: "validation-error"})
		}
		doc = s.backToAgent(c.Request.Context(), req)
	}
	c.Data(http.StatusOK, "text/xml; charset=utf-8", doc)
}

// errNotUnderWay is a payment that is over, or another call's: nothing that happens here is its result.
var errNotUnderWay = errors.New("the payment is not under way on this call")

func (s *Server) drawDeskPay(ctx context.Context, req *Request, id string) ([]byte, error) {
	p, err := s.Ledger.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if p.Call != req.Call.SID || p.State != payments.Started {
		return nil, fmt.Errorf("payment %s: %w", id, errNotUnderWay)
	}
	r, err := s.reading(ctx, req.Call.SID)
	if err != nil {
		return nil, err
	}
	stop, _, ok := r.flow.Offer(r.place.Flow, s.Now())
	if !ok {
		return nil, fmt.Errorf("flow %s has no pay step that could be taken now", r.flow.Name)
	}
	stop.Amount = flows.Money{Minor: p.Amount.Minor, Currency: p.Amount.Currency}
	stop.Reference = p.Reference
	d := drawing{next: "/voice/desk/" + id + "/done", payment: id, voices: r.project.Voices, flow: r.flow.Name}
	pay, err := d.pay(stop)
	if err != nil {
		return nil, err
	}
	raw, err := (&twiml.Response{Verbs: []twiml.Verb{pay}}).Bytes()
	if err != nil {
		return nil, err
	}
	return raw, s.Desk.Arrived(ctx, id)
}

// reading is a call's place, only to be looked at.
func (s *Server) reading(ctx context.Context, call string) (*run, error) {
	kept, err := s.Sessions.Get(ctx, call)
	if err != nil {
		return nil, err
	}
	r := &run{call: call, kept: kept.Info}
	if r.project, err = s.Projects.Find(ctx, kept.Bundle); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(kept.State, &r.place); err != nil {
		return nil, fmt.Errorf("decode place of call %s: %w", call, err)
	}
	if r.flow = r.project.Flows[r.place.Flow.Flow]; r.flow == nil {
		return nil, fmt.Errorf("flow %q is not in version %.8s", r.place.Flow.Flow, kept.Bundle)
	}
	return r, nil
}

// deskPaid takes the result of such a payment, and leads the caller back to the agent.
func (s *Server) deskPaid(c *gin.Context) {
	req := requestOf(c)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), turnBudget)
	defer cancel()
	if p, err := s.Ledger.Get(ctx, c.Param("id")); err == nil && p.Call != req.Call.SID {
		s.flag(ctx, req, "payment_foreign", "a result came for a payment of another call")
		c.Status(http.StatusForbidden)
		return
	}
	res, err := twilio.ParsePayResult(req.Form)
	if err != nil {
		s.Log.Error("result of a keypad payment of the desk", "call", req.Call.SID, "error", err)
	}
	s.keepResult(ctx, req, c.Param("id"), res)
	c.Data(http.StatusOK, "text/xml; charset=utf-8", s.backToAgent(ctx, req))
}

// keepResult writes down how a keypad payment ended.
func (s *Server) keepResult(ctx context.Context, req *Request, id string, res twilio.PayResult) {
	_, err := retry(ctx, func() (struct{}, error) {
		return struct{}{}, s.Desk.HearResult(ctx, id, "", res)
	})
	if err != nil { // the ledger's sweep will make it unknown, and somebody looks
		s.Log.Error("keep result of a keypad payment", "call", req.Call.SID, "payment", id, "error", err)
	}
}

// backToAgent plays the call's last answer again, which rings the agent: the flow has not moved.
func (s *Server) backToAgent(ctx context.Context, req *Request) []byte {
	if err := s.Desk.Back(ctx, req.Call.SID); err != nil {
		s.Log.Error("back from the keypad", "call", req.Call.SID, "error", err)
	}
	kept, err := s.Sessions.Get(ctx, req.Call.SID)
	if err != nil || kept.Turn == 0 {
		return closing(lostPlace)
	}
	return redirect(turnPath(kept.Turn-1, ""))
}

// deskResult tells the flow what an agent took while the caller was with them: payment.* means it from here on.
func (s *Server) deskResult(ctx context.Context, r *run, kind flows.InputKind) error {
	if !r.place.Desk || kind != flows.InputDial && kind != flows.InputHungUp {
		return nil
	}
	r.place.Desk = false
	if err := s.Desk.Withdraw(ctx, r.call); err != nil {
		return err
	}
	page, err := s.Ledger.List(ctx, payments.Query{Filter: payments.Filter{Call: r.call}, Limit: 20})
	if err != nil {
		return err
	}
	for _, p := range page.Payments {
		if p.Source != payments.SourceDesk || p.State == payments.Cancelled || p.State == payments.Started {
			continue
		}
		st := &r.place.Flow
		st.Payment = paymentFacts(p, string(p.State))
		if p.State.Succeeded() && (st.Outcome == "" || kind == flows.InputHungUp) {
			st.Outcome = string(p.State)
		}
		return nil
	}
	return nil
}

// TellDesk adds what happens at the desk to the call's feed: every line of the desk's own log, once.
func TellDesk(store *sessions.Store, log *slog.Logger) func(context.Context, payments.Assisted) {
	return func(ctx context.Context, a payments.Assisted) {
		n := len(a.Log)
		if n == 0 || !a.Log[n-1].At.Equal(a.Updated) {
			return // a key more
		}
		line := a.Log[n-1]
		err := store.Publish(ctx, a.Call, newEvent("desk", line.What, line.Note, map[string]string{
			"payment": a.ID, "state": string(a.Stage), "field": line.Field, "who": line.Who, "amount": a.Amount.Decimal(),
			"currency": a.Amount.Currency, "brand": a.Brand, "last4": a.Last4, "confirmation": a.Confirmation,
		}))
		if err != nil {
			log.Warn("publish event", "call", a.Call, "kind", "desk", "error", err)
		}
	}
}
