package simulator

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// baseParams are the parameters that Twilio sends with every webhook of a call.
func (c *call) baseParams() map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := map[string]string{
		"CallSid": c.sid, "AccountSid": c.accountSID, "From": c.from, "To": c.to, "Caller": c.from, "Called": c.to,
		"CallStatus": c.status, "ApiVersion": "2010-04-01", "Direction": c.direction,
	}
	if c.parent != nil {
		p["ParentCallSid"] = c.parent.sid
	}
	for _, side := range []struct{ number, name, legacy string }{{c.from, "From", "Caller"}, {c.to, "To", "Called"}} {
		if !strings.HasPrefix(side.number, "+1") {
			continue
		}
		for _, field := range []string{"City", "State", "Zip", "Country"} {
			value := ""
			if field == "Country" {
				value = "US"
			}
			p[side.name+field], p[side.legacy+field] = value, value
		}
	}
	return p
}

// params are the base parameters with those of one request added.
func (l *leg) params(more map[string]string) map[string]string {
	p := l.call.baseParams()
	for name, value := range more {
		p[name] = value
	}
	return p
}

// notify posts a status callback of this leg in the background.
func (l *leg) notify(cb callback) { l.sim.notify(l.call, cb) }

// load fetches and parses the document at to. It gives nil when the call is over, was redirected meanwhile, or
// had to be ended because there is no usable document.
func (l *leg) load(to destination, purpose string) *document {
	if l.tooMany() {
		return nil
	}
	if to.inline != "" {
		doc, err := parseDocument([]byte(to.inline))
		if err != nil {
			l.fail(asWebhookError(err).code, err.Error())
			return nil
		}
		return doc
	}
	doc, err := l.request(to, purpose, nil)
	if err == nil || l.over() {
		return doc
	}
	if l.call.fallbackURL == "" {
		l.fail(err.code, err.text)
		return nil
	}
	l.note(err.code, err.text)
	failed := map[string]string{"ErrorCode": strconv.Itoa(err.code), "ErrorUrl": to.url}
	doc, err = l.request(destination{url: l.call.fallbackURL, method: l.call.fallbackVerb, params: to.params}, "fallback", failed)
	if err != nil && !l.over() {
		l.fail(err.code, err.text)
		return nil
	}
	return doc
}

// request posts for a document and parses the answer. While it is under way the call can be hung up or redirected;
// then there is neither document nor error. The request is not taken back: the application is asked all the same.
func (l *leg) request(to destination, purpose string, more map[string]string) (*document, *webhookError) {
	w := webhook{purpose: purpose, url: to.url, method: to.method, params: l.params(to.params), call: l.call, jar: l.jar}
	for name, value := range more {
		w.params[name] = value
	}
	r, err := l.send(w)
	if err != nil || l.over() {
		return nil, err
	}
	doc, err := documentOf(r)
	if err != nil {
		return nil, err
	}
	doc.base, doc.method = r.url, w.method
	return doc, nil
}

// send posts a webhook and waits for its answer or the end of the call, whichever comes first.
func (l *leg) send(w webhook) (reply, *webhookError) {
	var r reply
	var err *webhookError
	answered := false
	begun := l.sim.spawn(func() {
		r1, err1 := l.sim.send(l.ctx, w)
		l.mail.post(message{done: func() { r, err, answered = r1, err1, true }})
	})
	if !begun {
		return r, &webhookError{code: 11205, text: "the simulator is closing"}
	}
	l.blockUntil(func() bool { return answered || l.over() })
	return r, err
}

// requestOnly posts for a document whose answer no longer matters: the call was hung up or sent elsewhere.
func (l *leg) requestOnly(to destination) {
	if l.ctx.Err() != nil || to.inline != "" {
		return
	}
	w := webhook{purpose: "action", url: to.url, method: to.method, params: l.params(to.params), call: l.call, jar: l.jar}
	l.sim.spawn(func() {
		if _, err := l.sim.send(l.sim.ctx, w); err != nil {
			l.sim.noteFor(l.call, notice{code: err.code, text: err.text, url: w.url, method: w.method})
		}
	})
}

// documentOf reads an answer as Twilio does, by its content type.
func documentOf(r reply) (*document, *webhookError) {
	if len(strings.TrimSpace(string(r.body))) == 0 {
		return nil, &webhookError{code: 11770, text: fmt.Sprintf("%s answered %d without a body", r.url, r.status)}
	}
	switch {
	case isXML(r.contentType):
		doc, err := parseDocument(r.body)
		if err != nil {
			return nil, asWebhookError(err)
		}
		return doc, nil
	case r.contentType == "text/plain":
		if doc, err := parseDocument(r.body); err == nil {
			return doc, nil
		}
		return &document{verbs: []*element{{name: "Say", text: string(r.body)}}}, nil
	case strings.HasPrefix(r.contentType, "audio/"):
		return &document{verbs: []*element{{name: "Play", text: r.url.String()}}}, nil
	}
	return nil, &webhookError{code: 12300, text: fmt.Sprintf("%s answered with content type %q; text/xml is meant", r.url, r.contentType)}
}

func isXML(contentType string) bool {
	return contentType == "text/xml" || contentType == "application/xml" || contentType == "text/html"
}

// resolve makes an attribute's address absolute; "" is the current document. TwiML given inline has no address,
// so that only absolute ones work there.
func (l *leg) resolve(ref string) (string, bool) {
	ref = strings.TrimSpace(ref)
	if l.doc == nil || l.doc.base == nil {
		return ref, checkURL(ref) == nil
	}
	u, err := url.Parse(ref)
	if err != nil {
		return ref, false
	}
	full := l.doc.base.ResolveReference(u)
	if ref == "" {
		full = l.doc.base
	}
	return full.String(), checkURL(full.String()) == nil
}

// action is the next step of a verb that ends with a request: its action attribute, or the current document.
func (l *leg) action(el *element, params map[string]string) next {
	target, ok := l.resolve(el.attr("action"))
	if !ok {
		l.fail(11100, fmt.Sprintf("action %q of <%s> is not a URL that can be reached", el.attr("action"), el.name))
		return hangUp
	}
	return fetch(target, l.method(el, "method"), params)
}

// method is GET or POST, from the attribute of the given name.
func (l *leg) method(el *element, name string) string {
	switch m := strings.ToUpper(el.attr(name)); m {
	case "", http.MethodPost:
		return http.MethodPost
	case http.MethodGet:
		return http.MethodGet
	default:
		l.note(12200, fmt.Sprintf("%s of <%s> is %q; GET or POST is meant, POST is taken", name, el.name, m))
		return http.MethodPost
	}
}

// secure reports whether an address may receive card data: https, or a loopback address.
func secure(target string) bool {
	u, err := url.Parse(target)
	if err != nil {
		return false
	}
	if u.Scheme == "https" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
