package simulator_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOpenAPI compares the fields of every resource with Twilio's own description of its API, where there is a copy:
// TWILIO_OAI names the file.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	file := os.Getenv("TWILIO_OAI")
	if file == "" {
		t.Skip("TWILIO_OAI does not name a copy of twilio_api_v2010.json")
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]any
			}
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}

	w := newWorld(t)
	w.app.on("/voice", `<Sing/><Record/>`)
	sid := w.ring()
	w.waits(sid, "record")
	w.do(sid, "hangup")
	w.app.await(t, "/status", 1)
	w.rest("POST", "/Messages.json", "From", line, "To", person, "Body", "hello")
	w.app.on("/voice", `<Enqueue>desk</Enqueue>`)
	_, payment := w.rest("POST", "/Calls/"+w.inProgress()+"/Payments.json", "IdempotencyKey", "k", "StatusCallback", w.app.srv.URL)
	_, account := w.rest("GET", ".json")
	for schema, got := range map[string]map[string]any{
		"api.v2010.account":                        account,
		"api.v2010.account.call":                   w.first("/Calls.json", "calls"),
		"api.v2010.account.incoming_phone_number":  w.first("/IncomingPhoneNumbers.json", "incoming_phone_numbers"),
		"api.v2010.account.message":                w.first("/Messages.json", "messages"),
		"api.v2010.account.notification":           w.first("/Notifications.json", "notifications"),
		"api.v2010.account.call.call_notification": w.first("/Calls/"+sid+"/Notifications.json", "notifications"),
		"api.v2010.account.recording":              w.first("/Recordings.json", "recordings"),
		"api.v2010.account.call.call_recording":    w.first("/Calls/"+sid+"/Recordings.json", "recordings"),
		"api.v2010.account.call.payments":          payment,
	} {
		want := slices.Sorted(maps.Keys(doc.Components.Schemas[schema].Properties))
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" || len(want) == 0 {
			t.Errorf("%s (-Twilio +simulator):\n%s", schema, diff)
		}
	}
}

// first is the first item of a list.
func (w *world) first(path, key string) map[string]any {
	w.t.Helper()
	_, page := w.rest("GET", path)
	items, _ := page[key].([]any)
	if len(items) == 0 {
		w.t.Fatalf("%s has no %s: %v", path, key, page)
	}
	return items[0].(map[string]any)
}
