package twilio

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Error is what Twilio's REST API answered in place of what was asked for.
type Error struct {
	Op         string         // what was tried: "create call"
	Status     int            // HTTP
	Code       int            // Twilio's; 0 when the answer was not Twilio's JSON
	Message    string         // Twilio's text, or a word on the answer
	MoreInfo   string         // an address in Twilio's documentation
	Details    map[string]any // nil mostly
	RetryAfter time.Duration  // 0: Twilio does not say
}

// Error is the whole story in a line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("twilio")
	if e.Op != "" {
		b.WriteString(": " + e.Op)
	}
	fmt.Fprintf(&b, ": status %d", e.Status)
	if e.Code != 0 {
		fmt.Fprintf(&b, ", code %d", e.Code)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	return b.String()
}

// NotProcessed tells whether Twilio says that it did nothing, so that the same request may be sent again.
func (e *Error) NotProcessed() bool { return e.Status == http.StatusTooManyRequests }

// Unclear tells whether something may have happened nevertheless: a fault on Twilio's side.
func (e *Error) Unclear() bool { return e.Status >= 500 || e.Status == http.StatusRequestTimeout }

// IsCode tells whether err is an Error with one of Twilio's codes.
func IsCode(err error, codes ...int) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	for _, c := range codes {
		if e.Code == c {
			return true
		}
	}
	return false
}

// IsNotFound tells whether err says that there is no such thing.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Code == CodeNotFound || e.Status == http.StatusNotFound)
}

// newError reads an answer that is not a success.
func newError(status int, header http.Header, body []byte) *Error {
	e := &Error{Status: status}
	var answer struct {
		Code     int            `json:"code"`
		Message  string         `json:"message"`
		MoreInfo string         `json:"more_info"`
		Details  map[string]any `json:"details"`
	}
	if json.Unmarshal(body, &answer) == nil && (answer.Code != 0 || answer.Message != "") {
		e.Code, e.Message, e.MoreInfo, e.Details = answer.Code, answer.Message, answer.MoreInfo, answer.Details
	} else {
		e.Message = fmt.Sprintf("the answer is not Twilio's JSON (%d bytes of %.60q)", len(body), header.Get("Content-Type"))
	}
	if n, err := strconv.Atoi(header.Get("Retry-After")); err == nil && n > 0 {
		e.RetryAfter = time.Duration(n) * time.Second
	}
	return e
}
