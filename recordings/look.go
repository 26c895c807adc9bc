package recordings

import (
	"context"
	"fmt"
)

// Policy is the rules that a recording of a flow ("" for any) and a class ("" for none) has now.
func (r *Recordings) Policy(flow, class string) Policy { return r.cfg.Policies().For(flow, class) }

// Year tells whether Twilio deletes recordings by itself when they are a year old.
func (r *Recordings) Year() bool { return !r.cfg.NoYear }

// HasTwilio tells whether Twilio can be asked: without it there is nothing to sweep.
func (r *Recordings) HasTwilio() bool { return r.cfg.Twilio != nil }

// HasArchive tells whether there is an archive: without it no copies are made, and none can be heard.
func (r *Recordings) HasArchive() bool { return r.cfg.Archive != nil }

// HoldsInForce are the holds that were not released, the newest first.
func (r *Recordings) HoldsInForce(ctx context.Context) ([]Hold, error) {
	return r.holds(ctx, "released_at = 0 ORDER BY placed_at DESC, id")
}

// HoldsOn are the holds that keep a recording, the oldest first. The errors are ErrNotFound and the database's.
func (r *Recordings) HoldsOn(ctx context.Context, sid string) ([]Hold, error) {
	w, err := r.rowOf(ctx, sid)
	if err != nil {
		return nil, fmt.Errorf("holds on recording %s: %w", shown(sid), err)
	}
	return r.holdsNow(ctx, &w)
}

// GetHold returns a hold, or ErrNoHold.
func (r *Recordings) GetHold(ctx context.Context, id string) (Hold, error) {
	h, err := scanHold(r.cfg.DB.QueryRow(ctx, "SELECT "+holdColumns+" FROM recording_holds WHERE id = ?", id))
	if err != nil {
		return Hold{}, fmt.Errorf("hold %s: %w", shown(id), err)
	}
	return h, nil
}

// Keeps tells whether a hold is in force on a recording.
func (h Hold) Keeps(rec Recording) bool {
	on := h.On
	return h.Released.IsZero() && (on.Recording == "" || on.Recording == rec.SID) && (on.Call == "" || on.Call == rec.Call) &&
		(on.Line == "" || on.Line == rec.Line) && (on.Since.IsZero() || !rec.Created.Before(on.Since)) &&
		(on.Until.IsZero() || rec.Created.Before(on.Until))
}

// States are all states that a recording can be in, in the order of a life.
func States() []State { return states() }

// TroubleWords says for people why Twilio, the archive or the network did not do what was asked.
func TroubleWords(doing string, err error) string { return words(troubleOf(doing, err).text, maxReason) }
