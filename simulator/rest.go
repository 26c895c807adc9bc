package simulator

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// rfc2822 is how Twilio writes dates.
const rfc2822 = "Mon, 02 Jan 2006 15:04:05 +0000"

// restRoutes are Twilio's resources that the simulator serves, on one screen.
func (s *Simulator) restRoutes(mux *http.ServeMux) {
	const account = "/2010-04-01/Accounts/{account}"
	for pattern, h := range map[string]restHandler{
		"GET " + account: s.restAccount,

		"POST " + account + "/Calls.json":                           s.restCreateCall,
		"GET " + account + "/Calls.json":                            s.restListCalls,
		"GET " + account + "/Calls/{sid}":                           s.restFetchCall,
		"POST " + account + "/Calls/{sid}":                          s.restUpdateCall,
		"DELETE " + account + "/Calls/{sid}":                        s.restDeleteCall,
		"GET " + account + "/Calls/{sid}/Notifications.json":        s.restListNotifications,
		"GET " + account + "/Calls/{call}/Notifications/{sid}":      s.restFetchNotification,
		"GET " + account + "/Calls/{sid}/Events.json":               s.restListEvents,
		"POST " + account + "/Calls/{sid}/Payments.json":            s.restCreatePayment,
		account + "/Calls/{sid}/Payments.json":                      s.restNotAllowed,
		"POST " + account + "/Calls/{sid}/Payments/{payment}":       s.restUpdatePayment,
		account + "/Calls/{sid}/Payments/{payment}":                 s.restNotAllowed,
		"GET " + account + "/Calls/{sid}/Recordings.json":           s.restListRecordings,
		"POST " + account + "/Calls/{sid}/Recordings.json":          s.restCreateRecording,
		"GET " + account + "/Calls/{sid}/Recordings/{recording}":    s.restFetchRecording,
		"POST " + account + "/Calls/{sid}/Recordings/{recording}":   s.restUpdateRecording,
		"DELETE " + account + "/Calls/{sid}/Recordings/{recording}": s.restDeleteRecording,

		"POST " + account + "/Calls/{sid}/Transcriptions.json":            s.restCreateTranscription,
		"POST " + account + "/Calls/{sid}/Transcriptions/{transcription}": s.restUpdateTranscription,

		"GET " + account + "/IncomingPhoneNumbers.json":     s.restListNumbers,
		"POST " + account + "/IncomingPhoneNumbers.json":    s.restCreateNumber,
		"GET " + account + "/IncomingPhoneNumbers/{sid}":    s.restFetchNumber,
		"POST " + account + "/IncomingPhoneNumbers/{sid}":   s.restUpdateNumber,
		"DELETE " + account + "/IncomingPhoneNumbers/{sid}": s.restDeleteNumber,

		"POST " + account + "/Messages.json":    s.restCreateMessage,
		"GET " + account + "/Messages.json":     s.restListMessages,
		"GET " + account + "/Messages/{sid}":    s.restFetchMessage,
		"DELETE " + account + "/Messages/{sid}": s.restDeleteMessage,

		"GET " + account + "/Recordings.json":           s.restListRecordings,
		"GET " + account + "/Recordings/{recording}":    s.restFetchRecording,
		"DELETE " + account + "/Recordings/{recording}": s.restDeleteRecording,

		"GET " + account + "/Recordings/{recording}/Transcriptions.json":            s.restListTranscripts,
		"POST " + account + "/Recordings/{recording}/Transcriptions.json":           s.restCreateTranscript,
		"GET " + account + "/Recordings/{recording}/Transcriptions/{transcript}":    s.restFetchTranscript,
		"DELETE " + account + "/Recordings/{recording}/Transcriptions/{transcript}": s.restDeleteTranscript,
		"GET " + account + "/Transcriptions.json":                                   s.restListTranscripts,
		"POST " + account + "/Transcriptions.json":                                  s.restCreateTranscript,
		"GET " + account + "/Transcriptions/{transcript}":                           s.restFetchTranscript,
		"DELETE " + account + "/Transcriptions/{transcript}":                        s.restDeleteTranscript,

		"GET " + account + "/Notifications.json":  s.restListNotifications,
		"GET " + account + "/Notifications/{sid}": s.restFetchNotification,

		"/2010-04-01/": s.restNothing,
	} {
		mux.Handle(pattern, s.rest(h))
	}
	s.conferenceRoutes(mux)
}

// restHandler answers a request whose credentials were right and whose form was read.
type restHandler func(w http.ResponseWriter, r *http.Request)

// rest checks credentials and account, reads the form and sets the headers that Twilio sets.
func (s *Simulator) rest(h restHandler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Date", s.clock.now().UTC().Format(http.TimeFormat)) // by the clock that its recordings age by
		head.Set("Twilio-Request-Id", s.ids.sid("RQ"))
		atOnce, ok := s.requests.begin()
		defer s.requests.end()
		head.Set("Twilio-Concurrent-Requests", strconv.Itoa(atOnce))
		head.Set("Twilio-Request-Duration", "0.010")
		head.Set("X-Home-Region", s.region)
		head.Set("X-Api-Domain", "api.twilio.com")
		head.Set("X-Powered-By", "AT-5000")
		user, password, _ := r.BasicAuth()
		if user != s.account.sid || subtle.ConstantTimeCompare([]byte(password), []byte(s.account.token)) != 1 {
			head.Set("WWW-Authenticate", `Basic realm="Twilio API"`)
			restError(w, http.StatusUnauthorized, 20003, "Authenticate")
			return
		}
		if a := r.PathValue("account"); a != "" && strings.TrimSuffix(a, ".json") != s.account.sid {
			restError(w, http.StatusNotFound, 20404, fmt.Sprintf("The requested resource %s was not found", r.URL.Path))
			return
		}
		if !ok {
			restError(w, http.StatusTooManyRequests, 20429, "Too Many Requests")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxRequestBody)
		if err := r.ParseForm(); err != nil {
			restError(w, http.StatusBadRequest, 20001, "The request's parameters cannot be read")
			return
		}
		if s.trouble(w, r, h) {
			h(w, r)
		}
	})
}

// base is how others reach this simulator.
func (s *Simulator) base() string {
	if s.publicURL != "" {
		return strings.TrimSuffix(s.publicURL, "/")
	}
	if host := s.seenHost.Load(); host != nil {
		return "http://" + *host
	}
	return "http://127.0.0.1:8090"
}

func (s *Simulator) restNothing(w http.ResponseWriter, r *http.Request) {
	restError(w, http.StatusNotFound, 20404, fmt.Sprintf("The requested resource %s was not found", r.URL.Path))
}

// restError answers with Twilio's error body.
func restError(w http.ResponseWriter, status, code int, message string) {
	writeREST(w, status, map[string]any{
		"code": code, "message": message, "more_info": fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code), "status": status,
	})
}

func writeREST(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"code":20500,"message":"Internal Server Error","status":500}`)
	}
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// sidOf is the SID that a path names, without the format.
func sidOf(r *http.Request, name string) string {
	return strings.TrimSuffix(r.PathValue(name), ".json")
}

// date writes a time as Twilio does; nil for none.
func date(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(rfc2822)
	return &s
}

// optional is nil for the empty string.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// validMethod is GET or POST, or nothing.
func validMethod(m string) bool { return m == "" || m == http.MethodGet || m == http.MethodPost }

// formURL is an address given in a form: "" or absolute.
func formURL(form url.Values, name string) (string, error) {
	v := strings.TrimSpace(form.Get(name))
	if v == "" {
		return "", nil
	}
	return v, checkURL(v)
}
