package rig_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

// sid makes a CallSid of a letter, so that a test's calls can be told apart.
func sid(letter string) string { return "CA" + strings.Repeat(letter, 32) }

// TestWebhookTwice posts every turn twice: the second copy gets the first one's answer and moves nothing.
func TestWebhookTwice(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	steps := []struct {
		path  string
		pairs []string
		want  string
	}{
		{"/voice", nil, "/voice/turn/1"},
		{"/voice/turn/1", []string{"Digits", "1"}, "/voice/turn/2"},
		{"/voice/turn/2", []string{"Digits", "12345678"}, "/voice/turn/3"},
		{"/voice/turn/3", []string{"Digits", "1"}, "<Pay "},
	}
	for _, s := range steps {
		first := r.Webhook(s.path, rig.Form(sid("a"), s.pairs...))
		if first.Status != http.StatusOK || !strings.Contains(first.Body, s.want) {
			t.Fatalf("%s: %d %s, want %s in it", s.path, first.Status, first.Body, s.want)
		}
		if again := r.Webhook(s.path, rig.Form(sid("a"), s.pairs...)); again != first {
			t.Errorf("%s repeated: %s\nfirst: %s", s.path, again.Body, first.Body)
		}
	}
	// The same turn with other keys keeps its first answer.
	last := r.Webhook("/voice/turn/3", rig.Form(sid("a"), "Digits", "1"))
	if other := r.Webhook("/voice/turn/3", rig.Form(sid("a"), "Digits", "2")); other != last {
		t.Errorf("turn 3 with other keys was answered anew: %s", other.Body)
	}
}

// TestWebhookAtOnce posts 8 copies of one turn at the same moment, on 25 calls: all get the same answer.
func TestWebhookAtOnce(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	for call := range 25 {
		id := "CA" + strings.Repeat("b", 30) + string([]byte{'0' + byte(call/10), '0' + byte(call%10)})
		r.Webhook("/voice", rig.Form(id))
		form := rig.Form(id, "Digits", "1")
		signature := r.Sign(local.AuthToken, "/voice/turn/1", form)
		var wg sync.WaitGroup
		answers := make([]rig.Answer, 8)
		for i := range answers {
			wg.Go(func() {
				var err error
				if answers[i], err = r.TryPost("/voice/turn/1", form.Encode(), signature); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, a := range answers {
			if a != answers[0] || !strings.Contains(a.Body, "/voice/turn/2") {
				t.Fatalf("copies differ: %s\nand %s", a.Body, answers[0].Body)
			}
		}
	}
}

// TestWebhookLate posts a turn that is long over and one that is still to come: both are led back to where the
// call stands, and nothing moves.
func TestWebhookLate(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	r.Webhook("/voice", rig.Form(sid("c")))
	for n, keys := range []string{"1", "99999999", "99999999"} {
		r.Webhook("/voice/turn/"+string([]byte{'1' + byte(n)}), rig.Form(sid("c"), "Digits", keys))
	}
	last := r.Webhook("/voice/turn/3", rig.Form(sid("c"), "Digits", "99999999"))
	for _, path := range []string{"/voice/turn/9", "/voice/turn/77"} {
		got := r.Webhook(path, rig.Form(sid("c"), "Digits", "1"))
		if got.Status != http.StatusOK || !strings.Contains(got.Body, "<Redirect>/voice/turn/3</Redirect>") {
			t.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
	}
	if again := r.Webhook("/voice/turn/3", rig.Form(sid("c"), "Digits", "99999999")); again != last {
		t.Errorf("the call moved: %s\nbefore %s", again.Body, last.Body)
	}
}

// TestWebhookRefused sends what is not, or not rightly, from Twilio: each gets its answer and reaches no call.
func TestWebhookRefused(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	r.Webhook("/voice", rig.Form(sid("d")))
	form := rig.Form(sid("d"), "Digits", "1")
	right := r.Sign(local.AuthToken, "/voice/turn/1", form)
	other := rig.Form(sid("d"), "Digits", "1")
	other.Set("AccountSid", "AC00000000000000000000000000000002")
	big := form.Encode() + "&Padding=" + strings.Repeat("1", 2<<20)
	for _, c := range []struct {
		name, path, body, signature string
		want                        int
	}{
		{"no signature", "/voice/turn/1", form.Encode(), "", http.StatusForbidden},
		{"wrong signature", "/voice/turn/1", form.Encode(), "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", http.StatusForbidden},
		{"another turn's signature", "/voice/turn/2", form.Encode(), right, http.StatusForbidden},
		{"an empty token's signature", "/voice/turn/1", form.Encode(), r.Sign("", "/voice/turn/1", form), http.StatusForbidden},
		{"a parameter twice", "/voice/turn/1", form.Encode() + "&Digits=2", right, http.StatusForbidden},
		{"malformed", "/voice/turn/1", "Digits=%zz", right, http.StatusForbidden},
		{"another account", "/voice/turn/1", other.Encode(), r.Sign(local.AuthToken, "/voice/turn/1", other), http.StatusForbidden},
		{"two megabytes", "/voice/turn/1", big, right, http.StatusRequestEntityTooLarge},
		{"no number", "/voice/turn/x", form.Encode(), r.Sign(local.AuthToken, "/voice/turn/x", form), http.StatusNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := r.Post(c.path, c.body, c.signature)
			if got.Status != c.want || got.Body != "" {
				t.Errorf("%d %q, want %d without a body", got.Status, got.Body, c.want)
			}
		})
	}
	// The call has not moved: the rightly signed turn is still to be answered for the first time.
	if got := r.Webhook("/voice/turn/1", form); !strings.Contains(got.Body, "/voice/turn/2") {
		t.Errorf("after the refusals turn 1 answers %s", got.Body)
	}
}

// TestUnknownCall posts a turn of a call nobody knows: the caller hears why it ends.
func TestUnknownCall(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	got := r.Webhook("/voice/turn/4", rig.Form(sid("e"), "Digits", "1"))
	if got.Status != http.StatusOK || !strings.Contains(got.Body, "<Say>") || !strings.Contains(got.Body, "<Hangup/>") {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	form := rig.Form(sid("f"))
	form.Set("To", "+15550109999")
	if got := r.Webhook("/voice", form); !strings.Contains(got.Body, "not in service") {
		t.Errorf("a number without a flow: %s", got.Body)
	}
}

// TestCardDigitsOutsidePay keys a card number into a question: it is dropped, asked again, and flagged.
func TestCardDigitsOutsidePay(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	r.Webhook("/voice", rig.Form(sid("9")))
	r.Webhook("/voice/turn/1", rig.Form(sid("9"), "Digits", "1"))
	got := r.Webhook("/voice/turn/2", rig.Form(sid("9"), "Digits", "4242424242424242"))
	if !strings.Contains(got.Body, "<Gather") || strings.Contains(got.Body, "4242") {
		t.Errorf("answer %s", got.Body)
	}
	if page := r.Get(r.AppURL + "/calls/" + sid("9")); strings.Contains(page, "42424242") || !strings.Contains(page, "card") {
		t.Error("the call's page does not flag the digits, or shows them")
	}
}

// TestMetrics reads the figures: they count what happened, by route and status, and only for who has the token.
func TestMetrics(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	r.Webhook("/voice", rig.Form(sid("8")))
	r.Webhook("/voice", rig.Form(sid("8")))
	r.Post("/voice", "x=1", "")
	text := r.Get(r.AppURL + "/metrics")
	for _, want := range []string{
		`paydial_webhook_seconds_count{route="/voice",status="200"} 2`, "paydial_turns_run_total 1",
		"paydial_turns_replayed_total 1", `paydial_webhooks_refused_total{status="403"} 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	resp, err := http.Get(r.AppURL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a token: %s", resp.Status)
	}
}
