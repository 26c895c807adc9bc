package simulator

import (
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// tuning is a parameter of answering machine detection with the values that it may have:
// https://www.twilio.com/docs/api/errors/21234
type tuning struct {
	name             string
	unit             time.Duration
	usual, low, high int
}

// readDetection reads what is asked of answering machine detection.
func readDetection(form url.Values) (detection, *refusal) {
	var d detection
	mode := form.Get("MachineDetection")
	switch mode {
	case "", amdEnable, amdMessageEnd:
	default:
		return d, &refusal{21234, "MachineDetection is neither Enable nor DetectMessageEnd"}
	}
	for _, t := range []struct {
		tuning
		to *time.Duration
	}{
		{tuning{"MachineDetectionTimeout", time.Second, 30, 3, 59}, &d.timeout},
		{tuning{"MachineDetectionSpeechThreshold", time.Millisecond, 2400, 1000, 6000}, &d.speech},
		{tuning{"MachineDetectionSpeechEndThreshold", time.Millisecond, 1200, 500, 5000}, &d.speechEnd},
		{tuning{"MachineDetectionSilenceTimeout", time.Millisecond, 5000, 2000, 10000}, &d.silence},
	} {
		v, no := t.read(form)
		if no != nil {
			return d, no
		}
		*t.to = v
	}
	switch async := form.Get("AsyncAmd"); async {
	case "", "false":
	case "true":
		if mode == "" {
			return d, &refusal{21263, "AsyncAmd needs MachineDetection"}
		}
		if form.Get("AsyncAmdStatusCallback") == "" {
			return d, &refusal{21262, "AsyncAmd needs an AsyncAmdStatusCallback"}
		}
		d.async = &callback{purpose: "amd", url: form.Get("AsyncAmdStatusCallback"), method: form.Get("AsyncAmdStatusCallbackMethod")}
	default:
		return d, &refusal{21263, "AsyncAmd is neither true nor false"}
	}
	if form.Get("SendDigits") == "" { // else there is no detection
		d.mode = mode
	}
	return d, nil
}

func (t tuning) read(form url.Values) (time.Duration, *refusal) {
	v := form.Get(t.name)
	if v == "" {
		return time.Duration(t.usual) * t.unit, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < t.low || n > t.high {
		return 0, &refusal{21234, fmt.Sprintf("%s is not between %d and %d: %s", t.name, t.low, t.high, v)}
	}
	return time.Duration(n) * t.unit, nil
}
