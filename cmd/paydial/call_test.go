//go:build !nosimulator

package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paydial/paydial/simulator/cards"
)

// TestCallInJSON is the README's second command.
func TestCallInJSON(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	r := d.call(t, "--to", "+15550100000", "--press", "1,12345678,1", "--card", "visa", "--json")
	r.want(t, 0)
	var got struct {
		CallSID string `json:"call_sid"`
		Status  string
		Flow    string
		Outcome string
		Scenes  []string
		Heard   []struct{ Text string }
		Payment payment
	}
	if err := json.Unmarshal([]byte(r.out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Outcome != "paid" || got.Status != "completed" || got.Flow != "pay-my-bill" || len(got.CallSID) != 34 ||
		len(got.Scenes) < 5 || len(got.Heard) < 5 {
		t.Errorf("%+v", got)
	}
	book := charges(t, d)
	if len(book) != 1 {
		t.Fatalf("%d charges in the gateway's book, want 1", len(book))
	}
	want := payment{Result: "paid", Amount: "84.20", Currency: "usd", Brand: "visa", Last4: "4242", Confirmation: book[0].ID}
	if got.Payment != want {
		t.Errorf("payment %+v, want %+v", got.Payment, want)
	}
}

type charge struct{ ID, Amount, Last4 string }

func charges(t *testing.T, d devRun) []charge {
	t.Helper()
	resp, err := http.Get(d.sim + "/sim/v1/charges")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var book []charge
	if err := json.NewDecoder(resp.Body).Decode(&book); err != nil {
		t.Fatal(err)
	}
	return book
}

// TestEveryCard pays with each test card that answers at once: no call ends without a word on the money.
func TestEveryCard(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	slow := map[string]bool{"slow": true, "no-answer": true, "lost-answer": true} // take as long as they say
	for _, c := range cards.TestCards() {
		if slow[c.Name] {
			continue
		}
		want := "payment  "
		switch {
		case c.Unusable:
			want += "gave up: 84.20 usd not charged"
		case c.Behaviour == cards.Malformed:
			want += "un" // unavailable or unknown, as the connector has it
		case c.Behaviour != cards.Approve:
			want += "declined: 84.20 usd not charged"
		case !taken(c.Brand()):
			want += "gave up: 84.20 usd not charged"
		default:
			want += "paid 84.20 usd · " + string(c.Brand()) + " ending "
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			d.call(t, "--press", "1,12345678,1", "--card", c.Name).want(t, 0, "outcome  ", want)
		})
	}
}

// taken tells whether the demo line takes a brand.
func taken(b cards.Brand) bool {
	for _, name := range []cards.Brand{"visa", "mastercard", "amex", "discover"} {
		if b == name {
			return true
		}
	}
	return false
}

func TestCallOutcomes(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	for _, c := range []struct {
		name, press, card string
		words             []string
	}{
		{"a slip, then the right number", "1,12345678,1", "wrong,visa", []string{"not valid", "outcome  paid"}},
		{"star inside pay", "1,12345678,1,*", "visa", []string{"outcome  cancelled", "payment  cancelled: 84.20 usd not charged"}},
		{"star by card", "1,12345678,1", "star", []string{"payment  cancelled: 84.20 usd not charged"}},
		{"silence inside pay", "1,12345678,1", "silent", []string{"payment  gave up: 84.20 usd not charged"}},
		{"hang-up inside pay", "1,12345678,1", "hangup", []string{"outcome  hung_up", "payment  hung up: 84.20 usd not charged"}},
		{"hang-up before", "1,h", "visa", []string{"outcome  hung_up"}},
		{"declined, then another card", "1,12345678,1,1", "declined,amex", []string{"did not approve", "amex ending 0005"}},
		{"Spanish", "2,12345678,1", "visa", []string{"dólares", "outcome  paid"}},
		{"silence throughout", "", "visa", []string{"outcome  voicemail", "scenes  welcome → "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := d.call(t, "--press", c.press, "--card", c.card)
			r.want(t, 0, c.words...)
			fits(t, "the call", r.out)
		})
	}
}

func TestCallRefuses(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	d.call(t, "--press", "1,,2").want(t, exitUsage, `entry 2 of --press is "": keys 0-9 * #, - for silence, or h to hang up`)
	d.call(t, "--press", "one").want(t, exitUsage, `entry 1 of --press is "one"`)
	r := d.call(t, "--card", "gold")
	r.want(t, exitUsage, `no test card is called "gold"`, "visa", "declined", "silent", "paydial cards")
	fits(t, "the list of cards", r.err)
	d.call(t, "--to", "+15550109999").want(t, exitNotFound, "+15550109999 cannot be rung", "numbers here: +15550100000")
	d.call(t, "--limit", "1ns").want(t, exitFailed, "the call did not end within 1ns")
	d.call(t, "surplus").want(t, exitUsage, "paydial call --help")
	paydial(t, nil, "call", "--simulator", "http://127.0.0.1:1").
		want(t, exitUnreachable, "nothing answers at http://127.0.0.1:1", "Start it with: paydial dev")
	d.call(t, "--press", "h", "--app", "http://127.0.0.1:1").want(t, exitUnreachable, "the app does not answer at http://127.0.0.1:1")
	paydial(t, env{"PAYDIAL_API_TOKEN": "another"}, "call", "--press", "h", "--app", d.app, "--simulator", d.sim).
		want(t, exitRefused, "does not take this API token: set PAYDIAL_API_TOKEN")
}

// TestCallOfALineWithoutFlow rings a simulator whose app knows nothing of the call.
func TestCallOfALineWithoutFlow(t *testing.T) {
	t.Parallel()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/voice" {
			w.Header().Set("Content-Type", "text/xml")
			_, _ = io.WriteString(w, "<Response><Hangup/></Response>")
			return
		}
		http.Error(w, "no", map[bool]int{true: 500, false: 404}[strings.HasPrefix(r.URL.Path, "/bad/")])
	}))
	defer app.Close()
	s := start(t, nil, "simulator", "--listen", "127.0.0.1:0", "--number", demoLine+"="+app.URL+"/voice")
	_, sim, _ := strings.Cut(s.out.text(), "http://")
	sim = "http://" + strings.Fields(sim)[0]
	paydial(t, nil, "call", "--press", "1", "--simulator", sim, "--app", app.URL).
		want(t, 0, "outcome  not_answered: the app has no flow for this line")
	paydial(t, nil, "call", "--press", "1", "--simulator", sim, "--app", app.URL+"/bad").
		want(t, exitFailed, "the app answered 500")
	paydial(t, nil, "call", "--press", "1", "--simulator", sim, "--app", "::").want(t, exitUsage, `--app "::" is not a URL`)
}

// TestCallByHand is a person at a terminal.
func TestCallByHand(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	typed := "1\nwhat?\n123\n45678\n1\ngold\ndeclined\n\n\n1\nvisa\n\n\n"
	r := d.callWith(t, strings.NewReader(typed))
	r.want(t, 0, "Type keys and Enter", "For English, press 1.", "keys › ", `"what?": press 0-9 * #`, "card number › ",
		`no test card is called "gold"`, "expiry, MMYY › ", "security code › ", "did not approve", "ending 4 2 4 2", "outcome  paid")
	if n := strings.Count(r.out, "For English, press 1."); n != 1 {
		t.Errorf("what was said is printed %d times:\n%s", n, r.out)
	}
	if book := charges(t, d); len(book) != 1 || book[0].Last4 != "4242" {
		t.Errorf("the book has %+v", book)
	}
}

func TestHandIsGone(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	d.callWith(t, strings.NewReader("1\n")).want(t, 0, "outcome  hung_up") // the end of what is typed hangs up
	d.callWith(t, strings.NewReader(".\n.\n.\n.\nh\n")).want(t, 0, "outcome  ")
}

// TestInterruptedCall hangs up and says so.
func TestInterruptedCall(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	in, keyboard := io.Pipe()
	defer keyboard.Close()
	var out, errs screen
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"call", "--app", d.app, "--simulator", d.sim}, streams{in: in, out: &out, err: &errs, env: env{}.lookup})
	}()
	out.until(t, 0, "keys › ")
	cancel()
	result{<-ended, out.text(), errs.text()}.want(t, exitInterrupted, "paydial: interrupted")
	d.out.until(t, 0, "hung up")
}
