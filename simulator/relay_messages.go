package simulator

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/coder/websocket"
)

// maxBadMessages is how many messages that cannot be read end a session.
const maxBadMessages = 10

// relayMessage is what the program at the socket may send.
type relayMessage struct {
	Type    string `json:"type"`
	Token   string `json:"token"`
	Last    *bool  `json:"last"`
	Handoff string `json:"handoffData"`
	Digits  string `json:"digits"`
}

// listen hands what comes from the socket to the leg, until it is closed.
func (r *relaying) listen(ctx context.Context, conn *websocket.Conn) {
	conn.SetReadLimit(maxRequestBody)
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			r.leg.mail.post(message{done: func() { r.fail(relayBrokenOff, "the socket was closed") }})
			return
		}
		r.leg.mail.post(message{done: func() { r.take(raw) }})
	}
}

// take carries a message out.
func (r *relaying) take(raw []byte) {
	var m relayMessage
	err := json.Unmarshal(raw, &m)
	switch {
	case r.over:
		return
	case err != nil:
	case m.Type == "text":
		r.tokens += m.Token
		if m.Last == nil || *m.Last {
			r.texts, r.tokens = append(r.texts, r.tokens), ""
		}
		return
	case m.Type == "end":
		r.over, r.status, r.handoff = true, "ended", m.Handoff
		return
	case m.Type == "play", m.Type == "sendDigits", m.Type == "language":
		r.leg.note(0, "<ConversationRelay>: the message "+m.Type+" is accepted and not simulated")
		return
	default:
		err = errors.New("unknown type")
	}
	if r.bad++; r.bad == maxBadMessages {
		r.fail(relayBadMessage, "ten messages could not be read")
		_ = r.socket.Close(websocket.StatusInvalidFramePayloadData, "too many invalid messages")
		return
	}
	r.send(map[string]any{"type": "error", "description": "Invalid message received: " + err.Error()})
}

// pressed tells of keys, if that was asked for.
func (r *relaying) pressed() {
	keys := r.leg.keys
	r.leg.keys = nil
	if r.el.attr("dtmfDetection") != "true" {
		return
	}
	for _, k := range keys {
		r.send(map[string]any{"type": "dtmf", "digit": string(k.key)})
	}
}

// prompt tells what the caller has said.
func (r *relaying) prompt(words string) {
	r.send(map[string]any{"type": "prompt", "voicePrompt": words, "lang": r.el.attrOr("language", "en-US"), "last": true})
}

// send writes a message to the socket.
func (r *relaying) send(m map[string]any) {
	raw, err := json.Marshal(m)
	if err != nil || r.over {
		return
	}
	ctx, cancel := context.WithTimeout(r.leg.ctx, relayLimit)
	defer cancel()
	if err := r.socket.Write(ctx, websocket.MessageText, raw); err != nil {
		r.fail(relayBrokenOff, "the socket was closed")
	}
}
