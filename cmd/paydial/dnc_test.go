package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/db"
)

// dncEnv is an environment with a database of its own, in which kim works.
func dncEnv(t *testing.T) env {
	t.Helper()
	url := "sqlite:" + filepath.Join(t.TempDir(), "p.db")
	d, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return env{"PAYDIAL_DATABASE_URL": url, "USER": "kim"}
}

func TestDncAddCheckRemove(t *testing.T) {
	t.Parallel()
	e := dncEnv(t)
	paydial(t, e, "dnc", "lists").want(t, 0, "no lists", "paydial dnc add NUMBER --list company")
	paydial(t, e, "dnc", "check", "+12125550142").want(t, 0, "+1 212 555 0142  on no list")
	paydial(t, e, "dnc", "add", "(212) 555-0142", "--list", "company", "--because", "asked by e-mail", "--expires", "2099-01-31").want(t, 0, "+1 212 555 0142 is on company")
	paydial(t, e, "dnc", "check", "212-555-0142").want(t, exitSafety, "on company", "by kim", "asked by e-mail", "until 2099-01-3")
	r := paydial(t, e, "dnc", "check", "+12125550142", "--json")
	r.want(t, exitSafety)
	var answers []dncAnswer
	if err := json.Unmarshal([]byte(r.out), &answers); err != nil || len(answers) != 1 || answers[0].On[0] != "company" || answers[0].Stays[0].By != "kim" {
		t.Errorf("%v %+v", err, answers)
	}
	paydial(t, e, "dnc", "remove", "+12125550142", "--list", "company", "--because", "ticket 4711").want(t, 0, "+1 212 555 0142 is off company")
	paydial(t, e, "dnc", "check", "+12125550142").want(t, 0, "on no list", "ticket 4711")
	paydial(t, e, "dnc", "remove", "+12125550142", "--list", "company", "--because", "again").want(t, exitNotFound, "not on the list")
	paydial(t, e, "audit", "list", "--action", "dnc.").want(t, 0, "kim", "dnc.add", "+12125550142 on company: asked by e-mail", "dnc.remove", "ticket 4711")
}

func TestDncKeys(t *testing.T) {
	t.Parallel()
	e := dncEnv(t)
	add := []string{"dnc", "add", "ACC-1", "--key", "--list", "disputes", "--because", "in court"}
	paydial(t, e, add...).want(t, exitConflict, "it takes phone numbers only")
	paydial(t, e, "dnc", "describe", "disputes", "--owner", "legal", "--scope", "account", "--renew-by", "2020-01-31").want(t, 0, "disputes is described")
	paydial(t, e, add...).want(t, 0, "ACC-1 is on disputes")
	paydial(t, e, "dnc", "check", "ACC-1", "--key").want(t, exitSafety, "on disputes")
	paydial(t, e, "dnc", "lists").want(t, 0, "disputes", "by account", "legal", "! was to be renewed by 2020-01-31")
	r := paydial(t, e, "dnc", "lists", "--json")
	var lists []listView
	if err := json.Unmarshal([]byte(r.out), &lists); err != nil || len(lists) != 1 || lists[0].Entries != 1 || !lists[0].Late || lists[0].Scope != campaigns.ScopeAccount {
		t.Errorf("%v %+v", err, lists)
	}
	paydial(t, e, "dnc", "describe", "disputes").want(t, exitConflict, "there are keys on it")
	paydial(t, e, "dnc", "describe", "y", "--owner", "legal", "--json").want(t, 0, `"owner": "legal"`)
	paydial(t, e, "dnc", "add", "+12125550142", "--list", "comapny", "--because", "x").want(t, 0, "comapny is a new list", "never_call:")
	paydial(t, e, "dnc", "remove", "+12125550142", "--list", "comapny", "--because", "x", "--json").want(t, 0, `"on": []`, `"why": "x"`)
	paydial(t, e, "dnc", "describe", "x", "--scope", "planet").want(t, exitUsage, "number, person and account")
}

func TestDncImportAndExport(t *testing.T) {
	t.Parallel()
	e := dncEnv(t)
	dir := t.TempDir()
	file, rejected, out := filepath.Join(dir, "state.csv"), filepath.Join(dir, "bad.csv"), filepath.Join(dir, "out.csv")
	write(t, file, "phone\n+12125550142\n(212) 555-0143\n12\n")
	args := []string{"dnc", "import", file, "--list", "state", "--rejected", rejected}
	paydial(t, e, append(args, "--dry-run")...).want(t, 0, "2  would be put on state", "0  are on it already", "1  are no phone numbers: see "+rejected, "Nothing was changed.")
	paydial(t, e, "dnc", "lists").want(t, 0, "no lists")
	paydial(t, e, args...).want(t, 0, "2  put on state")
	r := paydialWith(t, strings.NewReader("212 555 0142\n212 555 0142\n"), e, "dnc", "import", "-", "--list", "state", "--json")
	var res campaigns.ImportResult
	if err := json.Unmarshal([]byte(r.out), &res); err != nil || r.code != 0 || res.Already != 1 || res.Twice != 1 {
		t.Errorf("%v %+v %s", err, res, r.err)
	}
	if text, err := os.ReadFile(rejected); err != nil || !strings.Contains(string(text), "4,phone,bad_number,") {
		t.Errorf("%v %s", err, text)
	}
	paydial(t, e, "dnc", "check", "+12125550142").want(t, exitSafety, "by kim")
	paydial(t, e, "dnc", "export", "--list", "state", "-o", out).want(t, 0, "state is in "+out+", with 2 numbers")
	paydial(t, e, "dnc", "export", "--list", "state", "-o", out).want(t, exitConflict, "is there already")
	if text, err := os.ReadFile(out); err != nil || !strings.Contains(string(text), "\n'+12125550142,,,state.csv,kim,") {
		t.Errorf("%v %s", err, text)
	}
	paydial(t, e, "dnc", "export", "--list", "state", "--json").want(t, 0, `"number":"+12125550143"`)
	paydial(t, e, "dnc", "export", "--list", "nosuch").want(t, exitNotFound, "there is no such list")
	paydial(t, e, "dnc", "export", "--list", "state", "--format", "xlsx").want(t, exitUsage, "there are csv and ndjson")
	write(t, file, "number\n+12125550150\n\"+1")
	paydial(t, e, args...).want(t, exitFindings, "line 3, column 1: a quote is opened and never closed", "what stood before it is on state: 1 number;")
}

func TestDncRefuses(t *testing.T) {
	t.Parallel()
	e := dncEnv(t)
	for want, args := range map[string][]string{
		"say which list with --list":   {"add", "+12125550142", "--because", "x"},
		"say why with --because":       {"add", "+12125550142", "--list", "company"},
		"give one number":              {"add"},
		"the area code is missing":     {"add", "555-0142", "--list", "company", "--because", "x"},
		"a list's name is letters":     {"add", "+12125550142", "--list", "a b", "--because", "x"},
		"write a day as 2027-01-31":    {"add", "+12125550142", "--list", "company", "--because", "x", "--expires", "soon"},
		"say why with --because: it":   {"remove", "+12125550142", "--list", "company"},
		"there is nothing on standard": {"import", "-", "--list", "company"},
	} {
		paydial(t, e, append([]string{"dnc"}, args...)...).want(t, exitUsage, want)
	}
	paydial(t, e, "dnc", "import", "/no/such.csv", "--list", "company").want(t, exitNotFound, "there is no file /no/such.csv")
	paydial(t, e, "dnc", "import", t.TempDir(), "--list", "company").want(t, exitFailed, "it is a folder")
	delete(e, "USER")
	paydial(t, e, "dnc", "add", "+12125550142", "--list", "company", "--because", "x").want(t, exitUsage, "say it with --by NAME")
	paydial(t, env{"PAYDIAL_DATABASE_URL": "sqlite:/no/such.db"}, "dnc", "lists").want(t, exitNotFound, "there is no database /no/such.db")
}
