package simulator_test

import (
	"io"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/audio/audiotest"
)

// audio is what sounds on a leg of a call so far.
func (w *world) audio(sid, leg string) audiotest.WAV {
	w.t.Helper()
	res, err := http.Get(w.srv.URL + "/sim/v1/calls/" + sid + "/audio/" + leg + ".wav")
	if err != nil {
		w.t.Fatal(err)
	}
	return w.wav(res)
}

// wav reads the audio of an answer.
func (w *world) wav(res *http.Response) audiotest.WAV {
	w.t.Helper()
	defer res.Body.Close()
	file, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "audio/x-wav" || res.ContentLength != int64(len(file)) {
		w.t.Fatalf("%d, %s, %d of %d bytes", res.StatusCode, res.Header.Get("Content-Type"), len(file), res.ContentLength)
	}
	return audiotest.Read(w.t, file)
}

// hears fails the test unless exactly these keys are heard on a leg.
func (w *world) hears(sid, leg, keys string) {
	w.t.Helper()
	if got := audiotest.Keys(w.t, w.audio(sid, leg).Channels[0]); got != keys {
		w.t.Errorf("on the leg %s are heard %q, want %q", leg, got, keys)
	}
}

// same compares times in seconds.
func same(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

// TestSoundOfPay has the menu's keys on the caller's leg, and nothing of the card.
func TestSoundOfPay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Gather action="/menu" numDigits="4" timeout="600"><Say>Please enter the four digits of your account.</Say></Gather>`)
	w.app.on("/menu", `<Start><Recording/></Start><Pay action="/paid" chargeAmount="5.00" timeout="600"/>`)
	w.app.on("/paid", `<Gather action="/end" numDigits="2" timeout="600"><Say>Thank you. Anything else?</Say></Gather>`)
	w.app.on("/end", `<Hangup/>`)
	sid := w.ring()
	first := w.waits(sid, "gather").WaitingID
	w.hears(sid, "caller", "")
	w.keys(sid, "1598")
	seen := w.awaitAfter(sid, first)
	w.hears(sid, "caller", "1598")
	s := w.fill(sid, holder("4242424242424242", "737"))
	for s.WaitingFor == "pay:payment-processing" {
		s = w.awaitAfter(sid, s.WaitingID)
	}
	if s.WaitingFor != "gather" || !strings.HasPrefix(seen.WaitingFor, "pay:") {
		t.Fatalf("the call waits for %s and then for %s", seen.WaitingFor, s.WaitingFor)
	}
	w.hears(sid, "caller", "1598")
	w.keys(sid, "06")
	w.ended(sid)
	if got := w.paid().Get("Result"); got != "success" {
		t.Errorf("the payment: %s", got)
	}
	w.hears(sid, "caller", "159806")
	w.hears(sid, sid, "159806")
	length := w.audio(sid, sid).Seconds()
	if again := w.audio(sid, sid).Seconds(); again != length {
		t.Errorf("a call that has ended goes on sounding: %v s, %v s", length, again)
	}
	if rec := w.recorded(sid); audiotest.Keys(t, rec.Channels[0]) != "06" || audiotest.Keys(t, rec.Channels[1]) != "" || audiotest.Silent(rec.Channels[1]) {
		t.Error("the recording holds something else than the keys after the payment, and the prompts")
	}
}

// TestSoundOfDial lets keys cross the bridge both ways while two talk, and not while they are secret.
func TestSoundOfDial(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	w.app.on("/voice", `<Dial action="/dialed" record="record-from-answer-dual"><Client>lee</Client><Client>kim</Client></Dial>`)
	w.app.on("/dialed", `<Gather timeout="600"/>`)
	sid := w.ring()
	legs := w.ringing(sid, 2)
	w.advance("2s")
	w.keys(sid, "12") // nobody hears them yet
	w.do(legs[0], "answer")
	for _, step := range []struct {
		leg, keys string
		secret    bool
	}{{sid, "345", false}, {legs[0], "6", false}, {sid, "4242424242424242", true}, {legs[0], "7", true}, {sid, "8", false}} {
		simulator.KeepSecret(w.sim, sid, step.secret)
		w.advance("5s")
		w.keys(step.leg, step.keys)
	}
	w.hears(sid, "caller", "1234567"+"8")
	w.hears(sid, "agent", "34567"+"8")
	w.advance("5s")
	w.do(legs[0], "hangup")
	w.advance("0s") // until all has come to rest
	s := w.waits(sid, "gather")
	w.keys(sid, "9") // nobody hears that any more
	w.hears(sid, sid, "12345678"+"9")
	w.hears(legs[0], "agent", "345678")
	w.hears(sid, legs[1], "")
	w.hears(legs[0], "caller", "12345678"+"9")
	if again := w.audio(sid, "agent"); !same(again.Seconds(), 32) {
		t.Errorf("the agent's leg sounds for %v s", again.Seconds())
	}

	rec := w.recorded(sid)
	caller, agent := audiotest.Keys(t, rec.Channels[0]), audiotest.Keys(t, rec.Channels[1])
	if caller != "3458" || agent != "67" || !same(rec.Seconds(), 30) {
		t.Errorf("recorded %q and %q in %v s", caller, agent, rec.Seconds())
	}
	for _, channel := range rec.Channels { // the card was keyed at 15 s
		if silence := channel[15*8000 : 20*8000]; !audiotest.Silent(silence) {
			t.Error("the recording is not silent while the card is keyed")
		}
	}
	if len(s.Recordings) != 1 || s.Recordings[0].Source != "DialVerb" || s.Recordings[0].Status != "completed" || s.Recordings[0].StartedMS != 2000 {
		t.Errorf("the call shows %+v", s.Recordings)
	}
}

// TestSoundAfterParting does not cross a bridge that is gone: REST took the agent out of the conversation.
func TestSoundAfterParting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	w.app.on("/voice", `<Dial action="/next"><Client>kim</Client></Dial>`)
	w.app.on("/next", `<Gather timeout="600"/>`)
	w.app.on("/away", `<Gather timeout="600"/>`)
	sid := w.ring()
	agent := w.ringing(sid, 1)[0]
	w.do(agent, "answer")
	w.advance("1s")
	w.keys(agent, "1")
	if code, body := w.rest("POST", "/Calls/"+agent+".json", "Url", w.app.srv.URL+"/away"); code != http.StatusOK {
		t.Fatalf("%d %v", code, body)
	}
	w.advance("1s")
	w.waits(agent, "gather")
	w.waits(sid, "gather")
	w.keys(agent, "23")
	w.keys(sid, "4")
	w.hears(sid, "agent", "123")
	w.hears(sid, "caller", "14")
}

// TestSoundAtPace has prompts as long as they take, cut by keys and by the end, and keys where they were pressed.
func TestSoundAtPace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, atPace(1))
	words := strings.Repeat("a", 100) // 6.5 s
	w.app.on("/voice", `<Gather action="/next" numDigits="1" timeout="600"><Say>`+words+`</Say></Gather>`)
	w.app.on("/next", `<Pause length="2"/><Say>`+words+`</Say><Play>http://127.0.0.1/x.wav</Play>`)
	sid := w.ring()
	w.waits(sid, "gather")
	w.advance("4s")
	w.keys(sid, "1")
	w.stream(sid, func(e happened) bool { return e.Type == "twiml" && e.Body != "" && strings.Contains(e.Body, "Pause") })
	w.advance("7s")
	w.do(sid, "hangup")
	sound := w.audio(sid, "caller")
	if !same(sound.Seconds(), 11) {
		t.Errorf("%v s", sound.Seconds())
	}
	if key := sound.Cut(1, 4, 4.18); audiotest.Keys(t, key) != "1" {
		t.Error("the key is not where it was pressed")
	}
	for _, c := range []struct {
		from, to float64
		silent   bool
	}{{0.1, 3.9, false}, {4.2, 6, true}, {6.1, 11, false}} {
		if audiotest.Silent(sound.Cut(1, c.from, c.to)) != c.silent {
			t.Errorf("silent between %v and %v: %v", c.from, c.to, !c.silent)
		}
	}
	w.hears(sid, "caller", "1")
}

// TestSoundOfTones hears what <Play>, SendDigits and a Number's sendDigits dial, and the beep not as a key.
func TestSoundOfTones(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, answeredBy)
	w.app.on("/out", `<Play digits="1ww2#"/><Dial action="/then"><Number sendDigits="wwA99">+15550000001</Number></Dial>`)
	w.app.on("/then", `<Record timeout="600"/>`)
	_, body := w.rest("POST", "/Calls.json", "From", line, "To", person, "Url", w.app.srv.URL+"/out", "SendDigits", "w7*7")
	sid := body["sid"].(string)
	agent := w.ringing(sid, 1)[0]
	w.do(agent, "answer")
	w.advance("0s") // until all has come to rest
	w.hears(sid, "caller", "7*712#")
	w.hears(sid, "agent", "A99")
	w.do(agent, "hangup")
	w.advance("0s")
	if s := w.waits(sid, "record"); s.said() != "[tones] | [tones] | [beep]" {
		t.Errorf("heard %s", s.said())
	}
	w.hears(sid, "caller", "7*712#")
}

// TestSoundOfPrompts takes no prompt for a key, whatever it says and however fast.
func TestSoundOfPrompts(t *testing.T) {
	t.Parallel()
	for _, pace := range []float64{0, 1} {
		w := newWorld(t, manual, atPace(pace))
		w.app.on("/voice", `<Say>Your card number please: 4242 4242 4242 4242. One. Two.</Say><Play>/tune.mp3</Play><Say language="es-ES">Sí.</Say>
			<Gather timeout="20"><Say>Press 1, 2, 3, 4, 5, 6, 7, 8, 9, star or pound.</Say></Gather><Say>`+strings.Repeat("Goodbye and thank you. ", 20)+`</Say>`)
		sid := w.ring()
		w.app.await(t, "/voice", 1)
		w.advance("2m")
		w.ended(sid)
		w.hears(sid, "caller", "")
		if audiotest.Silent(w.audio(sid, "caller").Channels[0]) {
			t.Error("nothing is heard")
		}
	}
}

// TestSoundOfIgnoredKeys keeps nothing of keys that nobody listens for: they may be what is left of a card number.
func TestSoundOfIgnoredKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Say>Wait.</Say><Enqueue>support</Enqueue>`)
	sid := w.ring()
	w.stream(sid, func(e happened) bool { return e.Type == "log" })
	if s := w.keys(sid, "4242"); s.Ignored != 4 {
		t.Errorf("%d keys were ignored", s.Ignored)
	}
	w.hears(sid, "caller", "")
}

// TestNoSuchSound refuses legs that are not there.
func TestNoSuchSound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Gather timeout="600"/>`)
	sid, other := w.ring(), w.ring()
	w.waits(sid, "gather")
	for _, path := range []string{sid + "/audio/agent.wav", sid + "/audio/caller.mp3", sid + "/audio/caller", sid + "/audio/" + other + ".wav", "CA0/audio/caller.wav"} {
		var out struct{ Error string }
		if code := w.ctl("GET", "/calls/"+path, nil, &out); code != http.StatusNotFound || out.Error == "" {
			t.Errorf("%s: %d %q", path, code, out.Error)
		}
	}
	res, err := http.Head(w.srv.URL + "/sim/v1/calls/" + sid + "/audio/caller.wav")
	if err != nil || res.StatusCode != http.StatusOK || res.ContentLength < 44 {
		t.Errorf("HEAD: %+v, %v", res, err)
	}
}
