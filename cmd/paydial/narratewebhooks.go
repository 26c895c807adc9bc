//go:build !nosimulator

package main

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// webhook is a request of Twilio's as it comes in, and again with its answer.
type webhook struct {
	at     time.Time
	call   string
	path   string
	keys   string // what was pressed, told without telling it; only as it comes in
	status int    // 0 as it comes in
	took   time.Duration
	answer []byte
}

// watch wraps the app's handler and notes every webhook of a turn with its answer. It never holds one up.
func (n *narrator) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || !isTurn(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10+1))
		rest := r.Body
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), rest), rest}
		form, _ := url.ParseQuery(string(body))
		seen := webhook{at: time.Now(), call: form.Get("CallSid"), path: r.URL.Path, keys: pressed(form.Get("Digits"))}
		if seen.keys != "" {
			n.note(seen)
		}
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		seen.keys, seen.status, seen.took, seen.answer = "", rec.status, time.Since(seen.at), rec.body.Bytes()
		n.note(seen)
	})
}

// isTurn tells whether a path answers with what a caller hears.
func isTurn(path string) bool {
	return path == "/voice" || path == "/voice/fallback" || strings.HasPrefix(path, "/voice/turn/")
}

// turnOf is the turn that a path asks for. The fallback does not say which went wrong: all of them.
func turnOf(path string) int {
	if path == "/voice" {
		return 0
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(path, "/voice/turn/")); err == nil {
		return n
	}
	return math.MaxInt
}

// note hands a webhook to whoever tells it. With a thousand of them waiting it is left out.
func (n *narrator) note(w webhook) {
	select {
	case n.webhooks <- w:
	default:
	}
}

// webhook tells one webhook: the keys as they come, the answer behind everything that happened in its turn.
func (n *narrator) webhook(ctx context.Context, w webhook) {
	if w.status == 0 {
		n.line(w.at, "←", w.keys)
		return
	}
	n.catchUp(ctx, w.call, "", turnOf(w.path))
	status, scene, verb := fmt.Sprintf("%3d", w.status), n.told(w.call).scene, firstVerb(w.answer)
	switch {
	case w.status == http.StatusForbidden:
		status, scene, verb = n.p.red(status), "", "refused: the signature does not fit"
	case w.status != http.StatusOK:
		status = n.p.red(status)
	}
	const before = textColumn + 14 + 1 + 3 + 1 + 7 + 2
	scene = fmt.Sprintf("%-13s", scene)
	verb = clip(verb, n.room(before+len([]rune(scene))+1))
	n.line(w.at.Add(w.took), "→", fmt.Sprintf("%-14s %s %7s  %s %s", w.path, status, took(w.took), scene, verb))
}

// pressed tells keys without telling them: one key as it is, more as a count.
func pressed(digits string) string {
	switch len(digits) {
	case 0:
		return ""
	case 1:
		return "key " + digits
	}
	return fmt.Sprintf("%d keys", len(digits))
}

// verbsShown are the verbs worth naming, the waiting ones first.
var verbsShown = []string{"Pay", "Gather", "Dial", "Record", "Enqueue", "Redirect", "Hangup"}

// maxSaid is how much of a sentence is shown where the width of a terminal does not say.
const maxSaid = 48

// firstVerb is the verb an answer waits with, and the words that matter with it.
func firstVerb(doc []byte) string {
	text := string(doc)
	for _, v := range verbsShown {
		at := strings.Index(text, "<"+v)
		switch {
		case at < 0:
			continue
		case v == "Pay":
			if amount := attribute(text[at:], "chargeAmount"); amount != "" {
				return fmt.Sprintf("<Pay> %s %s", amount, attribute(text[at:], "currency"))
			}
			return "<Pay> to save a card"
		case v == "Gather": // what it asks, else what was said before it
			if said := firstSaid(text[at:]); said != "" {
				return "<Gather> " + said
			}
		}
		return strings.TrimSpace("<" + v + "> " + lastSaid(text))
	}
	return ""
}

// attribute is the value of an attribute in our own TwiML.
func attribute(text, name string) string {
	_, after, ok := strings.Cut(text, " "+name+`="`)
	if !ok {
		return ""
	}
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// firstSaid is the first sentence in our own TwiML, lastSaid the last one.
func firstSaid(text string) string { return sentenceAt(text, strings.Index(text, "<Say")) }

func lastSaid(text string) string { return sentenceAt(text, strings.LastIndex(text, "<Say")) }

func sentenceAt(text string, at int) string {
	if at < 0 {
		return ""
	}
	_, said, _ := strings.Cut(text[at:], ">")
	said, _, _ = strings.Cut(said, "<")
	return clip(html.UnescapeString(strings.Join(strings.Fields(said), " ")), maxSaid)
}

// recorder keeps an answer beside sending it.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.body.Write(b)
	return r.ResponseWriter.Write(b)
}
