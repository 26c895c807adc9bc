package rig_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paydial/paydial/internal/caller"
	"github.com/paydial/paydial/simulator"
)

// TestNodePayments runs the samples of Twilio's Payment resource page with the official Node library, on a call whose
// caller types what is asked for.
func TestNodePayments(t *testing.T) {
	t.Parallel()
	const line, person = "+15550100000", "+15550123456"
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write([]byte(`<Response><Enqueue>desk</Enqueue></Response>`))
	}))
	defer app.Close()
	sim, err := simulator.New(simulator.Config{Numbers: []simulator.Number{{Number: line, VoiceURL: app.URL}}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	defer server.Close()
	defer func() { _ = sim.Close(t.Context()) }()

	cards, err := caller.ParseCards("visa")
	if err != nil {
		t.Fatal(err)
	}
	who := &caller.Caller{Simulator: server.URL}
	script := caller.Script{To: line, From: person, Cards: cards}
	sid, err := who.Ring(t.Context(), script)
	if err != nil {
		t.Fatal(err)
	}
	for s, err := who.State(t.Context(), sid); s.Status != "in-progress"; s, err = who.State(t.Context(), sid) {
		if err != nil || s.Over() {
			t.Fatalf("%+v %v", s, err)
		}
	}
	over := make(chan error, 1)
	go func() {
		_, err := who.Follow(t.Context(), sid, script)
		over <- err
	}()

	raw := node(t, "payments.mjs", "SIMULATOR_URL="+server.URL, "CALL_SID="+sid)
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	for _, l := range lines[:len(lines)-1] {
		if l != simulator.DefaultAccountSID {
			t.Errorf("printed %q", l)
		}
	}
	if len(lines) != 9 { // two sessions, four captures, complete, cancel, and what is read here
		t.Errorf("%d lines:\n%s", len(lines), raw)
	}
	var got struct {
		First, Second      string
		Unsigned, Told     int
		Early              struct{ Status, Code int }
		Charged, Cancelled map[string]string
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	switch {
	case !strings.HasPrefix(got.First, "PK") || got.First == got.Second:
		t.Errorf("payments %s and %s", got.First, got.Second)
	case got.Unsigned != 0 || got.Told < 30:
		t.Errorf("%d status callbacks, %d without a signature", got.Told, got.Unsigned)
	case got.Early.Status != 400 || got.Early.Code != 64019:
		t.Errorf("complete without a card was refused with %+v", got.Early)
	case got.Charged["Result"] != "success" || got.Charged["PaymentCardNumber"] != "xxxxxxxxxxxx4242" || got.Charged["PaymentToken"] == "":
		t.Errorf("completed: %v", got.Charged)
	case got.Cancelled["Result"] != "transaction-cancelled":
		t.Errorf("cancelled: %v", got.Cancelled)
	}
	if err := who.HangUp(t.Context(), sid); err != nil {
		t.Error(err)
	}
	if err := <-over; err != nil {
		t.Error(err)
	}
}
