package rig_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

const outboundFlow = `format: 1
flow: renew
about: Somebody is rung, and can renew by a key.
direction: outbound
speaks: [en-US]
needs: { first_name: text }
scenes:
  greet:
    - menu:
        say: This is Acme Energy with a message for ${first_name}.
        options:
          9: { to: stop these calls, go: stop }
          1: { to: renew, go: renewed }
      then: { gave_up: goodbye }
  stop:
    - opt_out: company
      say: You are off our list. Goodbye.
  renewed:
    - outcome: renewed
    - hang_up: Thank you, ${contact.id} of ${campaign.name}.
  goodbye:
    - hang_up: Goodbye.
`

const outboundProject = `format: 1
line: Acme Energy
timezone: America/New_York
languages: [en-US]
numbers: { "+15550100000": renew }
payments: { connector: sandbox, currency: usd }
outbound: { calls_per_second: 10, at_once: 50 }
`

// outboundCampaign rings at any time.
const outboundCampaign = `format: 1
campaign: NAME
flow: renew
call_from: ["+15550100000"]
kind: renewal
contacts: lists/spring.csv
columns: { id: id, phone: phone, first_name: first, timezone: zone, consent: consent }
calling_hours: { mon-sun: "00:00-24:00" }
pace: { at_once: 5, per_minute: 600 }
ring_for: 20s
answering_machine: { detect: off }
never_call: [company]
needs_consent: yes
rules_off: { calling_hours: "the test runs at any time", holidays: "and on any day", identity_first: "x", opt_out_first: "x" }
`

// nobodyAt is the number of a team that takes no call.
const nobodyAt = "+15550100077"

// person plays whoever is rung: they answer, and press keys.
type person struct {
	t    *testing.T
	r    *rig.Rig
	keys map[string]string // number to what is pressed
	// leaves is who hangs up when somebody's phone is in a state: "+15550100078 ringing". Who takes calls is answered.
	leaves map[string]string
}

func (p person) post(path, body string) {
	resp, err := http.Post(p.r.SimURL+path, "application/json", bytes.NewBufferString(body))
	if err != nil {
		p.t.Error(err)
		return
	}
	resp.Body.Close()
}

// begin answers whoever is rung until the test ends, and is done with that before what it asks is closed.
func (p person) begin() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.live(ctx)
	}()
	p.t.Cleanup(func() {
		cancel()
		<-done
	})
}

// live answers whoever is rung until ctx ends.
func (p person) live(ctx context.Context) {
	answered, pressed := map[string]bool{}, map[string]bool{}
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var list struct {
			Calls []struct {
				SID     string `json:"call_sid"`
				Status  string
				To      string
				Waiting string `json:"waiting_for"`
			}
		}
		raw := p.r.Get(p.r.SimURL + "/sim/v1/calls")
		if json.Unmarshal([]byte(raw), &list) != nil {
			_ = json.Unmarshal([]byte(raw), &list.Calls)
		}
		sids := map[string]string{}
		for _, c := range list.Calls {
			sids[c.To] = c.SID
		}
		for _, c := range list.Calls {
			if who := p.leaves[c.To+" "+c.Status]; who != "" {
				p.post("/sim/v1/calls/"+sids[who]+"/hangup", `{}`)
				continue
			}
			if c.Status == "ringing" && !answered[c.SID] {
				answered[c.SID] = true
				if c.To == nobodyAt {
					p.post("/sim/v1/calls/"+c.SID+"/hangup", `{}`)
					continue
				}
				p.post("/sim/v1/calls/"+c.SID+"/answer", `{"by": "human"}`)
			}
			if c.Status == "in-progress" && c.Waiting != "" && !pressed[c.SID] {
				pressed[c.SID] = true
				p.post("/sim/v1/calls/"+c.SID+"/digits", fmt.Sprintf(`{"digits": %q}`, p.keys[c.To]))
			}
		}
	}
}

// TestACampaignsCalls rings people with a real flow: who renews, who opts out, and what that means for the next campaign.
func TestACampaignsCalls(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{Bundle: flows.Bundle{Files: []flows.File{
		{Path: "flows/renew.yaml", Source: []byte(outboundFlow)}, {Path: "paydial.yaml", Source: []byte(outboundProject)},
	}}})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	person{t: t, r: r, keys: map[string]string{"+13125550101": "1", "+13125550102": "9"}}.begin()
	all := r.Local.App.Campaigns
	run := func(name string) campaigns.Status {
		t.Helper()
		_, _, err := all.Create(ctx, campaigns.CreateRequest{
			File: flows.File{Path: "campaigns/" + name + ".yaml", Source: []byte(strings.ReplaceAll(outboundCampaign, "NAME", name))},
			Contacts: strings.NewReader("id,phone,first,zone,consent\n" +
				"M-1,+13125550101,Dana,America/Chicago,2025-05-01\nM-2,+13125550102,Luis,America/Chicago,2025-05-01\n"),
		})
		if err == nil {
			err = all.Start(ctx, name, campaigns.StartOptions{}, campaigns.Act{By: "kim"})
		}
		if err != nil {
			t.Fatal(err)
		}
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			st, err := all.Status(ctx, name)
			if err != nil {
				t.Fatalf("%v", err)
			}
			if st.State == campaigns.StateCompleted {
				return st
			}
			select {
			case <-ctx.Done():
				t.Fatalf("no end: %+v\n%s", st, r.Get(r.SimURL+"/sim/v1/calls"))
			case <-tick.C:
			}
		}
	}
	st := run("spring")
	want := map[string]int{"renewed": 1, "opted_out": 1}
	for _, o := range st.Outcomes {
		if want[o.Outcome] != o.People {
			t.Errorf("outcomes %+v", st.Outcomes)
		}
		delete(want, o.Outcome)
	}
	if len(want) != 0 {
		t.Errorf("no %v in %+v", want, st.Outcomes)
	}
	p, err := all.Person(ctx, "spring", "M-1")
	if err != nil || len(p.History) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	var kept struct{ Flow, Outcome, Campaign string }
	if err := r.TryAPI(ctx, "/api/v1/calls/"+p.History[0].CallSID, &kept); err != nil || kept.Flow != "renew" || kept.Outcome != "renewed" {
		t.Errorf("the call: %+v, %v", kept, err)
	}
	if heard := r.Get(r.SimURL + "/sim/v1/calls/" + p.History[0].CallSID); !strings.Contains(heard, "a message for Dana") || !strings.Contains(heard, "Thank you, M-1 of spring") {
		t.Errorf("heard: %s", heard)
	}
	st = run("summer")
	if len(st.Refused) != 1 || st.Refused[0].Reason != "opted_out" {
		t.Errorf("who opted out is rung again: %+v %+v", st.Outcomes, st.Refused)
	}
}
