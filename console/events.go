package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/sessions"
)

const (
	heartbeat = 15 * time.Second // a comment now and then keeps proxies from closing a silent stream
	linger    = 3 * time.Second  // after the end of a call, for what still follows
)

// eventID is the form of an event's place in a call's feed.
var eventID = regexp.MustCompile(`^\d{1,20}(-\d{1,20})?$`)

// followCall streams a call's feed as server-sent events, from its beginning or after Last-Event-ID.
func (c *Console) followCall(g *gin.Context) {
	ctx, call := g.Request.Context(), g.Param("sid")
	after := g.GetHeader("Last-Event-ID")
	if after != "" && !eventID.MatchString(after) {
		c.failWith(g, fmt.Errorf("%w: Last-Event-ID is the id of an event", errQuery))
		return
	}
	s, err := c.Sessions.Get(ctx, call)
	if err != nil {
		c.failWith(g, err)
		return
	}
	if !s.Live() {
		if news, err := c.Sessions.Events(ctx, call, after, 1); err == nil && len(news) == 0 {
			g.Status(http.StatusNoContent) // tells an EventSource not to come back
			return
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events, failed := c.feed(ctx, call, after)
	stream := newStream(g)
	stream.still = func() bool { return c.still(g, access.ViewCalls) }
	stream.run(events, !s.Live())
	cancel()
	if err := <-failed; err != nil {
		c.Log.Warn("live feed", "call", call, "error", err)
	}
}

// feed follows a call on a goroutine of its own, which ends with ctx.
func (c *Console) feed(ctx context.Context, call, after string) (<-chan sessions.Event, <-chan error) {
	events, failed := make(chan sessions.Event), make(chan error, 1)
	go func() {
		defer close(events)
		failed <- c.Sessions.Follow(ctx, call, after, func(e sessions.Event) error {
			select {
			case events <- e:
				return nil
			case <-ctx.Done():
				return nil
			}
		})
	}()
	return events, failed
}

// stream writes server-sent events.
type stream struct {
	g     *gin.Context
	out   *http.ResponseController
	still func() bool // asked at every heartbeat: may the reader still have this?
}

func newStream(g *gin.Context) *stream {
	h := g.Writer.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	g.Writer.WriteHeaderNow()
	g.Writer.Flush()
	return &stream{g: g, out: http.NewResponseController(g.Writer), still: func() bool { return true }}
}

// run writes events until the reader leaves or, after the call has ended, nothing more comes.
func (s *stream) run(events <-chan sessions.Event, ended bool) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	var over <-chan time.Time
	if ended {
		over = time.After(linger)
	}
	for {
		select {
		case e, ok := <-events:
			if !ok || s.write(e) != nil {
				return
			}
			if endsCall(e) {
				over = time.After(linger)
			}
		case <-beat.C:
			if !s.still() {
				return
			}
			if _, err := fmt.Fprint(s.g.Writer, ": still here\n\n"); err != nil || s.out.Flush() != nil {
				return
			}
		case <-over:
			return
		case <-s.g.Request.Context().Done():
			return
		}
	}
}

func (s *stream) write(e sessions.Event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.g.Writer, "id: %s\nevent: %s\ndata: %s\n\n", e.ID, e.Kind, data); err != nil {
		return err
	}
	return s.out.Flush()
}

// endsCall tells whether an event is the last one of a call's life.
func endsCall(e sessions.Event) bool { return e.Kind == "call" && readFact(e).Name == "ended" }
