package simulator

// How a verb is written
//
// A verb is a function in a file of its own (verb_gather.go). It gets the leg it runs on and its element, does
// its work on the leg's goroutine, and returns where the call goes next:
//
//	return goOn                          the next verb of the document
//	return hangUp                        the call ends
//	return fetch(url, method, params)    the document at url is requested and takes the place of this one
//
// A verb does not fetch its action itself: the engine does (leg_run.go), with fallback, error log and the rule
// that the answer is ignored when the call was hung up or redirected meanwhile. So a verb may return fetch
// after a hang-up too: the request is made, its answer is dropped.
//
// What a leg offers (leg.go, leg_hear.go, leg_post.go):
//
//	l.expect("gather")          from now on keys are for this verb; the text becomes waiting_for. Call
//	                            l.expect("pay:security-code") again to change it, l.expect("") when done:
//	                            keys left over are dropped then. The engine calls expect("") after each verb.
//	l.private(true)             keys are masked everywhere (events, webhooks) until l.private(false)
//	l.secret()                  the keys of this leg are a payment's: a <Pay> runs, or an agent has asked for a field
//	l.say(words, language, interruptible)      the caller hears words; a key stops it when interruptible
//	l.prompts(elements, interruptible)         the same for nested Say, Play and Pause elements
//	l.voice(d, interruptible)   a hum for d at pace 1; l.playKeys, l.beep (leg_sound.go). What a leg hears or presses
//	                            is told to l.call.track; of keys only while l.secret() is false
//	key, why := l.waitKey(d)    the next key, kept from a barge-in or new. why is gotKey, timedOut, wasHungUp
//	                            or wasRedirected; d < 0 waits for ever. "silence" from the control API ends
//	                            the wait as timedOut at once.
//	l.over()                    the caller hung up or REST redirected the call: return soon
//	l.hungUp                    the first of the two
//	l.sim.spawn(fn)             runs fn on another goroutine; it tells the leg that it is done by posting
//	                            message{done: ...} to l.mail, which the leg awaits with l.blockUntil. Neither a
//	                            hang-up nor a redirect ends what runs there; the end of the simulator ends l.ctx.
//	l.notify(callback{...})     posts a signed status callback in the background; those of one call keep order
//	l.now(), l.sim.clock.after  the time; l.sim.faults.get() the faults; l.sim.account the account
//	l.note(code, text)          an entry in the call's log and in Notifications (warning or error by code)
//	l.resolve(ref)              an absolute URL from an attribute; "" is the current document's
//	secure(url)                 https, or a loopback address
//	el.attr("x"), el.attrOr("x", "default"), el.integer(l, "timeout", 5), el.boolean(l, "x", true)
//	el.children                 elements inside, in order; unknown ones were already removed and reported
//
// Attributes and nesting are checked against grammar.go before a document runs: a new attribute goes there.

// verb executes one element of a document.
type verb func(l *leg, el *element) next

// next says where a call goes after a verb.
type next struct {
	end bool
	to  *destination
}

var (
	goOn   = next{}
	hangUp = next{end: true}
)

// fetch makes the document at url, requested with params beside Twilio's own, the next one.
func fetch(url, method string, params map[string]string) next {
	return next{to: &destination{url: url, method: method, params: params}}
}

// destination is where a document comes from: a URL, or text given inline over REST.
type destination struct {
	url    string
	method string
	params map[string]string
	inline string
}

// verbNamed is the closed list of verbs; nil when there is none of that name.
func verbNamed(name string) verb {
	switch name {
	case "Say":
		return verbSay
	case "Play":
		return verbPlay
	case "Pause":
		return verbPause
	case "Gather":
		return verbGather
	case "Pay":
		return verbPay
	case "Redirect":
		return verbRedirect
	case "Hangup":
		return verbHangup
	case "Reject":
		return verbReject
	case "Dial":
		return verbDial
	case "Record":
		return verbRecord
	case "Start", "Stop":
		return verbStartStop
	case "Enqueue":
		return verbEnqueue
	case "Leave":
		return verbLeave
	case "Connect":
		return verbConnect
	case "Refer":
		return verbUnsupported
	}
	return nil
}
