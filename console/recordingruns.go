package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/recordings"
)

const (
	// ndjson is JSON, a line for each thing.
	ndjson = "application/x-ndjson"
	// progressEvery is how much time there is at least between two lines of progress.
	progressEvery = 200 * time.Millisecond
	// receiptsAtOnce is how many receipts are in memory at a time.
	receiptsAtOnce = 1000
)

// listReceipts hands out receipts, each line exactly as it was written, so that the chain can be checked elsewhere.
func (c *Console) listReceipts(g *gin.Context) {
	ctx := g.Request.Context()
	q := recordings.ReceiptQuery{Recording: g.Query("recording"), Limit: receiptsAtOnce}
	left := int64(-1) // all
	for _, n := range []struct {
		name string
		into *int64
	}{{"after", &q.After}, {"limit", &left}} {
		if text := g.Query(n.name); text != "" {
			v, err := strconv.ParseInt(text, 10, 64)
			if err != nil || v < 0 || v == 0 && n.name == "limit" {
				c.failWith(g, fmt.Errorf("%w: %s is a number", errQuery, n.name))
				return
			}
			*n.into = v
		}
	}
	if q.Recording == "" {
		if err := c.note(g, audit.Entry{Action: "recording.export_receipts", Result: "done", Detail: fmt.Sprintf("after number %d", q.After)}); err != nil {
			c.failWith(g, err)
			return
		}
	}
	out := &lines{g: g}
	for left != 0 {
		if left > 0 {
			q.Limit = int(min(left, receiptsAtOnce))
		}
		found, err := c.Recordings.Receipts(ctx, q)
		if err != nil {
			out.fail(c, err)
			return
		}
		for _, r := range found {
			out.write(r.Line)
		}
		if left > 0 {
			left -= int64(len(found))
		}
		if len(found) < q.Limit {
			break
		}
		for _, r := range found {
			q.After = max(q.After+1, r.N) // a damaged line has no number, and they have no gaps
		}
	}
	out.begin()
}

// lines is an answer of several lines of JSON. Until the first, it can still be another answer.
type lines struct {
	g     *gin.Context
	begun bool
	first time.Time // line of progress
	last  time.Time
}

// begin sends the header, once.
func (l *lines) begin() {
	if l.begun {
		return
	}
	l.begun = true
	h := l.g.Writer.Header()
	h.Set("Content-Type", ndjson)
	h.Set("X-Accel-Buffering", "no")
	l.g.Writer.WriteHeader(http.StatusOK)
	l.g.Writer.WriteHeaderNow()
}

func (l *lines) write(line []byte) {
	l.begin()
	_, _ = l.g.Writer.Write(append(line, '\n')) // a reader who left ends the request's context
}

// say sends something at once.
func (l *lines) say(v any) {
	line, err := json.Marshal(v)
	if err != nil {
		panic("console: encode own line: " + err.Error())
	}
	l.write(line)
	l.g.Writer.Flush()
}

// progress sends a line unless another one was just sent.
func (l *lines) progress(now time.Time, v any) {
	if now.Sub(l.last) >= progressEvery {
		l.last = now
		l.say(v)
	}
}

// fail says that it went wrong: as the answer where none has begun, else as the last line.
func (l *lines) fail(c *Console, err error) {
	p := problemOf(err)
	if p.Code == problemInside.Code {
		p = problemArchive.because(recordings.TroubleWords("work", err))
		if l.g.Request.Context().Err() == nil {
			c.Log.Error("console", "path", l.g.FullPath(), "error", err)
		}
	}
	if !l.begun {
		c.fail(l.g, p)
		return
	}
	p.Type, p.Instance = "/api/problems#"+p.Code, l.g.Request.URL.Path
	l.say(struct {
		Line string `json:"line"`
		problem
	}{"problem", p})
}

// sweepProgress is a line of a sweep under way.
type sweepProgress struct {
	Line  string    `json:"line"`  // progress
	Phase string    `json:"phase"` // list, warn, date, due
	Done  int64     `json:"done"`  // recordings looked at
	At    time.Time `json:"at,omitzero"`
	From  time.Time `json:"from,omitzero"`
	To    time.Time `json:"to,omitzero"`
}

// sweepReport is the last line of a sweep.
type sweepReport struct {
	Line    string           `json:"line"` // report
	DryRun  bool             `json:"dry_run"`
	Listed  int64            `json:"listed"`
	Counts  map[string]int64 `json:"counts"`
	Dated   int64            `json:"dated"`
	Actions []sweepAction    `json:"actions"` // the first thousand
	Twilio  time.Time        `json:"twilio_clock,omitzero"`
}

type sweepAction struct {
	Do        string `json:"do"`
	Recording string `json:"recording"`
	Text      string `json:"text"`
}

// sweepRecordings compares the index with Twilio's list, and tells how far it is. It goes on only while somebody waits
// for it; what was done is kept, and the next sweep goes on from there.
func (c *Console) sweepRecordings(g *gin.Context) {
	var body struct {
		DryRun bool `json:"dry_run"`
		Newest bool `json:"newest"`
	}
	if err := readBody(g, &body); err != nil {
		c.failWith(g, err)
		return
	}
	if !c.Recordings.HasTwilio() {
		c.fail(g, problemNoTwilio)
		return
	}
	entry := audit.Entry{Action: "recording.sweep", Result: "wanted"}
	if body.DryRun {
		entry.Detail = "a dry run"
	}
	if err := c.note(g, entry); err != nil {
		c.failWith(g, err)
		return
	}
	out := &lines{g: g}
	report, err := c.Recordings.Sweep(g.Request.Context(), recordings.SweepOptions{DryRun: body.DryRun, Newest: body.Newest},
		func(p recordings.SweepProgress) {
			out.progress(time.Now(), sweepProgress{Line: "progress", Phase: p.Phase, Done: p.Done, At: p.At, From: p.From, To: p.To})
		})
	if err != nil {
		out.fail(c, err)
		return
	}
	v := sweepReport{Line: "report", DryRun: report.DryRun, Listed: report.Listed, Counts: report.Counts, Dated: report.Dated,
		Actions: []sweepAction{}, Twilio: report.Twilio}
	for _, a := range report.Actions {
		v.Actions = append(v.Actions, sweepAction{a.Do, a.Recording, a.Text})
	}
	out.say(v)
}

// verifyProgress is a line of a verification under way.
type verifyProgress struct {
	Line  string `json:"line"`  // progress
	Phase string `json:"phase"` // receipts, copies
	Done  int64  `json:"done"`
	Total int64  `json:"total"`
	Bytes int64  `json:"bytes"`
}

// verifyReport is the last line of a verification.
type verifyReport struct {
	Line     string          `json:"line"` // report
	OK       bool            `json:"ok"`
	Head     recordings.Head `json:"head"`
	Receipts string          `json:"receipts,omitempty"` // what is wrong with them
	Copies   int64           `json:"copies"`
	Bytes    int64           `json:"bytes"`
	Damaged  []copyTrouble   `json:"damaged"`
	Unread   []copyTrouble   `json:"unread"`
}

type copyTrouble struct {
	Recording string `json:"recording"`
	Text      string `json:"text"`
}

// verifyBody says what to verify.
type verifyBody struct {
	ReceiptsOnly bool             `json:"receipts_only"`
	Recording    string           `json:"recording"`
	Against      *recordings.Head `json:"against"` // of an earlier export: the chain has to begin with it
}

// verifyRecordings recomputes the chain of receipts and reads every copy back, and tells how far it is.
func (c *Console) verifyRecordings(g *gin.Context) {
	var body verifyBody
	err := readBody(g, &body)
	if err == nil && body.Recording != "" {
		_, err = c.Recordings.Get(g.Request.Context(), body.Recording)
	}
	if err == nil {
		err = c.note(g, audit.Entry{Action: "recording.verify", Result: "wanted", Detail: body.Recording})
	}
	if err != nil {
		c.failWith(g, err)
		return
	}
	out := &lines{g: g}
	opts := recordings.VerifyOptions{ReceiptsOnly: body.ReceiptsOnly || !c.Recordings.HasArchive(), Recording: body.Recording}
	report, err := c.Recordings.Verify(g.Request.Context(), opts, func(p recordings.VerifyProgress) {
		out.progress(time.Now(), verifyProgress{"progress", p.Phase, p.Done, p.Total, p.Bytes})
	})
	if err == nil && report.Receipts == "" {
		report.Receipts, err = c.beginsWith(g.Request.Context(), body.Against)
	}
	if err != nil {
		out.fail(c, err)
		return
	}
	out.say(verifyReport{Line: "report", OK: report.OK(), Head: report.Head, Receipts: report.Receipts, Copies: report.Copies,
		Bytes: report.Bytes, Damaged: viewTroubles(report.Damaged), Unread: viewTroubles(report.Unread)})
}

// beginsWith tells what is wrong when the chain, which holds by itself, does not begin with an earlier export: a hash
// stands for every line before it.
func (c *Console) beginsWith(ctx context.Context, earlier *recordings.Head) (string, error) {
	if earlier == nil || earlier.Lines <= 0 {
		return "", nil
	}
	found, err := c.Recordings.Receipts(ctx, recordings.ReceiptQuery{After: earlier.Lines - 1, Limit: 1})
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return fmt.Sprintf("the receipts were changed: line %d of the earlier export is not there any more", earlier.Lines), nil
	case found[0].N != earlier.Lines || found[0].Hash != earlier.Hash:
		return fmt.Sprintf("the receipts were changed: the lines up to %d are others than in the earlier export", earlier.Lines), nil
	}
	return "", nil
}

func viewTroubles(all []recordings.CopyTrouble) []copyTrouble {
	out := make([]copyTrouble, len(all))
	for i, t := range all {
		out[i] = copyTrouble(t)
	}
	return out
}
