//go:build !nosimulator

package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestSimulator(t *testing.T) {
	t.Parallel()
	s := start(t, nil, "simulator", "--listen", "127.0.0.1:0", "--connector", "own,cards=any,mode=live,timeout=2s,retries=0", "--pay-attempts", "1",
		"--number", "+15550100000=http://127.0.0.1:1/voice", "--number", "+15550100001=https://example.com/voice/")
	out := s.out.text()
	fits(t, "simulator", out)
	for _, want := range []string{"AC00000000000000000000000000000001", "simulated-auth-token", "+1 555 010 0000", "http://127.0.0.1:1/voice"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	_, base, _ := strings.Cut(out, "http://")
	base = "http://" + strings.Fields(base)[0]
	var list struct{ Numbers []struct{ Phone string } }
	resp, err := http.Get(base + "/sim/v1/numbers")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil || len(list.Numbers) != 2 {
		t.Errorf("numbers %+v, %v", list, err)
	}
	if got := status(t, base+"/phone"); got != http.StatusOK {
		t.Errorf("GET /phone: %d", got)
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestSimulatorRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args  []string
		words []string
	}{
		{[]string{"--number", "+15550100000"}, []string{`--number "+15550100000": write +15550100000=http://127.0.0.1:8080/voice`}},
		{[]string{"--number", "15550100000=http://127.0.0.1/voice"}, []string{"write +15550100000="}},
		{[]string{"--number", "+1555=http://127.0.0.1/voice"}, []string{`number "+1555"`}},
		{[]string{"--number", "+15550100000=httpx"}, []string{"httpx"}},
		{[]string{"--connector", "=x"}, []string{"it needs a name"}},
		{[]string{"--connector", "a,cards=mine"}, []string{`"cards=mine" is not known; there are cards=any`}},
		{[]string{"--connector", "a,timeout=soon"}, []string{`timeout "soon"`}},
		{[]string{"--connector", "a,retries=-2"}, []string{`retries "-2"`}},
		{[]string{"--pay-attempts", "4"}, []string{"1 to 3 is meant"}},
		{[]string{"--auto-answer", "dog"}, []string{"one of human, machine,"}},
		{[]string{"--pace", "-1"}, []string{"pace -1"}},
		{[]string{"--connector", "a=http://example.com/pay"}, []string{"https or loopback"}},
		{[]string{"--connector", "a", "--connector", "a"}, []string{"twice"}},
		{[]string{"--log-level", "loud"}, []string{"debug, info, warn and error"}},
		{[]string{"surplus"}, []string{"paydial simulator --help"}},
	} {
		paydial(t, nil, append([]string{"simulator", "--listen", "127.0.0.1:0"}, c.args...)...).want(t, exitUsage, c.words...)
	}
	paydial(t, nil, "dev", "--connector", "a=http://example.com/pay", "--listen", "127.0.0.1:0", "--simulator-listen", "127.0.0.1:0").
		want(t, exitUsage, "https or loopback")
}

func TestCards(t *testing.T) {
	t.Parallel()
	r := paydial(t, nil, "cards")
	r.want(t, 0, "4242 4242 4242 4242", "3782 822463 10005", "declined: insufficient funds", "silent", "hangup")
	fits(t, "cards", r.out)
	for line := range strings.Lines(r.out) {
		if f := strings.Fields(line); len(f) == 1 {
			t.Errorf("card %s has no word on what it does", f[0])
		}
	}
}
