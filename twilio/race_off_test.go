//go:build !race

package twilio

// recutEvery is how many of the ways to cut a webhook there are for each that is tried.
const recutEvery = 1
