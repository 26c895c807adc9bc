//go:build !nosimulator

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/campaigns"
)

// dnc runs `paydial dnc` against everything on this machine.
func (r ringing) dnc(t *testing.T, args ...string) result {
	t.Helper()
	return paydial(t, nil, append(append([]string{"dnc"}, args...), "--app", r.AppURL)...)
}

func TestDncAddCheckRemove(t *testing.T) {
	t.Parallel()
	r := startRinging(t)
	r.dnc(t, "lists").want(t, 0, "no lists", "paydial dnc add NUMBER --list company")
	r.dnc(t, "check", "+12125550142").want(t, 0, "+1 212 555 0142  on no list")
	r.dnc(t, "add", "(212) 555-0142", "--list", "company", "--because", "asked by e-mail", "--expires", "2099-01-31").want(t, 0, "company is a new list", "+1 212 555 0142 is on company")
	r.dnc(t, "check", "212-555-0142").want(t, exitSafety, "on company", "by api", "asked by e-mail", "until 2099-01-3")
	got := r.dnc(t, "check", "+12125550142", "--json")
	got.want(t, exitSafety)
	var answers []dncAnswer
	if err := json.Unmarshal([]byte(got.out), &answers); err != nil || len(answers) != 1 || answers[0].On[0] != "company" || answers[0].History[0].By != "api" {
		t.Errorf("%v %+v", err, answers)
	}
	r.dnc(t, "remove", "+12125550142", "--list", "company", "--because", "ticket 4711").want(t, 0, "+1 212 555 0142 is off company")
	r.dnc(t, "check", "+12125550142").want(t, 0, "on no list", "ticket 4711")
	r.dnc(t, "remove", "+12125550142", "--list", "company", "--because", "again").want(t, exitNotFound, "not on that list", "paydial dnc check NUMBER")
	r.audited(t, `"api"`, "dnc.add", "+12125550142 on company: asked by e-mail", "dnc.remove", "ticket 4711")
	paydial(t, nil, "dnc", "lists", "--app", "http://127.0.0.1:1").want(t, exitUnreachable, "the app does not answer")
	paydial(t, env{"PAYDIAL_API_TOKEN": "wrong"}, "dnc", "lists", "--app", r.AppURL).want(t, exitRefused, "PAYDIAL_API_TOKEN_FILE")

	add := []string{"add", "ACC/1", "--key", "--list", "disputes", "--because", "in court"}
	r.dnc(t, add...).want(t, exitConflict, "takes phone numbers only")
	r.dnc(t, "describe", "disputes", "--owner", "legal", "--scope", "account", "--renew-by", "2020-01-31").want(t, 0, "disputes is described")
	r.dnc(t, add...).want(t, 0, "ACC/1 is on disputes")
	r.dnc(t, "check", "ACC/1", "--key").want(t, exitSafety, "on disputes")
	r.dnc(t, "lists").want(t, 0, "disputes", "by account", "legal", "! was to be renewed by 2020-01-31")
	r.dnc(t, "lists", "--json").want(t, 0, `"scope": "account"`, `"entries": 1`, `"expires": "2020-01-31T`)
	r.dnc(t, "describe", "disputes").want(t, exitConflict, "scope does not allow that")
	r.dnc(t, "remove", "ACC/1", "--key", "--list", "disputes", "--because", "settled").want(t, 0, "ACC/1 is off disputes")
	r.dnc(t, "describe", "y", "--owner", "legal", "--json").want(t, 0, `"owner": "legal"`)
	r.dnc(t, "add", "+12125550142", "--list", "comapny", "--because", "x").want(t, 0, "comapny is a new list", "never_call:")
	r.dnc(t, "remove", "+12125550142", "--list", "comapny", "--because", "x", "--json").want(t, 0, `"on": []`, `"why": "x"`)
}

// audited reads the audit log of what was done to lists.
func (r ringing) audited(t *testing.T, words ...string) {
	t.Helper()
	api, err := newDeskClient(&cobra.Command{}, streams{env: env{}.lookup}, r.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	var page struct{}
	raw, err := api.get(t.Context(), "/api/v1/audit?action=dnc.", &page)
	for _, w := range words {
		if err != nil || !strings.Contains(string(raw), w) {
			t.Errorf("the audit log does not say %q: %v\n%s", w, err, raw)
		}
	}
}

// TestDncHoldsInACampaign puts somebody on a list while the campaign is there: the app rings them no more.
func TestDncHoldsInACampaign(t *testing.T) {
	t.Parallel()
	r := startRinging(t)
	r.draft(t)
	why := r.campaign(t, "why", "spring-renewals", "M-10042", "--json")
	why.want(t, 0)
	var person struct {
		Person struct {
			Phone string `json:"phone"`
		} `json:"person"`
	}
	if err := json.Unmarshal([]byte(why.out), &person); err != nil || person.Person.Phone == "" || strings.Contains(why.out, "on_dnc:company") {
		t.Fatalf("%v %s", err, why.out)
	}
	r.dnc(t, "add", person.Person.Phone, "--list", "company", "--because", "asked by e-mail").want(t, 0)
	r.campaign(t, "why", "spring-renewals", "M-10042", "--json").want(t, 0, `"on_dnc:company"`)
	r.dnc(t, "remove", person.Person.Phone, "--list", "company", "--because", "asked again").want(t, 0)
	r.campaign(t, "why", "spring-renewals", "M-10042").want(t, 0, "✓ not on company, state-dnc")
}

func TestDncImportAndExport(t *testing.T) {
	t.Parallel()
	r := startRinging(t)
	dir := t.TempDir()
	file, rejected, out := filepath.Join(dir, "state.csv"), filepath.Join(dir, "bad.csv"), filepath.Join(dir, "out.csv")
	write(t, file, "phone\n+12125550142\n(212) 555-0143\n12\n")
	args := []string{"import", file, "--list", "state", "--rejected", rejected}
	r.dnc(t, append(args, "--dry-run")...).want(t, 0, "2  would be put on state", "0  are on it already", "1  are no phone numbers: see "+rejected, "Nothing was changed.")
	r.dnc(t, "lists").want(t, 0, "no lists")
	r.dnc(t, args...).want(t, 0, "2  put on state")
	from := func(text string, args ...string) result {
		return paydialWith(t, strings.NewReader(text), nil, append([]string{"dnc", "import", "-", "--list", "state", "--app", r.AppURL}, args...)...)
	}
	got := from("212 555 0142\n212 555 0142\n", "--json")
	var res campaigns.ImportResult
	if err := json.Unmarshal([]byte(got.out), &res); err != nil || got.code != 0 || res.Already != 1 || res.Twice != 1 {
		t.Errorf("%v %+v %s", err, res, got.err)
	}
	if text, err := os.ReadFile(rejected); err != nil || !strings.Contains(string(text), "4,phone,bad_number,") {
		t.Errorf("%v %s", err, text)
	}
	r.audited(t, "dnc.import", "state, source state.csv")
	r.dnc(t, "check", "+12125550142").want(t, exitSafety, "by api")
	r.dnc(t, "export", "--list", "state", "-o", out).want(t, 0, "state is in "+out+", with 2 numbers")
	r.dnc(t, "export", "--list", "state", "-o", out).want(t, exitConflict, "is there already")
	text, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(text), "\n'+12125550142,,,state.csv,api,") || r.dnc(t, "export", "--list", "state").out != string(text) {
		t.Errorf("%v %s", err, text)
	}
	r.dnc(t, "export", "--list", "state", "--json").want(t, 0, `"number":"+12125550143"`)
	r.dnc(t, "export", "--list", "nosuch", "-o", out+"2").want(t, exitNotFound, "No such do-not-call list", "paydial dnc lists")
	write(t, file, "number\n+12125550150\n\"+1")
	r.dnc(t, args...).want(t, exitFindings, "ine 3, column 1: a quote is opened and never closed", "what stood before it is on state: 1 number; import the file again when it is mended")

	from("phone,name\n"+strings.Repeat("12,Zoë\n", 2000), "--rejected", rejected).want(t, 0, "2,000  are no phone numbers")
	if text, err := os.ReadFile(rejected); err != nil || strings.Count(string(text), "\n") != 2001 || strings.Count(string(text), ",Zoë\n") != 2000 {
		t.Errorf("%v, %d lines", err, strings.Count(string(text), "\n"))
	}
	broken := paydialWith(t, iotest.ErrReader(errors.New("the disk is gone")), nil, "dnc", "import", "-", "--list", "state", "--app", r.AppURL)
	broken.want(t, exitFailed, "the disk is gone")
}

// TestDncAnswersThatBreakOff leave no half file, and say what is known.
func TestDncAnswersThatBreakOff(t *testing.T) {
	t.Parallel()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/dnc"):
			_, _ = fmt.Fprint(w, `{"items":[{"name":"state"}]}`)
			return
		case strings.HasSuffix(r.URL.Path, "/import"):
			_, _ = fmt.Fprintln(w, `{"line":"progress","new":500,"bytes":9000}`)
		default:
			_, _ = fmt.Fprint(w, "number,key\n'+121")
		}
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(app.Close)
	dir := t.TempDir()
	out := filepath.Join(dir, "out.csv")
	paydial(t, nil, "dnc", "export", "--list", "state", "-o", out, "--app", app.URL).want(t, exitUnreachable, "broke off before its end, and "+out+" was not written")
	paydialWith(t, strings.NewReader("12\n"), nil, "dnc", "import", "-", "--list", "state", "--rejected", filepath.Join(dir, "bad.csv"), "--app", app.URL).
		want(t, exitUnreachable, "broke off before its end", "at least what stood before it is on state: 500 numbers; import the file again")
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("%v is left, %v", files, err)
	}
}

// TestDncImportInterrupted ends while standard input has no more to say, and leaves no file.
func TestDncImportInterrupted(t *testing.T) {
	t.Parallel()
	r := startRinging(t)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	in, typed := io.Pipe()
	ended := make(chan int, 1)
	var out screen
	go func() {
		args := []string{"dnc", "import", "-", "--list", "state", "--rejected", filepath.Join(dir, "bad.csv"), "--app", r.AppURL}
		ended <- run(ctx, args, streams{in: in, out: &out, err: &out, env: env{}.lookup})
	}()
	if _, err := io.WriteString(typed, "+12125550142\n12\n"); err != nil { // it is read, and more is awaited
		t.Fatal(err)
	}
	cancel()
	select {
	case code := <-ended:
		if files, err := os.ReadDir(dir); code != exitInterrupted || err != nil || len(files) > 0 {
			t.Errorf("exit code %d, %v is left, %v\n%s", code, files, err, out.text())
		}
	case <-time.After(patience):
		t.Fatal("it waits for standard input")
	}
	_ = typed.Close()
}

func TestDncRefuses(t *testing.T) {
	t.Parallel()
	r := startRinging(t)
	for want, args := range map[string][]string{
		"say which list with --list":   {"add", "+12125550142", "--because", "x"},
		"say why with --because":       {"add", "+12125550142", "--list", "company"},
		"give one number":              {"add"},
		"the area code is missing":     {"add", "555-0142", "--list", "company", "--because", "x"},
		"list can have that name":      {"add", "+12125550142", "--list", "a b", "--because", "x"},
		"a list's name is letters":     {"add", "+12125550142", "--list", "a/import", "--because", "x"},
		"write a day as 2027-01-31":    {"add", "+12125550142", "--list", "company", "--because", "x", "--expires", "soon"},
		"expires is over already":      {"add", "+12125550142", "--list", "company", "--because", "x", "--expires", "2020-01-31"},
		"say why with --because: it":   {"remove", "+12125550142", "--list", "company"},
		"there is nothing on standard": {"import", "-", "--list", "company"},
		"number, person and account":   {"describe", "x", "--scope", "planet"},
		"there are csv and ndjson":     {"export", "--list", "state", "--format", "xlsx"},
	} {
		r.dnc(t, args...).want(t, exitUsage, want)
	}
	r.dnc(t, "import", "/no/such.csv", "--list", "company").want(t, exitNotFound, "there is no file /no/such.csv")
	r.dnc(t, "import", t.TempDir(), "--list", "company").want(t, exitFailed, "it is a folder")
	paydial(t, nil, "dnc", "lists", "--app", "https://pay.example.com").want(t, exitRefused, "wants its API token")
}
