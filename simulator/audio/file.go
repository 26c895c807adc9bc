package audio

import (
	"encoding/binary"
	"fmt"
	"io"
)

// File is a timeline as a WAV file that is read from any place: an io.ReadSeeker. It renders what is asked for and
// holds one block of it, whatever its length. It must not be used by several goroutines at once, and the timeline must
// not be changed meanwhile; several files of one timeline may be read at the same time.
type File struct {
	timeline *Timeline
	channels int
	size     int64
	at       int64 // where the next Read begins

	head    []byte
	r       rendering
	next    int64     // the frame that r has come to
	mix     []float64 // of one block
	block   []byte    // rendered last
	blockAt int64     // its place in the file
}

// Open gives the timeline as a file. With one channel the sides are mixed, with two the person is on the first and the
// line on the second; other numbers are an error. What does not fit into a WAV file (4 GiB) is left out.
func (t *Timeline) Open(channels int) (*File, error) {
	if channels != 1 && channels != 2 {
		return nil, fmt.Errorf("write a WAV file of %d channels: 1 or 2 are meant", channels)
	}
	return &File{
		timeline: t, channels: channels, size: t.Size(channels), head: header(t.framesOf(channels), channels),
		r: rendering{rest: t.sounds}, mix: make([]float64, blockFrames*channels),
	}, nil
}

// Read reads on from where the last Read or Seek ended.
func (f *File) Read(p []byte) (int, error) {
	switch {
	case len(p) == 0:
		return 0, nil
	case f.at >= f.size:
		return 0, io.EOF
	case f.at < headSize:
		n := copy(p, f.head[f.at:])
		f.at += int64(n)
		return n, nil
	}
	if f.at < f.blockAt || f.at >= f.blockAt+int64(len(f.block)) {
		f.render((f.at - headSize) / f.frame())
	}
	n := copy(p, f.block[f.at-f.blockAt:])
	f.at += int64(n)
	return n, nil
}

// Seek goes to another place; one behind the end is allowed, as usual.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek to byte %d of a WAV file", offset)
	}
	f.at = offset
	return offset, nil
}

// frame is how many bytes one frame has.
func (f *File) frame() int64 { return int64(sampleBytes * f.channels) }

// render makes the block that begins with the given frame.
func (f *File) render(from int64) {
	if from != f.next {
		f.r = rendering{rest: f.timeline.sounds}
	}
	n := min(blockFrames, f.timeline.framesOf(f.channels)-from)
	if f.block == nil {
		f.block = make([]byte, 0, blockFrames*f.frame())
	}
	f.block = f.block[:n*f.frame()]
	if f.r.render(f.mix[:n*int64(f.channels)], from, f.channels) {
		for i := range len(f.block) / sampleBytes {
			binary.LittleEndian.PutUint16(f.block[i*sampleBytes:], uint16(clamp(f.mix[i])))
		}
	} else {
		clear(f.block)
	}
	f.blockAt, f.next = headSize+from*f.frame(), from+n
}
