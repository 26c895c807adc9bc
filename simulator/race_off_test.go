//go:build !race

package simulator_test

// leakCalls is how many cards are searched for.
const leakCalls = 200
