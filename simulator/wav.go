package simulator

import (
	"encoding/binary"
	"io"
)

// Recordings are 8 kHz, 16 bit, as Twilio's are.
const (
	wavRate  = 8000
	wavBytes = 2
)

// writeSilence writes a WAV file of so many seconds in which nothing is to be heard.
func writeSilence(w io.Writer, seconds, channels int) error {
	size := seconds * wavRate * wavBytes * channels
	head := make([]byte, 0, 44)
	head = append(head, "RIFF"...)
	head = binary.LittleEndian.AppendUint32(head, uint32(36+size))
	head = append(head, "WAVEfmt "...)
	head = binary.LittleEndian.AppendUint32(head, 16)
	head = binary.LittleEndian.AppendUint16(head, 1) // PCM
	head = binary.LittleEndian.AppendUint16(head, uint16(channels))
	head = binary.LittleEndian.AppendUint32(head, wavRate)
	head = binary.LittleEndian.AppendUint32(head, uint32(wavRate*wavBytes*channels))
	head = binary.LittleEndian.AppendUint16(head, uint16(wavBytes*channels))
	head = binary.LittleEndian.AppendUint16(head, 8*wavBytes)
	head = append(head, "data"...)
	head = binary.LittleEndian.AppendUint32(head, uint32(size))
	if _, err := w.Write(head); err != nil {
		return err
	}
	second := make([]byte, wavRate*wavBytes*channels)
	for range seconds {
		if _, err := w.Write(second); err != nil {
			return err
		}
	}
	return nil
}
