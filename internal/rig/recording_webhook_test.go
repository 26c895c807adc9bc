package rig_test

import (
	"strings"
	"testing"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/recordings"
)

// TestRecordingStatus hears of a recording whose call nobody knows any more: its facts come in the signed address. What
// cannot be kept is to be sent again, and what cannot be understood is not.
func TestRecordingStatus(t *testing.T) {
	t.Parallel()
	database := "sqlite:" + t.TempDir() + "/paydial.db"
	r := rig.Start(t, local.Options{DatabaseURL: database})
	const path = "/voice/recording?class=complaints&flow=pay-my-bill&line=%2B15550100000"
	call, sid := "CA"+strings.Repeat("7", 32), "RE"+strings.Repeat("7", 32)
	status := func(pairs ...string) int {
		return r.Webhook(path, rig.Form(call, append([]string{"RecordingSid", sid}, pairs...)...)).Status
	}
	if got := status("RecordingStatus", "in-progress", "RecordingStartTime", "Mon, 02 Mar 2026 09:00:00 +0000"); got != 204 {
		t.Errorf("in-progress: %d", got)
	}
	rec, err := r.Local.App.Recordings.Get(t.Context(), sid)
	if err != nil || rec.Flow != "pay-my-bill" || rec.Line != rig.Line || rec.Class != "complaints" || rec.Call != call || rec.State != recordings.Running {
		t.Errorf("got %+v, %v", rec, err)
	}
	if got := status("RecordingStatus", "absent", "ErrorCode", "16102"); got != 204 {
		t.Errorf("absent: %d", got)
	}
	if got := status("RecordingDuration", "x"); got != 204 {
		t.Errorf("a malformed one: %d", got)
	}
	forged := rig.Form(call, "RecordingSid", sid, "RecordingStatus", "completed")
	if got := r.Post("/voice/recording?flow=another", forged.Encode(), r.Sign(local.AuthToken, path, forged)).Status; got != 403 {
		t.Errorf("another flow in the address: %d", got)
	}
	d, err := db.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Exec(t.Context(), "ALTER TABLE recordings RENAME TO gone"); err != nil {
		t.Fatal(err)
	}
	if got := status("RecordingStatus", "completed", "RecordingDuration", "9"); got != 503 {
		t.Errorf("while it cannot be kept: %d", got)
	}
}
