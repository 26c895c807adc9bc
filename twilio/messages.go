package twilio

import (
	"context"
	"fmt"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// SendMessage sends a text message. It is on its way when this returns, not yet delivered.
func (c *Client) SendMessage(ctx context.Context, to, from, body string) error {
	const op = "send message"
	if to == "" || from == "" || body == "" {
		return fmt.Errorf("twilio: %s: to, from and a body are required", op)
	}
	_, err := c.api(ctx).CreateMessage(&api.CreateMessageParams{To: &to, From: &from, Body: &body})
	return failed(op, err)
}
