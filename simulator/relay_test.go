package simulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// bot is a program that converses: what it is told comes on heard, and it says what is put into the function that it
// was made with.
func (w *world) bot(path string, answer func(m map[string]any, send func(string))) chan map[string]any {
	heard := make(chan map[string]any, 100)
	w.app.handle(path, func(res http.ResponseWriter, req *http.Request) {
		conn, err := websocket.Accept(res, req, nil)
		if err != nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		defer conn.CloseNow()
		for {
			_, raw, err := conn.Read(ctx)
			if err != nil {
				close(heard)
				return
			}
			var m map[string]any
			if json.Unmarshal(raw, &m) != nil {
				m = map[string]any{"type": string(raw)}
			}
			heard <- m
			answer(m, func(s string) {
				if s == "" {
					_ = conn.Close(websocket.StatusGoingAway, "")
					return
				}
				_ = conn.Write(ctx, websocket.MessageText, []byte(s))
			})
		}
	})
	return heard
}

// TestConversationRelay converses: setup, prompt, dtmf, text, end.
func TestConversationRelay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	heard := w.bot("/bot", func(m map[string]any, send func(string)) {
		switch m["type"] {
		case "prompt":
			send(`{"type":"text","token":"You said ","last":false}`)
			send(`{"type":"text","token":"` + m["voicePrompt"].(string) + `.","last":true}`)
		case "dtmf":
			send(`{"type":"text","token":"Bye.","last":true}`)
			send(`{"type":"end","handoffData":"{\"key\":5}"}`)
		}
	})
	ws := strings.Replace(w.app.srv.URL, "http", "ws", 1) + "/bot"
	w.app.on("/voice", `<Connect action="/done"><ConversationRelay url="`+ws+`" welcomeGreeting="Hi!" dtmfDetection="true" intelligenceService="GA1"><Parameter name="a" value="b"/></ConversationRelay></Connect>`)
	w.app.on("/done", `<Hangup/>`)
	sid := w.ring()
	w.waits(sid, "conversation-relay")
	if m := <-heard; m["type"] != "setup" || m["callSid"] != sid || m["from"] != person || m["customParameters"].(map[string]any)["a"] != "b" {
		t.Errorf("%v", m)
	}
	w.says(sid, "good day")
	if m := <-heard; m["type"] != "prompt" || m["voicePrompt"] != "good day" || m["lang"] != "en-US" || m["last"] != true {
		t.Errorf("%v", m)
	}
	w.keys(sid, "5")
	if m := <-heard; m["type"] != "dtmf" || m["digit"] != "5" {
		t.Errorf("%v", m)
	}
	done := w.app.await(t, "/done", 1).form
	wantForm(t, done, map[string]string{"SessionStatus": "ended", "HandoffData": `{"key":5}`, "ErrorCode": ""})
	if s := w.ended(sid); s.said() != "Hi! | You said good day. | Bye." {
		t.Errorf("heard %q", s.said())
	}
	if hooks := w.app.got("/bot"); hooks[0].header.Get("X-Twilio-Signature") == "" {
		t.Error("the handshake is not signed")
	}
	w.logged(sid, 95116)
	for range heard { // closed with the socket
	}
}

// TestConversationRelayTroubles ends sessions that cannot be or go wrong.
func TestConversationRelayTroubles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		url, attrs, code string
		answer           string
	}{
		"http":        {"http://127.0.0.1/x", "", "64101", ""},
		"far away":    {"ws://example.com/x", "", "64101", ""},
		"attribute":   {"", `ttsProvider="Parrot"`, "64101", ""},
		"nobody":      {"ws://127.0.0.1:1/x", "", "64102", ""},
		"closed":      {"", "", "64105", "close"},
		"bad answers": {"", "", "64107", "what?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.bot("/bot", func(_ map[string]any, send func(string)) { send(strings.TrimPrefix(c.answer, "close")) })
			if c.url == "" {
				c.url = strings.Replace(w.app.srv.URL, "http", "ws", 1) + "/bot"
			}
			w.app.on("/voice", `<Connect action="/done"><ConversationRelay url="`+c.url+`" `+c.attrs+`/></Connect>`)
			w.app.on("/done", `<Hangup/>`)
			sid := w.ring()
			wantForm(t, w.app.await(t, "/done", 1).form, map[string]string{"SessionStatus": "failed", "ErrorCode": c.code})
			w.ended(sid)
		})
	}
}

// TestConversationRelayHangup closes the socket when the caller is gone.
func TestConversationRelayHangup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	heard := w.bot("/bot", func(map[string]any, func(string)) {})
	w.app.on("/voice", `<Connect action="/done"><ConversationRelay url="`+strings.Replace(w.app.srv.URL, "http", "ws", 1)+`/bot"/></Connect>`)
	sid := w.ring()
	w.waits(sid, "conversation-relay")
	w.do(sid, "hangup")
	wantForm(t, w.app.await(t, "/done", 1).form, map[string]string{"SessionStatus": "completed"})
	for range heard { // closed with the socket
	}
}
