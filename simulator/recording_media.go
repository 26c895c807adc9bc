package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paydial/paydial/simulator/audio"
)

// download is one answer with the media of a recording.
type download struct {
	begun, ended time.Time
	channels     int
	from, bytes  int64 // which part of the file was sent
	size         int64 // of the whole file
	cut          bool  // a fault broke the connection
}

// media gives the sound of a recording that is over.
func (r recording) media() *audio.Timeline {
	if r.made {
		return madeSound(r.sid, r.length)
	}
	return r.sound
}

// writeMedia answers with the audio, in the channels that were asked for when it was made or are asked for now: what
// both parties of a call say is kept apart, but for <Record>, which has one. A part of it can be asked for with Range.
func (s *Simulator) writeMedia(w http.ResponseWriter, r *http.Request, rec recording) {
	channels := rec.channels
	switch r.Form.Get("RequestedChannels") {
	case "1":
		channels = 1
	case "2":
		channels = 2
		if rec.source == sourceRecord {
			restError(w, http.StatusBadRequest, 16113, "The recording has one channel only")
			return
		}
	}
	f := s.faults.get().Recordings
	if f.MediaFailPercent > 0 && s.ids.percent(f.MediaFailPercent) {
		restError(w, http.StatusServiceUnavailable, 20503, "The media cannot be served now (fault media_fail_percent)")
		return
	}
	file, err := rec.media().Open(channels)
	if err != nil {
		restError(w, http.StatusInternalServerError, 20500, err.Error())
		return
	}
	d := download{begun: s.clock.now(), channels: channels, size: rec.media().Size(channels)}
	out := &counted{ResponseWriter: w, left: -1}
	if f.MediaCutPercent > 0 && s.ids.percent(f.MediaCutPercent) {
		out.left = 0 // until it is known how much is to be sent
	}
	w.Header().Set("Content-Type", "audio/x-wav")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("ETag", fmt.Sprintf(`"%s-%d"`, rec.sid, channels))
	if strings.Contains(r.Header.Get("Range"), ",") {
		r.Header.Del("Range") // several parts in one answer: the whole file is as good
	}
	http.ServeContent(out, r, "", rec.ended, file)
	if r.Method != http.MethodHead && (out.status == http.StatusOK || out.status == http.StatusPartialContent) {
		d.from, d.bytes, d.ended, d.cut = out.from, out.sent, s.clock.now(), out.cut
		s.recordings.downloaded(rec.sid, d)
	}
	if out.cut {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // breaks the connection
	}
}

var errCut = errors.New("the fault media_cut_percent broke the connection")

// counted notes which part of a file an answer carries and how much of it was sent, and breaks off in the middle if
// left is not negative.
type counted struct {
	http.ResponseWriter
	status     int
	from, sent int64
	left       int64
	cut        bool
}

// WriteHeader notes what is to be sent.
func (c *counted) WriteHeader(status int) {
	c.status = status
	if span, ok := strings.CutPrefix(c.Header().Get("Content-Range"), "bytes "); ok {
		first, _, _ := strings.Cut(span, "-")
		c.from, _ = strconv.ParseInt(first, 10, 64)
	}
	if total, err := strconv.ParseInt(c.Header().Get("Content-Length"), 10, 64); err == nil && c.left == 0 {
		c.left = total / 2
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write sends on, as far as it may.
func (c *counted) Write(p []byte) (int, error) {
	if c.left >= 0 && int64(len(p)) > c.left-c.sent {
		p, c.cut = p[:c.left-c.sent], true
	}
	n, err := c.ResponseWriter.Write(p)
	c.sent += int64(n)
	if c.cut && err == nil {
		err = errCut
	}
	return n, err
}

// downloaded notes a download; a recording that is deleted by now was fetched no more.
func (rs *recordings) downloaded(sid string, d download) {
	rs.lock()
	defer rs.mu.Unlock()
	r, ok := rs.by[sid]
	if !ok {
		return
	}
	changed := *r
	changed.downloads = append(slices.Clone(r.downloads), d)
	if changed.fetched.IsZero() && changed.deleted.IsZero() && whole(changed.downloads, d) {
		changed.fetched = d.ended
	}
	rs.set(changed)
}

// whole reports whether the downloads of the same file as the last one are all of it together.
func whole(all []download, last download) bool {
	same := slices.DeleteFunc(slices.Clone(all), func(d download) bool { return d.channels != last.channels })
	slices.SortFunc(same, func(a, b download) int { return int(min(1, max(-1, a.from-b.from))) })
	have := int64(0)
	for _, d := range same {
		if d.from > have {
			return false
		}
		have = max(have, d.from+d.bytes)
	}
	return have >= last.size
}

// madeSound is what a recording sounds like that was made by the control API: a word every ten seconds, at places that
// differ from one SID to another. It is the same every time.
func madeSound(sid string, length time.Duration) *audio.Timeline {
	const every, word = 10 * time.Second, 700 * time.Millisecond
	seed := uint64(1)
	for i := range len(sid) {
		seed = seed*1099511628211 ^ uint64(sid[i])
	}
	var sounds []audio.Sound
	for at := time.Duration(0); at < length; at += every {
		seed = seed*6364136223846793005 + 1442695040888963407
		room := max(time.Millisecond, min(every, length-at)-word)
		begin := at + time.Duration(seed>>33)%room
		sounds = append(sounds, audio.Sound{At: begin, Took: word, Kind: audio.Hum, Side: audio.Side(seed >> 32 % 2)})
	}
	t := &audio.Timeline{}
	t.Append(audio.Stretch{To: length, Sounds: sounds})
	return t
}
