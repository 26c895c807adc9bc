//go:build race

package simulator_test

// leakCalls is how many cards are searched for: under the race detector everything takes eight times as long.
const leakCalls = 40
