package simulator

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// restListEvents answers with the log of a call: every request for it and the answer, the newest first. In PCI Mode what
// a person typed is not in it: https://www.twilio.com/docs/voice/api/call-event-resource
func (s *Simulator) restListEvents(w http.ResponseWriter, r *http.Request) {
	c := s.restCall(w, r)
	if c == nil {
		return
	}
	page := listing{key: "events"}
	exchanges := c.webhooks()
	for i := len(exchanges) - 1; i >= 0; i-- {
		x := exchanges[i]
		if s.account.pci() {
			x.redact()
		}
		var answer any
		if x.Done {
			answer = map[string]any{
				"response_code": x.Status, "request_duration": x.DurationMS, "content_type": x.Type, "response_body": x.Body,
				"date_created": date(c.created.Add(time.Duration(x.AtMS+x.DurationMS) * time.Millisecond)),
			}
		}
		page.add(x.Token, map[string]any{
			"request":  map[string]any{"method": x.Method, "url": x.URL, "parameters": x.Params},
			"response": answer,
		})
	}
	writePage(w, r, page)
}

// redact takes away what a person typed or said, from the parameters and from the address of a GET.
func (x *exchange) redact() {
	params := make(map[string]string, len(x.Params))
	for name, value := range x.Params {
		if typed[name] {
			value = strings.Repeat("x", len(value))
		}
		params[name] = value
	}
	x.Params = params
	u, err := url.Parse(x.URL)
	if err != nil {
		return
	}
	q := u.Query()
	for name := range q {
		if typed[name] {
			q.Set(name, strings.Repeat("x", len(q.Get(name))))
			u.RawQuery = q.Encode()
		}
	}
	x.URL = u.String()
}
