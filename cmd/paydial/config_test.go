package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// shown runs config show and returns its settings by key.
func shown(t *testing.T, e env, args ...string) map[string]shownSetting {
	t.Helper()
	r := paydial(t, e, append([]string{"config", "show", "--json"}, args...)...)
	r.want(t, 0)
	var list []shownSetting
	if err := json.Unmarshal([]byte(r.out), &list); err != nil {
		t.Fatal(err)
	}
	out := map[string]shownSetting{}
	for _, s := range list {
		out[s.Key] = s
	}
	return out
}

func TestConfigPrecedence(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct {
		env           env
		args          []string
		value, origin string
	}{
		{nil, nil, "127.0.0.1:8080", "default"},
		{env{"PAYDIAL_LISTEN": "0.0.0.0:80"}, nil, "0.0.0.0:80", "environment PAYDIAL_LISTEN"},
		{env{"PAYDIAL_LISTEN": " "}, nil, "127.0.0.1:8080", "default"},
		{env{"PAYDIAL_LISTEN": "0.0.0.0:80"}, []string{"--listen", "[::1]:81"}, "[::1]:81", "flag --listen"},
	} {
		got := shown(t, c.env, append(c.args, "--dir", dir)...)["listen"]
		if got.Value != c.value || got.Origin != c.origin {
			t.Errorf("%v %v: %+v, want %s from %s", c.env, c.args, got, c.value, c.origin)
		}
	}
	if got := shown(t, nil, "--dir", dir)["redis-url"]; got.Value != "-" || got.Origin != "not set" {
		t.Errorf("redis-url: %+v", got)
	}
	if got := shown(t, env{"PAYDIAL_DIR": dir})["dir"]; got.Value != dir || got.Origin != "environment PAYDIAL_DIR" {
		t.Errorf("dir: %+v", got)
	}
	if got := shown(t, nil, "--dir", dir)["dir"]; got.Origin != "flag --dir" {
		t.Errorf("dir: %+v", got)
	}
}

// TestConfigShowsNoSecret sets every kind of secret and looks for it in all that is printed.
func TestConfigShowsNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-0xC0FFEE"
	file := filepath.Join(t.TempDir(), "token")
	write(t, file, secret+"\n")
	e := env{
		"TWILIO_AUTH_TOKEN_FILE": file, "TWILIO_AUTH_TOKEN_NEXT": secret, "PAYDIAL_API_TOKEN": secret,
		"PAYDIAL_REDIS_URL":    "redis://:" + secret + "@10.0.0.1:6379/0",
		"PAYDIAL_DATABASE_URL": "postgres://app:" + secret + "@db/paydial?sslmode=require&sslpassword=" + secret,
		"PAYDIAL_PUBLIC_URL":   "https://user:" + secret + "@pay.example.com",
	}
	for _, args := range [][]string{{"config", "show"}, {"config", "show", "--json"}, {"config", "show", "--origin"}} {
		r := paydial(t, e, args...)
		r.want(t, 0, "file "+file, "environment TWILIO_AUTH_TOKEN_NEXT", "redis://:***@10.0.0.1:6379/0", "postgres://app:***@db/paydial")
		if strings.Contains(r.out+r.err, secret) {
			t.Errorf("%v tells a secret:\n%s", args, r.out)
		}
	}
	if got := shown(t, e)["auth-token"]; got.Value != "set" {
		t.Errorf("auth-token: %+v", got)
	}
	gone := env{"TWILIO_AUTH_TOKEN_FILE": file + ".gone"}
	paydial(t, gone, "config", "show").want(t, exitUsage, "TWILIO_AUTH_TOKEN_FILE", ".gone")
}

func TestConfigShowsTheProject(t *testing.T) {
	t.Parallel()
	dir := demoProject(t)
	r := paydial(t, nil, "config", "show", "--dir", dir)
	r.want(t, 0, "Acme Energy", "number +15550100000", "pay-my-bill", filepath.Join(dir, "paydial.yaml"))
	r = paydial(t, nil, "config", "show", "--dir", brokenProject(t))
	r.want(t, 0, "the project has 1 error", "paydial lint")
	if strings.Contains(r.out, "Acme Energy") {
		t.Errorf("it shows a project that cannot be read:\n%s", r.out)
	}
}

func TestRedacted(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                           "",
		"sqlite:paydial.db":          "sqlite:paydial.db",
		"redis://localhost:6379/0":   "redis://localhost:6379/0",
		"redis://me@localhost":       "redis://me@localhost",
		"redis://me:pw@localhost":    "redis://me:***@localhost",
		"redis://:p%zzw@localhost":   "(set, but not a URL)",
		"postgres://h/d?password=pw": "postgres://h/d?password=***",
		"https://h/x?token=pw&a=b":   "https://h/x?a=b&token=***",
	} {
		if got := redacted(in); got != want {
			t.Errorf("redacted(%q) = %q, want %q", in, got, want)
		}
	}
}
