package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// restListCalls answers with the calls that match To, From, ParentCallSid, Status, StartTime and EndTime, the newest
// first. Only those on the page are written, however many there are.
func (s *Simulator) restListCalls(w http.ResponseWriter, r *http.Request) {
	want, ok := readCallFilter(r.Form)
	if !ok {
		restError(w, http.StatusBadRequest, 20001, "StartTime and EndTime are dates: YYYY-MM-DD")
		return
	}
	size, page, ok := pageOf(r)
	if !ok {
		restError(w, http.StatusBadRequest, 20006, "Page and PageSize are whole numbers; PageSize is 1 to 1000")
		return
	}
	out := sheet{key: "calls", size: size, page: page, start: page * size}
	all, skip := s.calls.all(want.to), page*size
	if token := r.Form.Get("PageToken"); len(token) > 2 { // PA and the last SID of the page before
		if last, known := s.calls.get(token[2:]); known {
			skip = 0
			at, _ := slices.BinarySearchFunc(all, last.n, func(c *call, n int) int { return c.n - n })
			all = all[:at]
		}
	}
	for _, c := range slices.Backward(all) {
		switch {
		case !want.holds(c):
		case skip > 0:
			skip--
		case len(out.items) == size:
			out.more = true
			out.write(w, r)
			return
		default:
			out.add(c.sid, c.resource())
		}
	}
	out.start -= skip // a page behind the end
	out.write(w, r)
}

// callFilter says which calls a list is of.
type callFilter struct {
	to, from, status, parent string // "" is any
	started, ended           timeRange
}

func readCallFilter(form url.Values) (callFilter, bool) {
	f := callFilter{to: form.Get("To"), from: form.Get("From"), status: form.Get("Status"), parent: form.Get("ParentCallSid")}
	var ok1, ok2 bool
	f.started, ok1 = readRange(form, "StartTime")
	f.ended, ok2 = readRange(form, "EndTime")
	return f, ok1 && ok2
}

func (f callFilter) holds(c *call) bool {
	parent := ""
	if c.parent != nil {
		parent = c.parent.sid
	}
	if f.to != "" && f.to != c.to || f.from != "" && f.from != c.from || f.parent != "" && f.parent != parent {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	started := c.startTime()
	if started.IsZero() {
		started = c.created
	}
	return (f.status == "" || f.status == c.status) && f.started.holds(started) && f.ended.holds(c.endedAt)
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
