package recordings

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sec is a moment of a call, in seconds.
func sec(s float64) time.Time {
	return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(s * float64(time.Second)))
}

// taped is a recording from a second on, so many seconds long; 0: its end is not known.
func taped(from, length float64) Recording {
	return Recording{SID: "RE1", Started: sec(from), Duration: time.Duration(length * float64(time.Second))}
}

// paying is a payment; a to of 0 is open.
func paying(id string, from, to float64) Window {
	w := Window{ID: id, From: sec(from)}
	if to > 0 {
		w.To = sec(to)
	}
	return w
}

// pauseOf is a row of RE1; times of 0 are not known.
func pauseOf(payment, state string, paused, resume float64) pauseRow {
	r := pauseRow{payment: payment, recording: "RE1", state: state, who: byFlow}
	if paused > 0 {
		r.paused = sec(paused)
	}
	if resume > 0 {
		r.resume = sec(resume)
	}
	return r
}

func listing(payment, state string) pauseRow {
	return pauseRow{payment: payment, state: state, who: byFlow}
}

func TestUnpausedWindows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		rec     Recording
		windows []Window
		rows    []pauseRow
		want    []string
	}{
		{name: "nobody paid", rec: taped(0, 60)},
		{"paused for the payment", taped(0, 60), []Window{paying("p", 10, 20)},
			[]pauseRow{listing("p", pauseListed), pauseOf("p", pauseResumed, 10.4, 20.1)}, nil},
		{"nothing is known", taped(0, 60), []Window{paying("p", 10, 20)}, nil, []string{"p"}},
		{"the list could not be seen", taped(0, 60), []Window{paying("p", 10, 20)}, []pauseRow{listing("p", pauseUnlisted)}, []string{"p"}},
		{"the list did not have it, and it had begun", taped(0, 60), []Window{paying("p", 10, 20)}, []pauseRow{listing("p", pauseListed)}, []string{"p"}},
		{"Twilio did not say that it is paused", taped(0, 60), []Window{paying("p", 10, 20)},
			[]pauseRow{listing("p", pauseListed), pauseOf("p", pauseUnsure, 0, 0)}, []string{"p"}},
		{"killed before the order's answer was written", taped(0, 60), []Window{paying("p", 10, 20)},
			[]pauseRow{listing("p", pauseListed), pauseOf("p", pauseWanted, 0, 0)}, []string{"p"}},
		{"killed before it was resumed", taped(0, 60), []Window{paying("p", 10, 20)},
			[]pauseRow{listing("p", pauseListed), pauseOf("p", pausePaused, 10.4, 0)}, nil},
		{"resumed before the payment's end", taped(0, 60), []Window{paying("p", 10, 20)},
			[]pauseRow{listing("p", pauseListed), pauseOf("p", pauseResumed, 10.4, 18)}, []string{"p"}},
		{"the order to go on was sent, and nobody knows what became of it", taped(0, 60), []Window{paying("p", 10, 20)},
			[]pauseRow{listing("p", pauseListed), pauseOf("p", pauseResuming, 10.4, 18)}, []string{"p"}},
		{"it ended while it was paused", taped(0, 15), []Window{paying("p", 10, 20)},
			[]pauseRow{listing("p", pauseListed), pauseOf("p", pauseGone, 10.4, 0)}, nil},
		{"it had ended before", taped(0, 9), []Window{paying("p", 10, 20)}, nil, nil},
		{"it had ended before, although rounding says otherwise", taped(0, 11), []Window{paying("p", 10.2, 20)},
			[]pauseRow{listing("p", pauseListed), pauseOf("p", pauseOver, 10.2, 0)}, nil},
		{"it began after", taped(21, 9), []Window{paying("p", 10, 20.5)}, nil, nil},
		{"it began in the second in which the payment ended, and was not listed", taped(20, 9), []Window{paying("p", 10, 20.7)},
			[]pauseRow{listing("p", pauseListed)}, nil},
		{"the same, and there was no list", taped(20, 9), []Window{paying("p", 10, 20.7)}, nil, []string{"p"}},
		{"it began in the middle of the payment", taped(15, 30), []Window{paying("p", 10, 20)}, []pauseRow{listing("p", pauseListed)}, []string{"p"}},
		{"it began in the middle, and was paused at once by a step", taped(15, 30), []Window{paying("p", 10, 20)},
			[]pauseRow{pauseOf("step:CA1:s:1", pauseResumed, 15, 25)}, nil},
		{"somebody else had paused it", taped(0, 60), []Window{paying("p", 10, 20)},
			[]pauseRow{listing("p", pauseListed), pauseOf("p", pauseTheirs, 10.4, 0)}, nil},
		{"the flow's own steps", taped(0, 60), []Window{paying("p", 10, 20)}, []pauseRow{pauseOf("step:CA1:s:1", pauseResumed, 8, 22)}, nil},
		{"the flow's own steps, too late", taped(0, 60), []Window{paying("p", 10, 20)}, []pauseRow{pauseOf("step:CA1:s:1", pauseResumed, 11, 22)}, []string{"p"}},
		{"two stretches that leave a hole", taped(0, 60), []Window{paying("p", 10, 20)},
			[]pauseRow{pauseOf("step:CA1:s:1", pauseResumed, 8, 14), pauseOf("step:CA1:s:2", pauseResumed, 15, 22)}, []string{"p"}},
		{"two stretches that overlap", taped(0, 60), []Window{paying("p", 10, 20)},
			[]pauseRow{pauseOf("step:CA1:s:2", pauseResumed, 13, 22), pauseOf("step:CA1:s:1", pauseResumed, 8, 14)}, nil},
		{"handed on to the next payment", taped(0, 60), []Window{paying("p", 10, 20), paying("q", 30, 40)},
			[]pauseRow{pauseOf("p", pausePassed, 10.2, 30), pauseOf("q", pauseResumed, 30, 40.2)}, nil},
		{"two payments, one of which was not shown", taped(0, 60), []Window{paying("p", 10, 20), paying("q", 30, 40)},
			[]pauseRow{pauseOf("p", pauseResumed, 10.2, 20.1), pauseOf("q", pauseUnsure, 0, 0)}, []string{"q"}},
		{"the payment is open, and it stayed paused", taped(0, 60), []Window{paying("p", 10, 0)}, []pauseRow{pauseOf("p", pausePaused, 10.2, 0)}, nil},
		{"the payment is open, and it went on", taped(0, 60), []Window{paying("p", 10, 0)}, []pauseRow{pauseOf("p", pauseResumed, 10.2, 30)}, []string{"p"}},
		{"its own end is not known", taped(0, 0), []Window{paying("p", 10, 20)}, []pauseRow{pauseOf("p", pauseResumed, 10.2, 20)}, nil},
		{"neither end is known", taped(0, 0), []Window{paying("p", 10, 0)}, []pauseRow{pauseOf("p", pausePaused, 10.2, 0)}, nil},
		{"not even its beginning is known", Recording{SID: "RE1"}, []Window{paying("p", 10, 20), paying("q", 30, 40)},
			[]pauseRow{pauseOf("p", pauseResumed, 10.2, 20)}, []string{"q"}},
		{"the other recording was paused", taped(0, 60), []Window{paying("p", 10, 20)},
			[]pauseRow{listing("p", pauseListed), {payment: "p", recording: "RE2", state: pauseResumed, paused: sec(10), resume: sec(20)}}, []string{"p"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, unpausedWindows(c.rec, c.windows, c.rows)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
