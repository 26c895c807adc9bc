//go:build !nosimulator

package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/paydial/paydial/internal/local"
)

// What differs from run to run, with what stands for it.
var volatile = []struct {
	pattern *regexp.Regexp
	stands  string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`CA[0-9a-f]{32}`), "CASID"},
	{regexp.MustCompile(`CA[0-9a-f]{2}…[0-9a-f]{2}`), "CA…"},
	{regexp.MustCompile(`\d\d:\d\d:\d\d  `), "TIME  "},
	{regexp.MustCompile(` +<?\d+ ms`), " MS"},
	{regexp.MustCompile(`☎ end \d+ s`), "☎ end N s"},
	{regexp.MustCompile(`SIM-\w+`), "SIM-CODE"},
	{regexp.MustCompile(`/link/[a-z2-7]{10}`), "/link/TOKEN"},
	{regexp.MustCompile(`due on \w+ \d+`), "due on DAY"},
	{regexp.MustCompile(`(?m)^TIME    ▣ .*\n`), ""}, // how many of these there are depends on how fast the gateway is
}

func steady(text string) string {
	for _, v := range volatile {
		text = v.pattern.ReplaceAllString(text, v.stands)
	}
	return text
}

const demoBanner = `
  paydial 0.1.0-dev · nothing here yet, so this is the demo line "Acme Energy"

  Phone    http://127.0.0.1:PORT/phone   ring, press 1, then 12345678, then 1
  Desk     http://127.0.0.1:PORT/sign-in/link/TOKEN   as Kim, an agent
  Pages    http://127.0.0.1:PORT   calls · payments · recordings · campaigns

  Twilio   simulated: no account, no charges, nothing leaves this computer
  Data     in memory, gone when you stop
  Card     4242 4242 4242 4242 · any future date · any code

  In a second terminal:
    paydial call --app http://127.0.0.1:PORT \
      --simulator http://127.0.0.1:PORT --press 1,12345678,1 --card visa
    paydial cards   more test cards

  Ctrl-C to quit

`

const demoCall = `TIME  ☎ in  +1 555 012 3456 → Acme Energy   pay-my-bill   CA…
TIME    →   /voice         200 MS  welcome       <Gather> For English, press 1.
TIME    ←   key 1
TIME    →   /voice/turn/1  200 MS  find-account  <Gather> Please key in your eight digit account number.
TIME    ←   8 keys
TIME        GET billing MS  found
TIME    →   /voice/turn/2  200 MS  balance       <Gather> `

// TestDevTellsACall is the first minute: the banner, then one line for each thing that happens on a call, without
// an escape code, with nothing of the card but its last four digits, in an empty directory that stays empty.
func TestDevTellsACall(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	d := startDev(t, nil)
	banner := d.out.text()
	fits(t, "the banner", banner)
	if lines := strings.Count(banner, "\n"); lines > 24 {
		t.Errorf("the banner has %d lines, more than a terminal", lines)
	}
	if got := steady(banner); got != demoBanner {
		t.Errorf("the banner is\n%s\nwant\n%s", got, demoBanner)
	}
	d.call(t, "--press", "1,12345678,1", "--card", "visa").want(t, 0)
	story := d.out.until(t, len(banner), "☎ end")
	got := steady(story)
	if !strings.HasPrefix(got, demoCall) {
		t.Errorf("the story is\n%s\nwant it to begin\n%s", got, demoCall)
	}
	for _, want := range []string{
		"  pay           <Pay> 84.20 usd\n",
		"TIME    ✓   paid 84.20 usd   visa 4242   confirmation SIM-CODE\n",
		"  receipt       <Hangup> Goodbye.\n",
		"TIME  ☎ end N s   paid   http://127.0.0.1:PORT/calls/CASID\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the story lacks %q:\n%s", want, got)
		}
	}
	for _, never := range []string{"\x1b", "42424242", "4242 4242", "12345678"} {
		if strings.Contains(story, never) {
			t.Errorf("the story has %q:\n%s", never, story)
		}
	}
	if code := d.stop(); code != 0 || !strings.Contains(d.out.text(), "·   stopping") {
		t.Errorf("exit code %d", code)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files were written: %v, %v", left, err)
	}
}

// TestDevReloads saves a broken flow and then a good one while calls go on.
func TestDevReloads(t *testing.T) {
	t.Parallel()
	dir := demoProject(t)
	d := startDev(t, nil, "--dir", dir)
	banner := d.out.text()
	fits(t, "the banner", banner)
	for _, want := range []string{"· Acme Energy\n", "Lines    +1 555 010 0000   pay-my-bill", "reloads when you save"} {
		if !strings.Contains(banner, want) {
			t.Errorf("the banner lacks %q:\n%s", want, banner)
		}
	}
	edit(t, dir, demoFlow, "go: pay-all }", "go: pay-al }")
	text := d.out.until(t, len(banner), "calls go on with the last good version")
	for _, want := range []string{"error[", "--> " + demoFlow + ":", "^^^^^^", `did you mean "pay-all"?`} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	d.call(t, "--press", "1,12345678,1").want(t, 0, "paid 84.20 usd")

	from := len(d.out.text())
	edit(t, dir, demoFlow, "go: pay-al }", "go: pay-all }")
	edit(t, dir, demoFlow, "Thanks for calling Acme Energy. This", "Welcome to Acme Energy. This")
	d.out.until(t, from, "·   reloaded: ")
	d.call(t, "--press", "1,12345678,1").want(t, 0, "Welcome to Acme Energy.", "paid 84.20 usd")

	from = len(d.out.text())
	edit(t, dir, demoFlow, "\n  goodbye:\n", "\n  never-reached:\n    - go: goodbye\n\n  goodbye:\n")
	text = d.out.until(t, from, "·   reloaded: ")
	if !strings.Contains(text, "!   "+demoFlow+":") || !strings.Contains(text, "never-reached") {
		t.Errorf("a warning is not told:\n%s", text)
	}

	from = len(d.out.text())
	edit(t, dir, "paydial.yaml", `"+15550100000": pay-my-bill`, "\"+15550100000\": pay-my-bill\n  \"+15550100001\": pay-my-bill")
	d.out.until(t, from, "start dev again to ring the new number +1 555 010 0001")

	from = len(d.out.text())
	if err := os.Remove(filepath.Join(dir, "paydial.yaml")); err != nil {
		t.Fatal(err)
	}
	d.out.until(t, from, "there is no paydial.yaml in ")
	d.call(t, "--press", "1,12345678,1").want(t, 0, "paid 84.20 usd")
}

func TestDevStartsWithWarnings(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil, "--dir", warnedProject(t))
	text := d.out.until(t, 0, "more of this: paydial lint")
	if !strings.Contains(text, "!   "+demoFlow+":") {
		t.Errorf("the warning is not told:\n%s", text)
	}
}

func TestDevRefuses(t *testing.T) {
	t.Parallel()
	free := []string{"dev", "--listen", "127.0.0.1:0", "--simulator-listen", "127.0.0.1:0"}
	broken := brokenProject(t)
	paydial(t, nil, append(free, "--dir", broken)...).want(t, exitFindings, "error[", demoFlow)
	paydial(t, nil, append(free, "--dir", t.TempDir())...).want(t, exitNotFound, "there is no paydial.yaml in ")
	paydial(t, env{"PAYDIAL_DIR": filepath.Join(broken, "nowhere")}, free...).want(t, exitNotFound, "there is no paydial.yaml in ")
	paydial(t, nil, append(free, "--service", "billing")...).want(t, exitUsage, "write NAME=URL")
	paydial(t, nil, append(free, "--connector", "x,mode=maybe")...).want(t, exitUsage, "mode=maybe")
	hidden := demoProject(t)
	write(t, filepath.Join(hidden, ".env"), "A=1\nnot a setting but s3cr3t\n")
	r := paydial(t, nil, append(free, "--dir", hidden)...)
	r.want(t, exitUsage, ".env:2: write KEY=VALUE")
	if strings.Contains(r.err, "s3cr3t") {
		t.Errorf("it repeats a line of .env:\n%s", r.err)
	}
}

// TestColour wants colour where it is asked for, and none where it is refused.
func TestColour(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  env
		want bool
	}{
		{nil, false}, // not a terminal
		{env{"FORCE_COLOR": "1"}, true},
		{env{"FORCE_COLOR": "0"}, false},
		{env{"FORCE_COLOR": "1", "TERM": "dumb"}, true},
		{env{"FORCE_COLOR": "1", "NO_COLOR": "1"}, false},
		{env{"FORCE_COLOR": "1", "NO_COLOR": ""}, true},
	} {
		r := paydial(t, c.env, "lint", brokenProject(t))
		if got := strings.Contains(r.out, "\x1b["); got != c.want {
			t.Errorf("%v: colour %v, want %v", c.env, got, c.want)
		}
	}
	d := startDev(t, env{"FORCE_COLOR": "1"})
	if !strings.Contains(d.out.text(), "\x1b[1mpaydial\x1b[0m") {
		t.Errorf("the banner has no colour:\n%q", d.out.text())
	}
	code := d.call(t, "--press", "h")
	code.want(t, 0, "hung_up")
	d.out.until(t, 0, "\x1b[1mhung up\x1b[0m")
}

// TestDotEnv gives a service's secret by .env, and by the environment, which wins.
func TestDotEnv(t *testing.T) {
	t.Parallel()
	var seen atomic.Value
	billing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r.Header.Get("Authorization"))
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"balance": "12.00"})
	}))
	defer billing.Close()
	dir := demoProject(t)
	edit(t, dir, "paydial.yaml", "    timeout: 5s", "    timeout: 5s\n    auth: { bearer: secret.billing_token }")
	write(t, filepath.Join(dir, ".env"), "# for trying\nPAYDIAL_SECRET_BILLING_TOKEN='from the file'\nOTHER=1\n")
	for _, c := range []struct {
		env  env
		want string
	}{
		{nil, "Bearer from the file"},
		{env{"PAYDIAL_SECRET_BILLING_TOKEN": "from outside"}, "Bearer from outside"},
	} {
		d := startDev(t, c.env, "--dir", dir, "--service", "billing="+billing.URL)
		if !strings.Contains(d.out.text(), ".env: 2 settings") {
			t.Errorf("the banner does not say that .env was read:\n%s", d.out.text())
		}
		d.call(t, "--press", "1,12345678,h").want(t, 0)
		if got := seen.Load(); got != c.want {
			t.Errorf("the service was called with %q, want %q", got, c.want)
		}
	}
}

func TestParseDotEnv(t *testing.T) {
	t.Parallel()
	got, err := parseDotEnv("\ufeff# c\n\n A = b c \r\nexport B=\"x # y\" # c\nC='it is \"so\"'\nD=\nE=a#b # c\nF=$A\nG= # c\n")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"A": "b c", "B": "x # y", "C": `it is "so"`, "D": "", "E": "a#b", "F": "$A", "G": ""}
	for name, v := range want {
		if got[name] != v {
			t.Errorf("%s is %q, want %q", name, got[name], v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d settings, want %d: %v", len(got), len(want), got)
	}
	for text, want := range map[string]string{
		"A": "1: write KEY=VALUE", "A=1\n1B=2": "2: write KEY=VALUE", "=x": "1: write KEY=VALUE",
		"A=\"x": "1: A: the quote is not closed", "A='x' y": "1: A: there is something behind the closing quote",
	} {
		if _, err := parseDotEnv(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestBannerPromisesWhatIsTrue: with a service elsewhere, something does leave this computer.
func TestBannerPromisesWhatIsTrue(t *testing.T) {
	t.Parallel()
	dir := demoProject(t)
	edit(t, dir, "paydial.yaml", "http://127.0.0.1:8090/demo/billing", "https://billing.example.com/v1")
	text := startDev(t, nil, "--dir", dir).out.text()
	fits(t, "the banner", text)
	if strings.Contains(text, "nothing leaves") || !strings.Contains(text, "Services billing (billing.example.com) are real") {
		t.Errorf("the banner:\n%s", text)
	}
	text = startDev(t, nil, "--dir", dir, "--service", "billing=http://localhost:1").out.text()
	if !strings.Contains(text, "nothing leaves this computer") {
		t.Errorf("the banner:\n%s", text)
	}
}

// TestVerbose prints the logs beside the story.
func TestVerbose(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil, "--verbose")
	d.call(t, "--press", "h").want(t, 0)
	if text := d.err.until(t, 0, "from=app"); strings.Contains(text, local.AuthToken) {
		t.Errorf("the log has the auth token:\n%s", text)
	}
}

// TestDevSignsIn follows the link that the banner prints, twice, and the others that the page offers.
func TestDevSignsIn(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	link := regexp.MustCompile(`http://\S+/sign-in/link/\w+`).FindString(d.out.text())
	kim := person(t)
	for range 2 {
		resp, err := kim.Get(link)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.Request.URL.Path != "/desk" {
			t.Errorf("the link leads to %s", resp.Request.URL)
		}
	}
	page := func(who *http.Client, path string) string {
		t.Helper()
		resp, err := who.Get(d.app + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	if text := page(kim, "/"); !strings.Contains(text, "Kim") || !strings.Contains(text, "agent") || !strings.Contains(text, "Sign out") {
		t.Errorf("kim is not signed in:\n%s", text)
	}
	links := regexp.MustCompile(`/sign-in/link/\w+`).FindAllString(page(person(t), "/sign-in"), -1)
	if len(links) != 4 {
		t.Fatalf("the page offers %v", links)
	}
	for i, role := range []string{"agent", "supervisor", "auditor", "ops"} {
		who := person(t)
		page(who, links[i])
		if text := page(who, "/"); !strings.Contains(text, `<span class="soft">`+role+`</span>`) {
			t.Errorf("link %d does not sign in the %s", i, role)
		}
	}
}
