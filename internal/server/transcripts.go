package server

import (
	"context"
	"slices"

	"github.com/paydial/paydial/recordings/redact"
	"github.com/paydial/paydial/recordings/transcripts"
)

// openTranscripts opens what keeps the words of calls.
func (a *App) openTranscripts(ctx context.Context) (err error) {
	a.Transcripts, err = transcripts.New(ctx, transcripts.Config{
		DB: a.db, Rules: a.transcriptRules, Audit: a.Audit, Log: a.cfg.Log, Now: a.cfg.Now,
	})
	return err
}

// transcriptRules are the project's rules for the transcripts of a flow, as they are now.
func (a *App) transcriptRules(flow string) transcripts.Rules {
	rules := a.Projects.Current().TranscriptRulesFor(flow)
	masks := func(kind string) bool { return slices.Contains(rules.Redact.Value, kind) }
	return transcripts.Rules{
		Redact: redact.Rules{
			Cards: masks("cards"), Codes: masks("codes"), Bank: masks("bank"), IDs: masks("ids"), AllNumbers: masks("all_numbers"),
		},
		KeepFor: rules.KeepFor.Value, KeepForAt: origin(rules.KeepFor),
	}
}
