package audiotest

import (
	"bytes"
	"encoding/binary"
	"os/exec"
	"strings"
	"testing"
)

// monRate is the rate that multimon-ng wants its samples in.
const monRate = 22050

// HasMultimon reports whether multimon-ng is installed.
func HasMultimon() bool {
	_, err := exec.LookPath("multimon-ng")
	return err == nil
}

// Multimon is which keys multimon-ng hears, in order. It fails the test when there is no multimon-ng.
func Multimon(t testing.TB, samples []int16) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "multimon-ng", "-q", "-c", "-a", "DTMF", "-t", "raw", "-")
	cmd.Stdin = bytes.NewReader(resampled(samples))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("multimon-ng: %v", err)
	}
	var keys strings.Builder
	for line := range strings.Lines(string(out)) {
		if key, ok := strings.CutPrefix(strings.TrimSpace(line), "DTMF: "); ok {
			keys.WriteString(key)
		}
	}
	return keys.String()
}

// resampled is the samples at multimon-ng's rate, each on a line between two of ours, with half a second of silence
// behind them so that the last tone ends.
func resampled(samples []int16) []byte {
	n := len(samples) * monRate / rate
	out := make([]byte, 0, 2*n+monRate)
	for i := range n {
		at := float64(i) * rate / monRate
		k := int(at)
		a := float64(samples[k])
		b := a
		if k+1 < len(samples) {
			b = float64(samples[k+1])
		}
		out = binary.LittleEndian.AppendUint16(out, uint16(int16(a+(b-a)*(at-float64(k)))))
	}
	return append(out, make([]byte, monRate)...)
}
