//go:build race

package paysession

// randomCallers and randomAgents are how many of them there are: under the race detector everything takes eight times
// as long.
const randomCallers, randomAgents = 150, 60
