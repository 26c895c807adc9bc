package simulator

import (
	"slices"
	"time"
)

// Who may answer a leg, as the control API names them.
const (
	answerHuman   = "human"
	answerMachine = "machine"          // a greeting, then a beep
	answerNoBeep  = "machine-no-beep"  // a greeting, then silence
	answerTalksOn = "machine-talks-on" // a greeting that does not end
	answerFax     = "fax"
	answerUnclear = "unclear" // nobody says anything that detection could tell them by
)

// answerers are all of them.
func answerers() []string {
	return []string{answerHuman, answerMachine, answerNoBeep, answerTalksOn, answerFax, answerUnclear}
}

func isAnswerer(by string) bool { return slices.Contains(answerers(), by) }

// The two things that detection can be asked for.
const (
	amdEnable     = "Enable"
	amdMessageEnd = "DetectMessageEnd"
)

// detection is what is asked of answering machine detection:
// https://www.twilio.com/docs/voice/answering-machine-detection
type detection struct {
	mode      string        // amdEnable or amdMessageEnd; "" is none
	timeout   time.Duration // MachineDetectionTimeout
	speech    time.Duration // MachineDetectionSpeechThreshold: whoever speaks for longer is a machine
	speechEnd time.Duration // MachineDetectionSpeechEndThreshold: a silence so long ends what is said
	silence   time.Duration // MachineDetectionSilenceTimeout: a silence so long from the start tells nothing
	async     *callback     // told beside the call; nil when the call waits for the verdict
}

// How those who pick up sound.
const (
	breathBefore = 500 * time.Millisecond // until they begin
	hello        = 900 * time.Millisecond
	greeting     = 8 * time.Second
	untilBeep    = time.Second // from the end of a greeting
	faxTone      = 3 * time.Second
)

// AnsweredBy beside human and fax.
const (
	machineStart   = "machine_start"
	machineBeep    = "machine_end_beep"
	machineSilence = "machine_end_silence"
	machineOther   = "machine_end_other"
	amdUnknown     = "unknown"
)

// verdict is AnsweredBy for whoever picked up, and how long after that it is known.
func (d detection) verdict(by string) (answeredBy string, took time.Duration) {
	isMachine := breathBefore + d.speech
	switch by {
	case answerHuman:
		answeredBy, took = by, breathBefore+hello+d.speechEnd
	case answerFax:
		answeredBy, took = by, faxTone
	case answerUnclear:
		answeredBy, took = amdUnknown, d.silence
	default:
		answeredBy, took = machineStart, isMachine
		if d.mode == amdMessageEnd {
			answeredBy, took = d.messageEnd(by)
		}
	}
	if took <= d.timeout {
		return answeredBy, took
	}
	if d.mode == amdMessageEnd && answeredBy != amdUnknown && by != answerHuman && by != answerFax && isMachine <= d.timeout {
		return machineOther, d.timeout // a machine, and its greeting goes on
	}
	return amdUnknown, d.timeout
}

// messageEnd is how a machine's greeting ends, and when.
func (d detection) messageEnd(by string) (answeredBy string, at time.Duration) {
	end := breathBefore + greeting
	switch by {
	case answerNoBeep:
		return machineSilence, end + d.speechEnd
	case answerTalksOn:
		return machineOther, d.timeout
	}
	return machineBeep, end + untilBeep
}
