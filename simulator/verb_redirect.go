package simulator

import "fmt"

// verbRedirect goes on with another document.
func verbRedirect(l *leg, el *element) next {
	target, ok := l.resolve(el.words())
	if !ok {
		l.fail(11100, fmt.Sprintf("<Redirect> to %q, which is not a URL that can be reached", el.words()))
		return hangUp
	}
	return fetch(target, l.method(el, "method"), nil)
}
