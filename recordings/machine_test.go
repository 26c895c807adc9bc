package recordings

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// Every state and every event: what is not written here does not happen.
func TestTable(t *testing.T) {
	t.Parallel()
	m, err := newMachine()
	if err != nil {
		t.Fatal(err)
	}
	const text = `
		recording         runs=recording pauses=paused stops=processing completes=completed absent=failed lost=failed expires=expired_at_twilio
		paused            runs=recording pauses=paused stops=processing completes=completed absent=failed lost=failed expires=expired_at_twilio
		processing        stops=processing completes=completed absent=failed lost=failed expires=expired_at_twilio
		completed         claim=archiving delete=deleting done=deleted lost=failed expires=expired_at_twilio
		archiving         stored=archived broken=completed lost=failed expires=expired_at_twilio
		archived          matches=verified differs=completed
		verified          hold=held delete=deleting differs=completed
		held              release=verified delete=deleting differs=completed
		deleting          kept=verified left=completed done=deleted differs=completed lost=failed expires=expired_at_twilio
		deleted           listed=completed
		failed            listed=completed
		expired_at_twilio listed=completed`
	want := map[string]map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		fields := strings.Fields(line)
		want[fields[0]] = map[string]string{}
		for _, f := range fields[1:] {
			event, to, _ := strings.Cut(f, "=")
			want[fields[0]][event] = to
		}
	}
	events := map[string]bool{}
	for _, tr := range table() {
		events[tr.Event] = true
	}
	if len(want) != len(states()) || len(events) != 19 {
		t.Fatalf("%d states, %d events", len(want), len(events))
	}
	for _, s := range states() {
		for _, e := range slices.Sorted(maps.Keys(events)) {
			to, err := m.Next(string(s), e)
			if want := want[string(s)][e]; to != want || (err == nil) != (want != "") {
				t.Errorf("%s, %s: got %q, %v; want %q", s, e, to, err, want)
			}
		}
	}
	// Nothing is deleted from where it was not decided, and ends are left only because Twilio has it after all.
	for _, tr := range table() {
		if s := State(tr.From); s.over() && tr.Event != string(eventListed) {
			t.Errorf("the end %s is left by %s", s, tr.Event)
		}
		if tr.To == string(Deleted) && tr.From != string(Deleting) && tr.From != string(Completed) {
			t.Errorf("%s leads to deleted", tr.From)
		}
	}
}
