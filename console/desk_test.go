package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/console"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/twilio"
)

const deskLine = "+15550100000"

// deskHouse is an inhabited house with a desk, and the simulator as its Twilio: a call of it is with an agent.
type deskHouse struct {
	inhabited
	desk *payments.Desk
	sim  string // the simulator's address
	call string

	noText atomic.Int32 // Twilio answers a text message with this status and refuses it; 0: it takes it
}

func openDesk(t *testing.T) *deskHouse {
	t.Helper()
	d := &deskHouse{}
	app := http.NewServeMux()
	world := httptest.NewServer(app)
	t.Cleanup(world.Close)
	sim, err := simulator.New(simulator.Config{Numbers: []simulator.Number{{Number: deskLine, VoiceURL: world.URL + "/voice"}}, PublicURL: world.URL})
	if err != nil {
		t.Fatal(err)
	}
	app.Handle("/", sim.Handler())
	app.HandleFunc("POST /2010-04-01/Accounts/{account}/Messages.json", func(w http.ResponseWriter, r *http.Request) {
		status := int(d.noText.Load())
		if status == 0 {
			sim.Handler().ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, `{"code":21610,"message":"Attempt to send to unsubscribed recipient","status":400}`)
	})
	app.HandleFunc("/voice", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = fmt.Fprint(w, `<Response><Dial><Client>billing-desk</Client></Dial></Response>`)
	})
	app.HandleFunc("/voice/payments/{id}", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := twilio.ParseForm(body)
		st, err := twilio.ParsePaymentStatus(form)
		if ask, _ := strconv.Atoi(r.URL.Query().Get("ask")); err == nil {
			err = d.desk.Hear(r.Context(), r.PathValue("id"), ask, st)
		}
		if err != nil && t.Context().Err() == nil { // at the end the stores close before the last callback
			t.Error(err)
		}
		w.WriteHeader(http.StatusNoContent)
	})
	d.sim = world.URL
	client, err := twilio.NewClient(twilio.Config{
		AccountSID: simulator.DefaultAccountSID, AuthToken: simulator.DefaultAuthToken, BaseURL: world.URL,
	})
	if err != nil {
		t.Fatal(err)
	}
	d.inhabited = openInhabited(t, func(cfg *console.Config) {
		cfg.Now = time.Now
		cfg.Ledger.Now = time.Now
		d.desk, err = payments.NewDesk(t.Context(), payments.DeskConfig{
			Redis: cfg.Sessions.Redis(), Ledger: cfg.Ledger, Twilio: client, PublicURL: world.URL,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(d.desk.Close)
		cfg.Desk = d.desk
	}, nil)
	t.Cleanup(func() { _ = sim.Close(context.Background()) }) // before the stores that its callbacks need
	d.ring()
	return d
}

// ring lets a caller ring, and puts the call on the desks.
func (d *deskHouse) ring() {
	d.t.Helper()
	d.call = d.control("", map[string]any{"from": "+15550123456", "to": deskLine, "pace": 0})["call_sid"].(string)
	d.talking()
	d.offer("+15550123456", "en-US")
}

// offer puts the call on the desks.
func (d *deskHouse) offer(from, language string) {
	d.t.Helper()
	err := d.desk.Offer(d.t.Context(), payments.Handover{
		Call: d.call, From: from, To: deskLine, Flow: "pay-my-bill", Scene: "balance", Language: language, At: noon,
		AgentSees: []payments.Seen{{Name: "owes", Value: "$84.20"}},
		Offer: &payments.Offer{
			Step: "pay#2", Intent: payments.Charge, Amount: payments.Amount{Minor: 8420, Currency: "usd"}, Reference: "Energy bill 5678",
			Connector: "Default", Method: "credit-card", AskCode: true, AskPostal: true, PostalCode: "94109",
			Limit: payments.Amount{Minor: 100000, Currency: "usd"}, Parameters: map[string]string{"inner": "secret"},
		},
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// talking waits until the caller is on the line: before, no payment can be opened.
func (d *deskHouse) talking() {
	d.t.Helper()
	for limit := time.Now().Add(patience); time.Now().Before(limit); {
		resp, err := http.Get(d.sim + "/sim/v1/calls/" + d.call)
		if err != nil {
			d.t.Fatal(err)
		}
		var now struct{ Status string }
		err = json.NewDecoder(resp.Body).Decode(&now)
		resp.Body.Close()
		if err != nil || now.Status == "in-progress" {
			return
		}
	}
}

// control asks the simulator for something about a call.
func (d *deskHouse) control(path string, body map[string]any) map[string]any {
	d.t.Helper()
	raw, _ := json.Marshal(body)
	resp, err := http.Post(d.sim+"/sim/v1/calls"+path, "application/json", strings.NewReader(string(raw)))
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode >= 300 {
		d.t.Fatalf("%s: %s %v %v", path, resp.Status, out, err)
	}
	return out
}

// keys lets the caller press.
func (d *deskHouse) keys(digits string) {
	d.t.Helper()
	d.control("/"+d.call+"/digits", map[string]any{"digits": digits})
}

// wish sends a change with a JSON body from somebody's screen.
func (b *browser) wish(path, body string, header ...string) answer {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://localhost:8080/api/v1"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:54321"
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": access.CSRF(b.cookie.Value), "X-Desk-Screen": "one",
	} {
		r.Header.Set(name, value)
	}
	r.AddCookie(b.cookie)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	b.h.engine.ServeHTTP(w, r)
	return answer{w.Result(), w.Body.String()}
}

// until asks for a payment until a field is in a state.
func (d *deskHouse) until(b *browser, id, what string, wanted func(map[string]any) bool) map[string]any {
	d.t.Helper()
	w, err := d.desk.Watch(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	defer w.Close()
	limit := time.After(patience)
	for {
		p := b.get("/api/v1/payments/"+id+"/desk", "Accept", "application/json").read(d.t)
		if wanted(p) {
			return p
		}
		select {
		case <-w.C:
		case <-limit:
			d.t.Fatalf("wait for %s: %v", what, p)
		}
	}
}

func fieldIs(name, state string) func(map[string]any) bool {
	return func(p map[string]any) bool {
		for _, f := range p["fields"].([]any) {
			if f := f.(map[string]any); f["name"] == name {
				return f["state"] == state
			}
		}
		return false
	}
}

// TestDeskOverTheAPI is a payment from the start to the charge, and what the audit log has of it.
func TestDeskOverTheAPI(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	kim := d.signedIn(t, "kim")
	desk := kim.get("/api/v1/desk", "Accept", "application/json")
	if !desk.holds(`"84.20 usd"`, `"$84.20"`, `"take_payments"`, d.call) || desk.holds("secret") {
		t.Fatalf("the desk: %s", desk.body)
	}
	started := kim.wish("/calls/"+d.call+"/payments", `{"first":"first"}`, "Idempotency-Key", "k1")
	p := started.read(t)
	id, _ := p["id"].(string)
	if started.StatusCode != http.StatusCreated || p["state"] != "open" || p["agent"] != "kim" || p["screen"] != "one" || p["asking"] != "payment-card-number" {
		t.Fatalf("start: %d %s", started.StatusCode, started.body)
	}
	if again := kim.wish("/calls/"+d.call+"/payments", `{"first":"first"}`, "Idempotency-Key", "k1"); again.read(t)["id"] != id {
		t.Errorf("the same wish again: %s", again.body)
	}
	kim.wish("/calls/"+d.call+"/payments", `{"first":"first","slow":true}`, "Idempotency-Key", "k1").wantProblem(t, 422, "idempotency_reused")
	if busy := kim.wish("/calls/"+d.call+"/payments", `{}`, "Idempotency-Key", "k2"); busy.StatusCode != 409 || busy.read(t)["payment"].(map[string]any)["id"] != id {
		t.Errorf("a second payment: %d %s", busy.StatusCode, busy.body)
	}
	d.until(kim, id, "the card to be listened for", fieldIs("payment-card-number", "waiting"))
	d.keys("4242424242424242#")
	d.until(kim, id, "the card", fieldIs("payment-card-number", "right"))
	shown := `{"amount":{"minor":8420,"currency":"usd"}}`
	missing := kim.wish("/payments/"+id+"/complete", shown, "Idempotency-Key", "c0")
	missing.wantProblem(t, 409, "fields_missing")
	if missing.read(t)["payment"] == nil {
		t.Error("a refusal does not say how the payment stands")
	}
	for field, keys := range map[string]string{"expiration-date": "1230", "security-code": "123"} {
		if got := kim.wish("/payments/"+id+"/ask", `{"field":"`+field+`"}`); got.StatusCode != http.StatusAccepted {
			t.Fatalf("ask: %d %s", got.StatusCode, got.body)
		}
		d.until(kim, id, field, fieldIs(field, "waiting"))
		d.keys(keys)
		d.until(kim, id, field, fieldIs(field, "right"))
	}
	kim.wish("/payments/"+id+"/complete", `{"amount":{"minor":1,"currency":"usd"}}`, "Idempotency-Key", "c1").wantProblem(t, 422, "bad_amount")
	kim.wish("/payments/"+id+"/complete", shown).wantProblem(t, 400, "idempotency_key_needed")
	if got := kim.wish("/payments/"+id+"/complete", shown, "Idempotency-Key", "c2"); got.StatusCode != http.StatusAccepted {
		t.Fatalf("complete: %d %s", got.StatusCode, got.body)
	}
	paid := d.until(kim, id, "the result", func(p map[string]any) bool { return p["state"] == "paid" })
	if paid["confirmation"] == "" || paid["last4"] != "4242" {
		t.Errorf("paid: %v", paid)
	}
	d.checkSchemas(desk.read(t), paid)
	d.checkAudit(id)
}

// checkSchemas compares the fields of real answers with the OpenAPI document.
func (d *deskHouse) checkSchemas(desk, paid map[string]any) {
	d.t.Helper()
	doc := readDocument(d.t, d.house)
	handover := desk["handovers"].([]any)[0].(map[string]any)
	for name, object := range map[string]map[string]any{
		"Desk": desk, "Handover": handover, "Offer": handover["offer"].(map[string]any), "AssistedPayment": paid,
		"AssistedField": paid["fields"].([]any)[0].(map[string]any),
	} {
		s := doc.Components.Schemas[name]
		for field := range object {
			if s.Properties[field] == nil {
				d.t.Errorf("%s.%s is answered and not described", name, field)
			}
		}
		for _, field := range s.Required {
			if _, ok := object[field]; !ok {
				d.t.Errorf("%s.%s is required and was not answered", name, field)
			}
		}
	}
}

// checkAudit looks for a line of every wish, with who and what, and for digits.
func (d *deskHouse) checkAudit(id string) {
	d.t.Helper()
	page, err := d.audit.List(d.t.Context(), audit.Query{Action: "payment.", Limit: 100})
	if err != nil {
		d.t.Fatal(err)
	}
	seen := map[string]int{}
	for _, e := range page.Entries {
		seen[e.Action+" "+e.Field+" "+e.Result]++
		if e.Who != "kim" || e.Role != "agent" || e.Call != d.call || e.Payment != id && e.Action != "payment.start" {
			d.t.Errorf("line %+v", e)
		}
		if regexp.MustCompile(`\d{5}`).MatchString(e.Detail + e.Field + e.Result) {
			d.t.Errorf("digits in %+v", e)
		}
	}
	for _, want := range []string{
		"payment.start first wanted", "payment.start first done", "payment.ask expiration-date wanted", "payment.ask security-code wanted",
		"payment.complete  wanted", "payment.complete  fields_missing", "payment.complete  bad_amount", "payment.start  call_busy",
	} {
		if seen[want] == 0 {
			d.t.Errorf("no line %q in %v", want, seen)
		}
	}
}

// TestDeskRefuses is every refusal of a wish, each with its problem.
func TestDeskRefuses(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	kim, sam, ana := d.signedIn(t, "kim"), d.signedIn(t, "sam"), d.signedIn(t, "ana")
	start := "/calls/" + d.call + "/payments"
	key := func(k string) []string { return []string{"Idempotency-Key", k} }
	for _, tc := range []struct {
		name, path, body string
		header           []string
		status           int
		code             string
	}{
		{"no key", start, `{}`, nil, 400, "idempotency_key_needed"},
		{"a key with a space", start, `{}`, key("a b"), 400, "bad_body"},
		{"no JSON", start, `{`, key("a"), 400, "bad_body"},
		{"two values", start, `{} {}`, key("a"), 400, "bad_body"},
		{"a field that is none", start, `{"card":"4242"}`, key("a"), 400, "bad_body"},
		{"an intent that is none", start, `{"intent":"gift"}`, key("a1"), 400, "bad_body"},
		{"a method that is none", start, `{"method":"cash"}`, key("a2"), 400, "bad_body"},
		{"half an amount", start, `{"amount":{"currency":"usd"}}`, key("a3"), 400, "bad_body"},
		{"a strange amount", start, `{"amount":{"decimal":"1e3","currency":"usd"}}`, key("a4"), 422, "bad_amount"},
		{"nothing", start, `{"amount":{"minor":0,"currency":"usd"}}`, key("a5"), 422, "bad_amount"},
		{"another currency", start, `{"amount":{"decimal":"1.00","currency":"eur"}}`, key("a6"), 422, "bad_amount"},
		{"more than is owed", start, `{"amount":{"decimal":"84.21","currency":"usd"}}`, key("a7"), 403, "amount_raised"},
		{"a card number as reference", start, `{"reference":"bill 4242 4242 4242 4242"}`, key("a8"), 422, "card_digits"},
		{"a call nobody handed over", "/calls/CAnone/payments", `{}`, key("a9"), 409, "not_offered"},
		{"a screen that is no name", start, `{}`, append(key("b"), "X-Desk-Screen", "a b"), 400, "bad_body"},
		{"no screen", start, `{}`, append(key("b"), "X-Desk-Screen", ""), 400, "bad_body"},
		{"a payment nobody has", "/payments/pay_none/cancel", `{}`, nil, 404, "no_such_payment_here"},
		{"too much", start, `{"reference":"` + strings.Repeat("x", 9000) + `"}`, key("c"), 400, "bad_body"},
	} {
		t.Run(tc.name, func(t *testing.T) { kim.wish(tc.path, tc.body, tc.header...).wantProblem(t, tc.status, tc.code) })
	}
	ana.wish(start, `{}`, key("a")...).wantProblem(t, 403, "forbidden")
	id := kim.wish(start, `{"amount":{"decimal":"10.00","currency":"usd"}}`, key("good")...).read(t)["id"].(string)
	one := "/payments/" + id
	kim.wish(one+"/ask", `{"field":"pin"}`).wantProblem(t, 422, "no_such_field")
	kim.wish(one+"/more-time", `{}`).wantProblem(t, 409, "wrong_stage")
	kim.wish(one+"/stop", `{}`, "X-Desk-Screen", "two").wantProblem(t, 409, "other_screen")
	sam.wish(one+"/cancel", `{}`).wantProblem(t, 409, "other_screen")
	if got := kim.wish(one+"/take-over", `{}`, "X-Desk-Screen", "two"); got.StatusCode != 200 || got.read(t)["screen"] != "two" {
		t.Errorf("take over: %d %s", got.StatusCode, got.body)
	}
	kim.wish(one+"/ask", `{"field":"first"}`).wantProblem(t, 409, "other_screen")
	if got := sam.wish(one+"/take-over", `{}`); got.StatusCode != 200 || got.read(t)["agent"] != "sam" {
		t.Errorf("a supervisor takes over: %d %s", got.StatusCode, got.body)
	}
	kim.wish(one+"/cancel", `{}`).wantProblem(t, 404, "no_such_payment_here")
	for name, want := range map[*browser]int{kim: 404, sam: 200, ana: 200} {
		if got := name.get("/api/v1"+one+"/desk", "Accept", "application/json"); got.StatusCode != want {
			t.Errorf("looking at it: %d, want %d", got.StatusCode, want)
		}
	}
	if got := sam.wish(one+"/cancel", `{}`); got.StatusCode != 202 || got.read(t)["state"] != "cancelled" {
		t.Errorf("cancel: %d %s", got.StatusCode, got.body)
	}
	sam.wish(one+"/complete", `{"amount":{"minor":1000,"currency":"usd"}}`, key("late")...).wantProblem(t, 409, "wrong_stage")
}

// TestNoDesk: a server without one says so.
func TestNoDesk(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	kim := h.signedIn(t, "kim")
	kim.get("/api/v1/desk", "Accept", "application/json").wantProblem(t, 404, "desk_off")
	kim.wish("/calls/CA1/payments", `{}`, "Idempotency-Key", "a").wantProblem(t, 404, "desk_off")
	if got := kim.get("/desk"); got.StatusCode != http.StatusNotFound || !got.holds("<h1>", "no payment desk") || got.holds(`href="/desk"`) {
		t.Errorf("the page: %d %s", got.StatusCode, got.body)
	}
}

// TestDeskFeed reads the live feed: the whole desk first, then what changes, then that it is somebody else's.
func TestDeskFeed(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	kim, sam := d.signedIn(t, "kim"), d.signedIn(t, "sam")
	feed := func(b *browser, path, after string) <-chan [2]string {
		events, resp := d.listenAs(b, path, after)
		if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNoContent {
			t.Fatalf("%s: %s", path, resp.Status)
		}
		return events
	}
	mine := feed(kim, "/api/v1/desk/events", "")
	next(t, mine, "beat")
	next(t, mine, "handovers")
	id := kim.wish("/calls/"+d.call+"/payments", `{}`, "Idempotency-Key", "k1").read(t)["id"].(string)
	if got := next(t, mine, "payment"); !strings.HasPrefix(got, id+".") {
		t.Errorf("the event's id is %q", got)
	}
	all := feed(sam, "/api/v1/desk/events", "")
	next(t, all, "beat")
	next(t, all, "handovers")
	next(t, all, "payment")
	sam.wish("/payments/"+id+"/take-over", `{}`)
	for e := range mine {
		if e[1] == "gone" {
			break
		}
	}
	one := feed(sam, "/api/v1/payments/"+id+"/events", "")
	last := next(t, one, "payment")
	sam.wish("/payments/"+id+"/cancel", `{}`)
	for e := range one { // ends by itself
		last = e[0]
	}
	if _, resp := d.listenAs(sam, "/api/v1/payments/"+id+"/events", last); resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNoContent {
		t.Errorf("after the end: %s", resp.Status)
	}
	if _, resp := d.listenAs(kim, "/api/v1/payments/"+id+"/events", ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another's payment: %s", resp.Status)
	}
}

// listenAs opens a feed as somebody who is signed in.
func (d *deskHouse) listenAs(b *browser, path, after string) (<-chan [2]string, *http.Response) {
	d.t.Helper()
	return d.listen(path, after, "Cookie", b.cookie.Name+"="+b.cookie.Value)
}

// TestDeskPageWithoutScript: the page says how things stand, and what needs the script.
func TestDeskPageWithoutScript(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	kim, ana := d.signedIn(t, "kim"), d.signedIn(t, "ana")
	kim.wish("/calls/"+d.call+"/payments", `{}`, "Idempotency-Key", "k1")
	for _, b := range []*browser{kim, ana} {
		page := b.get("/desk")
		if page.StatusCode != http.StatusOK || !page.holds("<noscript>", "needs JavaScript", "1 555 012 3456", "84.20 usd", "Energy bill 5678", `href="/desk" aria-current="page"`, ">open<") {
			t.Errorf("the page: %d %s", page.StatusCode, page.body)
		}
		checkMarkup(t, "/desk", page.body)
	}
	if got := d.browser(t).get("/desk"); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/sign-in?next=%2Fdesk" {
		t.Errorf("nobody is led to %d %s", got.StatusCode, got.Header.Get("Location"))
	}
}

// TestDeskWordsAreThere reads the desk's modules for the words they use.
func TestDeskWordsAreThere(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	m := regexp.MustCompile(`data-words="([^"]*)"`).FindStringSubmatch(d.signedIn(t, "kim").get("/desk").body)
	if m == nil {
		t.Fatal("the page brings no words")
	}
	var all struct {
		Words map[string]string
		Say   map[string]map[string]string
	}
	text := strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#43;", "+").Replace(m[1])
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	names, _ := filepath.Glob("assets/js/desk*.js")
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source = regexp.MustCompile(`=== "\w+"`).ReplaceAll(source, nil) // compared, not said
		for _, m := range regexp.MustCompile(`\bt\(([^`+"`"+`]*?)[,)]`).FindAllStringSubmatch(string(source), -1) {
			for _, word := range regexp.MustCompile(`"([a-zA-Z.]+)"`).FindAllStringSubmatch(m[1], -1) {
				used[word[1]] = true
			}
		}
		for _, word := range regexp.MustCompile(`"(wrap\w+|trouble\.\w+|error\.\w+)"`).FindAllStringSubmatch(string(source), -1) {
			used[word[1]] = true
		}
	}
	if len(used) < 80 {
		t.Fatalf("only %d words were found in %v", len(used), names)
	}
	for word := range used {
		if all.Words[word] == "" && word != "input-timeout" {
			t.Errorf("the modules use %q, which has no sentence", word)
		}
	}
	for word := range all.Words {
		if !used[word] && !strings.Contains(word, ".") {
			t.Errorf("%q is used by no module", word)
		}
	}
	for key := range all.Say["en-US"] {
		if all.Say["es-US"][key] == "" {
			t.Errorf("%q is not said in Spanish", key)
		}
	}
	for _, state := range readDocument(t, d.house).Components.Schemas["AssistedState"].Enum {
		if all.Words["stage."+state] == "" {
			t.Errorf("stage %s has no word", state)
		}
	}
}
