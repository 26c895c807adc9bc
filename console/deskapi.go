package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/payments"
)

// maxWish is how large the body of a wish may be, in bytes.
const maxWish = 8 << 10

var (
	errBody   = errors.New("the body is not what is meant here")
	errScreen = errors.New("the header " + screenHeader + " names the screen: up to 64 letters, digits and dashes")
)

// wish is one change that somebody wants at the desk.
type wish struct {
	by      payments.Actor
	id      string // of the payment, "" when there is none yet
	call    string
	key     string
	action  string // the audit log's word for it
	field   string
	detail  string
	success int // status
	do      func(ctx context.Context) (payments.Assisted, error)
}

// showDesk answers with everything that the person may see.
func (c *Console) showDesk(g *gin.Context) {
	v, err := c.deskNow(g)
	if err != nil {
		c.failWith(g, err)
		return
	}
	g.JSON(http.StatusOK, v)
}

// deskNow is the whole desk for whoever asks.
func (c *Console) deskNow(g *gin.Context) (deskView, error) {
	ctx := g.Request.Context()
	v := deskView{Now: c.Now().UTC(), Me: viewMe(c.principal(g)), Payments: []assistedView{}}
	handovers, err := c.Desk.Handovers(ctx)
	if err != nil {
		return v, err
	}
	v.Handovers = viewHandovers(handovers)
	all, err := c.Desk.List(ctx, c.reader(g))
	for _, a := range all {
		v.Payments = append(v.Payments, viewAssisted(a))
	}
	return v, err
}

// showAssisted answers with one payment of the desk.
func (c *Console) showAssisted(g *gin.Context) {
	a, err := c.Desk.Get(g.Request.Context(), c.reader(g), g.Param("id"))
	if err != nil {
		c.failDesk(g, payments.Assisted{}, err)
		return
	}
	g.JSON(http.StatusOK, viewAssisted(a))
}

// startBody is what an agent wants to take. What is left out is as the flow offers.
type startBody struct {
	Amount *struct {
		Minor    *int64 `json:"minor"`
		Decimal  string `json:"decimal"` // "84.20", instead of minor
		Currency string `json:"currency"`
	} `json:"amount"`
	Intent      payments.Intent `json:"intent"`
	Method      string          `json:"method"`
	BankAccount string          `json:"bank_account_type"`
	TokenType   string          `json:"token_type"`
	Reference   string          `json:"reference"`
	Reason      string          `json:"reason"`
	Slow        bool            `json:"slow"`
	Confirm     bool            `json:"confirm"`
	AskPostal   bool            `json:"ask_postal"`
	First       string          `json:"first"`
}

// start is the body as the desk takes it.
func (b startBody) start(call, key string) (payments.Start, error) {
	s := payments.Start{
		Call: call, Key: key, Intent: b.Intent, Method: b.Method, BankAccount: b.BankAccount, TokenType: b.TokenType,
		Reference: b.Reference, Reason: b.Reason, Slow: b.Slow, Confirm: b.Confirm, AskPostal: b.AskPostal, First: b.First,
	}
	switch {
	case b.Intent != "" && b.Intent != payments.Charge && b.Intent != payments.Save:
		return s, fmt.Errorf("%w: intent is charge or save", errBody)
	case b.Method != "" && b.Method != "credit-card" && b.Method != "ach-debit":
		return s, fmt.Errorf("%w: method is credit-card or ach-debit", errBody)
	case b.Amount == nil:
	case b.Amount.Minor != nil && b.Amount.Decimal == "":
		s.Amount = payments.Amount{Minor: *b.Amount.Minor, Currency: b.Amount.Currency}
	case b.Amount.Minor == nil && b.Amount.Decimal != "":
		amount, err := payments.ParseAmount(b.Amount.Decimal, b.Amount.Currency)
		if err != nil {
			return s, payments.ErrAmount
		}
		s.Amount = amount
	default:
		return s, fmt.Errorf("%w: an amount has a currency, and minor or decimal", errBody)
	}
	return s, nil
}

// startPayment starts a payment, or with keypad sends the caller to the keypad with it.
func (c *Console) startPayment(keypad bool) gin.HandlerFunc {
	return func(g *gin.Context) {
		var in startBody
		key, done, ok := c.wanted(g, &in, true)
		if !ok {
			return
		}
		defer done()
		by, _ := c.actor(g)
		s, err := in.start(g.Param("sid"), key)
		if err != nil {
			c.failDesk(g, payments.Assisted{}, err)
			return
		}
		w := wish{by: by, call: s.Call, key: key, action: "payment.start", field: s.First, detail: s.Reason, success: http.StatusCreated,
			do: func(ctx context.Context) (payments.Assisted, error) { return c.Desk.Start(ctx, by, s) }}
		if keypad {
			w.action, w.field = "payment.keypad", ""
			w.do = func(ctx context.Context) (payments.Assisted, error) { return c.Desk.SendToKeypad(ctx, by, s) }
		}
		c.carryOut(g, w)
	}
}

// askField asks the caller for a field.
func (c *Console) askField(g *gin.Context) {
	var in struct {
		Field string `json:"field"`
	}
	c.change(g, &in, wish{action: "payment.ask"}, func(ctx context.Context, w *wish) (payments.Assisted, error) {
		return c.Desk.Ask(ctx, w.by, w.id, in.Field, w.key)
	}, func(w *wish) { w.field = in.Field })
}

// complete charges, or saves. The amount has to be the one on the agent's screen.
func (c *Console) complete(g *gin.Context) {
	var in struct {
		Amount payments.Amount `json:"amount"`
	}
	c.change(g, &in, wish{action: "payment.complete"}, func(ctx context.Context, w *wish) (payments.Assisted, error) {
		return c.Desk.Complete(ctx, w.by, w.id, in.Amount, w.key)
	}, func(w *wish) { w.detail = in.Amount.String() })
}

// act makes a handler of a wish that needs no more than its payment.
func (c *Console) act(action string, do func(ctx context.Context, w *wish) (payments.Assisted, error)) gin.HandlerFunc {
	return func(g *gin.Context) {
		c.change(g, &struct{}{}, wish{action: action}, do, func(*wish) {})
	}
}

func (c *Console) moreTime(ctx context.Context, w *wish) (payments.Assisted, error) {
	return c.Desk.MoreTime(ctx, w.by, w.id, w.key)
}

func (c *Console) stopField(ctx context.Context, w *wish) (payments.Assisted, error) {
	return c.Desk.Stop(ctx, w.by, w.id)
}

func (c *Console) cancelPayment(ctx context.Context, w *wish) (payments.Assisted, error) {
	return c.Desk.Cancel(ctx, w.by, w.id, w.key)
}

func (c *Console) takeOver(ctx context.Context, w *wish) (payments.Assisted, error) {
	return c.Desk.TakeOver(ctx, w.by, w.id)
}

// change carries out a wish about a payment that is there. know fills in what the body tells.
func (c *Console) change(g *gin.Context, body any, w wish, do func(context.Context, *wish) (payments.Assisted, error), know func(*wish)) {
	key, done, ok := c.wanted(g, body, w.action == "payment.complete")
	if !ok {
		return
	}
	defer done()
	w.by, _ = c.actor(g)
	w.id, w.key, w.success = g.Param("id"), key, http.StatusAccepted
	know(&w)
	now, err := c.Desk.Get(g.Request.Context(), w.by, w.id) // for its call, and so that another's does not exist
	if err != nil {
		c.failDesk(g, now, err)
		return
	}
	w.call = now.Call
	w.do = func(ctx context.Context) (payments.Assisted, error) { return do(ctx, &w) }
	if w.action == "payment.take_over" {
		w.success = http.StatusOK
	}
	c.carryOut(g, w)
}

// wanted reads a wish: its screen, its body and its key. When it is not ok the answer has been given.
func (c *Console) wanted(g *gin.Context, body any, needKey bool) (key string, done func(), ok bool) {
	raw, err := io.ReadAll(http.MaxBytesReader(g.Writer, g.Request.Body, maxWish))
	if err == nil {
		err = decodeWish(raw, body)
	} else {
		err = errBody
	}
	if _, named := c.actor(g); err == nil && !named {
		err = errScreen
	}
	if err == nil {
		key, done, err = c.once(g, raw)
	}
	if err == nil && key == "" && needKey {
		err = errKeyMissing
	}
	if err != nil {
		c.failDesk(g, payments.Assisted{}, err)
		return "", nil, false
	}
	return key, done, true
}

// decodeWish reads a body. What is wrong with it is said without repeating any of it: it may be a card number.
func decodeWish(raw []byte, into any) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil || d.More() {
		return fmt.Errorf("%w: GET /api/openapi.json describes it", errBody)
	}
	return nil
}

// carryOut notes a wish in the audit log, then does it, and answers with the payment as it stands.
func (c *Console) carryOut(g *gin.Context, w wish) {
	line := audit.Entry{Action: w.action, Call: w.call, Payment: w.id, Field: w.field, Result: "wanted", Detail: w.detail}
	if err := c.note(g, line); err != nil {
		c.failDesk(g, payments.Assisted{}, err)
		return
	}
	a, err := w.do(context.WithoutCancel(g.Request.Context())) // a wish that was heard is carried out
	line.Result, line.Detail = "done", ""
	if err != nil {
		line.Result = deskProblemOf(a, err).Code
	}
	if line.Payment == "" {
		line.Payment = a.ID
	}
	if err != nil || w.id == "" { // else the line before says it all
		if noteErr := c.note(g, line); noteErr != nil {
			c.Log.Error("audit", "action", w.action, "error", noteErr)
		}
	}
	if err != nil {
		c.failDesk(g, a, err)
		return
	}
	g.JSON(w.success, viewAssisted(a))
}
