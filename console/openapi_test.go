package console_test

import (
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/console"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/recordings"
)

// document is what these tests read of the OpenAPI document.
type document struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		OperationID string
		Parameters  []map[string]any
		Responses   map[string]any
	}
	Components struct {
		Schemas    map[string]schema
		Parameters map[string]map[string]any
	}
}

type schema struct {
	Properties map[string]any
	Required   []string
	Enum       []string
}

func readDocument(t *testing.T, h *house) document {
	t.Helper()
	var doc document
	if err := json.Unmarshal([]byte(h.ask("/api/openapi.json").body), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestDocumentListsEveryRoute holds the document and the router to each other.
func TestDocumentListsEveryRoute(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	doc := readDocument(t, h)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %q", doc.OpenAPI)
	}
	param := regexp.MustCompile(`[:*](\w+)`)
	var routes, listed []string
	for _, r := range h.engine.Routes() {
		if strings.HasPrefix(r.Path, "/api/v1/") {
			routes = append(routes, r.Method+" "+param.ReplaceAllString(r.Path, "{$1}"))
		}
	}
	ids := map[string]bool{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			listed = append(listed, strings.ToUpper(method)+" "+path)
			if op.OperationID == "" || ids[op.OperationID] {
				t.Errorf("%s: operation id %q is missing or taken", path, op.OperationID)
			}
			ids[op.OperationID] = true
			if op.Responses["401"] == nil || op.Responses["200"] == nil && op.Responses["201"] == nil && op.Responses["202"] == nil {
				t.Errorf("%s does not say what it answers", path)
			}
		}
	}
	if diff := cmp.Diff(sorted(routes), sorted(listed)); diff != "" {
		t.Errorf("the router and the document differ (-router +document):\n%s", diff)
	}
}

// TestDocumentDescribesTheAnswers compares the fields of real answers with the schemas.
func TestDocumentDescribesTheAnswers(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	doc := readDocument(t, h)
	p := h.paidCall("CApaid")
	call := h.api("/api/v1/calls/CApaid").read(t)
	payment := h.api("/api/v1/payments/" + p.ID).read(t)
	if err := h.audit.Write(t.Context(), audit.Entry{Action: "payment.ask", Via: audit.ViaPage}); err != nil {
		t.Fatal(err)
	}
	for name, object := range map[string]map[string]any{
		"Call": call, "CallPayment": call["payment"].(map[string]any), "Payment": payment, "Money": payment["amount"].(map[string]any),
		"Flow": h.api("/api/v1/flows/pay-my-bill").read(t), "Problem": h.api("/api/v1/calls?limit=x").read(t),
		"AuditLine": h.api("/api/v1/audit").read(t)["items"].([]any)[0].(map[string]any),
	} {
		s := doc.Components.Schemas[name]
		for field := range object {
			if s.Properties[field] == nil {
				t.Errorf("%s.%s is answered and not described", name, field)
			}
		}
		for _, field := range s.Required {
			if _, ok := object[field]; !ok {
				t.Errorf("%s.%s is required and was not answered", name, field)
			}
		}
	}
	want := []string{
		string(payments.Paid), string(payments.Saved), string(payments.Declined), string(payments.Cancelled), string(payments.GaveUp),
		string(payments.HungUp), string(payments.Unavailable), string(payments.Unknown), string(payments.Started),
	}
	if diff := cmp.Diff(sorted(want), sorted(doc.Components.Schemas["PaymentState"].Enum)); diff != "" {
		t.Errorf("states (-ledger +document):\n%s", diff)
	}
}

// TestDocumentDescribesRecordings does the same for recordings.
func TestDocumentDescribesRecordings(t *testing.T) {
	t.Parallel()
	h, k := openKept(t, func(cfg *console.Config) {
		cfg.Pauses = func(_ context.Context, of []recordings.Recording) (map[string][]console.Pause, error) {
			return map[string][]console.Pause{of[0].SID: {{Payment: "pay_1", From: noon, To: noon, Trouble: "none"}}}, nil
		}
		cfg.Transcribed = func(context.Context, []string) (map[string]bool, error) { return nil, nil }
	})
	doc := readDocument(t, h.house)
	sid := k.verified(1)[0]
	ops := h.signedIn(t, "ops")
	hold := ops.tell("/api/v1/holds", `{"recording":"`+sid+`","reason":"x"}`).read(t)
	detail := h.api("/api/v1/recordings/" + sid).read(t)
	first := func(path string) map[string]any { return h.api(path).read(t)["items"].([]any)[0].(map[string]any) }
	lines := func(a answer) map[string]any { return lastLine(t, a) }
	for name, object := range map[string]map[string]any{
		"Recording": first("/api/v1/recordings"), "RecordingDetail": detail, "RecordingPause": detail["pauses"].([]any)[0].(map[string]any),
		"RecordingReason": first("/api/v1/recordings/" + sid + "/why"), "RecordingTotals": h.api("/api/v1/recordings/totals").read(t), "Hold": hold,
		"Receipt": detail["receipts"].([]any)[0].(map[string]any), "SweepReport": lines(ops.tell("/api/v1/recordings/sweep", `{"dry_run":true}`)),
		"VerifyReport": lines(ops.tell("/api/v1/recordings/verify", "")),
	} {
		s := doc.Components.Schemas[name]
		for field := range object {
			if s.Properties[field] == nil {
				t.Errorf("%s.%s is answered and not described", name, field)
			}
		}
		for _, field := range s.Required {
			if _, ok := object[field]; !ok {
				t.Errorf("%s.%s is required and was not answered", name, field)
			}
		}
	}
	var states []string
	for _, s := range recordings.States() {
		states = append(states, string(s))
	}
	if diff := cmp.Diff(states, doc.Components.Schemas["RecordingState"].Enum); diff != "" {
		t.Errorf("states (-index +document):\n%s", diff)
	}
}

// TestDocumentRefersToWhatIsThere follows every $ref.
func TestDocumentRefersToWhatIsThere(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	doc := readDocument(t, h)
	for _, m := range regexp.MustCompile(`"#/components/(\w+)/(\w+)"`).FindAllStringSubmatch(h.ask("/api/openapi.json").body, -1) {
		known := slices.Collect(maps.Keys(doc.Components.Schemas))
		if m[1] == "parameters" {
			known = slices.Collect(maps.Keys(doc.Components.Parameters))
		}
		if !slices.Contains(known, m[2]) {
			t.Errorf("%s is referred to and not there", m[0])
		}
	}
}

func sorted(words []string) []string {
	out := append([]string{}, words...)
	slices.Sort(out)
	return out
}
