package server

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/paydial/paydial/console"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/recordings/archive"
	"github.com/paydial/paydial/sessions"
	"github.com/paydial/paydial/twilio"
)

const (
	// pausesEvery is how often the worker looks for recordings that were left paused.
	pausesEvery = 5 * time.Second
	// workAgain is how long the worker waits when it could not begin.
	workAgain = 10 * time.Second
	// checkLimit bounds the archive's own check when the work begins.
	checkLimit = 30 * time.Second
)

// Recordings says where copies of recordings are kept.
type Recordings struct {
	Archive string // address, as archive.Open takes it; "": no copies are made
	Spool   string // folder for unfinished copies; required with Archive
	Workers int    // copies made at once; 0: the default
}

// openRecordings puts together the index of recordings and its worker. Nothing runs before Work.
func (a *App) openRecordings(client *twilio.Client) (err error) {
	cfg := recordings.Config{
		DB: a.db, Redis: a.Sessions.Redis(), Twilio: client, Spool: a.cfg.Recordings.Spool, Workers: a.cfg.Recordings.Workers,
		Policies: a.policies,
		Facts:    a.callFacts, Payments: a.payWindows, Audit: a.Audit, Log: a.cfg.Log, Now: a.cfg.Now,
	}
	if a.cfg.Recordings.Archive != "" {
		if cfg.Archive, err = archive.Open(a.cfg.Recordings.Archive); err != nil {
			return err
		}
		if cfg.Spool == "" {
			return errors.New("a folder for unfinished copies of recordings is needed")
		}
	}
	a.archive = cfg.Archive
	a.Recordings, err = recordings.New(context.Background(), cfg)
	return err
}

// callFacts is what is known of a call whose recording was found without a callback.
func (a *App) callFacts(ctx context.Context, call string) (recordings.CallFacts, bool) {
	kept, err := a.Sessions.Get(ctx, call)
	if err != nil {
		if !errors.Is(err, sessions.ErrUnknownCall) {
			a.cfg.Log.Warn("find the call of a recording", "call", call, "error", err)
		}
		return recordings.CallFacts{}, false
	}
	facts := recordings.CallFacts{Flow: kept.Flow, Line: kept.To}
	if strings.HasPrefix(kept.Direction, "outbound") {
		facts.Line = kept.From
	}
	return facts, true
}

// payWindows tells when payments were taken on a call, by the ledger.
func (a *App) payWindows(ctx context.Context, call string) ([]recordings.Window, error) {
	var out []recordings.Window
	for q := (payments.Query{Filter: payments.Filter{Call: call}, Limit: 500}); ; {
		page, err := a.Ledger.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, p := range page.Payments {
			w := recordings.Window{ID: p.ID, From: p.Started, To: p.Closed}
			if w.To.IsZero() && p.State != payments.Started { // nobody knows its result, but it is not keyed any more
				w.To = p.Updated
			}
			out = append(out, w)
		}
		if q.After = page.Next; q.After == "" {
			return out, nil
		}
	}
}

// noted hands on what the desk pauses by itself. What cannot be written down is not shown, and the recording is
// flagged: the payment does not wait for it.
func (a *App) noted(ctx context.Context, n payments.PauseNote) {
	if a.Recordings == nil {
		return
	}
	err := a.Recordings.NotePaused(ctx, recordings.PauseNote{
		Call: n.Call, Payment: n.Payment, Recording: n.Recording, What: recordings.PauseWord(n.What), At: n.At,
	})
	if err != nil {
		a.cfg.Log.Warn("note what the desk paused", "call", n.Call, "payment", n.Payment, "error", err)
	}
}

// workOnRecordings copies, checks and deletes what is due, until ctx ends.
func (a *App) workOnRecordings(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { a.finishPauses(ctx) })
	defer both.Wait()
	if a.archive == nil {
		return
	}
	check, cancel := context.WithTimeout(ctx, checkLimit)
	if err := a.archive.Check(check); err != nil && ctx.Err() == nil {
		a.cfg.Log.Error("recordings cannot be kept in the archive as it is; what is due is tried again", "archive", a.archive.String(), "error", err)
	}
	cancel()
	for ctx.Err() == nil {
		if err := a.Recordings.Work(ctx); err != nil && ctx.Err() == nil {
			a.cfg.Log.Error("work on recordings", "error", err)
			rest(ctx, workAgain)
		}
	}
}

// finishPauses resumes recordings that were left paused.
func (a *App) finishPauses(ctx context.Context) {
	for ctx.Err() == nil {
		if _, err := a.Recordings.Finish(ctx); err != nil && ctx.Err() == nil {
			a.cfg.Log.Error("resume recordings that were left paused", "error", err)
		}
		rest(ctx, pausesEvery)
	}
}

// rest waits, unless ctx ends before.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// silences tells the pages when recordings were silent for payments.
func (a *App) silences(ctx context.Context, of []recordings.Recording) (map[string][]console.Pause, error) {
	all, err := a.Recordings.Silences(ctx, of)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]console.Pause, len(all))
	for sid, some := range all {
		for _, one := range some {
			out[sid] = append(out[sid], console.Pause(one))
		}
	}
	return out, nil
}
