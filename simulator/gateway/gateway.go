// Package gateway is a sandbox payment gateway: it stands where a bank's would and speaks the protocol of the
// Generic Pay Connector, JSON over HTTP with Basic authentication. Gateway is its main type, an http.Handler
// that decides by the test card it is given and keeps its own book of what it charged and kept. At paths of their
// own it plays gateways of several makes: the same decisions, with ids that look like theirs.
//
// The book is there to be compared with other people's: it must not know the simulator, the application or
// their ledger. It keeps brand and last four digits, never a number; requests are wiped when they are decided.
package gateway

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/paydial/paydial/simulator/cards"
)

// DefaultSlow is how long the slow card takes: longer than the ten seconds that Twilio waits for an answer.
const DefaultSlow = 12 * time.Second

// ReferenceHeader carries what whoever asks calls the request: the simulator sends the SID of the call. It is no part
// of the connector's protocol; the book keeps it.
const ReferenceHeader = "X-Reference"

// maxBody is the largest request that is read.
const maxBody = 64 << 10

// Gateway is the sandbox. Username and Password are required; set the rest before the first request.
type Gateway struct {
	Username string
	Password string

	Slow  time.Duration                   // how long the slow card takes; default DefaultSlow
	Now   func() time.Time                // default time.Now
	After func(d time.Duration, f func()) // default time.AfterFunc

	mu      sync.Mutex
	book    []Entry
	decided map[string]*decision // by transaction id
	ids     map[string]bool      // given out
}

// decision is what became of one transaction. Whoever asks again with the same id gets the same.
type decision struct {
	ready  chan struct{} // closed once the answer stands; never for one that is not answered
	answer answer
}

// answer is what the caller gets: a JSON object, or a page that is none.
type answer struct {
	status    int
	method    string
	id        string
	profile   string // of gateways that have them
	payment   string // the payment's status, of a gateway that tells it beside the id
	code      string
	message   string
	malformed bool
}

// request is what the sandbox reads of the body of the Generic Pay Connector; security code, expiry date and
// postal code are good enough as they come.
type request struct {
	Method        string            `json:"method"`
	TransactionID string            `json:"transaction_id"`
	CardNumber    cards.Digits      `json:"cardnumber"`
	Routing       cards.Digits      `json:"routingnumber"`
	Account       cards.Digits      `json:"bankaccountnumber"`
	Amount        string            `json:"amount"`
	Currency      string            `json:"currency_code"`
	Parameters    map[string]string `json:"parameters"`
	TokenType     string            `json:"token_type"` // not of the generic protocol: some gateways have several

	gateway string // the one that is played
	ref     string // of ReferenceHeader
	like    likeness
}

// last4 is the end of the number of the card, or of the account.
func (r *request) last4() string {
	if r.CardNumber.Len() == 0 {
		return r.Account.Last4()
	}
	return r.CardNumber.Last4()
}

func (r *request) wipe() {
	for _, d := range []cards.Digits{r.CardNumber, r.Routing, r.Account} {
		d.Wipe()
	}
}

// ServeHTTP decides one charge or token.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.allowed(r) {
		w.Header().Set("WWW-Authenticate", `Basic realm="sandbox gateway"`)
		write(w, answer{status: http.StatusUnauthorized, code: "unauthorized", message: "Wrong user name or password."})
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		write(w, answer{status: http.StatusMethodNotAllowed, code: "method_not_allowed", message: "POST is meant."})
		return
	}
	name, like, ok := likenessOf(r.URL.Path)
	if !ok {
		unknownPath(w)
		return
	}
	req, err := read(w, r)
	if err != nil {
		write(w, answer{status: http.StatusBadRequest, code: "invalid_request", message: err.Error()})
		return
	}
	req.gateway, req.like, req.ref = name, like, r.Header.Get(ReferenceHeader)
	d := g.decide(req)
	select {
	case <-d.ready:
		write(w, d.answer)
	case <-r.Context().Done(): // the caller has given up; the decision stands all the same
	}
}

func (g *Gateway) allowed(r *http.Request) bool {
	username, password, ok := r.BasicAuth()
	same := subtle.ConstantTimeCompare([]byte(username), []byte(g.Username)) &
		subtle.ConstantTimeCompare([]byte(password), []byte(g.Password))
	return ok && same == 1
}

// read parses a request. Its errors never quote what was sent.
func read(w http.ResponseWriter, r *http.Request) (*request, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	defer clear(body)
	if err != nil {
		return nil, errors.New("the body cannot be read, or is too large")
	}
	req := &request{}
	if err := json.Unmarshal(body, req); err != nil {
		return nil, errors.New("the body is not the JSON that is meant")
	}
	if req.TransactionID == "" {
		return nil, errors.New("transaction_id is missing")
	}
	return req, nil
}

// decide finds or makes the decision about a transaction.
func (g *Gateway) decide(req *request) *decision {
	defer req.wipe()
	g.mu.Lock()
	defer g.mu.Unlock()
	if d := g.decided[req.TransactionID]; d != nil {
		return d
	}
	if g.decided == nil {
		g.decided, g.ids = map[string]*decision{}, map[string]bool{}
	}
	d := &decision{ready: make(chan struct{})}
	g.decided[req.TransactionID] = d
	g.settle(d, req)
	return d
}

// settle makes the decision. g.mu is held.
func (g *Gateway) settle(d *decision, req *request) {
	now := func(a answer) {
		d.answer = a
		close(d.ready)
	}
	if a, ok := refuse(req); ok {
		now(a)
		return
	}
	switch behaviour(req) {
	case cards.NoAnswer:
	case cards.LostAnswer:
		g.enter(req)
	case cards.SlowAnswer:
		entry := g.draft(req)
		g.after(g.slow(), func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			now(g.write(entry))
		})
	case cards.Malformed:
		now(answer{status: http.StatusOK, malformed: true})
	case cards.Decline:
		now(declined(req, "card_declined", "Your card was declined."))
	case cards.Insufficient:
		now(declined(req, "insufficient_funds", "Your card has insufficient funds."))
	case cards.ExpiredCard:
		now(declined(req, "expired_card", "Your card has expired."))
	case cards.WrongCode:
		now(declined(req, "incorrect_cvc", "Your card's security code is incorrect."))
	case cards.Approve:
		now(g.enter(req))
	}
}

// behaviour is what the test card asks for; cards and accounts that are none are approved.
func behaviour(req *request) cards.Behaviour {
	if card, ok := req.CardNumber.TestCard(); ok {
		return card.Behaviour
	}
	return cards.Approve
}

func declined(req *request, code, message string) answer {
	a := answer{status: http.StatusOK, method: req.Method, code: code, message: message}
	if req.like.status && req.Method == "charge" {
		a.payment = "DECLINED"
	}
	return a
}

// refuse finds what a gateway would not even try.
func refuse(req *request) (answer, bool) {
	card := req.CardNumber.Len() > 0
	switch {
	case req.Method != "charge" && req.Method != "tokenize":
		return declined(req, "invalid_method", "method is charge or tokenize."), true
	case !card && req.Account.Len() == 0:
		return declined(req, "missing_account", "There is neither a card nor a bank account."), true
	case card && !req.CardNumber.ValidNumber():
		return declined(req, "incorrect_number", "Your card number is incorrect."), true
	case !card && !req.Routing.ValidRouting():
		return declined(req, "routing_number_invalid", "The routing number is incorrect."), true
	case req.Method == "charge" && !amountOK(req.Amount):
		return declined(req, "invalid_amount", "amount is a decimal above zero."), true
	}
	return answer{}, false
}

// amountOK reports whether an amount is a plain decimal above zero.
func amountOK(s string) bool {
	whole, fraction, point := strings.Cut(s, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return digits(whole) && (!point || digits(fraction)) && strings.Trim(whole+fraction, "0") != ""
}

func (g *Gateway) slow() time.Duration {
	if g.Slow > 0 {
		return g.Slow
	}
	return DefaultSlow
}

func (g *Gateway) now() time.Time {
	if g.Now != nil {
		return g.Now()
	}
	return time.Now()
}

func (g *Gateway) after(d time.Duration, f func()) {
	if g.After != nil {
		g.After(d, f)
		return
	}
	time.AfterFunc(d, f)
}

// write sends an answer: the id's key depends on the method, and is there, null, when there is no id.
func write(w http.ResponseWriter, a answer) {
	if a.malformed {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>\n")
		return
	}
	key := "charge_id"
	if a.method == "tokenize" {
		key = "token_id"
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	doc := map[string]any{key: orNull(a.id), "error_code": orNull(a.code), "error_message": orNull(a.message)}
	if a.profile != "" {
		doc["profile_id"] = a.profile
	}
	if a.payment != "" {
		doc["parameters"] = map[string]string{"payment_status": a.payment}
	}
	_ = json.NewEncoder(w).Encode(doc)
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
