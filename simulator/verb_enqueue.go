package simulator

import "fmt"

// verbEnqueue holds the caller until the call ends or REST sends it elsewhere: nobody takes calls out of a queue here.
func verbEnqueue(l *leg, el *element) next {
	began := l.now()
	l.note(0, fmt.Sprintf("<Enqueue> to %q: the caller waits; queues are not simulated", el.words()))
	defer l.lacksPatience()()
	l.block(-1, func() bool { return false })
	if el.attr("action") == "" {
		return hangUp
	}
	result := "hangup"
	if l.redirect != nil {
		result = "redirected"
	}
	return l.action(el, map[string]string{
		"QueueResult": result, "QueueTime": fmt.Sprint(int(l.now().Sub(began).Seconds())),
	})
}

// verbLeave takes a caller out of a queue; outside of one it does nothing.
func verbLeave(l *leg, _ *element) next {
	l.note(0, "<Leave> outside of a queue does nothing")
	return goOn
}
