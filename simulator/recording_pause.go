package simulator

import (
	"slices"
	"time"

	"github.com/paydial/paydial/simulator/audio"
)

// statusPaused is the status of a recording that is made and hears nothing.
const statusPaused = "paused"

// pause is a stretch of a recording in which it hears nothing.
type pause struct {
	from, to mark
	over     bool
	skip     bool // it is left out, rather than filled with silence
}

func (r recording) paused() bool { return len(r.pauses) > 0 && !r.pauses[len(r.pauses)-1].over }

// hold pauses a recording; one that is paused stays as it is.
func (r *recording) hold(at mark, skip bool) {
	if !r.paused() {
		r.pauses = append(slices.Clone(r.pauses), pause{from: at, skip: skip})
	}
}

// resume ends the pause, if there is one.
func (r *recording) resume(at mark) {
	if r.paused() {
		r.pauses = slices.Clone(r.pauses)
		last := &r.pauses[len(r.pauses)-1]
		if last.to, last.over = at, true; at.at < last.from.at { // it was paused while it came to its end
			last.to = last.from
		}
	}
}

// skipped is how much time was left out of a recording that is over.
func (r recording) skipped() time.Duration {
	d := time.Duration(0)
	for _, p := range r.pauses {
		if p.skip {
			d += p.to.at - p.from.at
		}
	}
	return d
}

// timeline is what a recording that is over holds, at least a second of it. What sounds in a pause is not in it: the
// pause is silence of its length in wall time, or nothing.
func (r recording) timeline() *audio.Timeline {
	t := &audio.Timeline{}
	at := r.from
	for _, p := range r.pauses {
		t.Append(r.on.between(at, p.from, r.keeps))
		if !p.skip {
			t.Silence(p.to.at - p.from.at)
		}
		at = p.to
	}
	t.Append(r.on.between(at, r.to, r.keeps))
	t.Pad(time.Second)
	return t
}

// keeps reports whether the recording has the sounds of a side.
func (r recording) keeps(side audio.Side) bool {
	switch r.track {
	case trackInbound:
		return side == audio.Person
	case trackOutbound:
		return side == audio.Line
	}
	return true
}

// recordingView is a recording as the control API shows it.
type recordingView struct {
	SID       string      `json:"sid"`
	Source    string      `json:"source"`
	Status    string      `json:"status"` // in-progress, paused, completed
	StartedMS int64       `json:"started_ms"`
	Paused    []pauseView `json:"paused"`
}

// pauseView is a pause, in time since the call was created. ToMS is null while it lasts.
type pauseView struct {
	FromMS int64  `json:"from_ms"`
	ToMS   *int64 `json:"to_ms"`
}

// views are the recordings of a call, the oldest first.
func (rs *recordings) views(callSID string) []recordingView {
	views := []recordingView{}
	for _, r := range slices.Backward(rs.of(callSID)) {
		v := recordingView{SID: r.sid, Source: r.source, Status: r.status(), StartedMS: r.from.at.Milliseconds(), Paused: []pauseView{}}
		for _, p := range r.pauses {
			one := pauseView{FromMS: p.from.at.Milliseconds()}
			if p.over {
				to := p.to.at.Milliseconds()
				one.ToMS = &to
			}
			v.Paused = append(v.Paused, one)
		}
		views = append(views, v)
	}
	return views
}
