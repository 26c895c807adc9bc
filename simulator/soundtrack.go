package simulator

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paydial/paydial/simulator/audio"
)

// maxSounds is how many sounds of one leg are kept; later ones are not. It is an hour of keys without a pause.
const maxSounds = 20_000

// soundtrack is what sounds on one leg, told and not rendered: a few words for each sound. It is made of what may be
// heard only; secret keys never come here. It is shared; mu guards the fields below it.
type soundtrack struct {
	clock clock
	began time.Time

	mu     sync.Mutex
	sounds []audio.Sound // in the order in which they began
	peer   *soundtrack   // the leg, or the conference, that this one is connected with by Dial
	heard  []*soundtrack // of a conference: the legs that hear what is said in it
	over   bool          // the leg has ended, and this is when
	end    time.Duration
	gone   bool // the call was forgotten
}

// mark is a place on a soundtrack: a moment, and how many sounds had begun by then. On a call without pace, or when
// the clock stands, many things happen at the same moment.
type mark struct {
	at time.Duration
	n  int
}

func newSoundtrack(c clock, began time.Time) *soundtrack { return &soundtrack{clock: c, began: began} }

// now is the wall time since the leg began, and stands still when it has ended. mu is held, so that sounds are in
// order.
func (t *soundtrack) now() time.Duration {
	if t.over {
		return t.end
	}
	return max(0, t.clock.now().Sub(t.began))
}

// stop ends the soundtrack with the leg.
func (t *soundtrack) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = t.now()
	t.over = true
}

// mark is the place that the soundtrack has come to.
func (t *soundtrack) mark() mark {
	t.mu.Lock()
	defer t.mu.Unlock()
	return mark{t.now(), len(t.sounds)}
}

// time is when a mark was made.
func (t *soundtrack) time(m mark) time.Time { return t.began.Add(m.at) }

// markBefore is now, but before the first of the keys in keys that the person has pressed since from.
func (t *soundtrack) markBefore(keys string, from mark) mark {
	t.mu.Lock()
	defer t.mu.Unlock()
	end := mark{t.now(), len(t.sounds)}
	for i := from.n; i < len(t.sounds); i++ {
		s := t.sounds[i]
		if s.Kind == audio.Tone && s.Side == audio.Person && strings.IndexByte(keys, s.Key) >= 0 {
			end.n = i
			break
		}
	}
	return end
}

// add keeps a sound that begins now, and gives its number; -1 when it is not kept.
func (t *soundtrack) add(s audio.Sound) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over || t.gone || len(t.sounds) >= maxSounds {
		return -1
	}
	s.At = t.now()
	t.sounds = append(t.sounds, s)
	return len(t.sounds) - 1
}

// cut ends the sound with the given number, if it was to take longer.
func (t *soundtrack) cut(number int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if number < 0 || number >= len(t.sounds) {
		return
	}
	s := &t.sounds[number]
	took := t.now() - s.At
	if took >= s.Took {
		return
	}
	if s.Kind != audio.Tone {
		s.Least = time.Duration(float64(s.Least) * float64(took) / float64(s.Took))
	}
	s.Took = took
}

// press lets a key sound that the person on the leg has pressed, here and on the leg it is connected with.
func (t *soundtrack) press(key byte) {
	t.add(audio.Key(key, 0, audio.Person))
	t.cross(audio.Key(key, 0, audio.Line))
}

// cross lets a sound of the person on the leg be heard where that is connected with: on the other leg, or in the
// conference and by everybody else who is in it.
func (t *soundtrack) cross(s audio.Sound) {
	peer := t.connected()
	if peer == nil {
		return
	}
	peer.add(s)
	for _, other := range peer.listeners() {
		if other != t {
			other.add(s)
		}
	}
}

func (t *soundtrack) listeners() []*soundtrack {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.heard)
}

// admit lets a leg hear what is said in this conference, and be heard in it if speaks is set.
func (t *soundtrack) admit(leg *soundtrack, speaks bool) {
	if speaks {
		leg.setPeer(t)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.heard = append(t.heard, leg)
}

// dismiss ends that.
func (t *soundtrack) dismiss(leg *soundtrack) {
	if leg.connected() == t {
		leg.setPeer(nil)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.heard = slices.DeleteFunc(t.heard, func(one *soundtrack) bool { return one == leg })
}

// connected is the soundtrack that keys of this one cross over to; nil for none.
func (t *soundtrack) connected() *soundtrack {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.peer
}

// connect lets keys of either leg be heard on the other.
func (t *soundtrack) connect(other *soundtrack) {
	t.setPeer(other)
	other.setPeer(t)
}

// part ends that, from whichever side.
func (t *soundtrack) part() {
	if other := t.setPeer(nil); other != nil && other.connected() == t {
		other.setPeer(nil)
	}
}

// setPeer gives the peer before.
func (t *soundtrack) setPeer(to *soundtrack) *soundtrack {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.peer
	t.peer = to
	return before
}

// between is what sounded from one mark to another, as far as keep wants it.
func (t *soundtrack) between(from, to mark, keep func(audio.Side) bool) audio.Stretch {
	t.mu.Lock()
	defer t.mu.Unlock()
	cut := audio.Stretch{From: from.at, To: to.at}
	for i, s := range t.sounds[:min(to.n, len(t.sounds))] {
		if keep(s.Side) && (i >= from.n || s.At+s.Took > from.at) {
			cut.Sounds = append(cut.Sounds, s)
		}
	}
	return cut
}

// timeline is all of the soundtrack so far; false when it is no longer kept.
func (t *soundtrack) timeline() (*audio.Timeline, bool) {
	end := t.mark()
	t.mu.Lock()
	gone := t.gone
	t.mu.Unlock()
	whole := &audio.Timeline{}
	whole.Append(t.between(mark{}, end, func(audio.Side) bool { return true }))
	return whole, !gone
}

// forget drops the sounds; none comes after them.
func (t *soundtrack) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sounds, t.gone = nil, true
}
