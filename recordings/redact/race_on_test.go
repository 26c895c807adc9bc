//go:build race

package redact_test

// rounds: the race detector has time for fewer.
const rounds = 4
