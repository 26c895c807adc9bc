package simulator_test

import (
	"strings"
	"testing"

	"github.com/paydial/paydial/simulator/audio/audiotest"
)

// TestSoundOfCapture lets an agent hear the caller's keys while the two talk, and nothing while a card is keyed; nor
// does the recording, or the caller's own leg, hold any of it.
func TestSoundOfCapture(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	sid, agent := w.talking()
	w.advance("1s")
	if code, body := w.rest("POST", "/Calls/"+sid+"/Recordings.json", "RecordingChannels", "dual"); code != 201 {
		t.Fatalf("%d %v", code, body)
	}
	w.advance("1s")
	w.keys(sid, "314")
	w.advance("5s")
	d := w.openDesk(sid, "ChargeAmount", "12.50", "PostalCode", "true")
	w.keys(sid, "4242") // too early
	w.advance("1s")
	d.askAll("4242424242424242", "737")
	w.advance("5s")
	d.must("Status", "complete")
	d.told("/complete", 1)
	w.advance("5s")
	w.keys(sid, "15")
	w.advance("5s")
	w.keys(agent, "9")
	w.hears(sid, "caller", "314159")
	w.hears(sid, "agent", "314159")
	rec := w.recorded(sid)
	caller, other := audiotest.Keys(t, rec.Channels[0]), audiotest.Keys(t, rec.Channels[1])
	if caller != "31415" || other != "9" || strings.Contains(caller, "42") {
		t.Errorf("recorded %q and %q", caller, other)
	}
}
