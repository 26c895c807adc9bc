package simulator

import (
	"strings"
	"time"
)

// hungUpDigits is what Digits says when the caller ended the recording by hanging up.
const hungUpDigits = "hangup"

// verbRecord records until a key, a silence, the longest time or the end of the call, and sends where the recording
// is to its action. The person on the leg says nothing; the keys they press are heard.
func verbRecord(l *leg, el *element) next {
	finish := dialKeys
	if el.has("finishOnKey") {
		finish = el.attr("finishOnKey")
	}
	silence := time.Duration(el.integer(l, "timeout", 5, 0)) * time.Second
	longest := time.Duration(el.integer(l, "maxLength", 3600, 1)) * time.Second
	if el.boolean(l, "playBeep", true) {
		l.beep()
	}
	l.expect("record")
	rec := l.sim.startRecording(l.call, l.recordingPlan(el, sourceRecord, 1))
	endedBy := l.recordUntil(finish, silence, longest)
	end := l.call.track.mark()
	if endedBy != "" && endedBy != hungUpDigits {
		end = l.call.track.markBefore(finish, rec.from) // the key that ends a recording is not in it
	}
	rec, _ = l.sim.endRecording(l.call, rec.sid, end)
	if el.boolean(l, "transcribe", false) {
		l.write(el, rec)
	}
	params := l.sim.recordingFields(rec)
	params["Digits"] = endedBy
	return l.action(el, params)
}

// recordUntil lets time pass until the recording is to end, and says by which key it was: "" for a silence or the
// longest time, hangup for the end of the call.
func (l *leg) recordUntil(finish string, silence, longest time.Duration) string {
	end := l.now().Add(longest)
	for {
		wait := end.Sub(l.now())
		if silence > 0 && silence < wait {
			wait = silence
		}
		switch key, why := l.waitKey(wait); {
		case why == wasHungUp:
			return hungUpDigits
		case why != gotKey:
			return ""
		case strings.IndexByte(finish, key) >= 0:
			return string(key)
		}
	}
}

// recordingPlan is what an element asks of its recording.
func (l *leg) recordingPlan(el *element, source string, channels int) recordingPlan {
	return recordingPlan{
		source: source, channels: channels, trim: el.attr("trim") == trimSilence, callback: l.recordingCallback(el),
		events: callbackEvents([]string{el.attr("recordingStatusCallbackEvent")}),
	}
}

// trimSilence is the value of trim that takes silence away.
const trimSilence = "trim-silence"

// recordingCallback is whom an element wants told of its recording.
func (l *leg) recordingCallback(el *element) callback {
	ref := el.attr("recordingStatusCallback")
	if ref == "" {
		return callback{}
	}
	target, ok := l.resolve(ref)
	if !ok {
		l.note(11200, "recordingStatusCallback of <"+el.name+"> is not a URL that can be reached")
		return callback{}
	}
	return callback{url: target, method: el.attr("recordingStatusCallbackMethod")}
}
