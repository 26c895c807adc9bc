package campaigns

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hibiken/asynq"

	"github.com/paydial/paydial/campaigns/pace"
	"github.com/paydial/paydial/internal/queuelog"
)

const (
	queue    = "campaigns"
	taskDial = "campaigns:dial"
	// wake is how long the queue may take to notice a task.
	wake = 100 * time.Millisecond
	// patience is how long a task waits for its slot. One that would wait longer is dropped: the person stays due.
	patience = 400 * time.Millisecond
	// asideFor is how long a task is believed to be in the queue.
	asideFor = 1500 * time.Millisecond
	// freshFor is how old what is known of a campaign's pace may be when a call is to be made.
	freshFor = 300 * time.Millisecond
)

// errNoWork says that Campaigns was made for knowing and telling only.
var errNoWork = errors.New("redis, Twilio, a public URL and a project are needed to dial")

// worker is one Work.
type worker struct {
	c      *Campaigns
	client *asynq.Client

	mu     sync.Mutex
	rows   map[int64]*running   // campaigns that run
	sent   map[string]time.Time // what was put into the queue, and when
	after  map[int64]time.Time  // campaigns that may not dial before
	quiet  time.Time            // trouble with the pace is not told again before
	synced time.Time            // when the pace was last told which calls run
}

// running is a campaign that runs, as it was read a moment ago.
type running struct {
	row  campaignRow
	plan *plan
	read time.Time
}

// Work dials whoever is due, and looks after what was begun, until ctx ends. Any number of processes may work at once on one
// database and Redis. The rows are the truth: the queue only spreads the work, and holds a second of it, so that a
// campaign that is paused or slowed down stops or slows at once. A process may be killed at any moment.
func (c *Campaigns) Work(ctx context.Context) error {
	if c.pace == nil || c.cfg.Twilio == nil || c.cfg.PublicURL == "" || c.cfg.Project == nil {
		return fmt.Errorf("work on campaigns: %w", errNoWork)
	}
	w := &worker{
		c: c, client: asynq.NewClientFromRedisClient(c.cfg.Redis), rows: map[int64]*running{}, sent: map[string]time.Time{},
		after: map[int64]time.Time{},
	}
	server := asynq.NewServerFromRedisClient(c.cfg.Redis, asynq.Config{
		Concurrency: c.cfg.Workers, Queues: map[string]int{queue: 1},
		TaskCheckInterval: wake, Logger: queuelog.Logger{Log: c.cfg.Log, Name: "campaigns"}, LogLevel: asynq.WarnLevel, ShutdownTimeout: pace.Flight,
	})
	// The queue's own context does not end with ours: it would take every task in hand for failed, and keep its name for long.
	handler := asynq.HandlerFunc(func(_ context.Context, t *asynq.Task) error { return w.handle(ctx, t) })
	if err := server.Start(handler); err != nil {
		return fmt.Errorf("work on campaigns: %w", err)
	}
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		every(ctx, max(c.cfg.Tick, minWatch), func() { w.watch(ctx) })
	}()
	every(ctx, c.cfg.Tick, func() {
		if err := w.round(ctx); err != nil && ctx.Err() == nil {
			c.cfg.Log.ErrorContext(ctx, "campaigns: who is due could not be queued", "error", err)
		}
	})
	server.Shutdown()
	<-watching
	return nil
}

// every does something again and again until ctx ends.
func every(ctx context.Context, d time.Duration, do func()) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for ctx.Err() == nil {
		do()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// errand is a task: an attempt to be made.
type errand struct {
	num, row int64
	n        int
}

func (e errand) String() string { return fmt.Sprintf("%d:%d:%d", e.num, e.row, e.n) }

func errandOf(text string) (e errand, ok bool) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return e, false
	}
	var err1, err2, err3 error
	e.num, err1 = strconv.ParseInt(parts[0], 10, 64)
	e.row, err2 = strconv.ParseInt(parts[1], 10, 64)
	e.n, err3 = strconv.Atoi(parts[2])
	return e, err1 == nil && err2 == nil && err3 == nil
}

// handle makes one attempt, if it is still to be made when its slot has come.
func (w *worker) handle(ctx context.Context, t *asynq.Task) error {
	e, ok := errandOf(string(t.Payload()))
	if !ok || ctx.Err() != nil {
		return nil
	}
	defer w.forget(e)
	r, held := w.runs(e.num)
	if r == nil || held || r.plan == nil {
		return nil
	}
	due, err := w.c.stillDue(ctx, e)
	if err == nil && due {
		r, err = w.renew(ctx, r)
	}
	if err != nil || !due {
		return nil // the next round finds it, or it is done
	}
	limits := r.plan.pacing(&r.row, w.c.now())
	g, err := w.c.pace.Take(ctx, r.row.Name, refKey(e.row, e.n), limits, patience)
	if err != nil {
		w.noSlot(ctx, e.num, err)
		return nil
	}
	if err := w.attempt(ctx, r, e, g); err != nil {
		w.c.cfg.Log.ErrorContext(ctx, "campaign: an attempt could not be made or noted", "campaign", r.row.Name, "row", e.row, "attempt", e.n, "error", err)
	}
	return nil // the rows know what is to be done
}

// attempt claims the person and makes the call.
func (w *worker) attempt(ctx context.Context, r *running, e errand, g *pace.Grant) error {
	k, err := w.c.claim(ctx, r.plan, key(e))
	if err != nil || k == nil {
		return errors.Join(err, g.Back(context.WithoutCancel(ctx)))
	}
	return w.c.dial(ctx, r.plan, k, g)
}

// noSlot remembers when a campaign may dial again.
func (w *worker) noSlot(ctx context.Context, num int64, err error) {
	var early *pace.TooEarly
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case errors.As(err, &early):
		w.after[num] = now.Add(max(0, early.Wait-pace.Soon))
	case errors.Is(err, pace.ErrTaken) || ctx.Err() != nil:
	default:
		w.after[num] = now.Add(time.Second)
		if now.After(w.quiet) {
			w.quiet = now.Add(10 * time.Second)
			w.c.cfg.Log.ErrorContext(ctx, "campaigns: Redis does not answer, nothing is dialed", "error", err)
		}
	}
}

// runs is a campaign that runs, and whether its pace lets nobody be rung for a while.
func (w *worker) runs(num int64) (r *running, held bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rows[num], time.Now().Before(w.after[num])
}

// renew reads a campaign's row again where it was read a while ago: a round may take long, and a pace that was set lower
// holds within a second all the same.
func (w *worker) renew(ctx context.Context, r *running) (*running, error) {
	if time.Since(r.read) < freshFor {
		return r, nil
	}
	row, err := scanCampaign(w.c.cfg.DB.QueryRow(ctx, "SELECT "+campaignColumns+" FROM campaigns WHERE num = ?", r.row.num))
	if err != nil {
		return r, fmt.Errorf("read campaign %s: %w", r.row.Name, err)
	}
	now := &running{row: row, plan: r.plan, read: time.Now()}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rows[row.num] == r {
		w.rows[row.num] = now
	}
	return now, nil
}

func (w *worker) forget(e errand) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.sent, e.String())
}

// stillDue tells whether an attempt is still to be made, before a slot is taken for it.
func (c *Campaigns) stillDue(ctx context.Context, e errand) (bool, error) {
	x, err := personOf(ctx, c.cfg.DB, e.num, e.row, "")
	return err == nil && !x.Next.IsZero() && !x.Next.After(c.now()) && x.Attempts == e.n-1, err
}
