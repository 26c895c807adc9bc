package console_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/campaigns"
)

// told is one event of a stream.
type told struct{ id, kind, data string }

// watcher reads a stream.
type watcher struct {
	t      *testing.T
	resp   *http.Response
	events chan told
}

// watch follows a campaign over a real connection.
func (h inhabited) watch(t *testing.T, name, last string) *watcher {
	t.Helper()
	server := httptest.NewServer(h.engine)
	t.Cleanup(server.Close)
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/api/v1/campaigns/"+name+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+token)
	q.Header.Set("Accept", "text/event-stream")
	if last != "" {
		q.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	w := &watcher{t: t, resp: resp, events: make(chan told, 100)}
	go func() {
		defer close(w.events)
		var e told
		for scan := bufio.NewScanner(resp.Body); scan.Scan(); {
			switch name, text, _ := strings.Cut(scan.Text(), ": "); name {
			case "id":
				e.id = text
			case "event":
				e.kind = text
			case "data":
				e.data = text
			case "":
				w.events <- e
				e = told{}
			}
		}
	}()
	return w
}

// status is the next status that is told; ok is false at the end of the stream.
func (w *watcher) status() (s campaigns.Status, id string, ok bool) {
	w.t.Helper()
	for e := range w.events {
		if e.kind != "status" {
			continue
		}
		if err := json.Unmarshal([]byte(e.data), &s); err != nil {
			w.t.Fatal(err)
		}
		return s, e.id, true
	}
	return s, "", false
}

// TestFollowACampaign sees it start, slow down, and end.
func TestFollowACampaign(t *testing.T) {
	t.Parallel()
	h, r := openRinging(t, nil)
	h.draft(t, "spring")
	act := func(path, body string) {
		h.wish(t, http.MethodPost, "/api/v1/campaigns/spring/"+path, body, "Idempotency-Key", path).wants(t, 200)
	}
	one, two := h.watch(t, "spring", ""), h.watch(t, "spring", "")
	for _, w := range []*watcher{one, two} {
		if s, _, _ := w.status(); s.State != campaigns.StateDraft || s.Counts.Total != 4 {
			t.Errorf("first %+v", s.Campaign)
		}
	}
	act("start", "")
	var id string
	for _, w := range []*watcher{one, two} {
		s, last, _ := w.status()
		if s.State != campaigns.StateRunning {
			t.Errorf("then %+v", s.Campaign)
		}
		id = last
	}
	act("slow", `{"per_minute":7}`)
	if s, _, _ := h.watch(t, "spring", id).status(); s.PerMinute != 7 {
		t.Errorf("who comes back gets the news: %+v", s.Campaign)
	}
	if s, _, _ := one.status(); s.PerMinute != 7 {
		t.Errorf("slowed: %+v", s.Campaign)
	}
	for _, p := range []string{"M-1", "M-2", "M-4"} { // so that nobody is left whom a worker would have to refuse
		if err := r.Skip(t.Context(), "spring", p, campaigns.Act{By: "sam"}); err != nil {
			t.Fatal(err)
		}
	}
	act("stop", `{"confirm":"spring"}`)
	var last campaigns.Status
	for s, at, ok := one.status(); ok; s, at, ok = one.status() {
		last, id = s, at
	}
	if last.State != campaigns.StateEnded || last.Counts.Done != 4 {
		t.Errorf("last %+v", last)
	}
	if got := h.watch(t, "spring", id).resp; got.StatusCode != http.StatusNoContent {
		t.Errorf("who has the end comes back: %d", got.StatusCode)
	}
	if s, _, ok := h.watch(t, "spring", "").status(); !ok || s.State != campaigns.StateEnded {
		t.Errorf("who comes after the end: %+v", s)
	}
}

// TestStatusAddsUp holds the sums that the API promises.
func TestStatusAddsUp(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	h.draft(t, "spring")
	h.wish(t, http.MethodPost, "/api/v1/campaigns/spring/people/M-1/skip", "").wants(t, 200)
	var s campaigns.Status
	if err := json.Unmarshal([]byte(h.api("/api/v1/campaigns/spring/status").body), &s); err != nil {
		t.Fatal(err)
	}
	done := 0
	for _, o := range s.Outcomes {
		done += o.People
	}
	for _, r := range s.Refused {
		done += r.People
	}
	if s.Counts.Total != s.Counts.Pending+s.Counts.Waiting+s.Counts.Calling+s.Counts.Done || s.Counts.Done != done || done != 2 {
		t.Errorf("%+v", s)
	}
	if body := h.api("/api/v1/campaigns/spring/status").body; strings.Contains(body, "null") {
		t.Errorf("a list is null: %s", body)
	}
}

// TestDocumentDescribesCampaigns compares real answers with the document.
func TestDocumentDescribesCampaigns(t *testing.T) {
	t.Parallel()
	h, r := openRinging(t, nil)
	h.draft(t, "spring")
	if err := r.Lists().Add(t.Context(), "company", "+13125550142", "asked"); err != nil {
		t.Fatal(err)
	}
	doc := readDocument(t, h.house)
	why := h.api("/api/v1/campaigns/spring/people/M-1/why").read(t)
	decision := why["decision"].(map[string]any)
	bad := h.upload(t, "/api/v1/campaigns/check", "", part{"campaign", "", "format: 1\n"}, spring()[1]).read(t)
	list := h.upload(t, "/api/v1/campaigns/check", "", spring()[0], part{"contacts", "", "a,b\n"}).read(t)
	stays := h.api("/api/v1/dnc/check?number=%2B13125550142").read(t)
	for name, object := range map[string]map[string]any{
		"Campaign": h.api("/api/v1/campaigns/spring").read(t), "ListedCampaign": item(t, h.api("/api/v1/campaigns"), 0),
		"CampaignStatus": h.api("/api/v1/campaigns/spring/status").read(t), "CampaignPerson": h.api("/api/v1/campaigns/spring/people/M-1").read(t),
		"CampaignWhy": why, "CampaignDecision": decision, "CampaignCheck": decision["checks"].([]any)[0].(map[string]any),
		"CampaignChange": item(t, h.api("/api/v1/campaigns/spring/changes"), 0), "Problem": bad,
		"Finding": bad["findings"].([]any)[0].(map[string]any), "ListFault": list["fault"].(map[string]any),
		"CampaignChecked": lastLine(t, h.upload(t, "/api/v1/campaigns/check", "", spring()...)),
		"DNCList":         item(t, h.api("/api/v1/dnc"), 0), "DNCAnswer": stays, "DNCStay": stays["history"].([]any)[0].(map[string]any),
		"DNCRejected": firstLine(t, h.importing(t, "company", "?dry_run=1&rejected=1", "+13125550142\nnonsense\n")),
		"DNCImport":   lastLine(t, h.importing(t, "company", "?dry_run=1", "+13125550142\n")),
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
	for _, s := range []campaigns.State{campaigns.StateDraft, campaigns.StateRunning, campaigns.StatePaused, campaigns.StateCompleted, campaigns.StateEnded} {
		states = append(states, fmt.Sprint(s))
	}
	if diff := cmp.Diff(states, doc.Components.Schemas["CampaignState"].Enum); diff != "" {
		t.Errorf("states (-ours +document):\n%s", diff)
	}
}
