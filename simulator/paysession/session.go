package paysession

import (
	"time"

	"github.com/paydial/paydial/simulator/cards"
)

// Session is one running <Pay>. Start it once, then hand every input to Handle until it returns a Done. It is
// not safe for use by several goroutines.
type Session struct {
	details
	state state

	steps   []Field // what is still to be asked; the first is being asked now
	attempt int     // of the first step, from 1
	failure Failure // of the attempt before

	again    cards.Digits // the first of two entries that must match
	second   bool         // the second of them is being typed
	speaking bool         // the prompt is still going on
	// skipHash is set when an entry ended by itself: the # that a caller then presses, because every prompt
	// says so, belongs to that entry and not to the next. It holds until the next prompt is over.
	skipHash bool
}

type state int

const (
	collecting state = iota
	processing
	ended
)

// New makes a session. Expiry dates are checked against today.
func New(cfg Config, today time.Time) *Session {
	return &Session{details: newDetails(cfg, today), attempt: 1, again: cards.NewDigits(), steps: cfg.steps()}
}

// Start asks for the first field.
func (s *Session) Start() []Output { return []Output{s.ask()} }

// Handle takes one input and returns what is to be done. After a Done it returns nothing.
func (s *Session) Handle(in Input) []Output {
	switch {
	case s.state == ended:
		return nil
	case s.state == processing:
		return s.whileProcessing(in)
	}
	switch in := in.(type) {
	case Key:
		return s.key(byte(in))
	case Silence:
		if s.speaking {
			return nil // a timer that was cut off by the prompt it was set before
		}
		return s.endEntry(false)
	case PromptDone:
		if !s.speaking {
			return nil
		}
		s.speaking, s.skipHash = false, false
		return s.wait()
	case HungUp:
		return []Output{s.done(CallerHungUp, Answer{})}
	case Answer:
		return nil // nobody was asked
	}
	return nil
}

// whileProcessing waits for the connector and for nothing else: a charge that was asked for cannot be taken
// back by * or by hanging up, so how it ended is the only true result.
func (s *Session) whileProcessing(in Input) []Output {
	a, ok := in.(Answer)
	if !ok {
		return nil
	}
	if a.Code != 0 {
		return []Output{s.done(ConnectorError, a)}
	}
	return []Output{s.done(Success, a)}
}

func (s *Session) key(k byte) []Output {
	switch {
	case k == '*':
		return []Output{s.done(Starred, Answer{})}
	case k == '#' && s.skipHash && s.entry.Len() == 0:
		s.skipHash = false
		return nil
	case k == '#':
		return s.endEntry(false)
	case !s.entry.Add(k):
		return nil
	}
	s.skipHash = false
	if s.full(s.steps[0]) {
		return s.endEntry(true)
	}
	return s.wait()
}

// ask says the prompt of the first step.
func (s *Session) ask() Say {
	s.speaking = true
	return s.cfg.prompt(situation{field: s.steps[0], failure: s.failure, attempt: s.attempt,
		brand: s.number.Brand(), second: s.second})
}

func (s *Session) wait() []Output {
	s.speaking = false
	return []Output{Wait{s.cfg.Timeout}}
}

// endEntry takes what was typed, or says why not and asks again.
func (s *Session) endEntry(byItself bool) []Output {
	s.skipHash = byItself
	field := s.steps[0]
	why := s.check(field)
	if s.second && why != InputTimeout && !s.entry.Equal(s.again) {
		why = MatchingFailed
	}
	if why != "" {
		return s.fail(why)
	}
	if s.cfg.twice(field) && !s.second {
		s.again, s.entry = s.entry, s.again
		s.second = true
		return []Output{s.ask()}
	}
	s.keep(field)
	report := s.status(field, "")
	s.next()
	if len(s.steps) == 0 {
		return append([]Output{report}, s.process()...)
	}
	return []Output{report, s.ask()}
}

// fail counts a failed attempt: the step is asked again from its first prompt, or the session is over.
func (s *Session) fail(why Failure) []Output {
	s.entry.Wipe()
	s.again.Wipe()
	s.second = false
	report := s.status(s.steps[0], why)
	if s.attempt >= s.cfg.Attempts {
		return []Output{report, s.done(TooManyAttempts, Answer{Text: string(why)})}
	}
	s.attempt++
	s.failure = why
	return []Output{report, s.ask()}
}

func (s *Session) next() {
	s.steps = s.steps[1:]
	s.attempt, s.failure, s.second = 1, "", false
	s.again.Wipe()
}

// process asks the connector, unless it is one for test cards and this is none.
func (s *Session) process() []Output {
	if no := s.barred(); no != nil {
		return []Output{s.done(ConnectorError, *no)}
	}
	s.state = processing
	say := s.cfg.prompt(situation{field: Processing, attempt: 1, brand: s.number.Brand()})
	return []Output{s.status(Processing, ""), Process{s.request()}, say}
}

// Waiting is the field being asked for, Processing while the connector works, and nothing after the end.
func (s *Session) Waiting() Field {
	switch s.state {
	case collecting:
		return s.steps[0]
	case processing:
		return Processing
	case ended:
	}
	return ""
}

// Progress is what a screen may show of the entry: which attempt it is and how many digits were typed.
func (s *Session) Progress() (attempt, digits int) { return s.attempt, s.entry.Len() }
