package gateway

import (
	"crypto/rand"
	"net/http"
	"strings"
	"time"
)

// Entry is one line of the book.
type Entry struct {
	ID            string            `json:"id"`
	Method        string            `json:"method"` // charge or tokenize
	Amount        string            `json:"amount"` // as it was asked for; empty for a token
	Currency      string            `json:"currency"`
	Last4         string            `json:"last4"`
	Brand         string            `json:"brand"` // empty for a bank account
	TransactionID string            `json:"transaction_id"`
	Parameters    map[string]string `json:"parameters"`
	CreatedAt     time.Time         `json:"created_at"`
}

// draft is the line of the book that a request will make, without its id.
func (g *Gateway) draft(req *request) Entry {
	e := Entry{
		Method: req.Method, Last4: req.CardNumber.Last4(), Brand: string(req.CardNumber.Brand()),
		TransactionID: req.TransactionID, Parameters: req.Parameters,
	}
	if req.CardNumber.Len() == 0 {
		e.Last4 = req.Account.Last4()
	}
	if req.Method == "charge" {
		e.Amount, e.Currency = req.Amount, strings.ToLower(req.Currency)
	}
	if e.Parameters == nil {
		e.Parameters = map[string]string{}
	}
	return e
}

func (g *Gateway) enter(req *request) answer { return g.write(g.draft(req)) }

// write puts a line into the book and gives the answer for it. g.mu is held.
func (g *Gateway) write(e Entry) answer {
	prefix := "SIM-"
	if e.Method == "tokenize" {
		prefix = "TOK-"
	}
	e.ID, e.CreatedAt = g.newID(prefix), g.now().UTC()
	g.book = append(g.book, e)
	return answer{status: http.StatusOK, method: e.Method, id: e.ID}
}

// newID makes an id that can be read out over the phone, and that was not given out before: six letters and
// digits without those that sound or look like others.
func (g *Gateway) newID(prefix string) string {
	const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ" // 32, so that no byte is more likely than another
	for {
		b := make([]byte, 6)
		_, _ = rand.Read(b) // never fails
		for i := range b {
			b[i] = letters[int(b[i])%len(letters)]
		}
		if id := prefix + string(b); !g.ids[id] {
			g.ids[id] = true
			return id
		}
	}
}

// Book is every charge and token so far, the oldest first. It is never nil.
func (g *Gateway) Book() []Entry {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]Entry{}, g.book...)
}
