package simulator

import (
	"strconv"
	"strings"
	"time"
)

// outboundCall is what a call created over REST asks for.
type outboundCall struct {
	first     destination
	timeout   time.Duration
	timeLimit time.Duration // 0 is none
	digits    string        // SendDigits
	record    bool
	recording recordingPlan // of record
	amd       string        // Enable or DetectMessageEnd; "" is none
	asyncAMD  *callback
}

// detected is AnsweredBy for whoever answered, and how long it took to tell.
func (o outboundCall) detected(by string) (answeredBy string, took time.Duration) {
	switch {
	case o.amd == "":
		return "", 0
	case by == answerMachine && o.amd == "DetectMessageEnd":
		return "machine_end_beep", 9 * time.Second
	case by == answerMachine:
		return "machine_start", 4 * time.Second
	}
	return by, 4 * time.Second // human or fax
}

// callOut is the life of a leg that was created over REST.
func (l *leg) callOut(o outboundCall) {
	l.answered = l.sim.autoReply
	if !l.ring(o.timeout) {
		return
	}
	answeredBy, took := o.detected(l.answered)
	detection := map[string]string{"AnsweredBy": answeredBy, "MachineDetectionDuration": strconv.FormatInt(took.Milliseconds(), 10)}
	l.call.advance(l.sim, statusInProgress, answeredBy)
	if o.record {
		l.sim.startRecording(l.call, o.recording)
	}
	l.playKeys(o.digits, false)
	if o.timeLimit > 0 {
		defer l.sim.clock.after(o.timeLimit, func() { l.mail.post(message{hangup: byAPI}) })()
	}
	switch {
	case answeredBy == "":
	case o.asyncAMD != nil:
		cb := *o.asyncAMD
		cb.params = detection
		l.notify(cb)
	default:
		l.listen(took, false)
		o.first.params = detection
	}
	l.follow(&o.first, "voice")
}

// validSendDigits reports whether s can be dialed after the call is answered.
func validSendDigits(s string) bool {
	return len(s) <= 32 && strings.Trim(s, "0123456789ABCD#*wW") == ""
}
