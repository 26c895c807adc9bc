package console_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/console"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/examples"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/recordings/transcripts"
	"github.com/paydial/paydial/sessions"
)

const token = "a-token-for-tests"

// noon is the clock of every test: about now, since Redis forgets what is older than a day.
var noon = time.Now().UTC().Truncate(time.Second)

// house is a console with real stores behind it.
type house struct {
	t        *testing.T
	sessions *sessions.Store
	ledger   *payments.Ledger
	audit    *audit.Log
	words    *transcripts.Store
	project  *flows.Project
	engine   *gin.Engine
}

// open makes a house; change may alter the console's configuration.
func open(t *testing.T, change func(*console.Config)) *house {
	t.Helper()
	store, err := sessions.Open(t.Context(), sessions.Config{URL: redistest.Mini(t), Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	sql, err := db.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sql.Close() })
	ledger, err := payments.NewLedger(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	log, err := audit.New(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	ledger.Now = func() time.Time { return noon }
	bundle, err := flows.ReadBundle(examples.BillPayment())
	if err != nil {
		t.Fatal(err)
	}
	project, findings := flows.Load(bundle)
	if project == nil {
		t.Fatal(findings)
	}
	words, err := transcripts.New(t.Context(), transcripts.Config{DB: sql, Audit: log, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, sessions: store, ledger: ledger, audit: log, words: words, project: project}
	cfg := console.Config{
		Tokens: []string{token}, Sessions: store, Ledger: ledger, Audit: log, Transcripts: words,
		Project: func() *flows.Project { return project }, Now: func() time.Time { return noon },
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
	}
	if change != nil {
		change(&cfg)
	}
	gin.SetMode(gin.TestMode)
	h.engine = gin.New()
	console.New(cfg).Routes(h.engine)
	return h
}

// local makes the house a developer's computer.
func local(cfg *console.Config) { cfg.LoopbackOnly = true }

// answer is what came back, with its body.
type answer struct {
	*http.Response
	body string
}

// ask sends a GET; header is name, value, name, value.
func (h *house) ask(path string, header ...string) answer {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://localhost:8080"+path, nil)
	r.RemoteAddr = "127.0.0.1:54321"
	for i := 0; i+1 < len(header); i += 2 {
		switch header[i] {
		case "Host":
			r.Host = header[i+1]
		case "From":
			r.RemoteAddr = header[i+1]
		case "Password":
			r.SetBasicAuth("anybody", header[i+1])
		default:
			r.Header.Set(header[i], header[i+1])
		}
	}
	w := httptest.NewRecorder()
	h.engine.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer{w.Result(), string(body)}
}

// api asks with the token.
func (h *house) api(path string, header ...string) answer {
	h.t.Helper()
	return h.ask(path, append([]string{"Authorization", "Bearer " + token}, header...)...)
}

// read decodes an answer of the API into a map.
func (a answer) read(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		t.Fatalf("%d %s: %v", a.StatusCode, a.body, err)
	}
	return out
}

// place writes one turn of a call.
func (h *house) place(call string, info sessions.Info, events ...sessions.Event) {
	h.t.Helper()
	ctx := context.Background()
	begun, err := h.sessions.Begin(ctx, call, 0)
	if err == nil && begun.Verdict != sessions.Run {
		begun, err = h.sessions.Begin(ctx, call, sessions.Current)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	err = h.sessions.Commit(ctx, begun.Lease, sessions.Commit{State: []byte("{}"), Info: info, Answer: []byte("<Response/>"), Events: events})
	if err != nil {
		h.t.Fatal(err)
	}
}

// event is an event of the feed, as ivr writes it.
func event(kind, name, text string, more ...string) sessions.Event {
	data := map[string]string{"name": name, "text": text}
	for i := 0; i+1 < len(more); i += 2 {
		data[more[i]] = more[i+1]
	}
	body, _ := json.Marshal(data)
	return sessions.Event{Kind: kind, Data: body}
}

// paidCall places a call that has paid and ended, with its row in the ledger.
func (h *house) paidCall(call string) payments.Payment {
	h.t.Helper()
	ctx := context.Background()
	p, err := h.ledger.Open(ctx, payments.NewPayment{
		Call: call, Turn: 3, Step: "pay#2", Flow: "pay-my-bill", Intent: payments.Charge, Connector: "sandbox",
		Amount: payments.Amount{Minor: 8420, Currency: "usd"}, Reference: "Energy bill 5678",
	})
	if err != nil {
		h.t.Fatal(err)
	}
	p, _, err = h.ledger.Close(ctx, p.ID, payments.Result{
		State: payments.Paid, Brand: "visa", Last4: "4242", Confirmation: "SIM-7F3K2M", Token: "tok-never-shown",
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.place(call, sessions.Info{
		Flow: "pay-my-bill", Bundle: "9c1f0011223344556677", Direction: "inbound", From: "+15550123456", To: "+15550100000",
		Status: "completed", Scene: "receipt", Outcome: "paid", Scenes: []string{"welcome", "balance", "pay", "receipt"},
		Started: noon.Add(-time.Minute), Ended: noon,
		Payment: json.RawMessage(`{"result":"paid","amount":"84.20","currency":"usd","brand":"visa","last4":"4242","confirmation":"SIM-7F3K2M"}`),
	},
		event("call", "started", "pay-my-bill", "from", "+15550123456", "to", "+15550100000"),
		event("scene", "pay", ""),
		event("pay", "payment-card-number", "invalid-card-number", "attempt", "2", "card", "xxxxxxxxxxxx4242"),
		event("payment", "paid", p.ID, "amount", "84.20", "currency", "usd", "brand", "visa", "last4", "4242", "confirmation", "SIM-7F3K2M"),
		event("outcome", "paid", "paid"),
		event("call", "ended", "paid", "status", "completed"))
	return p
}

// liveCall places a call that is in the scene balance.
func (h *house) liveCall(call string) {
	h.t.Helper()
	h.place(call, sessions.Info{
		Flow: "pay-my-bill", Bundle: "9c1f", Direction: "inbound", From: "+15550199999", To: "+15550100000", Status: "in-progress",
		Scene: "balance", Scenes: []string{"welcome", "balance"}, Started: noon.Add(-10 * time.Second),
	}, event("scene", "balance", ""))
}

// holds tells whether the body holds every one of the words.
func (a answer) holds(words ...string) bool {
	for _, word := range words {
		if !strings.Contains(a.body, word) {
			return false
		}
	}
	return true
}
