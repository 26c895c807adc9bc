package campaigns

import (
	"math"
	"testing"
	"time"

	"github.com/paydial/paydial/flows"
)

func TestOutcomeOf(t *testing.T) {
	t.Parallel()
	human, machine := flows.MachineRules{Detect: flows.DetectBeep, Unsure: "human"}, flows.MachineRules{Detect: flows.DetectBeep, Unsure: "machine"}
	for name, c := range map[string]struct {
		end     CallEnd
		rules   flows.MachineRules
		want    string
		reached bool
		alone   bool // abandoned
	}{
		"busy":                     {CallEnd{Status: "busy"}, human, "busy", false, false},
		"nobody":                   {CallEnd{Status: "no-answer"}, human, "no_answer", false, false},
		"failed":                   {CallEnd{Status: "failed"}, human, "failed", false, false},
		"canceled":                 {CallEnd{Status: "canceled"}, human, "canceled", false, false},
		"the flow's word":          {CallEnd{Status: "completed", AnsweredBy: "human", Outcome: "renewed"}, human, "renewed", true, false},
		"a machine, hung up on":    {CallEnd{Status: "completed", AnsweredBy: "machine_start", NoFlow: true}, human, "machine", false, false},
		"a machine that hung up":   {CallEnd{Status: "completed", AnsweredBy: "machine_end_beep", Outcome: "hung_up"}, human, "machine", false, false},
		"a message was left":       {CallEnd{Status: "completed", AnsweredBy: "machine_end_beep", Outcome: "left_message"}, human, "left_message", false, false},
		"a fax":                    {CallEnd{Status: "completed", AnsweredBy: "fax"}, human, "fax", false, false},
		"nobody knows who":         {CallEnd{Status: "completed", AnsweredBy: "unknown"}, human, "hung_up", true, false},
		"nobody knows, a machine":  {CallEnd{Status: "completed", AnsweredBy: "unknown"}, machine, "machine", false, false},
		"nobody looked who":        {CallEnd{Status: "completed", Outcome: "hung_up"}, human, "hung_up", true, false},
		"no flow could be begun":   {CallEnd{Status: "completed", NoFlow: true}, flows.MachineRules{Detect: flows.DetectOff}, "error", true, true},
		"opted out, then hung up":  {CallEnd{Status: "completed", Outcome: "hung_up", OptedOut: true}, human, "opted_out", true, false},
		"opted out at the machine": {CallEnd{Status: "completed", AnsweredBy: "machine_start", OptedOut: true}, human, "opted_out", false, false},
		"hung up at once":          {CallEnd{Status: "completed", NoFlow: true, Seconds: 2}, human, "hung_up", true, false},
		"hung up on the silence":   {CallEnd{Status: "completed", NoFlow: true, Seconds: 3}, human, "hung_up", true, true},
		"we were asked in vain":    {CallEnd{Status: "completed", NoFlow: true, AnsweredBy: "human", Seconds: 2}, human, "error", true, true},
		"our words came late":      {CallEnd{Status: "completed", AnsweredBy: "human", Outcome: "renewed", Abandoned: true}, human, "renewed", true, true},
		"a machine left alone":     {CallEnd{Status: "completed", AnsweredBy: "machine_start", Abandoned: true}, human, "machine", false, false},
	} {
		if got := abandonedBy(c.end, c.rules); got != c.alone {
			t.Errorf("%s: abandoned %v", name, got)
		}
		if got := outcomeOf(c.end, c.rules); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if got := reachedBy(c.end, c.rules); got != c.reached {
			t.Errorf("%s: reached %v", name, got)
		}
	}
}

func TestRetryOf(t *testing.T) {
	t.Parallel()
	all := []flows.Retry{{Outcome: "busy", After: 20 * time.Minute, UpTo: 2}, {Outcome: "machine", After: 24 * time.Hour, UpTo: 1}}
	for _, c := range []struct {
		outcome     string
		times, next int
		text        string
	}{
		{"busy", 1, 2, "second try, 20m after busy"}, {"busy", 2, 5, "fifth try, 20m after busy"}, {"busy", 3, 6, ""},
		{"machine", 1, 12, "12th try, 1 day after machine"}, {"machine", 1, 22, "22nd try, 1 day after machine"}, {"renewed", 1, 2, ""},
	} {
		if _, text, again := retryOf(all, c.outcome, c.times, c.next); text != c.text || again != (c.text != "") {
			t.Errorf("%+v: %q, %v", c, text, again)
		}
	}
}

func TestJudgeStop(t *testing.T) {
	t.Parallel()
	stop := flows.SafetyStop{What: flows.StopAbandoned, Percent: 3}
	last := flows.SafetyStop{What: flows.StopErrors, Percent: 10, Last: 50}
	for name, c := range map[string]struct {
		stop      flows.SafetyStop
		all, last tally
		past      bool
		text      string
	}{
		"none":             {stop, tally{}, tally{}, false, "abandoned 0.0 % of 0 people reached, the limit is 3 %"},
		"too few":          {stop, tally{reached: 19, abandoned: 10}, tally{}, false, "abandoned 52.6 % of 19 people reached, the limit is 3 %"},
		"at the limit":     {stop, tally{reached: 100, abandoned: 3}, tally{}, false, "abandoned 3.0 % of 100 people reached, the limit is 3 %"},
		"past the limit":   {stop, tally{reached: 100, abandoned: 4}, tally{}, true, "abandoned 4.0 % of 100 people reached, the limit is 3 %"},
		"of the last only": {last, tally{calls: 1000, errors: 900}, tally{calls: 50, errors: 5}, false, "errors 10.0 % of the last 50 calls, the limit is 10 %"},
		"the last":         {last, tally{calls: 1000}, tally{calls: 50, errors: 6}, true, "errors 12.0 % of the last 50 calls, the limit is 10 %"},
	} {
		got, past := judgeStop(c.stop, c.all, c.last)
		if past != c.past || got.Text != c.text {
			t.Errorf("%s: %v, %q", name, past, got.Text)
		}
	}
}

func TestWarmUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		full  float64
		up    time.Duration
		since time.Duration
		want  float64
	}{
		{30, 0, 0, 30}, {30, 10 * time.Minute, 0, 3}, {30, 10 * time.Minute, 5 * time.Minute, 16.5}, {30, 10 * time.Minute, time.Hour, 30},
		{4, 10 * time.Minute, 0, 1}, {30, time.Minute, -time.Hour, 3},
	} {
		if got := warmed(c.full, c.up, c.since); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestListsOfFilesHaveNames(t *testing.T) {
	t.Parallel()
	long := "lists/a-very-long-name-of-a-folder/and-a-very-long-name-of-a-file-in-it.csv"
	for file, want := range map[string]string{"lists/state-dnc.csv": "file.lists_state-dnc.csv", "ü.txt": "file._.txt"} {
		if got := serverList(flows.ListName{File: file}); got != want {
			t.Errorf("%s: %s", file, got)
		}
	}
	if got := serverList(flows.ListName{File: long}); !listName.MatchString(got) || got == serverList(flows.ListName{File: long + "x"}) {
		t.Errorf("%s: %s", long, got)
	}
}

// TestNobodyIsDoneBeforeTheirTime: however quick the calls are, it is not over before the last who waits is due.
func TestNobodyIsDoneBeforeTheirTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 4, 6, 14, 0, 0, 0, time.UTC)
	s := Status{Campaign: Campaign{State: StateRunning, PerMinute: 30}, Counts: Counts{Total: 100, Done: 40, Waiting: 60}, Minutes: make([]Minute, minutesShown)}
	for last, want := range map[time.Time]time.Time{{}: now.Add(2 * time.Minute), now.Add(-time.Hour): now.Add(2 * time.Minute), now.Add(4 * time.Hour): now.Add(4 * time.Hour)} {
		if got := eta(now, last, &s); !got.Equal(want) {
			t.Errorf("the last is due %s: done %s, want %s", last, got, want)
		}
	}
}
