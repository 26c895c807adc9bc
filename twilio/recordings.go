package twilio

import (
	"context"
	"fmt"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// CurrentRecording, in place of a recording's id, is the only one that is running on a call.
const CurrentRecording = "Twilio.CURRENT"

// UpdateRecording pauses (paused), resumes (in-progress) or stops (stopped) a recording of a live call. While it is
// paused it holds silence.
func (c *Client) UpdateRecording(ctx context.Context, callSID, recordingSID, status string) error {
	const op = "update recording"
	switch status {
	case "paused", "in-progress", "stopped":
	default:
		return fmt.Errorf("twilio: %s: %.40q is not a status; allowed: paused, in-progress, stopped", op, status)
	}
	if err := checkSID(op, callSID, "CA"); err != nil {
		return err
	}
	if recordingSID != CurrentRecording {
		if err := checkSID(op, recordingSID, "RE"); err != nil {
			return err
		}
	}
	_, err := c.api(ctx).UpdateCallRecording(callSID, recordingSID, &api.UpdateCallRecordingParams{Status: &status})
	return failed(op, err)
}

// Statuses of a recording that callers branch on.
const (
	RecordingInProgress = "in-progress"
	RecordingPaused     = "paused"
)

// CallRecordings are the recordings of a call, the newest first, fifty at most: a call that has more is not one that
// is being recorded. Nothing but SID and Status is looked at closely, so that a pause never fails for the rest.
func (c *Client) CallRecordings(ctx context.Context, callSID string) ([]Recording, error) {
	const op = "list recordings of call"
	if err := checkSID(op, callSID, "CA"); err != nil {
		return nil, err
	}
	var page recordingPage
	if _, err := c.getDated(ctx, c.path("/Calls/%s/Recordings.json", callSID), &page); err != nil {
		return nil, failed(op, err)
	}
	out := make([]Recording, len(page.Recordings))
	for i := range page.Recordings {
		out[i], _ = page.Recordings[i].recording() // what is not right about it is zero
	}
	return out, nil
}
