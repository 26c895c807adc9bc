package backoffice

import (
	"encoding/json"
	"net/http"
	"time"
)

// Prefix is where the demo billing service lives on its server.
const Prefix = "/demo/billing"

// Office serves the demo billing service. Make one with New.
type Office struct {
	routes *http.ServeMux
	book   *book
	now    func() time.Time
	wait   func(*http.Request, time.Duration) // lets the slow account take its time
}

var _ http.Handler = (*Office)(nil)

// Handler is a new office on the real clock, to be mounted at Prefix.
func Handler() http.Handler { return New(time.Now) }

// New opens an office whose clock is now.
func New(now func() time.Time) *Office {
	o := &Office{routes: http.NewServeMux(), book: newBook(), now: now, wait: wait}
	o.routes.HandleFunc("GET "+Prefix+"/accounts/{id}", o.account)
	o.routes.HandleFunc("POST "+Prefix+"/payments", o.payment)
	o.routes.HandleFunc("GET "+Prefix+"/payments", o.payments)
	o.routes.HandleFunc(Prefix+"/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "there is nothing at this address")
	})
	return o
}

// ServeHTTP answers one request below Prefix.
func (o *Office) ServeHTTP(w http.ResponseWriter, r *http.Request) { o.routes.ServeHTTP(w, r) }

func (o *Office) account(w http.ResponseWriter, r *http.Request) {
	found, ok := accounts[r.PathValue("id")]
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "no such account")
		return
	case found.fails:
		refuse(w, http.StatusInternalServerError, "this account always fails, to show what a flow does then")
		return
	case found.slow:
		o.wait(r, slowness)
	}
	answer(w, http.StatusOK, map[string]any{
		"name":    found.name,
		"balance": found.balance,
		"due_on":  dueOn(o.now()),
		"zip":     found.zip,
		"autopay": found.autopay,
	})
}

// wait returns early when nobody waits for the answer any more.
func wait(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"error": message})
}

// answer writes JSON. What can fail here is the connection, and then there is nobody to tell.
func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
