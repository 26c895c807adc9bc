// Package audio makes the sound of simulated calls: keypad tones, a hum where somebody speaks, a beep, and silence,
// as WAV files of 8 kHz and 16 bit. Timeline is its main type: stretches of what sounded on a leg are appended to it,
// and it is rendered while it is written, so that a call of any length takes a few kilobytes.
//
// It is pure: the same sounds give the same bytes, and there is no clock and no randomness in it. It knows nothing of
// calls, legs or recordings, and must never be handed a key that is secret: what was not put in cannot be heard.
package audio
