package simulator

import (
	"math"
	"time"
	"unicode/utf8"
)

// How long speech takes at pace 1.
const (
	perCharacter = 65 * time.Millisecond
	perPlay      = 3 * time.Second // a recording that is not fetched
	perPlayKey   = 200 * time.Millisecond
	perWait      = 500 * time.Millisecond // w in <Play digits>
)

// paced is a stretch of time as the pace has it.
func (l *leg) paced(d time.Duration) time.Duration {
	return time.Duration(float64(d) * l.call.pace)
}

// say lets the person on the leg hear words; a key stops it when it is interruptible, and is kept.
func (l *leg) say(words, language string, interruptible bool) {
	if words == "" || l.over() || interruptible && len(l.keys) > 0 {
		return
	}
	l.call.hears(maskCards(words), language)
	if l.member != nil {
		l.member.Hears(words)
	}
	said := l.sim.hear(l.call, trackOutbound, words)
	l.voice(time.Duration(utf8.RuneCountInString(words))*perCharacter, interruptible)
	said()
}

// listen lets time pass while something sounds; it reports whether it sounded to its end.
func (l *leg) listen(d time.Duration, interruptible bool) bool {
	if d = l.paced(d); d > 0 {
		l.block(d, func() bool { return interruptible && (len(l.keys) > 0 || l.silent) })
	}
	return !l.over() && !(interruptible && len(l.keys) > 0)
}

// prompts lets the person hear nested Say, Play and Pause elements.
func (l *leg) prompts(elements []*element, interruptible bool) {
	for _, el := range elements {
		if l.over() || interruptible && len(l.keys) > 0 {
			return
		}
		switch el.name {
		case "Say":
			l.repeat(el, interruptible, func() { l.say(el.words(), el.attrOr("language", "en-US"), interruptible) })
		case "Play":
			l.repeat(el, interruptible, func() { l.play(el, interruptible) })
		case "Pause":
			l.listen(time.Duration(el.integer(l, "length", 1, 0))*time.Second, interruptible)
		}
	}
}

// repeat does once as often as the element's loop says; 0 is for ever, which without pace is once and then silence.
func (l *leg) repeat(el *element, interruptible bool, once func()) {
	times := el.integer(l, "loop", 1, 0)
	if times == 0 {
		times = math.MaxInt
		if l.call.pace == 0 {
			once()
			l.block(-1, func() bool { return interruptible && (len(l.keys) > 0 || l.silent) })
			return
		}
	}
	for range times {
		if l.over() || interruptible && (len(l.keys) > 0 || l.silent) {
			return
		}
		once()
	}
}

// play lets the person hear a recording, which is named and not fetched, or tones.
func (l *leg) play(el *element, interruptible bool) {
	if el.has("digits") {
		l.playKeys(el.attr("digits"), interruptible)
		return
	}
	target, ok := l.resolve(el.words())
	if !ok || el.words() == "" {
		l.note(11100, "<Play> has no URL that can be reached: "+el.words())
		return
	}
	l.call.hears("[plays "+target+"]", "")
	l.voice(perPlay, interruptible)
}
