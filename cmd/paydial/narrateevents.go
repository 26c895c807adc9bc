//go:build !nosimulator

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/sessions"
)

// maxTold is how many calls are remembered: their feeds may still have a late word.
const maxTold = 1000

// toldCall is what has been told of a call.
type toldCall struct {
	after  string // ID of the last event that was told
	began  time.Time
	scene  string
	paying *progress // the payment that is being keyed; nil when none is
}

// told is what has been told of a call so far.
func (n *narrator) told(call string) *toldCall {
	c := n.calls[call]
	if c == nil {
		c = &toldCall{}
		n.calls[call] = c
		if n.order = append(n.order, call); len(n.order) > maxTold {
			delete(n.calls, n.order[0])
			n.order = n.order[1:]
		}
	}
	return c
}

// catchUp tells the events of a call that are not told yet. It reads them from the call's own stream, so that
// they come in order whatever the feed's subscription does; upTo is an event that has come, if one has. What is of a turn
// behind through waits: the answer of that turn, which is told with the scene it led to, may not be told yet.
func (n *narrator) catchUp(ctx context.Context, call, upTo string, through int) {
	if call == "" {
		return
	}
	c := n.told(call)
	if upTo != "" && upTo == c.after {
		return
	}
	events, err := n.app.App.Sessions.Events(ctx, call, c.after, 0)
	if err != nil {
		return // ctx has ended
	}
	for _, e := range events {
		if e.Turn > through {
			return
		}
		c.after = e.ID
		var d map[string]string
		if json.Unmarshal(e.Data, &d) == nil {
			n.event(c, e, d)
		}
	}
}

// event tells one event; those that only pages need are passed over.
func (n *narrator) event(c *toldCall, e sessions.Event, d map[string]string) {
	at := e.At.Local()
	switch e.Kind {
	case "call":
		n.call(c, e, d)
	case "scene":
		c.scene = d["name"]
	case "effect":
		what := strings.TrimSpace(d["method"] + " " + d["service"])
		if what == "" {
			what = strings.ReplaceAll(d["kind"], "_", " ")
		}
		n.line(at, "", fmt.Sprintf("%-14s     %7s  %s", what, d["ms"]+" ms", strings.ReplaceAll(d["text"], "_", " ")))
	case "pay":
		n.keyed(c, at, d)
	case "payment":
		n.payment(c, at, d)
	case "desk":
		n.desk(at, d)
	case "fallback":
		n.line(at, "✗", "Twilio could not use the answer: error "+d["name"])
	case "flag":
		n.line(at, "!", d["text"])
	case "error":
		n.line(at, "✗", strings.TrimSpace(d["at"]+"  "+d["text"]))
	}
}

// call tells that a call has come in, or is over.
func (n *narrator) call(c *toldCall, e sessions.Event, d map[string]string) {
	at := e.At.Local()
	if d["name"] == "started" {
		c.began = e.At
		line := n.app.App.Projects.Current().Line
		if strings.HasPrefix(d["direction"], "outbound") {
			n.line(at, "☎ out", fmt.Sprintf("%s → %s   %s   %s", n.p.bold(line), spaced(d["to"]), d["text"], n.p.dim(shortSID(e.Call))))
			return
		}
		n.line(at, "☎ in", fmt.Sprintf("%s → %s   %s   %s", spaced(d["from"]), n.p.bold(line), d["text"], n.p.dim(shortSID(e.Call))))
		return
	}
	length, outcome := "", d["text"]
	if !c.began.IsZero() {
		length = lasted(e.At.Sub(c.began)) + "   "
	}
	switch {
	case outcome == "" && c.paying != nil:
		outcome = "hung up while paying"
	case outcome == "":
		outcome = d["status"]
	}
	page := n.app.AppURL + "/calls/" + e.Call
	if room := n.room(textColumn + len(length) + len([]rune(outcome)) + 3); room > 0 && len(page) > room {
		page = shortSID(e.Call)
	}
	n.line(at, "☎ end", length+n.p.bold(strings.ReplaceAll(outcome, "_", " "))+"   "+n.p.dim(page))
}

// progress is what has been keyed of a payment so far, without a digit of it but the last four.
type progress struct {
	id, card, brand string
	taken           map[string]bool
}

// fieldsShown are the fields of <Pay> behind the card number, in the order they are shown.
var fieldsShown = []struct{ name, word string }{
	{"bank-routing-number", "routing number"}, {"bank-account-number", "account number"}, {"expiration-date", "expiry"},
	{"postal-code", "zip"}, {"security-code", "code"}, {"payment-processing", "charging"},
}

// keyed tells how far the caller is inside <Pay>. A callback that comes behind the payment's end says nothing new.
func (n *narrator) keyed(c *toldCall, at time.Time, d map[string]string) {
	p := c.paying
	if p == nil || p.id != d["payment"] {
		return
	}
	if why := d["text"]; why != "" {
		if words := refusedWords[why]; words != "" {
			why = words
		}
		n.line(at, "▣", fmt.Sprintf("%s, try %s", why, d["attempt"]))
		return
	}
	if d["card"] != "" {
		p.card, p.brand = d["card"], d["brand"]
	}
	p.taken[d["name"]] = true
	n.progress(p.id, n.row(at, "▣", p.words()))
}

// words is the progress in one line.
func (p *progress) words() string {
	var parts []string
	if p.card != "" {
		parts = append(parts, strings.TrimSpace("card "+dots(p.card)+" "+p.brand))
	}
	for _, f := range fieldsShown {
		if p.taken[f.name] {
			parts = append(parts, f.word)
		}
	}
	return strings.Join(parts, " · ")
}

// payment tells how a payment stands.
func (n *narrator) payment(c *toldCall, at time.Time, d map[string]string) {
	if d["name"] == "started" {
		c.paying = &progress{id: d["text"], taken: map[string]bool{}}
		return
	}
	c.paying = nil
	mark, words := "✗", moneyWords(d["name"], d["amount"]+" "+d["currency"])
	switch d["name"] {
	case "paid", "saved":
		mark = "✓"
		words += "   " + strings.TrimSpace(d["brand"]+" "+d["last4"])
		if d["confirmation"] != "" {
			words += "   confirmation " + d["confirmation"]
		}
	case "unknown":
		mark = "?"
	}
	n.line(at, mark, words)
}

// desk tells what happens to a payment that an agent takes.
func (n *narrator) desk(at time.Time, d map[string]string) {
	if d["name"] == "open" {
		return // it was asked for in the line before
	}
	f := deskFact{
		what: d["name"], who: d["who"], field: d["field"], note: d["text"], brand: d["brand"], last4: d["last4"],
		confirmation: d["confirmation"],
	}
	if strings.Trim(d["amount"], "0.") != "" {
		f.amount = d["amount"] + " " + d["currency"]
	}
	mark, text := f.words()
	n.line(at, mark, text)
}

// shortSID is a CallSid short enough to read out.
func shortSID(sid string) string {
	if len(sid) < 8 {
		return sid
	}
	return sid[:4] + "…" + sid[len(sid)-2:]
}
