package recordings

import (
	"context"
	"embed"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/twilio"
)

//go:embed migrations
var migrations embed.FS

// Recordings is the index.
type Recordings struct{ *Pauses }

// Open opens it.
func Open(ctx context.Context, cfg PausesConfig) (*Recordings, error) {
	if err := db.Migrate(ctx, cfg.DB, "recordings", migrations); err != nil {
		return nil, err
	}
	return &Recordings{NewPauses(cfg)}, nil
}

// Hear takes a status callback.
func (r *Recordings) Hear(context.Context, twilio.RecordingStatus, CallFacts) error { return nil }
