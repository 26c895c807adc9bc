package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/recordings"
)

// holdView is a hold as the API shows it.
type holdView struct {
	ID            string    `json:"id"`
	Recording     string    `json:"recording,omitempty"`
	CallSID       string    `json:"call_sid,omitempty"`
	Line          string    `json:"line,omitempty"`
	Since         time.Time `json:"since,omitzero"`
	Until         time.Time `json:"until,omitzero"`
	On            string    `json:"on"` // the same in words
	By            string    `json:"by"`
	Reason        string    `json:"reason"`
	PlacedAt      time.Time `json:"placed_at"`
	ReleasedAt    time.Time `json:"released_at,omitzero"`
	ReleasedBy    string    `json:"released_by,omitempty"`
	ReleaseReason string    `json:"release_reason,omitempty"`

	Kept     *int `json:"kept,omitempty"`     // only when it was placed just now
	Deleting *int `json:"deleting,omitempty"` // for so many it may have come too late
}

func viewHold(h recordings.Hold) holdView {
	return holdView{ID: h.ID, Recording: h.On.Recording, CallSID: h.On.Call, Line: h.On.Line, Since: h.On.Since, Until: h.On.Until,
		On: h.On.String(), By: h.By, Reason: h.Reason, PlacedAt: h.Placed, ReleasedAt: h.Released, ReleasedBy: h.ReleasedBy,
		ReleaseReason: h.ReleaseReason}
}

func viewHolds(all []recordings.Hold) []holdView {
	out := make([]holdView, len(all))
	for i, h := range all {
		out[i] = viewHold(h)
	}
	return out
}

// listHolds lists holds in force, and those that were released where that is asked for.
func (c *Console) listHolds(g *gin.Context) {
	find := c.Recordings.HoldsInForce
	switch g.Query("released") {
	case "", "false":
	case "true":
		find = c.Recordings.Holds
	default:
		c.failWith(g, fmt.Errorf("%w: released is true or false", errQuery))
		return
	}
	holds, err := find(g.Request.Context())
	if err != nil {
		c.failWith(g, err)
		return
	}
	g.JSON(http.StatusOK, list{Items: viewHolds(holds)})
}

// holdBody is what is to be held.
type holdBody struct {
	Recording string `json:"recording"`
	Call      string `json:"call"`
	Line      string `json:"line"`
	Since     string `json:"since"`
	Until     string `json:"until"`
	Reason    string `json:"reason"`
}

// sidWord is the form of a Twilio id, and lineWord that of a number of ours.
var (
	sidWord  = regexp.MustCompile(`^\w{2,64}$`)
	lineWord = regexp.MustCompile(`^\+?[\w:@.-]{2,64}$`)
)

// place places a hold, for the API and the page. A recording that is named has to be there: a slip of the pen would
// keep nothing.
func (c *Console) place(g *gin.Context, body holdBody) (recordings.Hold, error) {
	ctx := context.WithoutCancel(g.Request.Context())
	on := recordings.HoldOn{Recording: body.Recording, Call: body.Call, Line: body.Line}
	for _, id := range []string{body.Recording, body.Call} {
		if id != "" && !sidWord.MatchString(id) {
			return recordings.Hold{}, fmt.Errorf("%w: recording and call are ids of Twilio's", errBody)
		}
	}
	if body.Line != "" && !lineWord.MatchString(body.Line) {
		return recordings.Hold{}, fmt.Errorf("%w: line is a number of ours", errBody)
	}
	var err, err2 error
	on.Since, err = c.pointOfTime("since", body.Since)
	on.Until, err2 = c.pointOfTime("until", body.Until)
	switch err = errors.Join(err, err2); {
	case err != nil:
		return recordings.Hold{}, fmt.Errorf("%w: since and until are times like 2026-03-03T10:00:00Z, or days like 2026-03-03", errBody)
	case !on.Since.IsZero() && !on.Until.IsZero() && !on.Until.After(on.Since):
		return recordings.Hold{}, fmt.Errorf("%w: until is after since", errBody)
	case on == recordings.HoldOn{}:
		return recordings.Hold{}, recordings.ErrHoldNothing
	}
	if on.Recording != "" {
		if _, err := c.Recordings.Get(ctx, on.Recording); err != nil {
			return recordings.Hold{}, err
		}
	}
	if err := c.note(g, audit.Entry{Action: "recording.hold", Call: on.Call, Result: "wanted", Detail: on.String() + ": " + body.Reason}); err != nil {
		return recordings.Hold{}, err
	}
	return c.Recordings.Hold(ctx, c.principal(g).ID, on, body.Reason)
}

// release ends a hold, for the API and the page.
func (c *Console) release(g *gin.Context, reason string) (recordings.Hold, error) {
	ctx, id := context.WithoutCancel(g.Request.Context()), g.Param("id")
	h, err := c.Recordings.GetHold(ctx, id)
	if err != nil {
		return h, err
	}
	err = c.note(g, audit.Entry{Action: "recording.release", Call: h.On.Call, Result: "wanted", Detail: h.ID + ", " + h.On.String() + ": " + reason})
	if err == nil {
		err = c.Recordings.Release(ctx, c.principal(g).ID, id, reason)
	}
	if err == nil {
		h, err = c.Recordings.GetHold(ctx, id)
	}
	return h, err
}

// placeHold places a hold.
func (c *Console) placeHold(g *gin.Context) {
	var body holdBody
	if err := readBody(g, &body); err != nil {
		c.failWith(g, err)
		return
	}
	h, err := c.place(g, body)
	if err != nil {
		c.failWith(g, err)
		return
	}
	v := viewHold(h)
	v.Kept, v.Deleting = &h.Kept, &h.Deleting
	g.JSON(http.StatusCreated, v)
}

// releaseHold ends a hold.
func (c *Console) releaseHold(g *gin.Context) {
	var body struct {
		Reason string `json:"reason"`
	}
	err := readBody(g, &body)
	var h recordings.Hold
	if err == nil {
		h, err = c.release(g, body.Reason)
	}
	if err != nil {
		c.failWith(g, err)
		return
	}
	g.JSON(http.StatusOK, viewHold(h))
}

// readBody reads the JSON body of a request.
func readBody(g *gin.Context, into any) error {
	raw, err := io.ReadAll(io.LimitReader(g.Request.Body, maxWish+1))
	if err != nil || len(raw) > maxWish {
		return fmt.Errorf("%w: it is too long, or did not arrive", errBody)
	}
	return decodeWish(raw, into)
}

// backToRecordings is the page that a form's answer leads to.
func backToRecordings(sid string) string {
	if sidWord.MatchString(sid) {
		return "/recordings/" + sid + "#holds"
	}
	return "/recordings?held=true"
}

// holdByForm places a hold for the page.
func (c *Console) holdByForm(g *gin.Context) {
	_, err := c.place(g, holdBody{Recording: g.PostForm("recording"), Call: g.PostForm("call"), Line: g.PostForm("line"),
		Since: g.PostForm("since"), Until: g.PostForm("until"), Reason: g.PostForm("reason")})
	c.answerForm(g, err)
}

// releaseByForm ends a hold for the page.
func (c *Console) releaseByForm(g *gin.Context) {
	_, err := c.release(g, g.PostForm("reason"))
	c.answerForm(g, err)
}

// answerForm leads back to where a form stood, or says why not.
func (c *Console) answerForm(g *gin.Context, err error) {
	if err == nil {
		g.Redirect(http.StatusSeeOther, backToRecordings(g.PostForm("back")))
		return
	}
	p := problemOf(err)
	if p.Code != problemInside.Code {
		err = nil
	}
	c.stop(g, p, err)
}
