//go:build race

package flows

// walkedCalls is how many calls are walked at random: under the race detector everything takes eight times as long.
const walkedCalls = 200
