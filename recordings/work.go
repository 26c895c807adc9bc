package recordings

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/hibiken/asynq"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/queuelog"
)

const (
	queue    = "recordings"
	taskStep = "recordings:step"
	// wholeEvery is how often all of Twilio's list is compared with the index.
	wholeEvery = 24 * time.Hour
	// wake is how long the queue may take to notice a task.
	wake = 200 * time.Millisecond
)

// errNoWork says that Recordings was made for knowing and telling only.
var errNoWork = errors.New("redis, Twilio, an archive and a spool folder are needed to work")

// worker is one Work.
type worker struct {
	r         *Recordings
	client    *asynq.Client
	inspector *asynq.Inspector
	queued    bool // the queue was there
}

// Work copies, verifies and deletes what is due, sweeps, and returns when ctx ends. Any number of processes may work at
// once on one database and Redis. The rows are the truth: the queue only spreads the work, so a task that was lost or
// comes twice does no harm.
func (r *Recordings) Work(ctx context.Context) error {
	if r.cfg.Redis == nil || r.cfg.Twilio == nil || r.cfg.Archive == nil || r.cfg.Spool == "" {
		return fmt.Errorf("work on recordings: %w", errNoWork)
	}
	w := &worker{r: r, client: asynq.NewClientFromRedisClient(r.cfg.Redis), inspector: asynq.NewInspectorFromRedisClient(r.cfg.Redis)}
	server := asynq.NewServerFromRedisClient(r.cfg.Redis, asynq.Config{
		Concurrency: r.cfg.Workers, Queues: map[string]int{queue: 1}, BaseContext: func() context.Context { return ctx },
		TaskCheckInterval: wake, Logger: queuelog.Logger{Log: r.cfg.Log, Name: "recordings"}, LogLevel: asynq.WarnLevel, ShutdownTimeout: lease,
	})
	if err := server.Start(asynq.HandlerFunc(w.handle)); err != nil {
		return fmt.Errorf("work on recordings: %w", err)
	}
	r.cleanSpool(ctx)
	sweeping := make(chan struct{})
	go func() {
		defer close(sweeping)
		w.sweeps(ctx)
	}()
	w.loop(ctx)
	server.Shutdown()
	<-sweeping
	return nil
}

// handle does a task: whatever is to be done with the recording now.
func (w *worker) handle(ctx context.Context, t *asynq.Task) error {
	sid := string(t.Payload())
	if _, err := w.r.run(ctx, sid); err != nil && ctx.Err() == nil {
		w.r.cfg.Log.ErrorContext(ctx, "recording: a step could not be done or noted", "recording", shown(sid), "error", err)
	}
	return nil // the row knows whether and when to try again
}

// loop puts what is due into the queue.
func (w *worker) loop(ctx context.Context) {
	tick := time.NewTicker(w.r.cfg.Tick)
	defer tick.Stop()
	for {
		if err := w.round(ctx); err != nil && ctx.Err() == nil {
			w.r.cfg.Log.ErrorContext(ctx, "recordings: what is due could not be queued", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// round is one look at what is due. The queue is kept short: what is due longest comes first, whoever put it in.
func (w *worker) round(ctx context.Context) error {
	if err := w.r.applyHolds(ctx); err != nil {
		return err
	}
	if _, err := w.r.redate(ctx); err != nil {
		return err
	}
	waiting, err := w.waiting()
	if err != nil {
		return err
	}
	room := 16*w.r.cfg.Workers + 64 - waiting
	if room <= 0 {
		return nil
	}
	due, err := w.r.dueNow(ctx, room)
	if err != nil {
		return err
	}
	for _, d := range due {
		// The number of the claim and the time are in the id: a task that a killed worker has left behind, which the
		// queue notices only after a minute and more, keeps nobody from putting a new one in.
		id := fmt.Sprintf("%s:%d:%d", d.SID, d.claim, time.Now().Unix()/int64(lease/time.Second))
		_, err := w.client.EnqueueContext(ctx, asynq.NewTask(taskStep, []byte(d.SID)), asynq.Queue(queue), asynq.TaskID(id),
			asynq.MaxRetry(3), asynq.Timeout(24*time.Hour))
		if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
			return err
		}
	}
	return nil
}

// waiting is how many tasks are in the queue. One that never had a task is not there, and asynq has no error of its own for that.
func (w *worker) waiting() (int, error) {
	if !w.queued {
		names, err := w.inspector.Queues()
		if err != nil || !slices.Contains(names, queue) {
			return 0, err
		}
		w.queued = true
	}
	info, err := w.inspector.GetQueueInfo(queue)
	if err != nil {
		w.queued = false // Redis may have been emptied
		return 0, err
	}
	return info.Pending, nil
}

// dueRow is a recording that is due, and the number of its last claim.
type dueRow struct {
	SID   string
	claim int64
}

// dueNow are recordings on which something is to be done now, what is due longest first.
func (r *Recordings) dueNow(ctx context.Context, limit int) ([]dueRow, error) {
	now := db.Millis(r.now())
	return db.Select(ctx, r.cfg.DB, func(from db.Scanner) (d dueRow, err error) {
		err = from.Scan(&d.SID, &d.claim)
		return d, err
	}, "SELECT sid, claim FROM recordings WHERE due_at > 0 AND due_at <= ? ORDER BY due_at, sid LIMIT ?", now, limit)
}

// sweeps sweeps now and then. It looks as often as a claim lapses, so that what a killed worker began soon goes on.
func (w *worker) sweeps(ctx context.Context) {
	tick := time.NewTicker(max(w.r.cfg.Tick, min(lease, w.r.cfg.SweepEvery/20)))
	defer tick.Stop()
	for {
		if err := w.sweep(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ErrSweeping) {
			w.r.cfg.Log.ErrorContext(ctx, "recordings: the sweep failed and is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (w *worker) sweep(ctx context.Context) error {
	t, err := w.r.Totals(ctx)
	if err != nil {
		return err
	}
	now := w.r.now()
	switch {
	case now.Sub(t.LastWhole) >= wholeEvery:
		_, err = w.r.Sweep(ctx, SweepOptions{}, nil)
	case now.Sub(later(t.LastSweep, t.LastWhole)) >= w.r.cfg.SweepEvery:
		_, err = w.r.Sweep(ctx, SweepOptions{Newest: true}, nil)
	}
	return err
}

// cleanSpool removes unfinished copies that nobody will finish.
func (r *Recordings) cleanSpool(ctx context.Context) {
	files, err := os.ReadDir(r.cfg.Spool)
	if err != nil {
		return // there is none yet
	}
	for _, f := range files {
		sid, kind, _ := strings.Cut(f.Name(), ".")
		if kind != "part" && kind != "mark" && kind != "mark.new" {
			continue
		}
		w, err := r.rowOf(ctx, sid)
		if isNotFound(err) || err == nil && w.State != Completed && w.State != Archiving && w.State != Archived {
			r.clearSpool(sid)
		}
	}
}
