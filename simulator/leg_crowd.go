package simulator

import (
	"strings"
	"time"

	"github.com/paydial/paydial/simulator/crowd"
	"github.com/paydial/paydial/simulator/habit"
)

// member is the person of the crowd at the other end of a leg. It belongs to the leg's goroutine.
type member struct {
	*crowd.Person
	question int  // numbers what keys were wanted for
	answered int  // the last of these that they have thought about
	pressing bool // they have not pressed all keys that they mean to
	wished   bool // they have found what they look for
}

// meet finds out who is rung: somebody of the crowd, or nobody in particular.
func (l *leg) meet() {
	c := l.call
	if _, own := l.sim.numbers.get(c.to); own || !isE164(c.to) {
		return
	}
	person, pace := l.sim.crowd.meet(c.to, c.placing.attempt)
	if person == nil {
		return
	}
	if pace != nil {
		c.pace = *pace
	}
	c.mu.Lock()
	c.placing.behaviour = string(person.Behaviour)
	c.mu.Unlock()
	l.member = &member{Person: person}
	l.sim.crowd.note(person.Behaviour, func(d *deeds) { d.Calls++ })
	if person.Behaviour.Human() {
		l.practice = &practice{habit: habit.Patient, card: person.Card()}
	}
}

// ringMember rings somebody of the crowd for at most limit; it reports whether they answered.
func (l *leg) ringMember(limit time.Duration) bool {
	m := l.member
	rings := l.paced(m.Rings())
	l.call.advance(l.sim, statusInitiated)
	end, by := byTimeout, ""
	switch m.Behaviour {
	case crowd.Busy:
		end = statusBusy
	case crowd.Failed:
		end = statusFailed
	case crowd.NoAnswer:
		l.call.advance(l.sim, statusRinging)
		rings = min(limit, l.paced(limit))
	default:
		l.call.advance(l.sim, statusRinging)
		if by = answererOf(m.Behaviour); rings >= limit {
			by = ""
		}
	}
	if rings > 0 {
		l.block(min(rings, limit), func() bool { return l.answered != "" })
	}
	switch {
	case l.over():
	case l.answered != "": // by the control API
	case by == "":
		l.hangUpNow(end)
	default:
		l.answered = by
	}
	return !l.over()
}

// answererOf is who picks up.
func answererOf(b crowd.Behaviour) string {
	switch b {
	case crowd.Voicemail:
		return answerMachine
	case crowd.NoBeep:
		return answerNoBeep
	case crowd.TalksOn:
		return answerTalksOn
	case crowd.Fax:
		return answerFax
	case crowd.Unclear:
		return answerUnclear
	}
	return answerHuman
}

// pickedUp counts that somebody of the crowd answered, and lets those who hang up soon do so.
func (l *leg) pickedUp() {
	m := l.member
	if m == nil {
		return
	}
	l.sim.crowd.note(m.Behaviour, func(d *deeds) { d.Answered++ })
	if d, leaves := m.Leaves(); leaves && l.call.pace > 0 {
		l.sim.clock.after(l.paced(d), func() {
			l.mail.post(message{done: func() {
				l.wish()
				l.hangUpNow(byPerson)
			}})
		})
	}
}

// wish counts that somebody has found what they look for.
func (l *leg) wish() {
	if !l.member.wished {
		l.member.wished = true
		l.sim.crowd.note(l.member.Behaviour, func(d *deeds) { d.Wished++ })
	}
}

// consult lets the person of the crowd answer what keys are wanted for now, when nothing is said any more and they have
// not done so yet. The next key may take d.
func (l *leg) consult(d time.Duration) {
	m := l.member
	if m == nil || l.over() || len(l.keys) > 0 || l.silent {
		return
	}
	if m.answered != m.question {
		m.answered = m.question
		field, _ := strings.CutPrefix(l.expecting, "pay:")
		if field == l.expecting {
			field = ""
		}
		reply := m.Asked(crowd.Question{Field: field, Attempt: 1, Timeout: d})
		if reply.Wished {
			l.wish()
		}
		l.carryOut(m.question, reply.Presses)
	}
	if !m.pressing && len(l.keys) == 0 && !l.over() {
		l.letPass(d)
	}
}

// carryOut presses keys one after the other, as long as their question stands. Without pace that is at once.
func (l *leg) carryOut(question int, plan []habit.Press) {
	m := l.member
	for m.pressing = len(plan) > 0; len(plan) > 0; plan = plan[1:] {
		if l.call.pace > 0 {
			l.sim.clock.after(l.paced(plan[0].After), func() {
				l.mail.post(message{done: func() {
					if !l.over() && m.question == question {
						l.act(plan[0])
						l.carryOut(question, plan[1:])
					}
				}})
			})
			return
		}
		l.act(plan[0])
	}
	m.pressing = false
}

func (l *leg) act(p habit.Press) {
	if p.HangUp {
		l.hangUpNow(byPerson)
		return
	}
	l.press(string(p.Key), newAck())
}

// letPass lets a wait of d run out, in the pace of the call.
func (l *leg) letPass(d time.Duration) {
	switch m, question := l.member, l.member.question; {
	case d < 0 || l.call.pace >= 1: // it takes its time
	case l.call.pace == 0:
		l.silent = true
	default:
		keys := len(l.keys)
		l.sim.clock.after(l.paced(d), func() {
			l.mail.post(message{done: func() { l.silent = l.silent || !m.pressing && m.question == question && len(l.keys) == keys }})
		})
	}
}

// lacksPatience lets somebody of the crowd hang up when they are not connected with anybody for long. The answer ends
// that.
func (l *leg) lacksPatience() (stop func()) {
	if l.member == nil || l.member.Patience() < 0 {
		return func() {}
	}
	return l.sim.clock.after(l.member.Patience(), func() {
		l.mail.post(message{done: func() {
			if l.call.track.connected() == nil {
				l.hangUpNow(byPerson)
			}
		}})
	})
}
