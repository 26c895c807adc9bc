package audio

import (
	"cmp"
	"slices"
	"time"
)

// longest is the most that a time may be; more of it is cut off, so that no sum of times overflows.
const longest = 1000 * 24 * time.Hour

// Stretch is a piece of a leg's wall time and what sounded in it.
type Stretch struct {
	From, To time.Duration // since the leg began
	// Sounds began in the stretch, in that order, or before it and were still to be heard at its beginning.
	Sounds []Sound
}

// Timeline is what a file holds: stretches of sound, one behind the other. The zero value is empty. It must not be
// used by several goroutines at once while it is appended to.
type Timeline struct {
	sounds []placed // ordered by from
	length int64    // in frames
}

// placed is a sound that has its place. All are frames of the timeline.
type placed struct {
	Sound
	start    int64 // where its first frame belongs; that may be before from
	from, to int64 // what of it is heard
}

// Append adds a stretch. Within it every sound has the place it had in wall time, unless two things that came one
// after the other would then be heard at once: where no time passed between them, as on a call without pace or with
// keys in a burst, the later one waits for the end of the earlier one. So keys never overlap, and what waited makes
// up for it in the next silence. Only when there is none is the stretch longer than To less From.
func (t *Timeline) Append(s Stretch) {
	p := placing{timeline: t, base: t.length, from: limit(s.From)}
	p.to = max(p.from, limit(s.To))
	p.begun, p.free, p.toneEnd = p.base, p.base, p.base
	p.end = p.at(p.to)
	sounds := slices.Clone(s.Sounds)
	for i, one := range sounds {
		sounds[i].At, sounds[i].Took, sounds[i].Least = limit(one.At), limit(one.Took), limit(one.Least)
	}
	slices.SortStableFunc(sounds, func(a, b Sound) int { return cmp.Compare(a.At, b.At) })
	for _, one := range sounds {
		p.place(one)
	}
	t.length = p.end
}

// Silence adds so much of it.
func (t *Timeline) Silence(d time.Duration) { t.length += frames(limit(d)) }

// Pad adds the silence that is missing to d.
func (t *Timeline) Pad(d time.Duration) { t.length = max(t.length, frames(limit(d))) }

// Trim takes away the silence before the first sound and behind the last one: all of it, when there is no sound.
func (t *Timeline) Trim() {
	first, last := int64(0), int64(0)
	if len(t.sounds) > 0 {
		first = t.sounds[0].from
	}
	for i := range t.sounds {
		s := &t.sounds[i]
		first, last = min(first, s.from), max(last, s.to)
	}
	for i := range t.sounds {
		s := &t.sounds[i]
		s.start, s.from, s.to = s.start-first, s.from-first, s.to-first
	}
	t.length = last - first
}

// Length is how long the timeline sounds.
func (t *Timeline) Length() time.Duration { return time.Duration(t.length) * (time.Second / Rate) }

// placing finds the places of the sounds of one stretch.
type placing struct {
	timeline *Timeline
	base     int64         // where the stretch begins
	from, to time.Duration // in wall time
	end      int64         // where it ends, as far as is known

	begun   int64    // where the last sound begins: the next one does not come before it
	toneEnd int64    // where the last tone is over
	free    int64    // where everything is over that was over in wall time
	running []placed // sounds that were not, at the time of the last one
}

// at is the frame of a moment in wall time. Differences of whole frames add up without an error.
func (p *placing) at(wall time.Duration) int64 { return p.base + frames(wall) - frames(p.from) }

func (p *placing) place(s Sound) {
	over := s.At + s.Took
	carried := s.At < p.from
	if carried && over <= p.from || s.At > p.to {
		return
	}
	start := p.at(s.At)
	if !carried {
		p.settle(s.At)
		start = max(start, p.begun, p.free)
		if s.Kind == Tone {
			start = max(start, p.toneEnd)
		}
		p.begun = start
	}
	least := s.Least
	if over > p.to { // it goes on behind the stretch
		over, least = p.to, 0
	}
	end := max(start+frames(least), p.at(over))
	if s.Kind == Tone {
		p.toneEnd = max(p.toneEnd, end)
	}
	p.end = max(p.end, end)
	one := placed{Sound: s, start: start, from: max(start, p.base), to: end}
	p.running = append(p.running, one)
	if one.from < one.to {
		p.timeline.sounds = append(p.timeline.sounds, one)
	}
}

// settle notes which of the running sounds were over when the next one began.
func (p *placing) settle(now time.Duration) {
	left := p.running[:0]
	for _, r := range p.running {
		if r.At+r.Took <= now {
			p.free = max(p.free, r.to)
		} else {
			left = append(left, r)
		}
	}
	p.running = left
}

// limit makes a time usable.
func limit(d time.Duration) time.Duration { return min(max(d, 0), longest) }
