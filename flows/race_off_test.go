//go:build !race

package flows

// walkedCalls is how many calls are walked at random.
const walkedCalls = 2000
