package gateway

import (
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/paydial/paydial/simulator/cards"
)

// Alphabets of ids. Each has 16 or 32 letters, so that no byte makes one of them more likely, but for the digits
// and the letters of both cases, where it does not matter.
const (
	spoken   = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ" // without those that sound or look like others
	digits   = "0123456789"
	hexLower = "0123456789abcdef"
	hexUpper = "0123456789ABCDEF"
	lower    = "0123456789abcdefghjkmnpqrstvwxyz"
	mixed    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// likeness is how the ids of a gateway look. What it does not have is nil.
type likeness struct {
	charge  func(*request) string
	token   func(*request) string
	profile func(*request) string // the customer that a token belongs to
	// status is told beside a charge, in the field that integrations with this gateway are told to look at.
	status bool
}

// likenessOf is the gateway that the sandbox plays at a path of its own: at the root the generic one, whose ids
// can be read out over the phone, and at /stripe and so on one that gives ids of the form known from there. Where
// a gateway publishes no form the one here is our own: see docs/fidelity.md.
func likenessOf(path string) (name string, l likeness, ok bool) {
	name = strings.Trim(path, "/")
	switch name {
	case "":
		return name, likeness{charge: drawn("SIM-", spoken, 6), token: drawn("TOK-", spoken, 6)}, true
	case "stripe":
		return name, likeness{charge: drawn("ch_", mixed, 24), token: stripeToken, profile: drawn("cus_", mixed, 14)}, true
	case "braintree":
		return name, likeness{charge: drawn("", lower, 8), token: drawn("", lower, 7), profile: newUUID}, true
	case "cardconnect":
		return name, likeness{charge: drawn("", digits, 12), token: cardConnectToken, profile: drawn("", digits, 20)}, true
	case "chase":
		return name, likeness{charge: drawn("", hexUpper, 40), profile: drawn("", spoken, 10)}, true
	case "base-commerce":
		return name, likeness{charge: drawn("", digits, 8), token: drawn("", hexLower, 40)}, true
	case "aci":
		return name, likeness{charge: drawn("8ac7a4a1", hexLower, 24), token: drawn("8ac7a4a0", hexLower, 24)}, true
	case "shuttle":
		return name, likeness{charge: drawn("", digits, 9), token: drawn("", digits, 8), status: true}, true
	}
	return name, likeness{}, false
}

// drawn makes ids of a prefix and so many letters.
func drawn(prefix, letters string, n int) func(*request) string {
	return func(*request) string { return prefix + random(letters, n) }
}

func random(letters string, n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b)
}

func newUUID(*request) string { return uuid.NewString() }

// stripeToken is a PaymentMethod's id where one is asked for, else a Token's, of a card or of a bank account.
func stripeToken(req *request) string {
	switch {
	case req.TokenType == "payment-method":
		return "pm_" + random(mixed, 24)
	case req.CardNumber.Len() == 0:
		return "btok_" + random(mixed, 24)
	}
	return "tok_" + random(mixed, 24)
}

// cardConnectToken begins with 9, like no card, and ends like the card that it stands for. Of a bank account less
// than four digits may be told.
func cardConnectToken(req *request) string {
	if req.CardNumber.Len() == 0 {
		return "9" + random(digits, 15)
	}
	return "9" + random(digits, 11) + req.CardNumber.Last4()
}

// newID makes an id that was not given out before, and in which nobody sees a card number: neither a piece of the
// one that was sent, nor digits that would pass for one. g.mu is held.
func (g *Gateway) newID(draw func(*request) string, req *request) string {
	if draw == nil {
		return ""
	}
	for {
		id := draw(req)
		if !g.ids[id] && !req.CardNumber.Shares(id) && !req.Account.Shares(id) && !likeCard(id) {
			g.ids[id] = true
			return id
		}
	}
}

// The lengths of card numbers.
const (
	shortestCard = 13
	longestCard  = 19
)

// likeCard reports whether an id has digits in a row, dashes left out, that check out as a card number.
func likeCard(id string) bool {
	id = strings.ReplaceAll(id, "-", "")
	for from := range id {
		for to := from + shortestCard; to <= min(len(id), from+longestCard); to++ {
			if run := id[from:to]; strings.Trim(run, digits) == "" && cards.Typed(run).Luhn() {
				return true
			}
		}
	}
	return false
}

// unknownPath is the answer where the sandbox plays no gateway.
func unknownPath(w http.ResponseWriter) {
	write(w, answer{status: http.StatusNotFound, code: "not_found", message: "The sandbox plays no gateway at this path."})
}
