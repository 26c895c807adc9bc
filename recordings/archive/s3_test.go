package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/paydial/paydial/internal/s3test"
	"github.com/paydial/paydial/recordings/archive"
)

// TestSlowDown: a bucket that refuses one write in twenty gets every copy nevertheless.
func TestSlowDown(t *testing.T) {
	t.Parallel()
	p, s := bucket(t, "x")
	s.Set(s3test.Faults{PutFailPercent: 5, GetFailPercent: 5})
	f, sum, _ := sound(t, 1, 3000)
	for i := range 80 {
		key := fmt.Sprintf("k/%d", i)
		if err := p.Put(t.Context(), key, f, sum); err != nil {
			t.Fatal(err)
		}
		if got, _, err := archive.Sum(t.Context(), p, key); err != nil || got != sum {
			t.Fatal(got, err)
		}
	}
	refused := 0
	for _, r := range s.Requests() {
		if r.Status == http.StatusServiceUnavailable {
			refused++
		}
	}
	if refused == 0 {
		t.Error("nothing was refused: the test shows nothing")
	}
	if n := len(p.left()); n != 80 {
		t.Errorf("%d copies", n)
	}
}

// TestBucketTroubles: an error never looks like success, says what to do, and can be tried again.
func TestBucketTroubles(t *testing.T) {
	t.Parallel()
	f, sum, _ := sound(t, 1, 300_000)
	long, longSum, _ := sound(t, 2, 17<<20)
	for name, c := range map[string]struct {
		faults s3test.Faults
		do     func(ctx context.Context, a archive.Archive) error
		says   string
	}{
		"no write is allowed":     {s3test.Faults{PutFailPercent: 100, PutFailStatus: 403}, put("a", f, sum), "allow s3:PutObject"},
		"no part is allowed":      {s3test.Faults{PutFailPercent: 100, PutFailStatus: 403}, put("a", long, longSum), "allow s3:PutObject"},
		"always busy":             {s3test.Faults{PutFailPercent: 100}, put("a", f, sum), "busy"},
		"writes break off":        {s3test.Faults{PutCutPercent: 100}, put("a", f, sum), "connection broke"},
		"answers get lost":        {s3test.Faults{LoseAnswers: 100}, put("a", f, sum), "connection broke"},
		"full":                    {s3test.Faults{Full: true}, put("a", f, sum), "no room"},
		"reads break off":         {s3test.Faults{GetCutPercent: 100}, read, "unexpected EOF"},
		"no read":                 {s3test.Faults{GetFailPercent: 100}, read, "busy"},
		"check a full one":        {s3test.Faults{Full: true}, check, "no room"},
		"everybody can read":      {s3test.Faults{Public: true}, check, "block public access"},
		"a lock":                  {s3test.Faults{LockDays: 30}, check, "max_lock_days=30"},
		"a lock: nothing is gone": {s3test.Faults{LockDays: 30}, remove, "object lock"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, s := bucket(t, "x")
			if err := p.Put(t.Context(), "there", f, sum); err != nil {
				t.Fatal(err)
			}
			s.Set(c.faults)
			err := c.do(t.Context(), p)
			if err == nil || !strings.Contains(err.Error(), c.says) || errors.Is(err, archive.ErrNotFound) || strings.Contains(err.Error(), s3test.SecretKey) {
				t.Errorf("got %v, want %q", err, c.says)
			}
			s.Set(s3test.Faults{})
			if err := put("a", f, sum)(t.Context(), p); err != nil {
				t.Errorf("afterwards: %v", err)
			}
			for _, key := range []string{"a", "there"} {
				if got, _, err := archive.Sum(t.Context(), p, key); err != nil || got != sum {
					t.Errorf("afterwards: %s, %v", got, err)
				}
				if err := p.Delete(t.Context(), key); err != nil {
					t.Error(err)
				}
			}
			if got := p.left(); len(got) > 0 {
				t.Errorf("left: %v", got)
			}
		})
	}
}

func put(key string, f io.ReaderAt, sum string) func(context.Context, archive.Archive) error {
	return func(ctx context.Context, a archive.Archive) error { return a.Put(ctx, key, f.(*os.File), sum) }
}

func read(ctx context.Context, a archive.Archive) error {
	_, _, err := archive.Sum(ctx, a, "there")
	return err
}

func check(ctx context.Context, a archive.Archive) error { return a.Check(ctx) }

func remove(ctx context.Context, a archive.Archive) error { return a.Delete(ctx, "there") }

// TestLockThatIsAllowed: a lock that is not longer than it may be is no trouble, and Check leaves nothing in it.
func TestLockThatIsAllowed(t *testing.T) {
	t.Parallel()
	s := s3test.Start(t)
	s.Set(s3test.Faults{LockDays: 30})
	if err := open(t, s.ArchiveURL("x")+"&max_lock_days=30").Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := open(t, s.ArchiveURL("x")+"&max_lock_days=29").Check(t.Context()); err == nil {
		t.Error("a longer lock was allowed")
	}
	s.Set(s3test.Faults{LockDays: 30, Public: true})
	if err := open(t, s.ArchiveURL("x")+"&max_lock_days=30").Check(t.Context()); err == nil {
		t.Error("a public bucket was allowed")
	}
	if kept := s.Kept(t); len(kept) > 0 {
		t.Errorf("left: %v", kept)
	}
}

// TestEveryVersionGoes: versions, markers that hide them and parts of copies that were never completed.
func TestEveryVersionGoes(t *testing.T) {
	t.Parallel()
	p, s := bucket(t, "x")
	c, err := minio.NewCore(strings.TrimPrefix(s.URL, "http://"), &minio.Options{Creds: credentials.NewStaticV4(s3test.AccessKey, s3test.SecretKey, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	f, sum, _ := sound(t, 1, 100)
	begun := func() {
		t.Helper()
		id, err := c.NewMultipartUpload(t.Context(), s3test.Bucket, "x/a", minio.PutObjectOptions{})
		if err == nil {
			_, err = c.PutObjectPart(t.Context(), s3test.Bucket, "x/a", id, 1, bytes.NewReader([]byte("sound")), 5, minio.PutObjectPartOptions{DisableContentSha256: true})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	unfinished := func() int {
		t.Helper()
		list, err := c.ListMultipartUploads(t.Context(), s3test.Bucket, "x/", "", "", "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		return len(list.Uploads)
	}
	for range 3 {
		if err := p.Put(t.Context(), "a", f, sum); err != nil {
			t.Fatal(err)
		}
		if err := c.RemoveObject(t.Context(), s3test.Bucket, "x/a", minio.RemoveObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := p.Open(t.Context(), "a"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("hidden by a marker: %v", err)
	}
	begun()
	begun()
	if kept, n := s.Kept(t), unfinished(); kept["x/a"] != 6 || n != 2 {
		t.Fatalf("%v and %d that were begun: the test shows nothing", kept, n)
	}
	if err := p.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if kept, n := s.Kept(t), unfinished(); len(kept) != 0 || n != 0 {
		t.Errorf("left: %v, %d that were begun", kept, n)
	}
	begun()
	if long, sum, _ := sound(t, 2, 17<<20); p.Put(t.Context(), "a", long, sum) != nil || unfinished() != 0 {
		t.Error("what an interrupted Put has left is still there after the next one")
	}
}

// TestReplacedWhileRead: a copy that is read is one copy, or an error.
func TestReplacedWhileRead(t *testing.T) {
	t.Parallel()
	p, _ := bucket(t, "x")
	f, sum, content := sound(t, 1, 300_000)
	other, otherSum, _ := sound(t, 2, 300_000)
	if err := p.Put(t.Context(), "a", f, sum); err != nil {
		t.Fatal(err)
	}
	r, _, err := p.Open(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	half := make([]byte, 150_000)
	if _, err := io.ReadFull(r, half); err != nil || !bytes.Equal(half, content[:150_000]) {
		t.Fatal(err)
	}
	if at, err := r.Seek(-10, io.SeekEnd); at != 299_990 || err != nil {
		t.Error(at, err)
	}
	if rest, err := io.ReadAll(r); err != nil || !bytes.Equal(rest, content[299_990:]) {
		t.Errorf("%d bytes, %v", len(rest), err)
	}
	if _, err := r.Seek(-1, io.SeekStart); err == nil {
		t.Error("before the beginning")
	}
	if err := p.Put(t.Context(), "a", other, otherSum); err != nil {
		t.Fatal(err)
	}
	if at, err := r.Seek(5, io.SeekStart); at != 5 || err != nil {
		t.Error(at, err)
	}
	if rest, err := io.ReadAll(r); err == nil || len(rest) > 0 {
		t.Errorf("%d bytes of two copies, %v", len(rest), err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestSettingsOfBuckets: wrong settings are named. It cannot run beside other tests, because it changes the keys.
func TestSettingsOfBuckets(t *testing.T) {
	s := s3test.Start(t)
	f, sum, _ := sound(t, 1, 100)
	try := func(address, says string) {
		t.Helper()
		a := open(t, address)
		_, _, openErr := a.Open(t.Context(), "a")
		for what, err := range map[string]error{
			"check": a.Check(t.Context()), "put": a.Put(t.Context(), "a", f, sum), "open": openErr, "delete": a.Delete(t.Context(), "a"),
			"list": a.List(t.Context(), "", func(archive.Object) error { return nil }),
		} {
			if err == nil || !strings.Contains(err.Error(), says) || errors.Is(err, archive.ErrNotFound) {
				t.Errorf("%s: %v, want %q", what, err, says)
			}
		}
	}
	try(strings.Replace(s.ArchiveURL("x"), s3test.Bucket, "elsewhere", 1), `there is no bucket "elsewhere"`)
	try("s3://"+s3test.Bucket+"?endpoint=http://127.0.0.1:1", "nobody answers there")
	t.Setenv("AWS_ACCESS_KEY_ID", "another")
	try(s.ArchiveURL("x"), "correct AWS_ACCESS_KEY_ID")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	try(s.ArchiveURL("x"), "set AWS_ACCESS_KEY_ID")
}
