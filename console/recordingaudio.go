package console

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/recordings"
)

// listening is for how long a player that jumps within a recording is the one that began it.
const listening = time.Hour

// listeningKey is a string: somebody began to listen to a recording. Life: listening.
func listeningKey(who, via, sid string) string {
	return "paydial:{listening:" + sumOf(who, via, sid) + "}"
}

// recordingAudio plays a recording from the archive, also in parts. Each time somebody listens is a line of the audit
// log: a request from the beginning is one, and one for a later part too unless they began a while ago.
func (c *Console) recordingAudio(g *gin.Context) {
	ctx := g.Request.Context()
	audio, rec, err := c.Recordings.Audio(ctx, g.Param("sid"))
	if err != nil {
		c.stop(g, audioProblem(err), nil)
		return
	}
	defer func() { _ = audio.Close() }()
	if err := c.noteListening(g, rec); err != nil {
		c.stop(g, problemInside, err)
		return
	}
	h := g.Writer.Header()
	h.Set("Content-Type", "audio/wav")
	h.Set("ETag", `"`+rec.SHA256+`"`)
	kind := "inline"
	if g.Query("download") == "true" {
		kind = "attachment"
	}
	h.Set("Content-Disposition", fmt.Sprintf(`%s; filename="%s.wav"`, kind, rec.SID))
	http.ServeContent(g.Writer, g.Request, "", rec.VerifiedAt, audio)
}

// audioProblem is the problem an error of the archive means.
func audioProblem(err error) problem {
	if p := recordingProblemOf(err); p.Code != problemInside.Code {
		return p
	}
	return problemArchive.because(recordings.TroubleWords("open the copy", err))
}

// noteListening writes a line of the audit log. What cannot be noted is not played.
func (c *Console) noteListening(g *gin.Context, rec recordings.Recording) error {
	who := c.principal(g)
	key := listeningKey(who.ID, who.Session, rec.SID)
	if part := g.GetHeader("Range"); part != "" && !strings.HasPrefix(strings.ReplaceAll(part, " ", ""), "bytes=0-") {
		if n, err := c.Sessions.Redis().Exists(g.Request.Context(), key).Result(); err == nil && n == 1 {
			return nil
		}
	}
	result := "played"
	if g.Query("download") == "true" {
		result = "downloaded"
	}
	if err := c.note(g, audit.Entry{Action: "recording.hear", Call: rec.Call, Result: result, Detail: rec.SID}); err != nil {
		return err
	}
	if err := c.Sessions.Redis().Set(g.Request.Context(), key, "1", listening).Err(); err != nil {
		c.Log.Warn("note who listens", "recording", rec.SID, "error", err) // then there are more lines than needed
	}
	return nil
}
