package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Limits of what POST /sim/v1/recordings makes.
const (
	maxMade        = 200_000
	maxMadeSeconds = 268_000 // a WAV file of one channel ends at 4 GiB
)

// ctlAccount shows the account.
func (s *Simulator) ctlAccount(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"sid": s.account.sid, "pci_mode": s.account.pci()})
}

// ctlSetAccount switches PCI Mode on.
func (s *Simulator) ctlSetAccount(w http.ResponseWriter, r *http.Request) {
	var in struct {
		PCIMode *bool `json:"pci_mode"`
	}
	if !readJSON(w, r, &in) {
		return
	}
	switch {
	case in.PCIMode == nil:
		controlError(w, http.StatusBadRequest, `pci_mode: {"pci_mode":true} is meant`)
		return
	case *in.PCIMode:
		s.account.pciMode.Store(true)
	case s.account.pci():
		controlError(w, http.StatusConflict, "PCI Mode is on, and cannot be switched off again for this account")
		return
	}
	s.ctlAccount(w, r)
}

// madeRecordings is what POST /sim/v1/recordings asks for.
type madeRecordings struct {
	Count    int        `json:"count"`    // default 1
	Seconds  float64    `json:"seconds"`  // length of each; default 3
	Created  *time.Time `json:"created"`  // of the first; default now
	Every    string     `json:"every"`    // how much later each next one was created; default "0s"
	Channels int        `json:"channels"` // 1 (default) or 2
	Callback string     `json:"status_callback"`
}

// check gives the time between two of them, or says what is wrong.
func (m *madeRecordings) check(now time.Time) (every time.Duration, wrong string) {
	if m.Count == 0 {
		m.Count = 1
	}
	if m.Seconds == 0 {
		m.Seconds = 3
	}
	if m.Channels == 0 {
		m.Channels = 1
	}
	if m.Created == nil {
		m.Created = &now
	}
	if m.Every != "" {
		d, err := time.ParseDuration(m.Every)
		if err != nil || d < 0 {
			return 0, `every: a duration is meant, like "1m"`
		}
		every = d
	}
	switch {
	case m.Count < 0 || m.Count > maxMade:
		return 0, fmt.Sprintf("count: 1 to %d are meant", maxMade)
	case m.Seconds < 1 || m.Seconds*float64(m.Channels) > maxMadeSeconds:
		return 0, fmt.Sprintf("seconds: 1 to %d are meant, half of that with two channels", maxMadeSeconds)
	case m.Channels != 1 && m.Channels != 2:
		return 0, "channels: 1 or 2 are meant"
	case every > 0 && int64(every) > int64(50*365*24*time.Hour)/int64(m.Count), m.Created.Add(every * time.Duration(m.Count-1)).After(now):
		return 0, "created: the last of the recordings would begin after now"
	case m.Callback != "" && checkURL(m.Callback) != nil:
		return 0, "status_callback: an absolute URL is meant"
	}
	return every, ""
}

// ctlMakeRecordings makes finished recordings of calls that never were, with a sound that is the same every time.
func (s *Simulator) ctlMakeRecordings(w http.ResponseWriter, r *http.Request) {
	var in madeRecordings
	if !readJSON(w, r, &in) {
		return
	}
	every, wrong := in.check(s.clock.now())
	if wrong != "" {
		controlError(w, http.StatusBadRequest, wrong)
		return
	}
	length := time.Duration(in.Seconds * float64(time.Second))
	made := make([]recording, in.Count)
	sids := make([]string, in.Count)
	for i := range made {
		begun := in.Created.Add(every * time.Duration(i)).UTC()
		made[i] = recording{
			recordingPlan: recordingPlan{
				source: sourceREST, channels: in.Channels, track: trackBoth,
				callback: callback{url: in.Callback}, events: map[string]bool{},
			},
			sid: s.ids.sid("RE"), call: s.ids.sid("CA"), started: begun, ended: begun.Add(length),
			made: true, length: length, pci: s.account.pci(),
		}
		sids[i] = made[i].sid
	}
	s.recordings.put(made...)
	if in.Callback != "" {
		c := s.newCall("", "", inbound, statusCompleted) // is in no list; its callbacks go out one by one
		for _, rec := range made {
			rec.events = callbackEvents(nil)
			s.tellRecording(c, rec)
		}
	}
	writeJSON(w, http.StatusCreated, map[string]any{"count": len(sids), "sids": sids})
}

// keptRecording is a recording as GET /sim/v1/recordings shows it, deleted or not.
type keptRecording struct {
	SID        string         `json:"sid"`
	CallSID    string         `json:"call_sid"`
	Conference string         `json:"conference_sid,omitempty"`
	Source     string         `json:"source"`
	Status     string         `json:"status"` // in-progress, paused, completed, absent, deleted
	Created    time.Time      `json:"created"`
	Seconds    int            `json:"seconds"` // 0 while it is made
	PCI        bool           `json:"pci"`
	DeletedAt  *time.Time     `json:"deleted_at"`
	DeletedBy  string         `json:"deleted_by,omitempty"` // rest, retention
	FetchedAt  *time.Time     `json:"fetched_at"`           // when all of the media had been sent; null if that never was before it was deleted
	Downloads  []downloadView `json:"downloads"`
}

type downloadView struct {
	At       time.Time `json:"at"`
	EndedAt  time.Time `json:"ended_at"`
	Channels int       `json:"channels"`
	From     int64     `json:"from"`
	Bytes    int64     `json:"bytes"`
	Size     int64     `json:"size"`
	Cut      bool      `json:"cut,omitempty"`
}

func (r *recording) kept() keptRecording {
	v := keptRecording{
		SID: r.sid, CallSID: r.call, Conference: r.conference, Source: r.source, Status: r.status(), Created: r.started.UTC(), PCI: r.pci,
		DeletedAt: jsonTime(r.deleted), DeletedBy: r.deletedBy, FetchedAt: jsonTime(r.fetched), Downloads: []downloadView{},
	}
	if !r.live() && r.errorCode == 0 {
		v.Seconds = r.seconds()
	}
	for _, d := range r.downloads {
		v.Downloads = append(v.Downloads, downloadView{d.begun.UTC(), d.ended.UTC(), d.channels, d.from, d.bytes, d.size, d.cut})
	}
	return v
}

// jsonTime is a time for JSON; nil for none.
func jsonTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// ctlRecordings shows every recording that there ever was, the oldest first; ?call_sid= those of one call, ?limit= so
// many, ?after= those behind the one with that SID.
func (s *Simulator) ctlRecordings(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit := -1
	if v := q.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			controlError(w, http.StatusBadRequest, "limit: a whole number of at least 1 is meant")
			return
		}
		limit = n
	}
	all := s.recordings.list(q.Get("call_sid"), func(*recording) bool { return true })
	views, begun := []keptRecording{}, q.Get("after") == ""
	for i := len(all) - 1; i >= 0 && len(views) != limit; i-- {
		if begun {
			views = append(views, all[i].kept())
		}
		begun = begun || all[i].sid == q.Get("after")
	}
	writeJSON(w, http.StatusOK, map[string]any{"recordings": views, "total": len(all)})
}
