package simulator

import "fmt"

// verbUnsupported says in the call's log that a verb is known and not simulated.
func verbUnsupported(l *leg, el *element) next {
	l.note(0, fmt.Sprintf("<%s> is not simulated; the call goes on after it", el.name))
	return goOn
}
