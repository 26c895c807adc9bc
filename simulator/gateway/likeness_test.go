package gateway

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/paydial/paydial/simulator/cards"
)

// makes are the gateways that the sandbox plays.
var makes = []string{"", "stripe", "braintree", "cardconnect", "chase", "base-commerce", "aci", "shuttle"}

func tokenize(id, tokenType string) string {
	return fmt.Sprintf(`{"method":"tokenize","transaction_id":%q,"cardnumber":"4242424242424242","token_type":%q}`, id, tokenType)
}

// TestLikenesses asks each gateway for a charge and a token: what is told is what is booked, repeated or not.
func TestLikenesses(t *testing.T) {
	t.Parallel()
	for _, name := range makes {
		g, url, _ := open(t)
		url += "/" + name
		paid, again := mustAsk(t, url, charge("4242424242424242", "c", "1")), mustAsk(t, url, charge("4242424242424242", "c", "1"))
		if paid.Charge == nil || paid.text != again.text || strings.Contains(paid.text, "SUCCESS") != (name == "shuttle") {
			t.Fatalf("%s: %s, then %s", name, paid.text, again.text)
		}
		kept, again := mustAsk(t, url, tokenize("t", "payment-method")), mustAsk(t, url, tokenize("t", "payment-method"))
		if kept.text != again.text || (kept.Token == nil) != (name == "chase") || strings.Contains(kept.text, "SUCCESS") {
			t.Fatalf("%s: %s, then %s", name, kept.text, again.text)
		}
		book := g.Book()
		if len(book) != 2 || book[0].ID != *paid.Charge || book[0].Gateway != name || book[0].ProfileID != "" || book[0].TokenType != "" {
			t.Fatalf("%s: told %s, booked %+v", name, paid.text, book)
		}
		e := book[1]
		if e.ID == "" || !strings.Contains(kept.text, `"`+e.ID+`"`) || e.TokenType != "payment-method" {
			t.Errorf("%s: told %s, booked %+v", name, kept.text, e)
		}
		if told := strings.Contains(kept.text, `"profile_id":"`+e.ProfileID+`"`); told != (e.ProfileID != "") {
			t.Errorf("%s: told %s, booked %+v", name, kept.text, e)
		}
		if r := mustAsk(t, url, charge("4000000000000002", "n", "1")); r.code() != "card_declined" || strings.Contains(r.text, "DECLINED") != (name == "shuttle") {
			t.Errorf("%s: %s", name, r.text)
		}
		if r := mustAsk(t, url, charge("4000000000030009", "m", "1")); !strings.Contains(r.text, "<h1>") {
			t.Errorf("%s: %s", name, r.text)
		}
	}
}

func TestSlowLikeness(t *testing.T) {
	t.Parallel()
	g, url, release := open(t)
	done := make(chan reply)
	go func() {
		r, _ := ask(t, url+"/stripe", charge("4000000000010001", "slow", "3.00"), 0)
		done <- r
	}()
	release()
	if r := <-done; r.Charge == nil || !strings.HasPrefix(*r.Charge, "ch_") || g.Book()[0].ID != *r.Charge || g.Book()[0].Last4 != "0001" {
		t.Errorf("told %s, booked %+v", r.text, g.Book())
	}
}

func TestUnknownPath(t *testing.T) {
	t.Parallel()
	g, url, _ := open(t)
	for _, path := range []string{"/paypal", "/stripe/charges", "/Stripe"} {
		if r := mustAsk(t, url+path, charge("4242424242424242", path, "1")); r.status != http.StatusNotFound || r.code() != "not_found" {
			t.Errorf("%s: %d %s", path, r.status, r.text)
		}
	}
	if len(g.Book()) != 0 {
		t.Errorf("booked %+v", g.Book())
	}
}

// TestIDsHideNoCard draws many ids of every kind, for cards that share digits with what is drawn often.
func TestIDsHideNoCard(t *testing.T) {
	t.Parallel()
	long := regexp.MustCompile(`\d{13,}`)
	for _, name := range makes {
		_, like, ok := likenessOf("/" + name)
		if !ok {
			t.Fatalf("nothing at /%s", name)
		}
		g := &Gateway{ids: map[string]bool{}}
		for i := range 300 {
			req := &request{CardNumber: cards.Typed("4000001234567899"), Account: cards.NewDigits()}
			if i%2 == 1 {
				req = &request{Account: cards.Typed("000123456789")}
			}
			for _, draw := range []func(*request) string{like.charge, like.token, like.profile} {
				id := g.newID(draw, req)
				if req.CardNumber.Shares(id) || req.Account.Shares(id) {
					t.Errorf("%s: %s has a piece of the number", name, id)
				}
				for _, run := range long.FindAllString(strings.ReplaceAll(id, "-", ""), -1) {
					if len(run) <= longestCard && cards.Typed(run).Luhn() {
						t.Errorf("%s: %s could be a card", name, id)
					}
				}
			}
		}
	}
	for id, want := range map[string]bool{
		"4242424242424242": true, "x4242424242424242y": true, "4242-4242-4242-4242": true, "74242424242424242": true,
		"1000000000000": false, "424242424242": false, "": false, "42424242x42424242": false,
	} {
		if got := likeCard(id); got != want {
			t.Errorf("%s: %v", id, got)
		}
	}
}
