package rig_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/pgtest"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/internal/s3test"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/recordings/archive"
)

// madeRecording is a recording in the simulator's own log.
type madeRecording struct {
	SID       string     `json:"sid"`
	DeletedAt *time.Time `json:"deleted_at"`
	DeletedBy string     `json:"deleted_by"`
	FetchedAt *time.Time `json:"fetched_at"`
}

// madeRecordings is the whole of the simulator's log.
func madeRecordings(t *testing.T, sim string) (all []madeRecording) {
	t.Helper()
	for after := ""; ; after = all[len(all)-1].SID {
		var page struct {
			Recordings []madeRecording
			Total      int
		}
		resp, err := http.Get(sim + "/sim/v1/recordings?limit=1000&after=" + after)
		if err != nil {
			t.Fatal(err)
		}
		err = json.NewDecoder(resp.Body).Decode(&page)
		_ = resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Recordings...)
		if len(all) >= page.Total || len(page.Recordings) == 0 {
			return all
		}
	}
}

// control asks something of the simulator that is no part of Twilio's API.
func control(t *testing.T, method, url, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, url, resp.Status)
	}
}

// TestRecordingsSurvive copies recordings into a bucket whose writes fail, from a Twilio that loses a fifth of its
// callbacks, cuts downloads and fails deletions, with two workers of which one after the other is killed with SIGKILL
// every few seconds. Every recording is archived and verified once, and deleted at Twilio once its copy had been read
// back: by the simulator's log and the bucket's, which know nothing of ours.
func TestRecordingsSurvive(t *testing.T) {
	t.Parallel()
	bucket := s3test.Start(t)
	bucket.Set(s3test.Faults{PutFailPercent: 5, PutFailStatus: http.StatusForbidden, LoseAnswers: 1})
	dir := projectDir(t)
	setRule(t, dir, "delete_at_twilio_after: 7 days", "delete_at_twilio_after: 0 days")
	database := pgtest.Start(t)
	c := rig.StartParts(t, rig.Parts{
		Servers: 1, RedisURL: redistest.Real(t), DatabaseURL: database, Dir: dir,
		Serve: []string{"--with-worker=false"}, Env: append(bucket.Env(), "PAYDIAL_ARCHIVE_URL="+bucket.ArchiveURL("calls")),
	})
	control(t, http.MethodPut, c.SimURL+"/sim/v1/faults",
		`{"recordings":{"lose_percent":20,"media_fail_percent":2,"media_cut_percent":2,"delete_fail_percent":5}}`)
	control(t, http.MethodPost, c.SimURL+"/sim/v1/recordings", fmt.Sprintf(
		`{"count":%d,"seconds":2,"created":%q,"every":"10s","status_callback":%q}`,
		recordingsKept, time.Now().Add(-12*time.Hour).UTC().Format(time.RFC3339), c.AppURL+"/voice/recording?flow=pay-my-bill"))
	kills := killWorkers(t, c)
	all := madeRecordings(t, c.SimURL)
	if len(all) != recordingsKept {
		t.Fatalf("%d recordings were made, want %d", len(all), recordingsKept)
	}
	t.Logf("%d recordings, %d workers killed", len(all), kills)
	index := openIndex(t, database, bucket, "calls")
	checkCopies(t, index, bucket, all)
}

// setRule changes a line of a project on disk.
func setRule(t *testing.T, dir, from, to string) {
	t.Helper()
	path := filepath.Join(dir, "paydial.yaml")
	text, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(text, []byte(from)) {
		t.Fatalf("no %q in the project: %v", from, err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte(from), []byte(to), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

// killWorkers runs two workers, and kills one of them every few seconds, until all recordings are deleted at Twilio.
func killWorkers(t *testing.T, c *rig.Cluster) (kills int) {
	t.Helper()
	var workers [2]*rig.Process
	for i := range workers {
		env := append(append([]string{}, c.Env...), "PAYDIAL_SPOOL="+t.TempDir())
		workers[i] = rig.NewProcess(t, env, "worker", "--workers", "4", "--log-level", "error")
		workers[i].Start()
	}
	kill, look := time.NewTicker(2500*time.Millisecond), time.NewTicker(500*time.Millisecond)
	defer kill.Stop()
	defer look.Stop()
	for limit := time.After(4 * time.Minute); ; {
		select {
		case <-kill.C:
			w := workers[kills%2]
			w.Kill()
			w.Start()
			kills++
		case <-look.C:
			left := 0
			for _, r := range madeRecordings(t, c.SimURL) {
				if r.DeletedAt == nil {
					left++
				}
			}
			if left == 0 && kills >= 3 {
				return kills
			}
		case <-limit:
			t.Fatal("not all recordings were archived and deleted at Twilio within four minutes")
		}
	}
}

// fixedRules are the rules of a test that only reads.
type fixedRules struct{}

func (fixedRules) For(string, string) recordings.Policy { return recordings.Policy{Archive: true} }
func (fixedRules) Version() string                      { return "fixed" }

// openIndex opens the index of a database to read it.
func openIndex(t *testing.T, database string, bucket *s3test.Server, prefix string) *recordings.Recordings {
	t.Helper()
	for _, v := range bucket.Env() {
		name, value, _ := strings.Cut(v, "=")
		if err := os.Setenv(name, value); err != nil { // t.Setenv does not go with t.Parallel; these are the test's own
			t.Fatal(err)
		}
	}
	d, err := db.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	kept, err := archive.Open(bucket.ArchiveURL(prefix))
	if err != nil {
		t.Fatal(err)
	}
	index, err := recordings.New(t.Context(), recordings.Config{
		DB: d, Archive: kept, Policies: func() recordings.Policies { return fixedRules{} },
	})
	if err != nil {
		t.Fatal(err)
	}
	return index
}

// checkCopies compares the index with the logs of Twilio and of the bucket.
func checkCopies(t *testing.T, index *recordings.Recordings, bucket *s3test.Server, all []madeRecording) {
	t.Helper()
	type seen struct{ put, read time.Time }
	log := map[string]*seen{}
	for _, r := range bucket.Requests() {
		if r.Key == "" || r.Status >= 300 {
			continue
		}
		s := log[r.Key]
		if s == nil {
			s = &seen{}
			log[r.Key] = s
		}
		switch {
		case r.Method == http.MethodPut && r.Query == "":
			s.put = r.At
		case r.Method == http.MethodGet && r.Status != 0:
			s.read = r.At
		}
	}
	versions := bucket.Kept(t)
	copies := 0
	for _, r := range all {
		var rec recordings.Recording
		// The row is written behind the deletion, in two steps, and a worker may have been killed before either.
		eventually(t, "the index is done with "+r.SID, func() bool {
			var err error
			if rec, err = index.Get(t.Context(), r.SID); err != nil {
				t.Fatal(err)
			}
			return rec.Twilio == recordings.TwilioDeleted && rec.State != recordings.Deleting
		})
		if rec.State != recordings.Verified || rec.Flow != "pay-my-bill" && rec.Flow != "" || len(rec.Flags) != 0 {
			t.Errorf("%s: the index has %+v", r.SID, rec)
		}
		if r.FetchedAt == nil || r.DeletedBy != "rest" || r.FetchedAt.After(*r.DeletedAt) {
			t.Errorf("%s: deleted before it had been fetched: %+v", r.SID, r)
		}
		s := log["calls/"+rec.Key]
		if s == nil || s.put.IsZero() || s.read.Before(s.put) || !s.read.Before(*r.DeletedAt) {
			t.Errorf("%s: the copy %q was written and read %+v, deleted at Twilio %s", r.SID, rec.Key, s, r.DeletedAt)
		}
		copies += versions["calls/"+rec.Key]
		lines, err := index.Receipts(t.Context(), recordings.ReceiptQuery{Recording: r.SID})
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) != 2 || lines[0].Kind != recordings.KindArchived || lines[1].Kind != recordings.KindDeletedAtTwilio {
			t.Errorf("%s: receipts %+v", r.SID, lines)
		}
	}
	t.Logf("%d versions of %d copies", copies, len(all))
	report, err := index.Verify(t.Context(), recordings.VerifyOptions{}, nil)
	if err != nil || !report.OK() || report.Copies != int64(len(all)) || report.Head.Lines != int64(2*len(all)) {
		t.Errorf("verify: %+v, %v", report, err)
	}
}
