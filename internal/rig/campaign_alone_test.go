package rig_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

// TestNobodyTakesTheCall rings people who ask for a person: who is left alone counts as abandoned, who is served does not.
func TestNobodyTakesTheCall(t *testing.T) {
	t.Parallel()
	flow := strings.Replace(outboundFlow, "          1: { to: renew, go: renewed }\n",
		"          1: { to: renew, go: renewed }\n          2: { to: speak with someone, go: agent }\n", 1) +
		"  agent:\n    - transfer: desk\n      then: { no_answer: goodbye, busy: goodbye, failed: goodbye }\n"
	project := outboundProject + "teams:\n  desk: { number: \"" + nobodyAt + "\" }\n"
	r := rig.Start(t, local.Options{CallsPerSecond: -1, Bundle: flows.Bundle{Files: []flows.File{
		{Path: "flows/renew.yaml", Source: []byte(flow)}, {Path: "paydial.yaml", Source: []byte(project)},
	}}})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	person{t, r, map[string]string{"+13125550101": "2", "+13125550102": "1"}}.begin()
	all := r.Local.App.Campaigns
	file := strings.ReplaceAll(outboundCampaign, "NAME", "spring") + "stop_by_itself_if: { abandoned: more than 3% of answered calls }\n"
	_, _, err := all.Create(ctx, campaigns.CreateRequest{
		File: flows.File{Path: "campaigns/spring.yaml", Source: []byte(file)},
		Contacts: strings.NewReader("id,phone,first,zone,consent\n" +
			"M-1,+13125550101,Dana,America/Chicago,2025-05-01\nM-2,+13125550102,Luis,America/Chicago,2025-05-01\n"),
	})
	if err == nil {
		err = all.Start(ctx, "spring", campaigns.StartOptions{}, campaigns.Act{By: "kim"})
	}
	if err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		st, err := all.Status(ctx, "spring")
		if err != nil {
			t.Fatal(err)
		}
		if st.State == campaigns.StateCompleted {
			raw, _ := json.Marshal(st.Figures)
			if len(st.Figures) != 1 || st.Figures[0].Of != 2 || st.Figures[0].Now != 50 {
				t.Errorf("one of two was left alone: %s, %+v", raw, st.Outcomes)
			}
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("no end: %+v\n%s", st, r.Get(r.SimURL+"/sim/v1/calls"))
		case <-tick.C:
		}
	}
}
