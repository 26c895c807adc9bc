package main

import (
	"strings"
	"testing"
)

// TestWorker starts a worker beside nothing else, and stops it.
func TestWorker(t *testing.T) {
	t.Parallel()
	e := serveEnv(t)
	w := start(t, e, "worker", "--workers", "2")
	if code := w.stop(); code != 0 || !strings.Contains(w.err.text(), "msg=stopped") {
		t.Errorf("exit code %d:\n%s", code, w.err.text())
	}
	paydial(t, e, "worker", "--workers", "0").want(t, exitUsage, "--workers 0: 1 to 100 are meant")
	paydial(t, nil, "worker").want(t, exitUsage, "PAYDIAL_REDIS_URL")
	paydial(t, e.with("PAYDIAL_ARCHIVE_URL", "ftp://somewhere"), "worker").want(t, exitUsage, "PAYDIAL_ARCHIVE_URL", "s3://bucket/prefix is meant")
}
