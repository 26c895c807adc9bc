package main

import (
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/redistest"
)

// serveEnv is a complete environment for serve, on an in-process Redis and a database file of the test's own.
func serveEnv(t *testing.T) env {
	t.Helper()
	return env{
		"PAYDIAL_PUBLIC_URL": "http://127.0.0.1:8080", "PAYDIAL_REDIS_URL": redistest.Mini(t), "PAYDIAL_LISTEN": "127.0.0.1:0",
		"PAYDIAL_DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "paydial.db"),
		"TWILIO_ACCOUNT_SID":   local.AccountSID, "TWILIO_AUTH_TOKEN": local.AuthToken, "PAYDIAL_DIR": demoProject(t),
		"PAYDIAL_ARCHIVE_URL": "file:" + filepath.Join(t.TempDir(), "archive"), "PAYDIAL_SPOOL": filepath.Join(t.TempDir(), "spool"),
	}
}

// with is the environment with something else in it.
func (e env) with(name, value string) env {
	out := env{}
	for n, v := range e {
		out[n] = v
	}
	out[name] = value
	return out
}

var listening = regexp.MustCompile(`listen=(http://[0-9.:]+)`)

func TestServe(t *testing.T) {
	t.Parallel()
	s := start(t, serveEnv(t), "serve")
	log := s.err.text()
	at := listening.FindStringSubmatch(log)
	if at == nil {
		t.Fatalf("the log does not say where it listens:\n%s", log)
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/api/v1/calls": 401, "/phone": 404, "/sim/v1/calls": 404} {
		if got := status(t, at[1]+path); got != want && !(want == 401 && got == 404) {
			t.Errorf("GET %s: %d, want %d", path, got, want)
		}
	}
	if !strings.Contains(log, "PAYDIAL_API_TOKEN") {
		t.Errorf("it does not say that the pages are off:\n%s", log)
	}
	if code := s.stop(); code != 0 || !strings.Contains(s.err.text(), "stopping") {
		t.Errorf("exit code %d:\n%s", code, s.err.text())
	}
}

func status(t *testing.T, url string) int {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

func TestServeInJSON(t *testing.T) {
	t.Parallel()
	s := start(t, serveEnv(t).with("PAYDIAL_API_TOKEN", "a-token"), "serve", "--log-format", "json", "--log-level", "debug")
	log := s.err.text()
	if !strings.Contains(log, `"msg":"serving"`) || strings.Contains(log, "PAYDIAL_API_TOKEN") || strings.Contains(log, "a-token") {
		t.Errorf("the log:\n%s", log)
	}
}

func TestServeNeedsItsSettings(t *testing.T) {
	t.Parallel()
	r := paydial(t, nil, "serve", "--dir", demoProject(t))
	r.want(t, exitUsage, "not set:", "PAYDIAL_PUBLIC_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "PAYDIAL_REDIS_URL", "paydial dev")
	full := serveEnv(t)
	empty := filepath.Join(t.TempDir(), "token")
	write(t, empty, "\n")
	for name, e := range map[string]env{
		"empty":         full.with("TWILIO_AUTH_TOKEN", ""),
		"spaces":        full.with("TWILIO_AUTH_TOKEN", "  "),
		"an empty file": full.with("TWILIO_AUTH_TOKEN", "").with("TWILIO_AUTH_TOKEN_FILE", empty),
	} {
		t.Run("token "+name, func(t *testing.T) {
			paydial(t, e, "serve").want(t, exitUsage, "not set:\n  TWILIO_AUTH_TOKEN ")
		})
	}
}

func TestServeRefusesWrongSettings(t *testing.T) {
	t.Parallel()
	full := serveEnv(t)
	for _, c := range []struct {
		name  string
		env   env
		args  []string
		code  int
		words []string
	}{
		{"public URL", full.with("PAYDIAL_PUBLIC_URL", "pay.example.com"), nil, exitUsage, []string{"PAYDIAL_PUBLIC_URL is not a URL"}},
		{"account", full.with("TWILIO_ACCOUNT_SID", "SK1"), nil, exitFailed, []string{`"SK1" is not an account SID`}},
		{"Redis away", full.with("PAYDIAL_REDIS_URL", "redis://:pw@127.0.0.1:1/0"), nil, exitUnreachable,
			[]string{"nothing answers at PAYDIAL_REDIS_URL, redis://:***@127.0.0.1:1/0"}},
		{"Postgres away", full.with("PAYDIAL_DATABASE_URL", "postgres://u:pw@127.0.0.1:1/d"), nil, exitUnreachable,
			[]string{"nothing answers at PAYDIAL_DATABASE_URL, postgres://u:***@127.0.0.1:1/d"}},
		{"no Redis URL", full.with("PAYDIAL_REDIS_URL", "localhost"), nil, exitFailed, []string{"redis URL"}},
		{"no database URL", full.with("PAYDIAL_DATABASE_URL", "mysql://x"), nil, exitFailed, []string{"must begin with sqlite: or postgres://"}},
		{"address", full.with("PAYDIAL_LISTEN", "8080"), nil, exitUsage, []string{`--listen "8080" is not an address`}},
		{"log level", full, []string{"--log-level", "loud"}, exitUsage, []string{"--log-level", "debug, info, warn and error"}},
		{"log format", full, []string{"--log-format", "xml"}, exitUsage, []string{"--log-format", "text and json"}},
		{"service", full, []string{"--service", "billing"}, exitUsage, []string{"write NAME=URL"}},
		{"no project", full.with("PAYDIAL_DIR", t.TempDir()), nil, exitNotFound, []string{"there is no paydial.yaml"}},
		{"broken project", full.with("PAYDIAL_DIR", brokenProject(t)), nil, exitFindings, []string{"error[", "pay-al"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := paydial(t, c.env, append([]string{"serve"}, c.args...)...)
			r.want(t, c.code, c.words...)
			if strings.Contains(r.err, "pw@") || strings.Contains(r.err, local.AuthToken) {
				t.Errorf("it tells a secret:\n%s", r.err)
			}
		})
	}
}

func TestTakenPort(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().String()
	for flag, args := range map[string][]string{
		"--listen ":           {"dev", "--listen", taken, "--simulator-listen", "127.0.0.1:0"},
		"--simulator-listen ": {"dev", "--listen", "127.0.0.1:0", "--simulator-listen", taken},
	} {
		paydial(t, nil, args...).want(t, exitFailed, taken+" is taken", "Choose another address with "+flag[:len(flag)-1]+", for example: "+flag+"127.0.0.1:")
	}
	paydial(t, serveEnv(t), "serve", "--listen", taken).want(t, exitFailed, taken+" is taken", "--listen 127.0.0.1:")
	paydial(t, nil, "simulator", "--listen", taken).want(t, exitFailed, taken+" is taken", "--listen 127.0.0.1:")
	paydial(t, nil, "dev", "--listen", "nonsense", "--simulator-listen", "127.0.0.1:0").want(t, exitUsage, `--listen "nonsense" is not an address`)
	paydial(t, nil, "simulator", "--listen", "127.0.0.1:99999").want(t, exitUsage, "127.0.0.1:99999")
}

func TestNeighbour(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8081", "[::1]:80": "[::1]:81", ":8080": ":8081",
		"127.0.0.1:65535": "127.0.0.1:0", "nonsense": "127.0.0.1:0", "127.0.0.1:http": "127.0.0.1:0",
	} {
		if got := neighbour(in); got != want {
			t.Errorf("neighbour(%q) = %q, want %q", in, got, want)
		}
	}
}
