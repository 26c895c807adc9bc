package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/console"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/sessions"
)

// tell sends a change to the API as somebody, as JSON.
func (b *browser) tell(path, body string, header ...string) answer {
	b.t.Helper()
	if b.cookie != nil {
		header = append(header, "X-CSRF-Token", access.CSRF(b.cookie.Value))
	}
	return b.sendRaw(http.MethodPost, path, body, append(header, "Content-Type", "application/json", "Accept", "application/json")...)
}

func recSIDs(t *testing.T, a answer) []string {
	t.Helper()
	items, ok := a.read(t)["items"].([]any)
	if !ok {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	out := []string{}
	for _, item := range items {
		out = append(out, item.(map[string]any)["sid"].(string))
	}
	return out
}

func TestListOfRecordings(t *testing.T) {
	t.Parallel()
	h, k := openKept(t, nil)
	ago := func(d time.Duration) int64 { return db.Millis(noon.Add(-d)) }
	k.put(re(1), "created_at", ago(time.Hour))
	k.put(re(2), "created_at", ago(2*time.Hour), "state", "held", "held", 1, "line", "+15550100001")
	k.put(re(3), "created_at", ago(3*time.Hour), "flags", "not_paused", "flow", "other", "class", "complaints")
	k.put(re(4), "created_at", ago(26*time.Hour), "state", "completed", "verified_at", 0, "archive_key", "", "cliff_at", db.Millis(noon.Add(20*day24)))
	k.put(re(5), "created_at", ago(27*time.Hour), "call", "CA5", "next_delete", db.Millis(noon.Add(time.Hour)))
	for query, want := range map[string][]string{
		"": {re(1), re(2), re(3), re(4), re(5)}, "?state=held,completed": {re(2), re(4)}, "?flow=other": {re(3)}, "?call=CA5": {re(5)},
		"?line=%2B15550100001": {re(2)}, "?line=+15550100001": {re(2)}, "?class=complaints": {re(3)}, "?flagged=true": {re(3)}, "?held=true": {re(2)},
		"?since=150m": {re(1), re(2)}, "?until=24h": {re(4), re(5)}, "?since=" + noon.Add(-25*time.Hour).Format(time.RFC3339) + "&until=90m": {re(2), re(3)},
		"?since=2001-01-01&until=2001-01-02": {}, "?deleted_within=24h": {re(5)}, "?at_risk_within=1440h": {re(4)}, "?at_risk_within=168h": {},
		"?flagged=false&held=false&limit=2": {re(1), re(2)}, "?deleted_within=24h&at_risk_within=24h": {},
	} {
		if diff := cmp.Diff(want, recSIDs(t, h.api("/api/v1/recordings"+query))); diff != "" {
			t.Errorf("recordings%s (-want +got):\n%s", query, diff)
		}
	}
	var all []string
	for path := "/api/v1/recordings?limit=2"; path != ""; {
		got := h.api(path)
		all = append(all, recSIDs(t, got)...)
		path = strings.TrimSuffix(strings.TrimPrefix(got.Header.Get("Link"), "<"), `>; rel="next"`)
	}
	if diff := cmp.Diff([]string{re(1), re(2), re(3), re(4), re(5)}, all); diff != "" {
		t.Errorf("all pages together:\n%s", diff)
	}
	for _, query := range []string{"state=stolen", "flagged=1", "held=yes", "since=yesterday", "until=soon", "limit=0", "after=x", "after=1.",
		"deleted_within=-1h", "deleted_within=x", "at_risk_within=0s"} {
		h.api("/api/v1/recordings?"+query).wantProblem(t, http.StatusBadRequest, "bad_query")
		if got := h.signedIn(t, "kim").get("/recordings?" + query); got.StatusCode != http.StatusBadRequest || !got.holds("<h1>") {
			t.Errorf("the page with %s: %d", query, got.StatusCode)
		}
	}
}

// TestRecordingsOff: without an archive every path says so in words.
func TestRecordingsOff(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	for _, path := range []string{"", "/totals", "/RE1", "/RE1/why", "/RE1/audio"} {
		h.api("/api/v1/recordings"+path).wantProblem(t, http.StatusNotFound, "recordings_off")
	}
	h.api("/api/v1/receipts").wantProblem(t, http.StatusNotFound, "recordings_off")
	b := h.signedIn(t, "ops")
	b.tell("/api/v1/holds", `{}`).wantProblem(t, http.StatusNotFound, "recordings_off")
	for _, path := range []string{"/recordings", "/recordings/RE1"} {
		if got := b.get(path); got.StatusCode != http.StatusNotFound || !got.holds("<h1>", "No archive is set up") || got.holds(`href="/recordings"`) {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
}

// TestRecording is one recording from Twilio to the archive, and all that the API says of it.
func TestRecording(t *testing.T) {
	t.Parallel()
	pause := console.Pause{Payment: "pay_1", From: noon.Add(-time.Hour), To: noon.Add(time.Second - time.Hour), Sure: true}
	h, k := openKept(t, func(cfg *console.Config) {
		cfg.Pauses = func(_ context.Context, of []recordings.Recording) (map[string][]console.Pause, error) {
			return map[string][]console.Pause{of[0].SID: {pause}}, nil
		}
		cfg.Transcribed = func(_ context.Context, calls []string) (map[string]bool, error) {
			return map[string]bool{calls[0]: true}, nil
		}
	})
	ops := h.signedIn(t, "ops")
	made := k.make(1, time.Hour)[0]
	if r := lastLine(t, ops.tell("/api/v1/recordings/sweep", `{"dry_run":true}`)); r["line"] != "report" || r["dry_run"] != true ||
		r["counts"].(map[string]any)["add"] != 1.0 || r["actions"].([]any)[0].(map[string]any)["recording"] != made {
		t.Errorf("a dry run: %v", r)
	}
	h.api("/api/v1/recordings/"+made).wantProblem(t, http.StatusNotFound, "no_such_recording")
	sid := k.verified(1)[0] // one more, and both are copied
	got := h.api("/api/v1/recordings/" + sid).read(t)
	archived := got["in_archive"].(map[string]any)
	if got["state"] != "verified" || got["seconds"] != 2.0 || archived["state"] != "verified" || archived["bytes"].(float64) < 1000 ||
		len(archived["sha256"].(string)) != 64 || archived["delete_at"] == nil || got["at_twilio"].(map[string]any)["state"] != "there" ||
		got["at_twilio"].(map[string]any)["expires_at"] == nil || got["transcript"] != true {
		t.Errorf("the recording: %v", got)
	}
	if p := got["pauses"].([]any)[0].(map[string]any); p["payment"] != "pay_1" || p["sure"] != true {
		t.Errorf("pauses: %v", p)
	}
	if r := got["receipts"].([]any)[0].(map[string]any); r["kind"] != "archived" || r["recording"] != sid {
		t.Errorf("receipts: %v", r)
	}
	why := h.api("/api/v1/recordings/" + sid + "/why").read(t)["items"].([]any)[0].(map[string]any)
	if why["date"] != "keep_until" || why["file"] != "paydial.yaml" || why["line"] != 14.0 || why["rule_text"] != "keep_for: 90 days" || !strings.Contains(why["text"].(string), "+ 90 days") {
		t.Errorf("why: %v", why)
	}
	h.api("/api/v1/recordings/"+re(9)+"/why").wantProblem(t, http.StatusNotFound, "no_such_recording")
	totals := h.api("/api/v1/recordings/totals").read(t)
	if totals["states"].(map[string]any)["verified"] != 2.0 || totals["in_archive"] != 2.0 || totals["last_whole_sweep"] == nil || totals["at_risk"].(map[string]any)["60"] != 0.0 {
		t.Errorf("totals: %v", totals)
	}
	v := lastLine(t, ops.tell("/api/v1/recordings/verify", ``))
	if v["ok"] != true || v["copies"] != 2.0 || v["head"].(map[string]any)["lines"] != 2.0 {
		t.Errorf("verify: %v", v)
	}
	for _, field := range []string{"recording.sweep", "recording.verify"} {
		if lines := h.lines(t, field); len(lines) != 1 || lines[0].Who != "ops" {
			t.Errorf("%s: %+v", field, lines)
		}
	}
	page := h.signedIn(t, "ana").get("/recordings/" + sid)
	if !page.holds("<audio", "paydial.yaml line 14", "Copied into the archive", "pay_1", "strip-paused", "/audio?download=true", "verified") || page.holds("hold-form") {
		t.Errorf("the page:\n%s", page.body)
	}
	checkMarkup(t, "/recordings/RE", page.body)
}

// TestDamage changes a copy, and a receipt: verify says which, and the page too.
func TestDamage(t *testing.T) {
	t.Parallel()
	h, k := openKept(t, nil)
	sid := k.verified(2)[0]
	ops := h.signedIn(t, "ops")
	rec, err := k.Get(t.Context(), sid)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(k.dir, "archive", rec.Key), []byte("RIFF"), 0o600); err != nil {
		t.Fatal(err)
	}
	v := lastLine(t, ops.tell("/api/v1/recordings/verify", `{"recording":"`+sid+`"}`))
	damaged := v["damaged"].([]any)
	if v["ok"] != false || v["copies"] != 1.0 || len(damaged) != 1 || damaged[0].(map[string]any)["recording"] != sid {
		t.Errorf("a damaged copy: %v", v)
	}
	ops.tell("/api/v1/recordings/verify", `{"recording":"RE0"}`).wantProblem(t, http.StatusNotFound, "no_such_recording")
	ops.tell("/api/v1/recordings/verify", `{"what":"all"}`).wantProblem(t, http.StatusBadRequest, "bad_body")
	for _, sql := range []string{"DROP TRIGGER recording_receipts_no_update", `UPDATE recording_receipts SET line = '{"n":1,' WHERE n = 1`} {
		if _, err := k.db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if v := lastLine(t, ops.tell("/api/v1/recordings/verify", `{"receipts_only":true}`)); v["ok"] != false || !strings.Contains(v["receipts"].(string), "line 1") {
		t.Errorf("a changed receipt: %v", v)
	}
	all := h.api("/api/v1/receipts")
	if _, err := recordings.VerifyReceipts(strings.NewReader(all.body)); err == nil || !strings.HasPrefix(all.body, `{"n":1,`+"\n") || strings.Count(all.body, "\n") != 3 {
		t.Errorf("the export hides what was changed: %v\n%s", err, all.body)
	}
	var one string
	if err := k.db.QueryRow(t.Context(), "SELECT recording FROM recording_receipts WHERE n = 1").Scan(&one); err != nil {
		t.Fatal(err)
	}
	if got := h.api("/api/v1/recordings/" + one).read(t); got["receipts"].([]any)[0] != `{"n":1,` {
		t.Errorf("the API hides it: %v", got["receipts"])
	}
	if page := ops.get("/recordings/" + one); !page.holds("not as it was written", "{&#34;n&#34;:1,") {
		t.Errorf("the page hides it:\n%s", page.body)
	}
}

// TestSweepTroubles: what goes wrong is said in words, before and after the answer has begun.
func TestSweepTroubles(t *testing.T) {
	t.Parallel()
	h, k := openKept(t, nil)
	ops := h.signedIn(t, "ops")
	ops.tell("/api/v1/recordings/sweep", `{"dry":true}`).wantProblem(t, http.StatusBadRequest, "bad_body")
	if _, err := k.db.Exec(t.Context(), "UPDATE recording_sweeps SET claimed_until = ?", db.Millis(noon.Add(time.Hour))); err != nil {
		t.Fatal(err)
	}
	ops.tell("/api/v1/recordings/sweep", `{}`).wantProblem(t, http.StatusConflict, "sweep_under_way")
	k.sim.Close()
	got := ops.tell("/api/v1/recordings/sweep", `{"dry_run":true}`)
	if p := got.read(t); got.StatusCode != http.StatusBadGateway || p["code"] != "archive_failed" || !strings.Contains(p["detail"].(string), "no connection") {
		t.Errorf("without Twilio: %d %v", got.StatusCode, p)
	}
	alone := openInhabited(t, func(cfg *console.Config) {
		cfg.Recordings = keep(t, func(cfg *recordings.Config) { cfg.Twilio, cfg.Archive = nil, nil }).Recordings
	}, nil)
	ops = alone.signedIn(t, "ops")
	ops.tell("/api/v1/recordings/sweep", `{}`).wantProblem(t, http.StatusConflict, "no_twilio")
	if v := lastLine(t, ops.tell("/api/v1/recordings/verify", `{}`)); v["ok"] != true {
		t.Errorf("verify without an archive: %v", v)
	}
	if page := ops.get("/recordings"); !page.holds("No archive is set up", "never compared with Twilio") {
		t.Errorf("the page:\n%s", page.body)
	}
}

// TestListening plays a recording in whole, in parts, and counts the lines of the audit log.
func TestListening(t *testing.T) {
	t.Parallel()
	h, k := openKept(t, nil)
	sid := k.verified(1)[0]
	b := h.signedIn(t, "sam")
	whole := b.get("/api/v1/recordings/" + sid + "/audio")
	rec, err := k.Get(t.Context(), sid)
	if err != nil {
		t.Fatal(err)
	}
	if whole.StatusCode != http.StatusOK || int64(len(whole.body)) != rec.Bytes || !strings.HasPrefix(whole.body, "RIFF") ||
		whole.Header.Get("Content-Type") != "audio/wav" || whole.Header.Get("ETag") != `"`+rec.SHA256+`"` ||
		whole.Header.Get("Content-Disposition") != `inline; filename="`+sid+`.wav"` {
		t.Fatalf("the whole: %d, %d bytes, %v", whole.StatusCode, len(whole.body), whole.Header)
	}
	part := b.get("/recordings/"+sid+"/audio", "Range", "bytes=100-199")
	if part.StatusCode != http.StatusPartialContent || part.body != whole.body[100:200] {
		t.Errorf("a part: %d, %d bytes", part.StatusCode, len(part.body))
	}
	if got := b.get("/recordings/"+sid+"/audio", "Range", "bytes=900000000-"); got.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("behind the end: %d", got.StatusCode)
	}
	if got := b.get("/recordings/"+sid+"/audio", "Range", "bytes=5-9", "If-Range", `"other"`); got.StatusCode != http.StatusOK {
		t.Errorf("a part of another file: %d", got.StatusCode)
	}
	lines := h.lines(t, "recording.hear")
	if len(lines) != 1 || lines[0].Who != "sam" || lines[0].Detail != sid || lines[0].Call != rec.Call || lines[0].Result != "played" {
		t.Errorf("a player that jumps: %+v", lines)
	}
	if got := b.get("/recordings/"+sid+"/audio?download=true", "Range", "bytes=0-"); got.Header.Get("Content-Disposition") != `attachment; filename="`+sid+`.wav"` {
		t.Errorf("a download: %v", got.Header)
	}
	other := h.signedIn(t, "ana")
	other.get("/recordings/"+sid+"/audio", "Range", "bytes=44-")
	if lines := h.lines(t, "recording.hear"); len(lines) != 3 || lines[0].Who != "ana" || lines[1].Result != "downloaded" {
		t.Errorf("from the beginning, and somebody else from the middle: %+v", lines)
	}
	h.signedIn(t, "kim").get("/recordings/"+sid+"/audio", "Accept", "application/json").wantProblem(t, http.StatusForbidden, "forbidden")
	h.signedIn(t, "ops").get("/api/v1/recordings/"+sid+"/audio").wantProblem(t, http.StatusForbidden, "forbidden")
	if len(h.lines(t, "recording.hear")) != 3 {
		t.Error("who was not let in stands in the log as somebody who listened")
	}
}

// TestNothingToHear: what has no copy is not played, and says so.
func TestNothingToHear(t *testing.T) {
	t.Parallel()
	h, k := openKept(t, nil)
	k.put(re(1), "state", "completed", "archive_key", "", "verified_at", 0)
	k.put(re(2)) // the index says that there is a copy
	if err := os.MkdirAll(filepath.Join(k.dir, "archive"), 0o700); err != nil {
		t.Fatal(err)
	}
	for sid, code := range map[string]string{re(1): "no_copy", re(2): "no_copy", re(3): "no_such_recording", "x'--": "no_such_recording"} {
		h.api("/api/v1/recordings/"+sid+"/audio").wantProblem(t, http.StatusNotFound, code)
	}
	if got := h.signedIn(t, "ana").get("/recordings/" + re(1) + "/audio"); got.StatusCode != http.StatusNotFound || !got.holds("<h1>", "no copy of it") {
		t.Errorf("the page: %d %s", got.StatusCode, got.body)
	}
	if err := os.Remove(filepath.Join(k.dir, "archive")); err != nil {
		t.Fatal(err)
	}
	gone := h.api("/api/v1/recordings/" + re(2) + "/audio") // the disk is not there
	gone.wantProblem(t, http.StatusBadGateway, "archive_failed")
	if gone.holds(k.dir) {
		t.Errorf("whoever asks learns where the archive is: %s", gone.body)
	}
	if n := len(h.lines(t, "recording.hear")); n != 0 {
		t.Errorf("%d lines say that somebody listened", n)
	}
}

// TestHoldsOverTheAPI places and releases.
func TestHoldsOverTheAPI(t *testing.T) {
	t.Parallel()
	h, k := openKept(t, nil)
	k.put(re(1))
	k.put(re(2), "call", "CA2")
	sam := h.signedIn(t, "sam")
	got := sam.tell("/api/v1/holds", fmt.Sprintf(`{"recording":%q,"reason":"a complaint"}`, re(1)))
	hold := got.read(t)
	if got.StatusCode != http.StatusCreated || hold["by"] != "sam" || hold["kept"] != 1.0 || hold["deleting"] != 0.0 || hold["reason"] != "a complaint" || hold["on"] != "recording "+re(1) {
		t.Fatalf("a hold: %d %v", got.StatusCode, hold)
	}
	if got := sam.tell("/api/v1/holds", `{"call":"CAlater","reason":"it is still being recorded"}`); got.StatusCode != http.StatusCreated || got.read(t)["kept"] != 0.0 {
		t.Errorf("a call that has nothing yet: %d %s", got.StatusCode, got.body)
	}
	if got := sam.tell("/api/v1/holds", `{"line":"+15550100000","since":"2026-01-01","until":"2100-01-01T00:00:00Z","reason":"both"}`); got.StatusCode != http.StatusCreated {
		t.Errorf("a line and a time: %d %s", got.StatusCode, got.body)
	}
	detail := h.api("/api/v1/recordings/" + re(1)).read(t)
	if detail["held"] != true || detail["state"] != "held" || len(detail["holds"].([]any)) != 2 || len(detail["receipts"].([]any)) != 1 {
		t.Errorf("what is held: %v", detail)
	}
	id := hold["id"].(string)
	why := h.api("/api/v1/recordings/" + re(1) + "/why").read(t)["items"].([]any)
	if last := why[len(why)-2].(map[string]any); last["date"] != "hold" || !strings.Contains(last["text"].(string), "a complaint") {
		t.Errorf("why: %v", why)
	}
	for body, want := range map[string]struct {
		status int
		code   string
	}{
		`{"reason":"x"}`: {422, "hold_names_nothing"}, `{"recording":"` + re(2) + `","reason":" "}`: {422, "why_needed"},
		`{"recording":"` + re(9) + `","reason":"x"}`: {404, "no_such_recording"}, `{"call":"a b","reason":"x"}`: {400, "bad_body"},
		`{"line":"<b>","reason":"x"}`: {400, "bad_body"}, `{"since":"soon","reason":"x"}`: {400, "bad_body"}, `{"calls":"CA1"}`: {400, "bad_body"},
		`{"since":"2026-03-04","until":"2026-03-03","reason":"x"}`: {400, "bad_body"}, `[`: {400, "bad_body"},
		`{"reason":"` + strings.Repeat("x", 9000) + `"}`: {400, "bad_body"},
	} {
		sam.tell("/api/v1/holds", body).wantProblem(t, want.status, want.code)
	}
	h.signedIn(t, "ana").tell("/api/v1/holds", `{}`).wantProblem(t, http.StatusForbidden, "forbidden")
	sam.tell("/api/v1/holds/hold_none/release", `{"reason":"x"}`).wantProblem(t, http.StatusNotFound, "no_such_hold")
	sam.tell("/api/v1/holds/"+id+"/release", `{}`).wantProblem(t, http.StatusUnprocessableEntity, "why_needed")
	released := h.signedIn(t, "ops").tell("/api/v1/holds/"+id+"/release", `{"reason":"settled"}`)
	if r := released.read(t); released.StatusCode != http.StatusOK || r["released_by"] != "ops" || r["release_reason"] != "settled" || r["released_at"] == nil {
		t.Errorf("released: %d %v", released.StatusCode, r)
	}
	sam.tell("/api/v1/holds/"+id+"/release", `{"reason":"again"}`).wantProblem(t, http.StatusConflict, "hold_released")
	inForce, all := h.api("/api/v1/holds").read(t)["items"].([]any), h.api("/api/v1/holds?released=true").read(t)["items"].([]any)
	if len(inForce) != 2 || len(all) != 3 {
		t.Errorf("%d in force of %d", len(inForce), len(all))
	}
	h.api("/api/v1/holds?released=x").wantProblem(t, http.StatusBadRequest, "bad_query")
	if lines := h.lines(t, "recording.hold"); len(lines) < 3 || !strings.Contains(lines[len(lines)-1].Detail, "a complaint") || lines[len(lines)-1].Who != "sam" {
		t.Errorf("the audit log: %+v", lines)
	}
	if lines := h.lines(t, "recording.release"); len(lines) == 0 || lines[len(lines)-1].Who != "sam" {
		t.Errorf("the audit log: %+v", lines)
	}
}

// TestHoldsByForm does the same with the page's forms.
func TestHoldsByForm(t *testing.T) {
	t.Parallel()
	h, k := openKept(t, nil)
	k.put(re(1))
	b := h.signedIn(t, "sam")
	form := url.Values{"csrf": {b.csrf()}, "recording": {re(1)}, "call": {"CA" + strings.Repeat("1", 32)}, "back": {re(1)}, "reason": {"a <b>complaint</b>"}, "what": {"recording"}}
	got := b.post("/recordings/holds", form)
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/recordings/"+re(1)+"#holds" {
		t.Fatalf("a hold: %d %s", got.StatusCode, got.body)
	}
	holds, err := k.HoldsInForce(t.Context())
	if err != nil || len(holds) != 1 || holds[0].On.Recording != re(1) || holds[0].On.Call != "" || holds[0].By != "sam" {
		t.Fatalf("holds: %+v, %v", holds, err)
	}
	page := b.get("/recordings/" + re(1))
	if !page.holds("a &lt;b&gt;complaint&lt;/b&gt;", "held by sam", "/recordings/holds/"+holds[0].ID+"/release", "not while it is held") {
		t.Errorf("the page does not say so:\n%s", page.body)
	}
	checkMarkup(t, "/recordings/RE", page.body)
	if list := b.get("/recordings?held=true"); !list.holds("a &lt;b&gt;complaint", "/recordings/holds/"+holds[0].ID+"/release") {
		t.Errorf("the list does not say so:\n%s", list.body)
	}
	form.Set("what", "call")
	if got := b.post("/recordings/holds", form); got.StatusCode != http.StatusSeeOther {
		t.Errorf("the whole call: %d %s", got.StatusCode, got.body)
	}
	whole, err := k.HoldsInForce(t.Context())
	if err != nil || len(whole) != 2 || !slices.ContainsFunc(whole, func(h recordings.Hold) bool { return h.On.Call != "" && h.On.Recording == "" }) {
		t.Errorf("holds: %+v, %v", whole, err)
	}
	form.Set("reason", "")
	if got := b.post("/recordings/holds", form); got.StatusCode != http.StatusUnprocessableEntity || !got.holds("<h1>", "A reason is needed") {
		t.Errorf("without a reason: %d %s", got.StatusCode, got.body)
	}
	got = b.post("/recordings/holds/"+holds[0].ID+"/release", url.Values{"csrf": {b.csrf()}, "reason": {"settled"}, "back": {"//evil.example"}})
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/recordings?held=true" {
		t.Errorf("released: %d to %s", got.StatusCode, got.Header.Get("Location"))
	}
	if holds, err := k.HoldsInForce(t.Context()); err != nil || len(holds) != 1 {
		t.Errorf("holds: %+v, %v", holds, err)
	}
	if page := b.get("/recordings/" + re(1)); !page.holds("Released", "settled") {
		t.Errorf("the receipts do not say so:\n%s", page.body)
	}
}

// TestReceiptsAreTheChain exports receipts and verifies them without the server.
func TestReceiptsAreTheChain(t *testing.T) {
	t.Parallel()
	h, k := openKept(t, nil)
	k.put(re(1))
	for i := range 5 {
		if _, err := k.Hold(t.Context(), "kim", recordings.HoldOn{Recording: re(1)}, fmt.Sprintf("reason %d <&>", i)); err != nil {
			t.Fatal(err)
		}
	}
	all := h.api("/api/v1/receipts")
	head, err := recordings.VerifyReceipts(strings.NewReader(all.body))
	if err != nil || head.Lines != 5 || all.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Fatalf("the export: %+v, %v\n%s", head, err, all.body)
	}
	lines := strings.SplitAfter(all.body, "\n")
	if got := h.api("/api/v1/receipts?after=2&limit=2"); got.body != lines[2]+lines[3] {
		t.Errorf("two of them:\n%s", got.body)
	}
	if got := h.api("/api/v1/receipts?recording=" + re(2)); got.StatusCode != http.StatusOK || got.body != "" {
		t.Errorf("none: %d %q", got.StatusCode, got.body)
	}
	if got := h.api("/api/v1/receipts?recording=" + re(1)); got.body != all.body {
		t.Errorf("of one:\n%s", got.body)
	}
	first, _ := json.Marshal(h.api("/api/v1/recordings/" + re(1)).read(t)["receipts"].([]any)[0])
	var a, b map[string]any
	_, _ = json.Unmarshal(first, &a), json.Unmarshal([]byte(lines[0]), &b)
	if diff := cmp.Diff(b, a); diff != "" {
		t.Errorf("the recording's receipts are others:\n%s", diff)
	}
	for _, query := range []string{"after=x", "after=-1", "limit=0", "limit=x"} {
		h.api("/api/v1/receipts?"+query).wantProblem(t, http.StatusBadRequest, "bad_query")
	}
	h.signedIn(t, "kim").get("/api/v1/receipts").wantProblem(t, http.StatusForbidden, "forbidden")
	against := func(head recordings.Head) map[string]any {
		text, _ := json.Marshal(head)
		return lastLine(t, h.signedIn(t, "ops").tell("/api/v1/recordings/verify", `{"receipts_only":true,"against":`+string(text)+`}`))
	}
	if r := against(head); r["ok"] != true || r["head"].(map[string]any)["hash"] != head.Hash {
		t.Errorf("against the export: %v", r)
	}
	if r := against(recordings.Head{Lines: 3, Hash: head.Hash}); r["ok"] != false || !strings.Contains(r["receipts"].(string), "up to 3") {
		t.Errorf("against another chain: %v", r)
	}
	if r := against(recordings.Head{Lines: 9, Hash: head.Hash}); r["ok"] != false || !strings.Contains(r["receipts"].(string), "line 9") {
		t.Errorf("against a longer chain: %v", r)
	}
}

// lastLine reads the last line of an answer of lines, after checking that all before it are progress.
func lastLine(t *testing.T, a answer) map[string]any {
	t.Helper()
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	var last map[string]any
	for i, line := range bytes.Split(bytes.TrimSpace([]byte(a.body)), []byte("\n")) {
		if i > 0 && last["line"] != "progress" {
			t.Errorf("a line before the last is %v", last)
		}
		last = nil
		if err := json.Unmarshal(line, &last); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	return last
}

// TestWhatAnAgentSees: who may only look gets no sound and no forms, and every link of the pages leads somewhere.
func TestWhatAnAgentSees(t *testing.T) {
	t.Parallel()
	h, k := openKept(t, nil)
	everyState(k)
	h.place("CA11111111111111111111111111111111", sessions.Info{Flow: "pay-my-bill", Status: "completed", Started: noon.Add(-time.Hour), Ended: noon})
	b := h.signedIn(t, "kim")
	paths := []string{"/recordings", "/calls/CA11111111111111111111111111111111", "/recordings?limit=3"}
	for i := range 15 {
		paths = append(paths, "/recordings/"+re(i+1))
	}
	linked := map[string]bool{}
	for _, path := range paths {
		got := b.get(path)
		if got.StatusCode != http.StatusOK || !got.holds(`href="/recordings"`, "<h1") {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
		if got.holds("<audio") || got.holds("hold-form") || got.holds("/audio") || got.holds("/api/v1/receipts") {
			t.Errorf("%s offers an agent what they may not do", path)
		}
		checkMarkup(t, path, got.body)
		for _, m := range reference.FindAllStringSubmatch(got.body, -1) {
			path, _, _ := strings.Cut(html.UnescapeString(m[1]), "#")
			linked[path] = true
		}
	}
	if len(linked) < 20 {
		t.Errorf("only %d links", len(linked))
	}
	for path := range linked {
		if got := b.get(path); got.StatusCode != http.StatusOK {
			t.Errorf("a page links to %s: %d", path, got.StatusCode)
		}
	}
	page := b.get("/recordings")
	if !page.holds("within a week, and of which there is no copy: 1", "notice bad", "within two months, and of which there is no copy: 1", "5 days left, no copy", "40 days left, no copy",
		"expired at Twilio", "not shown to be paused", "Acme v. Doe", "paydial.yaml line 14") {
		t.Errorf("the list:\n%s", page.body)
	}
	if got := b.get("/recordings/" + re(99)); got.StatusCode != http.StatusNotFound || !got.holds("not known here") {
		t.Errorf("another: %d", got.StatusCode)
	}
	if err := k.db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range paths[:4] {
		if got := b.get(path); got.StatusCode != http.StatusInternalServerError || got.holds("sql") {
			t.Errorf("%s without a database: %d", path, got.StatusCode)
		}
	}
}
