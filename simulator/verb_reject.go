package simulator

// verbReject refuses a call that was not answered yet.
func verbReject(l *leg, el *element) next {
	if status, _ := l.call.state(); status != statusRinging {
		l.note(13810, "<Reject> works only as the first verb of a call's first document; the call is hung up")
		return hangUp
	}
	reason := el.choice(l, "reason", "rejected", "busy")
	if reason == "busy" {
		l.hangUpNow(statusBusy)
	} else {
		l.hangUpNow(byTimeout)
	}
	return hangUp
}
