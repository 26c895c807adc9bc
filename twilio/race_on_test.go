//go:build race

package twilio

// recutEvery is how many of the ways to cut a webhook there are for each that is tried: under the race detector
// everything takes eight times as long. It is a prime, so that every kind of cut has its turn.
const recutEvery = 11
