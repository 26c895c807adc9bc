package ivr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/sessions"
	"github.com/paydial/paydial/twilio"
)

// maxFallbacks is how often one call may come back through the fallback URL before it is ended with an apology.
const maxFallbacks = 3

// accept takes a callback that this version only acknowledges.
func (s *Server) accept(c *gin.Context) { c.Status(http.StatusNoContent) }

// status takes a call's status. The end of a call that has not said so itself (the caller hung up while nothing
// was waited for) ends its flow.
func (s *Server) status(c *gin.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), turnBudget)
	defer cancel()
	req := requestOf(c)
	if !ended(req.Call.CallStatus) {
		c.Status(http.StatusNoContent)
		return
	}
	err := s.Desk.CallEnded(ctx, req.Call.SID)
	if err == nil && s.Recordings != nil {
		err = s.Recordings.CallEnded(ctx, req.Call.SID)
	}
	if err == nil {
		err = s.endCall(ctx, req)
	}
	if err != nil {
		s.Log.Error("end call", "call", req.Call.SID, "error", err)
		c.Status(http.StatusServiceUnavailable) // Twilio repeats it where asked to
		return
	}
	c.Status(http.StatusNoContent)
}

// endCall brings a call's flow to its end, once.
func (s *Server) endCall(ctx context.Context, req *Request) error {
	begun, err := s.begin(ctx, req, sessions.Current)
	if err != nil {
		return err
	}
	if begun.Verdict != sessions.Run {
		if begun.Verdict == sessions.Busy {
			return fmt.Errorf("call %s is busy with a turn", req.Call.SID)
		}
		return s.campaignEnded(ctx, req, nil, nil) // a call that never reached a flow, or is long gone
	}
	if begun.Session.Fresh() && campaignQuery(req, "?") != "" { // its first turn was never answered
		_ = s.Sessions.Release(context.WithoutCancel(ctx), begun.Lease)
		return s.campaignEnded(ctx, req, nil, nil)
	}
	r := newRun(begun, req)
	err = s.endRun(ctx, req, begun, r)
	if err != nil {
		_ = s.Sessions.Release(context.WithoutCancel(ctx), begun.Lease) // else it ends by itself
		return err
	}
	return s.campaignEnded(ctx, req, &r.place, &r.kept)
}

// endRun plays the hang-up, or only notes the end if the flow has come to it by itself. A payment that is still
// open stays open: its own result is on the way, and if it never comes the sweep makes it unknown.
func (s *Server) endRun(ctx context.Context, req *Request, begun sessions.Begun, r *run) error {
	if err := s.resume(ctx, r, begun, req); err != nil {
		return err
	}
	if !r.place.Flow.Ended && r.place.Payment == "" {
		if err := s.play(ctx, r, flows.Input{Kind: flows.InputHungUp, Now: s.Now()}); err != nil {
			return err
		}
	}
	if r.place.Payment == "" {
		if err := s.finish(ctx, r); err != nil {
			return err
		}
	}
	info := r.info(s.Now())
	info.Status = req.Call.CallStatus
	r.kept = info
	r.event("call", "ended", info.Outcome, map[string]string{"status": info.Status})
	return s.Sessions.Commit(ctx, begun.Lease, sessions.Commit{
		State: mustJSON(r.place), Info: info, Events: r.events, KeepTurn: true,
	})
}

// payStatus takes progress inside <Pay>: masked values only. It can note them, and never closes a payment.
func (s *Server) payStatus(c *gin.Context) {
	req := requestOf(c)
	c.Status(http.StatusNoContent)
	st, err := twilio.ParsePayStatus(req.Form)
	if err != nil {
		s.Log.Warn("pay status", "call", req.Call.SID, "error", err)
		return
	}
	ctx := c.Request.Context()
	id := req.Query.Get(paymentParam)
	err = s.Ledger.Progress(ctx, id, payments.Progress{Brand: st.PaymentCardType, Last4: last4(st.PaymentCardNumber)})
	if err != nil {
		s.Log.Warn("note payment progress", "call", req.Call.SID, "payment", id, "error", err)
	}
	if err := s.Desk.HearKeypad(ctx, id, st); err != nil && !errors.Is(err, payments.ErrNoAssisted) {
		s.Log.Warn("note keypad progress at the desk", "call", req.Call.SID, "payment", id, "error", err)
	}
	s.publish(ctx, req.Call.SID, newEvent("pay", st.For, st.ErrorType, map[string]string{
		"payment": id, "card": st.PaymentCardNumber, "brand": st.PaymentCardType, "attempt": fmt.Sprint(st.Attempt),
	}))
}

// fallback answers when Twilio could not use our answer to a turn: the last answer that it could use is played
// again, a few times.
func (s *Server) fallback(c *gin.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), turnBudget)
	defer cancel()
	req := requestOf(c)
	s.Log.Error("twilio used the fallback url", "call", req.Call.SID,
		"code", req.Form.Get("ErrorCode"), "url", req.Form.Get("ErrorUrl"))
	if err := s.Desk.Back(ctx, req.Call.SID); err != nil { // the answer played again may ring the agent
		s.Log.Error("back from the keypad", "call", req.Call.SID, "error", err)
	}
	doc := closing(lostPlace)
	if n, again := s.countFallback(ctx, req); again {
		path := turnPath(n-1, "")
		if n == 0 {
			path = "/voice" + campaignQuery(req, "?")
		}
		doc = redirect(path)
	}
	c.Data(http.StatusOK, "text/xml; charset=utf-8", doc)
}

// countFallback tells which turn the call expects, and whether it is worth another try.
func (s *Server) countFallback(ctx context.Context, req *Request) (turn int, again bool) {
	begun, err := s.begin(ctx, req, sessions.Current)
	if err != nil || begun.Verdict != sessions.Run {
		return 0, false
	}
	var p place
	if json.Unmarshal(begun.Session.State, &p) != nil {
		s.Sessions.Release(ctx, begun.Lease)
		return 0, false
	}
	p.Fallbacks++
	err = s.Sessions.Commit(ctx, begun.Lease, sessions.Commit{
		State: mustJSON(p), Info: begun.Session.Info, KeepTurn: true,
		Events: []sessions.Event{newEvent("fallback", req.Form.Get("ErrorCode"), "", nil)},
	})
	return begun.Session.Turn, err == nil && p.Fallbacks <= maxFallbacks
}

// flagCard notes that a webhook brought digits that look like a card number. The digits themselves are gone.
func (s *Server) flagCard(ctx context.Context, req *Request) {
	s.flag(ctx, req, "card_digits_dropped", "digits that look like a card number came outside of Pay, in "+req.DroppedFrom+", and were dropped")
}

// flag counts and tells something that a person should look at.
func (s *Server) flag(ctx context.Context, req *Request, name, text string) {
	s.Log.Warn(text, "call", req.Call.SID, "flag", name)
	if err := s.Sessions.Count(ctx, name, 1); err != nil {
		s.Log.Warn("count "+name, "error", err)
	}
	s.publish(ctx, req.Call.SID, newEvent("flag", name, text, nil))
}

// publish adds one event to a call's feed outside of a turn.
func (s *Server) publish(ctx context.Context, call string, e sessions.Event) {
	if err := s.Sessions.Publish(ctx, call, e); err != nil {
		s.Log.Warn("publish event", "call", call, "kind", e.Kind, "error", err)
	}
}
