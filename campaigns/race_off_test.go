//go:build !race

package campaigns_test

const raceOn = false
