//go:build race

package campaigns_test

// raceOn: the race detector makes the database ten times slower, so tests ring fewer people and judge no rates.
const raceOn = true
