package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/sessions"
)

// TestCall holds the answer that others rely on.
func TestCall(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.paidCall("CApaid")
	h.liveCall("CAlive")
	got := h.api("/api/v1/calls/CApaid").read(t)
	want := map[string]any{
		"call_sid": "CApaid", "status": "completed", "flow": "pay-my-bill", "outcome": "paid",
		"scenes":  []any{"welcome", "balance", "pay", "receipt"},
		"payment": map[string]any{"result": "paid", "amount": "84.20", "currency": "usd", "brand": "visa", "last4": "4242", "confirmation": "SIM-7F3K2M"},
		"scene":   "receipt", "from": "+15550123456", "to": "+15550100000", "direction": "inbound", "version": "9c1f0011223344556677",
		"turn": 1.0, "started_at": noon.Add(-time.Minute).Format(time.RFC3339), "updated_at": got["updated_at"], "ended_at": noon.Format(time.RFC3339),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a call that paid (-want +got):\n%s", diff)
	}
	live := h.api("/api/v1/calls/CAlive").read(t)
	if live["payment"] != nil || live["ended_at"] != nil || live["outcome"] != "" || live["status"] != "in-progress" {
		t.Errorf("a call on the line: %v", live)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	for path, code := range map[string]string{
		"/api/v1/calls/CAnone": "no_such_call", "/api/v1/calls/CAnone/events": "no_such_call", "/api/v1/calls/a%20b": "no_such_call",
		"/api/v1/flows/none": "no_such_flow", "/api/v1/payments/pay_none": "no_such_payment",
	} {
		got := h.api(path)
		p := got.read(t)
		if got.StatusCode != http.StatusNotFound || p["code"] != code || p["type"] != "/api/problems#"+code || p["status"] != 404.0 {
			t.Errorf("%s: %d %v", path, got.StatusCode, p)
		}
	}
	if got := h.ask("/api/problems"); got.StatusCode != http.StatusOK || !got.holds(`id="no_such_call"`, `id="wrong_host"`) {
		t.Errorf("the page of problems: %d %s", got.StatusCode, got.body)
	}
}

func TestBadQuery(t *testing.T) {
	t.Parallel()
	h := open(t, local)
	for _, path := range []string{
		"/api/v1/calls?limit=0", "/api/v1/calls?limit=201", "/api/v1/calls?limit=x", "/api/v1/calls?after=x", "/api/v1/calls?live=maybe",
		"/api/v1/payments?after=1", "/api/v1/payments?state=paid,stolen", "/api/v1/payments?since=yesterday", "/api/v1/payments?since=-2h",
	} {
		got := h.api(path)
		if p := got.read(t); got.StatusCode != http.StatusBadRequest || p["code"] != "bad_query" || p["detail"] == "" {
			t.Errorf("%s: %d %v", path, got.StatusCode, p)
		}
	}
	for _, path := range []string{"/calls?after=x", "/calls?limit=x", "/payments?state=stolen"} {
		if got := h.ask(path); got.StatusCode != http.StatusBadRequest || !got.holds("<h1>") {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
}

func TestListOfCalls(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	for i := range 5 {
		h.place(fmt.Sprintf("CA%d", i), sessions.Info{Flow: "pay-my-bill", Started: time.Now().Add(time.Duration(i) * time.Second)})
	}
	h.place("CA4", sessions.Info{Flow: "pay-my-bill", Started: time.Now(), Ended: time.Now()})
	if got := sids(h.api("/api/v1/calls?live=true").read(t)); len(got) != 4 || got[0] != "CA3" {
		t.Errorf("on the line: %v", got)
	}
	var all []string
	for path := "/api/v1/calls?limit=2"; path != ""; {
		got := h.api(path)
		all = append(all, sids(got.read(t))...)
		path = strings.TrimSuffix(strings.TrimPrefix(got.Header.Get("Link"), "<"), `>; rel="next"`)
	}
	if len(all) != 5 {
		t.Errorf("all pages together: %v", all)
	}
}

func sids(list map[string]any) []string {
	var out []string
	for _, item := range list["items"].([]any) {
		out = append(out, item.(map[string]any)["call_sid"].(string))
	}
	return out
}

func TestListOfPayments(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	p := h.paidCall("CApaid")
	q, err := h.ledger.Open(t.Context(), payments.NewPayment{Call: "CAopen", Turn: 1, Intent: payments.Save, Flow: "other"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.ledger.Close(t.Context(), q.ID, payments.Result{State: payments.Unknown}); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][]string{
		"": {"CAopen", "CApaid"}, "?state=paid": {"CApaid"}, "?state=paid,unknown": {"CAopen", "CApaid"}, "?call=CAopen": {"CAopen"},
		"?flow=pay-my-bill": {"CApaid"}, "?needs_look=true": {"CAopen"}, "?since=1h": {"CAopen", "CApaid"},
		"?since=2100-01-01T00:00:00Z": nil, "?state=declined": nil,
	} {
		got := sids(h.api("/api/v1/payments" + query).read(t))
		if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" {
			t.Errorf("payments%s (-want +got):\n%s", query, diff)
		}
	}
	one := h.api("/api/v1/payments/" + p.ID).read(t)
	if diff := cmp.Diff(map[string]any{"minor": 8420.0, "currency": "usd", "text": "84.20 usd"}, one["amount"]); diff != "" {
		t.Errorf("amount (-want +got):\n%s", diff)
	}
	if one["state"] != "paid" || one["last4"] != "4242" || one["confirmation"] != "SIM-7F3K2M" {
		t.Errorf("the payment: %v", one)
	}
}

func TestFlows(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	got := h.api("/api/v1/flows").read(t)["items"].([]any)[0].(map[string]any)
	if got["name"] != "pay-my-bill" || got["version"] != h.project.Hash || got["numbers"].([]any)[0] != "+15550100000" || got["scenes"].([]any)[0] != "welcome" {
		t.Errorf("the list of flows: %v", got)
	}
	if diff := cmp.Diff(got, h.api("/api/v1/flows/pay-my-bill").read(t)); diff != "" {
		t.Errorf("the list and the flow differ:\n%s", diff)
	}
}

// TestNothingOfACard searches every answer for the gateway's token, which is as good as a card, and for more than
// four of its digits. It first finds what may be shown, so that it is known to search the right thing.
func TestNothingOfACard(t *testing.T) {
	t.Parallel()
	h := open(t, local)
	p := h.paidCall("CApaid")
	h.place("CAodd", sessions.Info{Flow: "pay-my-bill", Started: noon, Payment: []byte(`{"result":"paid","last4":"4242424242424242"}`)})
	found := 0
	for _, path := range []string{
		"/", "/calls", "/calls/CApaid", "/calls/CAodd", "/payments", "/flows/pay-my-bill",
		"/api/v1/calls", "/api/v1/calls/CApaid", "/api/v1/calls/CAodd", "/api/v1/payments", "/api/v1/payments/" + p.ID, "/api/v1/calls/CApaid/events",
	} {
		got := h.api(path)
		if got.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", path, got.StatusCode)
		}
		if got.holds("4242") {
			found++
		}
		for _, secret := range []string{"tok-never-shown", "42424"} {
			if got.holds(secret) {
				t.Errorf("%s shows %q", path, secret)
			}
		}
	}
	if found < 6 {
		t.Errorf("the last four digits were found in %d answers only", found)
	}
}
