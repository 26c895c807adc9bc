//go:build !nosimulator

package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/examples"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
)

// keeping is everything on this machine, with a database and an archive that a test can reach into.
type keeping struct {
	*local.Local
	database, archive string
}

func startKeeping(t *testing.T) keeping {
	t.Helper()
	bundle, err := flows.ReadBundle(examples.BillPayment())
	if err != nil {
		t.Fatal(err)
	}
	services := map[string]string{}
	besideSimulator(bundle, services)
	dir := t.TempDir()
	k := keeping{database: "sqlite:" + filepath.Join(dir, "paydial.db"), archive: filepath.Join(dir, "archive")}
	k.Local, _, err = local.Start(t.Context(), local.Options{Bundle: bundle, Services: services, DatabaseURL: k.database, ArchiveURL: "file:" + k.archive})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

// rec runs `paydial recordings` against it.
func (k keeping) rec(t *testing.T, args ...string) result {
	t.Helper()
	return paydial(t, nil, append(append([]string{"recordings"}, args...), "--app", k.AppURL)...)
}

// paidCall rings, pays, and waits until the recording of the call was read back from the archive.
func (k keeping) paidCall(t *testing.T) recordingRow {
	t.Helper()
	paydial(t, nil, "call", "--app", k.AppURL, "--simulator", k.SimURL, "--press", "1,12345678,1", "--card", "visa").want(t, 0, "paid 84.20 usd")
	return k.verified(t, 1)[0]
}

// verified waits until so many recordings were read back.
func (k keeping) verified(t *testing.T, n int) (rows []recordingRow) {
	t.Helper()
	k.until(t, func() bool {
		rows = k.rows(t, "--state", "verified")
		return len(rows) >= n
	})
	return rows
}

// swept waits until the worker's first sweep is over: two at once are not possible.
func (k keeping) swept(t *testing.T) {
	t.Helper()
	k.until(t, func() bool {
		var now totals
		r := k.rec(t, "totals", "--json")
		return json.Unmarshal([]byte(r.out), &now) == nil && !now.LastWhole.IsZero()
	})
}

// until asks again until it is so.
func (k keeping) until(t *testing.T, so func() bool) {
	t.Helper()
	limit, again := time.After(patience), time.NewTicker(100*time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-limit:
			t.Fatalf("it did not come within %s", patience)
		case <-again.C:
		}
	}
}

func (k keeping) rows(t *testing.T, args ...string) []recordingRow {
	t.Helper()
	r := k.rec(t, append([]string{"list", "--json"}, args...)...)
	r.want(t, 0)
	var rows []recordingRow
	if err := json.Unmarshal([]byte(r.out), &rows); err != nil {
		t.Fatalf("%v: %s", err, r.out)
	}
	return rows
}

// make makes finished recordings at the simulator, of which nobody tells the app.
func (k keeping) make(t *testing.T, body string) {
	t.Helper()
	resp, err := http.Post(k.SimURL+"/sim/v1/recordings", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("make recordings: %d", resp.StatusCode)
	}
}

// TestRecordingsFromTheTerminal follows a paid call's recording from the archive to an export that checks itself.
func TestRecordingsFromTheTerminal(t *testing.T) {
	t.Parallel()
	k := startKeeping(t)
	row := k.paidCall(t)
	k.rec(t, "list").want(t, 0, "our copy", row.SID, "verified", "until "+shortDay(row.AtTwilio.DeleteAt))
	k.rec(t, "list", "--flow", "none").want(t, 0, "no recordings")
	k.rec(t, "show", row.SID).want(t, 0, row.Call, "on +1 555 010 0000, flow", row.InArchive.SHA256, "2 channels", "our copy was verified on", "delete_at_twilio_after: 7 days", "copied into the archive")
	k.rec(t, "why", row.SID).want(t, 0, "why kept", "keep_for: 90 days", "why at Twilio", "7 days", "Twilio's year")
	k.rec(t, "receipt", row.SID).want(t, 0, "copied into the archive", "by  worker", row.InArchive.SHA256)
	k.rec(t, "totals").want(t, 0, "our copies  1, ", "states  1 verified")

	dir := filepath.Join(t.TempDir(), "export")
	k.rec(t, "export", "--call", row.Call, "-o", dir).want(t, 0, "1 recording in", "1 fetched, 0 there already, 0 without a copy", "1 receipt, none was changed")
	k.rec(t, "export", "--call", row.Call, "-o", dir).want(t, 0, "0 fetched, 1 there already")
	line, err := os.ReadFile(filepath.Join(dir, receiptsFile))
	if err != nil {
		t.Fatal(err)
	}
	if r := k.rec(t, "receipt", row.SID, "--json"); r.out != string(line) {
		t.Errorf("the receipt is not the line of the export:\n%s\n%s", r.out, line)
	}
	wav := filepath.Join(t.TempDir(), "one.wav")
	k.rec(t, "download", row.SID, "-o", wav).want(t, 0, row.InArchive.SHA256)
	sound, err := os.ReadFile(wav)
	if err != nil || int64(len(sound)) != row.InArchive.Bytes || !bytes.HasPrefix(sound, []byte("RIFF")) {
		t.Errorf("%d bytes, %v", len(sound), err)
	}
	if r := k.rec(t, "download", row.SID, "-o", "-"); r.out != string(sound) {
		t.Errorf("standard output has %d bytes, not the same", len(r.out))
	}
	k.rec(t, "verify").want(t, 0, "1 receipt, none was changed", "copies: 1 read back", "1 as stored")
	k.rec(t, "verify", "--receipts-only").want(t, 0, "1 receipt, none was changed")
	k.rec(t, "verify", "--recording", row.SID, "--against", filepath.Join(dir, receiptsFile)).want(t, 0, "they begin with those of")
	nowhere := []string{"--app", "http://127.0.0.1:1"}
	paydial(t, nil, append([]string{"recordings", "verify", dir}, nowhere...)...).want(t, 0, "1 receipt, none was changed", "1 recording, ")
	paydial(t, nil, append([]string{"recordings", "verify", filepath.Join(dir, receiptsFile), "--json"}, nowhere...)...).want(t, 0, `"lines": 1`)
	paydialWith(t, bytes.NewReader(line), nil, "recordings", "verify", "-").want(t, 0, "1 receipt, none was changed")
}

// TestExportGoesOn fetches again what is not right, and only that.
func TestExportGoesOn(t *testing.T) {
	t.Parallel()
	k := startKeeping(t)
	k.swept(t)
	k.make(t, `{"count":3,"seconds":1}`)
	k.rec(t, "sweep").want(t, 0, "3 added to the index")
	rows := k.verified(t, 3)
	dir := filepath.Join(t.TempDir(), "export")
	k.rec(t, "export", "--all", "-o", dir).want(t, 0, "3 fetched")
	first := filepath.Join(dir, rows[0].SID+".wav")
	flip(t, first, 100)
	if err := os.Remove(filepath.Join(dir, rows[1].SID+".wav")); err != nil {
		t.Fatal(err)
	}
	paydial(t, nil, "recordings", "verify", dir).want(t, exitFailed, rows[0].SID+".wav: it is not as receipt", rows[1].SID+".wav: the index names it, and it is not there")
	k.rec(t, "export", "--all", "-o", dir, "--json").want(t, 0, `"already_there": 1`, `"fetched": 2`)
	paydial(t, nil, "recordings", "verify", dir).want(t, 0, "3 recordings, ")
	if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// flip changes one byte of a file.
func flip(t *testing.T, path string, at int) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[at] ^= 1
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestVerifyFindsOneByte changes one byte of an export, of the archive and of the database.
func TestVerifyFindsOneByte(t *testing.T) {
	t.Parallel()
	k := startKeeping(t)
	row := k.paidCall(t)
	k.rec(t, "hold", row.Call, "--because", "a second receipt").want(t, 0)
	dir := filepath.Join(t.TempDir(), "export")
	k.rec(t, "export", "--all", "-o", dir).want(t, 0, "2 receipts")
	kept := filepath.Join(t.TempDir(), "kept.jsonl")
	raw, err := os.ReadFile(filepath.Join(dir, receiptsFile))
	if err != nil {
		t.Fatal(err)
	}
	write(t, kept, string(raw))

	file := filepath.Join(dir, receiptsFile)
	flip(t, file, bytes.IndexByte(raw, '\n')+40)
	k.rec(t, "verify", file).want(t, exitFailed, "the receipts were changed: line 2 is not as it was written", "1 line before it hold")
	k.rec(t, "verify", "--against", file).want(t, exitFailed, "line 2")

	flip(t, filepath.Join(k.archive, filepath.FromSlash(row.InArchive.Key)), 1000)
	k.rec(t, "verify", "--recording", row.SID).want(t, exitFailed, "2 receipts, none was changed", "0 as stored", "damaged", row.SID)

	d, err := db.Open(t.Context(), k.database)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Exec(t.Context(), "DROP TRIGGER recording_receipts_no_update"); err != nil { // who writes the database can do that
		t.Fatal(err)
	}
	if _, err := d.Exec(t.Context(), "UPDATE recording_receipts SET line = replace(line, '\"by\":\"worker\"', '\"by\":\"workes\"') WHERE n = 1"); err != nil {
		t.Fatal(err)
	}
	k.rec(t, "verify", "--receipts-only").want(t, exitFailed, "line 1 is not as it was written")
	k.rec(t, "receipt", row.SID).want(t, exitFailed, "THIS LINE IS NOT AS IT WAS WRITTEN")
	k.rec(t, "show", row.SID).want(t, 0, "a line that is not as it was written")
	k.rec(t, "export", "--all", "-o", filepath.Join(t.TempDir(), "x")).want(t, exitFailed, "line 1 is not as it was written")
	paydial(t, nil, "recordings", "verify", kept).want(t, 0, "2 receipts, none was changed")
}

// TestVerifyAgainstFindsANewChain writes the receipts anew as a whole, which holds by itself.
func TestVerifyAgainstFindsANewChain(t *testing.T) {
	t.Parallel()
	old, now := startKeeping(t), startKeeping(t)
	for _, k := range []keeping{old, now} {
		k.paidCall(t)
	}
	dir := filepath.Join(t.TempDir(), "old")
	old.rec(t, "export", "--all", "-o", dir).want(t, 0)
	now.rec(t, "verify").want(t, 0)
	now.rec(t, "verify", "--against", filepath.Join(dir, receiptsFile)).want(t, exitFailed, "the receipts were changed", "than in the earlier export")
}

// TestHoldAndRelease holds a call's recordings, and says who did it and why.
func TestHoldAndRelease(t *testing.T) {
	t.Parallel()
	k := startKeeping(t)
	row := k.paidCall(t)
	k.rec(t, "holds").want(t, 0, "nothing is held")
	r := k.rec(t, "hold", row.Call, "--because", "complaint 4711")
	r.want(t, 0, "holds call "+row.Call, "1 recording there now")
	id := strings.Fields(r.out)[0]
	k.rec(t, "holds").want(t, 0, id, "complaint 4711")
	k.rec(t, "list", "--held").want(t, 0, row.SID, "held")
	k.rec(t, "show", row.SID).want(t, 0, "state  held", id+" by api", "complaint 4711")
	k.rec(t, "why", row.SID).want(t, 0, "2027; a", "for call")
	k.rec(t, "release", id, "--because", "settled").want(t, 0, id+"  released")
	k.rec(t, "holds").want(t, 0, "nothing is held")
	k.rec(t, "holds", "--released").want(t, 0, id, "released", "settled")
	k.rec(t, "release", id, "--because", "settled").want(t, exitConflict, "released already", "recordings holds --released")
	k.rec(t, "release", "hold_nosuch", "--because", "x").want(t, exitNotFound, "recordings holds")
	k.rec(t, "release", "x", "--because", "x").want(t, exitUsage, "is no hold")
	k.rec(t, "release", id).want(t, exitUsage, "--because")
	k.rec(t, "hold", row.Call).want(t, exitUsage, "--because")
	k.rec(t, "hold", "--because", "x").want(t, exitUsage, "Name a call, a recording, --line")
	k.rec(t, "hold", "x", "--because", "x").want(t, exitUsage, "neither a call")
	k.rec(t, "hold", "--line", "+15550100000", "--since", "2026-03-02", "--until", "2026-03-01", "--because", "x").want(t, exitUsage, "until is after since")
	k.rec(t, "hold", "--line", "+15550100000", "--since", "2020-01-01", "--because", "audit", "--json").want(t, 0, `"kept": 1`)
}

// TestSweepDryRunChangesNothing finds recordings that nobody told of, and leaves them.
func TestSweepDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	k := startKeeping(t)
	k.paidCall(t)
	k.swept(t)
	k.make(t, `{"count":3,"seconds":1}`)
	before := k.rec(t, "totals", "--json").out
	r := k.rec(t, "sweep", "--dry-run")
	r.want(t, 0, "add  RE", "4 recordings of Twilio's compared", "3 to be added to the index", "nothing was changed")
	if now := k.rec(t, "totals", "--json").out; now != before {
		t.Errorf("a dry run changed the totals from\n%s to\n%s", before, now)
	}
	if rows := k.rows(t); len(rows) != 1 {
		t.Errorf("%d recordings, want 1", len(rows))
	}
	k.rec(t, "sweep").want(t, 0, "3 added to the index")
	k.verified(t, 4)
	k.rec(t, "sweep", "--newest", "--json").want(t, 0, `"line": "report"`)
}

// TestRecordingsRefuse asks for what is not there, or in a way that is not meant.
func TestRecordingsRefuse(t *testing.T) {
	t.Parallel()
	k := startKeeping(t)
	for _, what := range []string{"show", "why", "receipt", "download"} {
		k.rec(t, what, "CA123").want(t, exitUsage, "is no recording")
	}
	for _, what := range []string{"show", "why", "download"} {
		k.rec(t, what, "REffffffffffffffffffffffffffffffff").want(t, exitNotFound, "No such recording", "recordings sweep")
	}
	k.rec(t, "download", "REffffffffffffffffffffffffffffffff", "-o", "-").want(t, exitNotFound)
	k.rec(t, "receipt", "REffffffffffffffffffffffffffffffff").want(t, exitNotFound, "no receipt of")
	k.rec(t, "list", "--state", "odd").want(t, exitUsage, "verified")
	k.rec(t, "list", "--since", "soon").want(t, exitUsage, "since is a time like")
	k.rec(t, "list", "--limit", "0").want(t, exitUsage, "--limit")
	k.rec(t, "export", "--all").want(t, exitUsage, "-o FOLDER")
	k.rec(t, "export", "-o", t.TempDir()).want(t, exitUsage, "say which")
	k.rec(t, "verify", "--recording", "x").want(t, exitUsage, "is no recording")
	k.rec(t, "verify", filepath.Join(t.TempDir(), "none.jsonl")).want(t, exitNotFound)
	k.rec(t, "verify", "x.jsonl", "--receipts-only").want(t, exitUsage, "by itself")
	k.rec(t, "verify").want(t, 0, "no receipts yet")
	empty := filepath.Join(t.TempDir(), "empty.jsonl")
	write(t, empty, "")
	k.rec(t, "verify", "--against", empty).want(t, exitUsage, "no receipts in it")
	paydial(t, nil, "recordings", "verify", "-").want(t, exitUsage, "standard input")
	paydial(t, env{"PAYDIAL_API_TOKEN": "wrong"}, "recordings", "list", "--app", k.AppURL).want(t, exitRefused, "PAYDIAL_API_TOKEN")
	for _, args := range [][]string{{"list"}, {"verify"}, {"sweep"}, {"hold", "CA1", "--because", "x"}, {"export", "--all", "-o", t.TempDir()}} {
		paydial(t, nil, append([]string{"recordings", "--app", "http://127.0.0.1:1"}, args...)...).want(t, exitUnreachable, "does not answer")
	}
}
