package rig_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

// manyPeople is a list of so many people, at most 400.
func manyPeople(n int) string {
	var out strings.Builder
	out.WriteString("id,phone,first,zone,consent\n")
	for i := range n {
		fmt.Fprintf(&out, "M-%d,+1%d55501%02d,Dana,America/Chicago,2025-05-01\n", i, []int{312, 212, 303, 213}[i/100], i%100)
	}
	return out.String()
}

// crowdAt puts a crowd behind the numbers that are rung.
func crowdAt(t *testing.T, r *rig.Rig, crowd string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPut, r.SimURL+"/sim/v1/crowd", bytes.NewBufferString(crowd))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= 300 {
		t.Fatalf("no crowd: %s", resp.Status)
	}
}

// write puts a text into a field as somebody who types it.
func (b *browser) write(selector, text string) {
	b.t.Helper()
	b.run(fmt.Sprintf("{ const el = document.querySelector(%q); el.value = %q; el.dispatchEvent(new Event('input', { bubbles: true })); }", selector, text))
}

var sumLine = regexp.MustCompile(`([\d,]+) people = ([\d,]+) done \(([\d,]+) reached \+ ([\d,]+) not reached \+ ([\d,]+) not to be called\) \+ ([\d,]+) on the line \+ ([\d,]+) to be rung again \+ ([\d,]+) not rung yet`)

// counts are the numbers of a campaign's page: people, done, reached, not reached, not to be called, calling, waiting,
// pending. They have to add up.
func (b *browser) counts() []int {
	b.t.Helper()
	text := strings.Join(strings.Fields(b.text(".sum-line")), " ")
	m := sumLine.FindStringSubmatch(text)
	if m == nil {
		b.t.Fatalf("the page counts: %s", text)
	}
	out := make([]int, len(m)-1)
	for i := range out {
		out[i], _ = strconv.Atoi(strings.ReplaceAll(m[i+1], ",", ""))
	}
	if out[0] != out[1]+out[5]+out[6]+out[7] || out[1] != out[2]+out[3]+out[4] {
		b.t.Errorf("the page does not add up: %s", text)
	}
	return out
}

// TestACampaignInTheBrowser makes a campaign, checks it, starts it, watches its numbers move, pauses, exports and stops
// it, all of it on the pages, while a crowd is rung.
func TestACampaignInTheBrowser(t *testing.T) {
	t.Parallel()
	const people, name = 200, "in-the-browser"
	r := rig.Start(t, local.Options{Bundle: flows.Bundle{Files: []flows.File{
		{Path: "flows/renew.yaml", Source: []byte(outboundFlow)}, {Path: "paydial.yaml", Source: []byte(outboundProject)},
	}}})
	crowdAt(t, r, `{"seed": 7, "weights": {"pays": 50, "opts_out": 2, "hangs_up": 10, "busy": 8, "no_answer": 10, "silent": 5}, "pace": 0.05}`)
	list := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(list, []byte(manyPeople(people)+"M-x,1.2125E+10,Dana,America/Chicago,2025-05-01\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := openBrowser(t)
	b.colours("light")
	b.do(chromedp.Navigate(r.Local.SignIn("sam")))
	b.reads("body", "Calls handed to you")
	b.makeCampaign(r, name, list)

	b.reads(".headline", "running")
	b.run("window.sameDocument = true; document.querySelector('.acts summary').focus()")
	b.until("Number(document.querySelector('.sum-line .stock:nth-of-type(2) b').textContent) >= 12")
	if b.value("String(window.sameDocument && document.activeElement.matches('.acts summary'))") != "true" {
		t.Error("the page was loaded again, or the focus is gone")
	}
	b.counts()
	b.picture("campaign-live")

	began := time.Now()
	b.click(".acts .act:first-child summary")
	b.write(".acts .act:first-child input[name=note]", "lunch")
	b.click(".acts .act:first-child form button")
	b.reads(".headline", "paused")
	t.Logf("paused after %s", time.Since(began).Round(time.Millisecond))
	b.reads("#why", "by sam: lunch")
	b.until("document.querySelector('.sum-line').innerText.includes(' 0 on the line')") // live calls end
	paused := b.counts()
	b.picture("campaign-paused-live")
	st, err := r.Local.App.Campaigns.Status(t.Context(), name)
	if err != nil || st.Counts != (campaigns.Counts{Total: paused[0], Done: paused[1], Calling: paused[5], Waiting: paused[6], Pending: paused[7]}) || paused[7] == 0 {
		t.Errorf("the page says %v, the store %+v, %v", paused, st.Counts, err)
	}
	b.exports(name, paused[1])
	b.oneOfThem()

	b.do(chromedp.Navigate(r.AppURL + "/campaigns/" + name))
	b.click(".acts .act:last-child summary")
	b.write(".acts .act:last-child input[name=confirm]", name)
	b.click(".acts .act:last-child form button")
	b.reads(".headline", "stopped")
	b.until("document.querySelector('.sum-line').innerText.includes(' 0 not rung yet')") // by itself: the page is live to the end
	b.counts()
}

// makeCampaign makes a campaign on the page, with the mistakes that people make, and starts it.
func (b *browser) makeCampaign(r *rig.Rig, name, list string) {
	b.t.Helper()
	text := strings.ReplaceAll(outboundCampaign, "NAME", name)
	b.do(chromedp.Navigate(r.AppURL + "/campaigns/new"))
	b.until("document.documentElement.classList.contains('scripted')")
	b.write("#text", strings.Replace(text, "flow: renew", "flow: renewal", 1))
	b.reads("#findings", "Errors in the file: 1")
	b.click("#findings [data-line]")
	if got := b.value("text.value.slice(text.selectionStart, text.selectionEnd)"); got != "flow: renewal" {
		b.t.Errorf("the finding leads to %q", got)
	}
	b.write("#text", text)
	b.reads("#findings", "The file is fine")
	b.click("#check")
	b.reads("#trouble", "Choose the list of people first")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#contacts"), []string{list}))
	b.reads("#contacts-head", "id, phone, first, zone, consent")
	// A page may offer a file, and not read it again: the test takes it on its way.
	b.run("{ const make = URL.createObjectURL; URL.createObjectURL = (blob) => { blob.text().then((text) => { window.offered = text; }); return make(blob); }; }")
	b.click("#check")
	b.reads("#report", "Will be called")
	b.reads("#report", "200")
	b.reads("#rejected-place", "Rejected rows")
	b.until("window.offered !== undefined")
	if rejected := b.value("window.offered"); !strings.Contains(rejected, "1.2125E+10") {
		b.t.Errorf("rejected rows: %q", rejected)
	}
	b.write(`[data-path="pace › at_once"]`, "7")
	b.reads("#set-when", "7 at once")
	if got := b.value("text.value"); got != strings.Replace(text, "at_once: 5", "at_once: 7", 1) {
		b.t.Errorf("the field has changed more than its word:\n%s", got)
	}
	b.picture("campaign-checked")
	b.click("input[name=then][value=now]")
	b.click("#create")
	b.until("location.pathname === '/campaigns/" + name + "'")
}

// exports fetches what the page offers, as the page's own links do.
func (b *browser) exports(name string, done int) {
	b.t.Helper()
	for _, what := range []string{"outcomes", "attempts", "people", "audit"} {
		link := fmt.Sprintf(".exports a[href*='what=%s&format=csv']", what)
		got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf("fetch(document.querySelector(%q).href).then(async (r) => r.status + ' ' + r.headers.get('content-disposition') + '\\n' + await r.text())", link), chromedp.EvalAwaitPromise))
		if err != nil || !strings.HasPrefix(got, fmt.Sprintf("200 attachment; filename=%q", name+"-"+what+".csv")) {
			b.t.Errorf("export of %s: %.200q, %v", what, got, err)
		}
		if lines := strings.Count(strings.TrimSpace(got), "\n") - 1; what == "people" && lines < done {
			b.t.Errorf("the export of people has %d rows, %d people are done", lines, done)
		}
	}
}

// oneOfThem goes from a number of the page to the people behind it, and to one of them.
func (b *browser) oneOfThem() {
	b.t.Helper()
	people := b.value("document.querySelector(\".happened a[href$='outcome=renewed']\").closest('tr').querySelector('.num').innerText.trim().split(/\\s/)[0]")
	b.click(".happened a[href$='outcome=renewed']")
	b.reads("h1", "People")
	if rows := b.value("String(document.querySelectorAll('tbody tr').length)"); rows != people {
		b.t.Errorf("the number is %s, and %s people are behind it", people, rows)
	}
	b.click("tbody a")
	b.reads(".tries", "Allowed by us-renewal")
	b.reads("#try-1", "America/Chicago")
	b.picture("campaign-person")
}

// TestStopEverythingOnThePage pauses what runs from the list of all campaigns.
func TestStopEverythingOnThePage(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{Bundle: flows.Bundle{Files: []flows.File{
		{Path: "flows/renew.yaml", Source: []byte(outboundFlow)}, {Path: "paydial.yaml", Source: []byte(outboundProject)},
	}}})
	crowdAt(t, r, `{"seed": 7, "weights": {"silent": 1}, "pace": 1}`)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	all := r.Local.App.Campaigns
	_, _, err := all.Create(ctx, campaigns.CreateRequest{
		File: flows.File{Path: "campaigns/all.yaml", Source: []byte(strings.ReplaceAll(outboundCampaign, "NAME", "all"))}, Contacts: strings.NewReader(manyPeople(100)),
	})
	if err == nil {
		err = all.Start(ctx, "all", campaigns.StartOptions{}, campaigns.Act{By: "kim"})
	}
	if err != nil {
		t.Fatal(err)
	}
	b := openBrowser(t)
	b.colours("light")
	b.do(chromedp.Navigate(r.Local.SignIn("sam")), chromedp.Navigate(r.AppURL+"/campaigns"))
	b.reads("tbody", "running")
	b.click(".at-end summary")
	b.reads(".at-end", "Campaigns that run: 1")
	b.press("\x1b")
	b.until("!document.querySelector('.at-end').open && document.activeElement.matches('.at-end summary')")
	b.press("\r")
	b.click(".at-end form button")
	b.reads("main", "Everything is stopped")
	b.reads("tbody", "paused")
}
