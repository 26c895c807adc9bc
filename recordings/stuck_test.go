package recordings

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paydial/paydial/recordings/archive"
	"github.com/paydial/paydial/twilio"
)

// lossy is a disk that loses the last byte of what is written to it, as long as it is ill.
type lossy struct {
	archive.Archive
	dir string
	ill *atomic.Bool
}

// Put stores, and loses.
func (l lossy) Put(ctx context.Context, key string, from *os.File, sum string) error {
	if err := l.Archive.Put(ctx, key, from, sum); err != nil || !l.ill.Load() {
		return err
	}
	path := filepath.Join(l.dir, filepath.FromSlash(key))
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.Truncate(path, info.Size()-1)
}

// Three copies in a row are wrong: a person has to look, and it goes on being tried while Twilio has it.
func TestCopiesThatDiffer(t *testing.T) {
	t.Parallel()
	var ill atomic.Bool
	ill.Store(true)
	b := newBench(t, "sqlite::memory:", func(c *Config) {
		c.Archive = lossy{c.Archive, filepath.Join(filepath.Dir(c.Spool), "archive"), &ill}
	})
	sid := b.make(1, time.Hour)[0]
	b.sweep(SweepOptions{})
	for try := 1; try <= 10; try++ {
		b.work()
		flags := []Flag{}
		if try >= differsFlagged {
			flags = append(flags, FlagStuck)
		}
		if rec := b.want(sid, Completed, TwilioHas, flags...); rec.Tries != try || !strings.Contains(rec.Trouble, "bytes and should have") {
			t.Errorf("try %d: %+v", try, rec)
		}
		b.pass(backoff(try, 0) - time.Second)
		b.work()
		if rec := b.get(sid); rec.Tries != try {
			t.Errorf("try %d: it was tried again too early", try)
		}
		b.pass(time.Second)
	}
	if got := b.kinds(sid); got != "[]" {
		t.Errorf("receipts of copies that never were right: %s", got)
	}
	ill.Store(false)
	b.work()
	if rec := b.want(sid, Verified, TwilioHas); rec.Trouble != "" || rec.Tries != 0 {
		t.Errorf("got %+v", rec)
	}
}

// A recording of another account is left alone: that Twilio does not find it means nothing.
func TestAnotherAccount(t *testing.T) {
	t.Parallel()
	b := newBench(t, "sqlite::memory:", nil)
	s := twilio.RecordingStatus{SID: "RE" + strings.Repeat("b", 32), AccountSID: "AC" + strings.Repeat("9", 32), Status: "completed",
		StartTime: b.clock.now().Add(-time.Hour)}
	if err := b.Hear(t.Context(), s, CallFacts{}); err != nil {
		t.Fatal(err)
	}
	b.work()
	if r := b.sweep(SweepOptions{}); r.Counts[SweepGone] != 0 {
		t.Errorf("%+v", r)
	}
	if rec := b.want(s.SID, Completed, TwilioHas); !strings.Contains(rec.Trouble, "belongs to account AC999") {
		t.Errorf("got %+v", rec)
	}
}

// What was told of a recording that is not there is no loss as long as it is young; then it is one.
func TestYoung(t *testing.T) {
	t.Parallel()
	b := newBench(t, "sqlite::memory:", nil)
	s := twilio.RecordingStatus{SID: "RE" + strings.Repeat("c", 32), Status: "completed", StartTime: b.clock.now()}
	if err := b.Hear(t.Context(), s, CallFacts{}); err != nil {
		t.Fatal(err)
	}
	b.work()
	b.sweep(SweepOptions{})
	if rec := b.want(s.SID, Completed, TwilioHas); !strings.Contains(rec.Trouble, "only just now") {
		t.Errorf("got %+v", rec)
	}
	b.pass(young)
	b.work()
	b.want(s.SID, Failed, TwilioElsewhere, FlagLost)
}
