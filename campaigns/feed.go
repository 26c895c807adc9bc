package campaigns

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/hibiken/asynq"

	"github.com/paydial/paydial/db"
)

const (
	// ahead is for how long there is work in the queue.
	ahead = 1500 * time.Millisecond
	// together is how many people are looked at together, and looksARound how often a round looks at so many.
	together    = 300
	looksARound = 20
	// levels is how many priorities a round looks at one by one.
	levels = 16
	// renamed is how often a task gets another name: one that a killed process has left behind, which the queue notices
	// only after a minute and more, keeps nobody from putting a new one in.
	renamed = 15 * time.Second
)

// round is one look at who is due.
func (w *worker) round(ctx context.Context) error {
	rows, err := db.Select(ctx, w.c.cfg.DB, scanCampaign, "SELECT "+campaignColumns+
		" FROM campaigns WHERE state IN ('running', 'draft') AND (state = 'running' OR start_at > 0) ORDER BY num")
	if err != nil {
		return fmt.Errorf("read campaigns: %w", err)
	}
	live, read := map[int64]*running{}, time.Now()
	for i := range rows {
		r := &running{row: rows[i], read: read}
		if !w.c.ready(ctx, r) {
			continue
		}
		live[r.row.num] = r
	}
	w.mu.Lock()
	w.rows = live
	old := time.Now().Add(-asideFor)
	for key, at := range w.sent {
		if at.Before(old) {
			delete(w.sent, key)
		}
	}
	w.mu.Unlock()
	var first error
	for _, r := range live {
		if err := w.feed(ctx, r); err != nil && first == nil {
			first = fmt.Errorf("campaign %s: %w", r.row.Name, err)
		}
	}
	return first
}

// ready starts a draft whose time has come, and tells whether a campaign may dial. One whose file does not fit the project
// any more pauses by itself.
func (c *Campaigns) ready(ctx context.Context, r *running) bool {
	var err error
	if r.row.State == StateDraft {
		if r.row.StartAt.After(c.now()) {
			return false
		}
		err = c.startScheduled(ctx, r.row.Name)
		if err != nil {
			c.cfg.Log.ErrorContext(ctx, "campaign: start", "campaign", r.row.Name, "error", err)
		}
		return false // the next round sees it run
	}
	r.plan, err = c.plan(&r.row)
	if err == nil {
		return true
	}
	if errors.Is(err, errNoProject) {
		return false
	}
	if err := c.pauseItself(ctx, r.row.Name, "its file does not fit the project any more: "+err.Error()); err != nil {
		c.cfg.Log.ErrorContext(ctx, "campaign: pause", "campaign", r.row.Name, "error", err)
	}
	return false
}

func (c *Campaigns) startScheduled(ctx context.Context, name string) error {
	_, err := c.change(ctx, name, func(tx *db.Tx, r *campaignRow) error {
		if r.State != StateDraft || r.StartAt.IsZero() || r.StartAt.After(c.now()) {
			return nil
		}
		by := r.WhyBy
		c.begin(r, by)
		return c.noted(ctx, tx, r.num, Change{What: "started", By: by, Note: "as scheduled"})
	})
	return err
}

// feed puts people of a campaign who may be rung into the queue, as many as it dials in a moment, and notes why others may
// not be.
func (w *worker) feed(ctx context.Context, r *running) error {
	if _, held := w.runs(r.row.num); held {
		return nil
	}
	l := r.plan.pacing(&r.row, w.c.now())
	want := int(math.Ceil(min(l.PerMinute/60, float64(l.PerSecond))*ahead.Seconds())) + 1
	for range looksARound {
		due, err := w.c.dueNow(ctx, r.row.num, max(want, 1))
		if err != nil {
			return err
		}
		fresh := w.fresh(r.row.num, due)
		if len(fresh) == 0 {
			return nil
		}
		again, err := w.sort(ctx, r, fresh)
		if err != nil || again == 0 || ctx.Err() != nil {
			return err
		}
		want = min(together, want+again) // many are refused: look at more
	}
	return nil
}

// fresh are those who are not in the queue already, as far as this process knows.
func (w *worker) fresh(num int64, due []personRow) []personRow {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := due[:0:0]
	for _, x := range due {
		if _, there := w.sent[(errand{num, x.Row, x.Attempts + 1}).String()]; !there {
			out = append(out, x)
		}
	}
	return out
}

// sort judges people who are due. Who may be rung goes into the queue; of the others it is noted why not. It tells how many
// those are.
func (w *worker) sort(ctx context.Context, r *running, people []personRow) (int, error) {
	k, err := w.c.learn(ctx, w.c.cfg.DB, r.plan, people)
	if err != nil {
		return 0, err
	}
	var not []unfit
	now := w.c.now()
	for i := range people {
		x := &people[i]
		d := r.plan.book.Judge(r.plan.campaign, k.facts(x, now))
		if d.Allowed {
			if err := w.enqueue(ctx, errand{r.row.num, x.Row, x.Attempts + 1}); err != nil {
				return 0, err
			}
			continue
		}
		u := unfit{due: x.Next}
		x.settle(d, now)
		u.personRow = *x
		not = append(not, u)
	}
	return len(not), w.c.settleAll(ctx, r.row.num, not)
}

// unfit is a person who is not rung, and when they were due.
type unfit struct {
	personRow
	due time.Time
}

// settleAll notes why people are not rung now, or at all, unless something has happened to them since they were read.
func (c *Campaigns) settleAll(ctx context.Context, num int64, people []unfit) error {
	if len(people) == 0 {
		return nil
	}
	err := c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		for i := range people {
			x := &people[i]
			due := db.Millis(x.Next)
			if x.State == PersonDone {
				due = 0
			}
			_, err := tx.Exec(ctx, `UPDATE campaign_people SET state = ?, reason = ?, words = ?, due_at = ?, retry_at = ?
				WHERE campaign = ? AND line_no = ? AND due_at = ? AND attempts = ? AND skipped = ? AND paid = ?`,
				x.State, string(x.Reason), x.Text, due, db.Millis(x.retry), num, x.Row, max(1, db.Millis(x.due)), x.Attempts, bit(x.skipped), bit(x.paid))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("note why people are not rung: %w", err)
	}
	return nil
}

// enqueue puts an attempt into the queue. It does not matter whether it is there already.
func (w *worker) enqueue(ctx context.Context, e errand) error {
	id := fmt.Sprintf("%s:%d", e, (time.Now().Unix()+e.row%int64(renamed/time.Second))/int64(renamed/time.Second))
	_, err := w.client.EnqueueContext(ctx, asynq.NewTask(taskDial, []byte(e.String())), asynq.Queue(queue), asynq.TaskID(id),
		asynq.MaxRetry(1), asynq.Timeout(time.Minute))
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
		return fmt.Errorf("queue an attempt: %w", err)
	}
	w.mu.Lock()
	w.sent[e.String()] = time.Now()
	w.mu.Unlock()
	return nil
}

// dueNow are people of a campaign who are due: those of the highest priority first, among equals those who are due
// longest, then in the order of the list. Priorities are looked at one by one, so that the index gives each in order.
func (c *Campaigns) dueNow(ctx context.Context, num int64, limit int) ([]personRow, error) {
	now := db.Millis(c.now())
	var out []personRow
	const from = "FROM campaign_people WHERE campaign = ? AND due_at > 0 AND "
	level := int64(math.MaxInt64)
	for n := 0; len(out) < limit; n++ {
		var best *int64
		err := c.cfg.DB.QueryRow(ctx, "SELECT MAX(priority) "+from+"priority < ?", num, level).Scan(&best)
		if err != nil {
			return nil, fmt.Errorf("find who is due: %w", err)
		}
		if best == nil {
			break
		}
		level = *best
		match := "priority = ?"
		if n >= levels { // there are many: the rest together
			match = "priority <= ?"
		}
		some, err := db.Select(ctx, c.cfg.DB, scanPerson, "SELECT "+personColumns+" "+from+match+
			" AND due_at <= ? ORDER BY priority DESC, due_at, line_no LIMIT ?", num, level, now, limit-len(out))
		if err != nil {
			return nil, fmt.Errorf("find who is due: %w", err)
		}
		if out = append(out, some...); n >= levels {
			break
		}
	}
	return out, nil
}
