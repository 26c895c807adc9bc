package look

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// TestEveryFileIsServed looks at what a browser relies on, and that no file leads elsewhere.
func TestEveryFileIsServed(t *testing.T) {
	t.Parallel()
	err := fs.WalkDir(files, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := Asset(fstest.MapFS{}, strings.TrimPrefix(name, "assets"))
		if err != nil || len(body) == 0 {
			t.Fatalf("%s: %d bytes, %v", name, len(body), err)
		}
		r, w := httptest.NewRequest(http.MethodGet, "/"+name, nil), httptest.NewRecorder()
		Serve(w, r, name, body)
		if kind := w.Header().Get("Content-Type"); w.Code != http.StatusOK || w.Body.String() != string(body) ||
			(kind == "text/plain; charset=utf-8") != strings.HasSuffix(name, ".txt") {
			t.Errorf("%s: %d, %s", name, w.Code, kind)
		}
		r.Header.Set("If-None-Match", w.Header().Get("ETag"))
		w = httptest.NewRecorder()
		if Serve(w, r, name, body); w.Code != http.StatusNotModified {
			t.Errorf("%s asked again: %d", name, w.Code)
		}
		if away := regexp.MustCompile(`https?://(www\.w3\.org/)?`).FindStringSubmatch(string(body)); away != nil && away[1] == "" && !strings.HasSuffix(name, ".txt") {
			t.Errorf("%s leads elsewhere", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOwnFilesComeFirst(t *testing.T) {
	t.Parallel()
	own := fstest.MapFS{"assets/css/base.css": {Data: []byte("own")}, "secret": {Data: []byte("secret")}}
	if body, err := Asset(own, "css/base.css"); err != nil || string(body) != "own" {
		t.Errorf("%.20s, %v", body, err)
	}
	for _, name := range []string{"css/none.css", "../secret"} {
		if body, err := Asset(own, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %.20s, %v", name, body, err)
		}
	}
	for _, name := range []string{"", "js", "/"} {
		if body, err := Asset(own, name); err == nil {
			t.Errorf("%q: %.20s", name, body)
		}
	}
}
