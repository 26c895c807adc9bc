package audio_test

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator/audio"
	"github.com/paydial/paydial/simulator/audio/audiotest"
)

const everyKey = "0123456789*#ABCD"

// wav renders a timeline.
func wav(t testing.TB, tl *audio.Timeline, channels int) audiotest.WAV {
	t.Helper()
	var file bytes.Buffer
	if err := tl.WriteWAV(&file, channels); err != nil {
		t.Fatal(err)
	}
	if int64(file.Len()) != tl.Size(channels) {
		t.Errorf("%d bytes were written, %d were said", file.Len(), tl.Size(channels))
	}
	return audiotest.Read(t, file.Bytes())
}

// stretch is a timeline of one stretch.
func stretch(from, to time.Duration, sounds ...audio.Sound) *audio.Timeline {
	tl := &audio.Timeline{}
	tl.Append(audio.Stretch{From: from, To: to, Sounds: sounds})
	return tl
}

// pressed is keys at the same instant.
func pressed(at time.Duration, keys string) []audio.Sound {
	var all []audio.Sound
	for i := range len(keys) {
		all = append(all, audio.Key(keys[i], at, audio.Person))
	}
	return all
}

func hum(at, took, least time.Duration) audio.Sound {
	return audio.Sound{At: at, Took: took, Least: least, Kind: audio.Hum, Side: audio.Line}
}

// TestKeys hears every key, and the same one often, pressed all at once.
func TestKeys(t *testing.T) {
	t.Parallel()
	for _, keys := range []string{everyKey, "0000", "1", "4111#", "5555555555"} {
		w := wav(t, stretch(0, 0, pressed(0, keys)...), 1)
		if got := audiotest.Keys(t, w.Channels[0]); got != keys {
			t.Errorf("heard %q, want %q", got, keys)
		}
		if want := time.Duration(len(keys)) * audio.ToneSlot; !same(w.Seconds(), want.Seconds()) {
			t.Errorf("%q takes %v s, want %v", keys, w.Seconds(), want)
		}
	}
	for i := range 256 {
		if audio.IsKey(byte(i)) != strings.ContainsRune(everyKey, rune(i)) {
			t.Errorf("IsKey(%q)", byte(i))
		}
	}
}

// TestMultimon has the file itself decoded, as a person would on the command line.
func TestMultimon(t *testing.T) {
	t.Parallel()
	if !audiotest.HasMultimon() {
		t.Skip("multimon-ng is not installed (apt install multimon-ng sox): our own detector alone decides")
	}
	if _, err := exec.LookPath("sox"); err != nil {
		t.Skip("sox is not installed: multimon-ng reads WAV files through it")
	}
	for _, channels := range []int{1, 2} {
		file := filepath.Join(t.TempDir(), "keys.wav")
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := stretch(0, 5*time.Second, pressed(time.Second, everyKey)...).WriteWAV(f, channels); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "multimon-ng", "-q", "-t", "wav", "-a", "DTMF", file).Output()
		if err != nil {
			t.Fatal(err)
		}
		got := strings.NewReplacer("DTMF: ", "", "\n", "").Replace(string(out))
		if got != everyKey {
			t.Errorf("%d channels: heard %q", channels, got)
		}
	}
}

// TestPrompts takes no hum and no beep for a key, at any length, and hears the keys that were pressed into them.
func TestPrompts(t *testing.T) {
	t.Parallel()
	at := time.Duration(0)
	var prompts []audio.Sound
	for i := range 40 {
		d := time.Duration(37+i*i*9) * time.Millisecond
		prompts = append(prompts, hum(at, d, 0), audio.Sound{At: at + d, Least: audio.BeepTime, Kind: audio.Beep, Side: audio.Line})
		at += d + 500*time.Millisecond
	}
	w := wav(t, stretch(0, at, prompts...), 1)
	if got := audiotest.Keys(t, w.Channels[0]); got != "" {
		t.Errorf("prompts sound like %q", got)
	}
	if audiotest.Silent(w.Channels[0]) {
		t.Error("prompts cannot be heard")
	}
	talk := []audio.Sound{hum(0, 10*time.Second, 0)}
	for i := range len(everyKey) {
		talk = append(talk, audio.Key(everyKey[i], time.Duration(i)*600*time.Millisecond, audio.Person))
	}
	w = wav(t, stretch(0, 10*time.Second, talk...), 1)
	if got := audiotest.Keys(t, w.Channels[0]); got != everyKey || w.Seconds() != 10 {
		t.Errorf("in a prompt: heard %q in %v s", got, w.Seconds())
	}
}

// TestSides keeps two parties apart on two channels and mixes them on one.
func TestSides(t *testing.T) {
	t.Parallel()
	tl := stretch(0, 4*time.Second, audio.Key('1', time.Second, audio.Person), audio.Key('2', time.Second, audio.Line), hum(2*time.Second, time.Second, 0))
	two, one := wav(t, tl, 2), wav(t, tl, 1)
	person, line := audiotest.Keys(t, two.Channels[0]), audiotest.Keys(t, two.Channels[1])
	if mixed := audiotest.Keys(t, one.Channels[0]); person != "1" || line != "2" || mixed != "12" {
		t.Errorf("heard %q, %q and mixed %q", person, line, mixed)
	}
	if !audiotest.Silent(two.Cut(1, 2, 4)) || audiotest.Silent(two.Cut(2, 2, 3)) {
		t.Error("the prompt is on the wrong channel")
	}
	if err := tl.WriteWAV(&bytes.Buffer{}, 3); err == nil {
		t.Error("three channels were written")
	}
}

// TestPlaces puts sounds where they were in wall time, and stretches it only where two would be heard at once.
func TestPlaces(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for _, c := range []struct {
		name   string
		tl     *audio.Timeline
		length float64
		spans  []float64 // begin and end of everything that is heard
	}{
		{"silence", stretch(3*s, 7*s), 4, nil},
		{"backwards", stretch(7*s, 3*s), 0, nil},
		{"in time", stretch(0, 5*s, hum(s, 2*s, 0), audio.Key('1', 4*s, audio.Person)), 5, []float64{1, 3, 4, 4.1}},
		{"later, seen from the stretch", stretch(10*s, 15*s, hum(11*s, 2*s, 0)), 5, []float64{1, 3}},
		{"a burst waits and makes up", stretch(0, 5*s, pressed(s, "12")...), 5, []float64{1, 1.1, 1.18, 1.28}},
		{"a burst at the end is heard to its end", stretch(0, s, pressed(s, "12")...), 1.36, []float64{1, 1.1, 1.18, 1.28}},
		{"prompts without pace, in order", stretch(0, 0, hum(0, 0, s), audio.Key('1', 0, audio.Person), hum(0, 0, s)), 2.18, []float64{0, 1.1, 1.18, 2.18}},
		{"a prompt after a key still ends in time", stretch(0, 3*s, audio.Key('1', s, audio.Person), hum(s, 2*s, 0)), 3, []float64{1, 1.1, 1.18, 3}},
		{"cut by the end", stretch(0, 2*s, hum(s, 9*s, s)), 2, []float64{1, 2}},
		{"running at the beginning", stretch(5*s, 9*s, hum(3*s, 4*s, 0)), 4, []float64{0, 2}},
		{"over at the beginning", stretch(5*s, 9*s, hum(3*s, s, 0)), 4, nil},
		{"not yet begun at the end", stretch(0, 2*s, hum(3*s, s, 0)), 2, nil},
		{"no such key", stretch(0, s, audio.Key('x', 0, audio.Person)), 1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := wav(t, c.tl, 1)
			if !same(w.Seconds(), c.length) || !same(c.tl.Length().Seconds(), c.length) {
				t.Errorf("%v s and %v, want %v", w.Seconds(), c.tl.Length(), c.length)
			}
			at := 0.0
			for i := 0; i < len(c.spans); i += 2 {
				if !audiotest.Silent(w.Cut(1, at, c.spans[i])) {
					t.Errorf("not silent between %v and %v", at, c.spans[i])
				}
				if at = c.spans[i+1]; audiotest.Silent(w.Cut(1, at-0.01, at)) {
					t.Errorf("silent before %v", at)
				}
			}
			if !audiotest.Silent(w.Cut(1, at, 1000)) {
				t.Errorf("not silent after %v", at)
			}
		})
	}
}

// same compares times in seconds, which are whole frames.
func same(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// TestStretches puts stretches and silences one behind the other, to the frame.
func TestStretches(t *testing.T) {
	t.Parallel()
	tl := &audio.Timeline{}
	third := time.Second / 3
	for i := range 30 { // no error adds up
		tl.Append(audio.Stretch{From: time.Duration(i) * third, To: time.Duration(i+1) * third})
	}
	if want := 30 * third; (tl.Length() - want).Abs() > time.Second/8000 {
		t.Errorf("%v, want %v", tl.Length(), want)
	}
	tl = stretch(0, time.Second, pressed(time.Second, "12")...)
	tl.Silence(2 * time.Second)
	tl.Append(audio.Stretch{From: 3 * time.Second, To: 4 * time.Second, Sounds: pressed(3*time.Second, "3")})
	tl.Pad(time.Second)
	w := wav(t, tl, 1)
	if !same(w.Seconds(), 4.36) || audiotest.Keys(t, w.Cut(1, 0, 1.36)) != "12" || !audiotest.Silent(w.Cut(1, 1.36, 3.36)) ||
		audiotest.Keys(t, w.Cut(1, 3.36, 5)) != "3" {
		t.Errorf("%v s", w.Seconds())
	}
	tl.Pad(10 * time.Second)
	if tl.Length() != 10*time.Second {
		t.Errorf("padded to %v", tl.Length())
	}
}

// TestTooLong names no more in the head than its 32 bits hold.
func TestTooLong(t *testing.T) {
	t.Parallel()
	tl := stretch(0, 2000*24*time.Hour)
	for _, channels := range []int{1, 2} {
		if size := tl.Size(channels); size > 1<<32 || size < 1<<32-64 {
			t.Errorf("%d channels: %d bytes", channels, size)
		}
	}
	if err := tl.WriteWAV(&short{left: 1 << 16}, 1); err == nil {
		t.Error("a broken connection is no error")
	}
	if err := tl.WriteWAV(&short{}, 1); err == nil {
		t.Error("a connection that is not there is no error")
	}
}

// short takes so many bytes and then breaks.
type short struct{ left int }

func (s *short) Write(p []byte) (int, error) {
	if s.left -= len(p); s.left < 0 {
		return 0, os.ErrClosed
	}
	return len(p), nil
}

// TestSameBytes renders twice.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	var a, b bytes.Buffer
	tl := stretch(0, 3*time.Second, append(pressed(0, "12"), hum(time.Second, time.Second, 0))...)
	for _, out := range []*bytes.Buffer{&a, &b} {
		if err := tl.WriteWAV(out, 2); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two renderings differ")
	}
}

// FuzzTimeline puts sounds in any order, of any length, into stretches: nothing panics, the file is as long as was
// said, no sample is out of range, and keys that were pressed are heard, in order.
func FuzzTimeline(f *testing.F) {
	f.Add([]byte("1a5\x00b#c\xff"), int64(0), int64(time.Second))
	f.Add([]byte("\xff\xfe\xfd0123456789"), int64(-5), int64(1<<62))
	f.Add([]byte{}, int64(1<<63-1), int64(-1<<63))
	f.Fuzz(func(t *testing.T, script []byte, from, to int64) {
		script = script[:min(len(script), 60)]
		tl := &audio.Timeline{}
		var sounds []audio.Sound
		for i := 0; i+3 < len(script); i += 4 {
			sounds = append(sounds, audio.Sound{
				At: time.Duration(int8(script[i])) * 40 * time.Millisecond, Took: time.Duration(int8(script[i+1])) * 20 * time.Millisecond,
				Least: time.Duration(script[i+2]) * 4 * time.Millisecond, Kind: audio.Kind(script[i+3] % 5), Key: script[i+3], Side: audio.Side(script[i+2] % 3),
			})
		}
		tl.Append(audio.Stretch{From: time.Duration(from), To: time.Duration(to), Sounds: sounds}) // may be very long
		if tl.Length() < 0 {
			t.Fatalf("length %v", tl.Length())
		}
		tl = &audio.Timeline{}
		tl.Append(audio.Stretch{To: time.Duration(from % int64(3*time.Second)), Sounds: sounds})
		tl.Append(audio.Stretch{From: time.Second, To: 2 * time.Second, Sounds: sounds})
		before := tl.Length()
		keys := "159*"
		tl.Append(audio.Stretch{From: time.Second, To: time.Second, Sounds: append(sounds[:0:0], pressed(time.Second, keys)...)})
		mixed, apart := wav(t, tl, 1), wav(t, tl, 2)
		if got := audiotest.Goertzel(mixed.Cut(1, before.Seconds(), 1e9)); got != keys {
			t.Errorf("heard %q", got)
		}
		for i, v := range mixed.Channels[0] {
			a, b := int(apart.Channels[0][i]), int(apart.Channels[1][i])
			if sum := min(max(a+b, -32768), 32767); sum-int(v) > 1 || int(v)-sum > 1 {
				t.Fatalf("frame %d: %d and %d are mixed to %d", i, a, b, v)
			}
		}
	})
}
