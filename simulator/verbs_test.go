package simulator_test

import (
	"strings"
	"testing"
)

// TestGather presses keys into every kind of Gather and looks at what its action got.
func TestGather(t *testing.T) {
	t.Parallel()
	const silence = "-"
	for _, c := range []struct {
		name, attrs string
		press       []string // "-" is silence
		digits      string   // what the action got; "none" when the verb after it ran
		finished    string   // FinishedOnKey
	}{
		{"finish key", ``, []string{"123#"}, "123", "#"},
		{"number of digits", `numDigits="4"`, []string{"1234"}, "1234", ""},
		{"partial entry", `numDigits="4"`, []string{"12", silence}, "12", ""},
		{"silence", ``, []string{silence}, "none", ""},
		{"finish key alone", ``, []string{"#"}, "none", ""},
		{"finish key alone, empty wanted", `actionOnEmptyResult="true"`, []string{"#"}, "", "#"},
		{"silence, empty wanted", `actionOnEmptyResult="true"`, []string{silence}, "", ""},
		{"another finish key", `finishOnKey="*"`, []string{"1#2*"}, "1#2", "*"},
		{"no finish key", `finishOnKey="" numDigits="3"`, []string{"#*#"}, "#*#", ""},
		{"no finish key, no number", `finishOnKey=""`, []string{"12#", silence}, "12#", ""},
		{"a digit finishes", `finishOnKey="0"`, []string{"120"}, "12", "0"},
		{"wrong attributes are left out", `numDigits="x" finishOnKey="ab" timeout="soon"`, []string{"7#"}, "7", "#"},
		{"keys too many are dropped", `numDigits="1"`, []string{"12345"}, "1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.app.on("/voice", `<Gather action="/got" `+c.attrs+`><Say>Keys?</Say></Gather><Say>Nothing came.</Say>`)
			w.app.on("/got", `<Hangup/>`)
			sid := w.ring()
			w.waits(sid, "gather")
			for _, keys := range c.press {
				if keys == silence {
					w.do(sid, "silence")
				} else {
					w.keys(sid, keys)
				}
			}
			s := w.ended(sid)
			got := w.app.got("/got")
			if c.digits == "none" {
				if len(got) != 0 || !strings.Contains(s.said(), "Nothing came.") {
					t.Errorf("the action got %d requests; heard %s", len(got), s.said())
				}
				return
			}
			if len(got) != 1 || got[0].form.Get("Digits") != c.digits || got[0].form.Get("FinishedOnKey") != c.finished || !got[0].form.Has("Digits") {
				t.Errorf("the action got %+v, want Digits %q", got, c.digits)
			}
		})
	}
}

// TestGatherTime moves the clock: the timeout begins after the prompts and anew with each key.
func TestGatherTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	w.app.on("/voice", `<Gather action="/got" timeout="7"><Say>Keys?</Say></Gather><Say>Too late.</Say>`)
	w.app.on("/got", `<Hangup/>`)
	sid := w.ring()
	w.waits(sid, "gather")
	w.advance("6s")
	w.keys(sid, "1")
	w.advance("6s")
	w.keys(sid, "2")
	if s := w.waits(sid, "gather"); s.WaitingID != 1 {
		t.Errorf("a new wait began: %+v", s)
	}
	w.advance("7s")
	if s := w.ended(sid); strings.Contains(s.said(), "late") {
		t.Error(s.said())
	}
	if got := w.app.await(t, "/got", 1).form.Get("Digits"); got != "12" {
		t.Errorf("Digits %q", got)
	}
	sid = w.ring()
	w.waits(sid, "gather")
	w.advance("10s")
	if s := w.ended(sid); !strings.Contains(s.said(), "Too late.") || s.Heard[1].AtMS != 7000 {
		t.Errorf("%+v", s.Heard)
	}
}

// TestBargeIn presses a key into a long prompt.
func TestBargeIn(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("blah ", 100)
	for name, c := range map[string]struct {
		attrs string
		stops bool
	}{"stops the prompt": {``, true}, "does not when it may not": {`bargeIn="false"`, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual, atPace(1))
			w.app.on("/voice", `<Gather action="/got" numDigits="1" `+c.attrs+`><Say>`+long+`</Say><Say>More.</Say></Gather>`)
			w.app.on("/got", `<Hangup/>`)
			sid := w.ring()
			w.waits(sid, "gather")
			w.keys(sid, "5")
			if c.stops {
				if s := w.ended(sid); strings.Contains(s.said(), "More.") {
					t.Error(s.said())
				}
				return
			}
			if got := w.app.got("/got"); len(got) != 0 {
				t.Error("the prompt was stopped")
			}
			w.advance("60s")
			if s := w.ended(sid); !strings.Contains(s.said(), "More.") || w.app.await(t, "/got", 1).form.Get("Digits") != "5" {
				t.Error(s.said())
			}
		})
	}
}

// TestKeysForNobody presses keys while nobody listens: they are lost, as they are at Twilio.
func TestKeysForNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, atPace(1))
	w.app.on("/voice", `<Say>A long sentence that takes its time.</Say><Gather numDigits="1" action="/got"/>`)
	sid := w.ring()
	w.app.await(t, "/voice", 1)
	if s := w.keys(sid, "12"); s.Taken != 0 || s.Ignored != 2 {
		t.Errorf("%+v", s)
	}
	w.advance("5s")
	w.waits(sid, "gather")
}

// TestPlain runs the verbs without waits and looks at what was heard and how the call ended.
func TestPlain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, verbs string
		status      string
		said        string
	}{
		{"say", `<Say>One <break time="1s"/>two  <emphasis>three</emphasis>.</Say>`, "completed", "One two three."},
		{"say twice", `<Say loop="2">Hi.</Say>`, "completed", "Hi. | Hi."},
		{"play", `<Play>/music.mp3</Play>`, "completed", "[plays {app}/music.mp3]"},
		{"play tones", `<Play digits="1w2"/>`, "completed", "[tones]"},
		{"pause", `<Say>a</Say><Pause length="30"/><Say>b</Say>`, "completed", "a | b"},
		{"hang up", `<Say>a</Say><Hangup/><Say>b</Say>`, "completed", "a"},
		{"hang up first", `<Hangup/>`, "completed", ""},
		{"redirect", `<Redirect>/next</Redirect><Say>never</Say>`, "completed", "next"},
		{"redirect by GET", `<Redirect method="GET">next</Redirect>`, "completed", "next"},
		{"reject", `<Reject/><Say>never</Say>`, "no-answer", ""},
		{"reject as busy", `<Reject reason="busy"/>`, "busy", ""},
		{"only a pause never answers", `<Pause/>`, "no-answer", ""},
		{"leave", `<Leave/><Say>on</Say>`, "completed", "on"},
		{"start and stop", `<Start><Recording/><Transcription/></Start><Stop><Recording/></Stop><Say>on</Say>`, "completed", "on"},
		{"unknown verb", `<Sing>la</Sing><Say mood="glad">on</Say>`, "completed", "on"},
		{"empty document", ``, "no-answer", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.app.on("/voice", c.verbs)
			w.app.on("/next", `<Say>next</Say>`)
			s := w.ended(w.ring())
			if want := strings.ReplaceAll(c.said, "{app}", w.app.srv.URL); s.Status != c.status || s.said() != want {
				t.Errorf("%s, heard %q; want %s, %q", s.Status, s.said(), c.status, want)
			}
		})
	}
}

// TestStrict looks for the warnings that Twilio's grammar gives.
func TestStrict(t *testing.T) {
	t.Parallel()
	for verbs, code := range map[string]int{
		`<Sing>la</Sing>`:                            12200,
		`<Say mood="glad">on</Say>`:                  12200,
		`<Gather><Dial>+15550000001</Dial></Gather>`: 13320,
		`<Dial><Say>no</Say></Dial>`:                 13215,
		`<Pause>text</Pause>`:                        12200,
		`<Say>on</Say><Reject/>`:                     13810,
		`<Gather method="PUT"/>`:                     0,
	} {
		t.Run(verbs, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.app.on("/voice", verbs+`<Say>goes on</Say>`)
			sid := w.ring()
			if strings.Contains(verbs, "<Gather") {
				w.waits(sid, "gather")
				w.do(sid, "silence")
			}
			s := w.ended(sid)
			if code == 0 {
				return
			}
			w.logged(sid, code)
			if !strings.Contains(verbs, "Reject") && !strings.Contains(s.said(), "goes on") {
				t.Errorf("execution did not go on: %q", s.said())
			}
		})
	}
}

// TestRecord ends a recording by key, silence, length and hang-up.
func TestRecord(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, attrs, act string
		digits, seconds  string
	}{
		{"a key", ``, "9", "9", "4"},
		{"a finish key of its own", `finishOnKey="#"`, "1#", "#", "4"},
		{"silence", `timeout="5"`, "+5s", "", "5"},
		{"the longest", `timeout="0" maxLength="20"`, "+20s", "", "20"},
		{"hang-up", ``, "hangup", "hangup", "4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual)
			w.app.on("/voice", `<Record action="/done" recordingStatusCallback="/recorded" `+c.attrs+`/><Say>never</Say>`)
			w.app.on("/done", `<Hangup/>`)
			sid := w.ring()
			w.waits(sid, "record")
			switch {
			case c.act == "hangup":
				w.advance("4s")
				w.do(sid, "hangup")
			case c.act[0] == '+':
				w.advance(c.act[1:])
			default:
				w.advance("4s")
				w.keys(sid, c.act)
			}
			w.ended(sid)
			f := w.app.await(t, "/done", 1).form
			if f.Get("Digits") != c.digits || f.Get("RecordingDuration") != c.seconds || !strings.Contains(f.Get("RecordingUrl"), "/Recordings/RE") {
				t.Errorf("the action got %v", f)
			}
			if cb := w.app.await(t, "/recorded", 1).form; cb.Get("RecordingStatus") != "completed" || cb.Get("RecordingSid") == "" {
				t.Errorf("the recording callback got %v", cb)
			}
		})
	}
}

// TestEnqueue holds the caller until the end.
func TestEnqueue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Say>Wait.</Say><Enqueue action="/left">support</Enqueue>`)
	sid := w.ring()
	w.stream(sid, func(e happened) bool { return e.Type == "log" && strings.Contains(e.Text, "support") })
	w.do(sid, "hangup")
	w.ended(sid)
	if f := w.app.await(t, "/left", 1).form; f.Get("QueueResult") != "hangup" || f.Get("CallStatus") != "completed" {
		t.Errorf("%v", f)
	}
}
