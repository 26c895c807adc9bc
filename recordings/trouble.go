package recordings

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/paydial/paydial/twilio"
)

// trouble is why a step failed, for people, and how long at least to wait.
type trouble struct {
	text string
	wait time.Duration
}

// troubleOf puts an error in words. doing is what failed: "copy from Twilio".
func troubleOf(doing string, err error) trouble {
	var e *twilio.Error
	var network net.Error
	var file *fs.PathError // what the system says of a file passes for a net.Error too
	switch {
	case errors.As(err, &e):
		return trouble{doing + ": " + twilioWords(e), e.RetryAfter}
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return trouble{doing + ": the disk is full: " + err.Error(), 0}
	case errors.Is(err, context.DeadlineExceeded):
		return trouble{doing + ": it took too long: " + err.Error(), 0}
	case errors.As(err, &network) && !errors.As(err, &file):
		return trouble{doing + ": no connection: " + err.Error(), 0}
	}
	return trouble{doing + ": " + err.Error(), 0}
}

func twilioWords(e *twilio.Error) string {
	said := fmt.Sprintf(" (%d", e.Status)
	if e.Code != 0 {
		said += fmt.Sprintf(", code %d", e.Code)
	}
	said += ")"
	if e.Message != "" {
		said += ": " + e.Message
	}
	switch {
	case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden:
		return "Twilio refuses our credentials" + said
	case e.Status == http.StatusNotFound:
		return "Twilio does not have it" + said
	case e.Status == http.StatusTooManyRequests:
		return "Twilio asks to go slower" + said
	case e.Status == http.StatusConflict:
		return "Twilio is not ready with it" + said
	case e.Status >= 500:
		return "Twilio has trouble" + said
	}
	return "Twilio refused" + said
}
