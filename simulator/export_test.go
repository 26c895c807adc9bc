package simulator

// KeepSecret makes the keys of a leg secret, or no longer, as a capture does.
func KeepSecret(s *Simulator, sid string, on bool) {
	c, _ := s.calls.get(sid)
	a := newAck()
	c.leg.mail.post(message{ack: a, done: func() { c.leg.private(on) }})
	<-a.done
}
