package console_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/db"
)

// noNumbers is a list of numbers with nobody on it.
func noNumbers(string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("phone\n+12125550199\n")), nil
}

// everyCampaign makes campaigns in every state.
func everyCampaign(r *stage) {
	r.create("spring-renewals", 420)
	r.put("spring-renewals", 420, 231)
	r.create("winter-reminders", 60)
	r.put("winter-reminders", 60, 30)
	r.exec("UPDATE campaigns SET state = 'paused', safety = 1, why = 'opted out 6.7 % of 30 people reached, the limit is 5 %', reached = 30, opted_out = 2 WHERE name = 'winter-reminders'")
	r.create("a-campaign-with-a-name-as-long-as-it-may", 40)
	r.put("a-campaign-with-a-name-as-long-as-it-may", 40, 10)
	r.exec("UPDATE campaigns SET state = 'paused', why = 'by sam: lunch at the desk', why_by = 'sam' WHERE name = 'a-campaign-with-a-name-as-long-as-it-may'")
	for n := 2; n <= 10; n++ { // somebody who is never there
		r.attempt(r.num("spring-renewals"), 240, n, "ended", []string{"no_answer", "busy", "machine"}[n%3], noon.Add(-time.Duration(11-n)*26*time.Hour))
	}
	r.exec("UPDATE campaign_people SET attempts = 10, language = ? WHERE campaign = ? AND line_no = 240", strings.Repeat("x-longword-", 4), r.num("spring-renewals"))
	r.create("new-members", 25)
	r.create("last-autumn", 30)
	r.put("last-autumn", 30, 30)
	r.exec("UPDATE campaigns SET state = 'completed', ended_at = ? WHERE name = 'last-autumn'", db.Millis(noon))
	r.create("called-off", 30)
	r.put("called-off", 30, 5)
	r.exec("UPDATE campaigns SET state = 'ended', why = 'stopped by ops: wrong price in the list', why_by = 'ops', ended_at = ? WHERE name = 'called-off'", db.Millis(noon))
	for _, e := range []campaigns.Entry{
		{List: "company", Number: "+12125550100", Reason: "asked on the phone", Source: "call", By: ""},
		{List: "registry", Number: "+12125550100", Reason: "federal registry", Source: "registry-2026-03.csv", By: "ops", Expires: noon.AddDate(0, 0, 31)},
		{List: "company", Number: "+13125550101", Reason: "moved away", Source: "page", By: "sam"},
	} {
		if err := r.Lists().Put(r.t.Context(), e); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := r.Lists().Set(r.t.Context(), campaigns.List{Name: "registry", Owner: "Kim in compliance", Scope: campaigns.ScopeNumber, Source: "registry-2026-03.csv"}); err != nil {
		r.t.Fatal(err)
	}
	if err := r.Lists().Remove(r.t.Context(), "company", "+13125550101", "sam", "wrote that they want to hear from us again"); err != nil {
		r.t.Fatal(err)
	}
}

// TestCampaignsGallery looks at every page of campaigns, with a campaign in every state.
func TestCampaignsGallery(t *testing.T) {
	t.Parallel()
	h, r := openStage(t)
	everyCampaign(r)
	b := openTab(t, h, "sam")
	for _, page := range []struct{ name, path, open string }{
		{"campaigns", "/campaigns", ""}, {"campaigns-stop", "/campaigns", ".act > summary"},
		{"campaign-running", "/campaigns/spring-renewals", ""}, {"campaign-stop", "/campaigns/spring-renewals", ".act:last-of-type > summary"},
		{"campaign-safety", "/campaigns/winter-reminders", ".act > summary"}, {"campaign-paused", "/campaigns/a-campaign-with-a-name-as-long-as-it-may", ""},
		{"campaign-draft", "/campaigns/new-members", ".act > summary"}, {"campaign-completed", "/campaigns/last-autumn", ""},
		{"campaign-ended", "/campaigns/called-off", ""},
		{"people", "/campaigns/spring-renewals/people", ""}, {"people-waiting", "/campaigns/spring-renewals/people?state=waiting", ""},
		{"people-nobody", "/campaigns/spring-renewals/people?search=zzz", ""},
		{"person-waiting", "/campaigns/spring-renewals/people/row%20240", ".tries summary"},
		{"person-calling", "/campaigns/spring-renewals/people/row%20233", ""}, {"person-done", "/campaigns/spring-renewals/people/row%203", ""},
		{"person-refused", "/campaigns/spring-renewals/people/row%202", ""}, {"person-pending", "/campaigns/spring-renewals/people/row%20300", ""},
		{"dnc-checked", "/dnc?number=%2B12125550100", ".act > summary"}, {"dnc-free", "/dnc?number=%2B13125550101", ""},
		{"campaign-new", "/campaigns/new", ""}, {"campaign-rules", "/campaigns/spring-renewals/rules", ""},
	} {
		b.open(page.path)
		if page.open != "" {
			b.until("(document.querySelector('" + page.open + "').parentElement.open = true)")
		}
		b.look(page.name)
	}
	b.open("/calls")
	b.keys("g", "m")
	b.until("location.pathname === '/campaigns' && document.documentElement.classList.contains('scripted')")
	b.keys("g", "x")
	b.until("location.pathname === '/dnc'")
}
