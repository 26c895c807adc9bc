package rig_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/internal/pgtest"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/rig"
)

// liveCalls is how many calls are on the line when the campaign is paused.
const liveCalls = 100

// atAnyHour switches off what says when people may be rung.
const atAnyHour = ", calling_hours: and at any hour"

// placed is a line of Twilio's own log of the calls it was asked for.
type placed struct {
	To       string            `json:"to"`
	Query    map[string]string `json:"query"`
	PostedAt time.Time         `json:"posted_at"`
	EndedAt  time.Time         `json:"ended_at"`
	Status   string            `json:"status"`
}

func placedCalls(t *testing.T, c *rig.Cluster) []placed {
	t.Helper()
	var all []placed
	for lines := json.NewDecoder(bytes.NewReader(fetched(t, c.SimURL+"/sim/v1/calls/log"))); ; {
		var p placed
		if err := lines.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// ringing starts a server with its worker, and a Twilio with a crowd.
func ringing(t *testing.T, m *many, crowd string) *rig.Cluster {
	t.Helper()
	return rig.StartParts(t, rig.Parts{
		Servers: 1, RedisURL: redistest.Real(t), DatabaseURL: pgtest.Start(t), Dir: m.dir,
		Simulator: []string{"--calls-per-second", "-1", "--crowd", m.write("crowd.json", crowd)},
	})
}

// api sends a wish to the app's API, and gives its answer.
func api(t *testing.T, c *rig.Cluster, method, path, kind, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.AppURL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.APIToken)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Idempotency-Key", fmt.Sprintf("%s-%d", strings.ReplaceAll(path, "/", "-"), time.Now().UnixNano()))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 || strings.Contains(string(answer), `"line":"problem"`) {
		t.Fatalf("%s %s: %s %s %v", method, path, resp.Status, answer, err)
	}
	return string(answer)
}

// startOver creates a campaign from a file and a list over the API, and starts it.
func (m *many) startOver(t *testing.T, c *rig.Cluster, name, file, list string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, part := range []struct{ field, name, text string }{
		{"campaign", "campaigns/" + name + ".yaml", file}, {"list", "lists/never.txt", "+15550009999\n"}, {"contacts", "many.csv", list},
	} {
		w, err := form.CreateFormFile(part.field, part.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, part.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	api(t, c, http.MethodPost, "/api/v1/campaigns", form.FormDataContentType(), body.String())
	api(t, c, http.MethodPost, "/api/v1/campaigns/"+name+"/start", "application/json", "{}")
}

func statusOf(t *testing.T, c *rig.Cluster, name string) (st campaigns.Status) {
	t.Helper()
	if err := json.Unmarshal([]byte(api(t, c, http.MethodGet, "/api/v1/campaigns/"+name+"/status", "", "")), &st); err != nil {
		t.Fatal(err)
	}
	return st
}

// TestPauseWhileCallsAreLive pauses a campaign while a hundred people are on the line: nobody is rung a second later, and
// who is on the line is not cut off.
func TestPauseWhileCallsAreLive(t *testing.T) {
	t.Parallel()
	m := newMany(t, 1000)
	c := ringing(t, m, `{"seed": 1, "pace": 0.25, "weights": {"pays": 1, "later": 1}}`)
	m.startOver(t, c, campaignName, fmt.Sprintf(campaignFile, "00:00-24:00", atAnyHour), m.text)
	eventually(t, "a hundred live calls", func() bool { return statusOf(t, c, campaignName).Counts.Calling >= liveCalls })
	api(t, c, http.MethodPost, "/api/v1/campaigns/"+campaignName+"/pause", "application/json", `{"note":"lunch"}`)
	paused := time.Now()
	st := statusOf(t, c, campaignName)
	if st.State != campaigns.StatePaused || st.Counts.Calling < liveCalls/2 || !strings.Contains(st.Why, "lunch") {
		t.Errorf("paused: %s %q, %d on the line", st.State, st.Why, st.Counts.Calling)
	}
	eventually(t, "the end of all calls", func() bool { return statusOf(t, c, campaignName).Counts.Calling == 0 })
	late, last := 0, time.Duration(0)
	for _, p := range placedCalls(t, c) {
		if after := p.PostedAt.Sub(paused); after > 0 {
			late, last = late+1, max(last, after)
		}
		if p.Status == "canceled" || p.Status == "failed" || p.EndedAt.IsZero() {
			t.Errorf("a call to %s was not left to end: %s", p.To, p.Status)
		}
	}
	t.Logf("%d on the line at the pause; %d calls after it, the last %s later", st.Counts.Calling, late, last)
	if last > time.Second {
		t.Errorf("somebody was rung %s after the pause", last)
	}
	if st := statusOf(t, c, campaignName); st.Counts.Pending == 0 {
		t.Error("everybody was rung before the pause: it showed nothing")
	}
}

// TestAnOptOutIsHeardAtOnce has one campaign ring somebody who opts out, while another waits to ring the same number.
func TestAnOptOutIsHeardAtOnce(t *testing.T) {
	t.Parallel()
	m := newMany(t, 3)
	c := ringing(t, m, `{"seed": 1, "pace": 0.2, "weights": {"opts_out": 1}}`)
	for _, name := range []string{"spring", "summer"} {
		m.startOver(t, c, name, strings.ReplaceAll(fmt.Sprintf(campaignFile, "00:00-24:00", atAnyHour), campaignName, name), m.text)
	}
	eventually(t, "the end of both", func() bool {
		return statusOf(t, c, "spring").State == campaigns.StateCompleted && statusOf(t, c, "summer").State == campaigns.StateCompleted
	})
	rung := map[string]int{}
	for _, p := range placedCalls(t, c) {
		rung[p.To]++
	}
	for number, n := range rung {
		if n != 1 {
			t.Errorf("%s was rung %d times", number, n)
		}
	}
	refused := 0
	for _, name := range []string{"spring", "summer"} {
		for _, r := range statusOf(t, c, name).Refused {
			if r.Reason == "opted_out" || r.Reason == "on_dnc:company" {
				refused += r.People
			}
		}
	}
	if len(rung) != 3 || refused != 3 {
		t.Errorf("%d people were rung and %d refused, want 3 and 3", len(rung), refused)
	}
}
