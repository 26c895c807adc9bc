package console_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/console"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/recordings"
)

// fill puts so many recordings into the index in one statement, one a minute, back from noon. Every tenth is held or
// flagged, every seventh is of another flow.
func (k *kept) fill(tb testing.TB, n int) {
	tb.Helper()
	const minute = 60_000
	_, err := k.db.Exec(tb.Context(), `WITH RECURSIVE nth(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM nth WHERE i < ?)
		INSERT INTO recordings (sid, account, call, flow, line, class, source, channels, state, twilio, started_at, created_at, duration_ms,
			archive_key, bytes, sha256, archived_at, verified_at, twilio_deleted_at, archive_deleted_at, keep_until, delete_at_twilio, expires_at,
			held, flags, not_paused, warned, tries, trouble, dated, claim, claimed_until, retry_at, due_at, next_delete, cliff_at, deleting, acted,
			checked, copies, differs)
		SELECT printf('RE%032x', i), 'AC1', printf('CA%032x', i / 2), CASE WHEN i % 7 = 0 THEN 'renewals' ELSE 'pay-my-bill' END, '+15550100000', '',
			'DialVerb', 2, CASE WHEN i % 10 = 1 THEN 'held' ELSE 'verified' END, 'there', ? - i * ?, ? - i * ?, 51000, printf('2026/RE%032x.wav', i),
			816044, ?, ? - i * ?, ? - i * ?, 0, 0, ?, ?, ?, CASE WHEN i % 10 = 1 THEN 1 ELSE 0 END, CASE WHEN i % 10 = 2 THEN 'not_paused' ELSE '' END,
			'', 0, 0, '', '1', 0, 0, 0, ?, ?, 0, '', 0, 1, 1, 0 FROM nth`,
		n, db.Millis(noon), minute, db.Millis(noon), minute, fmt.Sprintf("%064x", 1), db.Millis(noon), minute, db.Millis(noon), minute,
		db.Millis(noon.Add(90*day24)), db.Millis(noon.Add(7*day24)), db.Millis(noon.Add(365*day24)), db.Millis(noon.Add(7*day24)), db.Millis(noon.Add(7*day24)))
	if err != nil {
		tb.Fatal(err)
	}
}

// full is a console of nothing but so many recordings, for whoever sits at this computer.
func full(tb testing.TB, n int) (*kept, http.Handler) {
	tb.Helper()
	k := keep(tb, nil)
	k.fill(tb, n)
	if _, err := k.Hold(tb.Context(), "kim", recordings.HoldOn{Recording: re(1)}, "a complaint"); err != nil {
		tb.Fatal(err)
	}
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	console.New(console.Config{Tokens: []string{token}, Recordings: k.Recordings, LoopbackOnly: true, Now: func() time.Time { return noon },
		Project: func() *flows.Project { return &flows.Project{Line: "Acme Energy"} }}).Routes(engine)
	return k, engine
}

// looks at recordings as people and programs do.
var recordingLooks = map[string]string{
	"list": "/api/v1/recordings", "list of a flow": "/api/v1/recordings?flow=renewals", "list of what is held": "/api/v1/recordings?held=true",
	"list of two filters": "/api/v1/recordings?flow=pay-my-bill&since=500h&state=verified", "list of what is deleted": "/api/v1/recordings?deleted_within=240h",
	"totals": "/api/v1/recordings/totals", "page": "/recordings", "page of what is flagged": "/recordings?flagged=true",
}

func look(tb testing.TB, h http.Handler, path string) string {
	tb.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://localhost:8080"+path, nil)
	r.RemoteAddr = "127.0.0.1:54321"
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		tb.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// TestAPageAsksAsOften: fifty recordings take as many statements among ten thousand as among a hundred.
func TestAPageAsksAsOften(t *testing.T) {
	t.Parallel()
	few, fewer := full(t, 100)
	many, more := full(t, 10_000)
	for name, path := range recordingLooks {
		asked := func(k *kept, h http.Handler) int64 {
			before := k.db.Statements()
			look(t, h, path)
			return k.db.Statements() - before
		}
		a, b := asked(few, fewer), asked(many, more)
		if a != b || b < 1 || b > 12 {
			t.Errorf("%s: %d statements among a hundred, %d among ten thousand", name, a, b)
		}
	}
}

// BenchmarkRecordings prints how much longer it takes to look at 100,000 recordings than at 1,000: about once as long.
func BenchmarkRecordings(b *testing.B) {
	_, small := full(b, 1000)
	_, large := full(b, 100_000)
	for name, path := range recordingLooks {
		b.Run(name, func(b *testing.B) {
			var spent [2]time.Duration
			for b.Loop() { // in turn, so that the machine's moods fall on both
				for i, h := range []http.Handler{small, large} {
					begun := time.Now()
					look(b, h, path)
					spent[i] += time.Since(begun)
				}
			}
			b.ReportMetric(float64(spent[1])/float64(spent[0]), "100000:1000")
			b.ReportMetric(float64(spent[1].Microseconds())/float64(b.N), "µs/look")
		})
	}
}
