package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/paydial/paydial/simulator/audio"
)

// ctlAudio serves what sounds on one leg so far, as a WAV file. {file} is the SID of the call or of one of the legs
// it dialed, or caller or agent, with .wav behind it.
func (s *Simulator) ctlAudio(w http.ResponseWriter, r *http.Request) {
	c := s.callFor(w, r)
	if c == nil {
		return
	}
	name, wav := strings.CutSuffix(r.PathValue("file"), ".wav")
	leg := c.legNamed(name)
	if !wav || leg == nil {
		controlError(w, http.StatusNotFound, fmt.Sprintf(
			"call %s has no audio %.60q; there is caller.wav, agent.wav when somebody was dialed, and {leg}.wav by SID", c.sid, r.PathValue("file")))
		return
	}
	sound, kept := leg.track.timeline()
	if !kept {
		controlError(w, http.StatusNotFound, fmt.Sprintf("call %s ended long ago: its audio is no longer kept", leg.sid))
		return
	}
	writeSound(w, r, sound, 1)
}

// writeSound answers with a WAV file. It is rendered while it is sent.
func writeSound(w http.ResponseWriter, r *http.Request, sound *audio.Timeline, channels int) {
	w.Header().Set("Content-Type", "audio/x-wav")
	w.Header().Set("Content-Length", strconv.FormatInt(sound.Size(channels), 10))
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodHead {
		_ = sound.WriteWAV(w, channels) // an error means that the client went away
	}
}

// legNamed is a leg of the call that c belongs to: by SID, the caller's, or the agent's, which is the dialed leg that
// answered last, or else was rung last. nil when there is none of that name.
func (c *call) legNamed(name string) *call {
	root := c
	if c.parent != nil {
		root = c.parent
	}
	root.mu.Lock()
	dialed := append([]*call{}, root.children...)
	root.mu.Unlock()
	if name == "caller" || name == root.sid {
		return root
	}
	var agent *call
	var answered time.Time
	for _, leg := range dialed {
		if name == leg.sid {
			return leg
		}
		if at := leg.answerTime(); agent == nil || !at.Before(answered) {
			agent, answered = leg, at
		}
	}
	if name == "agent" {
		return agent
	}
	return nil
}

// answerTime is when the leg was answered; zero when it was not.
func (c *call) answerTime() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answeredAt
}
