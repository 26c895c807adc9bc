package caller

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// ErrUnreachable says that the simulator could not be reached.
var ErrUnreachable = errors.New("the simulator does not answer")

// Caller rings lines of a simulator.
type Caller struct {
	Simulator string              // base URL, "http://127.0.0.1:8090"
	HTTP      *http.Client        // nil: http.DefaultClient
	Act       func(action Action) // told everything the caller does; may be nil
}

// Action is something the caller did: Keys pressed ("" for silence) while WaitingFor was waited for. Keys typed
// into <Pay> are never told.
type Action struct {
	WaitingFor string
	What       string // keys, silence, hangup, card
	Keys       string
}

// Heard is a sentence that was said to the caller.
type Heard struct {
	AtMS     int64  `json:"at_ms"`
	Text     string `json:"text"`
	Language string `json:"language"`
}

// State is what the simulator says of a call.
type State struct {
	CallSID    string  `json:"call_sid"`
	Status     string  `json:"status"`
	WaitingFor string  `json:"waiting_for"`
	WaitingID  int     `json:"waiting_id"` // another number for every wait
	Heard      []Heard `json:"heard"`
	Requests   int     `json:"requests"`
	Seconds    int     `json:"seconds"` // since it was answered
	Children   []Child `json:"children"`
}

// Child is a leg that the call dialed.
type Child struct {
	CallSID string `json:"call_sid"`
	To      string `json:"to"`
	Status  string `json:"status"`
}

// Talking tells whether somebody who was dialed has answered and is still there.
func (s State) Talking() bool {
	return slices.ContainsFunc(s.Children, func(c Child) bool { return c.Status == "in-progress" })
}

// Over tells whether the call has ended.
func (s State) Over() bool {
	switch s.Status {
	case "completed", "busy", "failed", "no-answer", "canceled":
		return true
	}
	return false
}

// Ring starts a call and returns its CallSid.
func (c *Caller) Ring(ctx context.Context, s Script) (string, error) {
	var out struct {
		CallSID string `json:"call_sid"`
	}
	err := c.do(ctx, http.MethodPost, "/sim/v1/calls", map[string]any{"from": s.From, "to": s.To, "pace": s.Pace}, &out)
	return out.CallSID, err
}

// State asks how a call stands.
func (c *Caller) State(ctx context.Context, sid string) (State, error) {
	var st State
	err := c.do(ctx, http.MethodGet, "/sim/v1/calls/"+sid, nil, &st)
	return st, err
}

// HangUp ends a call that is under way; one that has ended already is no error.
func (c *Caller) HangUp(ctx context.Context, sid string) error {
	return c.do(ctx, http.MethodPost, "/sim/v1/calls/"+sid+"/hangup", nil, nil)
}

// Place rings and follows the script to the call's end.
func (c *Caller) Place(ctx context.Context, s Script) (State, error) {
	sid, err := c.Ring(ctx, s)
	if err != nil {
		return State{}, err
	}
	return c.Follow(ctx, sid, s)
}

// Follow plays the script on a call that is under way, to its end.
func (c *Caller) Follow(ctx context.Context, sid string, s Script) (State, error) {
	play := &player{caller: c, sid: sid, press: s.Press, cards: s.Cards}
	done, hushed := 0, 0 // the last wait that was answered, and the last that was left to run out
	news := false        // there is nothing to do before the call waits for something else
	for {
		st, err := c.look(ctx, sid, news, max(done, hushed))
		if err != nil {
			return st, err
		}
		news = false
		switch {
		case st.Over():
			return st, nil
		case ctx.Err() != nil:
			return st, fmt.Errorf("call %s while it waits for %q: %w", sid, st.WaitingFor, ctx.Err())
		case st.WaitingFor == "" || st.WaitingID == hushed:
			news = true
		case st.WaitingID == done: // it wants more than the script has for it
			hushed = done
			err = play.post(ctx, "silence", nil)
		case st.WaitingFor == dialing && !play.interrupts() && (s.Holds || st.Talking()):
			done, hushed = st.WaitingID, st.WaitingID // there is somebody to talk to, or there will be
		default:
			done = st.WaitingID
			err = play.answer(ctx, st.WaitingFor)
		}
		if err != nil {
			return st, err
		}
	}
}

// listens is how long one look may wait for news of a call.
const listens = "1s"

// look asks how a call stands: at once, or when it waits for something newer than the given wait.
func (c *Caller) look(ctx context.Context, sid string, news bool, after int) (State, error) {
	if !news {
		return c.State(ctx, sid)
	}
	var st State
	err := c.do(ctx, http.MethodGet, fmt.Sprintf("/sim/v1/calls/%s?wait=%s&after=%d", sid, listens, after), nil, &st)
	return st, err
}

// player is a script being played.
type player struct {
	caller *Caller
	sid    string
	press  []string
	cards  []Card
	card   Card
	begun  bool // a card has been taken
}

// answer does what the script has for a wait.
func (p *player) answer(ctx context.Context, waiting string) error {
	if field, ok := strings.CutPrefix(waiting, "pay:"); ok {
		return p.pay(ctx, waiting, field)
	}
	entry := Silence
	if len(p.press) > 0 && (waiting != dialing || p.interrupts()) {
		entry, p.press = p.press[0], p.press[1:]
	}
	return p.act(ctx, waiting, entry)
}

// interrupts tells whether the script's next entry is for a wait in which nobody presses digits.
func (p *player) interrupts() bool {
	return len(p.press) > 0 && strings.Trim(p.press[0], "0123456789") != ""
}

// dialing is what a call waits for while somebody else is rung: nobody presses digits then.
const dialing = "dial"

// pay keys a field of <Pay>, or one that an agent asks for.
func (p *player) pay(ctx context.Context, waiting, field string) error {
	if len(p.press) > 0 && p.press[0] == Star {
		entry := p.press[0]
		p.press = p.press[1:]
		return p.act(ctx, waiting, entry)
	}
	if number := field == "payment-card-number" || field == "bank-routing-number"; len(p.cards) > 0 && (number || !p.begun) {
		p.card, p.begun = p.cards[0], true
		if number && len(p.cards) > 1 { // each time the number is asked
			p.cards = p.cards[1:]
		}
	}
	if p.card.Act != "" {
		return p.act(ctx, waiting, p.card.Act)
	}
	keys := p.card.Keys(strings.TrimSuffix(field, "-matcher")) // a matcher asks for the same once more
	if keys == "" {
		return p.act(ctx, waiting, Silence)
	}
	p.tell(Action{WaitingFor: waiting, What: "card"})
	return p.post(ctx, "digits", map[string]string{"digits": keys})
}

// act presses keys, stays silent or hangs up.
func (p *player) act(ctx context.Context, waiting, entry string) error {
	switch entry {
	case Silence:
		p.tell(Action{WaitingFor: waiting, What: "silence"})
		return p.post(ctx, "silence", nil)
	case HangUp:
		p.tell(Action{WaitingFor: waiting, What: "hangup"})
		return p.post(ctx, "hangup", nil)
	default:
		p.tell(Action{WaitingFor: waiting, What: "keys", Keys: entry})
		return p.post(ctx, "digits", map[string]string{"digits": entry})
	}
}

func (p *player) tell(a Action) {
	if p.caller.Act != nil {
		p.caller.Act(a)
	}
}

// post sends one command; a wait that ended meanwhile is no error, the next look tells how the call stands.
func (p *player) post(ctx context.Context, what string, body any) error {
	err := p.caller.do(ctx, http.MethodPost, "/sim/v1/calls/"+p.sid+"/"+what, body, nil)
	var status *StatusError
	if errors.As(err, &status) && status.Status == http.StatusConflict {
		return nil
	}
	return err
}

// StatusError is an answer of the simulator other than 2xx, with what it says is wrong.
type StatusError struct {
	Status int
	Text   string
}

func (e *StatusError) Error() string {
	if e.Text == "" {
		return fmt.Sprintf("the simulator answered %d", e.Status)
	}
	return "the simulator says: " + e.Text
}

// statusError reads an answer that is no success; one that is not of the control API keeps its status only.
func statusError(status int, body []byte) *StatusError {
	var said struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(body, &said)
	return &StatusError{Status: status, Text: said.Error}
}

// do makes one request of the control API. Bodies are never put into errors: they may hold a card's keys.
func (c *Caller) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.Simulator, "/")+path, body)
	if err != nil {
		return fmt.Errorf("build request: %w", err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w at %s", ErrUnreachable, c.Simulator)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("read answer of %s: %w", path, err)
	}
	if resp.StatusCode >= 300 {
		return statusError(resp.StatusCode, raw)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("decode answer of %s: %w", path, err)
	}
	return nil
}
