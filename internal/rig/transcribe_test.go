package rig_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/paydial/paydial/internal/caller"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

const writtenDown = `defaults: { gave_up: bye, failed: bye }
scenes:
  main:
    - say: This call is recorded.
    - transcribe: start
      engine: deepgram
      speech_model: nova-3
      hints: [balance, bill]
    - menu:
        say: Welcome.
        options: { 1: { to: pay five dollars, go: pay } }
  pay:
    - say: You are paying 5 dollars.
    - pay: { amount: 5.00 }
      then: { paid: paid, declined: bye, cancelled: bye, unavailable: bye }
  paid:
    - say: Your confirmation is ${payment.confirmation | spell}.
    - menu: { options: { 2: { to: say goodbye, go: bye } } }
  bye:
    - hang_up: Goodbye.
`

// TestTranscriptionStopsForPayment has a caller say a card number before, in and after a payment. Nothing that is said
// while they pay is written down; what is said before and after is.
func TestTranscriptionStopsForPayment(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{Bundle: oneFlow(writtenDown)})
	who := &caller.Caller{Simulator: r.SimURL}
	sid, err := who.Ring(t.Context(), rig.Script(t, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	untilStatus(t, r, sid, "gather")
	act(t, r, sid, "say", `{"text":"I want to pay my bill"}`)
	act(t, r, sid, "digits", `{"digits":"1"}`)
	untilStatus(t, r, sid, "pay:payment-card-number")
	act(t, r, sid, "say", `{"text":"it is four two four two four two four two"}`)
	s := rig.Script(t, "", "visa")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if _, err := who.Follow(ctx, sid, caller.Script{Cards: s.Cards, Press: []string{"2"}}); err != nil {
		t.Fatal(err)
	}
	stops := func(h hook) bool { return h.Params["TranscriptionEvent"] == "transcription-stopped" }
	hooks := webhooksOf(t, r, sid)
	for tick := time.NewTicker(10 * time.Millisecond); len(slices.DeleteFunc(slices.Clone(hooks), func(h hook) bool { return !stops(h) })) < 2; {
		select {
		case <-ctx.Done():
			t.Fatalf("no second stop: %+v", hooks)
		case <-tick.C:
			hooks = webhooksOf(t, r, sid)
		}
	}
	var told []string
	var stopped, begun bool
	for _, h := range hooks {
		switch {
		case strings.Contains(h.URL, "/voice/transcription"):
			event := strings.TrimPrefix(h.Params["TranscriptionEvent"], "transcription-")
			if event == "content" {
				event = h.Params["TranscriptionData"]
			}
			told = append(told, event+h.Params["Name"])
			if strings.Contains(h.Params["TranscriptionData"], "four two") {
				t.Errorf("written down: %s", h.Params["TranscriptionData"])
			}
			if !strings.Contains(h.URL, "?flow=one") || h.Params["TranscriptionEvent"] == "transcription-error" {
				t.Errorf("told at %s: %v", h.URL, h.Params)
			}
		case strings.Contains(h.Body, "<Stop><Transcription"):
			stopped = strings.Contains(h.Body, `<Response><Stop><Transcription name="paydial-1"/></Stop>`)
		case strings.Contains(h.Body, "<Start><Transcription name=\"paydial-2\""):
			begun = strings.Contains(h.Body, "<Response><Start>")
		}
	}
	if !stopped || !begun {
		t.Errorf("the answer with <Pay> begins with a stop: %v, the one behind it with a start: %v", stopped, begun)
	}
	got := strings.Join(told, "\n")
	if strings.Count(got, "startedpaydial-") != 2 || strings.Count(got, "stopped") != 2 || !strings.Contains(got, "I want to pay my bill") {
		t.Errorf("told:\n%s", got)
	}
}

// TestConverse has a caller talk with a program that hands back why they called.
func TestConverse(t *testing.T) {
	t.Parallel()
	setup := make(chan map[string]any, 1)
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		conn, err := websocket.Accept(w, req, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		for {
			_, raw, err := conn.Read(ctx)
			if err != nil {
				return
			}
			var m map[string]any
			_ = json.Unmarshal(raw, &m)
			switch m["type"] {
			case "setup":
				setup <- m
			case "prompt":
				_ = conn.Write(ctx, websocket.MessageText, []byte(`{"type":"text","token":"I see.","last":true}`))
				_ = conn.Write(ctx, websocket.MessageText, []byte(`{"type":"end","handoffData":"{\"reason\":\"bill\",\"card\":\"none\"}"}`))
			}
		}
	}))
	t.Cleanup(bot.Close)
	const scenes = `scenes:
  main:
    - converse:
        url: URL
        greeting: Why do you call?
        parameters: { caller: caller.number }
        expect: { reason: text }
      as: talk
      then: { failed: nobody }
    - hang_up: It is about a ${talk.data.reason}.
  nobody:
    - hang_up: Nobody is there.
`
	const allowed = "conversation_relay: { speech: [google], voices: [amazon] }"
	t.Run("to its end", func(t *testing.T) {
		t.Parallel()
		r := rig.Start(t, local.Options{Bundle: oneFlow(strings.Replace(scenes, "URL", strings.Replace(bot.URL, "http", "ws", 1), 1), allowed)})
		who := &caller.Caller{Simulator: r.SimURL}
		sid, err := who.Ring(t.Context(), rig.Script(t, "", ""))
		if err != nil {
			t.Fatal(err)
		}
		untilStatus(t, r, sid, "conversation-relay")
		if m := <-setup; m["customParameters"].(map[string]any)["caller"] != rig.From {
			t.Errorf("setup %v", m)
		}
		act(t, r, sid, "say", `{"text":"My bill is wrong."}`)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		st, err := who.Follow(ctx, sid, caller.Script{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := r.Ended(ctx, st)
		if err != nil {
			t.Fatal(err)
		}
		if got := out.Said(); got != "Why do you call?\nI see.\nIt is about a bill.\n" {
			t.Errorf("heard %q", got)
		}
		for _, h := range webhooksOf(t, r, sid) {
			if strings.Contains(h.Body, "ConversationRelay") && (!strings.Contains(h.Body, `ttsProvider="Amazon"`) || !strings.Contains(h.Body, `transcriptionProvider="Google"`)) {
				t.Errorf("sent %s", h.Body)
			}
		}
	})
	t.Run("without the program", func(t *testing.T) {
		t.Parallel()
		r := rig.Start(t, local.Options{Bundle: oneFlow(strings.Replace(scenes, "URL", "ws://127.0.0.1:1/gone", 1), allowed)})
		if got := r.Call(rig.Script(t, "", "")); !strings.Contains(got.Said(), "Nobody is there.") {
			t.Errorf("heard %s", got.Said())
		}
	})
}
