package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/paydial/paydial/console"
)

func TestWhoMayAskTheAPI(t *testing.T) {
	t.Parallel()
	with := open(t, func(cfg *console.Config) { cfg.Tokens = []string{"", token, "the-next-one"} })
	dev := open(t, local)
	off := open(t, func(cfg *console.Config) { cfg.Tokens = nil })
	named := open(t, func(cfg *console.Config) { cfg.AllowedHosts = []string{"pay.example.com"} })
	for _, tc := range []struct {
		name   string
		house  *house
		header []string
		status int
		code   string
	}{
		{"the token", with, []string{"Authorization", "Bearer " + token}, 200, ""},
		{"the next token", with, []string{"Authorization", "Bearer the-next-one"}, 200, ""},
		{"the token as a password", with, []string{"Password", token}, 200, ""},
		{"no token", with, nil, 401, "not_signed_in"},
		{"an empty token", with, []string{"Authorization", "Bearer "}, 401, "not_signed_in"},
		{"another token", with, []string{"Authorization", "Bearer nope"}, 401, "not_signed_in"},
		{"half of it", with, []string{"Authorization", "Bearer " + token[:5]}, 401, "not_signed_in"},
		{"another scheme", with, []string{"Authorization", token}, 401, "not_signed_in"},
		{"no token is set", off, []string{"Authorization", "Bearer "}, 404, "api_off"},
		{"dev, from here", dev, []string{"Authorization", "Bearer " + token}, 200, ""},
		{"dev, over IPv6", dev, []string{"Authorization", "Bearer " + token, "From", "[::1]:9", "Host", "[::1]:8080"}, 200, ""},
		{"dev, without a token", dev, nil, 401, "not_signed_in"},
		{"dev, from elsewhere", dev, []string{"Authorization", "Bearer " + token, "From", "192.0.2.7:1234"}, 403, "not_from_here"},
		{"dev, said to be from here", dev, []string{"Authorization", "Bearer " + token, "From", "192.0.2.7:1234", "X-Forwarded-For", "127.0.0.1"}, 403, "not_from_here"},
		{"dev, by a foreign name", dev, []string{"Authorization", "Bearer " + token, "Host", "evil.example:8080"}, 421, "wrong_host"},
		{"dev, by a name that begins well", dev, []string{"Authorization", "Bearer " + token, "Host", "localhost.evil.example"}, 421, "wrong_host"},
		{"by its own name", named, []string{"Authorization", "Bearer " + token, "Host", "PAY.example.com"}, 200, ""},
		{"by another name", named, []string{"Authorization", "Bearer " + token}, 421, "wrong_host"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := tc.house.ask("/api/v1/flows", tc.header...)
			if got.StatusCode != tc.status {
				t.Fatalf("got %d, want %d: %s", got.StatusCode, tc.status, got.body)
			}
			if tc.code == "" {
				return
			}
			p := got.read(t)
			if p["code"] != tc.code || got.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("got %v as %s, want %s as a problem", p["code"], got.Header.Get("Content-Type"), tc.code)
			}
			if tc.status == http.StatusUnauthorized && got.Header.Get("WWW-Authenticate") == "" {
				t.Error("401 without WWW-Authenticate")
			}
		})
	}
}

func TestWhoMaySeeThePages(t *testing.T) {
	t.Parallel()
	with, dev := open(t, nil), open(t, local)
	off := open(t, func(cfg *console.Config) { cfg.Tokens = nil })
	for _, tc := range []struct {
		name   string
		house  *house
		header []string
		status int
		says   string
	}{
		{"dev", dev, nil, 200, "Acme Energy"},
		{"dev, from elsewhere", dev, []string{"From", "192.0.2.7:1234"}, 403, "not_from_here"},
		{"dev, by a foreign name", dev, []string{"Host", "evil.example"}, 421, "wrong_host"},
		{"serve, without the token", with, nil, 401, "token as the password"},
		{"serve, with another", with, []string{"Password", "nope"}, 401, "token as the password"},
		{"serve, with the token", with, []string{"Password", token}, 200, "Acme Energy"},
		{"serve, no token is set", off, []string{"Password", ""}, 404, "PAYDIAL_API_TOKEN"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := tc.house.ask("/", tc.header...)
			if got.StatusCode != tc.status || !got.holds(tc.says) {
				t.Errorf("got %d %s, want %d and %q", got.StatusCode, got.body, tc.status, tc.says)
			}
			if asks := got.Header.Get("WWW-Authenticate") != ""; asks != (tc.status == http.StatusUnauthorized) {
				t.Errorf("asks for a password: %t", asks)
			}
		})
	}
}

// TestEveryAnswerKeepsToItself looks at the headers of pages, API answers, files and refusals.
func TestEveryAnswerKeepsToItself(t *testing.T) {
	t.Parallel()
	h := open(t, local)
	for _, path := range []string{"/", "/calls/CAnone", "/api/v1/flows", "/api/openapi.json", "/assets/css/base.css", "/assets/none"} {
		got := h.api(path)
		policy := got.Header.Get("Content-Security-Policy")
		if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, policy)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := got.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s lets other origins read it", path)
		}
	}
}
