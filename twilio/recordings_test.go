package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const recordingJSON = `{"sid":"` + recording + `","call_sid":"` + call + `","conference_sid":null,"status":"completed","source":"DialVerb","channels":2,
	"duration":"42","date_created":"Mon, 31 Aug 2026 20:36:28 +0000","date_updated":"Mon, 31 Aug 2026 20:37:28 +0000",
	"start_time":"Mon, 31 Aug 2026 20:36:29 +0000","error_code":null,"encryption_details":null,"price":"-0.0025"}`

var wantRecording = Recording{
	SID: recording, Call: call, Status: "completed", Source: "DialVerb", Channels: 2, Duration: 42 * time.Second,
	Created: time.Date(2026, 8, 31, 20, 36, 28, 0, time.UTC), Updated: time.Date(2026, 8, 31, 20, 37, 28, 0, time.UTC),
	Started: time.Date(2026, 8, 31, 20, 36, 29, 0, time.UTC),
}

// with is recordingJSON with another value: "name":value.
func with(t *testing.T, change string) string {
	t.Helper()
	var all map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal([]byte(recordingJSON), &all), json.Unmarshal([]byte("{"+change+"}"), &all)); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFetchRecording(t *testing.T) {
	t.Parallel()
	c, requests := serve(t, 200, recordingJSON)
	got, err := c.FetchRecording(t.Context(), recording)
	if diff := cmp.Diff(wantRecording, got); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	if r := <-requests; r.Method != "GET" || r.URI != root+"/Recordings/"+recording+".json" || r.User != account || r.Secret != token {
		t.Errorf("sent %+v", r)
	}
	for answer, want := range map[string]func(*Recording){
		`"duration":"-1"`: func(r *Recording) { r.Duration = 0 }, `"duration":null`: func(r *Recording) { r.Duration = 0 },
		`"duration":7`:                 func(r *Recording) { r.Duration = 7 * time.Second },
		`"error_code":16102`:           func(r *Recording) { r.ErrorCode = 16102 },
		`"error_code":"16102"`:         func(r *Recording) { r.ErrorCode = 16102 },
		`"encryption_details":{"a":1}`: func(r *Recording) { r.Encrypted = true },
		`"call_sid":null`:              func(r *Recording) { r.Call = "" },
		`"start_time":null`:            func(r *Recording) { r.Started = time.Time{} },
	} {
		c, _ := serve(t, 200, with(t, answer))
		want2 := wantRecording
		want(&want2)
		got, err := c.FetchRecording(t.Context(), recording)
		if diff := cmp.Diff(want2, got); err != nil || diff != "" {
			t.Errorf("%s: %v, -want +got\n%s", answer, err, diff)
		}
	}
}

// TestRecordingsThatCannotBe: an answer that is not right about a recording is an error, and never a guess.
func TestRecordingsThatCannotBe(t *testing.T) {
	t.Parallel()
	for answer, says := range map[string]string{
		`"sid":"../../etc/passwd"`: "not the id of a recording", `"sid":null`: "not the id of a recording", `"sid":"RE0"`: "another recording",
		`"call_sid":"CA/.."`: "not the id of a call", `"status":""`: "no status", `"date_created":null`: "date of creation",
		`"date_created":"2026-08-31"`: "date of creation", `"duration":"long"`: "whole number", `"channels":"x"`: "whole number",
		`"error_code":[]`: "whole number",
	} {
		body := with(t, answer)
		c, _ := serve(t, 200, body)
		if _, err := c.FetchRecording(t.Context(), recording); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("fetch %s: %v", answer, err)
		}
		if says == "another recording" {
			continue
		}
		c, _ = serve(t, 200, `{"recordings":[`+body+`]}`)
		if err := c.Recordings(t.Context(), RecordingFilter{}, func([]Recording, time.Time) error { t.Error("handed on"); return nil }); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("list %s: %v", answer, err)
		}
	}
	for _, body := range []string{"", "[]", "<html>", `{"sid":"RE`} {
		c, _ := serve(t, 200, body)
		if _, err := c.FetchRecording(t.Context(), recording); err == nil {
			t.Errorf("%q was taken for a recording", body)
		}
	}
	c, _ := serve(t, 200, `{"recordings":[{"sid":"`+recording+`","status":"in-progress","date_created":"?"}]}`)
	if got, err := c.CallRecordings(t.Context(), call); err != nil || len(got) != 1 || got[0].Status != RecordingInProgress {
		t.Errorf("a pause would fail for a date: %+v, %v", got, err)
	}
}

func TestRecordingsQuery(t *testing.T) {
	t.Parallel()
	c, requests := serve(t, 200, `{"recordings":[`+recordingJSON+`]}`)
	at := func(h int) time.Time { return time.Date(2026, 8, 31, h, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		f     RecordingFilter
		query string
		found int
	}{
		{RecordingFilter{}, "", 1},
		{RecordingFilter{CreatedAfter: at(20), CreatedBefore: at(21), Call: call, PageSize: 5000}, "CallSid=" + call + "&DateCreated<=2026-09-01&DateCreated>=2026-08-31&PageSize=1000", 1},
		{RecordingFilter{CreatedAfter: at(21)}, "DateCreated>=2026-08-31", 0},
		{RecordingFilter{CreatedBefore: at(20)}, "DateCreated<=2026-09-01", 0},
	} {
		found := -1
		err := c.Recordings(t.Context(), tt.f, func(r []Recording, at time.Time) error {
			found = len(r)
			if time.Since(at) > time.Minute {
				t.Errorf("Twilio's clock is %v", at)
			}
			return nil
		})
		if err != nil || found != tt.found {
			t.Errorf("%+v: %d recordings, %v", tt.f, found, err)
		}
		_, query, _ := strings.Cut((<-requests).URI, "?")
		if query, err = url.QueryUnescape(query); err != nil || query != tt.query {
			t.Errorf("asked for %s, want %s", query, tt.query)
		}
	}
	stop := errors.New("enough")
	if err := c.Recordings(t.Context(), RecordingFilter{}, func([]Recording, time.Time) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	for next, problem := range map[string]string{
		"https://evil.example.com/x": "not ours", "//evil.example.com": "not ours", root + "/Recordings.json": "in a circle",
	} {
		c, _ := serve(t, 200, `{"recordings":[],"next_page_uri":"`+next+`"}`)
		if err := c.Recordings(t.Context(), RecordingFilter{}, func([]Recording, time.Time) error { return nil }); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%s: got %v", next, err)
		}
	}
}

// mediaAnswer is what a server of media says.
type mediaAnswer struct {
	status  int
	headers map[string]string
	body    string
	hang    bool // after the body
}

func serveMedia(t *testing.T, a mediaAnswer) *Client {
	t.Helper()
	done := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, secret, _ := r.BasicAuth(); user != account || secret != token || r.URL.Path != root+"/Recordings/"+recording+".wav" {
			t.Errorf("%s as %s:%s", r.URL, user, secret)
		}
		w.Header().Set("Content-Type", "audio/x-wav")
		for name, value := range a.headers {
			w.Header().Set(name, value)
		}
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
		if a.hang {
			w.(http.Flusher).Flush()
			select {
			case <-done:
			case <-r.Context().Done():
			}
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(done) })
	c := clientOf(t, s.URL)
	if a.hang {
		c.timeout = time.Second / 5
	}
	return c
}

// TestMediaThatIsWrong: an answer that is not the file, or not the part that was asked for, is an error.
func TestMediaThatIsWrong(t *testing.T) {
	t.Parallel()
	part := func(span string, more ...string) map[string]string {
		h := map[string]string{"Content-Range": span, "ETag": `"e"`}
		for i := 0; i < len(more); i += 2 {
			h[more[i]] = more[i+1]
		}
		return h
	}
	for name, tt := range map[string]struct {
		answer mediaAnswer
		from   int64
		says   string
	}{
		"not there":             {mediaAnswer{status: 404, body: `{"code":20404,"message":"not found"}`}, 0, "20404"},
		"a login page":          {mediaAnswer{status: 200, headers: map[string]string{"Content-Type": "text/html"}, body: "<html>"}, 0, "not audio"},
		"metadata":              {mediaAnswer{status: 200, headers: map[string]string{"Content-Type": "application/json"}, body: "{}"}, 0, "not audio"},
		"packed":                {mediaAnswer{status: 200, headers: map[string]string{"Content-Encoding": "gzip"}, body: "x"}, 0, "encoded"},
		"a part unasked":        {mediaAnswer{status: 206, headers: part("bytes 0-9/10"), body: "0123456789"}, 0, "in place of"},
		"another part":          {mediaAnswer{status: 206, headers: part("bytes 4-9/10"), body: "456789"}, 5, "in place of"},
		"not the rest":          {mediaAnswer{status: 206, headers: part("bytes 5-7/10"), body: "567"}, 5, "in place of"},
		"another length":        {mediaAnswer{status: 206, headers: part("bytes 5-9/10", "Content-Length", "4"), body: "5678"}, 5, "announced"},
		"another file":          {mediaAnswer{status: 206, headers: part("bytes 5-9/10", "ETag", `"f"`), body: "56789"}, 5, "another file"},
		"no range":              {mediaAnswer{status: 206, body: "56789"}, 5, "cannot be read"},
		"a range without total": {mediaAnswer{status: 206, headers: part("bytes 5-9/*"), body: "56789"}, 5, "cannot be read"},
		"a range backwards":     {mediaAnswer{status: 206, headers: part("bytes 9-5/10"), body: "56789"}, 5, "cannot be read"},
		"behind the end":        {mediaAnswer{status: 416, headers: part("bytes */4")}, 5, "status 416"},
		"nothing, no word":      {mediaAnswer{status: 416}, 5, "status 416"},
		"gone elsewhere":        {mediaAnswer{status: 302, headers: map[string]string{"Location": "gopher://x/"}}, 0, "unsupported protocol"},
		"busy":                  {mediaAnswer{status: 503, body: "<html>"}, 0, "status 503"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serveMedia(t, tt.answer)
			m, err := c.RecordingMedia(t.Context(), recording, tt.from, `"e"`)
			if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("got %+v, %v", m, err)
			}
			if IsNotFound(err) != (tt.answer.status == 404) {
				t.Errorf("IsNotFound(%v)", err)
			}
		})
	}
	c := serveMedia(t, mediaAnswer{status: 200})
	for name, do := range map[string]func() error{
		"path":     func() error { _, err := c.RecordingMedia(t.Context(), "RE/../x", 0, ""); return err },
		"negative": func() error { _, err := c.RecordingMedia(t.Context(), recording, -1, ""); return err },
		"fetch":    func() error { _, err := c.FetchRecording(t.Context(), "RE?"); return err },
		"delete":   func() error { return c.DeleteRecording(t.Context(), call) },
		"list":     func() error { return c.Recordings(t.Context(), RecordingFilter{Call: "x"}, nil) },
		"stop":     func() error { return c.StopTranscription(t.Context(), call, "a/b") },
		"start":    func() error { _, err := c.StartTranscription(t.Context(), call, NewTranscription{}); return err },
	} {
		if do() == nil {
			t.Errorf("%s was sent", name)
		}
	}
}

// TestMediaThatBreaksOff: a file that does not come to its end is an error wherever it breaks off.
func TestMediaThatBreaksOff(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer mediaAnswer
		want   error
	}{
		"too short":                 {mediaAnswer{status: 200, headers: map[string]string{"Content-Length": "10"}, body: "01234"}, io.ErrUnexpectedEOF},
		"silence":                   {mediaAnswer{status: 200, headers: map[string]string{"Content-Length": "10"}, body: "01234", hang: true}, context.DeadlineExceeded},
		"silence, length not known": {mediaAnswer{status: 200, body: "01234", hang: true}, context.DeadlineExceeded},
		"a part":                    {mediaAnswer{status: 206, headers: map[string]string{"Content-Length": "5", "Content-Range": "bytes 5-9/10"}, body: "567"}, io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serveMedia(t, tt.answer)
			from := int64(0)
			if tt.answer.status == 206 {
				from = 5
			}
			m, err := c.RecordingMedia(t.Context(), recording, from, `"e"`)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(m.Body)
			if !errors.Is(err, tt.want) || string(got) != tt.answer.body {
				t.Errorf("got %q, %v; want %v", got, err, tt.want)
			}
			if err := m.Body.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	hanging := serveMedia(t, mediaAnswer{status: 200, headers: map[string]string{"Content-Length": "10"}, body: "01234", hang: true})
	ctx, cancel := context.WithCancel(t.Context())
	m, err := hanging.RecordingMedia(ctx, recording, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Body.Close() }()
	if _, err := io.ReadFull(m.Body, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.ReadAll(m.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
}

// TestMediaToGoOnWith: what is needed to go on with a file later, and what comes when it cannot be gone on with.
func TestMediaToGoOnWith(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer mediaAnswer
		etag   string
		want   Media
		body   string
	}{
		"the rest":          {mediaAnswer{status: 206, headers: map[string]string{"Content-Range": "bytes 5-9/10", "ETag": `"e"`}, body: "56789"}, `"e"`, Media{From: 5, Total: 10, ETag: `"e"`}, "56789"},
		"all is there":      {mediaAnswer{status: 416, headers: map[string]string{"Content-Range": "bytes */5"}}, `"e"`, Media{From: 5, Total: 5, ETag: `"e"`}, ""},
		"it has changed":    {mediaAnswer{status: 200, headers: map[string]string{"ETag": `"f"`}, body: "xyz"}, `"e"`, Media{From: 0, Total: 3, ETag: `"f"`}, "xyz"},
		"no tag":            {mediaAnswer{status: 200, body: "xyz"}, "", Media{From: 0, Total: 3}, "xyz"},
		"a tag too weak":    {mediaAnswer{status: 200, headers: map[string]string{"ETag": `W/"e"`}, body: "xyz"}, `W/"e"`, Media{From: 0, Total: 3}, "xyz"},
		"bytes of any kind": {mediaAnswer{status: 200, headers: map[string]string{"Content-Type": "binary/octet-stream"}, body: "xyz"}, "", Media{From: 0, Total: 3}, "xyz"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := serveMedia(t, tt.answer).RecordingMedia(t.Context(), recording, 5, tt.etag)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(m.Body)
			if err := errors.Join(err, m.Body.Close()); err != nil || string(got) != tt.body {
				t.Errorf("%q, %v", got, err)
			}
			m.Body = nil
			if diff := cmp.Diff(tt.want, *m); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestMediaElsewhere: where Twilio sends us for the file, the credentials do not go.
func TestMediaElsewhere(t *testing.T) {
	t.Parallel()
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if auth := r.Header.Get("Authorization"); auth != "" {
			t.Errorf("the store was told %s", auth)
		}
		w.Header().Set("Content-Type", "audio/x-wav")
		_, _ = io.WriteString(w, "sound")
	}))
	t.Cleanup(store.Close)
	elsewhere := strings.Replace(store.URL, "127.0.0.1", "localhost", 1)
	c := serveMedia(t, mediaAnswer{status: 307, headers: map[string]string{"Location": elsewhere + "/x"}})
	m, err := c.RecordingMedia(t.Context(), recording, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(m.Body); string(got) != "sound" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	_ = m.Body.Close()
	hops := 0
	around := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hops++
		http.Redirect(w, r, fmt.Sprintf("/%d", hops), http.StatusFound)
	}))
	t.Cleanup(around.Close)
	if _, err := clientOf(t, around.URL).RecordingMedia(t.Context(), recording, 0, ""); err == nil || hops != 4 {
		t.Errorf("went on for %d hops: %v", hops, err)
	}
}

func FuzzContentRange(f *testing.F) {
	for _, v := range []string{"bytes 5-9/10", "bytes */10", "bytes 5-9/*", "bytes -1-2/3", "items 0-1/2", "bytes 0-18446744073709551616/3", "bytes/"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		first, last, total, err := contentRange(v)
		if err == nil && (first < 0 || last >= total && total > 0 || last < first && last != -1 || total < 0) {
			t.Errorf("%q: %d-%d/%d", v, first, last, total)
		}
	})
}
