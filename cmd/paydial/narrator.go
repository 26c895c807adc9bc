//go:build !nosimulator

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/sessions"
)

// narrator tells in the terminal what happens, one line for each thing: arrows for requests, words for the rest.
// What a caller keys is told as a single key or as a count, never as digits.
type narrator struct {
	s streams
	p palette

	mu sync.Mutex // keeps lines whole
}

func newNarrator(s streams) *narrator { return &narrator{s: s, p: palette(colourful(s, s.out))} }

// banner is the first thing a newcomer reads.
func (n *narrator) banner(all *local.Local, dir string, demo bool) {
	p, project := n.p, all.App.Projects.Current()
	what := "project " + dir
	if demo {
		what = fmt.Sprintf("nothing here yet, so this is the demo line %q", project.Line)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n  %s %s · %s\n\n", p.bold("paydial"), version, what)
	if demo {
		fmt.Fprintf(&b, "  Phone    %s   ring it, press 1, account 12345678, press 1\n", p.cyan(all.AppURL+"/phone"))
	} else {
		fmt.Fprintf(&b, "  Phone    %s\n", p.cyan(all.AppURL+"/phone"))
	}
	fmt.Fprintf(&b, "  Pages    %s         calls · flows · payments\n", p.cyan(all.AppURL))
	fmt.Fprintf(&b, "\n  Twilio   simulated: no account, no charges, nothing leaves this computer\n")
	fmt.Fprintf(&b, "  Data     in memory, gone when you stop\n")
	fmt.Fprintf(&b, "  Card     4242 4242 4242 4242 · any future date · any code\n")
	fmt.Fprintf(&b, "\n  In a second terminal:  paydial call --press 1,12345678,1 --card visa\n")
	fmt.Fprintf(&b, "  Ctrl-C to quit\n\n")
	n.write(b.String())
}

// say writes one line with the time before it.
func (n *narrator) say(mark, text string) {
	n.write(fmt.Sprintf("%s  %s %s\n", n.p.dim(time.Now().Format("15:04:05")), mark, text))
}

func (n *narrator) write(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, _ = io.WriteString(n.s.out, text)
}

// findings prints what lint has to say of a saved project.
func (n *narrator) findings(f flows.Findings) {
	if len(f) == 0 {
		return
	}
	var b bytes.Buffer
	_ = f.WriteText(&b, bool(n.p))
	n.write(b.String())
}

// watch wraps the app's handler and tells every webhook of a turn with its answer.
func (n *narrator) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/voice" && !strings.HasPrefix(r.URL.Path, "/voice/turn/") {
			next.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10+1))
		rest := r.Body
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), rest), rest}
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		began := time.Now()
		next.ServeHTTP(rec, r)
		n.turn(r.URL.Path, body, rec, time.Since(began))
	})
}

// turn tells one webhook.
func (n *narrator) turn(path string, body []byte, rec *recorder, took time.Duration) {
	form, _ := url.ParseQuery(string(body))
	if keys := pressed(form.Get("Digits")); keys != "" {
		n.say("  ←", keys)
	}
	status := fmt.Sprint(rec.status)
	if rec.status != http.StatusOK {
		status = n.p.red(status)
	}
	n.say("  →", fmt.Sprintf("POST %-16s %s %5s  %s", path, status, shortTime(took), firstVerb(rec.body.Bytes())))
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

func shortTime(d time.Duration) string {
	if d < time.Millisecond {
		return "<1 ms"
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// verbsShown are the verbs worth naming, the waiting ones first.
var verbsShown = []string{"Pay", "Gather", "Dial", "Record", "Enqueue", "Redirect", "Hangup"}

// firstVerb is the verb an answer waits with, and the last words said before it.
func firstVerb(doc []byte) string {
	text := string(doc)
	for _, v := range verbsShown {
		at := strings.Index(text, "<"+v)
		if at < 0 {
			continue
		}
		if v == "Pay" {
			return fmt.Sprintf("<Pay> %s %s", attribute(text[at:], "chargeAmount"), attribute(text[at:], "currency"))
		}
		return fmt.Sprintf("<%s> %s", v, lastSaid(text))
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

// maxSaid is how much of a sentence fits into a line.
const maxSaid = 36

// lastSaid is the beginning of the last sentence in our own TwiML.
func lastSaid(text string) string {
	at := strings.LastIndex(text, "<Say")
	if at < 0 {
		return ""
	}
	_, said, _ := strings.Cut(text[at:], ">")
	said, _, _ = strings.Cut(said, "<")
	said = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&#39;", "'", "&quot;", `"`).Replace(said)
	if r := []rune(said); len(r) > maxSaid {
		return string(r[:maxSaid]) + "…"
	}
	return said
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

// follow tells what happens on calls until ctx ends.
func (n *narrator) follow(ctx context.Context, all *local.Local) {
	sub, err := all.App.Sessions.Subscribe(ctx, "")
	if err != nil {
		n.say("!", "the live feed is not to be had: "+err.Error())
		return
	}
	defer sub.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-sub.C:
			if !ok {
				return
			}
			n.event(all, e)
		}
	}
}

// event tells one event of the feed; those that only pages need are passed over.
func (n *narrator) event(all *local.Local, e sessions.Event) {
	var d map[string]string
	if json.Unmarshal(e.Data, &d) != nil {
		return
	}
	switch e.Kind {
	case "call":
		if d["name"] == "started" {
			n.say("☎ in", fmt.Sprintf("%s → %s   %s  %s", d["from"], d["to"], shortSID(e.Call), d["text"]))
			return
		}
		n.say("☎ end", fmt.Sprintf("%s  outcome %s   %s/calls/%s", shortSID(e.Call), n.p.bold(d["text"]), all.AppURL, e.Call))
	case "scene":
		n.say("   ", n.p.dim("scene "+d["name"]))
	case "effect":
		n.say("   ", fmt.Sprintf("%s %s   %s  %s ms", method(d["method"]), d["service"], d["text"], d["ms"]))
	case "pay":
		if d["card"] != "" {
			n.say("  ▣", fmt.Sprintf("pay  %s  card %s %s", d["name"], d["card"], d["brand"]))
		}
	case "payment":
		n.payment(d)
	case "flag":
		n.say(n.p.yellow("  !"), d["text"])
	case "error":
		n.say(n.p.red("  ✗"), fmt.Sprintf("%s  %s", d["at"], d["text"]))
	}
}

// payment tells how a payment stands.
func (n *narrator) payment(d map[string]string) {
	amount := d["amount"] + " " + d["currency"]
	switch d["name"] {
	case "started":
	case "paid", "saved":
		n.say(n.p.green("  ✓"), fmt.Sprintf("%s %s   %s ending %s   confirmation %s", d["name"], amount, d["brand"], d["last4"], d["confirmation"]))
	case "unknown":
		n.say(n.p.red("  ?"), fmt.Sprintf("unknown   nobody knows whether %s was taken: look at the ledger", amount))
	default:
		n.say(n.p.yellow("  ✗"), fmt.Sprintf("%s   %s not charged", d["name"], amount))
	}
}

func method(m string) string {
	if m == "" {
		return "GET"
	}
	return m
}

// shortSID is a CallSid short enough to read out.
func shortSID(sid string) string {
	if len(sid) < 8 {
		return sid
	}
	return sid[:4] + "…" + sid[len(sid)-2:]
}
