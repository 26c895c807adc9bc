//go:build !nosimulator

package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/paydial/paydial/payments"
)

// pay runs `paydial payments` against it.
func (d devRun) pay(t *testing.T, args ...string) result {
	t.Helper()
	return paydial(t, nil, append(append([]string{"payments"}, args...), "--app", d.app)...)
}

// agentCall runs `paydial call --agent` beside the test, and returns what waits for its result.
func (d devRun) agentCall(t *testing.T, args ...string) func() result {
	t.Helper()
	done := make(chan result, 1)
	all := append([]string{"call", "--app", d.app, "--simulator", d.sim, "--press", "1,12345678,0", "--agent", "--json"}, args...)
	go func() {
		var out, errs screen
		code := run(t.Context(), all, streams{out: &out, err: &errs, env: env{}.lookup})
		done <- result{code, out.text(), errs.text()}
	}()
	return func() result { return <-done }
}

// called is the result of a call, in JSON.
func called(t *testing.T, r result) (c struct {
	CallSID string `json:"call_sid"`
	Status  string
	Outcome string
	Scenes  []string
	Payment payment
}) {
	t.Helper()
	r.want(t, 0)
	if err := json.Unmarshal([]byte(r.out), &c); err != nil {
		t.Fatalf("%v: %s", err, r.out)
	}
	return c
}

// waits waits until the dev's story has come to a call that waits for an agent, and returns its CallSid.
func (d devRun) waits(t *testing.T, from int) string {
	t.Helper()
	d.out.until(t, from, "<Dial>")
	var all []payments.Handover
	r := d.pay(t, "waiting", "--json")
	if err := json.Unmarshal([]byte(r.out), &all); err != nil || len(all) != 1 {
		t.Fatalf("%v, one call should wait: %s", err, r.out)
	}
	return all[0].Call
}

// TestAgentTakesCardFromTheTerminal is a whole agent's call by two commands: a slip and a re-capture, the expiry date
// before the card, the code asked twice, one charge.
func TestAgentTakesCardFromTheTerminal(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	from := len(d.out.text())
	call := d.agentCall(t, "--card", "wrong,visa")
	r := d.pay(t, "take", "--fields", "expiry,card,code,security-code", "--retry", "2", "--yes")
	r.want(t, 0, "started  84.20 usd  pay_",
		"asked    expiry date     right 12/30\nasked    card number     wrong: card number not valid\n"+
			"asked    card number     right ···· ···· ···· 4242 visa\nasked    security code   right ···\n"+
			"asked    security code   right ···\ndone     paid 84.20 usd   visa 4242   confirmation SIM-")
	got, book := called(t, call()), charges(t, d)
	if len(book) != 1 {
		t.Fatalf("%d charges, want 1", len(book))
	}
	want := payment{Result: "paid", Amount: "84.20", Currency: "usd", Brand: "visa", Last4: "4242", Confirmation: book[0].ID}
	if got.Payment != want || got.Outcome != "paid" || got.Status != "completed" || len(got.Scenes) < 4 || len(got.CallSID) != 34 {
		t.Errorf("the call is %+v, want %+v", got, want)
	}
	story := d.out.until(t, from, "☎ end")
	for _, line := range []string{
		"▣   api takes 84.20 usd\n", "▣   api asks expiry date\n", "▣   expiry date right\n", "▣   api asks card number\n",
		"!   card number wrong: card number not valid\n", "▣   card number right ···· 4242 visa\n",
		"▣   api charges 84.20 usd\n", "✓   paid 84.20 usd   visa 4242   confirmation SIM-",
	} {
		if !strings.Contains(story, line) {
			t.Errorf("the story lacks %q:\n%s", line, story)
		}
	}
	if strings.Contains(story+r.out, "42424242") {
		t.Error("the story has the card number")
	}
}

func TestAgentTakesBankAccountFromTheTerminal(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	call := d.agentCall(t)
	r := d.pay(t, "take", "--method", "bank", "--account-type", "savings", "--amount", "20.00", "--reference", "Rent", "--yes", "--json")
	r.want(t, 0)
	var a payments.Assisted
	if err := json.Unmarshal([]byte(r.out), &a); err != nil {
		t.Fatal(err)
	}
	if a.Stage != payments.StagePaid || a.Method != "ach-debit" || a.BankAccount != "consumer-savings" || a.Reference != "Rent" || a.Last4 != "89" {
		t.Errorf("the payment is %+v", a)
	}
	if got := called(t, call()); got.Payment.Result != "paid" || got.Payment.Amount != "20.00" {
		t.Errorf("the call is %+v", got)
	}
}

// TestAgentSavesCardFromTheTerminal saves a card with several connectors.
func TestAgentSavesCardFromTheTerminal(t *testing.T) {
	t.Parallel()
	for _, connector := range []string{"sandbox", "stripe", "cardconnect", "chase", "aci"} {
		t.Run(connector, func(t *testing.T) {
			t.Parallel()
			dir := demoProject(t)
			edit(t, dir, "paydial.yaml", "connector: sandbox", "connector: "+connector)
			d := startDev(t, nil, "--dir", dir)
			call := d.agentCall(t, "--card", "amex")
			d.pay(t, "take", "--save", "--yes").want(t, 0, "to save, nothing charged", "done     saved, nothing charged   amex 0005")
			if got := called(t, call()); got.Payment.Result != "saved" || got.Payment.Last4 != "0005" {
				t.Errorf("the call is %+v", got)
			}
			for _, c := range charges(t, d) { // what was saved is in the book too
				if c.Amount != "" {
					t.Errorf("charged: %+v", c)
				}
			}
			d.pay(t, "list").want(t, 0, "saved", "save only", "amex 0005")
		})
	}
}

// TestAgentActsOneByOne takes a payment by one command for each thing that an agent does.
func TestAgentActsOneByOne(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	from := len(d.out.text())
	call := d.agentCall(t, "--card", "wrong,visa")
	sid := d.waits(t, from)
	d.pay(t, "waiting").want(t, 0, sid, "+1 555 012 3456", "pay-my-bill", "84.20 usd")
	d.pay(t, "start", sid, "--ask", "expiry").want(t, 0, "pay_", "open: 84.20 usd")
	d.pay(t, "start").want(t, exitConflict, "Another payment is open on this call", "paydial payments cancel pay_")
	d.pay(t, "charge", "--yes").want(t, exitConflict, "Something is still missing", "Missing: card number")
	d.pay(t, "ask", "card", "--wait").want(t, exitFailed, "card number  wrong: card number not valid")
	d.pay(t, "ask", "card", "--wait").want(t, 0, "card number  right ···· ···· ···· 4242 visa")
	d.pay(t, "more-time").want(t, exitConflict, "That is not possible now", "The payment is open.")
	d.pay(t, "stop").want(t, 0, "open: 84.20 usd")
	d.pay(t, "ask", "code", "--wait", "--json").want(t, 0, `"state": "open"`)
	d.pay(t, "take-over").want(t, 0, "open")
	d.pay(t, "ask", "routing").want(t, exitUsage, "This payment has no such field")
	d.pay(t, "show").want(t, 0, "started: no result for 84.20 usd yet", "led by api", "expiry date  right 12/30", "postal code  known: 94109")
	d.pay(t, "charge").want(t, exitUsage, "say --yes to charge 84.20 usd")
	no := paydialWith(t, strings.NewReader("\n"), nil, "payments", "charge", "--app", d.app)
	no.want(t, exitFailed, "Charge 84.20 usd? y/N", "nothing was charged")
	paydialWith(t, strings.NewReader("y\n"), nil, "payments", "charge", "--app", d.app).want(t, 0, "paid 84.20 usd   visa 4242   confirmation SIM-")
	d.pay(t, "start", sid).want(t, exitSafety, "This call has paid already", "--reason")
	if got := called(t, call()); got.Payment.Result != "paid" {
		t.Errorf("the call is %+v", got)
	}
	if n := len(charges(t, d)); n != 1 {
		t.Errorf("%d charges, want 1", n)
	}
}

// TestAgentWatches follows a payment while it is taken.
func TestAgentWatches(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	from := len(d.out.text())
	call := d.agentCall(t)
	sid := d.waits(t, from)
	d.pay(t, "start", sid).want(t, 0)
	var live screen
	ended := make(chan int, 1)
	go func() {
		ended <- run(t.Context(), []string{"payments", "watch", "--app", d.app}, streams{out: &live, err: &live, env: env{}.lookup})
	}()
	live.until(t, 0, "api takes 84.20 usd")
	d.pay(t, "ask", "card", "--wait").want(t, 0)
	text := live.until(t, 0, "▣  card number  right ···· ···· ···· 4242 visa")
	if !strings.Contains(text, "api asks card number") {
		t.Errorf("the watch says\n%s", text)
	}
	id := strings.Fields(d.pay(t, "stop").out)[0]
	d.pay(t, "cancel", id).want(t, 0, "cancelled: 84.20 usd not charged")
	live.until(t, 0, "cancelled")
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d", code)
	}
	if got := called(t, call()); got.Payment.Result != "cancelled" || got.Payment.Amount != "84.20" {
		t.Errorf("the call is %+v", got)
	}
	r := d.pay(t, "watch", id, "--json") // over: what it is, once
	r.want(t, 0)
	var a payments.Assisted
	if err := json.Unmarshal([]byte(r.out), &a); err != nil || a.Stage != payments.StageCancelled {
		t.Errorf("%v: %s", err, r.out)
	}
}

// TestAgentSendsToKeypad lets the caller pay in Twilio's own dialogue.
func TestAgentSendsToKeypad(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	from := len(d.out.text())
	call := d.agentCall(t, "--card", "visa")
	sid := d.waits(t, from)
	d.pay(t, "keypad", sid, "--amount", "30").want(t, 0, "pay_")
	if got := called(t, call()); got.Payment.Result != "paid" || got.Payment.Amount != "30.00" {
		t.Errorf("the call is %+v", got)
	}
}

// TestAgentGivesUp wants nothing left open when a field does not come right.
func TestAgentGivesUp(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	call := d.agentCall(t, "--card", "wrong")
	d.pay(t, "take", "--retry", "1", "--yes").want(t, exitFailed, "card number is not right after 2 times", "ended    cancelled: 84.20 usd not charged")
	called(t, call())
	d.pay(t, "list", "--state", "cancelled", "--since", "1h").want(t, 0, "cancelled  84.20 usd")

	call = d.agentCall(t, "--card", "declined")
	d.pay(t, "take", "--yes").want(t, exitFailed, "declined, the card was declined (64012): 84.20 usd not charged")
	if got := called(t, call()); got.Payment.Result != "declined" {
		t.Errorf("the call is %+v", got)
	}
	call = d.agentCall(t, "--card", "star")
	d.pay(t, "take", "--yes").want(t, exitFailed, "cancelled, the caller pressed star: 84.20 usd not charged")
	called(t, call())
}

func TestPaymentsRefuse(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	for _, c := range []struct {
		args []string
		code int
		say  string
	}{
		{[]string{"show", "pay_nosuch"}, exitNotFound, "No such payment"},
		{[]string{"cancel", "pay_nosuch"}, exitNotFound, "No such payment at your desk"},
		{[]string{"watch", "pay_nosuch"}, exitNotFound, "No such payment at your desk"},
		{[]string{"ask", "pay_nosuch", "card"}, exitNotFound, "No such payment at your desk"},
		{[]string{"ask"}, exitUsage, "say which field, for example: paydial payments ask card"},
		{[]string{"cancel"}, exitNotFound, "no payment is open"},
		{[]string{"cancel", "CA123"}, exitUsage, "begins with pay_"},
		{[]string{"start"}, exitNotFound, "no call waits for an agent"},
		{[]string{"take"}, exitUsage, "say --yes"},
		{[]string{"take", "--wait", "1ms", "--yes"}, exitNotFound, "no call waits for an agent"},
		{[]string{"take", "--yes", "--fields", "cvv"}, exitUsage, "card, expiry, code, postal, routing, account"},
		{[]string{"start", "CA0123"}, exitConflict, "No flow has handed this call to you"},
		{[]string{"start", "CA0123", "--method", "cheque"}, exitUsage, "there are card and bank"},
		{[]string{"start", "CA0123", "--account-type", "x"}, exitUsage, "checking, savings and business"},
		{[]string{"start", "CA0123", "--amount", "20"}, exitUsage, "names no currency"},
		{[]string{"start", "CA0123", "--save", "--amount", "20"}, exitUsage, "takes no --amount"},
		{[]string{"start", "CA0123", "--amount", "twenty usd"}, exitFailed, "That amount cannot be charged"},
		{[]string{"list", "--state", "lost"}, exitUsage, "state is one or more of paid"},
		{[]string{"list", "--since", "yesterday"}, exitUsage, "how long ago, like 2h"},
		{[]string{"list", "--needs-look"}, 0, "no payments"},
		{[]string{"waiting"}, 0, "no call waits"},
		{[]string{"frob"}, exitUsage, `there is no command "paydial payments frob"`},
	} {
		t.Run(fmt.Sprint(c.args), func(t *testing.T) {
			t.Parallel()
			d.pay(t, c.args...).want(t, c.code, c.say)
		})
	}
	wrong := env{"PAYDIAL_API_TOKEN": "wrong"}
	paydial(t, wrong, "payments", "list", "--app", d.app).want(t, exitRefused, "Nobody is signed in", "PAYDIAL_API_TOKEN")
	paydial(t, nil, "payments", "list", "--app", "http://127.0.0.1:1").want(t, exitUnreachable, "the app does not answer at http://127.0.0.1:1")
	paydial(t, nil, "payments", "list", "--app", "https://pay.example.com").want(t, exitRefused, "wants its API token")
	paydial(t, wrong, "call", "--app", "http://127.0.0.1:1", "--simulator", d.sim, "--agent", "--json").want(t, exitUnreachable, "the app does not answer")
	paydial(t, wrong, "call", "--app", d.app, "--simulator", d.sim, "--agent", "--json").want(t, exitRefused, "does not take this API token")
}
