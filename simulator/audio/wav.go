package audio

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

const (
	headSize    = 44
	sampleBytes = 2
	blockFrames = 2048
	// maxData is how much sound the 32 bits of a WAV file's header can name: about 74 hours of one channel.
	maxData = math.MaxUint32 - headSize
)

// framesOf is how many frames a file of so many channels gets.
func (t *Timeline) framesOf(channels int) int64 {
	return min(t.length, maxData/int64(sampleBytes*channels))
}

// Size is how many bytes WriteWAV writes.
func (t *Timeline) Size(channels int) int64 {
	return headSize + t.framesOf(channels)*int64(sampleBytes*channels)
}

// WriteWAV writes the timeline as a WAV file of one or two channels, as Open has it. It renders block by block, and
// ends with the first error of w.
func (t *Timeline) WriteWAV(w io.Writer, channels int) error {
	f, err := t.Open(channels)
	if err != nil {
		return err
	}
	if n, err := io.Copy(w, f); err != nil {
		return fmt.Errorf("write a WAV file at byte %d: %w", n, err)
	}
	return nil
}

// header is the beginning of a WAV file, up to the samples.
func header(total int64, channels int) []byte {
	frame := uint16(sampleBytes * channels)
	size := uint32(total) * uint32(frame)
	h := make([]byte, 0, headSize)
	h = append(h, "RIFF"...)
	h = binary.LittleEndian.AppendUint32(h, headSize-8+size)
	h = append(h, "WAVEfmt "...)
	h = binary.LittleEndian.AppendUint32(h, 16)
	h = binary.LittleEndian.AppendUint16(h, 1) // PCM
	h = binary.LittleEndian.AppendUint16(h, uint16(channels))
	h = binary.LittleEndian.AppendUint32(h, Rate)
	h = binary.LittleEndian.AppendUint32(h, Rate*uint32(frame))
	h = binary.LittleEndian.AppendUint16(h, frame)
	h = binary.LittleEndian.AppendUint16(h, 8*sampleBytes)
	h = append(h, "data"...)
	return binary.LittleEndian.AppendUint32(h, size)
}

// rendering is how far a timeline has been rendered.
type rendering struct {
	rest   []placed // not begun
	active []placed
}

// render mixes what sounds in the frames from at on; it reports false, and leaves mix as it is, when nothing does.
func (r *rendering) render(mix []float64, at int64, channels int) bool {
	end := at + int64(len(mix)/channels)
	left := r.active[:0]
	for _, s := range r.active {
		if s.to > at {
			left = append(left, s)
		}
	}
	r.active = left
	for len(r.rest) > 0 && r.rest[0].from < end {
		r.active = append(r.active, r.rest[0])
		r.rest = r.rest[1:]
	}
	if len(r.active) == 0 {
		return false
	}
	clear(mix)
	for _, s := range r.active {
		channel := 0
		if channels == 2 && s.Side == Line {
			channel = 1
		}
		for n := max(s.from, at); n < min(s.to, end); n++ {
			mix[int(n-at)*channels+channel] += s.sample(n-s.start, s.to-s.start)
		}
	}
	return true
}

func clamp(v float64) int16 {
	return int16(math.Round(min(max(v, math.MinInt16), math.MaxInt16)))
}
