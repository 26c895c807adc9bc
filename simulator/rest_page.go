package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// Page sizes that Twilio allows.
const (
	defaultPageSize = 50
	maxPageSize     = 1000
)

// listing is what one page of a list is made of: the items, newest first, each with the SID that a page token names.
type listing struct {
	key   string // of the collection in the answer
	sids  []string
	views []any
	view  func(i int) any // instead of views, for lists that are long: only what is on the page is written
}

func (p *listing) add(sid string, view any) {
	p.sids = append(p.sids, sid)
	p.views = append(p.views, view)
}

// writePage answers with one page of a list in Twilio's envelope.
func writePage(w http.ResponseWriter, r *http.Request, list listing) {
	size, page, ok := pageOf(r)
	if !ok {
		restError(w, http.StatusBadRequest, 20006, "Page and PageSize are whole numbers; PageSize is 1 to 1000")
		return
	}
	start := min(page*size, len(list.sids))
	if token := r.Form.Get("PageToken"); len(token) > 2 { // PA and the last SID of the page before
		for i, sid := range list.sids {
			if sid == token[2:] {
				start = i + 1
				break
			}
		}
	}
	end := min(start+size, len(list.sids))
	out := sheet{key: list.key, size: size, page: page, start: start, more: end < len(list.sids)}
	for i := start; i < end; i++ {
		if list.view != nil {
			out.add(list.sids[i], list.view(i))
		} else {
			out.add(list.sids[i], list.views[i])
		}
	}
	out.write(w, r)
}

// sheet is one page of a list, with where it is in it.
type sheet struct {
	key        string // of the collection in the answer
	size, page int
	start      int // index of the first item in the whole list
	items      []any
	last       string // SID of the last item
	more       bool   // there are items after it
}

func (s *sheet) add(sid string, view any) { s.items, s.last = append(s.items, view), sid }

// write answers with the page in Twilio's envelope.
func (s *sheet) write(w http.ResponseWriter, r *http.Request) {
	var next, previous *string
	if s.more {
		next = optional(pageURI(r, s.page+1, s.size, "PA"+s.last))
	}
	if s.page > 0 {
		previous = optional(pageURI(r, s.page-1, s.size, ""))
	}
	items := s.items
	if items == nil {
		items = []any{}
	}
	writeREST(w, http.StatusOK, map[string]any{
		s.key: items, "page": s.page, "page_size": s.size, "start": s.start, "end": max(s.start+len(items)-1, s.start),
		"uri": r.URL.RequestURI(), "first_page_uri": pageURI(r, 0, s.size, ""),
		"next_page_uri": next, "previous_page_uri": previous,
	})
}

func pageOf(r *http.Request) (size, page int, ok bool) {
	size = defaultPageSize
	var err error
	if v := r.Form.Get("PageSize"); v != "" {
		if size, err = strconv.Atoi(v); err != nil || size < 1 {
			return 0, 0, false
		}
		size = min(size, maxPageSize)
	}
	if v := r.Form.Get("Page"); v != "" {
		if page, err = strconv.Atoi(v); err != nil || page < 0 || page > 1<<20 {
			return 0, 0, false
		}
	}
	return size, page, true
}

func pageURI(r *http.Request, page, size int, token string) string {
	q := url.Values{}
	for name, values := range r.URL.Query() {
		q[name] = values
	}
	q.Set("PageSize", strconv.Itoa(size))
	q.Set("Page", strconv.Itoa(page))
	q.Del("PageToken")
	if token != "" {
		q.Set("PageToken", token)
	}
	return fmt.Sprintf("%s?%s", r.URL.Path, q.Encode())
}
