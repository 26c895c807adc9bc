package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/recordings"
)

// Pause is a time in which a recording was silent for a payment.
type Pause struct {
	Payment string    `json:"payment"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to,omitzero"` // zero while it is silent
	Sure    bool      `json:"sure"`        // Twilio said that it was paused, and when it went on
	Trouble string    `json:"trouble,omitempty"`
}

// recordingView is a recording as the API shows it.
type recordingView struct {
	SID       string            `json:"sid"`
	CallSID   string            `json:"call_sid"`
	Flow      string            `json:"flow"`
	Line      string            `json:"line"`
	Class     string            `json:"class"`
	Source    string            `json:"source"`
	Channels  int               `json:"channels"`
	State     recordings.State  `json:"state"`
	CreatedAt time.Time         `json:"created_at"`
	StartedAt time.Time         `json:"started_at,omitzero"`
	Seconds   float64           `json:"seconds"` // 0 while it is being made
	AtTwilio  twilioCopyView    `json:"at_twilio"`
	InArchive archiveCopyView   `json:"in_archive"`
	Held      bool              `json:"held"`
	Flags     []recordings.Flag `json:"flags"`
	NotPaused []string          `json:"not_paused"` // payments during which it cannot be shown to have been paused
	Warned    int               `json:"warned"`
	Tries     int               `json:"tries"`
	Trouble   string            `json:"trouble,omitempty"`
}

// twilioCopyView is Twilio's copy.
type twilioCopyView struct {
	State     recordings.AtTwilio `json:"state"`
	DeleteAt  time.Time           `json:"delete_at,omitzero"`  // by us
	ExpiresAt time.Time           `json:"expires_at,omitzero"` // by Twilio
	DeletedAt time.Time           `json:"deleted_at,omitzero"`
}

// archiveCopyView is our copy. Its state is none, stored, verified, damaged or deleted.
type archiveCopyView struct {
	State      string    `json:"state"`
	Key        string    `json:"key,omitempty"`
	Bytes      int64     `json:"bytes"`
	SHA256     string    `json:"sha256,omitempty"`
	ArchivedAt time.Time `json:"archived_at,omitzero"`
	VerifiedAt time.Time `json:"verified_at,omitzero"`
	DeleteAt   time.Time `json:"delete_at,omitzero"`
	DeletedAt  time.Time `json:"deleted_at,omitzero"`
}

// copyState is what there is of a recording in the archive.
func copyState(r recordings.Recording) string {
	switch {
	case r.Key == "":
		return "none"
	case !r.ArchiveDeletedAt.IsZero():
		return "deleted"
	case r.VerifiedAt.IsZero():
		return "stored"
	case slices.Contains(r.Flags, recordings.FlagDamaged):
		return "damaged"
	}
	return "verified"
}

func viewRecording(r recordings.Recording) recordingView {
	return recordingView{
		SID: r.SID, CallSID: r.Call, Flow: r.Flow, Line: r.Line, Class: r.Class, Source: r.Source, Channels: r.Channels, State: r.State,
		CreatedAt: r.Created, StartedAt: r.Started, Seconds: r.Duration.Seconds(),
		AtTwilio: twilioCopyView{State: r.Twilio, DeleteAt: r.DeleteAtTwilio, ExpiresAt: r.ExpiresAt, DeletedAt: r.TwilioDeletedAt},
		InArchive: archiveCopyView{State: copyState(r), Key: r.Key, Bytes: r.Bytes, SHA256: r.SHA256, ArchivedAt: r.ArchivedAt,
			VerifiedAt: r.VerifiedAt, DeleteAt: r.KeepUntil, DeletedAt: r.ArchiveDeletedAt},
		Held: r.OnHold, Flags: append([]recordings.Flag{}, r.Flags...), NotPaused: append([]string{}, r.NotPaused...),
		Warned: r.Warned, Tries: r.Tries, Trouble: r.Trouble,
	}
}

// recordingDetail is all that is known of a recording.
type recordingDetail struct {
	recordingView
	Holds      []holdView        `json:"holds"` // that keep it
	Pauses     []Pause           `json:"pauses,omitempty"`
	Receipts   []json.RawMessage `json:"receipts"`
	Transcript *bool             `json:"transcript,omitempty"` // whether there is one of its call; missing where that is not known
}

// reasonView is why a date is what it is.
type reasonView struct {
	Date     string    `json:"date"` // keep_until, copy, delete_at_twilio, expires_at, hold
	At       time.Time `json:"at,omitzero"`
	Rule     string    `json:"rule"`
	File     string    `json:"file"`
	Line     int       `json:"line"`
	RuleText string    `json:"rule_text"` // as it is written
	Text     string    `json:"text"`      // the arithmetic
}

// listRecordings lists recordings, newest first.
func (c *Console) listRecordings(g *gin.Context) {
	page, err := c.findRecordings(g)
	if err != nil {
		c.failWith(g, err)
		return
	}
	items := make([]recordingView, 0, len(page.Recordings))
	for _, r := range page.Recordings {
		items = append(items, viewRecording(r))
	}
	c.answerList(g, items, page.Next)
}

// findRecordings reads the query of a list of recordings and answers it; the API and the page share it.
func (c *Console) findRecordings(g *gin.Context) (recordings.Page, error) {
	q, err := pageQuery(g)
	if err == nil && q.after != "" && !callCursor.MatchString(q.after) {
		err = fmt.Errorf("%w: after is the next of the page before", errQuery)
	}
	filter := recordings.Filter{Flow: g.Query("flow"), Call: g.Query("call"), Line: lineQuery(g.Query("line")), Class: g.Query("class")}
	for _, yes := range []struct {
		name string
		into *bool
	}{{"flagged", &filter.Flagged}, {"held", &filter.Held}} {
		word := g.Query(yes.name)
		if err == nil && word != "" && word != "true" && word != "false" {
			err = fmt.Errorf("%w: %s is true or false", errQuery, yes.name)
		}
		*yes.into = word == "true"
	}
	for _, at := range []struct {
		name string
		into *time.Time
	}{{"since", &filter.Since}, {"until", &filter.Until}} {
		if err == nil {
			*at.into, err = c.pointOfTime(at.name, g.Query(at.name))
		}
	}
	for _, within := range []struct {
		name string
		into *time.Time
	}{{"deleted_within", &filter.DueBefore}, {"at_risk_within", &filter.CliffBefore}} {
		if word := g.Query(within.name); err == nil && word != "" {
			d, wrong := time.ParseDuration(word)
			if wrong != nil || d <= 0 {
				err = fmt.Errorf("%w: %s is a time such as 24h", errQuery, within.name)
			}
			*within.into = c.Now().Add(d)
		}
	}
	if err == nil {
		filter.States, err = recordingStates(g.Query("state"))
	}
	if err != nil {
		return recordings.Page{}, err
	}
	return c.Recordings.List(g.Request.Context(), recordings.Query{Filter: filter, Limit: q.limit, After: q.after})
}

// lineQuery is a number of ours in a query, where a plus that nobody escaped came as a space.
func lineQuery(text string) string {
	if rest, ok := strings.CutPrefix(text, " "); ok {
		return "+" + rest
	}
	return text
}

// recordingStates reads states with a comma between them.
func recordingStates(text string) ([]recordings.State, error) {
	if text == "" {
		return nil, nil
	}
	var out []recordings.State
	for _, word := range strings.Split(text, ",") {
		if !slices.Contains(recordings.States(), recordings.State(word)) {
			words := make([]string, 0, len(recordings.States()))
			for _, s := range recordings.States() {
				words = append(words, string(s))
			}
			return nil, fmt.Errorf("%w: state is one or more of %s", errQuery, strings.Join(words, ", "))
		}
		out = append(out, recordings.State(word))
	}
	return out, nil
}

// pointOfTime reads a time: RFC 3339, a day, which begins by the project's clock, or how long ago. "" is no time.
func (c *Console) pointOfTime(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return c.Now().Add(-ago), nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.ParseInLocation(form, text, c.local(c.Now()).Location()); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%w: %s is a time like 2026-03-03T10:00:00Z, a day like 2026-03-03, or how long ago, like 2h", errQuery, name)
}

// showRecording answers with all that is known of a recording.
func (c *Console) showRecording(g *gin.Context) {
	d, err := c.detailOf(g, g.Param("sid"))
	if err != nil {
		c.failWith(g, err)
		return
	}
	out := recordingDetail{recordingView: viewRecording(d.rec), Holds: viewHolds(d.holds), Pauses: d.pauses, Receipts: []json.RawMessage{},
		Transcript: d.transcript}
	for _, r := range d.receipts {
		out.Receipts = append(out.Receipts, receiptJSON(r.Line))
	}
	g.JSON(http.StatusOK, out)
}

// receiptJSON is a line as it stands; one that was damaged, as a text.
func receiptJSON(line []byte) json.RawMessage {
	if json.Valid(line) {
		return line
	}
	text, _ := json.Marshal(string(line))
	return text
}

// detail is all that is known of a recording, for the API and the page.
type detail struct {
	rec        recordings.Recording
	holds      []recordings.Hold
	receipts   []recordings.Receipt
	pauses     []Pause
	transcript *bool
}

func (c *Console) detailOf(g *gin.Context, sid string) (d detail, err error) {
	ctx := g.Request.Context()
	if d.rec, err = c.Recordings.Get(ctx, sid); err != nil {
		return d, err
	}
	if d.holds, err = c.Recordings.HoldsOn(ctx, sid); err != nil {
		return d, err
	}
	if d.receipts, err = c.Recordings.Receipts(ctx, recordings.ReceiptQuery{Recording: sid}); err != nil {
		return d, err
	}
	if c.Pauses != nil {
		all, err := c.Pauses(ctx, []recordings.Recording{d.rec})
		if err != nil {
			return d, err
		}
		d.pauses = all[sid]
	}
	if c.Transcribed != nil {
		there, err := c.Transcribed(ctx, []string{d.rec.Call})
		if err != nil {
			return d, err
		}
		yes := there[d.rec.Call]
		d.transcript = &yes
	}
	return d, nil
}

// whyRecording answers why a recording's dates are what they are.
func (c *Console) whyRecording(g *gin.Context) {
	reasons, err := c.Recordings.Why(g.Request.Context(), g.Param("sid"))
	if err != nil {
		c.failWith(g, err)
		return
	}
	items := make([]reasonView, 0, len(reasons))
	for _, r := range reasons {
		items = append(items, reasonView{Date: r.Date, At: r.At, Rule: r.Origin.Rule, File: r.Origin.File, Line: r.Origin.Line,
			RuleText: r.Origin.Text, Text: r.Text})
	}
	g.JSON(http.StatusOK, list{Items: items})
}

// totalsView is how things stand.
type totalsView struct {
	States       map[recordings.State]int64 `json:"states"` // all of them
	Flags        map[recordings.Flag]int64  `json:"flags"`
	Held         int64                      `json:"held"`
	Flagged      int64                      `json:"flagged"`
	Trouble      int64                      `json:"trouble"`
	AtTwilio     int64                      `json:"at_twilio"`
	InArchive    int64                      `json:"in_archive"`
	Bytes        int64                      `json:"bytes"`
	DeletedToday int64                      `json:"deleted_today"` // within 24 hours; 1000 says "or more"
	Overdue      int64                      `json:"overdue"`
	AtRisk       map[string]int64           `json:"at_risk"` // by days: "60", "30", "7"
	Warned       map[string]int64           `json:"warned"`  // by days
	LastSweep    time.Time                  `json:"last_sweep,omitzero"`
	LastWhole    time.Time                  `json:"last_whole_sweep,omitzero"`
	TwilioAhead  float64                    `json:"twilio_ahead_seconds"`
}

func viewTotals(t recordings.Totals) totalsView {
	v := totalsView{
		States: map[recordings.State]int64{}, Flags: map[recordings.Flag]int64{}, Held: t.Held, Flagged: t.Flagged, Trouble: t.Trouble,
		AtTwilio: t.AtTwilio, InArchive: t.InArchive, Bytes: t.Bytes, DeletedToday: t.DeletedToday, Overdue: t.Overdue,
		AtRisk: map[string]int64{}, Warned: map[string]int64{}, LastSweep: t.LastSweep, LastWhole: t.LastWhole, TwilioAhead: t.TwilioAhead.Seconds(),
	}
	for _, s := range recordings.States() {
		v.States[s] = t.States[s]
	}
	for _, f := range []recordings.Flag{recordings.FlagNotPaused, recordings.FlagLost, recordings.FlagDamaged, recordings.FlagStuck} {
		v.Flags[f] = t.Flags[f]
	}
	for _, days := range []int{60, 30, 7} {
		v.AtRisk[fmt.Sprint(days)], v.Warned[fmt.Sprint(days)] = t.Cliff[days], t.Warned[days]
	}
	return v
}

// totalRecordings answers how things stand.
func (c *Console) totalRecordings(g *gin.Context) {
	t, err := c.Recordings.Totals(g.Request.Context())
	if err != nil {
		c.failWith(g, err)
		return
	}
	g.JSON(http.StatusOK, viewTotals(t))
}
