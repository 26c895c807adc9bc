package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/recordings/transcripts"
	"github.com/paydial/paydial/sessions"
)

// problem is an answer that says what went wrong, as RFC 9457 writes it.
type problem struct {
	Type     string `json:"type"` // a page that explains the code
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Instance string `json:"instance,omitempty"`
	Code     string `json:"code"`
	Help     string `json:"help,omitempty"`

	Payment  *assistedView  `json:"payment,omitempty"`  // as it stands, where the problem is one of the desk
	Findings flows.Findings `json:"findings,omitempty"` // of a campaign file, as lint tells them
	Fault    *listFault     `json:"fault,omitempty"`    // where a list cannot be read
}

// The problems of the API. A code never changes its meaning.
var (
	problemToken = problem{Code: "not_signed_in", Status: http.StatusUnauthorized, Title: "Nobody is signed in",
		Help: "Sign in, or send the header Authorization: Bearer with the API token."}
	problemExpired = problem{Code: "session_expired", Status: http.StatusUnauthorized, Title: "The session has ended",
		Help: "Sign in again. A session ends when nothing is done for a while, and at the end of a day."}
	problemForbidden = problem{Code: "forbidden", Status: http.StatusForbidden, Title: "Your role does not allow this",
		Help: "Somebody who looks after the users can give you another role."}
	problemCSRF = problem{Code: "csrf", Status: http.StatusForbidden, Title: "This change did not come from one of our pages",
		Help: "Load the page again and repeat it. A program sends a bearer token, or the page's token as X-CSRF-Token."}
	problemThrottled = problem{Code: "throttled", Status: http.StatusTooManyRequests, Title: "Too many attempts to sign in",
		Help: "Wait as long as the header Retry-After says."}
	problemRefused = problem{Code: "sign_in_refused", Status: http.StatusUnauthorized, Title: "The name or the password is not right",
		Help: "Names are in lower case. Somebody who looks after the users can set another password."}
	problemHost = problem{Code: "wrong_host", Status: http.StatusMisdirectedRequest, Title: "This server is not reached by that name",
		Help: "Use the address the server printed when it started."}
	problemElsewhere = problem{Code: "not_from_here", Status: http.StatusForbidden, Title: "Only this computer may ask",
		Help: "paydial dev answers to the computer it runs on. Use paydial serve for others."}
	problemOff = problem{Code: "api_off", Status: http.StatusNotFound, Title: "The API is off",
		Help: "Set PAYDIAL_API_TOKEN, or add a user with paydial user add, and start the server again."}
	problemNoCall = problem{Code: "no_such_call", Status: http.StatusNotFound, Title: "No such call",
		Help: "A call is known from its first webhook until about a day after its end."}
	problemNoFlow = problem{Code: "no_such_flow", Status: http.StatusNotFound, Title: "No such flow",
		Help: "GET /api/v1/flows lists the flows in use."}
	problemNoPayment = problem{Code: "no_such_payment", Status: http.StatusNotFound, Title: "No such payment",
		Help: "GET /api/v1/payments lists the ledger."}
	problemNoTranscript = problem{Code: "no_such_transcript", Status: http.StatusNotFound, Title: "No such transcript",
		Help: "GET /api/v1/transcripts lists what was said on calls. What was deleted is gone for good."}
	problemQuery = problem{Code: "bad_query", Status: http.StatusBadRequest, Title: "The query is not understood",
		Help: "GET /api/openapi.json says which parameters there are."}
	problemInside = problem{Code: "internal", Status: http.StatusInternalServerError, Title: "Something went wrong here",
		Help: "The server's log says more."}
)

// problems is every problem, for the page that explains them.
func problems() []problem {
	return append([]problem{problemToken, problemExpired, problemForbidden, problemCSRF, problemThrottled, problemRefused, problemHost, problemElsewhere, problemOff, problemNoCall, problemNoFlow,
		problemNoPayment, problemNoTranscript, problemQuery, problemInside}, slices.Concat(deskProblems(), recordingProblems(), campaignProblems())...)
}

// because is the problem with a sentence about this occurrence.
func (p problem) because(detail string) problem {
	p.Detail = detail
	return p
}

// fail answers with a problem and ends the request.
func (c *Console) fail(g *gin.Context, p problem) {
	p.Type, p.Instance = "/api/problems#"+p.Code, g.Request.URL.Path
	body, err := json.Marshal(p)
	if err != nil {
		panic("console: encode own problem: " + err.Error())
	}
	g.Data(p.Status, "application/problem+json", append(body, '\n'))
	g.Abort()
}

// failWith turns an error into a problem. What it says goes to the log, not to whoever asked.
func (c *Console) failWith(g *gin.Context, err error) {
	p := problemOf(err)
	if p.Code == problemInside.Code && g.Request.Context().Err() == nil {
		c.Log.Error("console", "path", g.FullPath(), "error", err)
	}
	c.fail(g, p)
}

// problemOf is the problem an error means.
func problemOf(err error) problem {
	switch {
	case errors.Is(err, sessions.ErrUnknownCall):
		return problemNoCall
	case errors.Is(err, payments.ErrNotFound):
		return problemNoPayment
	case errors.Is(err, transcripts.ErrNotFound):
		return problemNoTranscript
	case errors.Is(err, audit.ErrCursor), errors.Is(err, transcripts.ErrCursor):
		return problemQuery.because("after is the next of the page before")
	case errors.Is(err, errQuery):
		return problemQuery.because(err.Error())
	case errors.Is(err, errBody):
		return problemBody.because(err.Error())
	}
	if p, ok := campaignProblemOf(err); ok {
		return p
	}
	return recordingProblemOf(err)
}
