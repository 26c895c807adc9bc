package simulator

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paydial/paydial/simulator/audio"
)

// ctlSay lets the person on a leg say something: it is heard as a hum, also by whom they are connected with, and
// transcribed where that was asked for. It presses no key and ends no pause.
func (s *Simulator) ctlSay(w http.ResponseWriter, r *http.Request) {
	c := s.callFor(w, r)
	if c == nil {
		return
	}
	var in struct {
		Text string `json:"text"`
	}
	if !readJSON(w, r, &in) {
		return
	}
	words := strings.Join(strings.Fields(in.Text), " ")
	if words == "" || len(words) > maxSay {
		controlError(w, http.StatusBadRequest, "text: words are meant, 4096 bytes at most")
		return
	}
	if status, _ := c.state(); status != statusInProgress {
		controlError(w, http.StatusConflict, "call "+c.sid+" is "+status+": nobody listens")
		return
	}
	s.speak(c, words)
	writeJSON(w, http.StatusOK, c.view())
}

// speak lets the person on a leg say words.
func (s *Simulator) speak(c *call, words string) {
	c.transcripts.mu.Lock()
	c.transcripts.spoken = append(c.transcripts.spoken, spoken{s.clock.now(), maskCards(words)})
	c.transcripts.mu.Unlock()
	long := time.Duration(utf8.RuneCountInString(words)) * perCharacter
	took := time.Duration(float64(long) * c.pace)
	hum := audio.Sound{Kind: audio.Hum, Side: audio.Person, Took: took, Least: long / hurry}
	c.track.add(hum)
	said := []func(){s.hear(c, trackInbound, words)}
	hum.Side = audio.Line
	c.track.cross(hum)
	if peer := c.connected(); peer != nil {
		said = append(said, s.hear(peer, trackOutbound, words))
	}
	end := func() {
		for _, f := range said {
			f()
		}
		c.leg.mail.post(message{done: func() {
			if c.leg.relay != nil {
				c.leg.relay.prompt(words)
			}
		}})
	}
	if took == 0 {
		end()
		return
	}
	s.clock.after(took, end)
}

// connected is the leg that a call is connected with by Dial; nil for none.
func (c *call) connected() *call {
	peer := c.track.connected()
	if peer == nil {
		return nil
	}
	if c.parent != nil && c.parent.track == peer {
		return c.parent
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, child := range c.children {
		if child.track == peer {
			return child
		}
	}
	return nil
}

// saidSince is what the person on the leg has said since a moment.
func (ts *transcriptions) saidSince(from time.Time) string {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	var words []string
	for _, w := range ts.spoken {
		if !w.at.Before(from) {
			words = append(words, w.text)
		}
	}
	return strings.Join(words, " ")
}
