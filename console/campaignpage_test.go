package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/console"
)

// TestCampaignPages opens every page, and every address that a page names.
func TestCampaignPages(t *testing.T) {
	t.Parallel()
	h, r := openStage(t)
	everyCampaign(r)
	sam := h.signedIn(t, "sam")
	seen := map[string]bool{}
	for _, tc := range []struct{ path, says string }{
		{"/campaigns", "spring-renewals"}, {"/campaigns", "opted out 6.7 %"}, {"/campaigns/spring-renewals", "on the line"},
		{"/campaigns/spring-renewals", `aria-label="Calls at once in the last half hour`}, {"/campaigns/winter-reminders", "by itself"},
		{"/campaigns/new-members", "Nobody is done yet"}, {"/campaigns/spring-renewals/people", "M-10000"},
		{"/campaigns/spring-renewals/people?state=waiting", "waiting for the next try"}, {"/campaigns/spring-renewals/people/row%20240", "second try, 4h after no_answer"},
		{"/campaigns/spring-renewals/people/row%203", "Allowed by us-renewal"}, {"/dnc", "Kim in compliance"}, {"/dnc?number=%2B12125550100", "asked on the phone"},
		{"/dnc?number=(212)+555-0100", "it is on company, registry"}, {"/dnc?number=%2B13125550101", "want to hear from us again"}, {"/campaigns/new", "my-campaign"},
		{"/campaigns/spring-renewals/rules", "One person who never answers"}, {"/campaigns/spring-renewals/rules", "47 CFR 64.1200(c)(1)"},
	} {
		got := sam.get(tc.path)
		if got.StatusCode != http.StatusOK || !got.holds(tc.says, "<h1", `id="main"`) {
			t.Errorf("%s: %d, without %q:\n%s", tc.path, got.StatusCode, tc.says, got.body)
		}
		checkMarkup(t, tc.path, got.body)
		for _, m := range reference.FindAllStringSubmatch(got.body, -1) {
			seen[strings.ReplaceAll(m[1], "&amp;", "&")] = true
		}
	}
	pages, people := map[string]answer{}, 0
	for path := range seen {
		if strings.Contains(path, "/people/row%20") {
			if people++; people > 8 { // they are alike
				continue
			}
		}
		if strings.HasPrefix(path, "/calls/CA") || strings.HasSuffix(path, "/events") { // calls that a test made up, and a stream
			continue
		}
		path, part, _ := strings.Cut(path, "#")
		if _, had := pages[path]; !had {
			pages[path] = sam.get(path)
		}
		if got := pages[path]; got.StatusCode != http.StatusOK || part != "" && !got.holds(`id="`+part+`"`) {
			t.Errorf("a page links to %s, %s: %d", path, part, got.StatusCode)
		}
	}
	numbers, behind := 0, map[string]int{}
	for _, m := range numbered.FindAllStringSubmatch(sam.get("/campaigns/winter-reminders").body, -1) {
		if n := digits.FindString(inTags.ReplaceAllString(m[2], "")); n != "" {
			numbers++
			if _, had := behind[m[1]]; !had {
				behind[m[1]] = sam.peopleAt(strings.ReplaceAll(m[1], "&amp;", "&"))
			}
			if strconv.Itoa(behind[m[1]]) != n {
				t.Errorf("%s: %d people stand behind %s", m[1], behind[m[1]], n)
			}
		}
	}
	if numbers < 30 {
		t.Errorf("only %d numbers lead to people", numbers)
	}
}

// A link to people, what is in its tags, and a number.
var (
	numbered = regexp.MustCompile(`(?s)<a href="(/campaigns/winter-reminders/people[^"/]*)">(.*?)</a>`)
	inTags   = regexp.MustCompile(`<[^>]*>`)
	digits   = regexp.MustCompile(`\d+`)
)

// peopleAt counts the people of a list, page by page.
func (b *browser) peopleAt(path string) (n int) {
	b.t.Helper()
	for path != "" {
		got := b.get(path)
		if got.StatusCode != http.StatusOK {
			b.t.Fatalf("%s: %d", path, got.StatusCode)
		}
		n += strings.Count(got.body, `data-name="Person"`)
		_, next, _ := strings.Cut(got.body, `rel="next" href="`)
		next, _, _ = strings.Cut(next, `"`)
		path = strings.ReplaceAll(next, "&amp;", "&")
	}
	return n
}

// TestWhoMayNotRunThemSeesNoButtons looks at the pages as an agent.
func TestWhoMayNotRunThemSeesNoButtons(t *testing.T) {
	t.Parallel()
	h, r := openStage(t)
	everyCampaign(r)
	kim, ana := h.signedIn(t, "kim"), h.signedIn(t, "ana")
	for path, forms := range map[string]int{"/campaigns": 1, "/campaigns/spring-renewals": 1, "/campaigns/winter-reminders": 1, "/campaigns/new-members": 1,
		"/campaigns/spring-renewals/people/row%20240": 2, "/dnc?number=%2B12125550100": 2} {
		got := kim.get(path)
		if got.StatusCode != http.StatusOK || strings.Count(got.body, `method="post"`) != forms { // to sign out, and to put a number on a list
			t.Errorf("%s: %d, with forms:\n%s", path, got.StatusCode, got.body)
		}
		if got := ana.get(path); got.StatusCode != http.StatusOK || strings.Count(got.body, `method="post"`) != 1 { // an auditor only looks
			t.Errorf("%s, as an auditor: %d, with forms:\n%s", path, got.StatusCode, got.body)
		}
	}
	if got := ana.post("/dnc/add", url.Values{"csrf": {ana.csrf()}}); got.StatusCode != http.StatusForbidden {
		t.Errorf("an auditor adds a number: %d", got.StatusCode)
	}
	for _, path := range []string{"/campaigns/stop", "/campaigns/spring-renewals/pause", "/campaigns/spring-renewals/people/row%20240/forget", "/dnc/remove"} {
		if got := kim.post(path, url.Values{"csrf": {kim.csrf()}}); got.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
	if got := kim.get("/campaigns/new"); got.StatusCode != http.StatusForbidden {
		t.Errorf("new: %d", got.StatusCode)
	}
}

// submit sends a form of a page.
func (b *browser) submit(path string, pairs ...string) answer {
	b.t.Helper()
	form := url.Values{"csrf": {b.csrf()}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.post(path, form)
}

// TestACampaignByForms starts, slows, pauses, resumes and stops one, with every mistake that can be made.
func TestACampaignByForms(t *testing.T) {
	t.Parallel()
	h, r := openStage(t)
	r.create("spring", 20)
	sam := h.signedIn(t, "sam")
	want := func(got answer, status int, says ...string) {
		t.Helper()
		if got.StatusCode != status || !got.holds(says...) {
			t.Errorf("%d, want %d with %q: %s", got.StatusCode, status, says, got.body)
		}
	}
	state := func(want campaigns.State) {
		t.Helper()
		if c, err := r.Get(t.Context(), "spring"); err != nil || c.State != want {
			t.Errorf("it is %s, want %s (%v)", c.State, want, err)
		}
	}
	want(sam.submit("/campaigns/spring/start", "at", "tomorrow"), http.StatusBadRequest, `value="tomorrow"`)
	want(sam.submit("/campaigns/spring/start", "at", "2020-01-01T09:00"), http.StatusBadRequest, "a time to come")
	later := noon.Add(48 * time.Hour)
	want(sam.submit("/campaigns/spring/start", "at", later.Format("2006-01-02T15:04")), http.StatusSeeOther)
	if c, err := r.Get(t.Context(), "spring"); err != nil || c.StartAt.IsZero() {
		t.Errorf("no time to start at: %+v, %v", c, err)
	}
	want(sam.get("/campaigns/spring"), http.StatusOK, "Call off the start", "starts ")
	want(sam.submit("/campaigns/spring/pause"), http.StatusSeeOther)
	want(sam.submit("/campaigns/spring/start"), http.StatusSeeOther)
	state(campaigns.StateRunning)
	want(sam.submit("/campaigns/spring/slow", "per_minute", "many"), http.StatusBadRequest)
	want(sam.submit("/campaigns/spring/slow", "per_minute", "1000"), http.StatusConflict, "its file allows 30")
	want(sam.submit("/campaigns/spring/slow", "per_minute", "12"), http.StatusSeeOther)
	want(sam.submit("/campaigns/spring/pause", "note", "a <b>bold</b> reason"), http.StatusSeeOther)
	want(sam.get("/campaigns/spring"), http.StatusOK, "a &lt;b&gt;bold&lt;/b&gt; reason", "12 a minute, 10 at once")
	r.exec("UPDATE campaigns SET safety = 1 WHERE name = 'spring'")
	want(sam.submit("/campaigns/spring/resume", "note", " "), http.StatusUnprocessableEntity, `role="alert"`, "somebody has to look first")
	want(sam.submit("/campaigns/spring/resume", "note", "the list was wrong, and is mended"), http.StatusSeeOther)
	state(campaigns.StateRunning)
	want(sam.submit("/campaigns/spring/stop", "confirm", "sprung", "note", "enough"), http.StatusUnprocessableEntity, `value="sprung"`, `value="enough"`, "data-act open")
	want(sam.submit("/campaigns/spring/stop", "confirm", "spring"), http.StatusSeeOther)
	state(campaigns.StateEnded)
	want(sam.submit("/campaigns/spring/start"), http.StatusConflict, "That is not possible now")
	want(sam.submit("/campaigns/none/pause"), http.StatusNotFound, "<h1>")
	if got := sam.post("/campaigns/spring/pause", url.Values{}); got.StatusCode != http.StatusForbidden {
		t.Errorf("without a token: %d", got.StatusCode)
	}
}

// TestStopEverythingByForm asks once, and tells.
func TestStopEverythingByForm(t *testing.T) {
	t.Parallel()
	h, r := openStage(t)
	everyCampaign(r)
	sam := h.signedIn(t, "sam")
	if got := sam.get("/campaigns"); !got.holds("Campaigns that run: 1.", "6 calls are on the line now") {
		t.Errorf("it does not say what would stop: %s", got.body)
	}
	got := sam.submit("/campaigns/stop", "note", "fire")
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/campaigns?stopped=1" {
		t.Fatalf("%d to %s", got.StatusCode, got.Header.Get("Location"))
	}
	if c, err := r.Get(t.Context(), "spring-renewals"); err != nil || c.State != campaigns.StatePaused {
		t.Errorf("it is %s, %v", c.State, err)
	}
	if !sam.get("/campaigns?stopped=1").holds("Everything is stopped") {
		t.Error("the page does not say so")
	}
}

// TestAPersonByForms leaves out, marks as paid, lists and forgets.
func TestAPersonByForms(t *testing.T) {
	t.Parallel()
	h, r := openStage(t)
	r.create("spring", 20)
	sam := h.signedIn(t, "sam")
	at := func(row, act string) string { return "/campaigns/spring/people/row%20" + row + "/" + act }
	for act, says := range map[string]string{"skip": "left out by hand", "paid": "has paid"} {
		if got := sam.submit(at("5", act), "note", "asked to"); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/campaigns/spring/people/row%205" {
			t.Errorf("%s: %d to %s", act, got.StatusCode, got.Header.Get("Location"))
		}
		r.exec("UPDATE campaign_people SET state = 'done', outcome = '', reason = ? , due_at = 0 WHERE line_no = 5", map[string]string{"skip": "skipped", "paid": "paid_meanwhile"}[act])
		if got := sam.get("/campaigns/spring/people?state=done"); !got.holds(says) {
			t.Errorf("%s: the page does not say %q", act, says)
		}
	}
	company := campaigns.Entry{List: "company", Number: "+12125550199", Reason: "to have the list", By: "sam"}
	if err := r.Lists().Put(t.Context(), company); err != nil {
		t.Fatal(err)
	}
	if got := sam.submit(at("7", "dnc"), "list", "company", "because", " "); got.StatusCode != http.StatusUnprocessableEntity || !got.holds(`role="alert"`, "A reason is needed") {
		t.Errorf("without a reason: %d %s", got.StatusCode, got.body)
	}
	if got := sam.submit(at("7", "dnc"), "list", "company", "because", "wrote a letter"); got.StatusCode != http.StatusSeeOther {
		t.Errorf("list: %d %s", got.StatusCode, got.body)
	}
	p, err := r.Person(t.Context(), "spring", "row 7")
	if err != nil {
		t.Fatal(err)
	}
	if on, err := r.Lists().Has(t.Context(), p.Phone, "company"); err != nil || !on {
		t.Errorf("%s is not on the list: %v", p.Phone, err)
	}
	if got := sam.get("/campaigns/spring/people/row%207"); !got.holds("✗", "company") {
		t.Errorf("the page does not say why: %s", got.body)
	}
	if got := sam.submit(at("9", "forget")); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("forgotten without being sure: %d", got.StatusCode)
	}
	if got := sam.submit(at("9", "forget"), "sure", "yes"); got.StatusCode != http.StatusSeeOther {
		t.Errorf("forget: %d %s", got.StatusCode, got.body)
	}
	if got := sam.get("/campaigns/spring/people"); got.holds("M-10007") {
		t.Error("somebody who was forgotten is still there")
	}
}

// TestDoNotCallByForms puts numbers on lists and takes them off.
func TestDoNotCallByForms(t *testing.T) {
	t.Parallel()
	h, r := openStage(t)
	sam := h.signedIn(t, "sam")
	for _, tc := range []struct {
		pairs  []string
		status int
		says   string
	}{
		{[]string{"list", "company", "number", "twelve", "because", "asked"}, http.StatusUnprocessableEntity, `value="twelve"`},
		{[]string{"list", "company", "number", "+12125550123", "because", ""}, http.StatusUnprocessableEntity, "A reason is needed"},
		{[]string{"list", "a list/with signs", "number", "+12125550123", "because", "asked"}, http.StatusUnprocessableEntity, `value="a list/with signs"`},
		{[]string{"list", "company", "number", "+12125550123", "because", "asked", "expires", "2020-01-01"}, http.StatusBadRequest, "a time to come"},
		{[]string{"list", "company", "number", "(212) 555-0123", "because", "<i>asked</i>"}, http.StatusSeeOther, ""},
	} {
		if got := sam.submit("/dnc/add", tc.pairs...); got.StatusCode != tc.status || !got.holds(tc.says) {
			t.Errorf("%v: %d, want %d with %q: %s", tc.pairs, got.StatusCode, tc.status, tc.says, got.body)
		}
	}
	if got := sam.get("/dnc?number=%2B12125550123&list=company&said=added"); !got.holds("is on the list company", "&lt;i&gt;asked&lt;/i&gt;", "in force") {
		t.Errorf("added: %s", got.body)
	}
	if got := sam.submit("/dnc/remove", "list", "company", "number", "+12125550123"); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("taken off without a reason: %d", got.StatusCode)
	}
	if got := sam.submit("/dnc/remove", "list", "company", "number", "+12125550123", "because", "changed their mind"); got.StatusCode != http.StatusSeeOther {
		t.Errorf("take off: %d %s", got.StatusCode, got.body)
	}
	if got := sam.get("/dnc?number=%2B12125550123"); !got.holds("is on no list", "changed their mind", "sam") || got.holds("in force") {
		t.Errorf("taken off: %s", got.body)
	}
	if on, err := r.Lists().Has(t.Context(), "+12125550123"); err != nil || on {
		t.Errorf("it is still on a list: %v", err)
	}
}

// TestSettingsOfAFile shows a file's settings and faults while it is written.
func TestSettingsOfAFile(t *testing.T) {
	t.Parallel()
	h, r := openStage(t)
	sam := h.signedIn(t, "sam")
	got := sam.submit("/campaigns/new/settings", "campaign", r.file)
	if got.StatusCode != http.StatusOK || !got.holds("The file is fine", "lists/state-dnc.csv", "MemberNo", "Mon – Sun 00:00 – 24:00", "30 a minute, 10 at once", "us-renewal", "opted out: more than 5 %", "One person who never answers") {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	zone, err := time.LoadLocation("America/New_York") // the project's
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(got.body, `<li><span class="num">`+noon.In(zone).Format("Mon 2 Jan,")); n != 1 { // at most one try a day
		t.Errorf("the sketch has %d tries today: %s", n, got.body)
	}
	got = sam.submit("/campaigns/new/settings", "campaign", strings.Replace(r.file, "flow: renew-plan", "flow: renew-plam", 1))
	if got.StatusCode != http.StatusOK || !got.holds("Errors in the file: 1", `data-line="5"`) {
		t.Errorf("a mistake: %d %s", got.StatusCode, got.body)
	}
	for _, text := range []string{"", "[", "campaign: <script>alert(1)</script>", strings.Repeat("a: [", 500)} {
		if got := sam.submit("/campaigns/new/settings", "campaign", text); got.StatusCode != http.StatusOK || got.holds("<script>alert") {
			t.Errorf("%.40q: %d %s", text, got.StatusCode, got.body)
		}
	}
}

// TestReportOfACheck sends a report of the API to be shown.
func TestReportOfACheck(t *testing.T) {
	t.Parallel()
	h, _ := openStage(t)
	sam := h.signedIn(t, "sam")
	const report = `{"campaign":"spring","flow":"renew-plan","rows":2418,"will":2207,"will_not":211,"reasons":[{"reason":"bad_number","text":"number cannot be called",
		"people":211,"details":[{"text":"damaged by a spreadsheet","people":32}],"examples":[{"line":14,"column":"Mobile","expected":"a number","found":"<b>1.5E+10</b>","mend":"save it as text"}]}],
		"zones":[{"zone":"America/New_York","people":2207}],"first_week":{"from":"2026-03-03T14:00:00Z","until":"2026-03-09T14:00:00Z","attempts":2960,"line_seconds":93600,"zone":"America/New_York"},
		"cost":{"voice":96,"detection":22,"capture":21,"currency":"usd"},"samples":[{"line":2,"id":"M-1","name":"Dana","zone":"America/Chicago","language":"en-US"}],
		"rule_book":{"name":"us-renewal","version":"2026-01-15","rules":[{"rule":"identity_first","passed":true,"text":"identity first"}]},"columns":{"used":["Mobile"],"ignored":["Notes"]}}`
	got := sam.sendRaw(http.MethodPost, "/campaigns/new/report", report, "Content-Type", "application/json", "X-CSRF-Token", sam.csrf())
	if got.StatusCode != http.StatusOK || !got.holds("2,418 rows", "2,207", "211", "damaged by a spreadsheet", "&lt;b&gt;1.5E&#43;10&lt;/b&gt;", "26 h of line time", "Dana, M-1", "Notes", "identity first") {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	for _, body := range []string{"", "{", `{"rows":"many"}`} {
		got := sam.sendRaw(http.MethodPost, "/campaigns/new/report", body, "Content-Type", "application/json", "X-CSRF-Token", sam.csrf(), "Accept", "application/json")
		got.wantProblem(t, http.StatusBadRequest, "bad_body")
	}
}

// TestNoCampaignsHere: a server without them says so, and does not name them in its bar.
func TestNoCampaignsHere(t *testing.T) {
	t.Parallel()
	h := open(t, func(cfg *console.Config) { cfg.LoopbackOnly = true })
	if got := h.ask("/campaigns", "Accept", "text/html"); got.StatusCode != http.StatusNotFound || !got.holds("This server runs no campaigns") {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	if got := h.ask("/"); got.holds(`href="/campaigns"`) {
		t.Error("the bar names campaigns")
	}
}

// TestOldCampaignsAreFolded: many that are over are counted only where somebody asks for them.
func TestOldCampaignsAreFolded(t *testing.T) {
	t.Parallel()
	h, r := openStage(t)
	for i := range 33 {
		name := "old-" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		r.create(name, 1)
		r.exec("UPDATE campaigns SET state = 'ended' WHERE name = ?", name)
	}
	sam := h.signedIn(t, "sam")
	if got := sam.get("/campaigns"); !got.holds("Older campaigns: 3", "old-bg") || got.holds(">old-aa<") {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	if got := sam.get("/campaigns?all=1"); !got.holds(">old-aa<") || got.holds("Older campaigns") {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
}
