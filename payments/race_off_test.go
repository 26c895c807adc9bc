//go:build !race

package payments_test

// crashStep is how many messages lie between two crashes.
const crashStep = 2
