package simulator

import "strings"

// begin rings one noun of a Dial; nil when it cannot be rung.
func (d *dialing) begin(noun *element) *call {
	l := d.leg
	to := strings.TrimSpace(noun.own)
	if noun.name == "Client" {
		for _, child := range noun.children {
			if child.name == "Identity" {
				to = child.words()
			}
		}
		to = "client:" + to
	}
	if to == "" || to == "client:" {
		l.note(13223, "<"+noun.name+"> in <Dial> names nobody")
		return nil
	}
	if noun.name == "Number" && !isE164(to) {
		l.note(13223, "<Number> in <Dial> is no phone number in E.164: "+to)
		return nil
	}
	c := l.sim.newCall(d.from, to, outboundDial, statusQueued)
	c.parent, c.pace = l.call, l.call.pace
	if target, ok := l.resolve(noun.attr("statusCallback")); ok && noun.attr("statusCallback") != "" {
		c.callback = statusCallback{
			url: target, method: noun.attr("statusCallbackMethod"), events: callbackEvents([]string{noun.attr("statusCallbackEvent")}),
		}
	}
	var whisper *destination
	if target, ok := l.resolve(noun.attr("url")); ok && noun.attr("url") != "" {
		whisper = &destination{url: target, method: l.method(noun, "method")}
	}
	l.call.mu.Lock()
	l.call.children = append(l.call.children, c)
	l.call.mu.Unlock()
	parent := l.mail
	digits := noun.attr("sendDigits")
	if err := l.sim.begin(c, func(child *leg) { child.beDialed(parent, whisper, digits) }); err != nil {
		return nil
	}
	return c
}

// beDialed is the life of a leg that a Dial rang: ring, hear the whisper, talk, be gone.
func (l *leg) beDialed(parent *mailbox, whisper *destination, digits string) {
	gone := func() { parent.post(message{child: &childNews{call: l.call}}) }
	if !l.ring(-1) {
		gone()
		return
	}
	l.call.advance(l.sim, statusInProgress)
	l.playKeys(digits, false)
	l.follow(whisper, "whisper")
	if !l.over() {
		parent.post(message{child: &childNews{call: l.call, joined: true}})
		l.block(-1, func() bool { return false })
	}
	away := l.redirect
	l.redirect = nil
	l.call.track.part()
	gone()
	l.follow(away, "redirect") // REST took it out of the conversation
}
