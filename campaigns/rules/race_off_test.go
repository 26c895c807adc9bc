//go:build !race

package rules

// drawn is how often tests draw at random.
const drawn = 12
