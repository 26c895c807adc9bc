package simulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/crowd"
)

// each is a crowd in which the number +1555012000N has the N-th behaviour.
func each() *crowd.Crowd {
	c := &crowd.Crowd{Numbers: map[string]crowd.Turns{}, Patience: crowd.Patience(20 * time.Second)}
	for i, b := range crowd.Behaviours() {
		c.Numbers[number(i)] = crowd.Turns{b}
	}
	return c
}

func number(i int) string { return fmt.Sprintf("+1555012%04d", i) }

func withCrowd(c *crowd.Crowd) func(*simulator.Config) {
	return func(cfg *simulator.Config) { cfg.Crowd = c }
}

// campaign answers as a flow of a campaign does.
func (w *world) campaign() {
	menu := `<Gather numDigits="1" timeout="6" action="/answered"><Say>This is Acme. To stop these calls, press 9. ` +
		`To hear it if that is you, press 1. To tell us this is the wrong person, press 2.</Say></Gather><Say>Goodbye.</Say>`
	w.app.on("/out", menu)
	w.app.handle("/answered", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/xml")
		say := map[string]string{
			"1": `<Gather numDigits="4" timeout="6" action="/born"><Say>Key in the year you were born.</Say></Gather>`,
			"2": `<Say>Sorry to have bothered you.</Say>`, "9": `<Say>You are off our list.</Say>`,
		}[r.PostForm.Get("Digits")]
		_, _ = fmt.Fprint(rw, "<Response>"+say+"</Response>")
	})
	w.app.on("/born", `<Gather numDigits="1" timeout="6" action="/offer"><Say>To renew now by card, press 1. To speak with someone, press 2. To be called another day, press 4.</Say></Gather>`)
	w.app.handle("/offer", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/xml")
		say := map[string]string{
			"1": `<Pay chargeAmount="12.50" paymentConnector="sandbox" postalCode="false" action="/paid"/>`,
			"2": `<Dial timeout="60"><Client>kim</Client></Dial>`, "4": `<Say>We will try another day.</Say>`,
		}[r.PostForm.Get("Digits")]
		_, _ = fmt.Fprint(rw, "<Response>"+say+"</Response>")
	})
	w.app.on("/paid", `<Say>Thank you.</Say>`)
}

// became is what became of a call, and the end of what was heard on it.
type became struct {
	status, answeredBy, heard string
	paid                      int
}

// TestCrowd lets one of each behaviour answer a campaign's call, in no time and in the time that people take.
func TestCrowd(t *testing.T) {
	t.Parallel()
	want := map[crowd.Behaviour]became{
		crowd.Pays:        {"completed", "human", "Thank you.", 1},
		crowd.Declined:    {"completed", "human", "Thank you.", 0},
		crowd.OptsOut:     {"completed", "human", "You are off our list.", 0},
		crowd.WantsPerson: {"completed", "human", "press 4.", 0},
		crowd.Later:       {"completed", "human", "We will try another day.", 0},
		crowd.WrongPerson: {"completed", "human", "Sorry to have bothered you.", 0},
		crowd.HangsUp:     {"completed", "human", "", 0},
		crowd.Silent:      {"completed", "human", "Goodbye.", 0},
		crowd.Unclear:     {"completed", "unknown", "Thank you.", 1},
		crowd.Voicemail:   {"completed", "machine_end_beep", "Goodbye.", 0},
		crowd.NoBeep:      {"completed", "machine_end_silence", "Goodbye.", 0},
		crowd.TalksOn:     {"completed", "machine_end_other", "Goodbye.", 0},
		crowd.Fax:         {"completed", "fax", "Goodbye.", 0},
		crowd.Busy:        {"busy", "", "", 0},
		crowd.NoAnswer:    {"no-answer", "", "", 0},
		crowd.Failed:      {"failed", "", "", 0},
	}
	for _, pace := range []float64{0, 0.5, 1} {
		t.Run(fmt.Sprint("pace ", pace), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual, withCrowd(each()), atPace(pace))
			w.campaign()
			for i := range crowd.Behaviours() {
				w.dial(number(i), "/out", "MachineDetection", "DetectMessageEnd", "Timeout", "25")
			}
			w.advance("3m")
			for i, p := range w.placedAfter(0) {
				b := crowd.Behaviours()[i]
				var s state
				w.ctl("GET", "/calls/"+p.SID, nil, &s)
				got := became{p.Status, p.AnsweredBy, s.said(), len(p.Paid)}
				if b == crowd.HangsUp && pace > 0 {
					got.answeredBy, got.heard = "human", "" // may have gone while detection listened
				}
				if exp := want[b]; got.status != exp.status || got.answeredBy != exp.answeredBy || got.paid != exp.paid || !strings.HasSuffix(got.heard, exp.heard) {
					t.Errorf("%s: %+v, want %+v", b, got, exp)
				}
				if p.Behaviour != string(b) || p.EndedAt.IsZero() {
					t.Errorf("%s: %+v", b, p)
				}
				if took := p.EndedAt.Sub(p.StartedAt); pace == 0 && took > 20*time.Second || pace > 0 && took < 500*time.Millisecond {
					t.Errorf("%s took %s", b, took)
				}
			}
			var seen struct {
				Did map[string]struct{ Calls, Answered, Wished int }
			}
			w.ctl("GET", "/crowd", nil, &seen)
			if len(seen.Did) != len(want) || seen.Did["opts_out"].Wished != 1 || seen.Did["silent"].Wished != 0 || seen.Did["busy"].Answered != 0 ||
				seen.Did["hangs_up"].Wished != 1 || seen.Did["pays"].Calls != 1 {
				t.Errorf("%+v", seen.Did)
			}
		})
	}
}

// TestCrowdChanges by the control API: it answers numbers that are not the account's, until it is sent home.
func TestCrowdChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	w.app.on("/out", `<Gather timeout="600"/>`)
	var got struct {
		Crowd *crowd.Crowd
		Error string
	}
	if w.ctl("GET", "/crowd", nil, &got); got.Crowd != nil {
		t.Errorf("there is a crowd: %+v", got.Crowd)
	}
	if code := w.ctl("PUT", "/crowd", map[string]any{"weights": map[string]any{"payz": 1}}, &got); code != 400 || !strings.Contains(got.Error, `"payz"`) {
		t.Errorf("%d %s", code, got.Error)
	}
	if code := w.ctl("PUT", "/crowd", map[string]any{"seed": 5, "weights": map[string]any{"busy": 1}}, &got); code != 200 || got.Crowd.Seed != 5 {
		t.Errorf("%d %+v", code, got.Crowd)
	}
	if s := w.ended(w.dial(person, "/out")); s.Status != "busy" {
		t.Errorf("%s", s.Status)
	}
	own := w.dial(line, "/out")
	w.stream(own, func(e happened) bool { return e.Status == "ringing" }) // nobody of the crowd is there
	if code := w.ctl("DELETE", "/crowd", nil, nil); code != 200 {
		t.Errorf("%d", code)
	}
	w.stream(w.dial(person, "/out"), func(e happened) bool { return e.Status == "ringing" })
}

// TestCrowdIsTheSame whatever the order and the rate of calls.
func TestCrowdIsTheSame(t *testing.T) {
	t.Parallel()
	const n = 60
	run := func(from, step int) map[string]string {
		w := newWorld(t, withCrowd(&crowd.Crowd{Seed: 11}))
		w.campaign()
		for i := range n {
			w.dial(number((from+i*step)%n), "/out")
		}
		out := map[string]string{}
		for _, p := range w.placedAfter(0) {
			out[p.To] = p.Behaviour
		}
		return out
	}
	one, two := run(0, 1), run(17, 7)
	for to, b := range one {
		if two[to] != b || b == "" {
			t.Errorf("%s: %q and %q", to, b, two[to])
		}
	}
}
