//go:build race

package payments_test

// Under the race detector everything takes eight times as long.
const crashStep, crashesAtOnce = 11, 8
