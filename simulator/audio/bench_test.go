package audio_test

import (
	"io"
	"testing"
	"time"
)

// BenchmarkHour renders an hour in which somebody speaks all the time.
func BenchmarkHour(b *testing.B) {
	tl := stretch(0, time.Hour, hum(0, time.Hour, 0))
	b.ReportAllocs()
	b.SetBytes(tl.Size(2))
	for b.Loop() {
		if err := tl.WriteWAV(io.Discard, 2); err != nil {
			b.Fatal(err)
		}
	}
}
