package console_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/sessions"
)

// agentTakes writes an agent's payment of a call into the ledger; turn tells several apart.
func (h *house) agentTakes(call string, turn int) payments.Payment {
	h.t.Helper()
	p, err := h.ledger.Open(h.t.Context(), payments.NewPayment{
		Call: call, Turn: turn, Step: "desk", Flow: "pay-my-bill", Intent: payments.Charge, Source: payments.SourceDesk, Agent: "kim",
		Amount: payments.Amount{Minor: 2000, Currency: "usd"}, Connector: "sandbox", Reference: "Energy bill 5678",
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

func (h *house) closes(p payments.Payment, r payments.Result) {
	h.t.Helper()
	if _, _, err := h.ledger.Close(h.t.Context(), p.ID, r); err != nil {
		h.t.Fatal(err)
	}
}

// TestCallShowsTheAgentsPayment: a call shows what an agent takes on it while its flow has not heard of that.
func TestCallShowsTheAgentsPayment(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	now := noon
	h.ledger.Now = func() time.Time { return now }
	h.liveCall("CA1")
	shows := func(call string, want any) {
		t.Helper()
		if diff := cmp.Diff(want, h.api("/api/v1/calls/" + call).read(t)["payment"]); diff != "" {
			t.Errorf("%s shows another payment (-want +got):\n%s", call, diff)
		}
	}
	of := func(result, amount, brand, last4, confirmation string) map[string]any {
		return map[string]any{
			"result": result, "amount": amount, "currency": "usd", "brand": brand, "last4": last4, "confirmation": confirmation,
		}
	}
	shows("CA1", nil)
	first := h.agentTakes("CA1", 500_000)
	shows("CA1", of("started", "20.00", "", "", ""))
	h.closes(first, payments.Result{State: payments.Cancelled})
	shows("CA1", of("cancelled", "20.00", "", "", ""))

	now = now.Add(time.Second)
	second := h.agentTakes("CA1", 500_001)
	h.closes(second, payments.Result{State: payments.Paid, Brand: "visa", Last4: "4242", Confirmation: "SIM-1"})
	paid := of("paid", "20.00", "visa", "4242", "SIM-1")
	shows("CA1", paid)
	now = now.Add(time.Second)
	h.closes(h.agentTakes("CA1", 500_002), payments.Result{State: payments.Cancelled})
	shows("CA1", paid) // the one that was cancelled says less

	items, _ := h.api("/api/v1/calls").read(t)["items"].([]any)
	if len(items) != 1 {
		t.Fatalf("%d calls", len(items))
	}
	if diff := cmp.Diff(any(paid), items[0].(map[string]any)["payment"]); diff != "" {
		t.Errorf("the list shows another payment:\n%s", diff)
	}
	for _, path := range []string{"/calls/CA1", "/calls", "/"} {
		if page := h.api(path); !page.holds("20.00", "paid") {
			t.Errorf("%s does not show the agent's payment:\n%s", path, page.body)
		}
	}

	now = noon
	h.paidCall("CA2") // by keypad
	keypad := of("paid", "84.20", "visa", "4242", "SIM-7F3K2M")
	shows("CA2", keypad)
	now = now.Add(time.Second)
	third := h.agentTakes("CA2", 500_000)
	shows("CA2", of("started", "20.00", "", "", ""))
	h.closes(third, payments.Result{State: payments.Cancelled})
	shows("CA2", keypad)
}

// infoOf is what a call's session says now.
func infoOf(h *house, call string) sessions.Info {
	h.t.Helper()
	s, err := h.sessions.Get(h.t.Context(), call)
	if err != nil {
		h.t.Fatal(err)
	}
	return s.Info
}

// TestTimelineTellsTheDesk says in words what an agent's payment comes to.
func TestTimelineTellsTheDesk(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.liveCall("CA1")
	desk := func(what, who, field, note string, more ...string) {
		h.t.Helper()
		h.place("CA1", infoOf(h, "CA1"), event("desk", what, note, append([]string{
			"who", who, "field", field, "amount", "84.20", "currency", "usd", "brand", "visa", "last4", "4242"}, more...)...))
	}
	desk("started", "kim", "", "")
	desk("open", "", "", "")
	desk("asked", "kim", "payment-card-number", "")
	desk("wrong", "", "payment-card-number", "invalid-card-number")
	desk("silent", "", "security-code", "")
	desk("right", "", "payment-card-number", "")
	desk("stopped", "kim", "expiration-date", "")
	desk("taken_over", "sam", "", "kim")
	desk("refused", "", "", "64020")
	desk("charging", "", "", "")
	desk("paid", "", "", "", "confirmation", "SIM-1")
	desk("unknown", "", "", "no_result")
	desk("cancelled", "sam", "", "")
	desk("caller_left", "", "", "caller-hung-up")
	desk("saved", "", "", "", "amount", "0.00")
	desk("started", "kim", "", "", "amount", "0.00")
	desk("charging", "kim", "", "", "amount", "0.00")
	body := strings.Join(strings.Fields(h.api("/calls/CA1").body), " ")
	for _, words := range []string{
		"kim takes 84.20 usd", "the line listens for the caller&#39;s keys", "kim asks card number", "card number did not pass",
		"That number fails its check digit.", "security code: no keys came", "card number is well-formed", "Visa ending 4242",
		"kim stops asking expiry date", "sam takes over from kim", "Twilio did not take it", "Twilio did not understand a value.",
		"somebody charges 84.20 usd", "paid 84.20 usd", "SIM-1", "unknown 84.20 usd", "No result came.", "cancelled 84.20 usd",
		"caller left 84.20 usd", "The caller hung up.", "saved visa ending 4242", "kim takes a card or account to save", "kim saves",
	} {
		if !strings.Contains(body, words) {
			t.Errorf("the call's page does not say %q", words)
		}
	}
	if strings.Contains(body, "⟨") {
		t.Error("a sentence is not in the catalogue")
	}
}
