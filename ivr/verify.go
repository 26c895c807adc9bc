package ivr

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/twilio"
)

// requestKey is where verify leaves the request for the handlers.
const requestKey = "ivr.request"

// verify lets only Twilio through: the signature is checked over the configured public URL and the raw body,
// never over what the Host header says. Anything else is answered 403 without a body, before any state is read.
func (s *Server) verify(c *gin.Context) {
	came := s.Now()
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxBody))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			s.refuse(c, http.StatusRequestEntityTooLarge, "body over 64 kB", nil)
			return
		}
		s.refuse(c, http.StatusBadRequest, "body could not be read", err)
		return
	}
	form, err := readForm(c.Request.Header.Get("Content-Type"), body)
	if err != nil {
		s.refuse(c, http.StatusForbidden, "form is malformed", err)
		return
	}
	err = s.Validator.Check(twilio.Request{
		Method:      c.Request.Method,
		RequestURI:  c.Request.RequestURI,
		ContentType: c.Request.Header.Get("Content-Type"),
		Body:        body,
		Form:        &form,
		Signature:   c.Request.Header.Get("X-Twilio-Signature"),
	})
	if err != nil {
		s.refuse(c, http.StatusForbidden, "signature is not valid", err)
		return
	}
	req, err := newRequest(form, c.Request.URL.Query())
	if err != nil {
		s.refuse(c, http.StatusBadRequest, "webhook is malformed", err)
		return
	}
	req.Came = came
	if s.Account != "" && req.Call.AccountSID != s.Account {
		s.refuse(c, http.StatusForbidden, "webhook is another account's", nil)
		return
	}
	if req.CardDropped {
		s.flagCard(c.Request.Context(), req)
	}
	c.Set(requestKey, req)
}

// readForm parses a form body; other content types carry no form (JSON webhooks are signed over their hash).
func readForm(contentType string, body []byte) (twilio.Form, error) {
	if !strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
		return twilio.Form{}, nil
	}
	return twilio.ParseForm(body)
}

// refuse ends a request that is not, or not rightly, from Twilio. The reason goes to the log only.
func (s *Server) refuse(c *gin.Context, status int, why string, err error) {
	s.Log.Warn("webhook refused", "path", c.Request.URL.Path, "status", status, "why", why, "error", err)
	c.AbortWithStatus(status)
}

// requestOf returns what verify left.
func requestOf(c *gin.Context) *Request { return c.MustGet(requestKey).(*Request) }
