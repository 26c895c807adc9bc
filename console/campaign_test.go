package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/console"
)

// TestCampaignFromListToStop creates a campaign, looks into it, and does to it all that can be done.
func TestCampaignFromListToStop(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	made := lastLine(t, h.upload(t, "/api/v1/campaigns", "k1", spring()...))
	c, list := made["campaign"].(map[string]any), made["report"].(map[string]any)
	if made["line"] != "campaign" || c["state"] != "draft" || c["people"] != 4.0 || list["rows"] != 4.0 || list["will"] != 3.0 || list["will_not"] != 1.0 {
		t.Fatalf("created: %v", made)
	}
	h.api("/api/v1/campaigns/spring").wants(t, 200, "name", "spring", "state", "draft", "flow", "renew-plan", "per_minute", 30)
	status := h.api("/api/v1/campaigns/spring/status").wants(t, 200)
	counts := status["counts"].(map[string]any)
	if counts["total"] != 4.0 || counts["pending"] != 3.0 || counts["done"] != 1.0 {
		t.Errorf("counts %v", counts)
	}
	if got := item(t, h.api("/api/v1/campaigns"), 0); got["name"] != "spring" || cmp.Diff(got["counts"], status["counts"]) != "" {
		t.Errorf("listed: %v", got)
	}
	act := func(path, body string, header ...string) answer {
		return h.wish(t, http.MethodPost, "/api/v1/campaigns/spring/"+path, body, header...)
	}
	act("pause", `{}`).wantProblem(t, http.StatusConflict, "campaign_state")
	act("start", `{}`).wantProblem(t, http.StatusBadRequest, "idempotency_key_needed")
	act("start", `{"note":"go"}`, "Idempotency-Key", "s1").wants(t, 200, "state", "running")
	act("start", `{"note":"other"}`, "Idempotency-Key", "s1").wantProblem(t, http.StatusUnprocessableEntity, "idempotency_reused")
	act("start", `{"note":"go"}`, "Idempotency-Key", "s1").wants(t, 200, "state", "running")
	act("slow", `{}`).wants(t, 200, "per_minute", 15)
	act("slow", `{"per_minute":20,"note":"calm"}`).wants(t, 200, "per_minute", 20)
	got := act("slow", `{"per_minute":31}`)
	got.wantProblem(t, http.StatusConflict, "campaign_state")
	if !got.holds("its file allows 30") {
		t.Errorf("it does not say how much the file allows: %s", got.body)
	}
	act("slow", `{"per_minute":0}`).wantProblem(t, http.StatusBadRequest, "bad_body")
	act("pause", `{"note":"lunch"}`).wants(t, 200, "state", "paused")
	act("resume", `{}`).wants(t, 200, "state", "running", "why", "")
	act("pause", `{"confirm":"spring"}`).wantProblem(t, http.StatusBadRequest, "bad_body")
	act("pause", `{"minutes":3}`).wantProblem(t, http.StatusBadRequest, "bad_body")
	act("stop", `{}`).wantProblem(t, http.StatusUnprocessableEntity, "confirm_needed")
	act("stop", `{"confirm":"sprint"}`).wantProblem(t, http.StatusUnprocessableEntity, "confirm_needed")
	act("stop", `{"confirm":"spring","note":"enough"}`).wants(t, 200, "state", "ended")
	act("resume", `{}`).wantProblem(t, http.StatusConflict, "campaign_state")
	words := []string{}
	for _, line := range h.api("/api/v1/campaigns/spring/changes").read(t)["items"].([]any) {
		words = append(words, line.(map[string]any)["what"].(string))
	}
	want := []string{"created", "paused", "resumed", "slowed", "slowed", "started", "stopped"}
	if diff := cmp.Diff(want, sorted(words)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// TestAfterASafetyStopANoteIsNeeded resumes a campaign that paused by itself only with a word about it.
func TestAfterASafetyStopANoteIsNeeded(t *testing.T) {
	t.Parallel()
	h, r := openRinging(t, nil)
	h.draft(t, "spring")
	h.wish(t, http.MethodPost, "/api/v1/campaigns/spring/start", "", "Idempotency-Key", "s").wants(t, 200, "state", "running")
	_, err := r.db.Exec(t.Context(), "UPDATE campaigns SET state = 'paused', safety = 1, why = 'by itself: abandoned 4.0 %' WHERE name = 'spring'")
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{"", `{}`, `{"note":"  "}`} {
		h.wish(t, http.MethodPost, "/api/v1/campaigns/spring/resume", body).wantProblem(t, http.StatusUnprocessableEntity, "note_needed")
	}
	h.api("/api/v1/campaigns/spring").wants(t, 200, "state", "paused", "safety", true)
	h.wish(t, http.MethodPost, "/api/v1/campaigns/spring/resume", `{"note":"more agents are there"}`).wants(t, 200, "state", "running", "safety", false)
}

// TestWhatIsDoneIsNoted looks for the lines of the audit log: what is wanted stands there before it is done, and why it
// was not.
func TestWhatIsDoneIsNoted(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	h.draft(t, "spring")
	sam := h.signedIn(t, "sam")
	sam.tell("/api/v1/campaigns/spring/pause", `{"note":"too early"}`).wantProblem(t, http.StatusConflict, "campaign_state")
	lines := h.api("/api/v1/audit?action=campaign.pause").read(t)["items"].([]any)
	var got []string
	for _, l := range lines {
		m := l.(map[string]any)
		got = append(got, strings.Join([]string{m["who"].(string), m["role"].(string), m["via"].(string), m["result"].(string), m["detail"].(string)}, "|"))
	}
	want := []string{"sam|supervisor|page|campaign_state|spring: too early", "sam|supervisor|page|wanted|spring: too early"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	h.api("/api/v1/campaigns/spring/export?what=people")
	if line := item(t, h.api("/api/v1/audit?action=campaign.export"), 0); line["detail"] != "spring people as csv" {
		t.Errorf("the export: %v", line)
	}
}

// TestStopEverything pauses all that run, and only these.
func TestStopEverything(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	for _, name := range []string{"one", "two", "three"} {
		h.draft(t, name)
	}
	for _, name := range []string{"one", "two"} {
		h.wish(t, http.MethodPost, "/api/v1/campaigns/"+name+"/start", "", "Idempotency-Key", name).wants(t, 200, "state", "running")
	}
	got := h.wish(t, http.MethodPost, "/api/v1/campaigns/stop", `{"note":"fire"}`).wants(t, 200)
	if diff := cmp.Diff([]any{"one", "two"}, got["paused"]); diff != "" {
		t.Errorf("paused (-want +got):\n%s", diff)
	}
	for name, state := range map[string]string{"one": "paused", "two": "paused", "three": "draft"} {
		h.api("/api/v1/campaigns/"+name).wants(t, 200, "state", state)
	}
	if got := h.wish(t, http.MethodPost, "/api/v1/campaigns/stop", "").wants(t, 200); len(got["paused"].([]any)) != 0 {
		t.Errorf("again: %v", got)
	}
}

// TestStartLater gives a time.
func TestStartLater(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	h.draft(t, "spring")
	for _, at := range []string{"tomorrow", "2020-01-01T09:00:00Z", "09:00"} {
		h.wish(t, http.MethodPost, "/api/v1/campaigns/spring/start", `{"at":"`+at+`"}`, "Idempotency-Key", at).wantProblem(t, http.StatusBadRequest, "bad_body")
	}
	at := noon.AddDate(0, 0, 1).Format("2006-01-02T15:04:05Z")
	h.wish(t, http.MethodPost, "/api/v1/campaigns/spring/start", `{"at":"`+at+`"}`, "Idempotency-Key", "x").wants(t, 200, "state", "draft", "start_at", at)
}

// TestPeopleOfACampaign looks for people, and asks why.
func TestPeopleOfACampaign(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	h.draft(t, "spring")
	people := "/api/v1/campaigns/spring/people"
	ids := func(query string) (out []string) {
		for _, p := range h.api(people + query).read(t)["items"].([]any) {
			out = append(out, p.(map[string]any)["id"].(string))
		}
		return out
	}
	for query, want := range map[string][]string{
		"":                       {"M-1", "M-2", "M-3", "M-4"},
		"?state=pending":         {"M-1", "M-2", "M-4"},
		"?state=done":            {"M-3"},
		"?reason=bad_number":     {"M-3"},
		"?search=M-2":            {"M-2"},
		"?search=%2B1303555":     {"M-2"},
		"?search=+1303555":       {"M-2"}, // a plus that nobody escaped
		"?outcome=renewed":       nil,
		"?state=done&outcome=no": nil,
	} {
		if diff := cmp.Diff(want, ids(query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	first := h.api(people + "?limit=3")
	if next := first.read(t)["next"]; next == nil || !strings.Contains(first.Header.Get("Link"), `rel="next"`) || ids("?limit=3&after=" + next.(string))[0] != "M-4" {
		t.Errorf("the next page: %v", next)
	}
	for _, query := range []string{"?state=asleep", "?limit=0", "?limit=x"} {
		h.api(people+query).wantProblem(t, http.StatusBadRequest, "bad_query")
	}
	for _, who := range []string{"M-2", "+13035550143", "%2B13035550143"} {
		got := h.api(people+"/"+who).wants(t, 200, "id", "M-2", "phone", "+13035550143", "state", "pending", "zone_from", "row")
		if values := got["values"].(map[string]any); strings.Contains(values["birth_year"].(string), "1990") {
			t.Errorf("a private value is shown: %v", values)
		}
	}
	h.api(people+"/M-9").wantProblem(t, http.StatusNotFound, "no_such_person")
	h.api("/api/v1/campaigns/none/people/M-1").wantProblem(t, http.StatusNotFound, "no_such_campaign")

	why := h.api(people+"/M-2/why").wants(t, 200)
	decision := why["decision"].(map[string]any)
	if why["text"] == "" || len(decision["checks"].([]any)) < 5 || decision["book"] == "" {
		t.Errorf("why: %v", why)
	}
	if why := h.api(people+"/M-3/why").wants(t, 200); why["person"].(map[string]any)["reason"] != "bad_number" {
		t.Errorf("why not: %v", why)
	}
	h.api(people+"/M-9/why").wantProblem(t, http.StatusNotFound, "no_such_person")
}

// TestAboutOnePerson leaves people out.
func TestAboutOnePerson(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	h.draft(t, "spring")
	act := func(who, what, body string) answer {
		return h.wish(t, http.MethodPost, "/api/v1/campaigns/spring/people/"+who+"/"+what, body)
	}
	act("M-1", "skip", `{"note":"asked by e-mail"}`).wants(t, 200, "state", "done", "reason", "skipped")
	act("M-2", "paid", `{}`).wants(t, 200, "state", "done", "reason", "paid_meanwhile")
	act("M-9", "skip", `{}`).wantProblem(t, http.StatusNotFound, "no_such_person")
	act("M-1", "skip", `{"at":"x"}`).wantProblem(t, http.StatusBadRequest, "bad_body")
	if got := act("M-4", "forget", `{"note":"privacy"}`); got.StatusCode != http.StatusOK || got.holds("2125550144") {
		t.Errorf("forgotten: %d %s", got.StatusCode, got.body)
	}
	if got := h.api("/api/v1/campaigns/spring/people"); got.holds("2125550144") || got.holds("Kim") {
		t.Errorf("still known: %s", got.body)
	}
	h.wish(t, http.MethodPost, "/api/v1/campaigns/none/people/M-1/skip", "").wantProblem(t, http.StatusNotFound, "no_such_campaign")
}

// TestExportOfACampaign opens nothing in a spreadsheet.
func TestExportOfACampaign(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	h.draft(t, "spring")
	for _, what := range []string{"outcomes", "attempts", "people", "audit"} {
		for format, kind := range map[string]string{"csv": "text/csv; charset=utf-8", "json": "application/json"} {
			got := h.api("/api/v1/campaigns/spring/export?what=" + what + "&format=" + format)
			if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != kind ||
				got.Header.Get("Content-Disposition") != `attachment; filename="spring-`+what+"."+format+`"` {
				t.Errorf("%s %s: %d %v", what, format, got.StatusCode, got.Header)
			}
			if format == "csv" && strings.Contains(got.body, ",+1") {
				t.Errorf("%s has a formula:\n%s", what, got.body)
			}
		}
	}
	if got := h.api("/api/v1/campaigns/spring/export?what=people"); !got.holds("M-1", "bad_number") {
		t.Errorf("people:\n%s", got.body)
	}
	h.api("/api/v1/campaigns/spring/export?what=all").wantProblem(t, http.StatusBadRequest, "bad_query")
	h.api("/api/v1/campaigns/spring/export?format=xls").wantProblem(t, http.StatusBadRequest, "bad_query")
	h.api("/api/v1/campaigns/none/export").wantProblem(t, http.StatusNotFound, "no_such_campaign")
	h.signedIn(t, "kim").get("/api/v1/campaigns/spring/export").wantProblem(t, http.StatusForbidden, "forbidden")
}

// TestNoSuchCampaign asks every route for a campaign that is not there.
func TestNoSuchCampaign(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	off := openInhabited(t, func(cfg *console.Config) { cfg.Campaigns = nil }, nil)
	for _, path := range []string{"", "/status", "/events", "/people", "/changes", "/attempts", "/export"} {
		h.api("/api/v1/campaigns/none"+path).wantProblem(t, http.StatusNotFound, "no_such_campaign")
		off.api("/api/v1/campaigns/none"+path).wantProblem(t, http.StatusNotFound, "campaigns_off")
	}
	for _, path := range []string{"start", "pause", "resume", "slow", "stop"} {
		h.wish(t, http.MethodPost, "/api/v1/campaigns/none/"+path, `{}`, "Idempotency-Key", path).
			wantProblem(t, http.StatusNotFound, "no_such_campaign")
	}
}
