package rig

import (
	"cmp"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/server"
)

// Parts says which processes to run: Servers instances of the app on one Redis and one database, the simulator,
// and in front of the servers a proxy that gives each request to the next one.
type Parts struct {
	Servers     int
	RedisURL    string
	DatabaseURL string
	Dir         string   // project directory
	Simulator   []string // more arguments for the simulator
	LogLevel    string   // of the servers; "": warn
	Twilio      string   // base URL by which the servers reach the simulator's REST API; "": its own
}

// Cluster is the app and the simulator as processes of their own.
type Cluster struct {
	Rig
	Servers   []*Process
	Simulator *Process
	Requests  []*atomic.Int64 // how many requests each server got
}

// StartParts starts the processes. The test's end kills them.
func StartParts(t testing.TB, p Parts) *Cluster {
	t.Helper()
	front, err := server.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = front.Close() })
	sim := FreePort(t)
	if p.LogLevel == "" {
		p.LogLevel = "warn"
	}
	c := &Cluster{Rig: Rig{AppURL: front.URL(), SimURL: "http://" + sim, APIToken: local.APIToken, t: t}}
	args := append([]string{"simulator", "--listen", sim, "--number", Line + "=" + front.URL() + "/voice"}, p.Simulator...)
	c.Simulator = NewProcess(t, nil, args...)
	c.Simulator.Start()
	env := []string{
		"TWILIO_ACCOUNT_SID=" + local.AccountSID, "TWILIO_AUTH_TOKEN=" + local.AuthToken,
		"PAYDIAL_TWILIO_API_URL=" + cmp.Or(p.Twilio, c.SimURL), "PAYDIAL_PUBLIC_URL=" + front.URL(), "PAYDIAL_DIR=" + p.Dir,
		"PAYDIAL_REDIS_URL=" + p.RedisURL, "PAYDIAL_DATABASE_URL=" + p.DatabaseURL, "PAYDIAL_API_TOKEN=" + local.APIToken,
	}
	var targets []*url.URL
	for range p.Servers {
		addr := FreePort(t)
		s := NewProcess(t, env, "serve", "--listen", addr, "--log-level", p.LogLevel,
			"--service", "billing="+c.SimURL+"/demo/billing")
		s.Start()
		c.Servers = append(c.Servers, s)
		c.Requests = append(c.Requests, &atomic.Int64{})
		targets = append(targets, &url.URL{Scheme: "http", Host: addr})
	}
	front.Serve(roundRobin(targets, c.Requests))
	return c
}

// roundRobin gives each request to the next target. One that does not answer makes the proxy answer 502, as a
// real one does.
func roundRobin(targets []*url.URL, count []*atomic.Int64) http.Handler {
	var next atomic.Int64
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			i := int(next.Add(1)) % len(targets)
			count[i].Add(1)
			r.SetURL(targets[i])
		},
		Transport: &http.Transport{MaxIdleConnsPerHost: 64},
	}
}
