//go:build !race

package simulator_test

import "testing"

// TestLongMemory lets the details of old calls go and keeps their records. It is 2,001 calls one after the other, in
// which the race detector has nothing to find that it does not find in fewer.
func TestLongMemory(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes 2,001 calls")
	}
	w := newWorld(t)
	w.app.on("/voice", `<Hangup/>`)
	first := w.ring()
	w.ended(first)
	for range 2000 {
		w.ring()
	}
	w.app.await(t, "/status", 2001)
	w.ctl("GET", "/calls/"+first, nil, nil)
	if hooks := w.webhooks(first); len(hooks) != 0 {
		t.Errorf("%d webhooks are kept", len(hooks))
	}
	if code := w.ctl("GET", "/calls/"+first+"/audio/caller.wav", nil, nil); code != 404 {
		t.Errorf("the audio is kept: %d", code)
	}
	if code, c := w.rest("GET", "/Calls/"+first+".json"); code != 200 || c["status"] != "completed" {
		t.Errorf("%d %v", code, c)
	}
}
