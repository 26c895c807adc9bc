package simulator

import "fmt"

// verbStartStop begins or ends what runs beside the call. Recordings and real-time transcriptions are; of
// everything else the call's log says that it was accepted.
func verbStartStop(l *leg, el *element) next {
	for _, noun := range el.children {
		if noun.name == "Transcription" {
			l.transcribe(el, noun)
			continue
		}
		if noun.name != "Recording" {
			l.note(0, fmt.Sprintf("<%s><%s> is accepted and not simulated", el.name, noun.name))
			continue
		}
		if el.name == "Stop" {
			l.sim.endRecordings(l.call)
			continue
		}
		plan := l.recordingPlan(noun, sourceStart, 2)
		plan.track = noun.attr("track")
		if noun.attr("channels") == "mono" {
			plan.channels = 1
		}
		l.sim.startRecording(l.call, plan)
	}
	return goOn
}
