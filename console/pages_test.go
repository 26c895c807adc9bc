package console_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/sessions"
)

var (
	reference = regexp.MustCompile(`(?:href|src)="(/[^"]*)"`)
	wordUsed  = regexp.MustCompile(`\bt "(\w+)"|\bt\("(\w+)"`)
)

// TestPages opens every page, and every address that a page names.
func TestPages(t *testing.T) {
	t.Parallel()
	h := open(t, local)
	h.paidCall("CApaid")
	h.liveCall("CAlive")
	seen := map[string]bool{}
	for _, tc := range []struct{ path, says string }{
		{"/", "On the line now"}, {"/", "84.20 usd"}, {"/calls", "1 555 012 3456"}, {"/calls/CApaid", "Visa ending 4242"},
		{"/calls/CApaid", "invalid card number"}, {"/calls/CAlive", `aria-current="step">balance`}, {"/flows", "pay-my-bill"},
		{"/flows/pay-my-bill", "<svg"}, {"/flows/pay-my-bill", "callers here now: 1"}, {"/payments", "SIM-7F3K2M"},
		{"/payments?state=paid", "Energy bill 5678"}, {"/payments?state=declined", "No payments yet"}, {"/api/problems", "wrong_host"},
	} {
		got := h.ask(tc.path)
		if got.StatusCode != http.StatusOK || !got.holds(tc.says, "<h1", `id="main"`, `lang="en"`) {
			t.Errorf("%s: %d, without %q:\n%s", tc.path, got.StatusCode, tc.says, got.body)
		}
		checkMarkup(t, tc.path, got.body)
		for _, m := range reference.FindAllStringSubmatch(got.body, -1) {
			seen[strings.ReplaceAll(m[1], "&amp;", "&")] = true
		}
	}
	for path := range seen {
		if path == "/phone" || strings.HasSuffix(path, "/events") { // another's page, and a stream
			continue
		}
		if got := h.ask(path); got.StatusCode != http.StatusOK {
			t.Errorf("a page links to %s: %d", path, got.StatusCode)
		}
	}
}

// checkMarkup holds a page to what the content policy allows, and to words of the catalogue.
func checkMarkup(t *testing.T, path, body string) {
	t.Helper()
	for _, odd := range []string{"<style", " style=", "javascript:", " onclick=", " onload=", "⟨", "<no value>", "ZgotmplZ"} {
		if strings.Contains(body, odd) {
			t.Errorf("%s holds %q", path, odd)
		}
	}
	for _, tag := range regexp.MustCompile(`<script[^>]*>[^<]*`).FindAllString(body, -1) {
		if !strings.Contains(tag, "src=") || !strings.HasSuffix(tag, ">") {
			t.Errorf("%s has an inline script: %s", path, tag)
		}
	}
}

func TestSorryPages(t *testing.T) {
	t.Parallel()
	h := open(t, local)
	for path, says := range map[string]string{"/calls/CAnone": "forgotten", "/flows/none": "no flow of this name"} {
		got := h.ask(path)
		if got.StatusCode != http.StatusNotFound || !got.holds(says, "<h1>") {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
	if got := h.ask("/assets/../pages/now.html"); got.StatusCode == http.StatusOK {
		t.Error("a file outside of assets is served")
	}
}

// TestStoresAway: what broke is in the log, and not on the page.
func TestStoresAway(t *testing.T) {
	t.Parallel()
	h := open(t, local)
	if err := h.sessions.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/calls", "/calls/CA1", "/payments", "/flows/pay-my-bill"} {
		if got := h.ask(path); got.StatusCode != http.StatusInternalServerError || got.holds("redis") {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
	got := h.api("/api/v1/calls")
	if p := got.read(t); got.StatusCode != http.StatusInternalServerError || p["code"] != "internal" || p["detail"] != nil {
		t.Errorf("the API: %d %v", got.StatusCode, p)
	}
}

func TestHostileWordsAreEscaped(t *testing.T) {
	t.Parallel()
	h := open(t, local)
	const evil = `"><script>alert(1)</script>`
	h.place("CAevil", sessions.Info{
		Flow: evil, From: evil, To: evil, Outcome: evil, Scene: evil, Scenes: []string{evil}, Status: evil, Started: noon, Payment: []byte(`{"result":"x` + `<b>"}`),
	}, event("note", evil, evil), event("odd", evil, evil, "more", evil), sessions.Event{Kind: "plain", Data: []byte(`"text"`)})
	for _, path := range []string{"/", "/calls", "/calls/CAevil"} {
		got := h.ask(path)
		if got.StatusCode != http.StatusOK || got.holds("<script>alert") {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
}

// TestWordsAreUsedAndThere reads templates and sources for the words they use.
func TestWordsAreUsedAndThere(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, pattern := range []string{"pages/*.html", "*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, m := range wordUsed.FindAllStringSubmatch(string(text), -1) {
				used[m[1]+m[2]] = true
			}
		}
	}
	there := map[string]bool{}
	for _, name := range []string{"words.go", "campaignwords.go", "dncwords.go"} {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^\t"(\w+)":`).FindAllStringSubmatch(string(source), -1) {
			if there[m[1]] {
				t.Errorf("%s is there twice", m[1])
			}
			there[m[1]] = true
		}
	}
	if diff := cmp.Diff(used, there); diff != "" {
		t.Errorf("words (-used +in the catalogue):\n%s", diff)
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	for path, kind := range map[string]string{
		"/assets/css/tokens.css": "text/css", "/assets/js/console.js": "text/javascript", "/assets/font/inter.woff2": "font/woff2",
		"/assets/icon.svg": "image/svg+xml", "/assets/css/flowgraph.css": "text/css", "/assets/font/inter-LICENSE.txt": "text/plain",
	} {
		got := h.ask(path)
		if got.StatusCode != http.StatusOK || !strings.HasPrefix(got.Header.Get("Content-Type"), kind) || got.body == "" {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.Header.Get("Content-Type"))
		}
		if again := h.ask(path, "If-None-Match", got.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s asked again: %d", path, again.StatusCode)
		}
	}
}
