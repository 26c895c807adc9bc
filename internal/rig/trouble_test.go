package rig_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

// redirected finds where an answer sends Twilio.
var redirected = regexp.MustCompile(`<Redirect>([^<]*)</Redirect>`)

// TestRedisAway takes Redis away in mid-call: the caller is kept on the line, and what was keyed is not lost.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	redis := miniredis.RunT(t)
	r := rig.Start(t, local.Options{RedisURL: "redis://" + redis.Addr() + "/0"})
	call := sid("7")
	r.Webhook("/voice", rig.Form(call))
	redis.SetError("LOADING Redis is loading the dataset in memory")
	kept := r.Webhook("/voice/turn/1", rig.Form(call, "Digits", "1"))
	to := redirected.FindStringSubmatch(kept.Body)
	if kept.Status != http.StatusOK || !strings.Contains(kept.Body, "<Pause") || to == nil {
		t.Fatalf("while Redis is away: %d %s", kept.Status, kept.Body)
	}
	redis.SetError("")
	back := r.Webhook(html.UnescapeString(to[1]), rig.Form(call)) // a redirect brings no keys of its own
	if !strings.Contains(back.Body, "/voice/turn/2") || !strings.Contains(back.Body, "account number") {
		t.Errorf("the turn that came back: %s", back.Body)
	}
	if again := r.Webhook("/voice/turn/1", rig.Form(call, "Digits", "1")); again != back {
		t.Errorf("the same turn once more: %s", again.Body)
	}
}

// TestFallback uses the fallback URL as Twilio does when it cannot use an answer: the last good answer is played
// again, and after a few times the caller is told why the call ends.
func TestFallback(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	call := sid("6")
	r.Webhook("/voice", rig.Form(call))
	first := r.Webhook("/voice/turn/1", rig.Form(call, "Digits", "1"))
	trouble := rig.Form(call, "ErrorCode", "11200", "ErrorUrl", r.AppURL+"/voice/turn/2")
	for range 3 {
		got := r.Webhook("/voice/fallback", trouble)
		if !strings.Contains(got.Body, "<Redirect>/voice/turn/1</Redirect>") {
			t.Fatalf("fallback: %s", got.Body)
		}
		if again := r.Webhook("/voice/turn/1", rig.Form(call)); again != first {
			t.Errorf("the last answer was not played again: %s", again.Body)
		}
	}
	last := r.Webhook("/voice/fallback", trouble)
	if !strings.Contains(last.Body, "<Say>") || !strings.Contains(last.Body, "<Hangup/>") {
		t.Errorf("after three times: %s", last.Body)
	}
	if got := r.Webhook("/voice/turn/2", rig.Form(call, "Digits", "12345678")); !strings.Contains(got.Body, "/voice/turn/3") {
		t.Errorf("the turn itself was used up: %s", got.Body)
	}
}

// TestSlowService rings with an account whose look-up takes longer than a caller waits in silence, and one whose
// service fails: the first hears that it takes a moment, both are led on.
func TestSlowService(t *testing.T) {
	t.Parallel()
	for account, hears := range map[string][]string{
		"50400000": {"One moment while I find your account."},
		"50000000": {"something went wrong on our side"},
	} {
		t.Run(account, func(t *testing.T) {
			t.Parallel()
			r := rig.Start(t, local.Options{})
			got := r.Call(rig.Script(t, "1,"+account, ""))
			for _, want := range hears {
				if strings.Count(got.Said(), want) != 1 {
					t.Errorf("the caller did not hear %q once, but\n%s", want, got.Said())
				}
			}
			if got.Outcome == "" {
				t.Errorf("no outcome; scenes %v", got.Scenes)
			}
		})
	}
}
