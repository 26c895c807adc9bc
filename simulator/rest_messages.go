package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"
)

// message that would have been sent by SMS: it is kept and goes nowhere.
type textMessage struct {
	sid, from, to, body string
	created             time.Time
}

// messages is every text message, the oldest first.
type messages struct {
	mu   sync.Mutex
	list []textMessage
}

func (ms *messages) add(m textMessage) {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	ms.list = append(ms.list, m)
}

func (ms *messages) all() []textMessage {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	return slices.Clone(ms.list)
}

func (ms *messages) remove(sid string) {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	ms.list = slices.DeleteFunc(ms.list, func(m textMessage) bool { return m.sid == sid })
}

func (s *Simulator) messageResource(m textMessage, status string) map[string]any {
	uri := "/2010-04-01/Accounts/" + s.account.sid + "/Messages/" + m.sid
	return map[string]any{
		"sid": m.sid, "account_sid": s.account.sid, "api_version": "2010-04-01", "from": m.from, "to": m.to, "body": m.body,
		"status": status, "direction": "outbound-api", "num_segments": strconv.Itoa(1 + utf8.RuneCountInString(m.body)/160),
		"num_media": "0", "price": nil, "price_unit": "USD", "error_code": nil, "error_message": nil,
		"messaging_service_sid": nil, "date_created": date(m.created), "date_sent": date(m.created), "date_updated": date(m.created),
		"uri": uri + ".json", "subresource_uris": map[string]string{"media": uri + "/Media.json"},
	}
}

func (s *Simulator) restCreateMessage(w http.ResponseWriter, r *http.Request) {
	m := textMessage{sid: s.ids.sid("SM"), from: r.Form.Get("From"), to: r.Form.Get("To"), body: r.Form.Get("Body"), created: s.clock.now()}
	var no *refusal
	switch {
	case m.to == "":
		no = &refusal{21604, "A 'To' phone number is required."}
	case !isE164(m.to):
		no = &refusal{21211, "The 'To' number " + m.to + " is not a valid phone number."}
	case m.from == "" && r.Form.Get("MessagingServiceSid") == "":
		no = &refusal{21603, "A 'From' phone number is required."}
	case m.body == "" && r.Form.Get("MediaUrl") == "":
		no = &refusal{21602, "Message body is required."}
	case utf8.RuneCountInString(m.body) > 1600:
		no = &refusal{21617, "The concatenated message body exceeds the 1600 character limit."}
	}
	if no != nil {
		restError(w, http.StatusBadRequest, no.code, no.text)
		return
	}
	s.messages.add(m)
	writeREST(w, http.StatusCreated, s.messageResource(m, statusQueued))
}

func (s *Simulator) restListMessages(w http.ResponseWriter, r *http.Request) {
	page := listing{key: "messages"}
	for _, m := range slices.Backward(s.messages.all()) {
		if matches(r.Form, "To", m.to) && matches(r.Form, "From", m.from) {
			page.add(m.sid, s.messageResource(m, "delivered"))
		}
	}
	writePage(w, r, page)
}

func (s *Simulator) restFetchMessage(w http.ResponseWriter, r *http.Request) {
	for _, m := range s.messages.all() {
		if m.sid == sidOf(r, "sid") {
			writeREST(w, http.StatusOK, s.messageResource(m, "delivered"))
			return
		}
	}
	s.restNothing(w, r)
}

func (s *Simulator) restDeleteMessage(w http.ResponseWriter, r *http.Request) {
	s.messages.remove(sidOf(r, "sid"))
	w.WriteHeader(http.StatusNoContent)
}
