package gateway

import (
	"net/http"
	"strings"
	"time"
)

// Entry is one line of the book.
type Entry struct {
	// ID is what the caller was told: the id of the charge or token, or of the profile where there is no token.
	ID            string            `json:"id"`
	Method        string            `json:"method"` // charge or tokenize
	Amount        string            `json:"amount"` // as it was asked for; empty for a token
	Currency      string            `json:"currency"`
	Last4         string            `json:"last4"`
	Brand         string            `json:"brand"` // empty for a bank account
	TransactionID string            `json:"transaction_id"`
	Parameters    map[string]string `json:"parameters"`
	CreatedAt     time.Time         `json:"created_at"`

	Gateway   string `json:"gateway,omitempty"`    // which one the sandbox played; empty for the generic one
	ProfileID string `json:"profile_id,omitempty"` // of the customer that a token belongs to
	TokenType string `json:"token_type,omitempty"` // as it was asked for
	Reference string `json:"reference,omitempty"`  // what whoever asked calls it: of the simulator, the SID of the call

	token  string // empty where the profile stands for the card
	status bool   // is told beside the id
}

// draft is the line of the book that a request will make. g.mu is held.
func (g *Gateway) draft(req *request) Entry {
	e := Entry{
		Method: req.Method, Last4: req.last4(), Brand: string(req.CardNumber.Brand()),
		TransactionID: req.TransactionID, Parameters: req.Parameters, Gateway: req.gateway, Reference: req.ref,
	}
	if req.Method == "charge" {
		e.ID, e.status = g.newID(req.like.charge, req), req.like.status
		e.Amount, e.Currency = req.Amount, strings.ToLower(req.Currency)
	} else {
		e.token, e.ProfileID, e.TokenType = g.newID(req.like.token, req), g.newID(req.like.profile, req), req.TokenType
		if e.ID = e.token; e.ID == "" {
			e.ID = e.ProfileID
		}
	}
	if e.Parameters == nil {
		e.Parameters = map[string]string{}
	}
	return e
}

func (g *Gateway) enter(req *request) answer { return g.write(g.draft(req)) }

// write puts a line into the book and gives the answer for it. g.mu is held.
func (g *Gateway) write(e Entry) answer {
	e.CreatedAt = g.now().UTC()
	g.book = append(g.book, e)
	a := answer{status: http.StatusOK, method: e.Method, id: e.ID, profile: e.ProfileID}
	if e.Method == "tokenize" {
		a.id = e.token
	}
	if e.status {
		a.payment = "SUCCESS"
	}
	return a
}

// Book is every charge and token so far, the oldest first. It is never nil.
func (g *Gateway) Book() []Entry {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]Entry{}, g.book...)
}
