package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/payments"
)

// deskFeed tells one reader what is new at the desk. Every event is a whole state, so that one that was lost, or came
// twice, does no harm.
type deskFeed struct {
	desk   *payments.Desk
	stream *stream
	reader payments.Actor
	sent   map[string]int64 // by payment: the version that the reader has
}

// send writes one event. data is its whole state.
func (s *stream) send(id, kind string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	if _, err := fmt.Fprintf(s.g.Writer, "%sevent: %s\ndata: %s\n\n", id, kind, body); err != nil {
		return err
	}
	return s.out.Flush()
}

// beat tells that the line is alive, and the time by which its countdowns run.
func (s *stream) beat(now time.Time) error {
	return s.send("", "beat", map[string]time.Time{"now": now.UTC()})
}

// followDesk streams everything that the person may see at the desk, and then what changes.
func (c *Console) followDesk(g *gin.Context) {
	w, err := c.Desk.Watch(g.Request.Context())
	if err != nil {
		c.failWith(g, err)
		return
	}
	defer w.Close()
	f := &deskFeed{desk: c.Desk, stream: newStream(g), reader: c.reader(g), sent: map[string]int64{}}
	f.stream.still = func() bool { return c.mayStillLook(g) }
	if f.stream.beat(c.Now()) == nil && f.everything(g.Request.Context()) == nil {
		c.followChanges(g, w, f.stream, f.change)
	}
}

// followChanges tells of changes until the reader leaves, may not read any more, or tell says that it is over.
func (c *Console) followChanges(g *gin.Context, w *payments.Watcher, s *stream, tell func(context.Context, payments.Change) error) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case change, ok := <-w.C:
			if !ok || tell(g.Request.Context(), change) != nil {
				return
			}
		case <-beat.C:
			if !s.still() || s.beat(c.Now()) != nil {
				return
			}
		case <-g.Request.Context().Done():
			return
		}
	}
}

// everything tells the whole desk.
func (f *deskFeed) everything(ctx context.Context) error {
	if err := f.handovers(ctx); err != nil {
		return err
	}
	all, err := f.desk.List(ctx, f.reader)
	if err != nil {
		return err
	}
	for _, a := range all {
		if err := f.payment(a); err != nil {
			return err
		}
	}
	return nil
}

func (f *deskFeed) handovers(ctx context.Context) error {
	all, err := f.desk.Handovers(ctx)
	if err != nil {
		return err
	}
	return f.stream.send("", "handovers", viewHandovers(all))
}

func (f *deskFeed) payment(a payments.Assisted) error {
	if f.sent[a.ID] >= a.Version {
		return nil
	}
	f.sent[a.ID] = a.Version
	return f.stream.send(a.ID+"."+strconv.FormatInt(a.Version, 10), "payment", viewAssisted(a))
}

// change tells one change, if it is for this reader.
func (f *deskFeed) change(ctx context.Context, change payments.Change) error {
	switch _, has := f.sent[change.ID]; {
	case change.Call == "":
		return f.everything(ctx)
	case change.ID == "":
		return f.handovers(ctx)
	case change.Agent != f.reader.ID && !f.reader.Supervisor && !has:
		return nil
	}
	a, err := f.desk.Get(ctx, f.reader, change.ID)
	if errors.Is(err, payments.ErrNoAssisted) { // somebody has taken it over
		delete(f.sent, change.ID)
		return f.stream.send("", "gone", map[string]string{"id": change.ID, "agent": change.Agent})
	}
	if err != nil {
		return err
	}
	return f.payment(a)
}

var errFeedOver = errors.New("the feed is over")

// followPayment streams one payment of the desk until it is over.
func (c *Console) followPayment(g *gin.Context) {
	ctx, id, reader := g.Request.Context(), g.Param("id"), c.reader(g)
	w, err := c.Desk.Watch(ctx)
	if err != nil {
		c.failWith(g, err)
		return
	}
	defer w.Close()
	a, err := c.Desk.Get(ctx, reader, id)
	if err != nil {
		c.failDesk(g, payments.Assisted{}, err)
		return
	}
	has := g.GetHeader("Last-Event-ID") == strconv.FormatInt(a.Version, 10)
	if has && final(a) {
		g.Status(http.StatusNoContent) // tells an EventSource not to come back
		return
	}
	s, last := newStream(g), int64(0)
	s.still = func() bool { return c.mayStillLook(g) }
	tell := func(a payments.Assisted) error {
		if a.Version <= last {
			return nil
		}
		last = a.Version
		err := s.send(strconv.FormatInt(a.Version, 10), "payment", viewAssisted(a))
		if err == nil && final(a) {
			err = errFeedOver
		}
		return err
	}
	if has {
		last = a.Version
	} else if tell(a) != nil {
		return
	}
	c.followChanges(g, w, s, func(ctx context.Context, change payments.Change) error {
		if change.ID != id && change.Call != "" {
			return nil
		}
		now, err := c.Desk.Get(ctx, reader, id)
		if err != nil {
			return err
		}
		return tell(now)
	})
}

// final tells whether a payment is over for good. An unknown one may still be settled by a late result.
func final(a payments.Assisted) bool { return a.Stage.Over() && a.Stage != payments.StageUnknown }
