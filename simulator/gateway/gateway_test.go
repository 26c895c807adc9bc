package gateway

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator/cards"
)

// open starts a gateway whose slow cards wait for the returned function to be called.
func open(t *testing.T) (g *Gateway, url string, release func()) {
	t.Helper()
	waiting := make(chan func(), 16)
	g = &Gateway{
		Username: "paydial", Password: "sandbox",
		Now:   func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.FixedZone("", 3600)) },
		After: func(_ time.Duration, f func()) { waiting <- f },
	}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return g, server.URL, func() { (<-waiting)() }
}

type reply struct {
	status  int
	text    string
	Charge  *string `json:"charge_id"`
	Token   *string `json:"token_id"`
	Code    *string `json:"error_code"`
	Message *string `json:"error_message"`
}

func (r reply) code() string {
	if r.Code == nil {
		return ""
	}
	return *r.Code
}

// ask posts a body and gives the answer; limit is how long the client waits.
func ask(t *testing.T, url, body string, limit time.Duration) (reply, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("paydial", "sandbox")
	res, err := (&http.Client{Timeout: limit}).Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	r := reply{status: res.StatusCode, text: string(text)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	return r, nil
}

func mustAsk(t *testing.T, url, body string) reply {
	t.Helper()
	r, err := ask(t, url, body, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func charge(number, id, amount string) string {
	return fmt.Sprintf(`{"method":"charge","transaction_id":%q,"cardnumber":%q,"cvv":"123","expiry_month":"12","expiry_year":"30",
		"amount":%q,"currency_code":"USD","postal_code":null,"description":null,"parameters":{"payment":"p1"}}`, id, number, amount)
}

func TestCardsDecide(t *testing.T) {
	t.Parallel()
	codes := map[cards.Behaviour]string{
		cards.Approve: "", cards.Decline: "card_declined", cards.Insufficient: "insufficient_funds",
		cards.ExpiredCard: "expired_card", cards.WrongCode: "incorrect_cvc",
	}
	g, url, _ := open(t)
	booked := 0
	for _, card := range cards.TestCards() {
		want, simple := codes[card.Behaviour]
		if card.Unusable {
			want = "incorrect_number"
		} else if !simple {
			continue
		}
		r := mustAsk(t, url, charge(card.Number, card.Name, "84.20"))
		if r.status != http.StatusOK || r.code() != want || (want == "") != (r.Charge != nil) {
			t.Errorf("%s: got %d %s", card.Name, r.status, r.text)
		}
		if !strings.Contains(r.text, `"charge_id":`) {
			t.Errorf("%s: the id has no key: %s", card.Name, r.text)
		}
		if want != "" {
			if r.Message == nil {
				t.Errorf("%s: no error_message", card.Name)
			}
			continue
		}
		booked++
		book := g.Book()
		last := book[len(book)-1]
		if len(book) != booked || last.ID != *r.Charge || last.Brand != string(card.Brand()) || last.Last4 != card.Number[len(card.Number)-4:] {
			t.Errorf("%s: booked %+v", card.Name, last)
		}
		if !regexp.MustCompile(`^SIM-[2-9A-HJ-NP-Z]{6}$`).MatchString(last.ID) {
			t.Errorf("id %s", last.ID)
		}
	}
}

func TestBookLooksAsAgreed(t *testing.T) {
	t.Parallel()
	g, url, _ := open(t)
	if doc, _ := json.Marshal(g.Book()); string(doc) != "[]" {
		t.Errorf("an empty book is %s", doc)
	}
	mustAsk(t, url, charge("4242424242424242", "t-1", "131072.01"))
	mustAsk(t, url, `{"method":"tokenize","transaction_id":"t-2","bankaccountnumber":"508862392","routingnumber":"121181976"}`)
	doc, _ := json.Marshal(g.Book())
	got := regexp.MustCompile(`(SIM|TOK)-\w{6}`).ReplaceAllString(string(doc), "$1")
	want := `[{"id":"SIM","method":"charge","amount":"131072.01","currency":"usd","last4":"4242","brand":"visa","transaction_id":"t-1",` +
		`"parameters":{"payment":"p1"},"created_at":"2026-11-21T11:00:00Z"},` +
		`{"id":"TOK","method":"tokenize","amount":"","currency":"","last4":"2392","brand":"","transaction_id":"t-2",` +
		`"parameters":{},"created_at":"2026-11-21T11:00:00Z"}]`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A transaction is decided once, however often it is asked for, and also while it is being decided.
func TestRepeatedTransaction(t *testing.T) {
	t.Parallel()
	g, url, release := open(t)
	first := mustAsk(t, url, charge("4242424242424242", "again", "1.00"))
	if second := mustAsk(t, url, charge("4242424242424242", "again", "2.00")); *second.Charge != *first.Charge {
		t.Errorf("asked twice: %s and %s", *first.Charge, *second.Charge)
	}
	if r := mustAsk(t, url, charge("4000000000000002", "no", "1.00")); r.code() != "card_declined" {
		t.Error(r.text)
	}
	if r := mustAsk(t, url, charge("4242424242424242", "no", "1.00")); r.code() != "card_declined" {
		t.Errorf("the first result was a decline, the second %s", r.text)
	}

	slow := charge("4000000000010001", "slow", "3.00")
	if r, err := ask(t, url, slow, 50*time.Millisecond); err == nil {
		t.Fatalf("a slow card answered at once: %s", r.text)
	}
	var wg sync.WaitGroup
	ids := make([]string, 5)
	for i := range ids {
		wg.Go(func() {
			if r, err := ask(t, url, slow, 10*time.Second); err == nil && r.Charge != nil {
				ids[i] = *r.Charge
			}
		})
	}
	release()
	wg.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Errorf("a slow transaction was answered with %q", ids)
			break
		}
	}
	if n := len(g.Book()); n != 2 {
		t.Errorf("%d lines in the book, want 2", n)
	}
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	g, url, _ := open(t)
	for _, id := range []string{"silent", "silent", "lost", "lost"} {
		number := "4000000000020000"
		if id == "lost" {
			number = "4000000000040008"
		}
		if r, err := ask(t, url, charge(number, id, "5.00"), 50*time.Millisecond); err == nil {
			t.Errorf("%s was answered: %s", id, r.text)
		}
	}
	if book := g.Book(); len(book) != 1 || book[0].TransactionID != "lost" {
		t.Errorf("only the card whose answer is lost is charged, and once: %+v", book)
	}
	if r := mustAsk(t, url, charge("4000000000030009", "bad", "5.00")); !strings.Contains(r.text, "<h1>") {
		t.Errorf("a malformed answer: %s", r.text)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	g, url, _ := open(t)
	tests := []struct {
		body   string
		status int
		code   string
	}{
		{`{`, 400, "invalid_request"},
		{`{"cardnumber": 4242424242424242}`, 400, "invalid_request"},
		{`{"method":"charge","cardnumber":"4242424242424242"}`, 400, "invalid_request"},
		{strings.Repeat(" ", maxBody+1), 400, "invalid_request"},
		{`{"method":"refund","transaction_id":"a","cardnumber":"4242424242424242"}`, 200, "invalid_method"},
		{`{"method":"charge","transaction_id":"b","amount":"1"}`, 200, "missing_account"},
		{`{"method":"tokenize","transaction_id":"c","bankaccountnumber":"12345678","routingnumber":"123456789"}`, 200, "routing_number_invalid"},
		{charge("4242424242424242", "d", "0.00"), 200, "invalid_amount"},
		{charge("4242424242424242", "e", "-1"), 200, "invalid_amount"},
		{charge("4242424242424242", "f", "1."), 200, "invalid_amount"},
		{charge("4242424242424242", "g", ""), 200, "invalid_amount"},
	}
	for _, tc := range tests {
		r := mustAsk(t, url, tc.body)
		if r.status != tc.status || r.code() != tc.code || strings.Contains(r.text, "42424") {
			t.Errorf("%.80s: got %d %s", tc.body, r.status, r.text)
		}
	}
	for _, auth := range [][2]string{{"paydial", "wrong"}, {"wrong", "sandbox"}, {"", ""}} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(charge("4242424242424242", "h", "1")))
		req.SetBasicAuth(auth[0], auth[1])
		res, err := http.DefaultClient.Do(req)
		if err != nil || res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%v: %v %v", auth, res, err)
		}
		res.Body.Close()
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	req.SetBasicAuth("paydial", "sandbox")
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %v %v", res, err)
	}
	res.Body.Close()
	if len(g.Book()) != 0 {
		t.Errorf("refused, and yet booked: %+v", g.Book())
	}
}

func TestIDsAreUnique(t *testing.T) {
	t.Parallel()
	g := &Gateway{ids: map[string]bool{}}
	seen := map[string]bool{}
	for range 10000 {
		id := g.newID(drawn("SIM-", spoken, 6), &request{})
		if seen[id] {
			t.Fatalf("%s was given out twice", id)
		}
		seen[id] = true
	}
}
