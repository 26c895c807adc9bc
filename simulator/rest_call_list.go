package simulator

import (
	"net/http"
	"net/url"
	"time"
)

// restListCalls answers with the calls that match To, From, ParentCallSid, Status, StartTime and EndTime.
func (s *Simulator) restListCalls(w http.ResponseWriter, r *http.Request) {
	started, ok1 := readRange(r.Form, "StartTime")
	ended, ok2 := readRange(r.Form, "EndTime")
	if !ok1 || !ok2 {
		restError(w, http.StatusBadRequest, 20001, "StartTime and EndTime are dates: YYYY-MM-DD")
		return
	}
	page := listing{key: "calls"}
	for _, c := range s.calls.newest() {
		res := c.resource()
		c.mu.Lock()
		startedAt, endedAt := c.startTime(), c.endedAt
		c.mu.Unlock()
		if startedAt.IsZero() {
			startedAt = c.created
		}
		if matches(r.Form, "To", res.To) && matches(r.Form, "From", res.From) && matches(r.Form, "Status", res.Status) &&
			matches(r.Form, "ParentCallSid", parentOf(res)) && started.holds(startedAt) && ended.holds(endedAt) {
			page.add(c.sid, res)
		}
	}
	writePage(w, r, page)
}

func parentOf(res callResource) string {
	if res.ParentCallSID == nil {
		return ""
	}
	return *res.ParentCallSID
}

// matches reports whether a filter is absent or equal to value.
func matches(form url.Values, name, value string) bool {
	want := form.Get(name)
	return want == "" || want == value
}

// timeRange is a filter on a date: from the first to before the last.
type timeRange struct {
	set         bool
	first, last time.Time
}

// readRange reads name, name< and name>, each a day or a moment, both ends included.
func readRange(form url.Values, name string) (timeRange, bool) {
	var t timeRange
	for _, f := range []struct {
		key         string
		first, last bool
	}{{name, true, true}, {name + ">", true, false}, {name + "<", false, true}} {
		v := form.Get(f.key)
		if v == "" {
			continue
		}
		from, to, ok := moment(v)
		if !ok {
			return t, false
		}
		t.set = true
		if f.first {
			t.first = from
		}
		if f.last {
			t.last = to
		}
	}
	return t, true
}

// moment is the span that a date or time covers.
func moment(v string) (from, to time.Time, ok bool) {
	if d, err := time.Parse(time.DateOnly, v); err == nil {
		return d, d.AddDate(0, 0, 1), true
	}
	if m, err := time.Parse(time.RFC3339, v); err == nil {
		return m, m.Add(time.Second), true
	}
	return from, to, false
}

func (t timeRange) holds(at time.Time) bool {
	switch {
	case !t.set:
		return true
	case at.IsZero():
		return false
	}
	return !at.Before(t.first) && (t.last.IsZero() || at.Before(t.last))
}
