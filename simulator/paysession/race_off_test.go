//go:build !race

package paysession

// randomCallers and randomAgents are how many of them there are.
const randomCallers, randomAgents = 600, 120
