// Package audiotest listens to WAV files in tests: Read takes a file apart and checks its head, and Keys says which
// keys are heard in a channel of it. WAV is its main type. Two detectors have to agree: one of our own, by Goertzel's
// algorithm, and multimon-ng, which was written by others for other ends, wherever that is installed.
//
// It must know nothing of how the sounds were made, and must not be imported by anything but tests.
package audiotest

import (
	"encoding/binary"
	"testing"
)

// rate is the only one that the simulator's files have, in samples a second.
const rate = 8000

// WAV is a file taken apart.
type WAV struct {
	Channels [][]int16 // the samples of each
}

// Seconds is how long the file sounds.
func (w WAV) Seconds() float64 { return float64(len(w.Channels[0])) / rate }

// Cut is the channel numbered from 1, between two times in seconds.
func (w WAV) Cut(channel int, from, to float64) []int16 {
	all := w.Channels[channel-1]
	at := func(s float64) int { return min(max(0, int(s*rate+0.5)), len(all)) }
	return all[at(from):at(to)]
}

// Read takes a file apart, and fails the test when its head is not what a player needs, to the byte.
func Read(t testing.TB, file []byte) WAV {
	t.Helper()
	if len(file) < 44 {
		t.Fatalf("a WAV file of %d bytes", len(file))
	}
	text := func(at int) string { return string(file[at : at+4]) }
	n16 := func(at int) int { return int(binary.LittleEndian.Uint16(file[at:])) }
	n32 := func(at int) int { return int(binary.LittleEndian.Uint32(file[at:])) }
	if text(0) != "RIFF" || text(8) != "WAVE" || text(12) != "fmt " || text(36) != "data" {
		t.Fatalf("the head of the WAV file is %q", file[:44])
	}
	channels := n16(22)
	for _, field := range []struct {
		name      string
		got, want int
	}{
		{"size of the file", n32(4), len(file) - 8},
		{"size of the format", n32(16), 16},
		{"format", n16(20), 1},
		{"rate", n32(24), rate},
		{"bytes a second", n32(28), rate * 2 * channels},
		{"bytes a frame", n16(32), 2 * channels},
		{"bits", n16(34), 16},
		{"size of the data", n32(40), len(file) - 44},
	} {
		if field.got != field.want {
			t.Fatalf("WAV file: %s is %d, want %d", field.name, field.got, field.want)
		}
	}
	if channels < 1 || channels > 2 || (len(file)-44)%(2*channels) != 0 {
		t.Fatalf("WAV file: %d channels in %d bytes", channels, len(file))
	}
	w := WAV{Channels: make([][]int16, channels)}
	for at := 44; at < len(file); at += 2 {
		c := (at - 44) / 2 % channels
		w.Channels[c] = append(w.Channels[c], int16(n16(at)))
	}
	return w
}

// Silent reports whether there is no sound at all.
func Silent(samples []int16) bool {
	for _, v := range samples {
		if v != 0 {
			return false
		}
	}
	return true
}

// Keys is which keys are heard, in order. It fails the test when multimon-ng is installed and hears others.
func Keys(t testing.TB, samples []int16) string {
	t.Helper()
	own := Goertzel(samples)
	if !HasMultimon() {
		t.Log("multimon-ng is not installed: the keys were heard by our own detector only")
		return own
	}
	if other := Multimon(t, samples); other != own {
		t.Errorf("multimon-ng hears %q, our own detector %q", other, own)
	}
	return own
}
