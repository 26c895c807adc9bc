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
