package simulator

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/paydial/paydial/simulator/cards"
	"github.com/paydial/paydial/simulator/habit"
)

// noHabit is the control API's word for a caller whose keys somebody else presses.
const noHabit = "off"

// practice is a caller who answers an agent's questions by themselves. It belongs to the leg's goroutine.
type practice struct {
	habit habit.Habit
	card  habit.Card
	turn  int // numbers the questions, so that keys of an old one are not pressed any more
}

// callerView is a caller who answers by themselves, as the control API shows it.
type callerView struct {
	Habit habit.Habit `json:"habit"`
	Card  string      `json:"card"`
}

// ctlCaller lets the person on a leg answer an agent's questions by themselves, or stops that.
func (s *Simulator) ctlCaller(w http.ResponseWriter, r *http.Request) {
	c := s.callFor(w, r)
	if c == nil {
		return
	}
	var in struct {
		Habit string `json:"habit"`
		Card  string `json:"card"`
	}
	if !readJSON(w, r, &in) {
		return
	}
	if in.Card == "" {
		in.Card = "visa"
	}
	card, known := cards.FindTestCard(in.Card)
	kind := habit.Habit(in.Habit)
	switch {
	case kind != noHabit && !kind.Known():
		controlError(w, http.StatusBadRequest, "habit: "+strings.Join(habitNames(), ", ")+" or "+noHabit+" is meant")
		return
	case !known:
		controlError(w, http.StatusBadRequest, "card: the name of a test card is meant, such as visa, declined or amex")
		return
	}
	if status, ended := c.state(); ended {
		controlError(w, http.StatusConflict, fmt.Sprintf("call %s has ended: %s", c.sid, status))
		return
	}
	ran := c.leg.onLeg(r, func() {
		var view *callerView
		c.leg.practice = nil
		if kind != noHabit {
			c.leg.practice = &practice{habit: kind, card: habit.Hold(card)}
			view = &callerView{kind, card.Name}
		}
		c.mu.Lock()
		c.caller = view
		c.mu.Unlock()
		c.leg.asked() // what is being asked already is answered too
	})
	if ran {
		writeJSON(w, http.StatusOK, c.view())
	}
}

func habitNames() []string {
	var out []string
	for _, h := range habit.Habits() {
		out = append(out, string(h))
	}
	return out
}

// asked lets the caller answer what an agent asks for now, in their way.
func (l *leg) asked() {
	p := l.assisted()
	if l.practice == nil || !p.listening() || l.hungUp {
		return
	}
	l.practice.turn++
	_, attempt, _ := p.session.Progress()
	l.presses(l.practice.turn, l.practice.habit.Plan(habit.Question{
		Field: p.session.Waiting(), Attempt: attempt, Payment: len(l.payments), Timeout: p.timeout,
	}, l.practice.card))
}

// presses carries out a plan, as long as its question stands.
func (l *leg) presses(turn int, plan []habit.Press) {
	if len(plan) == 0 {
		return
	}
	l.sim.clock.after(plan[0].After, func() {
		l.mail.post(message{done: func() {
			if l.practice == nil || l.practice.turn != turn || l.hungUp || !l.assisted().listening() {
				return
			}
			if plan[0].HangUp {
				l.hangUpNow(byPerson)
				return
			}
			l.takeSecret(string(plan[0].Key), newAck())
			l.presses(turn, plan[1:])
		}})
	})
}
