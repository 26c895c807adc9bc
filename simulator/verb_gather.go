package simulator

import (
	"strings"
	"time"
)

// gathering is what a Gather asks for.
type gathering struct {
	finish  string // keys that end the entry; may be empty
	most    int    // keys that are enough; 0 is no limit
	timeout time.Duration
	bargeIn bool
	keypad  bool // dtmf is among the inputs
}

// verbGather collects keys and sends them to its action. Without any, the verb after it runs.
func verbGather(l *leg, el *element) next {
	g := readGather(l, el)
	target, ok := l.resolve(el.attr("action"))
	if ok && l.sim.account.pci() && !secure(target) {
		l.fail(13337, "PCI Mode is on: the action of <Gather> has to be https: "+target)
		return hangUp
	}
	if g.keypad {
		l.expect("gather")
	}
	l.prompts(el.children, g.bargeIn && g.keypad)
	digits, finishedBy, why := g.collect(l)
	switch {
	case why == wasHungUp || why == wasRedirected:
		return hangUp
	case digits == "" && !el.boolean(l, "actionOnEmptyResult", false):
		return goOn
	}
	return l.action(el, map[string]string{"Digits": digits, "FinishedOnKey": finishedBy, "msg": "Gather End"})
}

func readGather(l *leg, el *element) gathering {
	g := gathering{
		finish: "#", most: el.integer(l, "numDigits", 0, 1), bargeIn: el.boolean(l, "bargeIn", true),
		keypad: strings.Contains(el.attrOr("input", "dtmf"), "dtmf"),
	}
	if el.attr("timeout") == "auto" {
		g.timeout = 5 * time.Second
	} else {
		g.timeout = time.Duration(el.integer(l, "timeout", 5, 0)) * time.Second
	}
	if el.has("finishOnKey") {
		g.finish = el.attr("finishOnKey")
		if strings.Trim(g.finish, dialKeys) != "" || len(g.finish) > 1 {
			l.note(13310, "finishOnKey of <Gather> is one of 0-9, #, * or nothing; # is taken")
			g.finish = "#"
		}
	}
	if strings.Contains(el.attr("input"), "speech") {
		l.note(0, "speech is not simulated: <Gather> waits for keys, or until its timeout")
	}
	return g
}

// dialKeys are the keys of a telephone.
const dialKeys = "0123456789*#"

// collect waits for keys: until the finish key, the last one wanted, or a silence as long as the timeout.
func (g gathering) collect(l *leg) (digits, finishedBy string, why wake) {
	for {
		key, why := l.waitKey(g.timeout)
		if why != gotKey {
			return digits, "", why
		}
		if strings.IndexByte(g.finish, key) >= 0 {
			return digits, string(key), gotKey
		}
		digits += string(key)
		if g.most > 0 && len(digits) >= g.most {
			return digits, "", gotKey
		}
	}
}
