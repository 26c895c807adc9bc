package audio

import (
	"math"
	"time"
)

// Rate is how many samples a second every sound has.
const Rate = 8000

// How long a tone of the keypad lasts, and the silence that belongs to it: ITU-T Q.24 asks for at least 40 ms of each,
// and decoders are sure of more.
const (
	toneTime = 100 * time.Millisecond
	toneGap  = 80 * time.Millisecond
)

// ToneSlot is how much of a timeline one key takes: its tone and the silence after it.
const ToneSlot = toneTime + toneGap

// BeepTime is how long the beep before a recording lasts.
const BeepTime = 400 * time.Millisecond

// Kind is what a sound is.
type Kind uint8

// The kinds of sound.
const (
	Tone Kind = iota + 1 // a key of the keypad, in the frequencies of ITU-T Q.23
	Hum                  // somebody speaks: soft, low, with syllables, and nothing a tone decoder could mistake
	Beep                 // one clear tone
)

// Side is whose sound it is, seen from one leg. A file of two channels has one side on each.
type Side uint8

// The sides of a leg.
const (
	Person Side = iota // who is on the leg: channel 1
	Line               // what the leg gives them to hear, be it a voice or the other party: channel 2
)

// Sound is one sound on a leg. It is small, so that a call can keep all of its own.
type Sound struct {
	At    time.Duration // when it began, in wall time since the leg did
	Took  time.Duration // how much wall time it took; 0 for a key, and for all of a call without pace
	Least time.Duration // how long it is heard at least, whatever it took
	Kind  Kind
	Key   byte // of a tone: 0-9, *, #, A-D
	Side  Side
}

// Key is the tone of a key that was pressed at the given time.
func Key(key byte, at time.Duration, side Side) Sound {
	return Sound{At: at, Least: ToneSlot, Kind: Tone, Key: key, Side: side}
}

// IsKey reports whether there is a tone for key.
func IsKey(key byte) bool {
	low, _ := pair(key)
	return low != 0
}

// pair is the two frequencies of a key, in hertz; zeros when there is none of that name.
func pair(key byte) (low, high float64) {
	rows := [4]float64{697, 770, 852, 941}
	columns := [4]float64{1209, 1336, 1477, 1633}
	const keys = "123A456B789C*0#D"
	for i := range len(keys) {
		if keys[i] == key {
			return rows[i/4], columns[i%4]
		}
	}
	return 0, 0
}

// How loud the sounds are, of 32767. Two tones of a key, the hum and a beep together stay below that.
const (
	toneLevel = 7000 // each of the two
	humLevel  = 2200
	beepLevel = 7000
)

// sample is the sound at its frame n, of which length are heard.
func (s Sound) sample(n, length int64) float64 {
	t := float64(n) / Rate
	switch s.Kind {
	case Tone:
		low, high := pair(s.Key)
		if n >= frames(toneTime) || low == 0 {
			return 0
		}
		return toneLevel * (wave(low, t) + wave(high, t)) * swell(n, min(length, frames(toneTime)))
	case Beep:
		return beepLevel * wave(1000, t) * swell(n, length)
	case Hum:
		return humLevel * speech(t) * swell(n, length)
	}
	return 0
}

func wave(hertz, t float64) float64 { return math.Sin(2 * math.Pi * hertz * t) }

// speech is a voice without words, between -1 and 1: a low tone with two overtones, all of them below the lowest
// frequency of the keypad, that rises and falls with four syllables a second.
func speech(t float64) float64 {
	pitch := 2*math.Pi*125*t + 6*math.Sin(2*math.Pi*0.7*t)
	voice := 0.6*math.Sin(pitch) + 0.3*math.Sin(2*pitch) + 0.1*math.Sin(3*pitch)
	return voice * (0.55 - 0.45*math.Cos(2*math.Pi*4*t))
}

// swell is 1 but for the first and last 4 ms, so that nothing clicks.
func swell(n, length int64) float64 {
	const edge = Rate * 4 / 1000
	return min(1, float64(n+1)/edge, max(0, float64(length-n)/edge))
}

// frames is a duration in samples.
func frames(d time.Duration) int64 {
	const one = time.Second / Rate
	return int64((d + one/2) / one)
}
