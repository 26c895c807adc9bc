package console_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/console"
)

const password = "correct horse battery"

// clock goes when it is told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// inhabited is a house whose people can sign in: kim, sam, ana and ops, one of each role.
type inhabited struct {
	*house
	access *access.Access
	clock  *clock
}

func openInhabited(t *testing.T, change func(*console.Config), changeAccess func(*access.Config)) inhabited {
	t.Helper()
	out := inhabited{clock: &clock{at: noon}}
	out.house = open(t, func(cfg *console.Config) {
		if change != nil {
			change(cfg)
		}
		hash := access.Hash(password, access.Cost{Memory: 64, Time: 1, Threads: 1})
		var users []access.User
		for id, role := range roleOf {
			users = append(users, access.User{ID: id, Name: strings.ToUpper(id[:1]) + id[1:], Roles: []access.Role{role}, Password: hash})
		}
		acfg := access.Config{
			Redis: cfg.Sessions.Redis(), Audit: cfg.Audit, Users: access.FixedUsers(users...), Secret: make([]byte, 32),
			PublicURL: "http://localhost:8080", Now: out.clock.now,
		}
		if changeAccess != nil {
			changeAccess(&acfg)
		}
		var err error
		if out.access, err = access.New(acfg); err != nil {
			t.Fatal(err)
		}
		cfg.Access = out.access
	})
	return out
}

var roleOf = map[string]access.Role{"kim": access.Agent, "sam": access.Supervisor, "ana": access.Auditor, "ops": access.Ops}

// browser is somebody's browser: it keeps its cookie, and says where its requests come from.
type browser struct {
	h      inhabited
	t      *testing.T
	cookie *http.Cookie
}

func (h inhabited) browser(t *testing.T) *browser { return &browser{h: h, t: t} }

// signedIn is the browser of somebody who has signed in.
func (h inhabited) signedIn(t *testing.T, name string) *browser {
	t.Helper()
	b := h.browser(t)
	if got := b.post("/sign-in", url.Values{"name": {name}, "password": {password}}); got.StatusCode != http.StatusSeeOther || b.cookie == nil {
		t.Fatalf("%s cannot sign in: %d %s", name, got.StatusCode, got.body)
	}
	return b
}

// send sends a request; header is name, value, name, value.
func (b *browser) send(method, path string, form url.Values, header ...string) answer {
	b.t.Helper()
	if form != nil {
		header = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)
	}
	return b.sendRaw(method, path, form.Encode(), header...)
}

// sendRaw sends a request with any body.
func (b *browser) sendRaw(method, path, body string, header ...string) answer {
	b.t.Helper()
	r := httptest.NewRequest(method, "http://localhost:8080"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:54321"
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	for i := 0; i+1 < len(header); i += 2 {
		switch header[i] {
		case "From":
			r.RemoteAddr = header[i+1]
		case "Password":
			r.SetBasicAuth("anybody", header[i+1])
		default:
			r.Header.Set(header[i], header[i+1])
		}
	}
	w := httptest.NewRecorder()
	b.h.engine.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if strings.HasSuffix(c.Name, "paydial_session") {
			b.cookie = c
			if c.MaxAge < 0 {
				b.cookie = nil
			}
		}
	}
	return answer{w.Result(), w.Body.String()}
}

func (b *browser) get(path string, header ...string) answer {
	b.t.Helper()
	return b.send(http.MethodGet, path, nil, header...)
}

func (b *browser) post(path string, form url.Values, header ...string) answer {
	b.t.Helper()
	return b.send(http.MethodPost, path, form, header...)
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// csrf is the token of the page that is shown.
func (b *browser) csrf() string {
	b.t.Helper()
	m := csrfField.FindStringSubmatch(b.get("/").body)
	if m == nil {
		b.t.Fatal("the page has no CSRF token")
	}
	return m[1]
}

// wantProblem fails the test unless an answer is a problem with a code.
func (a answer) wantProblem(t *testing.T, status int, code string) {
	t.Helper()
	if a.StatusCode != status || a.Header.Get("Content-Type") != "application/problem+json" || a.read(t)["code"] != code {
		t.Errorf("got %d %s, want %d %s", a.StatusCode, a.body, status, code)
	}
}

// needs is what every path needs; "" is for everybody. A new route has to be written down here.
var needs = map[string]access.Permission{
	"GET /": access.ViewCalls, "GET /calls": access.ViewCalls, "GET /calls/:sid": access.ViewCalls, "GET /calls/:sid/events": access.ViewCalls,
	"GET /flows": access.ViewFlows, "GET /flows/:name": access.ViewFlows, "GET /payments": access.ViewPayments, "GET /audit": access.SeeAudit,
	"GET /api/v1/calls": access.ViewCalls, "GET /api/v1/calls/:sid": access.ViewCalls, "GET /api/v1/calls/:sid/events": access.ViewCalls,
	"GET /api/v1/payments": access.ViewPayments, "GET /api/v1/payments/:id": access.ViewPayments,
	"GET /api/v1/flows": access.ViewFlows, "GET /api/v1/flows/:name": access.ViewFlows, "GET /api/v1/audit": access.SeeAudit,
	"GET /api/v1/transcripts": access.ReadTranscripts, "GET /api/v1/transcripts/:call": access.ReadTranscripts, "POST /api/v1/transcripts/:call/delete": access.Manage,
	"POST /api/v1/calls/:sid/payments": access.TakePayments, "POST /api/v1/calls/:sid/keypad": access.TakePayments,
	"POST /api/v1/payments/:id/ask": access.TakePayments, "POST /api/v1/payments/:id/more-time": access.TakePayments,
	"POST /api/v1/payments/:id/stop": access.TakePayments, "POST /api/v1/payments/:id/complete": access.TakePayments,
	"POST /api/v1/payments/:id/cancel": access.TakePayments, "POST /api/v1/payments/:id/take-over": access.TakePayments,
	"POST /api/v1/payments/:id/note": access.TakePayments, "POST /api/v1/payments/:id/receipt": access.TakePayments,
	"GET /desk": access.TakePayments, "GET /api/v1/desk": access.TakePayments, "GET /api/v1/desk/events": access.TakePayments,
	"GET /api/v1/payments/:id/desk": access.TakePayments, "GET /api/v1/payments/:id/events": access.TakePayments,
	"GET /recordings": access.ViewCalls, "GET /recordings/:sid": access.ViewCalls, "GET /recordings/:sid/audio": access.HearRecordings,
	"POST /recordings/holds": access.HoldRecordings, "POST /recordings/holds/:id/release": access.HoldRecordings,
	"GET /api/v1/recordings": access.ViewCalls, "GET /api/v1/recordings/totals": access.ViewCalls,
	"GET /api/v1/recordings/:sid": access.ViewCalls, "GET /api/v1/recordings/:sid/why": access.ViewCalls,
	"GET /api/v1/recordings/:sid/audio": access.HearRecordings, "GET /api/v1/receipts": access.SeeAudit,
	"GET /api/v1/holds": access.SeeAudit, "POST /api/v1/holds": access.HoldRecordings, "POST /api/v1/holds/:id/release": access.HoldRecordings,
	"POST /api/v1/recordings/sweep": access.ManageRecordings, "POST /api/v1/recordings/verify": access.ManageRecordings,
	"GET /campaigns/:name/events": access.ReadCampaigns, "GET /api/v1/campaigns": access.ReadCampaigns, "POST /api/v1/campaigns": access.RunCampaigns,
	"POST /api/v1/campaigns/check": access.RunCampaigns, "POST /api/v1/campaigns/stop": access.RunCampaigns,
	"GET /api/v1/campaigns/:name": access.ReadCampaigns, "GET /api/v1/campaigns/:name/status": access.ReadCampaigns,
	"GET /api/v1/campaigns/:name/events": access.ReadCampaigns, "GET /api/v1/campaigns/:name/people": access.ReadCampaigns,
	"GET /api/v1/campaigns/:name/people/:person": access.ReadCampaigns, "GET /api/v1/campaigns/:name/people/:person/why": access.ReadCampaigns,
	"GET /api/v1/campaigns/:name/changes": access.ReadCampaigns, "GET /api/v1/campaigns/:name/attempts": access.ReadCampaigns,
	"GET /api/v1/campaigns/:name/export": access.SeeAudit, "POST /api/v1/campaigns/:name/start": access.RunCampaigns,
	"POST /api/v1/campaigns/:name/pause": access.RunCampaigns, "POST /api/v1/campaigns/:name/resume": access.RunCampaigns,
	"POST /api/v1/campaigns/:name/slow": access.RunCampaigns, "POST /api/v1/campaigns/:name/stop": access.RunCampaigns,
	"POST /api/v1/campaigns/:name/people/:person/skip": access.RunCampaigns, "POST /api/v1/campaigns/:name/people/:person/paid": access.RunCampaigns,
	"POST /api/v1/campaigns/:name/people/:person/forget": access.RunCampaigns,
	"GET /api/v1/dnc": access.ReadCampaigns, "GET /api/v1/dnc/check": access.ReadCampaigns, "PUT /api/v1/dnc/:list": access.ManageDNC,
	"POST /api/v1/dnc/:list": access.AddDNC, "DELETE /api/v1/dnc/:list/*number": access.ManageDNC,
	"POST /api/v1/dnc/:list/import": access.ManageDNC, "GET /api/v1/dnc/:list/export": access.SeeAudit,
	"GET /campaigns": access.ReadCampaigns, "POST /campaigns/stop": access.RunCampaigns, "GET /campaigns/new": access.RunCampaigns,
	"POST /campaigns/new/settings": access.RunCampaigns, "POST /campaigns/new/report": access.RunCampaigns, "GET /campaigns/:name": access.ReadCampaigns,
	"GET /campaigns/:name/people": access.ReadCampaigns, "GET /campaigns/:name/rules": access.ReadCampaigns, "GET /campaigns/:name/people/:person": access.ReadCampaigns, "GET /campaigns/:name/export": access.SeeAudit,
	"POST /campaigns/:name/start": access.RunCampaigns, "POST /campaigns/:name/pause": access.RunCampaigns, "POST /campaigns/:name/resume": access.RunCampaigns,
	"POST /campaigns/:name/slow": access.RunCampaigns, "POST /campaigns/:name/stop": access.RunCampaigns,
	"POST /campaigns/:name/people/:person/skip": access.RunCampaigns, "POST /campaigns/:name/people/:person/paid": access.RunCampaigns,
	"POST /campaigns/:name/people/:person/forget": access.RunCampaigns, "POST /campaigns/:name/people/:person/dnc": access.AddDNC,
	"GET /dnc": access.ReadCampaigns, "GET /dnc/:list/export": access.SeeAudit, "POST /dnc/add": access.AddDNC, "POST /dnc/remove": access.ManageDNC,
	"GET /api/openapi.json": "", "GET /api/problems": "", "GET /assets/*name": "",
	"GET /sign-in": "", "POST /sign-in": "", "POST /sign-out": "", "GET /sign-in/link/:token": "", "GET /sign-in/oidc": "", "GET /sign-in/oidc/callback": "",
}

// looks tells whether a path is one of the desk where who reads the audit log may look on.
func looks(method, path string) bool {
	return method == http.MethodGet && needs[method+" "+path] == access.TakePayments
}

// TestEveryRouteForEveryRole asks every route of the router as everybody. What a route does is other tests' part: here
// it matters who gets to it.
func TestEveryRouteForEveryRole(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	who := map[string]access.Principal{"nobody": {}, "token": access.API()}
	browsers := map[string]*browser{"nobody": h.browser(t), "token": h.browser(t)}
	for name, role := range roleOf {
		who[name], browsers[name] = access.Principal{Roles: []access.Role{role}}, h.signedIn(t, name)
	}
	asked := 0
	for _, route := range h.engine.Routes() {
		need, known := needs[route.Method+" "+route.Path]
		if !known {
			t.Errorf("%s %s: say in this test what it needs", route.Method, route.Path)
			continue
		}
		if need == "" {
			continue
		}
		path := regexp.MustCompile(`[:*]\w+`).ReplaceAllString(route.Path, "none")
		for name, b := range browsers {
			asked++
			header := []string{}
			if name == "token" {
				header = []string{"Authorization", "Bearer " + token}
			}
			form := url.Values{}
			if route.Method != http.MethodGet && b.cookie != nil {
				form.Set("csrf", access.CSRF(b.cookie.Value))
				if route.Method == http.MethodDelete { // no page's form sends one
					header = append(header, "X-CSRF-Token", access.CSRF(b.cookie.Value))
				}
			}
			got := b.send(route.Method, path, form, header...)
			refused := got.StatusCode == http.StatusForbidden || got.StatusCode == http.StatusUnauthorized ||
				got.StatusCode == http.StatusSeeOther && strings.HasPrefix(got.Header.Get("Location"), "/sign-in")
			if may := who[name].Can(need) || looks(route.Method, route.Path) && who[name].Can(access.SeeAudit); may == refused {
				t.Errorf("%s %s as %s: %d, though %s is %v", route.Method, path, name, got.StatusCode, need, may)
			}
			if refused && strings.HasPrefix(path, "/api/") && (got.StatusCode == http.StatusSeeOther || got.read(t)["code"] == "") {
				t.Errorf("%s as %s is not refused with a problem: %d %s", path, name, got.StatusCode, got.body)
			}
		}
	}
	if asked < 90 {
		t.Errorf("only %d answers were looked at", asked)
	}
}

// TestChangesNeedTheToken sends every change without, and with a wrong CSRF token, and from another site's page.
func TestChangesNeedTheToken(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	changes := 0
	for _, route := range h.engine.Routes() {
		if route.Method == http.MethodGet || route.Path == "/sign-in" {
			continue
		}
		changes++
		path := regexp.MustCompile(`[:*]\w+`).ReplaceAllString(route.Path, "none")
		b := h.signedIn(t, "sam")
		other := h.signedIn(t, "sam")
		good := access.CSRF(b.cookie.Value)
		for name, c := range map[string]struct {
			form   url.Values
			header []string
		}{
			"without a token":          {url.Values{}, nil},
			"a forged one":             {url.Values{"csrf": {"forged"}}, nil},
			"another session's":        {url.Values{"csrf": {access.CSRF(other.cookie.Value)}}, nil},
			"a forged one as a header": {url.Values{"csrf": {good}}, []string{"X-CSRF-Token", "forged"}},
			"from another site":        {url.Values{"csrf": {good}}, []string{"Sec-Fetch-Site", "cross-site"}},
			"from a neighbour":         {url.Values{"csrf": {good}}, []string{"Sec-Fetch-Site", "same-site"}},
			"by an old browser":        {url.Values{"csrf": {good}}, []string{"Sec-Fetch-Site", "", "Origin", "https://evil.example"}},
			"with a password":          {url.Values{}, []string{"Password", token}},
		} {
			got := b.send(route.Method, path, c.form, append(c.header, "Accept", "application/json")...)
			if got.StatusCode != http.StatusForbidden || got.read(t)["code"] != "csrf" {
				t.Errorf("%s %s %s: %d %s", route.Method, path, name, got.StatusCode, got.body)
			}
		}
		if b.cookie == nil || b.get("/").StatusCode != http.StatusOK {
			t.Errorf("%s: a refused change was made", path)
		}
		if strings.HasPrefix(path, "/api/") {
			continue // to programs everything is said in JSON
		}
		if got := b.send(route.Method, path, url.Values{"csrf": {"forged"}}); got.StatusCode != http.StatusForbidden || !got.holds("<h1>", "did not come from one of our pages") {
			t.Errorf("%s: no page says why: %d %s", path, got.StatusCode, got.body)
		}
		for name, header := range map[string][]string{"as a header": {"X-CSRF-Token", good}, "a bearer token": {"Authorization", "Bearer " + token, "Sec-Fetch-Site", "cross-site"}} {
			if got := b.send(route.Method, path, url.Values{}, append(header, "Accept", "application/json")...); got.StatusCode == http.StatusForbidden {
				t.Errorf("%s %s %s: %d %s", route.Method, path, name, got.StatusCode, got.body)
			}
		}
	}
	if changes < 1 {
		t.Error("no change was sent")
	}
}

// TestWhoIsSignedIn: the bar of every page says who looks at it, and lets them leave.
func TestWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	b := h.signedIn(t, "kim")
	for _, path := range []string{"/", "/calls", "/payments", "/flows/pay-my-bill"} {
		got := b.get(path)
		if !got.holds("Kim", "agent", `action="/sign-out"`, "Sign out") || got.holds(`href="/audit"`) {
			t.Errorf("%s does not say who is signed in:\n%s", path, got.body)
		}
		checkMarkup(t, path, got.body)
	}
	if !h.signedIn(t, "ana").get("/").holds(`href="/audit"`) {
		t.Error("the auditor is not shown the way to the audit log")
	}
	got := b.get("/audit")
	if got.StatusCode != http.StatusForbidden || !got.holds("<h1>", "Your role does not allow this", "see_audit", "Kim") {
		t.Errorf("the page that kim may not see: %d %s", got.StatusCode, got.body)
	}
	b.get("/api/v1/audit", "Accept", "application/json").wantProblem(t, http.StatusForbidden, "forbidden")
}

// TestExpiredSession moves the clock.
func TestExpiredSession(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	b := h.signedIn(t, "kim")
	form := url.Values{"csrf": {b.csrf()}}
	h.clock.advance(access.DefaultIdle - time.Second)
	// A page that renews itself does not keep a session from ending.
	if got := b.get("/", "Paydial-Background", "1"); got.StatusCode != http.StatusOK {
		t.Errorf("before the end: %d", got.StatusCode)
	}
	h.clock.advance(2 * time.Second)
	b.get("/api/v1/calls").wantProblem(t, http.StatusUnauthorized, "session_expired")
	b.get("/calls/CA1/events", "Accept", "text/event-stream").wantProblem(t, http.StatusUnauthorized, "session_expired")
	got := b.get("/calls?after=1&x=%2F")
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/sign-in?next=%2Fcalls%3Fafter%3D1%26x%3D%252F" {
		t.Errorf("a page: %d to %s", got.StatusCode, got.Header.Get("Location"))
	}
	if got := b.get("/sign-in?next=/calls"); !got.holds("Your session has ended", `value="/calls"`) {
		t.Errorf("the page to sign in at does not say what happened:\n%s", got.body)
	}
	if got := b.post("/sign-out", form); got.StatusCode != http.StatusSeeOther || b.cookie != nil {
		t.Errorf("leaving after the end: %d", got.StatusCode)
	}
	h.browser(t).get("/api/v1/calls").wantProblem(t, http.StatusUnauthorized, "not_signed_in")
}

// TestSessionsAway: with Redis away nobody is taken for nobody.
func TestSessionsAway(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	b := h.signedIn(t, "kim")
	if err := h.sessions.Close(); err != nil {
		t.Fatal(err)
	}
	b.get("/api/v1/flows").wantProblem(t, http.StatusInternalServerError, "internal")
	if got := b.get("/flows"); got.StatusCode != http.StatusInternalServerError || !got.holds("<h1>") {
		t.Errorf("a page: %d %s", got.StatusCode, got.body)
	}
	if got := b.post("/sign-in", url.Values{"name": {"kim"}, "password": {password}}); got.StatusCode != http.StatusInternalServerError {
		t.Errorf("signing in: %d", got.StatusCode)
	}
}

// TestAuditLog reads the log as a page and over the API, with filters and from page to page.
func TestAuditLog(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	for i := range 4 {
		err := h.audit.Write(t.Context(), audit.Entry{
			Who: "sam", Role: "supervisor", Via: audit.ViaPage, Action: "payment.ask", Call: "CA0123456789", Payment: "pay_1",
			Field: "security-code", Result: "ok", Detail: fmt.Sprintf(`try %d <script>alert(1)</script>`, i),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	b := h.signedIn(t, "ana")
	got := b.get("/audit")
	if got.StatusCode != http.StatusOK || !got.holds("payment.ask", "security code", "sign in", "by password: Ana", "/calls/CA0123456789") || got.holds("<script>alert") {
		t.Errorf("the page: %d %s", got.StatusCode, got.body)
	}
	checkMarkup(t, "/audit", got.body)
	if got := b.get("/audit?who=ana"); got.holds("security code") || !got.holds("by password: Ana", `value="ana"`) {
		t.Errorf("only ana:\n%s", got.body)
	}
	if got := b.get("/audit?action=payment.&limit=3"); !got.holds("/audit?action=payment.&amp;after=") || got.holds("by password") {
		t.Errorf("a short page:\n%s", got.body)
	}
	if got := b.get("/audit?who=zoe"); !got.holds("No lines.") {
		t.Errorf("nobody:\n%s", got.body)
	}
	page := h.api("/api/v1/audit?action=payment.&limit=3").read(t)
	items := page["items"].([]any)
	if len(items) != 3 || items[0].(map[string]any)["detail"] != "try 3 <script>alert(1)</script>" {
		t.Errorf("the API: %v", page)
	}
	rest := h.api("/api/v1/audit?action=payment.&after=" + page["next"].(string)).read(t)
	if len(rest["items"].([]any)) != 1 || rest["next"] != nil {
		t.Errorf("the rest: %v", rest)
	}
	if none := h.api("/api/v1/audit?who=zoe").read(t); len(none["items"].([]any)) != 0 {
		t.Errorf("none: %v", none)
	}
	for _, query := range []string{"after=!", "limit=0", "since=yesterday"} {
		h.api("/api/v1/audit?"+query).wantProblem(t, http.StatusBadRequest, "bad_query")
		if got := b.get("/audit?" + query); got.StatusCode != http.StatusBadRequest {
			t.Errorf("the page with %s: %d", query, got.StatusCode)
		}
	}
	if got := h.api("/api/v1/audit?since=1h"); got.StatusCode != http.StatusOK {
		t.Errorf("since: %d %s", got.StatusCode, got.body)
	}
}
