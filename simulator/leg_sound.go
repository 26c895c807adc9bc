package simulator

import (
	"time"

	"github.com/paydial/paydial/simulator/audio"
)

// hurry is how much faster than speech a prompt may be heard on a call whose pace is faster still: without pace
// prompts take no time, and are short sounds.
const hurry = 10

// pressed lets keys sound on the leg. Of secret keys nothing is heard, here or anywhere; while an agent takes a
// payment that is every key, for a caller may press them before they are asked. What is pressed while nobody
// listens and nobody is connected is not kept, as in events: it may be the rest of a card number.
func (l *leg) pressed(keys string) {
	if l.secret() || l.assisted().open() || l.over() || l.expecting == "" && l.call.track.connected() == nil {
		return
	}
	for i := range len(keys) {
		l.call.track.press(keys[i])
	}
}

// voice lets somebody speak, or a recording play, for d at pace 1; like listen.
func (l *leg) voice(d time.Duration, interruptible bool) {
	l.during(audio.Sound{Kind: audio.Hum, Least: d / hurry}, d, interruptible)
}

// during lets a sound be heard for d at pace 1, or until something ends it. It reports whether it came to its end.
func (l *leg) during(s audio.Sound, d time.Duration, interruptible bool) bool {
	s.Side, s.Took = audio.Line, l.paced(d)
	number := l.call.track.add(s)
	defer l.call.track.cut(number)
	return l.listen(d, interruptible)
}

// playKeys lets the person hear keys that the other end dials; w waits.
func (l *leg) playKeys(keys string, interruptible bool) {
	if keys == "" || l.over() {
		return
	}
	l.call.hears("[tones]", "")
	for i := range len(keys) {
		goesOn := true
		switch key := keys[i]; {
		case key == 'w' || key == 'W':
			goesOn = l.listen(perWait, interruptible)
		case audio.IsKey(key):
			goesOn = l.during(audio.Key(key, 0, audio.Line), perPlayKey, interruptible)
		}
		if !goesOn {
			return
		}
	}
}

// beep sounds before a recording.
func (l *leg) beep() {
	l.call.hears("[beep]", "")
	l.call.track.add(audio.Sound{Least: audio.BeepTime, Kind: audio.Beep, Side: audio.Line})
}
