package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/recordings"
)

// recordingRow is a recording on a page.
type recordingRow struct {
	recordings.Recording
	When    time.Time // it was created, on the project's clock
	Length  string    // "" while it is being made
	Mood    string
	Mark    string
	Risk    *risk  // nil: Twilio does not delete the only copy
	Silent  string // how long it was paused; "" when it was not, or nobody knows
	Gone    string // when no copy is left, in words
	GoneAt  string // the same of Twilio's copy, where that is another day
	Play    bool   // it can be heard, and by whoever looks
	Text    string // of its transcript: yes, no or ""
	Reasons []recordings.Reason
	Holds   []recordings.Hold
}

// risk is that Twilio deletes the only copy.
type risk struct {
	Days int
	Mood string // bad when a week is left, else warn
	On   string
}

// mayDo is what whoever looks may do with recordings.
type mayDo struct{ Hear, Hold, Audit, Pay bool }

func (c *Console) mayDo(g *gin.Context) mayDo {
	who := c.principal(g)
	return mayDo{who.Can(access.HearRecordings), who.Can(access.HoldRecordings), who.Can(access.SeeAudit), who.Can(access.ViewPayments)}
}

// feel is how a state feels, and the mark that says so without colour.
func feel(s recordings.State) (mood, mark string) {
	switch s {
	case recordings.Running:
		return "info", "●"
	case recordings.Paused:
		return "info", "‖"
	case recordings.Processing, recordings.Completed, recordings.Archiving, recordings.Archived:
		return "", "…"
	case recordings.Verified:
		return "good", "✓"
	case recordings.Held:
		return "good", "⚑"
	case recordings.Deleting:
		return "warn", "…"
	case recordings.Deleted:
		return "", "∅"
	}
	return "bad", "✗"
}

// day is a day as pages and reasons write it.
func day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

// bytesWords is a size for people.
func bytesWords(n int64) string {
	size, units := float64(n), []string{"bytes", "kB", "MB", "GB", "TB"}
	for size >= 1000 && len(units) > 1 {
		size, units = size/1000, units[1:]
	}
	if units[0] == "bytes" {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", size, units[0])
}

// rowOf is a recording as a page shows it, with the holds among these that keep it.
func (c *Console) rowOf(r recordings.Recording, holds []recordings.Hold, may mayDo) recordingRow {
	row := recordingRow{Recording: r, When: c.local(r.Created)}
	copied := copyState(r)
	row.Play = may.Hear && (copied == "verified" || copied == "damaged") && c.Recordings.HasArchive()
	row.Mood, row.Mark = feel(r.State)
	if r.Duration > 0 {
		row.Length = duration(r.Duration)
	}
	if at := c.Recordings.AtRisk(r); !at.IsZero() {
		if days := int(at.Sub(c.Now()) / (24 * time.Hour)); days < 60 {
			row.Risk = &risk{Days: max(0, days), Mood: "warn", On: day(at)}
			if days < 7 {
				row.Risk.Mood = "bad"
			}
		}
	}
	for _, h := range holds {
		if h.Keeps(r) {
			row.Holds = append(row.Holds, h)
		}
	}
	if row.Gone, row.GoneAt = goneWords(r, c.Recordings.Policy(r.Flow, r.Class)); row.Risk != nil {
		row.Gone, row.GoneAt = t("byTwilioOn", "day", row.Risk.On), ""
	}
	row.Reasons = c.Recordings.Reasons(r, row.Holds)
	return row
}

// goneWords says when no copy is left, and when Twilio's goes where that is before.
func goneWords(r recordings.Recording, p recordings.Policy) (all, atTwilio string) {
	switch {
	case r.State == recordings.Deleted:
		last := r.TwilioDeletedAt
		if r.ArchiveDeletedAt.After(last) {
			last = r.ArchiveDeletedAt
		}
		return t("goneOn", "day", day(last)), ""
	case r.State == recordings.Failed || r.State == recordings.Expired:
		return t("goneAlready"), ""
	}
	if r.Twilio == recordings.TwilioHas {
		switch {
		case !r.DeleteAtTwilio.IsZero() && !(r.OnHold && p.OnHold != recordings.HoldOurs):
			atTwilio = t("atTwilioOn", "day", day(r.DeleteAtTwilio))
		case !r.ExpiresAt.IsZero():
			atTwilio = t("byTwilioOn", "day", day(r.ExpiresAt))
		}
	}
	switch {
	case r.OnHold:
		return t("notWhileHeld"), atTwilio
	case r.KeepUntil.IsZero():
		return t("neverByItself"), atTwilio
	}
	return day(r.KeepUntil), atTwilio
}

// rowsOfRecordings are recordings as a page shows them: as many questions to the database for fifty as for one.
func (c *Console) rowsOfRecordings(ctx context.Context, all []recordings.Recording, may mayDo) ([]recordingRow, error) {
	var holds []recordings.Hold
	var err error
	if slices.ContainsFunc(all, func(r recordings.Recording) bool { return r.OnHold }) {
		if holds, err = c.Recordings.HoldsInForce(ctx); err != nil {
			return nil, err
		}
	}
	pauses, texts := map[string][]Pause{}, map[string]bool(nil)
	if c.Pauses != nil && len(all) > 0 {
		if pauses, err = c.Pauses(ctx, all); err != nil {
			return nil, err
		}
	}
	if c.Transcribed != nil {
		calls := make([]string, len(all))
		for i, r := range all {
			calls[i] = r.Call
		}
		if texts, err = c.Transcribed(ctx, calls); err != nil {
			return nil, err
		}
	}
	rows := make([]recordingRow, len(all))
	for i, r := range all {
		rows[i] = c.rowOf(r, holds, may)
		rows[i].Silent = silentWords(pauses[r.SID])
		if c.Transcribed != nil {
			rows[i].Text = yesOrNo(texts[r.Call])
		}
	}
	return rows, nil
}

func yesOrNo(yes bool) string {
	if yes {
		return t("yesWord")
	}
	return t("noWord")
}

// moves tells whether a recording in this state is likely to be in another one soon.
func moves(s recordings.State) bool {
	return slices.Contains([]recordings.State{recordings.Running, recordings.Paused, recordings.Processing, recordings.Archiving,
		recordings.Archived, recordings.Deleting}, s)
}

// silentWords is how long a recording was paused in all.
func silentWords(pauses []Pause) string {
	var all time.Duration
	for _, p := range pauses {
		if !p.To.IsZero() {
			all += p.To.Sub(p.From)
		}
	}
	if len(pauses) == 0 {
		return ""
	}
	return duration(all)
}

// recordedOf are the newest recordings of a call, for its page.
func (c *Console) recordedOf(ctx context.Context, call string) ([]recordingRow, error) {
	if c.Recordings == nil {
		return nil, nil
	}
	page, err := c.Recordings.List(ctx, recordings.Query{Filter: recordings.Filter{Call: call}, Limit: 5})
	if err != nil {
		return nil, err
	}
	rows := make([]recordingRow, len(page.Recordings))
	for i, r := range page.Recordings {
		rows[i] = c.rowOf(r, nil, mayDo{})
	}
	return rows, nil
}

// standing is a recordings page's head: the rules, how things stand, and what somebody has to know.
type standing struct {
	recordings.Totals
	Rules   recordings.Policy
	Keep    string
	After   string
	Origins []recordings.Origin
	Year    bool
	Archive bool
	Week    int64 // Twilio deletes the only copy within a week
	Rest    int64 // within two months, but not within a week
	Swept   time.Time
}

func (c *Console) standing(ctx context.Context) (standing, error) {
	totals, err := c.Recordings.Totals(ctx)
	p := c.Recordings.Policy("", "")
	s := standing{Totals: totals, Rules: p, Keep: t("keepForever"), Year: c.Recordings.Year(), Archive: c.Recordings.HasArchive(),
		Week: totals.Cliff[7], Rest: totals.Cliff[60] - totals.Cliff[7]}
	if p.KeepFor > 0 {
		s.Keep = t("keepFor", "time", spanWords(p.KeepFor))
	}
	s.After = t("neverAtTwilio")
	if p.DeleteAtTwilio {
		s.After = t("deletedAtTwilio", "time", spanWords(p.DeleteAfter))
	}
	for _, o := range []recordings.Origin{p.KeepForAt, p.ArchiveAt, p.DeleteAfterAt, p.PauseAt, p.OnHoldAt} {
		if o.Rule != "" {
			s.Origins = append(s.Origins, o)
		}
	}
	if !totals.LastSweep.IsZero() {
		s.Swept = c.local(totals.LastSweep)
	}
	return s, err
}

// spanWords is a time such as rules name it.
func spanWords(d time.Duration) string {
	const long = 24 * time.Hour
	switch {
	case d == long:
		return t("oneDay")
	case d >= long && d%long == 0:
		return t("manyDays", "count", int64(d/long))
	}
	return d.String()
}

// recordingsPage lists recordings, newest first.
func (c *Console) recordingsPage(g *gin.Context) {
	ctx, may := g.Request.Context(), c.mayDo(g)
	page, err := c.findRecordings(g)
	var rows []recordingRow
	if err == nil {
		rows, err = c.rowsOfRecordings(ctx, page.Recordings, may)
	}
	var now standing
	if err == nil {
		now, err = c.standing(ctx)
	}
	var holds []recordings.Hold
	if err == nil && may.Audit {
		holds, err = c.Recordings.HoldsInForce(ctx)
	}
	if err != nil {
		c.sorry(g, err)
		return
	}
	query := g.Request.URL.Query()
	filtered := len(query) > 0
	next := ""
	if page.Next != "" {
		query.Set("after", page.Next)
		next = "/recordings?" + query.Encode()
	}
	const shown = 100
	c.render(g, http.StatusOK, "recordings", frame{Title: t("recordings"), Here: "recordings", Data: map[string]any{
		"Rows": rows, "Next": next, "Now": now, "May": may, "Holds": holds[:min(len(holds), shown)], "MoreHolds": max(0, len(holds)-shown),
		"Filtered": filtered, "Query": queryWords(g.Request.URL.Query()), "States": recordings.States(),
		"Pauses": c.Pauses != nil, "Texts": c.Transcribed != nil, "CSRF": c.csrfToken(g),
	}})
}

// queryWords are the first values of a query, for the form that it came from.
func queryWords(all url.Values) map[string]string {
	out := map[string]string{}
	for name := range all {
		out[name] = all.Get(name)
	}
	out["line"] = lineQuery(out["line"])
	return out
}

// receiptRow is a receipt on a page.
type receiptRow struct {
	recordings.Receipt
	When    time.Time
	Damaged bool
}

// recordingPage shows one recording: what there is of it, until when and why, and what was done with it.
func (c *Console) recordingPage(g *gin.Context) {
	ctx, may := g.Request.Context(), c.mayDo(g)
	d, err := c.detailOf(g, g.Param("sid"))
	var paid []payments.Payment
	if err == nil && may.Pay && d.rec.Call != "" {
		var page payments.Page
		page, err = c.Ledger.List(ctx, payments.Query{Filter: payments.Filter{Call: d.rec.Call}, Limit: 20})
		paid = page.Payments
	}
	if err != nil {
		c.sorry(g, err)
		return
	}
	row := c.rowOf(d.rec, d.holds, may)
	row.Silent = silentWords(d.pauses)
	receipts := make([]receiptRow, len(d.receipts))
	for i, r := range d.receipts {
		receipts[i] = receiptRow{Receipt: r, When: c.local(r.At), Damaged: r.N == 0}
	}
	word := ""
	if d.transcript != nil {
		word = yesOrNo(*d.transcript)
	}
	c.render(g, http.StatusOK, "recording", frame{Title: t("recording") + " " + shortSID(d.rec.SID), Here: "recordings", Live: moves(d.rec.State), Data: map[string]any{
		"Rec": row, "Strip": stripOf(d.rec, d.pauses, paid, c.Now()), "Pauses": c.pauseRows(d.pauses, d.rec), "Receipts": receipts, "May": may,
		"Copy": copyState(d.rec), "Transcript": word, "CSRF": c.csrfToken(g), "Archive": c.Recordings.HasArchive(),
	}})
}
