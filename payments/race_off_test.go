//go:build !race

package payments_test

// crashStep is how many messages lie between two crashes, crashesAtOnce how many are tried beside each other.
const crashStep, crashesAtOnce = 2, 24
