package transcripts

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/recordings/redact"
)

// line is a line as it is kept.
type line struct {
	lineKey
	at         time.Time
	language   string
	confidence int // thousandths
	text       string
	kinds      string
}

const lineColumns = "part, track, seq, at, language, confidence, text, kinds"

// round looks at the lines of a call anew: what is masked in them, what is still held, and what can be written out.
type round struct {
	call  string
	rules redact.Rules
	now   time.Time
	held  map[lineKey]heldLine
	fresh *line // to be added; nil for none

	added  bool
	masked []redact.Kind
}

// run does it, and gives what is to be held from now on.
func (r *round) run(ctx context.Context, tx *db.Tx) (map[lineKey]heldLine, error) {
	stored, err := r.read(ctx, tx)
	if err != nil {
		return nil, err
	}
	if r.fresh != nil && slices.ContainsFunc(stored, func(l line) bool { return l.lineKey == r.fresh.lineKey }) {
		r.fresh = nil // it came before
	}
	lines := slices.Clone(stored)
	said := map[lineKey]bool{} // lines whose words as they were said are known
	for i, l := range lines {
		if h, ok := r.held[l.lineKey]; ok && h.stored == l.text { // another process has not changed it
			lines[i].text, said[l.lineKey] = h.said, true
		}
	}
	if r.fresh != nil {
		lines, stored, said[r.fresh.lineKey], r.added = append(lines, *r.fresh), append(stored, line{lineKey: r.fresh.lineKey}), true, true
	}
	order := r.order(lines)
	input := make([]redact.Line, len(order))
	for k, i := range order {
		l := lines[i]
		input[k] = redact.Line{Track: l.track, At: l.at, Language: l.language, Text: l.text}
	}
	keep := map[lineKey]heldLine{}
	for k, got := range redact.Lines(input, r.rules) {
		l, before := lines[order[k]], stored[order[k]]
		raw := l.text
		l.text, l.kinds = got.Text, r.kinds(before, got.Kinds, said[l.lineKey])
		if said[l.lineKey] {
			if due := r.due(l, got.Settled); due.After(r.now) && got.Held != raw {
				l.text = got.Held
				keep[l.lineKey] = heldLine{said: raw, stored: got.Held, due: due}
			}
		}
		if err := r.write(ctx, tx, l, before); err != nil {
			return nil, err
		}
	}
	r.others(keep, lines)
	return keep, r.count(ctx, tx)
}

// read gives the stored lines near the fresh one, or the last ones.
func (r *round) read(ctx context.Context, tx *db.Tx) ([]line, error) {
	const query = "SELECT " + lineColumns + " FROM transcript_lines WHERE call = ?"
	if r.fresh == nil {
		return db.Select(ctx, tx, scanLine, query+" ORDER BY at DESC LIMIT ?", r.call, mostLines)
	}
	at := r.fresh.at
	before, err := db.Select(ctx, tx, scanLine, query+" AND at BETWEEN ? AND ? ORDER BY at DESC LIMIT ?", r.call, db.Millis(at.Add(-span)), db.Millis(at), mostLines)
	if err != nil {
		return nil, err
	}
	behind, err := db.Select(ctx, tx, scanLine, query+" AND at > ? AND at <= ? ORDER BY at LIMIT ?", r.call, db.Millis(at), db.Millis(at.Add(span)), mostLines)
	return append(before, behind...), err
}

// order is how lines are read: by time, and those of one moment as Twilio counted them.
func (r *round) order(lines []line) []int {
	order := make([]int, len(lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareLines(lines[a], lines[b]) })
	return order
}

func compareLines(a, b line) int {
	if c := a.at.Compare(b.at); c != 0 {
		return c
	}
	if a.seq != b.seq {
		return a.seq - b.seq
	}
	return strings.Compare(a.part+a.track, b.part+b.track)
}

// due is when a line is settled by our own clock, counted from when lines came: they may be late, and others that belong
// to them later. settled is by Twilio's clock; where the fresh line goes on what l began, l waits as long as it.
func (r *round) due(l line, settled time.Time) time.Time {
	if r.fresh != nil && (l.lineKey == r.fresh.lineKey || !settled.Before(r.fresh.at.Add(redact.Window))) {
		return r.now.Add(redact.Window)
	}
	return r.held[l.lineKey].due
}

// kinds are a line's kinds as they are kept; what is new among them is remembered.
func (r *round) kinds(before line, got []redact.Kind, said bool) string {
	old := split(before.kinds)
	all := got
	if !said {
		all = append(slices.Clone(old), got...)
	}
	if n := len(all) - len(old); n > 0 {
		r.masked = append(r.masked, all[len(all)-n:]...)
	}
	words := make([]string, len(all))
	for i, k := range all {
		words[i] = string(k)
	}
	return strings.Join(words, ",")
}

func split(kinds string) []redact.Kind {
	var out []redact.Kind
	for _, k := range strings.Split(kinds, ",") {
		if k != "" {
			out = append(out, redact.Kind(k))
		}
	}
	return out
}

// write stores a line where it changed.
func (r *round) write(ctx context.Context, tx *db.Tx, l, before line) error {
	if r.fresh != nil && l.lineKey == r.fresh.lineKey {
		_, err := tx.Exec(ctx, "INSERT INTO transcript_lines (call, "+lineColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			r.call, l.part, l.track, l.seq, db.Millis(l.at), l.language, l.confidence, l.text, l.kinds)
		return err
	}
	if l.text == before.text && l.kinds == before.kinds {
		return nil
	}
	_, err := tx.Exec(ctx, "UPDATE transcript_lines SET text = ?, kinds = ? WHERE part = ? AND track = ? AND seq = ?",
		l.text, l.kinds, l.part, l.track, l.seq)
	return err
}

// others keeps what is held of lines that were not looked at.
func (r *round) others(keep map[lineKey]heldLine, seen []line) {
	for key, h := range r.held {
		if !slices.ContainsFunc(seen, func(l line) bool { return l.lineKey == key }) && h.due.After(r.now) {
			keep[key] = h
		}
	}
}

// count brings the figures of the call up to its lines.
func (r *round) count(ctx context.Context, tx *db.Tx) error {
	found, err := db.Select(ctx, tx, db.Word, "SELECT kinds FROM transcript_lines WHERE call = ? AND kinds <> ''", r.call)
	if err != nil {
		return err
	}
	masked, cards := 0, 0
	for _, kinds := range found {
		for _, k := range split(kinds) {
			masked++
			if k == redact.Card {
				cards++
			}
		}
	}
	_, err = tx.Exec(ctx, `UPDATE transcripts SET masked = ?, cards = ?, lines = (SELECT COUNT(*) FROM transcript_lines l WHERE l.call = ?)
		WHERE call = ?`, masked, cards, r.call, r.call)
	return err
}
