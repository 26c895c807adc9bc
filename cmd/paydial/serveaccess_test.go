package main

import (
	"testing"

	"github.com/paydial/paydial/internal/server"
)

// TestPeopleAccess: without a token nobody may read, but for a server that is being tried on this computer.
func TestPeopleAccess(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		token, twilio, public string
		want                  string // the token that opens the pages
		loopback              bool
	}{
		"a token":                        {"secret", "", "https://pay.example.com", "secret", false},
		"a token and the simulator":      {"secret", "http://127.0.0.1:8090", "http://127.0.0.1:8080", "secret", false},
		"Twilio itself":                  {"", "", "https://pay.example.com", "", false},
		"the simulator":                  {"", "http://127.0.0.1:8090", "http://127.0.0.1:8080", server.DevAPIToken, true},
		"the simulator by name":          {"", "http://localhost:8090", "http://[::1]:8080", server.DevAPIToken, true},
		"a simulator elsewhere":          {"", "http://10.0.0.7:8090", "http://127.0.0.1:8080", "", false},
		"a public address":               {"", "http://127.0.0.1:8090", "https://pay.example.com", "", false},
		"a name that only looks like it": {"", "http://127.0.0.1.example.com", "http://127.0.0.1:8080", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := values{
				"api-token": {text: c.token}, "twilio-api-url": {text: c.twilio}, "public-url": {text: c.public},
			}
			got := peopleAccess(v)
			token := ""
			if len(got.Tokens) == 1 {
				token = got.Tokens[0]
			}
			if token != c.want || got.LoopbackOnly != c.loopback {
				t.Errorf("token %q, loopback only %v, want %q, %v", token, got.LoopbackOnly, c.want, c.loopback)
			}
		})
	}
}
