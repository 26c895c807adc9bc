package console_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/paydial/paydial/audit"
)

// pays takes a payment to its end and gives its id.
func (d *deskHouse) pays(kim *browser) string {
	d.t.Helper()
	id := d.begins(kim)
	for _, f := range []struct{ field, keys string }{{"payment-card-number", "4242424242424242#"}, {"expiration-date", "1230"}, {"security-code", "123"}} {
		if got := kim.wish("/payments/"+id+"/ask", `{"field":"`+f.field+`"}`); got.StatusCode != http.StatusAccepted {
			d.t.Fatalf("ask: %d %s", got.StatusCode, got.body)
		}
		d.until(kim, id, f.field, fieldIs(f.field, "waiting"))
		d.keys(f.keys)
		d.until(kim, id, f.field, fieldIs(f.field, "right"))
	}
	kim.wish("/payments/"+id+"/complete", `{"amount":{"minor":8420,"currency":"usd"}}`, "Idempotency-Key", "c"+id)
	d.until(kim, id, "the result", func(p map[string]any) bool { return p["state"] == "paid" })
	return id
}

// begins starts a payment on the call and gives its id.
func (d *deskHouse) begins(kim *browser) string {
	d.t.Helper()
	got := kim.wish("/calls/"+d.call+"/payments", `{}`, "Idempotency-Key", "s"+d.call)
	id, _ := got.read(d.t)["id"].(string)
	if id == "" {
		d.t.Fatalf("start: %d %s", got.StatusCode, got.body)
	}
	return id
}

// texts are the bodies of all text messages, with whom they are between.
func (d *deskHouse) texts() []map[string]any {
	d.t.Helper()
	resp, err := http.Get(d.sim + "/sim/v1/messages")
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	var out struct{ Messages []map[string]any }
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		d.t.Fatal(err)
	}
	return out.Messages
}

// TestWrapUp is the outcome and the note of a payment: refused while it runs, refused with a card number in it, kept
// and read by those who may.
func TestWrapUp(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	kim, ana, sam := d.signedIn(t, "kim"), d.signedIn(t, "ana"), d.signedIn(t, "sam")
	id := d.begins(kim)
	note := "/payments/" + id + "/note"
	kim.wish(note, `{"outcome":"done"}`).wantProblem(t, 409, "wrong_stage")
	kim.wish("/payments/"+id+"/receipt", `{}`).wantProblem(t, 409, "wrong_stage")
	kim.wish("/payments/"+id+"/cancel", `{}`)
	for name, tc := range map[string]struct{ body, code string }{
		"no outcome":       {`{"note":"hm"}`, "bad_note"},
		"another outcome":  {`{"outcome":"great"}`, "bad_note"},
		"too long":         {`{"outcome":"done","note":"` + strings.Repeat("ñ", 501) + `"}`, "bad_note"},
		"a card":           {`{"outcome":"done","note":"paid with 4242 4242-4242 4242"}`, "card_digits"},
		"a card, in words": {`{"outcome":"done","note":"x4111111111111111y"}`, "card_digits"},
	} {
		got := kim.wish(note, tc.body)
		got.wantProblem(t, 422, tc.code)
		if got.holds("4242") || got.holds("4111") {
			t.Errorf("%s: the refusal repeats the digits: %s", name, got.body)
		}
	}
	for i, text := range []string{"Calls back on Friday about ref 12345678.", strings.Repeat("ñ", 500)} {
		got := kim.wish(note, `{"outcome":"call_back","note":" `+text+` "}`, "X-Desk-Screen", "another")
		if p := got.read(t); got.StatusCode != http.StatusAccepted || p["wrap_up"] != "call_back" || p["note"] != text {
			t.Errorf("note %d: %d %s", i, got.StatusCode, got.body)
		}
	}
	seen := sam.get("/api/v1/payments/"+id+"/desk", "Accept", "application/json")
	if seen.read(t)["wrap_up"] != "call_back" {
		t.Errorf("a supervisor sees %s", seen.body)
	}
	if got := ana.wish(note, `{"outcome":"done"}`); got.StatusCode != http.StatusForbidden {
		t.Errorf("an auditor writes: %d %s", got.StatusCode, got.body)
	}
	page, err := d.audit.List(t.Context(), audit.Query{Action: "payment.note", Limit: 100})
	if err != nil || len(page.Entries) == 0 {
		t.Fatalf("audit: %+v, %v", page, err)
	}
	for _, e := range page.Entries {
		if strings.Contains(e.Detail, "Friday") || strings.Contains(e.Detail, "great") || e.Call != d.call || e.Payment != id {
			t.Errorf("audit line %+v", e)
		}
	}
	if e := page.Entries[0]; e.Who != "kim" || e.Detail != "call_back" {
		t.Errorf("the last line is %+v", e)
	}
}

// TestReceipt sends a receipt once, in the caller's language; what Twilio refuses is said and may be tried again.
func TestReceipt(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{
		"en-US": "we received $84.20 for Energy bill 5678. Card: Visa ending in 4242. Confirmation: ",
		"es-MX": "recibimos $84.20 por Energy bill 5678. Tarjeta: Visa terminada en 4242. Confirmación: ",
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			d := openDesk(t)
			d.offer("+15550123456", language)
			kim := d.signedIn(t, "kim")
			id := d.pays(kim)
			d.noText.Store(http.StatusBadRequest)
			refused := kim.wish("/payments/"+id+"/receipt", `{}`)
			refused.wantProblem(t, 502, "receipt_not_sent")
			if !refused.holds("21610 Attempt to send to unsubscribed recipient", `"state":"failed"`) {
				t.Errorf("refused: %s", refused.body)
			}
			d.noText.Store(0)
			for range 2 {
				got := kim.wish("/payments/"+id+"/receipt", `{}`)
				if r, _ := got.read(t)["receipt"].(map[string]any); got.StatusCode != http.StatusAccepted || r["state"] != "sent" || r["to"] != "+15550123456" {
					t.Errorf("receipt: %d %s", got.StatusCode, got.body)
				}
			}
			texts := d.texts()
			if len(texts) != 1 || texts[0]["from"] != deskLine || texts[0]["to"] != "+15550123456" || !strings.Contains(texts[0]["body"].(string), want) {
				t.Errorf("texts: %v", texts)
			}
			page, err := d.audit.List(t.Context(), audit.Query{Action: "payment.receipt", Limit: 10})
			if err != nil || len(page.Entries) != 4 { // the refused one has a line for what came of it
				t.Errorf("audit: %+v, %v", page.Entries, err)
			}
		})
	}
}

// TestReceiptIsNotPossible is a caller who hides their number, and an answer of Twilio's that is lost.
func TestReceiptIsNotPossible(t *testing.T) {
	t.Parallel()
	for from, tc := range map[string]struct {
		twilio       int32
		status       int
		code, second string
	}{
		"anonymous":    {0, 409, "no_text", "no_text"},
		"+266696687":   {0, 409, "no_text", "no_text"},
		"+15550123456": {http.StatusInternalServerError, 502, "receipt_not_sent", ""},
	} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			d := openDesk(t)
			d.offer(from, "en-US")
			d.noText.Store(tc.twilio)
			kim := d.signedIn(t, "kim")
			id := d.pays(kim)
			kim.wish("/payments/"+id+"/receipt", `{}`).wantProblem(t, tc.status, tc.code)
			d.noText.Store(0)
			again := kim.wish("/payments/"+id+"/receipt", `{}`)
			if tc.second != "" {
				again.wantProblem(t, tc.status, tc.second)
			} else if r, _ := again.read(t)["receipt"].(map[string]any); r["state"] != "unknown" {
				t.Errorf("again: %s", again.body)
			}
			if texts := d.texts(); len(texts) != 0 {
				t.Errorf("texts: %v", texts)
			}
		})
	}
}
