package server

import (
	"context"

	"github.com/paydial/paydial/recordings/transcripts"
)

// openTranscripts opens what keeps the words of calls.
func (a *App) openTranscripts(ctx context.Context) (err error) {
	a.Transcripts, err = transcripts.New(ctx, transcripts.Config{DB: a.db, Audit: a.Audit, Log: a.cfg.Log, Now: a.cfg.Now})
	return err
}
