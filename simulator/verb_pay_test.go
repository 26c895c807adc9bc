package simulator_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/cards"
)

// charge is a line of the sandbox gateway's book.
type charge struct {
	ID, Method, Amount, Currency, Last4, Brand string
	TransactionID                              string `json:"transaction_id"`
	Parameters                                 map[string]string
}

func (w *world) book() []charge {
	w.t.Helper()
	var out []charge
	w.ctl("GET", "/charges", nil, &out)
	return out
}

// fields is what a caller types, by what is waited for.
type fields map[string]string

// with gives a copy in which one field is another.
func (f fields) with(field, keys string) fields {
	out := fields{field: keys}
	for k, v := range f {
		if k != field {
			out[k] = v
		}
	}
	return out
}

// holder is somebody with a card.
func holder(number, code string) fields {
	return fields{
		"payment-card-number": number, "expiration-date": "1230", "postal-code": "94105#", "security-code": code,
		"bank-routing-number": "110000000", "bank-account-number": "12345678#",
	}
}

// offer lets the line answer with a <Pay> of the given attributes and children. Unless they say so themselves,
// its callers have all the time that a busy machine may need.
func (w *world) offer(attrs, children string) {
	if !strings.Contains(attrs, "timeout=") {
		attrs += ` timeout="600"`
	}
	w.app.on("/voice", `<Pay action="/paid" statusCallback="/pay" `+attrs+`>`+children+`</Pay><Say>After.</Say>`)
	w.app.on("/paid", `<Say>Goodbye.</Say><Hangup/>`)
}

// fill fills in every field that <Pay> asks for, until something else comes.
func (w *world) fill(sid string, f fields) state {
	w.t.Helper()
	s := w.await(sid)
	for range 40 {
		field, ok := strings.CutPrefix(s.WaitingFor, "pay:")
		if !ok || field == "payment-processing" {
			return s
		}
		seen := s.WaitingID
		if f[field] == "" {
			w.do(sid, "silence")
		} else {
			w.keys(sid, f[field])
		}
		s = w.awaitAfter(sid, seen)
	}
	w.t.Fatalf("the payment does not end: %+v", s)
	return s
}

// paid is what the action got.
func (w *world) paid() url.Values {
	w.t.Helper()
	return w.app.await(w.t, "/paid", 1).form
}

func wantForm(t *testing.T, got url.Values, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, got.Get(name), value)
		}
	}
}

// impatient makes the default connector one that suits a card: it does not wait long for gateways that are slow.
func impatient(b cards.Behaviour) func(*simulator.Config) {
	c := simulator.Connector{}
	switch b {
	case cards.SlowAnswer:
		c.Timeout, c.Retries = 200*time.Millisecond, 50
	case cards.NoAnswer, cards.LostAnswer:
		c.Timeout, c.Retries = 200*time.Millisecond, 2
	}
	return func(cfg *simulator.Config) {
		cfg.SlowCard, cfg.Connectors = 500*time.Millisecond, []simulator.Connector{c}
	}
}

// TestPayCards pays with every test card and looks at what the application and the gateway's book say.
func TestPayCards(t *testing.T) {
	t.Parallel()
	outcomes := map[cards.Behaviour][2]string{
		cards.Approve: {"success", ""}, cards.SlowAnswer: {"success", ""},
		cards.Decline: {"payment-connector-error", "64012"}, cards.Insufficient: {"payment-connector-error", "64012"},
		cards.ExpiredCard: {"payment-connector-error", "64012"}, cards.WrongCode: {"payment-connector-error", "64012"},
		cards.NoAnswer: {"payment-connector-error", "64002"}, cards.LostAnswer: {"payment-connector-error", "64002"},
		cards.Malformed: {"payment-connector-error", "64008"},
	}
	for _, card := range cards.TestCards() {
		if card.Unusable {
			continue
		}
		t.Run(card.Name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, impatient(card.Behaviour))
			w.offer(`chargeAmount="84.20" description="bill" validCardTypes="visa mastercard amex maestro discover jcb diners-club"`,
				`<Parameter name="payment" value="p-1"/>`)
			sid := w.ring()
			w.fill(sid, holder(card.Number+"#", card.Code()))
			s := w.ended(sid)
			want := outcomes[card.Behaviour]
			form, book := w.paid(), w.book()
			wantForm(t, form, map[string]string{
				"Result": want[0], "PayErrorCode": want[1], "PaymentMethod": "credit-card", "PaymentCardType": string(card.Brand()),
				"PaymentCardNumber": cards.Typed(card.Number).CardMask(), "ExpirationDate": "1230", "PaymentCardPostalCode": "94105",
				"SecurityCode": strings.Repeat("x", len(card.Code())), "PaymentToken": "", "CallSid": sid,
			})
			charged := want[0] == "success" || card.Behaviour == cards.LostAnswer
			if charged != (len(book) == 1) {
				t.Fatalf("the book has %+v", book)
			}
			if charged {
				c := book[0]
				if c.Amount != "84.20" || c.Currency != "usd" || c.Method != "charge" || c.Last4 != card.Number[len(card.Number)-4:] ||
					c.Brand != string(card.Brand()) || c.Parameters["payment"] != "p-1" || c.TransactionID == "" {
					t.Errorf("booked %+v", c)
				}
				if want[0] == "success" && form.Get("PaymentConfirmationCode") != c.ID {
					t.Errorf("confirmed %q, booked %q", form.Get("PaymentConfirmationCode"), c.ID)
				}
			}
			if s.Status != "completed" || !strings.HasSuffix(s.said(), "Thank you. Please wait while we process your payment. | Goodbye.") {
				t.Errorf("%s; heard %s", s.Status, s.said())
			}
		})
	}
}

// TestPayCallbacks looks at the status callbacks of a payment in which everything goes wrong once.
func TestPayCallbacks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.offer(`chargeAmount="10" maxAttempts="3" postalCode="false"`, `
		<Prompt for="payment-card-number"><Say language="en-GB">Number?</Say></Prompt>
		<Prompt for="payment-card-number" errorType="invalid-card-number"><Say>Again, number?</Say><Play>/beep.wav</Play></Prompt>
		<Prompt for="payment-card-number" errorType="timeout" attempt="3"><Say>Last time: number?</Say></Prompt>
		<Prompt for="security-code" cardType="amex"><Say>Four digits?</Say></Prompt>
		<Prompt for="payment-processing"><Say>One moment.</Say></Prompt>`)
	sid := w.ring()
	w.waits(sid, "pay:payment-card-number")
	w.keys(sid, "378282246310006") // the last digit is wrong
	w.do(sid, "silence")
	w.keys(sid, "378282246310005#")
	w.keys(sid, "1225") // over
	w.keys(sid, "1130")
	w.keys(sid, "123#")
	w.keys(sid, "1234")
	s := w.ended(sid)
	if got, want := s.said(), "Number? | Again, number? | [plays "+w.app.srv.URL+"/beep.wav] | Last time: number? | "+
		"Please enter your card's expiration date. Two digits for the month and two digits for the year. | "+
		"Sorry, that is not a valid expiration date. Please enter your card's expiration date. Two digits for the month and two digits for the year. | "+
		"Four digits? | Four digits? | One moment. | Goodbye."; got != want {
		t.Errorf("heard\n%s\nwant\n%s", got, want)
	}
	if s.Heard[0].Language != "en-GB" {
		t.Errorf("the first prompt was %+v", s.Heard[0])
	}
	wantForm(t, w.paid(), map[string]string{"Result": "success", "PaymentCardNumber": "xxxxxxxxxxx0005", "SecurityCode": "xxxx"})
	w.app.await(t, "/pay", 8)
	var got []string
	for _, h := range w.app.got("/pay") {
		got = append(got, strings.TrimRight(strings.Join([]string{h.form.Get("For"), h.form.Get("Attempt"), h.form.Get("ErrorType"),
			h.form.Get("PaymentCardNumber"), h.form.Get("ExpirationDate"), h.form.Get("SecurityCode")}, " "), " "))
		if !h.signed || h.form.Get("CallSid") != sid || h.form.Get("AccountSid") == "" {
			t.Errorf("a status callback is not signed, or not of this call: %v", h.form)
		}
	}
	want := []string{
		"payment-card-number 1 invalid-card-number", "payment-card-number 2 input-timeout", "payment-card-number 3  xxxxxxxxxxx0005",
		"expiration-date 1 invalid-date xxxxxxxxxxx0005", "expiration-date 2  xxxxxxxxxxx0005 1130",
		"security-code 1 invalid-security-code xxxxxxxxxxx0005 1130", "security-code 2  xxxxxxxxxxx0005 1130 xxxx",
		"payment-processing   xxxxxxxxxxx0005 1130 xxxx",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestPayEndings are the ways in which a <Pay> ends without asking the gateway.
func TestPayEndings(t *testing.T) {
	t.Parallel()
	visa := holder("4242424242424242", "123")
	for _, c := range []struct {
		name, attrs string
		f           fields
		want        map[string]string
	}{
		{"star", `chargeAmount="1"`, visa.with("expiration-date", "1*"), map[string]string{
			"Result": "caller-interrupted-with-star", "PaymentCardNumber": "xxxxxxxxxxxx4242", "ExpirationDate": ""}},
		{"silence", `chargeAmount="1"`, fields{}, map[string]string{"Result": "too-many-failed-attempts", "PaymentError": "input-timeout"}},
		{"wrong card", `chargeAmount="1"`, holder("4242424242424241", "123"), map[string]string{
			"Result": "too-many-failed-attempts", "PaymentError": "invalid-card-number", "PaymentCardNumber": ""}},
		{"card not taken", `chargeAmount="1"`, holder("6011111111111117", "123"), map[string]string{
			"Result": "too-many-failed-attempts", "PaymentError": "invalid-card-type"}},
		{"not a test card", `chargeAmount="1"`, holder("4000001234567899", "123"), map[string]string{
			"Result": "payment-connector-error", "PayErrorCode": "64022"}},
		{"not a test account", `paymentMethod="ach-debit" chargeAmount="1"`, visa.with("bank-account-number", "508862392#"), map[string]string{
			"Result": "payment-connector-error", "PayErrorCode": "64023", "BankAccountNumber": "*******92"}},
		{"bad amount", `chargeAmount="-0.59"`, visa, map[string]string{"Result": "validation-error", "PayErrorCode": "64003",
			"PaymentError": "paymentAmount='-0.59' (not a number between 0.00 - 1,000,000.00)", "PaymentMethod": "credit-card"}},
		{"account type of a card", `bankAccountType="consumer-savings"`, visa, map[string]string{"Result": "validation-error", "PayErrorCode": "64017"}},
		{"unknown connector", `paymentConnector="acme"`, visa, map[string]string{"Result": "payment-connector-error", "PayErrorCode": "64004"}},
		{"token type", `tokenType="payment-method"`, visa, map[string]string{"Result": "payment-connector-error", "PayErrorCode": "64006"}},
		{"currency", `chargeAmount="1" currency="dollars"`, visa, map[string]string{"Result": "payment-connector-error", "PayErrorCode": "64011"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.offer(c.attrs, "")
			sid := w.ring()
			w.fill(sid, c.f)
			s := w.ended(sid)
			wantForm(t, w.paid(), c.want)
			if strings.Contains(s.said(), "After.") || !strings.Contains(s.said(), "Goodbye.") || len(w.book()) != 0 {
				t.Errorf("heard %s; booked %+v", s.said(), w.book())
			}
			if code := c.want["PayErrorCode"]; code != "" && code != "64022" && code != "64023" {
				w.logged(sid, map[string]int{"64003": 64003, "64017": 64017, "64004": 64004, "64006": 64006, "64011": 64011}[code])
				if strings.Contains(s.said(), "enter") {
					t.Errorf("the caller was asked for nothing: %s", s.said())
				}
			}
		})
	}
}

// TestPayBankAccountAndToken are the other two things that <Pay> can do.
func TestPayBankAccountAndToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.offer(`paymentMethod="ach-debit" bankAccountType="commercial-checking" chargeAmount="131072.01" paymentConnector="sandbox"`,
		`<Prompt for="bank-account-number" requireMatchingInputs="true"><Say>Once more.</Say></Prompt>`)
	sid := w.ring()
	w.fill(sid, holder("", ""))
	if s := w.ended(sid); strings.Count(s.said(), "Once more.") != 1 {
		t.Error(s.said())
	}
	wantForm(t, w.paid(), map[string]string{
		"Result": "success", "BankRoutingNumber": "110000000", "BankAccountNumber": "******78", "BankAccountType": "commercial-checking",
		"PaymentMethod": "ach-debit", "PaymentConfirmationCode": w.book()[0].ID,
	})
	if c := w.book()[0]; c.Amount != "131072.01" || c.Brand != "" {
		t.Errorf("booked %+v", c)
	}

	w = newWorld(t)
	w.offer(`postalCode="SW1A 1AA" securityCode="false"`, "")
	sid = w.ring()
	w.fill(sid, holder("5555555555554444", ""))
	w.ended(sid)
	wantForm(t, w.paid(), map[string]string{
		"Result": "success", "PaymentToken": w.book()[0].ID, "PaymentConfirmationCode": "", "PaymentCardPostalCode": "SW1A 1AA", "SecurityCode": "",
	})
	if c := w.book()[0]; c.Method != "tokenize" || !strings.HasPrefix(c.ID, "TOK-") {
		t.Errorf("booked %+v", c)
	}
}

// TestPayTime moves the clock: a field waits for its timeout after the prompt, and anew after each key.
func TestPayTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, atPace(1))
	w.offer(`chargeAmount="1" timeout="4" maxAttempts="1"`, `<Prompt for="payment-card-number"><Pause length="10"/></Prompt>`)
	sid := w.ring()
	w.waits(sid, "pay:payment-card-number")
	w.advance("13s") // 10 of the prompt and 3 of silence
	w.keys(sid, "4242")
	w.advance("3s")
	w.keys(sid, "424242424242")
	if s := w.waits(sid, "pay:expiration-date"); s.WaitingID != 2 {
		t.Errorf("the wait has number %d", s.WaitingID)
	}
	w.keys(sid, "12") // into the prompt
	w.advance("3s")
	if s := w.await(sid); s.Ended {
		t.Fatal("it ended too early")
	}
	w.advance("10s") // one more of silence, and the rest to say goodbye
	w.ended(sid)
	wantForm(t, w.paid(), map[string]string{"Result": "too-many-failed-attempts", "PaymentError": "invalid-date"})
}

// TestPayCloses closes the simulator while the gateway does not answer.
func TestPayCloses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.offer(`chargeAmount="1"`, "")
	sid := w.ring()
	if s := w.fill(sid, holder("4000000000020000", "123")); s.WaitingFor != "pay:payment-processing" {
		t.Fatalf("it waits for %q", s.WaitingFor)
	}
	began := time.Now()
	if err := w.sim.Close(t.Context()); err != nil || time.Since(began) > 5*time.Second {
		t.Errorf("close took %s: %v", time.Since(began), err)
	}
	if len(w.app.got("/paid")) != 0 {
		t.Error("an action was posted after the end")
	}
}
