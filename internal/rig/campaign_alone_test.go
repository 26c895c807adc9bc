package rig_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/rig"
)

// TestWhoIsLeftAlone rings people of whom some are left alone, which counts as abandoned: nobody takes their call, they give
// up waiting for somebody, or our first words come late. Who was served and then hangs up is not, nor is who renews.
func TestWhoIsLeftAlone(t *testing.T) {
	t.Parallel()
	flow := strings.Replace(outboundFlow, "          1: { to: renew, go: renewed }\n",
		"          1: { to: renew, go: renewed }\n          2: { to: reach a, go: busy }\n          3: { to: reach b, go: ringing }\n          4: { to: reach c, go: served }\n", 1)
	for _, team := range []string{"busy", "ringing", "served"} {
		flow += "  " + team + ":\n    - transfer: " + team + "\n      then: { no_answer: goodbye, busy: goodbye, failed: goodbye }\n"
	}
	project := outboundProject + "teams:\n  busy: { number: \"" + nobodyAt + "\" }\n  ringing: { number: \"+15550100078\" }\n  served: { number: \"+15550100079\" }\n"
	url := redistest.Real(t)
	r := rig.Start(t, local.Options{CallsPerSecond: -1, RedisURL: url, Wrap: slowAt(t, url, "5"), Bundle: flows.Bundle{Files: []flows.File{
		{Path: "flows/renew.yaml", Source: []byte(flow)}, {Path: "paydial.yaml", Source: []byte(project)},
	}}})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	person{
		t: t, r: r,
		keys:   map[string]string{"+13125550101": "2", "+13125550102": "1", "+13125550103": "3", "+13125550104": "1", "+13125550105": "4"},
		leaves: map[string]string{"+15550100078 ringing": "+13125550103", "+15550100079 in-progress": "+13125550105"},
	}.begin()
	all := r.Local.App.Campaigns
	file := strings.Replace(strings.ReplaceAll(outboundCampaign, "NAME", "spring"), "at_once: 5", "at_once: 1", 1) +
		"stop_by_itself_if: { abandoned: more than 3% of answered calls }\n"
	list := "id,phone,first,zone,consent\n"
	for _, n := range []string{"1", "2", "3", "4", "5"} {
		list += "M-" + n + ",+1312555010" + n + ",Dana,America/Chicago,2025-05-01\n"
	}
	_, _, err := all.Create(ctx, campaigns.CreateRequest{
		File: flows.File{Path: "campaigns/spring.yaml", Source: []byte(file)}, Contacts: strings.NewReader(list),
	})
	if err == nil {
		err = all.Start(ctx, "spring", campaigns.StartOptions{}, campaigns.Act{By: "kim"})
	}
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end", func() bool {
		st, err := all.Status(ctx, "spring")
		return err == nil && st.State == campaigns.StateCompleted
	})
	st, err := all.Status(ctx, "spring")
	if raw, _ := json.Marshal(st.Figures); err != nil || len(st.Figures) != 1 || st.Figures[0].Of != 5 || st.Figures[0].Now != 60 {
		t.Errorf("three of five were left alone: %s, %+v, %v", raw, st.Outcomes, err)
	}
}

// slowAt has Redis stand still for a while when a row's call arrives.
func slowAt(t *testing.T, url, row string) func(http.Handler) http.Handler {
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(o)
	t.Cleanup(func() { _ = client.Close() })
	var once atomic.Bool
	return func(app http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/voice" && r.URL.Query().Get("row") == row && once.CompareAndSwap(false, true) {
				if err := client.Do(r.Context(), "CLIENT", "PAUSE", 2300, "ALL").Err(); err != nil {
					t.Error(err)
				}
			}
			app.ServeHTTP(w, r)
		})
	}
}
