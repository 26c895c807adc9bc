package audio_test

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"github.com/paydial/paydial/simulator/audio"
	"github.com/paydial/paydial/simulator/audio/audiotest"
)

// TestFile reads a file from everywhere, in pieces of any size, and finds the bytes that are written in one go.
func TestFile(t *testing.T) {
	t.Parallel()
	tl := stretch(0, 7*time.Second, append(pressed(time.Second, everyKey), hum(3*time.Second, 2*time.Second, 0))...)
	for _, channels := range []int{1, 2} {
		var whole bytes.Buffer
		if err := tl.WriteWAV(&whole, channels); err != nil {
			t.Fatal(err)
		}
		f, err := tl.Open(channels)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(f, whole.Bytes()); err != nil {
			t.Error(err)
		}
		for _, at := range []int64{50_001, 43, 44, 45, 0, 4140, 4139, int64(whole.Len()) - 1, 16_384} {
			if _, err := f.Seek(at, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(io.LimitReader(f, 9000))
			if want := whole.Bytes()[at:]; err != nil || !bytes.Equal(got, want[:min(9000, len(want))]) {
				t.Errorf("from byte %d other bytes are read: %v", at, err)
			}
		}
	}
	if _, err := tl.Open(0); err == nil {
		t.Error("no channels are no error")
	}
}

// TestTrim leaves what sounds and the silence in between.
func TestTrim(t *testing.T) {
	t.Parallel()
	tl := stretch(0, 20*time.Second, audio.Key('1', 3*time.Second, audio.Person), audio.Key('2', 9*time.Second, audio.Line))
	tl.Trim()
	w := wav(t, tl, 1)
	if got := audiotest.Keys(t, w.Channels[0]); got != "12" || !same(w.Seconds(), 6.18) {
		t.Errorf("heard %q in %v s", got, w.Seconds())
	}
	tl = stretch(0, 20*time.Second)
	tl.Trim()
	if tl.Length() != 0 {
		t.Errorf("%v of silence are left", tl.Length())
	}
}
