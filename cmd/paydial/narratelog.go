//go:build !nosimulator

package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
)

// logger is a log of dev. With verbose it goes to stderr as it is; else warnings and errors become lines of the
// story.
func (n *narrator) logger(verbose bool, from string) *slog.Logger {
	if verbose {
		return slog.New(slog.NewTextHandler(n.s.err, &slog.HandlerOptions{Level: slog.LevelDebug})).With("from", from)
	}
	return slog.New(&logLines{narrator: n, from: from})
}

// logLines makes lines of warnings and errors, except of those that the feed tells.
type logLines struct {
	narrator *narrator
	from     string
	attrs    []slog.Attr
}

// Enabled leaves out everything that is no trouble.
func (h *logLines) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle tells one record.
func (h *logLines) Handle(_ context.Context, r slog.Record) error {
	words, told := []string{}, false
	if h.from == "app" {
		told = r.Message == "flow" // an error of a flow is an event of its call
		words = append(words, r.Message)
	}
	each := func(a slog.Attr) bool {
		switch a.Key {
		case "flag":
			told = true
		case "path": // a turn that is refused has its own line
			told = told || r.Message == "webhook refused" && isTurn(a.Value.String())
			words = append(words, a.Value.String())
		case "call":
		case "code":
			if code := a.Value.String(); code != "0" { // 0 is a word of the simulator's own
				words = append(words, "Twilio "+code)
			}
		case "text":
			words = append(words, a.Value.String())
		default:
			words = append(words, fmt.Sprintf("%s=%v", a.Key, a.Value))
		}
		return true
	}
	for _, a := range h.attrs {
		each(a)
	}
	r.Attrs(each)
	if !told {
		mark := "!"
		if r.Level >= slog.LevelError {
			mark = "✗"
		}
		h.narrator.line(r.Time, mark, strings.Join(words, "  "))
	}
	return nil
}

// WithAttrs is the same log with more to say in each line.
func (h *logLines) WithAttrs(attrs []slog.Attr) slog.Handler {
	more := *h
	more.attrs = append(more.attrs[:len(more.attrs):len(more.attrs)], attrs...)
	return &more
}

// WithGroup has no groups to show.
func (h *logLines) WithGroup(string) slog.Handler { return h }
