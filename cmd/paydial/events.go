package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// errStreamEnded is what tell returns to end a stream of events.
var errStreamEnded = errors.New("enough was read")

// eventFeed is a stream of server-sent events as far as it was read.
type eventFeed struct {
	path string
	kind string // of the events that are told
	last string // id of the last one
	tell func(data json.RawMessage) error
}

// events reads a stream of server-sent events of one kind, and connects anew when it breaks off. It ends when the server
// says that there are no more, when tell returns errStreamEnded, and with any other error of tell.
func (c *deskClient) events(ctx context.Context, path, kind string, tell func(data json.RawMessage) error) error {
	feed := &eventFeed{path: path, kind: kind, tell: tell}
	for lost := 0; ; {
		alive, err := c.readEvents(ctx, feed)
		switch {
		case errors.Is(err, errStreamEnded):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && !isUnreachable(err):
			return err
		case alive:
			lost = 0
		}
		if lost++; lost > deskTries {
			return cmp.Or(err, c.failure(io.ErrUnexpectedEOF))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(deskPause):
		}
	}
}

// isUnreachable tells whether an error is one that asking again may mend.
func isUnreachable(err error) bool {
	var told *exitError
	return errors.As(err, &told) && told.code == exitUnreachable
}

// readEvents reads one connection's events; alive says that something came. errStreamEnded says that there are no more.
func (c *deskClient) readEvents(ctx context.Context, feed *eventFeed) (alive bool, err error) {
	body, err := c.open(ctx, apiRequest{method: http.MethodGet, path: feed.path, accept: "text/event-stream", last: feed.last})
	if err != nil {
		return false, err
	}
	defer func() { _ = body.Close() }()
	if body == http.NoBody {
		return true, errStreamEnded
	}
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, maxAnswer)
	kind, at := "", ""
	for lines.Scan() {
		name, text, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			at = text
		case "event":
			kind, alive = text, true
		case "data":
			if kind != feed.kind {
				continue // a beat
			}
			feed.last = at
			if err := feed.tell(json.RawMessage(text)); err != nil {
				return true, err
			}
		}
	}
	return alive, nil // broken off, whatever the scanner says
}
