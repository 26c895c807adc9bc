package ivr

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/sessions"
)

// pinEvery is how often the current bundle's life in Redis is renewed; far below the pin's own TTL.
const pinEvery = time.Hour

// Projects holds the flows that new calls begin with, and finds the version a running call began with: in
// this process, else in Redis, where the process that began the call has pinned it.
type Projects struct {
	store   *sessions.Store
	log     *slog.Logger
	now     func() time.Time
	current atomic.Pointer[version]

	mu    sync.Mutex
	known map[string]*version
}

// version is one compiled project and its source.
type version struct {
	project *flows.Project
	bundle  []byte
	pinned  atomic.Int64 // unix seconds of the last pin
}

// NewProjects returns a holder without a project; Use gives it one.
func NewProjects(store *sessions.Store, log *slog.Logger, now func() time.Time) *Projects {
	return &Projects{store: store, log: log, now: now, known: map[string]*version{}}
}

// Use makes project the one that new calls begin with. Calls under way stay on theirs.
func (p *Projects) Use(project *flows.Project, bundle flows.Bundle) error {
	raw, err := json.Marshal(bundle)
	if err != nil {
		return fmt.Errorf("encode bundle %s: %w", project.Hash, err)
	}
	v := &version{project: project, bundle: raw}
	p.mu.Lock()
	p.known[project.Hash] = v
	p.mu.Unlock()
	p.current.Store(v)
	return nil
}

// Current is the project that new calls begin with; nil before the first Use.
func (p *Projects) Current() *flows.Project {
	if v := p.current.Load(); v != nil {
		return v.project
	}
	return nil
}

// Begin returns the current project and pins its version, so that any instance can answer the call's turns.
func (p *Projects) Begin(ctx context.Context) (*flows.Project, error) {
	v := p.current.Load()
	if v == nil {
		return nil, fmt.Errorf("no project is loaded")
	}
	now := p.now().Unix()
	if last := v.pinned.Load(); now-last >= int64(pinEvery/time.Second) {
		if err := p.store.PinBundle(ctx, v.project.Hash, v.bundle); err != nil {
			return nil, fmt.Errorf("pin flow version %.8s: %w", v.project.Hash, err)
		}
		v.pinned.Store(now)
	}
	return v.project, nil
}

// Find returns the project of a version that a call began with.
func (p *Projects) Find(ctx context.Context, hash string) (*flows.Project, error) {
	p.mu.Lock()
	v := p.known[hash]
	p.mu.Unlock()
	if v != nil {
		return v.project, nil
	}
	raw, err := p.store.Bundle(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("find flow version %.8s: %w", hash, err)
	}
	var bundle flows.Bundle
	if err := json.Unmarshal(raw, &bundle); err != nil {
		return nil, fmt.Errorf("decode flow version %.8s: %w", hash, err)
	}
	project, findings := flows.Load(bundle)
	if findings.Errors() {
		return nil, fmt.Errorf("flow version %.8s no longer loads: %d findings", hash, len(findings))
	}
	p.log.Info("flow version loaded", "version", hash[:8])
	p.mu.Lock()
	p.known[hash] = &version{project: project, bundle: raw}
	p.mu.Unlock()
	return project, nil
}
