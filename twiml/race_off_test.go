//go:build !race

package twiml

const raceEnabled = false
