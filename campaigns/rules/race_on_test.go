//go:build race

package rules

// drawn is how often tests draw at random: under the race detector everything takes eight times as long.
const drawn = 4
