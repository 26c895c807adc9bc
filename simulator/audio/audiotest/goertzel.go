package audiotest

import "math"

// How Goertzel listens.
const (
	window  = 205 // samples looked at together: 26 ms, fine enough to tell the keypad's frequencies apart
	hop     = 80  // samples from one window to the next: 10 ms
	enough  = 3   // windows that have to agree
	loud    = 500 // the level of a tone, of 32767
	nearly  = 0.8 // the part of the energy that has to be in the two frequencies
	clearer = 6   // how many times stronger a frequency is than the others of its group
)

var (
	rows    = [4]float64{697, 770, 852, 941}
	columns = [4]float64{1209, 1336, 1477, 1633}
)

// Goertzel is which keys our own detector hears, in order.
func Goertzel(samples []int16) string {
	var heard []byte
	last, times := byte(0), 0
	for at := 0; at+window <= len(samples); at += hop {
		key := keyIn(samples[at : at+window])
		if key != last {
			last, times = key, 0
		}
		if times++; key != 0 && times == enough {
			heard = append(heard, key)
		}
	}
	return string(heard)
}

// keyIn is the key that sounds in a window; 0 for none.
func keyIn(samples []int16) byte {
	total := 0.0
	for _, v := range samples {
		total += float64(v) * float64(v)
	}
	row, low := strongest(samples, rows)
	column, high := strongest(samples, columns)
	if row < 0 || column < 0 || low+high < nearly*total {
		return 0
	}
	return "123A456B789C*0#D"[row*4+column]
}

// strongest is the frequency of a group that stands out, and its energy; -1 when none does.
func strongest(samples []int16, group [4]float64) (which int, energy float64) {
	which = -1
	second := 0.0
	for i, hertz := range group {
		switch e := energyAt(samples, hertz); {
		case e > energy:
			which, energy, second = i, e, energy
		case e > second:
			second = e
		}
	}
	const least = loud * loud / 2 * window
	if energy < least || energy < clearer*second {
		return -1, 0
	}
	return which, energy
}

// energyAt is how much of the samples' energy is at a frequency.
func energyAt(samples []int16, hertz float64) float64 {
	c := 2 * math.Cos(2*math.Pi*hertz/rate)
	s1, s2 := 0.0, 0.0
	for _, v := range samples {
		s1, s2 = float64(v)+c*s1-s2, s1
	}
	return (s1*s1 + s2*s2 - c*s1*s2) * 2 / float64(len(samples))
}
