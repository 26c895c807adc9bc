//go:build race

package payments_test

// crashStep is how many messages lie between two crashes: the race detector is slow.
const crashStep = 7
