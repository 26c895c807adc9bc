package simulator

import (
	"log/slog"
	"sync"
	"time"
)

// maxNotices is how many entries the error log keeps; the oldest go first.
const maxNotices = 10000

// notices is the account's error log.
type notices struct {
	mu   sync.Mutex
	list []notice
}

func (n *notices) add(e notice) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, e)
	if len(n.list) > maxNotices {
		n.list = n.list[len(n.list)-maxNotices:]
	}
}

// of gives the entries of a call, or of all when sid is "", the newest first.
func (n *notices) of(sid string) []notice {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []notice
	for i := len(n.list) - 1; i >= 0; i-- {
		if sid == "" || n.list[i].call == sid {
			out = append(out, n.list[i])
		}
	}
	return out
}

// note enters something into the log of the leg's call: with Twilio's code, or 0 for a word of the simulator's own.
func (l *leg) note(code int, text string) {
	n := notice{code: code, text: text}
	if l.doc != nil && l.doc.base != nil {
		n.url, n.method = l.doc.base.String(), l.doc.method
	}
	l.sim.noteFor(l.call, n)
}

// logWebhook writes a line for a webhook and its answer; parameters and bodies are in the call's list of webhooks.
func (s *Simulator) logWebhook(w webhook, r reply, err *webhookError, took time.Duration) {
	attrs := []slog.Attr{
		slog.String("call", w.call.sid), slog.String("purpose", w.purpose), slog.String("method", w.method),
		slog.String("url", maskCards(w.url)), slog.Int("status", r.status), slog.Duration("took", took.Round(time.Microsecond)),
	}
	if err != nil {
		attrs = append(attrs, slog.Int("code", err.code))
	}
	s.logger.LogAttrs(s.ctx, slog.LevelDebug, "webhook", attrs...)
}

// logCall writes a line for a step of a call.
func (s *Simulator) logCall(c *call, status string) {
	s.logger.LogAttrs(s.ctx, slog.LevelDebug, "call "+status, slog.String("call", c.sid), slog.String("direction", c.direction))
}

func (s *Simulator) noteFor(c *call, n notice) {
	n.sid, n.call, n.at = s.ids.sid("NO"), c.sid, s.clock.now()
	n.text, n.url = maskCards(n.text), maskCards(n.url)
	s.notices.add(n)
	c.publish(event{Type: "log", Code: n.code, Level: n.level(), Text: n.text})
	level := slog.LevelWarn
	if n.level() == "error" {
		level = slog.LevelError
	}
	s.logger.Log(s.ctx, level, "call log", "call", c.sid, "code", n.code, "text", n.text)
}
