package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// callResource is a call as Twilio's REST API shows it.
type callResource struct {
	SID             string            `json:"sid"`
	AccountSID      string            `json:"account_sid"`
	APIVersion      string            `json:"api_version"`
	ParentCallSID   *string           `json:"parent_call_sid"`
	PhoneNumberSID  *string           `json:"phone_number_sid"`
	To              string            `json:"to"`
	ToFormatted     string            `json:"to_formatted"`
	From            string            `json:"from"`
	FromFormatted   string            `json:"from_formatted"`
	Status          string            `json:"status"`
	StartTime       *string           `json:"start_time"`
	EndTime         *string           `json:"end_time"`
	Duration        *string           `json:"duration"`
	Price           *string           `json:"price"`
	PriceUnit       string            `json:"price_unit"`
	Direction       string            `json:"direction"`
	AnsweredBy      *string           `json:"answered_by"`
	ForwardedFrom   *string           `json:"forwarded_from"`
	GroupSID        *string           `json:"group_sid"`
	CallerName      *string           `json:"caller_name"`
	QueueTime       string            `json:"queue_time"`
	TrunkSID        *string           `json:"trunk_sid"`
	DateCreated     *string           `json:"date_created"`
	DateUpdated     *string           `json:"date_updated"`
	URI             string            `json:"uri"`
	SubresourceURIs map[string]string `json:"subresource_uris"`
}

func (c *call) resource() callResource {
	seconds := c.seconds()
	c.mu.Lock()
	defer c.mu.Unlock()
	base := fmt.Sprintf("/2010-04-01/Accounts/%s/Calls/%s", c.accountSID, c.sid)
	res := callResource{
		SID: c.sid, AccountSID: c.accountSID, APIVersion: "2010-04-01", To: c.to, ToFormatted: formatted(c.to),
		From: c.from, FromFormatted: formatted(c.from), Status: c.status, PriceUnit: "USD", Direction: c.direction,
		AnsweredBy: optional(c.answeredBy), StartTime: date(c.startTime()), EndTime: date(c.endedAt), QueueTime: millis(c.placing.queuing),
		DateCreated: date(c.created), DateUpdated: date(c.updated), URI: base + ".json",
		SubresourceURIs: map[string]string{},
	}
	if !c.endedAt.IsZero() {
		res.Duration = optional(strconv.Itoa(seconds))
	}
	if c.parent != nil {
		res.ParentCallSID = &c.parent.sid
	}
	if c.number != nil {
		res.PhoneNumberSID = &c.number.sid
	}
	if c.direction == inbound {
		res.CallerName = optional("")
	}
	for name, path := range map[string]string{
		"notifications": "Notifications", "recordings": "Recordings", "payments": "Payments", "events": "Events", "siprec": "Siprec",
		"streams": "Streams", "transcriptions": "Transcriptions", "user_defined_messages": "UserDefinedMessages",
		"user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
	} {
		res.SubresourceURIs[name] = base + "/" + path + ".json"
	}
	return res
}

// queueTime is how long the call waits in the queue, or has waited, in milliseconds.
func (c *call) queueTime() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return millis(c.placing.queuing)
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// startTime is when the call was answered; for one that never was, when it began. mu is held.
func (c *call) startTime() time.Time {
	switch {
	case !c.answeredAt.IsZero():
		return c.answeredAt
	case !c.endedAt.IsZero():
		return c.created
	}
	return time.Time{}
}

// formatted writes a North American number as Twilio shows it, and leaves others alone.
func formatted(n string) string {
	if len(n) != 12 || n[:2] != "+1" || !isE164(n) {
		return n
	}
	return fmt.Sprintf("(%s) %s-%s", n[2:5], n[5:8], n[8:])
}

// restCall finds the call that a path names, or answers 404.
func (s *Simulator) restCall(w http.ResponseWriter, r *http.Request) *call {
	c, ok := s.calls.get(sidOf(r, "sid"))
	if !ok {
		s.restNothing(w, r)
		return nil
	}
	return c
}

func (s *Simulator) restFetchCall(w http.ResponseWriter, r *http.Request) {
	if c := s.restCall(w, r); c != nil {
		writeREST(w, http.StatusOK, c.resource())
	}
}

func (s *Simulator) restDeleteCall(w http.ResponseWriter, r *http.Request) {
	c := s.restCall(w, r)
	if c == nil {
		return
	}
	if status, ended := c.state(); !ended {
		restError(w, http.StatusConflict, 20009, "Call "+c.sid+" cannot be deleted because it is "+status)
		return
	}
	s.calls.remove(c)
	w.WriteHeader(http.StatusNoContent)
}
