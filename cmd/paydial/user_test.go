package main

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/db"
)

const goodPassword = "correct horse battery"

func typed(text string) *strings.Reader { return strings.NewReader(text) }

func TestUsers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "users.yaml")
	paydial(t, nil, "user", "list", "--dir", dir).want(t, 0, "nobody in ", "paydial user add kim --role agent")
	paydialWith(t, typed(goodPassword+"\n"+goodPassword+"\n"), nil, "user", "add", "kim", "--role", "agent", "--name", "Kim Lee", "--dir", dir).
		want(t, 0, "kim may sign in")
	paydialWith(t, typed(goodPassword), nil, "user", "add", "sam", "--role", "supervisor,auditor", "--role", "ops", "--users", file).want(t, 0)
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the file: %v, %v", info.Mode(), err)
	}
	raw, _ := os.ReadFile(file)
	if strings.Contains(string(raw), goodPassword) || strings.Count(string(raw), "$argon2id$v=19$m=65536,t=3,p=1$") != 2 {
		t.Errorf("the file:\n%s", raw)
	}
	paydial(t, env{"PAYDIAL_USERS": file}, "user", "list").want(t, 0, "kim  Kim Lee  agent", "sam  sam      supervisor, auditor, ops")
	paydial(t, nil, "user", "disable", "kim", "--users", file).want(t, 0, "kim is disabled")
	paydial(t, nil, "user", "list", "--users", file).want(t, 0, "Kim Lee  agent  disabled")
	r := paydial(t, nil, "user", "list", "--json", "--users", file)
	r.want(t, 0)
	var list []shownUser
	if err := json.Unmarshal([]byte(r.out), &list); err != nil || len(list) != 2 || !list[0].Disabled || list[0].Password != "set" || list[1].Roles[0] != access.Supervisor {
		t.Errorf("%v, %+v", err, list)
	}
	if strings.Contains(r.out, "argon2id") {
		t.Error("the list tells the hashes")
	}
	paydial(t, nil, "user", "enable", "kim", "--users", file).want(t, 0, "kim may sign in again")
	paydialWith(t, typed("another good password"), nil, "user", "password", "kim", "--users", file).want(t, 0, "kim has another password")
	if now, _ := os.ReadFile(file); string(now) == string(raw) {
		t.Error("the password is the same")
	}
	paydial(t, nil, "user", "remove", "kim", "--users", file).want(t, 0, "kim is removed")
	paydial(t, nil, "user", "remove", "kim", "--users", file).want(t, exitNotFound, "kim: there is no such user", "paydial user list")
}

func TestUserRefuses(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "users.yaml")
	paydialWith(t, typed(goodPassword), nil, "user", "add", "kim", "--role", "agent", "--users", file).want(t, 0)
	before, _ := os.ReadFile(file)
	for _, c := range []struct {
		in   string
		code int
		says string
		args []string
	}{
		{goodPassword, exitConflict, "kim: there is a user of this name already", []string{"add", "kim", "--role", "agent"}},
		{"elevenchars", exitUsage, "a password needs at least 12 characters, and this one has 11", []string{"add", "zoe", "--role", "agent"}},
		{"", exitUsage, "at least 12 characters", []string{"add", "zoe", "--role", "agent"}},
		{goodPassword + "\nanother password\n", exitUsage, "not the same", []string{"add", "zoe", "--role", "agent"}},
		{goodPassword, exitUsage, `there is no role "boss": there are agent, supervisor, auditor, ops`, []string{"add", "zoe", "--role", "boss"}},
		{goodPassword, exitUsage, "--role agent, supervisor, auditor or ops", []string{"add", "zoe"}},
		{goodPassword, exitUsage, `"Zoë": a name has up to 64`, []string{"add", "Zoë", "--role", "agent"}},
		{goodPassword, exitUsage, `the name "api" is taken`, []string{"add", "api", "--role", "agent"}},
		{goodPassword, exitUsage, "give one name, for example: paydial user add kim", []string{"add"}},
		{goodPassword, exitUsage, "unknown flag: --password", []string{"add", "zoe", "--role", "agent", "--password", "x"}},
		{goodPassword, exitNotFound, "zoe: there is no such user", []string{"password", "zoe"}},
		{"short", exitUsage, "at least 12 characters", []string{"password", "kim"}},
		{"", exitNotFound, "zoe: there is no such user", []string{"disable", "zoe"}},
	} {
		paydialWith(t, typed(c.in), nil, append([]string{"user", "--users", file}, c.args...)...).want(t, c.code, c.says)
	}
	paydial(t, nil, "user", "password", "kim", "--users", file).want(t, exitUsage, "nothing on standard input")
	if after, _ := os.ReadFile(file); string(after) != string(before) {
		t.Errorf("the file was changed:\n%s", after)
	}
	write(t, file, "users:\n  kim: { roles: [boss] }\n")
	paydial(t, nil, "user", "list", "--users", file).want(t, exitFailed, "users.yaml:2: roles are words of")
	paydialWith(t, typed(goodPassword), nil, "user", "add", "zoe", "--role", "agent", "--users", file).want(t, exitFailed, "users.yaml:2:")
	paydial(t, nil, "user", "disable", "kim", "--users", file).want(t, exitFailed, "users.yaml:2:")
}

func TestAudit(t *testing.T) {
	t.Parallel()
	at := "sqlite:" + filepath.Join(t.TempDir(), "paydial.db")
	paydial(t, nil, "audit", "list", "--database-url", at).want(t, exitNotFound, "there is no database ")
	if _, err := os.Stat(strings.TrimPrefix(at, "sqlite:")); err == nil {
		t.Error("looking made a database")
	}
	d, err := db.Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	log, err := audit.New(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	e := env{"PAYDIAL_DATABASE_URL": at}
	paydial(t, e, "audit", "list").want(t, 0, "no lines")
	paydial(t, e, "audit", "verify").want(t, 0, "0 lines, none was changed")
	for _, who := range []string{"kim", "sam"} {
		if err := log.Write(t.Context(), audit.Entry{Who: who, Via: audit.ViaPage, Action: "payment.ask", Field: "postal-code", Result: "ok", Call: "CA1"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Write(t.Context(), audit.Entry{Via: audit.ViaWorker, Action: "sweep"}); err != nil {
		t.Fatal(err)
	}
	paydial(t, e, "audit", "list").want(t, 0, "  -    sweep", "  kim  payment.ask  ok postal-code CA1")
	if r := paydial(t, e, "audit", "list", "--who", "sam", "--since", "1h"); strings.Contains(r.out, "kim") || !strings.Contains(r.out, "sam") {
		t.Errorf("only sam's:\n%s", r.out)
	}
	var lines []audit.Entry
	r := paydial(t, e, "audit", "list", "--action", "payment.", "--limit", "1", "--json")
	if err := json.Unmarshal([]byte(r.out), &lines); err != nil || len(lines) != 1 || lines[0].Who != "sam" || lines[0].Seq != 2 {
		t.Errorf("%v: %s", err, r.out)
	}
	var head audit.Head
	r = paydial(t, e, "audit", "verify", "--json")
	if err := json.Unmarshal([]byte(r.out), &head); err != nil || head.Lines != 3 || len(head.Hash) != 64 {
		t.Errorf("%v: %s", err, r.out)
	}
	for _, sql := range []string{"DROP TRIGGER audit_no_update", "UPDATE audit SET who = 'sam' WHERE seq = 1"} {
		if _, err := d.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	paydial(t, e, "audit", "verify").want(t, exitRefused, "the audit log was changed: line 1 is not as it was written")
	paydial(t, env{"PAYDIAL_DATABASE_URL": "postgres://u:pw@127.0.0.1:1/d"}, "audit", "list").want(t, exitUnreachable, "nothing answers at PAYDIAL_DATABASE_URL")
}

// person is a browser with cookies.
func person(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// TestServeSignsIn adds a user to a running server's file, signs in, and finds it in the audit log.
func TestServeSignsIn(t *testing.T) {
	t.Parallel()
	e := serveEnv(t).with("PAYDIAL_SESSION_SECRET", strings.Repeat("s", 32))
	s := start(t, e, "serve")
	at := listening.FindStringSubmatch(s.err.text())
	if at == nil {
		t.Fatal(s.err.text())
	}
	if got := status(t, at[1]+"/"); got != http.StatusNotFound {
		t.Errorf("before anybody can sign in: %d", got)
	}
	paydialWith(t, typed(goodPassword), e, "user", "add", "ana", "--role", "auditor").want(t, 0)
	ana := person(t)
	resp, err := ana.PostForm(at[1]+"/sign-in", url.Values{"name": {"ana"}, "password": {goodPassword}, "next": {"/audit"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Request.URL.Path != "/audit" {
		t.Errorf("signed in: %d at %s", resp.StatusCode, resp.Request.URL)
	}
	paydial(t, e, "audit", "list").want(t, 0, "ana  sign_in  ok by password: ana")
	paydial(t, e, "user", "disable", "ana").want(t, 0)
	if resp, err = ana.Get(at[1] + "/api/v1/audit"); err != nil || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("disabled: %v, %v", resp, err)
	}
	if strings.Contains(s.err.text(), goodPassword) {
		t.Error("the log tells the password")
	}
}

func TestServePeopleSettings(t *testing.T) {
	t.Parallel()
	full := serveEnv(t)
	broken := filepath.Join(t.TempDir(), "people.yaml")
	write(t, broken, "users: { kim: {} }\n")
	for name, c := range map[string]struct {
		env  env
		code int
		says string
	}{
		"a short secret":  {full.with("PAYDIAL_SESSION_SECRET", "short"), exitUsage, "PAYDIAL_SESSION_SECRET: the session secret needs at least 32 bytes"},
		"a broken file":   {full.with("PAYDIAL_USERS", broken), exitFailed, "people.yaml:1: this user has no role"},
		"an http issuer":  {full.with("PAYDIAL_OIDC_ISSUER", "http://id.example.com"), exitUsage, "PAYDIAL_OIDC_ISSUER has to be https"},
		"no issuer's URL": {full.with("PAYDIAL_OIDC_ISSUER", "id.example.com"), exitUsage, "PAYDIAL_OIDC_ISSUER is not a URL"},
		"no client":       {full.with("PAYDIAL_OIDC_ISSUER", "https://id.example.com"), exitUsage, "PAYDIAL_OIDC_CLIENT_ID is not"},
		"a proxy's name":  {full.with("PAYDIAL_TRUSTED_PROXIES", "10.0.0.0/8, proxy"), exitUsage, `"proxy" is neither an address nor a network`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			paydial(t, c.env, "serve").want(t, c.code, c.says)
		})
	}
	e := serveEnv(t).with("PAYDIAL_OIDC_ISSUER", "https://id.example.com").with("PAYDIAL_OIDC_CLIENT_ID", "paydial").with("PAYDIAL_TRUSTED_PROXIES", "10.0.0.0/8,::1")
	if log := start(t, e, "serve").err.text(); !strings.Contains(log, "no PAYDIAL_SESSION_SECRET is set") || strings.Contains(log, "nobody can sign in") {
		t.Errorf("the log:\n%s", log)
	}
}
