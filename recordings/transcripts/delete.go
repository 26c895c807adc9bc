package transcripts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/recordings"
)

// deleteAction is the audit log's word for a deletion.
const deleteAction = "transcript.delete"

// Deletion is who deletes a transcript, and why.
type Deletion struct {
	Call   string
	Who    string // id of the person
	Role   string
	Via    string // a way of package audit
	Reason string
}

// Delete deletes the transcript of a call for good: its lines are taken out, and nothing that comes later is kept. A
// line in the audit log is written before. The errors are ErrNotFound and failures of the database.
func (s *Store) Delete(ctx context.Context, d Deletion) error {
	if _, err := s.scanSummary(s.db.QueryRow(ctx, "SELECT "+summaryColumns+" FROM transcripts WHERE call = ? AND deleted_at = 0", d.Call)); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = ErrNotFound
		}
		return fmt.Errorf("delete transcript of call %.40s: %w", redactedID(d.Call), err)
	}
	if err := s.remove(ctx, d); err != nil {
		return fmt.Errorf("delete transcript of call %s: %w", d.Call, err)
	}
	return nil
}

func (s *Store) remove(ctx context.Context, d Deletion) error {
	if s.cfg.Audit != nil {
		err := s.cfg.Audit.Write(ctx, audit.Entry{
			Who: d.Who, Role: d.Role, Via: d.Via, Action: deleteAction, Call: d.Call, Result: "ok", Detail: d.Reason,
		})
		if err != nil {
			return err
		}
	}
	defer s.turn(d.Call)()
	s.hold(d.Call, nil)
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		for _, query := range []string{"DELETE FROM transcript_lines WHERE call = ?", "DELETE FROM transcript_parts WHERE call = ?"} {
			if _, err := tx.Exec(ctx, query, d.Call); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, "UPDATE transcripts SET deleted_at = ?, lines = 0, masked = 0, cards = 0, trouble = '' WHERE call = ?",
			max(db.Millis(s.now()), 1), d.Call)
		return err
	})
}

// SweepReport is what Sweep did.
type SweepReport struct {
	Deleted int
}

// sweepAtOnce is how many transcripts one Sweep deletes for each flow: the next one goes on.
const sweepAtOnce = 500

// Sweep deletes the transcripts that the rules, as they are now, keep no longer. The error is what went wrong with any
// of them; the others are deleted.
func (s *Store) Sweep(ctx context.Context) (SweepReport, error) {
	var report SweepReport
	flows, err := db.Select(ctx, s.db, db.Word, "SELECT DISTINCT flow FROM transcripts WHERE deleted_at = 0")
	if err != nil {
		return report, fmt.Errorf("sweep transcripts: %w", err)
	}
	var errs []error
	for _, flow := range flows {
		rules := s.cfg.Rules(flow)
		if rules.KeepFor <= 0 {
			continue
		}
		calls, err := db.Select(ctx, s.db, db.Word, "SELECT call FROM transcripts WHERE deleted_at = 0 AND flow = ? AND began_at <= ? ORDER BY began_at LIMIT ?",
			flow, db.Millis(s.now().Add(-rules.KeepFor)), sweepAtOnce)
		errs = append(errs, err)
		for _, call := range calls {
			if err := s.remove(ctx, Deletion{Call: call, Via: audit.ViaWorker, Reason: because(rules)}); err != nil {
				errs = append(errs, fmt.Errorf("call %s: %w", call, err))
				continue
			}
			report.Deleted++
		}
	}
	if err := errors.Join(errs...); err != nil {
		return report, fmt.Errorf("sweep transcripts: %w", err)
	}
	return report, nil
}

// because names the rule for a deletion.
func because(r Rules) string {
	at := r.KeepForAt
	text := at.Text
	if text == "" {
		text = "keep_for: " + r.KeepFor.String()
	}
	return text + " (" + Where(at) + ")"
}

// Where says where a rule stands: paydial.yaml:12.
func Where(at recordings.Origin) string {
	switch {
	case at.File == "":
		return "built in"
	case at.Line == 0:
		return at.File
	}
	return fmt.Sprintf("%s:%d", at.File, at.Line)
}
