package simulator_test

import (
	"strings"
	"testing"
)

// ringing waits until the call has dialed n legs, and gives their SIDs.
func (w *world) ringing(sid string, n int) []string {
	w.t.Helper()
	w.waits(sid, "dial")
	s := w.await(sid)
	if len(s.Children) != n {
		w.t.Fatalf("%d legs ring, want %d: %+v", len(s.Children), n, s.Children)
	}
	var sids []string
	for _, c := range s.Children {
		sids = append(sids, c.CallSID)
	}
	return sids
}

// TestDial lets an agent's leg be answered, declined and left to ring, and looks at what the action got.
func TestDial(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		act      func(w *world, sid, agent string)
		status   string // DialCallStatus
		bridged  string
		agentEnd string
		duration string
		parent   string
	}{
		{"the agent hangs up", func(w *world, _, agent string) {
			w.do(agent, "answer")
			w.advance("42s")
			w.do(agent, "hangup")
		}, "completed", "true", "completed", "42", "in-progress"},
		{"the caller hangs up", func(w *world, sid, agent string) {
			w.do(agent, "answer")
			w.advance("7s")
			w.do(sid, "hangup")
		}, "completed", "true", "completed", "7", "completed"},
		{"the agent declines", func(w *world, _, agent string) { w.do(agent, "hangup") }, "busy", "false", "busy", "", "in-progress"},
		{"nobody answers", func(w *world, _, _ string) { w.advance("31s") }, "no-answer", "false", "no-answer", "", "in-progress"},
		{"the caller does not wait", func(w *world, sid, _ string) { w.do(sid, "hangup") }, "canceled", "false", "canceled", "", "completed"},
		{"silence ends the ringing", func(w *world, sid, _ string) { w.do(sid, "silence") }, "no-answer", "false", "no-answer", "", "in-progress"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual)
			w.app.on("/voice", `<Say>One moment.</Say><Dial action="/dialed"><Client statusCallback="/agent" statusCallbackEvent="initiated ringing answered completed">kim</Client></Dial><Say>never</Say>`)
			w.app.on("/dialed", `<Hangup/>`)
			sid := w.ring()
			agent := w.ringing(sid, 1)[0]
			c.act(w, sid, agent)
			f := w.app.await(t, "/dialed", 1).form
			if f.Get("DialCallStatus") != c.status || f.Get("DialBridged") != c.bridged || f.Get("DialCallDuration") != c.duration ||
				f.Get("DialCallSid") != agent || f.Get("CallStatus") != c.parent {
				t.Errorf("the action got %v", f)
			}
			w.ended(sid)
			if s := w.ended(agent); s.Status != c.agentEnd || s.To != "client:kim" || s.Direction != "outbound-dial" {
				t.Errorf("the agent's leg: %+v", s)
			}
			first := w.app.await(t, "/agent", 1).form
			if first.Get("CallStatus") != "initiated" || first.Get("ParentCallSid") != sid || first.Get("CallSid") != agent {
				t.Errorf("the leg's first callback: %v", first)
			}
		})
	}
}

// TestDialWithoutAction goes on after the Dial.
func TestDialWithoutAction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Dial>+15550000077</Dial><Say>Back again.</Say>`)
	sid := w.ring()
	w.do(w.ringing(sid, 1)[0], "hangup")
	if s := w.ended(sid); s.said() != "Back again." {
		t.Errorf("%q", s.said())
	}
}

// TestDialMany rings two at once: the first to answer wins, the other is cancelled.
func TestDialMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	w.app.on("/voice", `<Dial action="/dialed" hangupOnStar="true" record="record-from-answer"><Number>+15550000001</Number><Number url="/whisper">+15550000002</Number></Dial>`)
	w.app.on("/whisper", `<Say>A caller for you.</Say>`)
	w.app.on("/dialed", `<Hangup/>`)
	sid := w.ring()
	legs := w.ringing(sid, 2)
	w.do(legs[1], "answer")
	if s := w.ended(legs[0]); s.Status != "canceled" {
		t.Errorf("the other leg: %s", s.Status)
	}
	w.advance("3s")
	w.keys(sid, "1*")
	f := w.app.await(t, "/dialed", 1).form
	if f.Get("DialCallSid") != legs[1] || f.Get("DialCallStatus") != "completed" || !strings.Contains(f.Get("RecordingUrl"), "/RE") {
		t.Errorf("%v", f)
	}
	if s := w.ended(legs[1]); !strings.Contains(s.said(), "A caller for you.") {
		t.Errorf("the whisper: %q", s.said())
	}
	w.ended(sid)
}

// TestDialSequential rings one after the other.
func TestDialSequential(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Dial sequential="true" action="/dialed"><Number>+15550000001</Number><Number>+15550000002</Number></Dial>`)
	w.app.on("/dialed", `<Hangup/>`)
	sid := w.ring()
	first := w.ringing(sid, 1)[0]
	w.do(first, "hangup")
	w.stream(sid, func(e happened) bool { return e.Type == "child" && e.CallSID != first && e.Status == "ringing" })
	second := w.ringing(sid, 2)[1]
	w.do(second, "answer")
	w.do(second, "hangup")
	if f := w.app.await(t, "/dialed", 1).form; f.Get("DialCallSid") != second {
		t.Errorf("%v", f)
	}
}

// TestAnswerOnBridge leaves the caller ringing until the agent answers.
func TestAnswerOnBridge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Dial answerOnBridge="true"><Client>kim</Client></Dial>`)
	sid := w.ring()
	agent := w.ringing(sid, 1)[0]
	if s := w.await(sid); s.Status != "ringing" {
		t.Errorf("before: %s", s.Status)
	}
	w.do(agent, "answer")
	w.stream(sid, func(e happened) bool { return e.Type == "status" && e.Status == "in-progress" })
	w.do(sid, "hangup")
	w.ended(agent)
}

// TestNotSimulated says in the log what is not played.
func TestNotSimulated(t *testing.T) {
	t.Parallel()
	for verbs, want := range map[string]string{
		`<Dial><Queue>room</Queue></Dial>`:             "Queue",
		`<Connect><Stream url="wss://x/y"/></Connect>`: "Connect",
		`<Refer><Sip>sip:a@b</Sip></Refer>`:            "Refer",
		`<Gather input="dtmf speech" timeout="0"/>`:    "speech",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.app.on("/voice", verbs+`<Say>on</Say>`)
			sid := w.ring()
			if s := w.ended(sid); s.said() != "on" {
				t.Errorf("heard %q", s.said())
			}
			for _, e := range w.log(sid) {
				if strings.Contains(e.Text, want) {
					return
				}
			}
			t.Errorf("the log does not say it: %+v", w.log(sid))
		})
	}
}
