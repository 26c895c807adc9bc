package simulator

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// Twilio's codes of ConversationRelay.
const (
	relayAttribute  = 64101
	relayNoSocket   = 64102
	relayBrokenOff  = 64105
	relayBadMessage = 64107
)

// relayLimit is how long the handshake and each message to the socket may take, in real time.
const relayLimit = 5 * time.Second

// verbConnect connects the call with a program that converses with the caller over a websocket; other nouns are not
// simulated. https://www.twilio.com/docs/voice/twiml/connect/conversationrelay
func verbConnect(l *leg, el *element) next {
	for _, noun := range el.children {
		if noun.name != "ConversationRelay" {
			continue
		}
		r := &relaying{leg: l, el: noun, session: l.sim.ids.sid("VX"), began: l.now(), status: statusCompleted}
		r.run()
		if el.attr("action") == "" {
			return goOn
		}
		return l.action(el, r.params())
	}
	return verbUnsupported(l, el)
}

// relaying is a ConversationRelay while it runs. All of it is touched on the leg's goroutine only.
type relaying struct {
	leg     *leg
	el      *element
	session string
	began   time.Time
	socket  *websocket.Conn

	tokens  string   // of a text that has not come to its end
	texts   []string // to be said
	bad     int      // messages that cannot be read
	over    bool
	status  string // completed, ended or failed
	handoff string
	code    int
}

// relayChoices are the attributes with a closed list of values.
func relayChoices() map[string]string {
	const interrupts = "none dtmf speech any true false"
	return map[string]string{
		"ttsProvider": "ElevenLabs Google Amazon", "transcriptionProvider": "Deepgram Google deepgram google",
		"interruptible": interrupts, "welcomeGreetingInterruptible": interrupts, "reportInputDuringAgentSpeech": "none dtmf speech any",
		"interruptSensitivity": "low medium high", "dtmfDetection": "true false", "preemptible": "true false",
		"profanityFilter": "true false", "partialPrompts": "true false",
	}
}

// check says what is wrong with the attributes; "" for nothing.
func (r *relaying) check() string {
	u, err := url.Parse(r.el.attr("url"))
	if err != nil || u.Host == "" || u.Scheme != "wss" && (u.Scheme != "ws" || !secure(r.el.attr("url"))) {
		return "url is not a wss address"
	}
	for name, allowed := range relayChoices() {
		if v := r.el.attr(name); v != "" && !strings.Contains(" "+allowed+" ", " "+v+" ") {
			return fmt.Sprintf("%s is %.40q; it can be %s", name, v, strings.ReplaceAll(allowed, " ", ", "))
		}
	}
	return ""
}

// fail ends the session with an error.
func (r *relaying) fail(code int, text string) {
	if r.over {
		return
	}
	r.over, r.status, r.code = true, "failed", code
	r.leg.note(code, "<ConversationRelay>: "+text)
}

// run is the session from its first to its last moment.
func (r *relaying) run() {
	l := r.leg
	if wrong := r.check(); wrong != "" {
		r.fail(relayAttribute, wrong)
		return
	}
	if l.sim.account.pci() && r.el.attr("intelligenceService") != "" {
		l.note(intelligenceInPCI, "<ConversationRelay>: PCI Mode is on: the transcript is not given to intelligenceService")
	}
	ctx, cancel := context.WithCancel(l.ctx)
	defer cancel()
	if r.open(ctx); r.over || l.over() {
		return
	}
	defer func() { _ = r.socket.Close(websocket.StatusNormalClosure, "") }()
	l.relay = r
	defer func() { l.relay = nil }()
	r.send(r.setup())
	l.expect("conversation-relay")
	l.say(r.el.attr("welcomeGreeting"), r.el.attrOr("language", "en-US"), false)
	for !l.over() && !(r.over && len(r.texts) == 0) {
		l.block(-1, func() bool { return len(l.keys) > 0 || len(r.texts) > 0 || r.over })
		r.pressed()
		if len(r.texts) > 0 && !l.over() {
			text := r.texts[0]
			r.texts = r.texts[1:]
			l.say(text, r.el.attrOr("language", "en-US"), false)
		}
	}
}

// open connects the socket and begins to read from it.
func (r *relaying) open(ctx context.Context) {
	l, target := r.leg, r.el.attr("url")
	var conn *websocket.Conn
	var err error
	done := false
	transport := l.sim.transport.Clone()
	transport.ForceAttemptHTTP2, transport.DisableKeepAlives = false, true
	if transport.TLSClientConfig != nil {
		transport.TLSClientConfig.NextProtos = nil
	}
	begun := l.sim.spawn(func() {
		limited, cancel := context.WithTimeout(ctx, relayLimit)
		defer cancel()
		c, _, e := websocket.Dial(limited, target, &websocket.DialOptions{
			HTTPClient: &http.Client{Transport: transport},
			HTTPHeader: http.Header{"X-Twilio-Signature": {sign(l.sim.account.token, target, nil)}},
		})
		if !l.mail.post(message{done: func() { conn, err, done = c, e, true }}) && c != nil {
			_ = c.CloseNow()
		}
	})
	if !begun {
		r.fail(relayNoSocket, "the simulator is closing")
		return
	}
	l.blockUntil(func() bool { return done })
	if err != nil {
		r.fail(relayNoSocket, "no connection to "+target)
		return
	}
	r.socket = conn
	l.sim.attend(func() { r.listen(ctx, conn) })
}

// setup is the first message to the socket.
func (r *relaying) setup() map[string]any {
	c := r.leg.call
	custom := map[string]string{}
	for _, p := range r.el.children {
		if p.name == "Parameter" {
			custom[p.attr("name")] = p.attr("value")
		}
	}
	status, _ := c.state()
	m := map[string]any{
		"type": "setup", "sessionId": r.session, "accountSid": c.accountSID, "callSid": c.sid, "parentCallSid": "", "from": c.from, "to": c.to,
		"forwardedFrom": "", "callerName": "", "direction": c.direction, "callType": "PSTN", "callStatus": strings.ToUpper(status),
		"customParameters": custom,
	}
	if c.parent != nil {
		m["parentCallSid"] = c.parent.sid
	}
	return m
}

// params tell the action how the session went.
func (r *relaying) params() map[string]string {
	p := map[string]string{
		"SessionId": r.session, "SessionStatus": r.status,
		"SessionDuration": strconv.Itoa(int(r.leg.now().Sub(r.began).Round(time.Second) / time.Second)),
	}
	if r.handoff != "" {
		p["HandoffData"] = r.handoff
	}
	if r.code != 0 {
		p["ErrorCode"] = strconv.Itoa(r.code)
	}
	return p
}
