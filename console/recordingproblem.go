package console

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/recordings"
)

// The problems of recordings.
var (
	problemRecordingsOff = problem{Code: "recordings_off", Status: http.StatusNotFound, Title: "No archive is set up",
		Help: "This server keeps no recordings. Say in PAYDIAL_ARCHIVE_URL where copies of them are kept, and start it again."}
	problemNoRecording = problem{Code: "no_such_recording", Status: http.StatusNotFound, Title: "No such recording",
		Help: "GET /api/v1/recordings lists them. A sweep finds what Twilio has and nobody told of."}
	problemNoCopy = problem{Code: "no_copy", Status: http.StatusNotFound, Title: "There is no copy of it in the archive",
		Help: "It was not copied yet, or was deleted. GET /api/v1/recordings/{sid} says which; its receipts say when and why."}
	problemNoHold = problem{Code: "no_such_hold", Status: http.StatusNotFound, Title: "No such hold",
		Help: "GET /api/v1/holds lists them."}
	problemReleased = problem{Code: "hold_released", Status: http.StatusConflict, Title: "This hold was released already",
		Help: "Nothing was changed. GET /api/v1/holds?released=true says by whom, when and why."}
	problemHoldNothing = problem{Code: "hold_names_nothing", Status: http.StatusUnprocessableEntity, Title: "A hold names what it keeps",
		Help: "Name a recording, a call, a line, or the time of creation by since, until or both."}
	problemWhyNeeded = problem{Code: "why_needed", Status: http.StatusUnprocessableEntity, Title: "A reason is needed",
		Help: "Say in reason why it is held or released. It stands in the receipt."}
	problemSweeping = problem{Code: "sweep_under_way", Status: http.StatusConflict, Title: "A sweep is under way already",
		Help: "Wait until it has ended, or ask for a dry run."}
	problemNoTwilio = problem{Code: "no_twilio", Status: http.StatusConflict, Title: "There is no Twilio account to compare with",
		Help: "Give the server Twilio's account and its token."}
	problemArchive = problem{Code: "archive_failed", Status: http.StatusBadGateway, Title: "Twilio or the archive did not do what was asked",
		Help: "What was done until then is kept. Try again; the server's log says more."}
)

func recordingProblems() []problem {
	return []problem{problemRecordingsOff, problemNoRecording, problemNoCopy, problemNoHold, problemReleased, problemHoldNothing,
		problemWhyNeeded, problemSweeping, problemNoTwilio, problemArchive}
}

// recordingProblemOf is the problem an error of recordings means.
func recordingProblemOf(err error) problem {
	switch {
	case errors.Is(err, recordings.ErrNotFound):
		return problemNoRecording
	case errors.Is(err, recordings.ErrNoCopy):
		return problemNoCopy
	case errors.Is(err, recordings.ErrNoHold):
		return problemNoHold
	case errors.Is(err, recordings.ErrReleased):
		return problemReleased
	case errors.Is(err, recordings.ErrHoldNothing):
		return problemHoldNothing
	case errors.Is(err, recordings.ErrNoReason):
		return problemWhyNeeded
	case errors.Is(err, recordings.ErrSweeping):
		return problemSweeping
	case errors.Is(err, recordings.ErrCursor):
		return problemQuery.because("after is the next of the page before")
	}
	return problemInside
}

// recordingsOn answers for a server that keeps no recordings.
func (c *Console) recordingsOn(g *gin.Context) {
	if c.Recordings == nil {
		c.stop(g, problemRecordingsOff, nil)
	}
}
