//go:build !nosimulator

package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/sessions"
)

// tenOClock is when everything happens here.
var tenOClock = time.Date(2026, time.January, 5, 10, 0, 0, 0, time.UTC)

// story is a narrator that is told events by hand.
func story(e env) (*narrator, *screen, func(kind string, pairs ...string)) {
	var out screen
	n := newNarrator(streams{out: &out, err: &out, env: e.lookup, self: "paydial"})
	c := &toldCall{}
	return n, &out, func(kind string, pairs ...string) {
		d := map[string]string{}
		for i := 0; i+1 < len(pairs); i += 2 {
			d[pairs[i]] = pairs[i+1]
		}
		n.event(c, sessions.Event{Call: "CA0123456789abcdef0123456789abcdef", Kind: kind, At: tenOClock}, d)
	}
}

// lines are the lines of a story without their times.
func lines(text string) []string {
	var out []string
	for l := range strings.Lines(text) {
		out = append(out, strings.TrimRight(strings.TrimPrefix(l, tenOClock.Local().Format("15:04:05")), "\n"))
	}
	return out
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the story is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestPayingIsTold follows a card field by field: a slip, the card, and a callback that comes behind the end.
func TestPayingIsTold(t *testing.T) {
	t.Parallel()
	_, out, event := story(nil)
	mask := "xxxxxxxxxxxx4242"
	event("payment", "name", "started", "text", "P1", "amount", "84.20", "currency", "usd")
	event("pay", "payment", "P0", "name", "payment-card-number", "card", mask, "brand", "visa") // of an earlier payment
	event("pay", "payment", "P1", "name", "payment-card-number", "text", "invalid-card-number", "attempt", "1")
	event("pay", "payment", "P1", "name", "payment-card-number", "text", "something-new", "attempt", "2")
	event("pay", "payment", "P1", "name", "payment-card-number", "card", mask, "brand", "visa")
	event("pay", "payment", "P1", "name", "expiration-date", "card", mask, "brand", "visa")
	event("pay", "payment", "P1", "name", "postal-code", "card", mask, "brand", "visa")
	event("pay", "payment", "P1", "name", "security-code", "card", mask, "brand", "visa")
	event("pay", "payment", "P1", "name", "payment-processing", "card", mask, "brand", "visa")
	event("payment", "name", "paid", "amount", "84.20", "currency", "usd", "brand", "visa", "last4", "4242", "confirmation", "X1")
	event("pay", "payment", "P1", "name", "payment-processing", "card", mask, "brand", "visa")
	same(t, lines(out.text()),
		"    ▣   card number not valid, try 1",
		"    ▣   something-new, try 2",
		"    ▣   card ···· ···· ···· 4242 visa",
		"    ▣   card ···· ···· ···· 4242 visa · expiry",
		"    ▣   card ···· ···· ···· 4242 visa · expiry · zip",
		"    ▣   card ···· ···· ···· 4242 visa · expiry · zip · code",
		"    ▣   card ···· ···· ···· 4242 visa · expiry · zip · code · charging",
		"    ✓   paid 84.20 usd   visa 4242   confirmation X1")
	fits(t, "the story", out.text())
}

func TestEveryResultIsTold(t *testing.T) {
	t.Parallel()
	for result, want := range map[string]string{
		"paid":        "    ✓   paid 84.20 usd   visa 4242",
		"saved":       "    ✓   card saved, nothing charged   visa 4242",
		"unknown":     "    ?   unknown: nobody knows whether 84.20 usd was taken",
		"declined":    "    ✗   declined: 84.20 usd not charged",
		"gave_up":     "    ✗   gave up: 84.20 usd not charged",
		"unavailable": "    ✗   unavailable: 84.20 usd not charged",
		"hung_up":     "    ✗   hung up: 84.20 usd not charged",
	} {
		_, out, event := story(nil)
		event("payment", "name", result, "amount", "84.20", "currency", "usd", "brand", "visa", "last4", "4242")
		same(t, lines(out.text()), want)
	}
	if got, want := moneyWords("started", "1.00 usd"), "started: no result for 1.00 usd yet"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := (payment{Result: "paid", Amount: "1.00", Currency: "usd"}).words(), "paid 1.00 usd"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTroubleIsTold(t *testing.T) {
	t.Parallel()
	n, out, event := story(nil)
	event("effect", "kind", "lookup", "method", "GET", "service", "billing", "text", "not_found", "ms", "31")
	event("effect", "kind", "text_message", "text", "sent", "ms", "4")
	event("flag", "text", "digits that look like a card number were dropped")
	event("fallback", "name", "11200")
	event("error", "at", "flows/a.yaml:3:7", "text", "nothing fits")
	event("scene", "name", "welcome") // a column of the next line
	event("note", "text", "for pages only")
	n.line(tenOClock, "!", "")
	same(t, lines(out.text()),
		"        GET billing          31 ms  not found",
		"        text message          4 ms  sent",
		"    !   digits that look like a card number were dropped",
		"    ✗   Twilio could not use the answer: error 11200",
		"    ✗   flows/a.yaml:3:7  nothing fits",
		"    !")
}

// TestLogsAreTold: warnings and errors become lines, those that the feed tells do not come twice.
func TestLogsAreTold(t *testing.T) {
	t.Parallel()
	n, out, _ := story(nil)
	app, sim := n.logger(false, "app"), n.logger(false, "twilio")
	app.Info("turn", "call", "CA1")
	app.Error("flow", "call", "CA1", "error", "told by the feed")
	app.Warn("told by the feed", "flag", "card_digits_dropped")
	app.Warn("webhook refused", "path", "/voice/turn/3", "status", 403)
	app.Warn("webhook refused", "path", "/voice/status", "status", 403)
	app.With("region", "ie1").WithGroup("g").Error("turn", "call", "CA1", "error", "redis is away")
	sim.Warn("call log", "call", "CA1", "code", 12200, "text", "<Pya> is no verb")
	sim.Error("call log", "call", "CA1", "code", 0, "text", "a word of its own")
	var got []string
	for _, l := range lines(out.text()) {
		got = append(got, l[strings.Index(l, "  "):])
	}
	same(t, got,
		"    !   webhook refused  /voice/status  status=403",
		"    ✗   turn  region=ie1  error=redis is away",
		"    !   Twilio 12200  <Pya> is no verb",
		"    ✗   a word of its own")
	n.logger(true, "app").Debug("all of it")
	if !strings.Contains(out.text(), "level=DEBUG msg=\"all of it\" from=app") {
		t.Errorf("verbose does not print the log:\n%s", out.text())
	}
	if !n.logger(false, "app").Enabled(t.Context(), slog.LevelWarn) {
		t.Error("warnings are left out")
	}
}

func TestFirstVerb(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		"": "", "<Response/>": "",
		`<Response><Gather input="dtmf"><Say language="en-US">Press &amp; hold 1.</Say><Say>Or 2.</Say></Gather></Response>`: "<Gather> Press & hold 1.",
		`<Response><Say>Hello.</Say><Gather/></Response>`:                                                                    "<Gather> Hello.",
		`<Response><Pay chargeAmount="84.20" currency="usd"/></Response>`:                                                    "<Pay> 84.20 usd",
		`<Response><Pay currency="usd"/></Response>`:                                                                         "<Pay> to save a card",
		`<Response><Say>One.</Say><Say>Two.</Say><Dial>+1</Dial></Response>`:                                                 "<Dial> Two.",
		`<Response><Pause length="1"/><Redirect>/voice/turn/1</Redirect></Response>`:                                         "<Redirect>",
		`<Response><Say>` + strings.Repeat("long ", 20) + `</Say><Hangup/></Response>`:                                       "<Hangup> " + clip(strings.TrimSpace(strings.Repeat("long ", 20)), maxSaid),
	} {
		if got := firstVerb([]byte(doc)); got != want {
			t.Errorf("firstVerb(%s) = %q, want %q", doc, got, want)
		}
	}
}

func TestWebhooksAreTold(t *testing.T) {
	t.Parallel()
	n, out, _ := story(nil)
	n.webhook(t.Context(), webhook{at: tenOClock, path: "/voice/turn/3", keys: pressed("123456")})
	n.webhook(t.Context(), webhook{at: tenOClock, path: "/voice/turn/3", keys: pressed("*")})
	n.webhook(t.Context(), webhook{at: tenOClock, path: "/voice", status: 403, took: time.Millisecond})
	n.webhook(t.Context(), webhook{at: tenOClock, path: "/voice/turn/12", status: 500, took: 14 * time.Second / 10})
	var got []string
	for _, l := range lines(out.text()) {
		got = append(got, l[strings.Index(l, "  "):])
	}
	same(t, got,
		"    ←   6 keys",
		"    ←   key *",
		"    →   /voice         403    1 ms                refused: the signature does not fit",
		"    →   /voice/turn/12 500 1400 ms")
}

func TestWordsForReading(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"+15550123456": "+1 555 012 3456", "+442079460958": "+442079460958", "anonymous": "anonymous", "+1555": "+1555", "": "",
	} {
		if got := spaced(in); got != want {
			t.Errorf("spaced(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"xxxxxxxxxxxx4242": "···· ···· ···· 4242", "xxxx-xxxxxx-x4001": "···· ······ ·4001", "xxxxxxxxxxx0005": "···· ······ ·0005",
		"xxxxxxxxxx2222": "···· ······ 2222", "4242424242424242": "···· ···· ···· 4242", "": "",
		"xxxxxxxxxxxxxxx1234": "···· ···· ···· ···1 234",
	} {
		if got := dots(in); got != want {
			t.Errorf("dots(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[time.Duration]string{0: "0 s", 51 * time.Second: "51 s", 125 * time.Second: "2 min 05 s"} {
		if got := lasted(in); got != want {
			t.Errorf("lasted(%s) = %q, want %q", in, got, want)
		}
	}
	if got := shortSID("CA0123456789abcdef0123456789abcdef"); got != "CA01…ef" || shortSID("CA1") != "CA1" {
		t.Errorf("shortSID: %q", got)
	}
	if got := clip("twelve words", 6); got != "twelv…" || clip("x", 0) != "x" {
		t.Errorf("clip: %q", got)
	}
}

// TestOldCallsAreForgotten keeps dev from growing while it runs for days.
func TestOldCallsAreForgotten(t *testing.T) {
	t.Parallel()
	n, _, _ := story(nil)
	for i := range 3 * maxTold {
		n.told(string(rune(i)))
	}
	if len(n.calls) != maxTold || len(n.order) != maxTold {
		t.Errorf("%d calls and %d places are remembered, want %d", len(n.calls), len(n.order), maxTold)
	}
}

// TestAgentsPaymentIsTold follows a payment that an agent takes, and every way in which one ends.
func TestAgentsPaymentIsTold(t *testing.T) {
	t.Parallel()
	_, out, event := story(nil)
	desk := func(what, who, field, note string) {
		event("desk", "name", what, "who", who, "field", field, "text", note, "amount", "84.20", "currency", "usd", "brand", "visa",
			"last4", "4242", "confirmation", "X1")
	}
	desk("started", "kim", "", "")
	desk("open", "", "", "")
	desk("asked", "kim", "payment-card-number", "")
	desk("wrong", "", "payment-card-number", "invalid-card-number")
	desk("silent", "", "payment-card-number", "")
	desk("right", "", "payment-card-number", "")
	desk("right", "", "security-code", "")
	desk("asked", "kim", "something-new", "")
	desk("stopped", "kim", "something-new", "")
	desk("taken_over", "sam", "", "kim")
	desk("refused", "", "", "64020")
	desk("charging", "sam", "", "")
	desk("paid", "", "", "")
	desk("declined", "", "", "64012")
	desk("unknown", "", "", "no_result")
	desk("cancelled", "kim", "", "")
	desk("caller_left", "", "", "caller-hung-up")
	event("desk", "name", "started", "who", "kim", "amount", "0.00", "currency", "usd")
	event("desk", "name", "charging", "who", "kim", "amount", "0.00", "currency", "usd")
	event("desk", "name", "saved", "amount", "0.00", "currency", "usd", "brand", "amex", "last4", "0005")
	event("desk", "name", "unavailable", "amount", "0", "currency", "jpy", "text", "64005")
	same(t, lines(out.text()),
		"    ▣   kim takes 84.20 usd",
		"    ▣   kim asks card number",
		"    !   card number wrong: card number not valid",
		"    !   card number: nothing keyed",
		"    ▣   card number right ···· 4242 visa",
		"    ▣   security code right",
		"    ▣   kim asks something-new",
		"    ▣   kim stops asking something-new",
		"    ▣   sam takes over from kim",
		"    !   Twilio did not take it: 64020",
		"    ▣   sam charges 84.20 usd",
		"    ✓   paid 84.20 usd   visa 4242   confirmation X1",
		"    ✗   declined, the card was declined (64012): 84.20 usd not charged",
		"    ?   unknown: nobody knows whether 84.20 usd was taken",
		"    ✗   cancelled, by kim: 84.20 usd not charged",
		"    ✗   caller left, the caller hung up: 84.20 usd not charged",
		"    ▣   kim takes a card or account to save",
		"    ▣   kim saves",
		"    ✓   saved, nothing charged   amex 0005",
		"    ✗   unavailable, 64005: nothing saved")
	fits(t, "the story", out.text())
}
