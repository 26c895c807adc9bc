package console_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// importing sends a list of numbers.
func (h inhabited) importing(t *testing.T, list, query, body string, header ...string) answer {
	t.Helper()
	return h.browser(t).sendRaw(http.MethodPost, "/api/v1/dnc/"+list+"/import"+query, body,
		append([]string{"Authorization", "Bearer " + token, "Content-Type", "text/csv"}, header...)...)
}

// firstLine is the first of an answer in lines.
func firstLine(t *testing.T, a answer) (line map[string]any) {
	t.Helper()
	if err := json.NewDecoder(strings.NewReader(a.body)).Decode(&line); err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("%d %v %s", a.StatusCode, err, a.body)
	}
	return line
}

// TestDoNotCallLists puts a number on a list, takes it off, and finds who did it.
func TestDoNotCallLists(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	sam := h.signedIn(t, "sam")
	add := func(body string) answer { return sam.tell("/api/v1/dnc/company", body) }
	add(`{"number":"+1 312 555-0142","because":"asked by e-mail"}`).wants(t, 200, "number", "+13125550142", "on", "[company]")
	add(`{"number":"(312) 555-0142","because":"again"}`).wants(t, 200, "number", "+13125550142")
	add(`{"number":"+13035550143","because":"moves","expires":"`+noon.AddDate(0, 1, 0).Format("2006-01-02")+`"}`).wants(t, 200)
	add(`{"number":"+13035550143"}`).wantProblem(t, 422, "because_needed")
	add(`{"number":"12","because":"x"}`).wantProblem(t, 422, "bad_number")
	add(`{"because":"x"}`).wantProblem(t, 422, "bad_number")
	add(`{"number":"+13035550143","because":"x","expires":"2020-01-01"}`).wantProblem(t, 400, "bad_body")
	add(`{"key":"M-7","because":"x"}`).wantProblem(t, 409, "list_scope")
	sam.tell("/api/v1/dnc/.hidden", `{"number":"+13035550143","because":"x"}`).wantProblem(t, 422, "bad_list_name")

	for _, query := range []string{"number=%2B13125550142", "number=+13125550142", "number=312-555-0142"} {
		h.api("/api/v1/dnc/check?"+query).wants(t, 200, "number", "+13125550142", "on", "[company]")
	}
	h.api("/api/v1/dnc/check?number=x").wantProblem(t, 422, "bad_number")
	if got := item(t, h.api("/api/v1/dnc"), 0); got["name"] != "company" || got["entries"] != 2.0 || got["scope"] != "number" {
		t.Errorf("lists: %v", got)
	}
	remove := func(who, body string) answer { return h.wish(t, http.MethodDelete, "/api/v1/dnc/company/"+who, body) }
	remove("+13125550142", `{}`).wantProblem(t, 422, "because_needed")
	remove("+13125550199", `{"because":"x"}`).wantProblem(t, 404, "not_on_list")
	got := remove("%2B13125550142", `{"because":"wrote to us"}`).wants(t, 200, "on", "[]")
	stay := got["history"].([]any)[0].(map[string]any)
	if stay["because"] != "asked by e-mail" || stay["by"] != "sam" || stay["removed_by"] != "api" || stay["why"] != "wrote to us" || stay["holds"] != false {
		t.Errorf("history: %v", stay)
	}
	for _, action := range []string{"dnc.add", "dnc.remove"} {
		if got := h.api("/api/v1/audit?action=" + action); !got.holds("+13125550142", "company: ", `"wanted"`) {
			t.Errorf("%s: %s", action, got.body)
		}
	}
}

// TestAnAgentPutsANumberOnAList can do so because they are asked on a call, and nothing else to the lists.
func TestAnAgentPutsANumberOnAList(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	kim := h.signedIn(t, "kim")
	kim.tell("/api/v1/dnc/company", `{"number":"+13125550142","because":"asked me on the phone"}`).wants(t, 200, "on", "[company]")
	kim.tell("/api/v1/dnc/company/import", "{}").wantProblem(t, http.StatusForbidden, "forbidden")
	if got := h.api("/api/v1/audit?action=dnc.add"); !got.holds("+13125550142", `"kim"`) {
		t.Errorf("the audit log: %s", got.body)
	}
	if stay := h.api("/api/v1/dnc/check?number=%2B13125550142").wants(t, 200)["history"].([]any)[0].(map[string]any); stay["by"] != "kim" {
		t.Errorf("who did it: %v", stay)
	}
	if page := kim.get("/dnc"); !page.holds(`action="/dnc/add"`) || page.holds(`id="import-form"`) || page.holds(`action="/dnc/remove"`) {
		t.Errorf("the page offers: %s", page.body)
	}
}

// TestListOfPersons takes keys.
func TestListOfPersons(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	put := func(list, body string) answer { return h.wish(t, http.MethodPut, "/api/v1/dnc/"+list, body) }
	put("members", `{"scope":"person","owner":"legal"}`).wants(t, 200, "name", "members", "scope", "person", "owner", "legal")
	put("members", `{"scope":"planet"}`).wantProblem(t, 409, "list_scope")
	put(".x", `{}`).wantProblem(t, 422, "bad_list_name")
	put("members", `{"expires":"soon"}`).wantProblem(t, 400, "bad_body")
	h.wish(t, http.MethodPost, "/api/v1/dnc/members", `{"key":"M-7","because":"moved"}`).wants(t, 200, "on", "[members]")
	h.api("/api/v1/dnc/check?key=M-7").wants(t, 200, "on", "[members]")
	h.wish(t, http.MethodDelete, "/api/v1/dnc/members/M-7", `{"because":"back"}`).wants(t, 200, "on", "[]")
	put("members", `{"scope":"person","expires":"2020-01-31"}`).wants(t, 200, "name", "members") // it is late
	h.wish(t, http.MethodPost, "/api/v1/dnc/members", `{"key":"A/7","because":"moved"}`).wants(t, 200, "on", "[members]")
	h.wish(t, http.MethodDelete, "/api/v1/dnc/members/A%2F7", `{"because":"back"}`).wants(t, 200, "on", "[]")
	h.wish(t, http.MethodPost, "/api/v1/dnc/members", `{"key":"M-7","number":"+13125550142","because":"x"}`).wantProblem(t, 400, "bad_body")
}

// TestImportAndExportOfNumbers reads a file in and out.
func TestImportAndExportOfNumbers(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	file := "phone,name\n+13125550142,Dana\n(303) 555-0143,Luis\nnonsense,x\n"
	count := func(a answer) []any {
		line := lastLine(t, a)
		return []any{line["line"], line["new"], line["already"], line["rejected"], line["dry_run"]}
	}
	if diff := cmp.Diff([]any{"report", 2.0, 0.0, 1.0, true}, count(h.importing(t, "state", "?dry_run=1", file))); diff != "" {
		t.Errorf("dry run (-want +got):\n%s", diff)
	}
	if got := h.api("/api/v1/dnc").read(t)["items"].([]any); len(got) != 0 {
		t.Errorf("a dry run has left %v", got)
	}
	h.importing(t, "state", "", file).wantProblem(t, 400, "idempotency_key_needed")
	if diff := cmp.Diff([]any{"report", 2.0, 0.0, 1.0, false}, count(h.importing(t, "state", "?because=registry&source=state.csv", file, "Idempotency-Key", "i"))); diff != "" {
		t.Errorf("import (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{"report", 0.0, 2.0, 1.0, false}, count(h.importing(t, "state", "?because=registry&source=state.csv", file, "Idempotency-Key", "i"))); diff != "" {
		t.Errorf("again (-want +got):\n%s", diff)
	}
	body, kind := form(t, part{"file", "state.csv", file})
	if got := lastLine(t, h.importing(t, "state", "?dry_run=1", body, "Content-Type", kind)); got["already"] != 2.0 {
		t.Errorf("as a form: %v", got)
	}
	got := h.importing(t, "state", "?dry_run=1&rejected=1", file)
	if line := firstLine(t, got); line["line"] != "rejected" || !strings.HasPrefix(line["csv"].(string), "line,column,reason,expected,found,how to mend,phone,name\n4,phone,bad_number,") {
		t.Errorf("rejected rows: %v", line)
	}
	broken := h.importing(t, "state", "", "+13125550150\n\"+1", "Idempotency-Key", "broken")
	if line := firstLine(t, broken); line["line"] != "progress" || line["new"] != 1.0 || lastLine(t, broken)["line"] != "problem" {
		t.Errorf("a file that is broken further down: %s", broken.body)
	}
	h.importing(t, "state", "?dry_run=1&rejected=x", file).wantProblem(t, 400, "bad_query")
	h.importing(t, "state", "?dry_run=maybe", file).wantProblem(t, 400, "bad_query")
	h.importing(t, "state", "?country=USA", file).wantProblem(t, 400, "bad_query")
	h.importing(t, "state", "?dry_run=1", "{}", "Content-Type", "application/json").wantProblem(t, 400, "bad_upload")
	h.importing(t, ".state", "?dry_run=1", file).wantProblem(t, 422, "bad_list_name")
	h.importing(t, "state", "?dry_run=1", "PK\x03\x04").wantProblem(t, 422, "bad_list")

	got = h.api("/api/v1/dnc/state/export")
	if got.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !got.holds("'+13125550142", "registry") || strings.Contains(got.body, "\n+") {
		t.Errorf("csv: %v %s", got.Header, got.body)
	}
	if got := h.api("/api/v1/dnc/state/export?format=json"); got.Header.Get("Content-Type") != "application/x-ndjson" || !got.holds(`"number":"+13125550142"`) {
		t.Errorf("json: %v %s", got.Header, got.body)
	}
	h.api("/api/v1/dnc/none/export").wantProblem(t, 404, "no_such_list")
	h.api("/api/v1/dnc/state/export?format=xls").wantProblem(t, 400, "bad_query")
}
