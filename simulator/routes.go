package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// maxRequestBody is how much a client of the simulator may send.
const maxRequestBody = 1 << 20

// fieldName is a name that may be repeated in an error.
var fieldName = regexp.MustCompile(`^"[A-Za-z_]{1,40}"$`)

// routes is everything that the simulator answers, on one screen.
func (s *Simulator) routes() http.Handler {
	mux := http.NewServeMux()

	mux.HandleFunc("POST /sim/v1/calls", s.ctlRing)
	mux.HandleFunc("GET /sim/v1/calls", s.ctlCalls)
	mux.HandleFunc("GET /sim/v1/calls/log", s.ctlPlaced)
	mux.HandleFunc("GET /sim/v1/calls/{sid}", s.ctlCall)
	mux.HandleFunc("POST /sim/v1/calls/{sid}/digits", s.ctlDigits)
	mux.HandleFunc("POST /sim/v1/calls/{sid}/say", s.ctlSay)
	mux.HandleFunc("POST /sim/v1/calls/{sid}/silence", s.ctlSilence)
	mux.HandleFunc("POST /sim/v1/calls/{sid}/hangup", s.ctlHangup)
	mux.HandleFunc("POST /sim/v1/calls/{sid}/answer", s.ctlAnswer)
	mux.HandleFunc("POST /sim/v1/calls/{sid}/caller", s.ctlCaller)
	mux.HandleFunc("GET /sim/v1/calls/{sid}/events", s.ctlEvents)
	mux.HandleFunc("GET /sim/v1/calls/{sid}/webhooks", s.ctlWebhooks)
	mux.HandleFunc("GET /sim/v1/calls/{sid}/log", s.ctlLog)
	mux.HandleFunc("GET /sim/v1/calls/{sid}/audio/{file}", s.ctlAudio)
	mux.HandleFunc("GET /sim/v1/recordings", s.ctlRecordings)
	mux.HandleFunc("POST /sim/v1/recordings", s.ctlMakeRecordings)
	mux.HandleFunc("GET /sim/v1/account", s.ctlAccount)
	mux.HandleFunc("PUT /sim/v1/account", s.ctlSetAccount)
	mux.HandleFunc("GET /sim/v1/numbers", s.ctlNumbers)
	mux.HandleFunc("GET /sim/v1/messages", s.ctlMessages)
	mux.HandleFunc("GET /sim/v1/charges", s.ctlCharges)
	mux.HandleFunc("GET /sim/v1/connectors", s.ctlConnectors)
	mux.HandleFunc("GET /sim/v1/faults", s.ctlFaults)
	mux.HandleFunc("PUT /sim/v1/faults", s.ctlSetFaults)
	mux.HandleFunc("DELETE /sim/v1/faults", s.ctlNoFaults)
	mux.HandleFunc("GET /sim/v1/crowd", s.ctlCrowd)
	mux.HandleFunc("PUT /sim/v1/crowd", s.ctlSetCrowd)
	mux.HandleFunc("DELETE /sim/v1/crowd", s.ctlNoCrowd)
	mux.HandleFunc("GET /sim/v1/clock", s.ctlClock)
	mux.HandleFunc("POST /sim/v1/clock", s.ctlAdvance)
	mux.HandleFunc("/sim/v1/", func(w http.ResponseWriter, r *http.Request) {
		controlError(w, http.StatusNotFound, "the control API has no "+r.Method+" "+r.URL.Path)
	})

	s.restRoutes(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.seenHost.CompareAndSwap(nil, &r.Host)
		mux.ServeHTTP(w, r)
	})
}

// controlError answers a request of the control API with a clear sentence.
func controlError(w http.ResponseWriter, status int, text string) {
	writeJSON(w, status, map[string]string{"error": text})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, `{"error":"the answer cannot be written as JSON"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

// readJSON reads a request body into v. What is wrong with it is said without repeating any of it: it may be
// a card number.
func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequestBody))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil && dec.More() {
		err = errors.New("more than one JSON value")
	}
	if err == nil || errors.Is(err, io.EOF) {
		return true
	}
	name, unknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	var wrongType *json.UnmarshalTypeError
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &wrongType):
		controlError(w, http.StatusBadRequest, fmt.Sprintf("field %q: a %s is meant", wrongType.Field, wrongType.Type))
	case unknown && fieldName.MatchString(name):
		controlError(w, http.StatusBadRequest, "there is no field "+name)
	case errors.As(err, &tooBig):
		controlError(w, http.StatusRequestEntityTooLarge, "the body is larger than 1 MiB")
	default:
		controlError(w, http.StatusBadRequest, "the body is not the JSON object that is meant here")
	}
	return false
}
