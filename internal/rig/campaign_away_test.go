package rig_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/rig"
)

// TestStoppingWhileRedisIsAway pauses one campaign while Redis stands still, and stops everything when it is gone: both take
// effect within a second.
func TestStoppingWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	url := redistest.Real(t)
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(o)
	defer client.Close()
	r := rig.Start(t, local.Options{CallsPerSecond: -1, RedisURL: url, Bundle: flows.Bundle{Files: []flows.File{
		{Path: "flows/renew.yaml", Source: []byte(outboundFlow)}, {Path: "paydial.yaml", Source: []byte(outboundProject)},
	}}})
	all, list := r.Local.App.Campaigns, "id,phone,first,zone,consent\n"
	for i := range 100 {
		list += fmt.Sprintf("M-%d,+1312555%04d,Dana,America/Chicago,2025-05-01\n", i, i)
	}
	for _, name := range []string{"spring", "summer"} {
		file := strings.Replace(strings.ReplaceAll(outboundCampaign, "NAME", name), "at_once: 5", "at_once: 50", 1)
		_, _, err := all.Create(t.Context(), campaigns.CreateRequest{
			File: flows.File{Path: "campaigns/" + name + ".yaml", Source: []byte(file)}, Contacts: strings.NewReader(list),
		})
		if err == nil {
			err = all.Start(t.Context(), name, campaigns.StartOptions{}, campaigns.Act{By: "kim"})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "calls", func() bool {
		st, err := all.Status(t.Context(), "spring")
		return err == nil && st.Counts.Calling > 2
	})
	ask := func(path string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, http.MethodPost, r.AppURL+path, strings.NewReader("{}"))
		req.Header.Set("Authorization", "Bearer "+r.APIToken)
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	if err := client.Do(t.Context(), "CLIENT", "PAUSE", 1500, "ALL").Err(); err != nil {
		t.Fatal(err)
	}
	ask("/api/v1/campaigns/spring/pause")
	_ = client.Do(t.Context(), "SHUTDOWN", "NOSAVE")
	ask("/api/v1/campaigns/stop")
	for _, name := range []string{"spring", "summer"} {
		if one, err := all.Get(t.Context(), name); err != nil || one.State != campaigns.StatePaused {
			t.Errorf("%s: %s, %v", name, one.State, err)
		}
	}
}
