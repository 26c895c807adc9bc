package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/campaigns"
)

const (
	// statusEvery is how much time there is at least between two looks at a campaign that somebody watches.
	statusEvery = 500 * time.Millisecond
	// statusShare is how many times longer it rests than a look took, so that watching a large campaign costs its
	// database little.
	statusShare = 4
)

// watchedCampaigns are the campaigns that somebody watches. However many watch one, it is looked at once.
type watchedCampaigns struct {
	mu  sync.Mutex
	all map[string]*watchedCampaign
}

// watchedCampaign is how a campaign stood when it was last looked at, and who wants to know when that changes.
type watchedCampaign struct {
	stop    context.CancelFunc
	readers map[chan statusNews]bool
	last    statusNews
}

// statusNews is a campaign's status as it is sent, or why there is none any more.
type statusNews struct {
	id   string // of what it says; the same status has the same
	body json.RawMessage
	over bool // nothing more is to come
	err  error
}

// watchCampaign tells of a campaign's status as it is now and whenever it changes, until leave is called. A reader who is
// slow misses what came between.
func (c *Console) watchCampaign(ctx context.Context, name string) (news <-chan statusNews, leave func()) {
	w := &c.watched
	mine := make(chan statusNews, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	one := w.all[name]
	if one == nil {
		look, stop := context.WithCancel(context.WithoutCancel(ctx))
		one = &watchedCampaign{stop: stop, readers: map[chan statusNews]bool{}}
		if w.all == nil {
			w.all = map[string]*watchedCampaign{}
		}
		w.all[name] = one
		go c.lookAt(look, name, one)
	}
	one.readers[mine] = true
	if one.last.id != "" {
		mine <- one.last
	}
	return mine, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(one.readers, mine)
		if len(one.readers) == 0 {
			one.stop()
			if w.all[name] == one {
				delete(w.all, name)
			}
		}
	}
}

// lookAt looks at a campaign again and again while somebody watches it.
func (c *Console) lookAt(ctx context.Context, name string, one *watchedCampaign) {
	for {
		began := time.Now()
		status, err := c.Campaigns.Status(ctx, name)
		if ctx.Err() != nil {
			return
		}
		news := newsOf(status, err)
		c.watched.tell(name, one, news)
		if news.err != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(statusEvery, statusShare*time.Since(began))):
		}
	}
}

// newsOf is a status as it is sent. That an estimate moves by seconds is no news.
func newsOf(status campaigns.Status, err error) statusNews {
	if err != nil {
		return statusNews{id: "error", err: err}
	}
	status = wholeStatus(status)
	status.ETA = status.ETA.Truncate(time.Minute)
	body, err := json.Marshal(status)
	if err != nil {
		return statusNews{id: "error", err: err}
	}
	sum := sha256.Sum256(body)
	return statusNews{
		id: hex.EncodeToString(sum[:8]), body: body,
		over: (status.State == campaigns.StateCompleted || status.State == campaigns.StateEnded) && status.Counts.Calling == 0 &&
			status.Counts.Done == status.Counts.Total,
	}
}

// tell hands news to every reader; one who has not taken the news before gets these instead. After an error nobody looks
// any more: who comes then begins anew.
func (w *watchedCampaigns) tell(name string, one *watchedCampaign, news statusNews) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if news.err != nil && w.all[name] == one {
		delete(w.all, name)
	}
	if news.id == one.last.id {
		return
	}
	one.last = news
	for reader := range one.readers {
		select {
		case <-reader:
		default:
		}
		reader <- news
	}
}

// followCampaign streams how a campaign stands: the whole status, each time that it changes.
func (c *Console) followCampaign(g *gin.Context) {
	ctx, name := g.Request.Context(), g.Param("name")
	if _, err := c.Campaigns.Get(ctx, name); err != nil {
		c.failWith(g, err)
		return
	}
	news, leave := c.watchCampaign(ctx, name)
	defer leave()
	had := g.GetHeader("Last-Event-ID")
	var first statusNews
	select {
	case first = <-news:
	case <-ctx.Done():
		return
	}
	switch {
	case first.err != nil:
		c.failWith(g, first.err)
		return
	case first.over && first.id == had:
		g.Status(http.StatusNoContent) // tells an EventSource not to come back
		return
	}
	s := newStream(g)
	s.still = func() bool { return c.still(g, access.ReadCampaigns) }
	if s.beat(c.Now()) != nil || first.id != had && s.send(first.id, "status", first.body) != nil || first.over {
		return
	}
	c.followStatus(ctx, s, news)
}

// followStatus sends news until there are no more, or the reader leaves.
func (c *Console) followStatus(ctx context.Context, s *stream, news <-chan statusNews) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case now := <-news:
			if now.err != nil {
				c.Log.Warn("follow a campaign", "path", s.g.FullPath(), "error", now.err)
				return
			}
			if s.send(now.id, "status", now.body) != nil || now.over {
				return
			}
		case <-beat.C:
			if !s.still() || s.beat(c.Now()) != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}
