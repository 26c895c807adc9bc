package flows

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func readTransfer(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	v := &Transfer{
		Say:          m.spoken("say"),
		RingFor:      m.duration("ring_for", longestRing),
		CallerID:     m.text("caller_id"),
		Whisper:      m.spoken("whisper"),
		AgentSees:    m.pairs("agent_sees"),
		AgentMayTake: m.yesNo("agent_may_take_payment", false),
		HoldMusic:    m.text("hold_music"),
		Record:       m.yesNo("record", false),
	}
	if v.RingFor == 0 {
		v.RingFor = 30 * time.Second
	}
	if to, ok := m.filled("may_return_to"); ok {
		if t := s.sceneTarget(to); t != nil {
			v.MayReturnTo = t.Scene
			s.notes.returns = append(s.notes.returns, t)
		}
	}
	if ok {
		v.To = s.asDestination(f)
	}
	if v.To == "" {
		return nil
	}
	return v
}

// asDestination reads whom a transfer goes to: a team of the project, a number, a client or a SIP address.
func (s *stepReader) asDestination(f field) string {
	raw, ok := s.raw(f)
	if !ok {
		return ""
	}
	if strings.HasPrefix(raw, "+") {
		raw = "number:" + raw
	}
	kind, rest, direct := strings.Cut(raw, ":")
	switch {
	case !direct:
		if s.project.Teams[raw] == nil && !s.noProject {
			f := s.addUnknown("F118", s.src.spanOf(f.value), "there is no team called "+quoteWord(raw), raw, keysOf(s.project.Teams))
			f.Help = "teams are listed in " + ProjectFile + " under teams:"
		}
	case kind == "number" && !phonePattern.MatchString(rest):
		s.addPhone(s.src.spanOf(f.value), rest)
	case !slices.Contains([]string{"number", "client", "sip", "sips"}, kind) || rest == "":
		s.add("F118", s.src.spanOf(f.value), quoteWord(raw)+" is nobody to transfer to").
			Label = "write a team, number:+1..., client:name or sip:name@host"
	}
	return raw
}

func readVoicemail(s *stepReader, m *fields, main field, short bool) Verb {
	v := &Voicemail{Longest: m.duration("longest", time.Hour), Beep: m.yesNo("beep", true)}
	if v.Longest == 0 {
		v.Longest = 2 * time.Minute
	}
	s.readNative(m)
	if f, ok := m.filled("tell"); ok {
		for _, item := range s.items(f) {
			if to, ok := s.raw(item); ok {
				s.checkPlain(item, to)
				v.Tell = append(v.Tell, to)
			}
		}
	}
	switch {
	case !short:
		v.Say = m.spoken("say")
	case !main.empty():
		v.Say = s.asSpoken(main)
	}
	return v
}

func readTextMessage(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	v := &TextMessage{To: m.expr("to"), From: m.expr("from")}
	if ok {
		v.Text = s.asSpoken(f)
	}
	if v.Text == nil {
		return nil
	}
	return v
}

func readRecordCall(s *stepReader, m *fields, main field, short bool) Verb {
	m.later("channels", "announce")
	class, at := s.readClass(m)
	f, ok := s.mainField(m, main, short)
	if !ok {
		return nil
	}
	action, ok := s.asWord(f, "F124", []string{"start", "stop", "pause", "resume"})
	if !ok {
		return nil
	}
	if class != "" && action != "start" {
		s.add("F131", at, fmt.Sprintf("record: %s does not begin a recording that could be kept", action)).
			Label = "say it where the recording is started"
	}
	return &RecordCall{Action: action, Class: class, ClassAt: at}
}

func readOptOut(s *stepReader, m *fields, main field, short bool) Verb {
	v := &OptOut{Say: m.spoken("say")}
	f, ok := s.mainField(m, main, short)
	if !ok {
		return nil
	}
	v.List, ok = s.raw(f)
	if !ok || !s.checkName(s.src.spanOf(f.value), v.List, "a list", plainName) {
		return nil
	}
	return v
}

func readHangUp(s *stepReader, m *fields, main field, short bool) Verb {
	v := &HangUp{}
	switch {
	case !short:
		v.Say = m.spoken("say")
	case !main.empty():
		v.Say = s.asSpoken(main)
	}
	return v
}
