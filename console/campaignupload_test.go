package console_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/access"
)

// TestCheckCampaign adds up, and keeps nothing.
func TestCheckCampaign(t *testing.T) {
	t.Parallel()
	h, r := openRinging(t, nil)
	if err := r.Lists().Add(t.Context(), "company", "+13125550142", "asked"); err != nil {
		t.Fatal(err)
	}
	line := lastLine(t, h.upload(t, "/api/v1/campaigns/check", "", spring()...))
	report := line["report"].(map[string]any)
	if line["line"] != "report" || report["rows"] != 4.0 || report["will"] != 2.0 || report["will_not"] != 2.0 || report["server_looked_at"] != true {
		t.Errorf("report %v", report)
	}
	if got := h.api("/api/v1/campaigns").read(t)["items"].([]any); len(got) != 0 {
		t.Errorf("it was kept: %v", got)
	}
}

// TestUploadsAreRefusedClearly sends what is not meant.
func TestUploadsAreRefusedClearly(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	good := spring()
	file, list := good[0], good[1]
	broken := part{"campaign", "campaigns/spring.yaml", strings.Replace(renewals, "flow: renew-plan", "flow: renew-plam", 1)}
	with := part{"campaign", "campaigns/spring.yaml", strings.Replace(renewals, "never_call: [company]", "never_call: [company, lists/state.csv]", 1)}
	for name, c := range map[string]struct {
		parts  []part
		status int
		code   string
		says   []string
	}{
		"nothing":                  {nil, 400, "bad_upload", []string{"The part campaign is missing."}},
		"no contacts":              {[]part{file}, 400, "bad_upload", []string{"The part contacts is missing."}},
		"no campaign":              {[]part{list}, 400, "bad_upload", []string{`contacts`, "campaign, list, contacts"}},
		"in another order":         {[]part{list, file}, 400, "bad_upload", []string{"campaign, list, contacts"}},
		"a list after the people":  {[]part{{"list", "lists/state.csv", "+13125550142\n"}, file, list}, 400, "bad_upload", nil},
		"another part":             {[]part{file, {"rules", "", "x"}, list}, 400, "bad_upload", []string{"rules"}},
		"the campaign twice":       {[]part{file, file, list}, 400, "bad_upload", nil},
		"a list without a name":    {[]part{with, {"list", "", "+13125550142\n"}, list}, 400, "bad_upload", []string{"never_call"}},
		"a list twice":             {[]part{with, {"list", "lists/state.csv", "x"}, {"list", "lists/state.csv", "x"}, list}, 400, "bad_upload", []string{"twice"}},
		"a list that did not come": {[]part{with, list}, 400, "bad_upload", []string{"lists/state.csv", "never_call"}},
		"a large file":             {[]part{{"campaign", "", strings.Repeat("#", 1<<20+1)}, list}, 413, "too_large", nil},
		"a file with errors":       {[]part{broken, list}, 422, "campaign_findings", []string{`"line":4`, "renew-plam"}},
		"no CSV":                   {[]part{file, {"contacts", "", "PK\x03\x04"}}, 422, "bad_list", []string{`"mend"`}},
		"another encoding":         {[]part{file, {"contacts", "", springHeader + "M-1,+13125550142,D\xe4na,en-US,1984,Gold,129.00,2027-05-04,America/Chicago,2026-05-01\n"}}, 422, "bad_list", []string{`"line":2`, "UTF-8"}},
		"no column of numbers":     {[]part{file, {"contacts", "", "MemberNo,First\nM-1,Dana\n"}}, 422, "bad_list", []string{"Mobile"}},
		"a column twice":           {[]part{file, {"contacts", "", strings.Replace(springHeader, "First", "Mobile", 1)}}, 422, "bad_list", nil},
	} {
		for _, path := range []string{"/api/v1/campaigns", "/api/v1/campaigns/check"} {
			got := h.upload(t, path, strings.ReplaceAll(name, " ", "-"), c.parts...)
			if got.StatusCode != c.status || got.read(t)["code"] != c.code || !got.holds(c.says...) {
				t.Errorf("%s to %s: %d %s", name, path, got.StatusCode, got.body)
			}
		}
	}
	h.upload(t, "/api/v1/campaigns", "", spring()...).wantProblem(t, 400, "idempotency_key_needed")
	h.wish(t, http.MethodPost, "/api/v1/campaigns", "{}", "Idempotency-Key", "x").wantProblem(t, 400, "bad_upload")
	if got := h.api("/api/v1/campaigns").read(t)["items"].([]any); len(got) != 0 {
		t.Errorf("something was kept: %v", got)
	}
}

// TestCreateOnce repeats a request.
func TestCreateOnce(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	if line := lastLine(t, h.upload(t, "/api/v1/campaigns", "k", spring()...)); line["repeated"] != nil {
		t.Errorf("the first: %v", line)
	}
	again := lastLine(t, h.upload(t, "/api/v1/campaigns", "k", spring()...))
	if again["repeated"] != true || again["campaign"].(map[string]any)["name"] != "spring" {
		t.Errorf("the second: %v", again)
	}
	for range 2 { // what a key did not make does not become its own when it is sent again
		h.upload(t, "/api/v1/campaigns", "other", spring()...).wantProblem(t, http.StatusConflict, "campaign_exists")
	}
	h.upload(t, "/api/v1/campaigns", "k", part{"campaign", "", named("summer")}, spring()[1]).wantProblem(t, http.StatusUnprocessableEntity, "idempotency_reused")
}

// TestListsComeWithTheCampaign names two files of numbers, by their whole paths.
func TestListsComeWithTheCampaign(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	file := strings.Replace(renewals, "never_call: [company]", "never_call: [company, lists/state.csv, lists/more/own.txt]", 1)
	line := lastLine(t, h.upload(t, "/api/v1/campaigns/check", "", part{"campaign", "campaigns/spring.yaml", file},
		part{"list", "lists/state.csv", "phone\n+13125550142\n"}, part{"list", "./lists/more/own.txt", "+13035550143\n"}, spring()[1]))
	if report := line["report"].(map[string]any); report["will"] != 1.0 {
		t.Errorf("report %v", report)
	}
}

// TestUploadsFromAPage bring the page's token in a header, or before anything else.
func TestUploadsFromAPage(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	sam := h.signedIn(t, "sam")
	for _, first := range []bool{true, false} {
		if line := lastLine(t, sam.tellUpload("/api/v1/campaigns/check", first, spring()...)); line["line"] != "report" {
			t.Errorf("token first: %t: %v", first, line)
		}
	}
	other := access.CSRF(h.signedIn(t, "ops").cookie.Value)
	for name, parts := range map[string][]part{
		"without":       spring(),
		"another's":     append([]part{{"csrf", "", other}}, spring()...),
		"too late":      append(spring(), part{"csrf", "", access.CSRF(sam.cookie.Value)}),
		"a long one":    append([]part{{"csrf", "", strings.Repeat("x", 1000)}}, spring()...),
		"good, in time": append([]part{{"csrf", "", access.CSRF(sam.cookie.Value)}}, spring()...),
	} {
		body, kind := form(t, parts...)
		got := sam.sendRaw(http.MethodPost, "/api/v1/campaigns/check", body, "Content-Type", kind, "Accept", "application/json")
		if refused := got.StatusCode == http.StatusForbidden; refused == (name == "good, in time") {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
}

// flowing is an upload over a real connection, written while its answer is read.
func (h inhabited) flowing(t *testing.T, path string, write func(w *multipart.Writer)) *http.Response {
	t.Helper()
	server := httptest.NewUnstartedServer(h.engine)
	server.Config.ReadTimeout = 300 * time.Millisecond // the app's is longer, and still shorter than an upload may take
	server.Start()
	t.Cleanup(server.Close)
	from, to := io.Pipe()
	w := multipart.NewWriter(to)
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+path, from)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", w.FormDataContentType())
	q.Header.Set("Authorization", "Bearer "+token)
	q.Header.Set("Idempotency-Key", "flowing")
	go func() {
		write(w)
		_ = w.Close()
		_ = to.Close()
	}()
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// TestASlowUploadIsNotCutOff takes longer than the server gives a request, and is told of progress meanwhile.
func TestASlowUploadIsNotCutOff(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	resp := h.flowing(t, "/api/v1/campaigns", func(w *multipart.Writer) {
		to, _ := w.CreateFormFile("campaign", "campaigns/spring.yaml")
		_, _ = io.WriteString(to, renewals)
		to, _ = w.CreateFormFile("contacts", "spring.csv")
		_, _ = io.WriteString(to, springHeader)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for i := range 20 {
			<-tick.C
			writeRows(to, i*500, 500)
		}
	})
	scan, progress := bufio.NewScanner(resp.Body), 0
	scan.Buffer(nil, 1<<20)
	last := map[string]any{}
	for scan.Scan() {
		last = map[string]any{}
		if err := json.Unmarshal(scan.Bytes(), &last); err != nil {
			t.Fatalf("%s: %v", scan.Bytes(), err)
		}
		if last["line"] == "progress" {
			progress++
		}
	}
	if resp.StatusCode != 200 || last["line"] != "campaign" || last["campaign"].(map[string]any)["people"] != 10000.0 || progress < 2 {
		t.Errorf("%d, %d lines of progress, %v, %v", resp.StatusCode, progress, last, scan.Err())
	}
}

// writeRows writes people with numbers of their own.
func writeRows(to io.Writer, from, n int) {
	var b bytes.Buffer
	for i := from; i < from+n; i++ {
		fmt.Fprintf(&b, "N-%d,+1312%03d%04d,Dana,en-US,1984,Gold,129.00,2027-05-04,America/Chicago,2026-05-01\n", i, 200+i/10000, i%10000)
	}
	_, _ = to.Write(b.Bytes())
}

// TestAnEarlyAnswerIsRead sends a long list after a file with errors: what is wrong is told, not that a pipe broke.
func TestAnEarlyAnswerIsRead(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	resp := h.flowing(t, "/api/v1/campaigns/check", func(w *multipart.Writer) {
		to, _ := w.CreateFormFile("campaign", "campaigns/spring.yaml")
		_, _ = io.WriteString(to, "format: 1\n")
		to, _ = w.CreateFormFile("contacts", "spring.csv")
		for i := range 40 {
			writeRows(to, i*1000, 1000)
		}
	})
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusUnprocessableEntity || !bytes.Contains(raw, []byte("campaign_findings")) {
		t.Errorf("%d %s, %v", resp.StatusCode, raw, err)
	}
}

// TestAnUploadThatBreaksOff leaves nothing behind.
func TestAnUploadThatBreaksOff(t *testing.T) {
	t.Parallel()
	h, _ := openRinging(t, nil)
	body, kind := form(t, spring()...)
	got := h.browser(t).sendRaw(http.MethodPost, "/api/v1/campaigns", body[:len(body)-200], "Authorization", "Bearer "+token, "Content-Type", kind, "Idempotency-Key", "k")
	if got.StatusCode != http.StatusBadRequest || !got.holds("bad_upload", "It broke off before its end.") {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	if got := h.api("/api/v1/campaigns").read(t)["items"].([]any); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
	if line := lastLine(t, h.upload(t, "/api/v1/campaigns", "k", spring()...)); line["line"] != "campaign" {
		t.Errorf("again with the same key: %v", line)
	}
}

// TestUploadsAreNotHeldInMemory checks a list of 40 MB with much less.
func TestUploadsAreNotHeldInMemory(t *testing.T) {
	h, _ := openRinging(t, nil)
	var before, now, most runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	resp := h.flowing(t, "/api/v1/campaigns/check", func(w *multipart.Writer) {
		to, _ := w.CreateFormFile("campaign", "campaigns/spring.yaml")
		_, _ = io.WriteString(to, renewals)
		to, _ = w.CreateFormFile("contacts", "spring.csv")
		_, _ = io.WriteString(to, springHeader)
		wide := strings.Repeat("x", 8000)
		for i := range 5000 {
			_, _ = fmt.Fprintf(to, "N-%d,+1312555%04d,Dana,en-US,1984,%s,129.00,2027-05-04,America/Chicago,2026-05-01\n", i, i, wide)
			if i%500 == 0 {
				runtime.GC()
				runtime.ReadMemStats(&now)
				if now.HeapAlloc > most.HeapAlloc {
					most = now
				}
			}
		}
	})
	raw, err := io.ReadAll(resp.Body)
	if err != nil || !bytes.Contains(raw, []byte(`"rows":5000`)) {
		t.Fatalf("%d %.500s, %v", resp.StatusCode, raw, err)
	}
	if grown := int64(most.HeapAlloc) - int64(before.HeapAlloc); grown > 25<<20 {
		t.Errorf("memory grew by %d MB", grown>>20)
	}
}
