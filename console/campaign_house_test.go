package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/console"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/twilio"
)

// ringing is what stands behind the campaigns of a house. Nobody dials: what matters here is what people see and do.
type ringing struct {
	*campaigns.Campaigns
	db  *db.DB
	dir string // of the project
}

// renewals is a campaign of the project, without its days, so that it can begin at any time.
const renewals = `format: 1
campaign: spring
about: Members whose plan ends in May.
flow: renew-plan
call_from: ["+15550100000"]
kind: renewal
contacts: lists/spring.csv
columns: { id: MemberNo, phone: Mobile, first_name: First, language: Lang, birth_year: BirthYear, plan: Plan, price: Price, ends_on: EndDate, timezone: TZ, consent: ConsentDate }
calling_hours: { mon-sun: "09:00-19:30" }
pace: { at_once: 10, per_minute: 30 }
answering_machine: { detect: wait_for_beep, then: leave_message, unsure_means: human }
try_again:
  no_answer: { after: 4h, up_to: 3 }
limits: { per_person_per_day: 1, per_person_per_week: 3 }
never_call: [company]
needs_consent: yes
stop_by_itself_if: { opted_out: more than 5% of people reached, abandoned: more than 3% of answered calls }
`

const (
	springHeader = "MemberNo,Mobile,First,Lang,BirthYear,Plan,Price,EndDate,TZ,ConsentDate\n"
	springList   = springHeader +
		"M-1,+13125550142,Dana,en-US,1984,Gold,129.00,2027-05-04,America/Chicago,2026-05-01\n" +
		"M-2,+13035550143,Luis,es-US,1990,Silver,89.00,2027-05-14,America/Denver,2026-05-12\n" +
		"M-3,1.30355E+10,Ann,en-US,1971,Gold,129.00,2027-05-20,America/Denver,2026-05-12\n" +
		"M-4,+12125550144,Kim,en-US,1965,Gold,129.00,2027-05-21,America/New_York,2026-05-12\n"
)

// named is the campaign under another name.
func named(name string) string {
	return strings.Replace(renewals, "campaign: spring", "campaign: "+name, 1)
}

// openRinging is a house with campaigns whose people can sign in.
func openRinging(t *testing.T, change func(*console.Config)) (inhabited, *ringing) {
	t.Helper()
	dir := filepath.Join("..", "flows", "testdata", "campaigns", "project")
	bundle, err := flows.ReadBundle(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	project, findings := flows.Load(bundle)
	if project == nil || findings.Errors() {
		t.Fatal(findings)
	}
	store, err := db.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	options, err := redis.ParseURL(redistest.Mini(t))
	if err != nil {
		t.Fatal(err)
	}
	queue := redis.NewClient(options)
	t.Cleanup(func() { _ = queue.Close() })
	sim, err := simulator.New(simulator.Config{ManualClock: true, Start: noon, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(func() {
		server.Close()
		_ = sim.Close(context.Background())
	})
	client, err := twilio.NewClient(twilio.Config{AccountSID: simulator.DefaultAccountSID, AuthToken: simulator.DefaultAuthToken, BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	r := &ringing{db: store, dir: dir}
	h := openInhabited(t, func(cfg *console.Config) {
		r.Campaigns, err = campaigns.New(t.Context(), campaigns.Config{
			DB: store, Redis: queue, Twilio: client, PublicURL: "http://localhost:8080", Project: func() *flows.Project { return project },
			Audit: cfg.Audit, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})), Now: cfg.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		cfg.Campaigns, cfg.Project = r.Campaigns, func() *flows.Project { return project }
		if change != nil {
			change(cfg)
		}
	}, nil)
	return h, r
}

// part is one part of an upload.
type part struct{ name, file, text string }

// spring are the parts of the campaign that most tests use.
func spring() []part {
	return []part{{"campaign", "campaigns/spring.yaml", renewals}, {"contacts", "lists/spring.csv", springList}}
}

// form is a body of parts, with its content type.
func form(t *testing.T, parts ...part) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		disposition := fmt.Sprintf("form-data; name=%q", p.name)
		if p.file != "" {
			disposition += fmt.Sprintf("; filename=%q", p.file)
		}
		h.Set("Content-Disposition", disposition)
		to, err := w.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(to, p.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// upload sends parts with the API token.
func (h inhabited) upload(t *testing.T, path, key string, parts ...part) answer {
	t.Helper()
	body, kind := form(t, parts...)
	header := []string{"Authorization", "Bearer " + token, "Content-Type", kind}
	if key != "" {
		header = append(header, "Idempotency-Key", key)
	}
	return h.browser(t).sendRaw(http.MethodPost, path, body, header...)
}

// draft creates a campaign.
func (h inhabited) draft(t *testing.T, name string) {
	t.Helper()
	got := h.upload(t, "/api/v1/campaigns", "create-"+name, part{"campaign", "campaigns/" + name + ".yaml", named(name)}, part{"contacts", "", springList})
	if line := lastLine(t, got); line["line"] != "campaign" {
		t.Fatalf("not created: %v", line)
	}
}

// wish sends JSON with the API token.
func (h inhabited) wish(t *testing.T, method, path, body string, header ...string) answer {
	t.Helper()
	return h.browser(t).sendRaw(method, path, body, append(header, "Authorization", "Bearer "+token, "Content-Type", "application/json")...)
}

// wants fails the test unless an answer of the API has these members.
func (a answer) wants(t *testing.T, status int, pairs ...any) map[string]any {
	t.Helper()
	got := a.read(t)
	if a.StatusCode != status {
		t.Fatalf("%d %s, want %d", a.StatusCode, a.body, status)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if fmt.Sprint(got[pairs[i].(string)]) != fmt.Sprint(pairs[i+1]) {
			t.Errorf("%v is %v, want %v", pairs[i], got[pairs[i].(string)], pairs[i+1])
		}
	}
	return got
}

// tellUpload is what a page does: the token in a header, or as the first part of the form.
func (b *browser) tellUpload(path string, first bool, parts ...part) answer {
	b.t.Helper()
	good := access.CSRF(b.cookie.Value)
	header := []string{"Accept", "application/json", "Idempotency-Key", "page-" + path}
	if first {
		parts = append([]part{{"csrf", "", good}}, parts...)
	} else {
		header = append(header, "X-CSRF-Token", good)
	}
	body, kind := form(b.t, parts...)
	return b.sendRaw(http.MethodPost, path, body, append(header, "Content-Type", kind)...)
}

// item is one of the items of a list.
func item(t *testing.T, a answer, n int) map[string]any {
	t.Helper()
	var page struct{ Items []map[string]any }
	if err := json.Unmarshal([]byte(a.body), &page); err != nil || len(page.Items) <= n {
		t.Fatalf("%d %s: %v", a.StatusCode, a.body, err)
	}
	return page.Items[n]
}
