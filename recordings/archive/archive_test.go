package archive_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/paydial/paydial/internal/s3test"
	"github.com/paydial/paydial/recordings/archive"
)

// TestMain gives the tests of buckets their keys: an archive reads them from the environment, as a real one does.
func TestMain(m *testing.M) {
	for _, setting := range (&s3test.Server{}).Env() {
		name, value, _ := strings.Cut(setting, "=")
		_ = os.Setenv(name, value)
	}
	_ = os.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
	os.Exit(m.Run())
}

// place is an archive and what a test does to it behind its back.
type place struct {
	archive.Archive
	damage func(key string, at int)
	left   func() []string // what is stored in it, by name
}

// each runs fn with an archive of every kind.
func each(t *testing.T, fn func(t *testing.T, p place)) {
	t.Helper()
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		fn(t, folder(t))
	})
	t.Run("bucket", func(t *testing.T) {
		t.Parallel()
		p, _ := bucket(t, "kept/here")
		fn(t, p)
	})
	t.Run("bucket without versions", func(t *testing.T) {
		t.Parallel()
		p, s := bucket(t, "")
		s.Versions(t, false)
		fn(t, p)
	})
}

func folder(t *testing.T) place {
	t.Helper()
	root := filepath.Join(t.TempDir(), "archive")
	return place{
		Archive: open(t, "file:"+root),
		damage: func(key string, at int) {
			path := filepath.Join(root, key)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b[at] ^= 1
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		left: func() []string { return files(t, root) },
	}
}

// files are the names of all files below a folder, hidden ones too.
func files(t *testing.T, root string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(root, path)
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func bucket(t *testing.T, prefix string) (place, *s3test.Server) {
	t.Helper()
	s := s3test.Start(t)
	key := func(k string) string { return strings.TrimPrefix(prefix+"/"+k, "/") }
	return place{
		Archive: open(t, s.ArchiveURL(prefix)),
		damage:  func(k string, at int) { s.Damage(t, key(k), at) },
		left: func() (names []string) {
			for name := range s.Kept(t) {
				names = append(names, strings.TrimPrefix(name, key("")))
			}
			return names
		},
	}, s
}

func open(t *testing.T, address string) archive.Archive {
	t.Helper()
	a, err := archive.Open(address)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// sound makes a file of so many bytes, the same for the same seed, and its sum.
func sound(t testing.TB, seed uint64, size int) (f *os.File, sum string, content []byte) {
	t.Helper()
	content = make([]byte, size)
	rnd := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	_, _ = rnd.Read(content)
	f, err := os.CreateTemp(t.TempDir(), "sound")
	if err == nil {
		_, err = f.Write(content)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	raw := sha256.Sum256(content)
	return f, hex.EncodeToString(raw[:]), content
}

// keys lists the archive.
func keys(t *testing.T, a archive.Archive, prefix string) (found []string) {
	t.Helper()
	if err := a.List(t.Context(), prefix, func(o archive.Object) error {
		found = append(found, fmt.Sprintf("%s %d", o.Key, o.Bytes))
		if o.ModTime.IsZero() {
			t.Errorf("%s has no time", o.Key)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found
}

func TestLifeOfACopy(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p place) {
		ctx := t.Context()
		if err := p.Check(ctx); err != nil {
			t.Fatal(err)
		}
		const key = "2026/11/RE1.wav"
		if _, _, err := p.Open(ctx, key); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("open what is not there: %v", err)
		}
		if _, _, err := archive.Sum(ctx, p, key); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("sum of what is not there: %v", err)
		}
		if err := p.Delete(ctx, key); err != nil {
			t.Errorf("delete what is not there: %v", err)
		}
		for seed, size := range []int{1, 70_000, 17 << 20, 33<<20 + 5} {
			f, sum, content := sound(t, uint64(seed), size)
			if err := p.Put(ctx, key, f, sum); err != nil {
				t.Fatal(size, err)
			}
			got, n, err := archive.Sum(ctx, p, key)
			if err != nil || got != sum || n != int64(size) {
				t.Fatalf("%d bytes: got %s, %d, %v; want %s", size, got, n, err, sum)
			}
			if size < 10 {
				continue
			}
			r, n, err := p.Open(ctx, key)
			if err != nil || n != int64(size) {
				t.Fatal(n, err)
			}
			part := make([]byte, 1000)
			if _, err := r.Seek(int64(size)/2, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(r, part); err != nil || !bytes.Equal(part, content[size/2:size/2+1000]) {
				t.Errorf("the middle is something else: %v", err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
		f, sum, _ := sound(t, 9, 100)
		for _, k := range []string{"2026/11/RE1.wav.old", "2026/12/RE2.wav", "2027/RE3.wav"} {
			if err := p.Put(ctx, k, f, sum); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := keys(t, p, "2026/1"), []string{"2026/11/RE1.wav 34603013", "2026/11/RE1.wav.old 100", "2026/12/RE2.wav 100"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		stop := errors.New("enough")
		if err := p.List(ctx, "", func(archive.Object) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("a list that was left: %v", err)
		}
		p.damage(key, 1<<20)
		if got, n, err := archive.Sum(ctx, p, key); err != nil || got == sum || n != 33<<20+5 {
			t.Errorf("a flipped byte was not noticed: %d, %v", n, err)
		}
		for _, k := range []string{key, key, "2026/12/RE2.wav", "2027/RE3.wav"} {
			if err := p.Delete(ctx, k); err != nil {
				t.Fatal(err)
			}
		}
		if got := p.left(); !slices.Equal(got, []string{"2026/11/RE1.wav.old"}) {
			t.Errorf("left: %v", got)
		}
	})
}

// TestPutOfSomethingElse: a file that is not what the caller says is not stored, and what was there stays.
func TestPutOfSomethingElse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p place) {
		f, sum, _ := sound(t, 1, 5000)
		other, otherSum, _ := sound(t, 2, 5000)
		if err := p.Put(t.Context(), "a", f, sum); err != nil {
			t.Fatal(err)
		}
		if err := p.Put(t.Context(), "a", other, sum); !errors.Is(err, archive.ErrChanged) {
			t.Errorf("another file: %v", err)
		}
		if err := p.Put(t.Context(), "a", f, "abc"); err == nil {
			t.Error("a sum that is none was taken")
		}
		if err := p.Put(t.Context(), "b", f, otherSum); !errors.Is(err, archive.ErrChanged) {
			t.Errorf("another sum: %v", err)
		}
		if empty, sum, _ := sound(t, 1, 0); p.Put(t.Context(), "b", empty, sum) == nil {
			t.Error("an empty file was stored")
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := p.Put(gone, "b", f, sum); !errors.Is(err, context.Canceled) {
			t.Errorf("nobody waits: %v", err)
		}
		if got, _, err := archive.Sum(t.Context(), p, "a"); err != nil || got != sum {
			t.Errorf("what was there is not there any more: %v", err)
		}
		if _, _, err := archive.Sum(gone, p, "a"); !errors.Is(err, context.Canceled) {
			t.Errorf("nobody waits for the sum: %v", err)
		}
		if got := p.left(); !slices.Equal(got, []string{"a"}) {
			t.Errorf("left: %v", got)
		}
	})
}

func TestKeys(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p place) {
		f, sum, _ := sound(t, 1, 10)
		for _, key := range []string{
			"", "/", "/etc/passwd", "../x", "a/../b", "a/./b", "a//b", "a/", ".hidden", "a/.part", "a b", "a\x00b", "ä", "a\\b", "a:b", "a*",
			strings.Repeat("a", 161), strings.Repeat("a/", 256) + "a",
		} {
			_, _, err := p.Open(t.Context(), key)
			for what, err := range map[string]error{
				"put": p.Put(t.Context(), key, f, sum), "open": err, "delete": p.Delete(t.Context(), key),
			} {
				if err == nil || errors.Is(err, archive.ErrNotFound) {
					t.Errorf("%s %q: %v", what, key, err)
				}
			}
		}
		if err := p.Put(t.Context(), strings.Repeat("a", 160)+"/A-z_0.9", f, sum); err != nil {
			t.Error(err)
		}
	})
}

// TestAtTheSameTime: whoever reads sees one of the copies whole, whoever else stores it meanwhile.
func TestAtTheSameTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p place) {
		var files [3]*os.File
		var sums [3]string
		for i := range files {
			files[i], sums[i], _ = sound(t, uint64(i), 300_000+i)
		}
		if err := p.Put(t.Context(), "k", files[0], sums[0]); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range files {
			wg.Go(func() {
				for range 20 {
					if err := p.Put(t.Context(), "k", files[i], sums[i]); err != nil && !strings.Contains(err.Error(), "somebody else") {
						t.Error(err)
					}
					if got, _, err := archive.Sum(t.Context(), p, "k"); err != nil || !slices.Contains(sums[:], got) {
						t.Errorf("read %s, %v", got, err)
					}
				}
			})
		}
		wg.Wait()
		if err := p.Delete(t.Context(), "k"); err != nil {
			t.Error(err)
		}
		if got := p.left(); len(got) > 0 {
			t.Errorf("left: %v", got)
		}
	})
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, says := range map[string]string{
		"":                               "is meant",
		"/var/lib/x":                     "is meant",
		"file:":                          "is meant",
		"file:///":                       "root of the file system",
		"ftp://x":                        "is meant",
		"s3:":                            "no bucket",
		"s3://":                          "no bucket",
		"s3:///prefix":                   "no bucket",
		"s3://key:secret@bucket":         "must not stand",
		"s3://b?acl=public":              "no setting",
		"s3://b?endpoint=127.0.0.1:9000": "endpoint",
		"s3://b?endpoint=http://a:b@h":   "endpoint",
		"s3://b?endpoint=http://h/path":  "endpoint",
		"s3://b?max_lock_days=x":         "max_lock_days",
		"s3://b/a%20b":                   "prefix",
		"s3://b/../c":                    "prefix",
		"s3://b?endpoint=" + url.QueryEscape("gopher://x"): "endpoint",
	} {
		_, err := archive.Open(address)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "secret@") {
			t.Errorf("%s: %v", address, err)
		}
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"file:x/y":                 "file:" + wd + "/x/y",
		"file:///var/lib/x":        "file:/var/lib/x",
		"file:/var/lib/x":          "file:/var/lib/x",
		"s3://bucket":              "s3://bucket/",
		"s3://bucket/a/b/?region=": "s3://bucket/a/b",
		"s3://b/p?endpoint=http://127.0.0.1:9000&region=eu-west-1": "s3://b/p?endpoint=http://127.0.0.1:9000",
	} {
		if got := open(t, address).String(); got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
}
