package connector

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator/cards"
	"github.com/paydial/paydial/simulator/gateway"
	"github.com/paydial/paydial/simulator/paysession"
)

// recorder is a gateway that says what it is told to say and keeps what it was asked.
type recorder struct {
	mu     sync.Mutex
	bodies []string
	auths  []string
	heads  []http.Header
	say    func(try int, w http.ResponseWriter, r *http.Request)
}

func (g *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	g.mu.Lock()
	g.bodies = append(g.bodies, string(body))
	user, pass, _ := r.BasicAuth()
	g.auths = append(g.auths, user+":"+pass)
	g.heads = append(g.heads, r.Header)
	try := len(g.bodies)
	g.mu.Unlock()
	g.say(try, w, r)
}

func (g *recorder) asked() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.bodies)
}

func says(status int, contentType, body string) func(int, http.ResponseWriter, *http.Request) {
	return func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func start(t *testing.T, g http.Handler) *Client {
	t.Helper()
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return &Client{URL: server.URL, Username: "paydial", Password: "sandbox", Timeout: 5 * time.Second}
}

func cardRequest() paysession.Request {
	return paysession.Request{
		Method: paysession.Charge, Pay: paysession.CreditCard, Number: cards.Typed("4242424242424242"), Code: cards.Typed("123"),
		Expiry: cards.Typed("0731"), PostalCode: "94105", Amount: "50", Currency: "usd",
		Parameters: []paysession.Parameter{{Name: "order", Value: `"7" & <8>`}},
	}
}

func bankRequest() paysession.Request {
	return paysession.Request{
		Method: paysession.Tokenize, Pay: paysession.ACHDebit, Routing: cards.Typed("121181976"), Account: cards.Typed("508862392"),
		Description: "rent", Currency: "usd", TokenType: "reusable",
	}
}

func TestRequestOnTheWire(t *testing.T) {
	t.Parallel()
	bare := cardRequest()
	bare.Method, bare.Code, bare.PostalCode, bare.Parameters = paysession.Tokenize, cards.NewDigits(), "", nil
	tests := []struct {
		req  paysession.Request
		want string
	}{
		{cardRequest(), `{"method":"charge","transaction_id":"T","cardnumber":"4242424242424242","cvv":"123","expiry_month":"07",` +
			`"expiry_year":"31","postal_code":"94105","amount":"50","currency_code":"USD","description":null,` +
			`"parameters":{"order":"\"7\" \u0026 \u003c8\u003e"}}`},
		{bankRequest(), `{"method":"tokenize","transaction_id":"T","bankaccountnumber":"508862392","routingnumber":"121181976",` +
			`"description":"rent","parameters":{}}`},
		{bare, `{"method":"tokenize","transaction_id":"T","cardnumber":"4242424242424242","cvv":null,"expiry_month":"07",` +
			`"expiry_year":"31","postal_code":null,"description":null,"parameters":{}}`},
	}
	uuid := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)
	for _, tc := range tests {
		g := &recorder{say: says(200, "application/json", `{"charge_id":"ch_1","token_id":"tk_1","error_code":null,"error_message":null}`)}
		a := start(t, g).Do(t.Context(), tc.req)
		if want := map[paysession.Method]string{paysession.Charge: "ch_1", paysession.Tokenize: "tk_1"}[tc.req.Method]; a.ID != want || a.Code != 0 {
			t.Errorf("got %+v", a)
		}
		if got := uuid.ReplaceAllString(g.asked()[0], "T"); got != tc.want {
			t.Errorf("got\n%s\nwant\n%s", got, tc.want)
		}
		if g.auths[0] != "paydial:sandbox" || g.heads[0].Get("Content-Type") != "application/json" {
			t.Errorf("sent as %q with %v", g.auths[0], g.heads[0])
		}
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	const malformed = "Payment Gateway rejected charge creation. Got malformed response from Payment Provider."
	tests := []struct {
		name   string
		status int
		body   string
		want   paysession.Answer
	}{
		{"charged", 200, `{"charge_id":"ch_1","error_code":null}`, paysession.Answer{ID: "ch_1"}},
		{"id is a number", 201, `{"charge_id":12345678901234567890}`, paysession.Answer{ID: "12345678901234567890"}},
		{"parameters", 200, `{"charge_id":"ch_1","parameters":{"risk":"low","score":0.5,"none":null,"deep":{"a":1}}}`,
			paysession.Answer{ID: "ch_1", Parameters: map[string]string{"risk": "low", "score": "0.5", "none": "", "deep": `{"a":1}`}}},
		{"declined", 200, `{"charge_id":null,"error_code":"card_declined","error_message":"No."}`,
			paysession.Answer{Code: CodeCardRejected, Text: "No.", ConnectorError: "card_declined"}},
		{"declined with parameters", 200, `{"error_code":"card_declined","error_message":"No.","parameters":{"risk":"4242424242"}}`,
			paysession.Answer{Code: CodeCardRejected, Text: "No.", ConnectorError: "card_declined",
				Parameters: map[string]string{"risk": "(withheld: it quotes the number)"}}},
		{"a profile", 200, `{"profile_id":"cus_1","error_code":null}`, paysession.Answer{Code: CodeChargeRefused, Text: malformed}},
		{"declined with 402", 402, `{"error_code":"insufficient_funds"}`,
			paysession.Answer{Code: CodeCardRejected, Text: "Payment Gateway rejected the card.", ConnectorError: "insufficient_funds"}},
		{"refused", 200, `{"error_code":22,"error_message":"limit"}`,
			paysession.Answer{Code: CodeChargeRefused, Text: "limit", ConnectorError: "22"}},
		{"error beside an id", 200, `{"charge_id":"ch_1","error_code":"oops"}`,
			paysession.Answer{Code: CodeChargeRefused, Text: "Payment Gateway rejected charge creation.", ConnectorError: "oops"}},
		{"html", 200, `<html>`, paysession.Answer{Code: CodeChargeRefused, Text: malformed}},
		{"html with 502", 502, `<html>`, paysession.Answer{Code: CodeChargeRefused, Text: malformed}},
		{"nothing", 200, ``, paysession.Answer{Code: CodeChargeRefused, Text: malformed}},
		{"no id", 200, `{"token_id":"tk_1","error_code":null}`, paysession.Answer{Code: CodeChargeRefused, Text: malformed}},
		{"a list", 200, `["ch_1"]`, paysession.Answer{Code: CodeChargeRefused, Text: malformed}},
		{"wrong password", 401, `{"error_code":"unauthorized"}`, paysession.Answer{Code: CodeUnauthorized,
			Text: "Twilio is not authorized at the Payment Gateway.", ConnectorError: "unauthorized"}},
		{"quotes the number", 200, `{"error_code":"x-4242424242","error_message":"card 4242424242424242 is bad"}`,
			paysession.Answer{Code: CodeChargeRefused, Text: "(withheld: it quotes the number)", ConnectorError: "(withheld: it quotes the number)"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g := &recorder{say: says(tc.status, "application/json", tc.body)}
			got := start(t, g).Do(t.Context(), cardRequest())
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", tc.want) {
				t.Errorf("got %+v\nwant %+v", got, tc.want)
			}
			if n := len(g.asked()); n != 1 {
				t.Errorf("an answer was asked for %d times", n)
			}
		})
	}
	g := &recorder{say: says(200, "text/html", "<html>")}
	if a := start(t, g).Do(t.Context(), bankRequest()); a.Code != CodeTokenRefused || !strings.HasPrefix(a.Text, "Payment Gateway rejected token creation. Got") {
		t.Errorf("a malformed token: %+v", a)
	}
	g = &recorder{say: func(_ int, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}}
	if a := start(t, g).Do(t.Context(), cardRequest()); a.Text != malformed || len(g.asked()) != 1 {
		t.Errorf("card data followed a redirect: %+v", a)
	}
}

// Every try of a request carries the same transaction id, and two requests never do.
func TestRetries(t *testing.T) {
	t.Parallel()
	g := &recorder{say: func(try int, w http.ResponseWriter, r *http.Request) {
		if try < 3 {
			<-r.Context().Done() // no answer
			return
		}
		says(200, "application/json", `{"charge_id":"ch_1"}`)(try, w, r)
	}}
	c := start(t, g)
	c.Timeout = 50 * time.Millisecond
	if a := c.Do(t.Context(), cardRequest()); a.ID != "ch_1" {
		t.Fatalf("got %+v", a)
	}
	asked := g.asked()
	if len(asked) != 3 || asked[0] != asked[1] || asked[1] != asked[2] {
		t.Errorf("the tries differ: %q", asked)
	}
	c.Do(t.Context(), cardRequest())
	if asked = g.asked(); transaction(t, asked[3]) == transaction(t, asked[0]) {
		t.Error("two requests have one transaction id")
	}
}

func transaction(t *testing.T, body string) string {
	t.Helper()
	var v struct {
		ID string `json:"transaction_id"`
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil || v.ID == "" {
		t.Fatalf("%s: %v", body, err)
	}
	return v.ID
}

func TestTriesAreLimited(t *testing.T) {
	t.Parallel()
	for retries, want := range map[int]int{0: 6, 2: 3, -1: 1} {
		g := &recorder{say: func(_ int, _ http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }}
		c := start(t, g)
		c.Retries = retries
		a := c.Do(t.Context(), cardRequest())
		if n := len(g.asked()); a.Code != CodeUnavailable || n != want || a.ConnectorError != "" {
			t.Errorf("Retries %d: %d tries, want %d; %+v", retries, n, want, a)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &Client{URL: "http://" + listener.Addr().String()}
	listener.Close()
	if a := c.Do(t.Context(), cardRequest()); a.Code != CodeUnavailable {
		t.Errorf("nobody listens: %+v", a)
	}
	c.URL = "http://127.0.0.1:bad"
	if a := c.Do(t.Context(), cardRequest()); a.Code != CodeUnavailable {
		t.Errorf("a bad URL: %+v", a)
	}
	if c.timeout() != 10*time.Second {
		t.Errorf("a try takes %s", c.timeout())
	}
}

func TestContextEndsIt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	g := &recorder{say: func(_ int, _ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}}
	if a := start(t, g).Do(ctx, cardRequest()); a.Code != CodeUnavailable || len(g.asked()) != 1 {
		t.Errorf("got %+v after %d tries", a, len(g.asked()))
	}
}

func TestPayloadIsWiped(t *testing.T) {
	t.Parallel()
	p := newPayload([]byte("4242424242424242"))
	first, second := p.reader(), p.reader()
	if text, _ := io.ReadAll(first); string(text) != "4242424242424242" {
		t.Errorf("read %s", text)
	}
	_ = first.Close()
	_ = first.Close() // the HTTP client may close twice
	p.release()
	if string(p.text) != "4242424242424242" {
		t.Error("wiped under a reader")
	}
	_ = second.Close()
	<-p.wiped
	if strings.Trim(string(p.text), "\x00") != "" {
		t.Errorf("%q is still there", p.text)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	c := &Client{}
	tests := map[paysession.Refusal]paysession.Config{
		{Code: CodeTokenType}: {TokenType: "payment-method", Currency: "usd"},
		{Code: CodeCurrency}:  {Currency: "dollars"},
		{}:                    {TokenType: "reusable", Currency: "eur"},
	}
	for want, cfg := range tests {
		got := c.Check(cfg)
		if (got == nil) != (want.Code == 0) || got != nil && got.Code != want.Code {
			t.Errorf("%+v: got %v, want %d", cfg, got, want.Code)
		}
	}
}

// TestLookAlikes: the type of a token is told to them alone, and what their gateways keep may be a token, a profile
// or both. A generic gateway's profile is not heard.
func TestLookAlikes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind       Kind
		body       string
		id, member string // of the profile
		code       int
	}{
		{"", `{"token_id":"tk_1","profile_id":"cus_1"}`, "tk_1", "", 0},
		{Generic, `{"token_id":null,"profile_id":"cus_1"}`, "", "", CodeTokenRefused},
		{Stripe, `{"token_id":"tk_1","profile_id":"cus_1"}`, "tk_1", "cus_1", 0},
		{Chase, `{"token_id":null,"profile_id":"77"}`, "", "77", 0},
		{ACI, `{"token_id":"tk_1"}`, "tk_1", "", 0},
		{Chase, `{}`, "", "", CodeTokenRefused},
	} {
		g := &recorder{say: says(200, "application/json", tc.body)}
		c := start(t, g)
		c.Kind = tc.kind
		if a := c.Do(t.Context(), bankRequest()); a.ID != tc.id || a.ProfileID != tc.member || a.Code != tc.code {
			t.Errorf("%s: got %+v", tc.kind, a)
		}
		if told := strings.Contains(g.asked()[0], `"token_type":"reusable"`); told != (tc.kind != "" && tc.kind != Generic) {
			t.Errorf("%s: asked %s", tc.kind, g.asked()[0])
		}
	}
	g := &recorder{say: says(200, "application/json", `{"charge_id":"ch_1","profile_id":"cus_1"}`)}
	c := start(t, g)
	c.Kind = Stripe
	if a := c.Do(t.Context(), cardRequest()); a.ID != "ch_1" || a.ProfileID != "" || strings.Contains(g.asked()[0], "token_type") {
		t.Errorf("a charge: %+v, asked %s", a, g.asked()[0])
	}
}

// TestCheckOrder: one thing after the other is mended, and the next is found.
func TestCheckOrder(t *testing.T) {
	t.Parallel()
	c := &Client{Kind: Braintree, Region: "ie1", Broken: true, Unapproved: true, Can: Abilities{
		Regions: []string{"us1"}, Methods: []paysession.PaymentMethod{paysession.CreditCard}, Tasks: []paysession.Method{paysession.Charge},
		Currencies: []string{"usd"},
	}}
	cfg := paysession.Config{Method: paysession.ACHDebit, TokenType: "payment-method", Currency: "EUR"}
	for _, step := range []struct {
		code int
		mend func()
	}{
		{CodeUnknown, func() { c.Region = "us1" }}, {CodeBroken, func() { c.Broken = false }}, {CodeNotApproved, func() { c.Unapproved = false }},
		{CodePaymentMethod, func() { c.Can.Methods = nil }}, {CodeNoTokens, func() { c.Can.Tasks = nil }},
		{CodeTokenType, func() { cfg.TokenType = "one-time" }}, {CodeCurrency, func() { cfg.Currency = "eur" }},
		{CodeAVSName, func() { cfg.Parameters = append(cfg.Parameters, paysession.Parameter{Name: "AVSName", Value: "A"}) }},
		{CodeParameter, func() {
			cfg.Parameters = append(cfg.Parameters, paysession.Parameter{Name: "MerchantAccountId", Value: "A"})
		}},
	} {
		got := c.Check(cfg)
		if got == nil || got.Code != step.code || got.Text == "" {
			t.Fatalf("got %v, want %d", got, step.code)
		}
		step.mend()
	}
	if got := c.Check(cfg); got != nil {
		t.Errorf("mended, and yet %v", got)
	}
	cfg.Amount = "1"
	if got := c.Check(cfg); got == nil || got.Code != CodeCurrency {
		t.Errorf("a charge in another currency: %v", got)
	}
}

// With the sandbox behind: what each test card comes to.
func TestSandbox(t *testing.T) {
	t.Parallel()
	sandbox := &gateway.Gateway{Username: "paydial", Password: "sandbox", Slow: 300 * time.Millisecond}
	c := start(t, sandbox)
	c.Timeout, c.Retries = 100*time.Millisecond, 9
	codes := map[string]int{
		"visa": 0, "declined": CodeCardRejected, "insufficient": CodeCardRejected, "expired": CodeCardRejected,
		"wrong-code": CodeCardRejected, "slow": 0, "malformed": CodeChargeRefused, "no-answer": CodeUnavailable, "lost-answer": CodeUnavailable,
	}
	var wg sync.WaitGroup
	for name, want := range codes {
		wg.Go(func() {
			req := cardRequest()
			card, _ := cards.FindTestCard(name)
			req.Number = cards.Typed(card.Number)
			if a := c.Do(t.Context(), req); a.Code != want || (want == 0) != strings.HasPrefix(a.ID, "SIM-") {
				t.Errorf("%s: got %+v, want %d", name, a, want)
			}
		})
	}
	wg.Wait()
	booked := map[string]int{}
	for _, e := range sandbox.Book() {
		booked[e.Last4]++
	}
	if len(booked) != 3 || booked["4242"] != 1 || booked["0001"] != 1 || booked["0008"] != 1 {
		t.Errorf("visa, slow and lost-answer are charged, once each: %v", booked)
	}
	c.Password = "wrong"
	if a := c.Do(t.Context(), cardRequest()); a.Code != CodeUnauthorized {
		t.Errorf("a wrong password: %+v", a)
	}
}
