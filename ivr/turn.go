package ivr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/sessions"
)

// arrive answers a call's first webhook: turn 0.
func (s *Server) arrive(c *gin.Context) { s.answer(c, 0) }

// turn answers every later one.
func (s *Server) turn(c *gin.Context) {
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil || n < 0 || n > 10_000 {
		c.AbortWithStatus(http.StatusNotFound)
		return
	}
	s.answer(c, n)
}

// answer takes turn n and always answers with TwiML: on trouble the caller is kept on the line and the turn
// is tried again, never dropped.
func (s *Server) answer(c *gin.Context, n int) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), turnBudget)
	defer cancel()
	req := requestOf(c)
	if away, err := s.onDetour(ctx, req); away && err == nil {
		c.Data(http.StatusOK, "text/xml; charset=utf-8", document())
		return
	}
	doc, err := s.takeTurn(ctx, req, n)
	if err != nil {
		s.Log.Error("turn is tried again", "call", req.Call.SID, "turn", n, "tries", req.tries(), "error", err)
		doc = keepAlive(n, req)
	}
	c.Data(http.StatusOK, "text/xml; charset=utf-8", doc)
}

// takeTurn is the whole story of a turn: recall or load it, or replay its answer, let the flow decide, do what it
// asks, draw the answer, commit.
func (s *Server) takeTurn(ctx context.Context, req *Request, n int) ([]byte, error) {
	if recalled, ok := s.Sessions.Recall(req.Call.SID, n); ok {
		doc, err := s.run(ctx, req, recalled)
		if !errors.Is(err, sessions.ErrLeaseLost) {
			return doc, err
		}
	}
	begun, err := s.begin(ctx, req, n)
	if err != nil {
		return nil, err
	}
	if begun.Verdict != sessions.Run {
		return s.settle(ctx, req, n, begun), nil
	}
	doc, err := s.run(ctx, req, begun)
	if errors.Is(err, sessions.ErrLeaseLost) { // another copy of this webhook took over; its answer is the one
		return keepAlive(n, req), nil
	}
	return doc, err
}

// run takes a turn that is ours. Without a commit its lease is given back.
func (s *Server) run(ctx context.Context, req *Request, begun sessions.Begun) (doc []byte, err error) {
	r := newRun(begun, req)
	defer func() {
		if (err != nil || r.flow == nil) && r.lease.Held() {
			_ = s.Sessions.Release(context.WithoutCancel(ctx), r.lease) // else it ends by itself
		}
	}()
	err = s.resume(ctx, r, begun, req)
	if errors.Is(err, errNoFlow) {
		return closing(noService), nil
	}
	if errors.Is(err, errMachine) {
		return hangUp(), nil
	}
	if err != nil {
		return nil, err
	}
	if doc, err = s.decide(ctx, r, req); err != nil {
		return nil, err
	}
	s.firstAnswer(r, req)
	err = s.Sessions.Commit(ctx, r.lease, sessions.Commit{
		State: mustJSON(r.place), Info: r.info(s.Now()), Answer: doc,
		Fingerprint: req.Fingerprint(), Events: r.events, Forget: r.forget,
	})
	if err != nil {
		return nil, fmt.Errorf("commit turn %d: %w", r.turn, err)
	}
	s.logTurn(r)
	return doc, nil
}

// secure leases the turn, before anything is done that cannot be undone.
func (s *Server) secure(ctx context.Context, r *run) (err error) {
	r.lease, err = s.Sessions.Secure(ctx, r.lease)
	return err
}

// decide moves the flow and draws the answer. When that goes wrong the flow's own if_error scene answers; only
// a payment's result that could not be written down is worth trying again as it is.
func (s *Server) decide(ctx context.Context, r *run, req *Request) ([]byte, error) {
	err := s.step(ctx, r, req)
	if errors.Is(err, errResultNotKept) || errors.Is(err, sessions.ErrLeaseLost) {
		return nil, err
	}
	if err == nil {
		var doc []byte
		if doc, err = s.draw(r); err == nil {
			return doc, nil
		}
	}
	s.Log.Error("turn goes to if_error", "call", r.call, "flow", r.flow.Name, "turn", r.turn, "error", err)
	s.unsilence(ctx, r) // a payment that was about to begin does not
	r.speech, r.stop, r.place.Flow.Pending, r.place.Held = nil, nil, nil, nil
	if err := s.play(ctx, r, flows.Input{Kind: flows.InputFailed, Now: s.Now(), Err: err.Error()}); err != nil {
		return nil, err
	}
	return s.draw(r)
}

// step reads the webhook and moves the flow; a call that waits for a slow effect may have to go on waiting.
func (s *Server) step(ctx context.Context, r *run, req *Request) error {
	if r.place.Held != nil && !r.gone {
		return s.payHeld(ctx, r)
	}
	r.place.Held = nil
	if r.place.Flow.Pending != nil {
		in, waiting, err := s.pendingInput(ctx, r)
		if err != nil {
			return err
		}
		if waiting {
			r.stop = &waitStop{}
			return nil
		}
		return s.play(ctx, r, in)
	}
	in, err := s.input(ctx, r, req)
	if err != nil {
		return err
	}
	s.unsilence(ctx, r) // whatever came, <Pay> is over
	return s.play(ctx, r, in)
}

// begin leases turn n, or waits for the copy of it that runs already. It tries again while Redis is away and
// the budget lasts: an answer without the session would lose what the caller keyed.
func (s *Server) begin(ctx context.Context, req *Request, n int) (sessions.Begun, error) {
	return retry(ctx, func() (sessions.Begun, error) {
		wait, cancel := context.WithTimeout(ctx, awaitBudget)
		defer cancel()
		return s.Sessions.Await(wait, req.Call.SID, n)
	})
}

// settle answers a turn that is not to be run: it ran already, is running now, is long past, or is nobody's.
func (s *Server) settle(ctx context.Context, req *Request, n int, begun sessions.Begun) []byte {
	switch begun.Verdict {
	case sessions.Replay:
		if begun.Fingerprint != req.Fingerprint() {
			s.flag(ctx, req, "turn_changed", "a repeated turn came with other input; its first answer was kept")
		}
		return begun.Answer
	case sessions.Stale: // the last answered turn is replayed, which moves nothing
		return redirect(turnPath(begun.Session.Turn-1, ""))
	case sessions.Busy:
		return keepAlive(n, req)
	default:
		s.settlePaymentOnly(ctx, req)
		s.Log.Warn("turn of an unknown call", "call", req.Call.SID, "turn", n)
		return closing(lostPlace)
	}
}

// run is one turn in the making.
type run struct {
	lease   sessions.Lease
	call    string
	turn    int
	kept    sessions.Info
	effects map[string][]byte // answers of effects that earlier turns left running
	flow    *flows.Flow
	project *flows.Project
	place   place
	speech  []flows.Utterance
	stop    flows.Stop
	events  []sessions.Event
	forget  []string // effects whose answers are used up
	gone    bool     // the caller has hung up
}

var (
	errNoFlow        = errors.New("no flow answers this number")
	errResultNotKept = errors.New("a payment's result could not be written to the ledger")
)

// newRun is a turn that nothing has been decided of.
func newRun(begun sessions.Begun, req *Request) *run {
	return &run{
		lease: begun.Lease, call: begun.Session.Call, turn: begun.Lease.Turn, kept: begun.Session.Info,
		effects: begun.Effects, gone: ended(req.Call.CallStatus),
	}
}

// resume puts the call back where it stands, or starts it.
func (s *Server) resume(ctx context.Context, r *run, begun sessions.Begun, req *Request) error {
	if begun.Session.Fresh() {
		return s.start(ctx, r, req)
	}
	project, err := s.Projects.Find(ctx, r.kept.Bundle)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(begun.Session.State, &r.place); err != nil {
		return fmt.Errorf("decode place of call %s: %w", r.call, err)
	}
	r.project, r.flow = project, project.Flows[r.place.Flow.Flow]
	if r.flow == nil {
		return fmt.Errorf("flow %q is not in version %.8s", r.place.Flow.Flow, r.kept.Bundle)
	}
	return nil
}

// start begins a call's session: a campaign's call has the campaign's flow, else ?flow=NAME chooses it, else the number
// that was rung.
func (s *Server) start(ctx context.Context, r *run, req *Request) error {
	project, err := s.Projects.Begin(ctx)
	if err != nil {
		return err
	}
	r.project = project
	line, name := req.Call.To, req.Query.Get("flow")
	facts, ours, err := s.arriving(ctx, r, req)
	if err != nil {
		return err
	}
	if ours {
		line = req.Call.From
	} else if name != "" {
		r.flow = project.Flows[name]
	} else if f, ok := project.FlowFor(line); ok {
		r.flow = f
	}
	if r.flow == nil {
		s.Log.Warn("no flow answers this number: bind it under numbers: in paydial.yaml", "to", line, "flow", name)
		return errNoFlow
	}
	if !ours {
		facts.AnsweredBy = req.Call.AnsweredBy
	}
	facts.ID, facts.From, facts.To, facts.Direction, facts.Started = r.call, req.Call.From, req.Call.To, req.Call.Direction, s.Now()
	r.place.Flow = r.flow.Start(facts, r.flow.Speaks[0])
	r.kept.Flow, r.kept.Bundle, r.kept.Direction = r.flow.Name, project.Hash, req.Call.Direction
	r.kept.From, r.kept.To, r.kept.Started = req.Call.From, req.Call.To, facts.Started
	r.event("call", "started", r.flow.Name, map[string]string{"from": req.Call.From, "to": req.Call.To, "direction": req.Call.Direction})
	return nil
}

// info is what lists and the API show of the call after this turn.
func (r *run) info(now time.Time) sessions.Info {
	out, st := r.kept, r.place.Flow
	out.Scene, out.Outcome, out.Scenes = st.Scene, st.Outcome, st.Scenes
	switch pay, opened := r.stop.(*flows.PayStop); {
	case opened:
		out.Payment = startedPayment(pay.Amount)
	case r.place.Payment == "":
		out.Payment = shownPayment(st.Payment)
	}
	switch {
	case r.gone:
		out.Status, out.Ended = statusCompleted, now
		if out.Outcome == "" { // a payment may still be open; its result can tell better
			out.Outcome = outcomeHungUp
		}
	case out.Status == "":
		out.Status = statusInProgress
	}
	return out
}
