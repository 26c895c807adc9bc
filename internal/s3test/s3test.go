// Package s3test starts a storage for tests that speaks S3 over HTTP on this machine, with versions of objects and with
// troubles that can be switched on. Server is its main type: Start makes one, ArchiveURL and Env lead real processes
// and archives to it, and Requests tells what it was asked.
//
// It keeps everything in memory. It must not be imported by anything but tests.
package s3test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// The keys that the server takes. The secret is not checked: only that a request is signed with this access key is.
const (
	AccessKey = "s3test-access-key"
	SecretKey = "s3test-secret-key"
)

// Bucket is the one that there is.
const Bucket = "recordings"

// Faults are the troubles of a Server. The zero value is none.
type Faults struct {
	PutFailPercent float64 // so many of a hundred writes (whole objects, parts, completions) are answered with PutFailStatus and nothing is stored
	PutFailStatus  int     // default 503 SlowDown, which clients repeat; 403 is one that they do not
	GetFailPercent float64 // so many of a hundred reads are answered with 503
	GetCutPercent  float64 // so many of a hundred reads break off in the middle
	PutCutPercent  float64 // so many of a hundred writes end with a broken connection before anything is stored
	LoseAnswers    float64 // so many of a hundred writes are stored, and the connection breaks before the answer
	Public         bool    // everybody may read
	LockDays       int     // the bucket's object lock keeps every version so long: nothing can be deleted
	Full           bool    // no write is taken: the storage has no room
}

// Request is one that a Server has answered.
type Request struct {
	Method string
	Key    string // "" for one about the bucket
	Query  string
	At     time.Time
	Status int // 0 when the connection was broken
}

// Server is a fake S3. Its methods may be called at once.
type Server struct {
	URL string // the endpoint: http://127.0.0.1:port

	backend *s3mem.Backend
	next    http.Handler

	mu       sync.Mutex
	faults   Faults
	requests []Request
}

// Start starts a server with an empty Bucket that keeps versions; it ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{backend: s3mem.New()}
	s.next = gofakes3.New(s.backend).Server()
	if err := s.backend.CreateBucket(Bucket); err != nil {
		t.Fatal(err)
	}
	s.Versions(t, true)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	s.URL = srv.URL
	return s
}

// ArchiveURL is the address of an archive in the bucket, for archive.Open and PAYDIAL_ARCHIVE_URL.
func (s *Server) ArchiveURL(prefix string) string {
	return "s3://" + Bucket + "/" + prefix + "?endpoint=" + s.URL
}

// Env are the settings of a process that uses ArchiveURL: NAME=value.
func (s *Server) Env() []string {
	return []string{"AWS_ACCESS_KEY_ID=" + AccessKey, "AWS_SECRET_ACCESS_KEY=" + SecretKey, "AWS_SESSION_TOKEN="}
}

// Versions switches the keeping of versions on or off.
func (s *Server) Versions(t testing.TB, on bool) {
	t.Helper()
	cfg := gofakes3.VersioningConfiguration{Status: gofakes3.VersioningSuspended}
	if on {
		cfg.Status = gofakes3.VersioningEnabled
	}
	if err := s.backend.SetVersioningConfiguration(Bucket, cfg); err != nil {
		t.Fatal(err)
	}
}

// Set replaces the faults.
func (s *Server) Set(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// Requests is what the server was asked so far, the oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Kept counts the versions of each object that there are, the markers of deleted ones among them.
func (s *Server) Kept(t testing.TB) map[string]int {
	t.Helper()
	kept := map[string]int{}
	page := &gofakes3.ListBucketVersionsPage{}
	for {
		list, err := s.backend.ListBucketVersions(Bucket, &gofakes3.Prefix{}, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range list.Versions {
			switch v := v.(type) {
			case *gofakes3.Version:
				kept[v.Key]++
			case *gofakes3.DeleteMarker:
				kept[v.Key]++
			}
		}
		if !list.IsTruncated {
			return kept
		}
		page.KeyMarker, page.HasKeyMarker = list.NextKeyMarker, true
		page.VersionIDMarker, page.HasVersionIDMarker = list.NextVersionIDMarker, list.NextVersionIDMarker != ""
	}
}

// Damage changes one byte of an object, as a failing disk would.
func (s *Server) Damage(t testing.TB, key string, at int) {
	t.Helper()
	o, err := s.backend.GetObject(Bucket, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(o.Contents)
	if err != nil || at >= len(b) {
		t.Fatalf("byte %d of %s: %d bytes, %v", at, key, len(b), err)
	}
	b[at] ^= 0x20
	if _, err := s.backend.PutObject(Bucket, key, o.Metadata, bytes.NewReader(b), int64(len(b)), nil); err != nil {
		t.Fatal(err)
	}
}

// ServeHTTP answers a request, or makes trouble.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.faults
	s.mu.Unlock()
	out := &watched{ResponseWriter: w, left: -1}
	defer func() {
		s.mu.Lock()
		_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		s.requests = append(s.requests, Request{Method: r.Method, Key: key, Query: r.URL.RawQuery, At: time.Now(), Status: out.status})
		s.mu.Unlock()
	}()
	if code, status := f.refuses(r); code != "" {
		refuse(out, code, status)
		return
	}
	switch write, read := writes(r), r.Method == http.MethodGet && isObject(r); {
	case write && chance(f.PutFailPercent):
		if f.PutFailStatus != 0 && f.PutFailStatus != http.StatusServiceUnavailable {
			refuse(out, "AccessDenied", f.PutFailStatus)
			return
		}
		refuse(out, "SlowDown", http.StatusServiceUnavailable)
	case write && chance(f.PutCutPercent):
		panic(http.ErrAbortHandler)
	case write && chance(f.LoseAnswers):
		s.next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case read && chance(f.GetFailPercent):
		refuse(out, "SlowDown", http.StatusServiceUnavailable)
	default:
		if read && chance(f.GetCutPercent) {
			out.left = 0
		}
		s.next.ServeHTTP(out, r)
		if out.cut {
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
	}
}

// refuses says with which code a request is refused, "" when it is not.
func (f Faults) refuses(r *http.Request) (code string, status int) {
	q := r.URL.Query()
	auth := r.Header.Get("Authorization")
	switch {
	case auth == "" && !(f.Public && (r.Method == http.MethodGet || r.Method == http.MethodHead)):
		return "AccessDenied", http.StatusForbidden
	case auth != "" && !strings.Contains(auth, "Credential="+AccessKey+"/"):
		return "InvalidAccessKeyId", http.StatusForbidden
	case q.Has("object-lock") && f.LockDays == 0:
		return "ObjectLockConfigurationNotFoundError", http.StatusNotFound
	case q.Has("object-lock"):
		return "lock", f.LockDays
	case q.Has("policy"):
		return "NoSuchBucketPolicy", http.StatusNotFound
	case r.Method == http.MethodDelete && q.Has("versionId") && f.LockDays > 0:
		return "AccessDenied", http.StatusForbidden
	case writes(r) && f.Full:
		return "XMinioStorageFull", http.StatusInsufficientStorage
	}
	return "", 0
}

// writes tells whether a request stores something.
func writes(r *http.Request) bool {
	return isObject(r) && (r.Method == http.MethodPut || r.Method == http.MethodPost && r.URL.Query().Has("uploadId"))
}

func isObject(r *http.Request) bool {
	_, key, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return ok && key != ""
}

func chance(percent float64) bool { return percent > 0 && rand.Float64()*100 < percent }

// refuse answers with an error of S3's, or with the lock that was asked for.
func refuse(w http.ResponseWriter, code string, status int) {
	w.Header().Set("Content-Type", "application/xml")
	if code == "lock" {
		_, _ = fmt.Fprintf(w, `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>`+
			`<Mode>COMPLIANCE</Mode><Days>%d</Days></DefaultRetention></Rule></ObjectLockConfiguration>`, status)
		return
	}
	w.WriteHeader(status)
	body, _ := xml.Marshal(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
	}{Code: code, Message: "refused by s3test: " + code}) // two strings: it cannot fail
	_, _ = w.Write(body)
}

// watched notes the status of an answer, and breaks off in the middle if left is not negative.
type watched struct {
	http.ResponseWriter
	status int
	left   int64
	cut    bool
}

// WriteHeader notes the status.
func (w *watched) WriteHeader(status int) {
	if w.status == 0 { // gofakes3 sends it twice when a body broke off
		w.begin(status)
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *watched) begin(status int) {
	if w.status == 0 {
		w.status = status
		var total int64
		if _, err := fmt.Sscan(w.Header().Get("Content-Length"), &total); err == nil && w.left == 0 {
			w.left = total / 2
		}
	}
}

// Write sends on, as far as it may.
func (w *watched) Write(p []byte) (int, error) {
	w.begin(http.StatusOK)
	if w.left >= 0 && int64(len(p)) > w.left {
		w.cut = true
		n, _ := w.ResponseWriter.Write(p[:w.left])
		w.left = 0
		return n, io.ErrClosedPipe
	}
	if w.left >= 0 {
		w.left -= int64(len(p))
	}
	return w.ResponseWriter.Write(p)
}
