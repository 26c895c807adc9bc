package flows

import (
	"fmt"
	"strings"
)

// beginState is where every machine is made; the others are named after their steps.
const beginState = "begin"

// names hands out names that internal/machine takes, each once.
type names struct{ taken map[string]int }

// safe turns any text into a name of a-z, 0-9 and _, different from all that were given out before.
func (n *names) safe(text, prefix string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '_'
	}, text)
	if name == "" || name[0] < 'a' || name[0] > 'z' {
		name = prefix + "_" + name
	}
	if n.taken == nil {
		n.taken = map[string]int{}
	}
	unique := name
	for n.taken[unique] > 0 {
		n.taken[name]++ // where the next search begins
		unique = fmt.Sprintf("%s_%d", name, n.taken[name])
	}
	n.taken[unique]++
	return unique
}
