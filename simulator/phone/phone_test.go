package phone_test

import (
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/simulator/cards"
	"github.com/paydial/paydial/simulator/phone"
)

// get asks the page's handler, from this computer unless change says otherwise.
func get(t *testing.T, o phone.Options, path string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://localhost:8080"+path, nil)
	r.RemoteAddr = "127.0.0.1:54321"
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	phone.Handler(o).ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

func TestPageTellsItsConfiguration(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		options phone.Options
		want    string
	}{
		{"nothing said", phone.Options{}, `{"simBase":"/sim/v1","appApi":"","token":"","numbers":[]}`},
		{"everything said", phone.Options{SimBase: "/s", AppAPI: "/api/v1", Token: "t", Numbers: []phone.Number{{Number: "+15550100000", Name: `A "B" <c>`}}},
			`{"simBase":"/s","appApi":"/api/v1","token":"t","numbers":[{"number":"+15550100000","name":"A \"B\" \u003cc\u003e"}]}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, body := get(t, tc.options, "/phone", nil)
			m := regexp.MustCompile(`data-config="([^"]*)"`).FindStringSubmatch(body)
			if m == nil || html.UnescapeString(m[1]) != tc.want {
				t.Errorf("got %q, want %s", m, tc.want)
			}
			if links := strings.Contains(body, `href="/calls"`); links != (tc.options.AppAPI != "") {
				t.Errorf("links to the app's pages: %t", links)
			}
		})
	}
}

// TestTokenStaysHere: a page with a token in it is for the computer it runs on.
func TestTokenStaysHere(t *testing.T) {
	t.Parallel()
	with := phone.Options{Token: "the-token"}
	for _, tc := range []struct {
		name    string
		options phone.Options
		change  func(*http.Request)
		status  int
	}{
		{"from here", with, nil, 200},
		{"over IPv6", with, func(r *http.Request) { r.RemoteAddr, r.Host = "[::1]:1", "[::1]:8080" }, 200},
		{"from elsewhere", with, func(r *http.Request) { r.RemoteAddr = "192.0.2.1:1" }, 403},
		{"by a foreign name", with, func(r *http.Request) { r.Host = "evil.example:8080" }, 403},
		{"from elsewhere, without a token", phone.Options{}, func(r *http.Request) { r.RemoteAddr, r.Host = "192.0.2.1:1", "sim.example" }, 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, body := get(t, tc.options, "/phone", tc.change)
			if got.StatusCode != tc.status || tc.status == 403 && strings.Contains(body, "the-token") {
				t.Errorf("got %d, want %d: %s", got.StatusCode, tc.status, body)
			}
		})
	}
}

// TestEveryFileIsServed asks for all files, twice, and looks at what a browser relies on.
func TestEveryFileIsServed(t *testing.T) {
	t.Parallel()
	kinds := map[string]string{".js": "text/javascript", ".css": "text/css"}
	err := fs.WalkDir(os.DirFS("."), "assets", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		got, body := get(t, phone.Options{}, "/phone/"+path, nil)
		kind := kinds[filepath.Ext(path)]
		if got.StatusCode != http.StatusOK || kind == "" || !strings.HasPrefix(got.Header.Get("Content-Type"), kind) || body == "" {
			t.Errorf("%s: %d, %s", path, got.StatusCode, got.Header.Get("Content-Type"))
		}
		again, _ := get(t, phone.Options{}, "/phone/"+path, func(r *http.Request) { r.Header.Set("If-None-Match", got.Header.Get("ETag")) })
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s asked again: %d", path, again.StatusCode)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?:href|src)="(/phone/assets/[^"]+)"`).FindAllStringSubmatch(readAll(t, "index.html")["index.html"], -1) {
		if got, _ := get(t, phone.Options{}, m[1], nil); got.StatusCode != http.StatusOK {
			t.Errorf("the page asks for %s and gets %d", m[1], got.StatusCode)
		}
	}
	for _, path := range []string{"/phone/assets/none.js", "/phone/assets/", "/phone/assets/js", "/phone/assets/../index.html", "/phone/phone.go", "/other"} {
		if got, _ := get(t, phone.Options{}, path, nil); got.StatusCode == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
	if got, _ := get(t, phone.Options{}, "/phone/", nil); got.Header.Get("Location") != "/phone" {
		t.Errorf("/phone/ leads to %q", got.Header.Get("Location"))
	}
}

// TestNothingInline holds the page to its own content policy, and every file to the page's own origin.
func TestNothingInline(t *testing.T) {
	t.Parallel()
	got, body := get(t, phone.Options{AppAPI: "/api/v1"}, "/phone", nil)
	policy := got.Header.Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "script-src 'self'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("policy %q", policy)
	}
	for _, odd := range []string{"<style", " style=", "javascript:", " on"} {
		if strings.Contains(strings.ReplaceAll(body, " once", ""), odd+"click=") || odd != " on" && strings.Contains(body, odd) {
			t.Errorf("the page holds %q", odd)
		}
	}
	if inline := regexp.MustCompile(`<script[^>]*>[^<]+</script>`).FindString(body); inline != "" {
		t.Errorf("an inline script: %s", inline)
	}
	for _, pattern := range []string{"index.html", "assets/js/*.js", "assets/css/*.css"} {
		for name, text := range readAll(t, pattern) {
			for _, m := range regexp.MustCompile(`https?://[^\s"')]+`).FindAllString(text, -1) {
				if !strings.HasPrefix(m, "https://www.itu.int/") { // a source, in a comment
					t.Errorf("%s names %s", name, m)
				}
			}
			if strings.Contains(text, "innerHTML") {
				t.Errorf("%s makes HTML of text", name)
			}
		}
	}
}

// readAll reads the files of a pattern.
func readAll(t *testing.T, pattern string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %v, %v", pattern, names, err)
	}
	all := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(text)
	}
	return all
}

// TestTestCards holds the page's cards to those that the sandbox gateway knows.
func TestTestCards(t *testing.T) {
	t.Parallel()
	source := readAll(t, "assets/js/cards.js")["assets/js/cards.js"]
	found := regexp.MustCompile(`name: "(\w+)".*number: "([\d ]+)", code: "(\d+)", fate: "(\w+)"`).FindAllStringSubmatch(source, -1)
	if len(found) != 6 {
		t.Fatalf("found %d cards, want 6", len(found))
	}
	for _, m := range found {
		c, ok := cards.FindTestCard(m[1])
		if !ok {
			t.Errorf("the gateway knows no card %q", m[1])
			continue
		}
		fate := "yes"
		if c.Unusable || c.Behaviour != cards.Approve {
			fate = "no"
		}
		if got := strings.ReplaceAll(m[2], " ", ""); got != c.Number || m[3] != c.Code() || m[4] != fate {
			t.Errorf("%s: the page has %s %s %s, the gateway %s %s %s", m[1], got, m[3], m[4], c.Number, c.Code(), fate)
		}
	}
}

// TestWordsAreUsedAndThere compares the catalogue with the words that modules and markup use.
func TestWordsAreUsedAndThere(t *testing.T) {
	t.Parallel()
	catalogue := readAll(t, "assets/js/strings.js")["assets/js/strings.js"]
	var there []string
	for _, m := range regexp.MustCompile(`(?m)^  (\w+): "`).FindAllStringSubmatch(catalogue, -1) {
		there = append(there, m[1])
	}
	used := map[string]bool{}
	text := readAll(t, "index.html")["index.html"]
	for name, module := range readAll(t, "assets/js/*.js") {
		if !strings.HasSuffix(name, "strings.js") {
			text += module
		}
	}
	for _, key := range there {
		used[key] = strings.Contains(text, `"`+key+`"`)
	}
	for _, topic := range regexp.MustCompile(`const TOPICS = \[([^\]]*)\]`).FindStringSubmatch(text)[1:] {
		for _, m := range regexp.MustCompile(`"(\w+)"`).FindAllStringSubmatch(topic, -1) {
			used["help"+m[1]], used["help"+m[1]+"Text"] = true, true
		}
	}
	for _, key := range there {
		if !used[key] {
			t.Errorf("the word %q is not used", key)
		}
	}
	for _, m := range regexp.MustCompile(`\bt\("(\w+)"|data-t(?:-label)?="(\w+)"`).FindAllStringSubmatch(text, -1) {
		if key := m[1] + m[2]; !slices.Contains(there, key) {
			t.Errorf("the word %q is used and not in the catalogue", key)
		}
	}
	if unique := slices.Compact(slices.Sorted(slices.Values(there))); len(unique) != len(there) {
		t.Errorf("a word is there twice:\n%s", cmp.Diff(unique, slices.Sorted(slices.Values(there))))
	}
}

func ExampleHandler() {
	pages := phone.Handler(phone.Options{Numbers: []phone.Number{{Number: "+15550100000", Name: "Acme Energy"}}})
	w := httptest.NewRecorder()
	pages.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/phone", nil))
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	// Output: 200 text/html; charset=utf-8
}
