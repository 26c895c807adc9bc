package simulator

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxTwiml is how much TwiML a request may carry inline.
const maxTwiml = 4000

// refusal is why a request is not carried out, with Twilio's code; the HTTP status is 400.
type refusal struct {
	code int
	text string
}

// magicTo are Twilio's test numbers that cannot be called.
var magicTo = map[string]refusal{
	"+15005550001": {21217, "Phone number does not appear to be valid"},
	"+15005550002": {21214, "The phone number you are attempting to call, +15005550002, could not be reached."},
	"+15005550003": {21215, "Account not authorized to call +15005550003."},
	"+15005550004": {21216, "The phone number you are attempting to call, +15005550004, is blocked."},
}

func (s *Simulator) restCreateCall(w http.ResponseWriter, r *http.Request) {
	posted := s.clock.now()
	o, no := s.readOutbound(r.Form)
	if no == nil {
		no = s.checkParties(r.Form)
	}
	if no == nil {
		no = s.outgoing.full()
	}
	if no != nil {
		restError(w, http.StatusBadRequest, no.code, no.text)
		return
	}
	c := s.newCall(r.Form.Get("From"), r.Form.Get("To"), outboundAPI, statusQueued)
	c.fallbackURL, c.fallbackVerb = r.Form.Get("FallbackUrl"), r.Form.Get("FallbackMethod")
	if target := r.Form.Get("StatusCallback"); target != "" {
		c.callback = statusCallback{
			url: target, method: r.Form.Get("StatusCallbackMethod"), events: callbackEvents(r.Form["StatusCallbackEvent"]),
		}
	}
	c.created, c.updated = posted, posted
	c.placing.posted, c.placing.url = posted, o.first.url
	c.publish(event{Type: "status", Status: statusQueued})
	res := c.resource() // before the leg begins: queued
	s.place(c, func(l *leg) { l.callOut(o) })
	res.QueueTime = c.queueTime()
	writeREST(w, http.StatusCreated, res)
}

// checkParties checks To and From.
func (s *Simulator) checkParties(form url.Values) *refusal {
	to, from := form.Get("To"), form.Get("From")
	switch {
	case to == "":
		return &refusal{21201, "No 'To' number is specified"}
	case from == "":
		return &refusal{21213, "No 'From' number is specified"}
	case from == "+15005550001" || !isE164(from) && !isAddress(from):
		return &refusal{21212, "The source phone number provided, " + from + ", is not a valid phone number"}
	case !isE164(to) && !isAddress(to):
		return &refusal{21211, "The phone number you are attempting to call, " + to + ", is not valid."}
	}
	if no, magic := magicTo[to]; magic {
		return &no
	}
	if _, owned := s.numbers.get(from); isE164(from) && !owned && from != "+15005550006" {
		return &refusal{21210, "The source phone number provided, " + from + ", is not yet verified for your account."}
	}
	return nil
}

// isAddress reports whether s names a client or a SIP endpoint.
func isAddress(s string) bool {
	return len(s) > len("client:") && strings.HasPrefix(s, "client:") || len(s) > len("sip:") && strings.HasPrefix(s, "sip:")
}

// readOutbound reads everything of a new call but its parties.
func (s *Simulator) readOutbound(form url.Values) (outboundCall, *refusal) {
	o := outboundCall{timeout: 60 * time.Second, record: form.Get("Record") == "true"}
	first, no := readDestination(form)
	if no != nil {
		return o, no
	}
	o.first = first
	if no := checkAddresses(form); no != nil {
		return o, no
	}
	if !validSendDigits(form.Get("SendDigits")) {
		return o, &refusal{21206, "SendDigits holds something else than 0-9, A-D, #, *, w and W, or more than 32 of them"}
	}
	if o.timeout, no = readSeconds(form, "Timeout", 60, 600); no != nil {
		return o, no
	}
	if o.timeLimit, no = readSeconds(form, "TimeLimit", 0, 86400); no != nil {
		return o, no
	}
	o.digits = form.Get("SendDigits")
	if o.recording, no = readRecording(form, sourceOutbound); no != nil {
		return o, no
	}
	o.amd, no = readDetection(form)
	return o, no
}

// readDestination reads Url and Method, or Twiml. Url wins when both are given.
func readDestination(form url.Values) (destination, *refusal) {
	target, err := formURL(form, "Url")
	switch {
	case err != nil || len(target) > longestURL:
		return destination{}, &refusal{21205, "Url is not a valid URL: " + form.Get("Url")}
	case target != "":
		return destination{url: target, method: form.Get("Method")}, nil
	case form.Get("ApplicationSid") != "":
		return destination{}, &refusal{21218, "ApplicationSid is not simulated: give Url or Twiml"}
	case form.Get("Twiml") == "":
		return destination{}, &refusal{21205, "Url parameter is required."}
	case len(form.Get("Twiml")) > maxTwiml:
		return destination{}, &refusal{32018, "Twiml is longer than 4000 characters"}
	}
	return destination{inline: form.Get("Twiml")}, nil
}

// longestURL is how long an address may be: https://www.twilio.com/docs/api/errors/21609
const longestURL = 4000

// checkAddresses checks where a call is told of, with which methods, and what else is said of it.
func checkAddresses(form url.Values) *refusal {
	for _, name := range []string{"FallbackUrl", "StatusCallback", "AsyncAmdStatusCallback", "ClientNotificationUrl"} {
		if _, err := formURL(form, name); err != nil || len(form.Get(name)) > longestURL {
			return &refusal{21205, name + " is not a valid URL: " + form.Get(name)}
		}
	}
	if u, err := url.Parse(form.Get("StatusCallback")); err == nil && strings.Contains(u.Hostname(), "_") {
		return &refusal{21609, "StatusCallback: a host name has no underscores: " + u.Hostname()}
	}
	for _, name := range []string{"Method", "FallbackMethod", "StatusCallbackMethod", "AsyncAmdStatusCallbackMethod"} {
		if !validMethod(form.Get(name)) {
			return &refusal{21209, name + " is neither GET nor POST"}
		}
	}
	if id := form.Get("CallerId"); id != "" && !isE164(id) && !isAddress(id) {
		return &refusal{21212, "CallerId is not a valid phone number: " + id}
	}
	if utf8.RuneCountInString(form.Get("CallReason")) > longestReason {
		return &refusal{20001, "CallReason is longer than 50 characters"}
	}
	return oneOf(form, "Record", "true false")
}

// longestReason is how much a CallReason may say.
const longestReason = 50

func readSeconds(form url.Values, name string, def, most int) (time.Duration, *refusal) {
	v := form.Get(name)
	if v == "" {
		return time.Duration(def) * time.Second, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		return 0, &refusal{21208, name + " is not a number of seconds: " + v}
	}
	return time.Duration(min(n, most)) * time.Second, nil
}
