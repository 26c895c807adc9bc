//go:build !race

package redact_test

// rounds is how often each card is said in each language.
const rounds = 20
