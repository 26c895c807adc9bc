package doctor_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/examples"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/doctor"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/simulator"
)

const (
	account = "AC00000000000000000000000000000001"
	token   = "doctor-test-token" // of the simulator
	public  = "https://pay.example.com"
	number  = "+15550100000"
)

// twilioAt is a simulator, and an installation that is sound with it.
func twilioAt(t *testing.T, cfg simulator.Config) (*httptest.Server, doctor.Config) {
	t.Helper()
	cfg.Accounts = []simulator.Account{{SID: account, AuthToken: token}}
	if cfg.Numbers == nil {
		cfg.Numbers = []simulator.Number{{Number: number, VoiceURL: public + "/voice", FallbackURL: public + "/voice/fallback", StatusURL: public + "/voice/status"}}
	}
	sim, err := simulator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	at := httptest.NewServer(sim.Handler())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = sim.Close(ctx)
		at.Close()
	})
	dir := t.TempDir()
	database := "sqlite:" + filepath.Join(dir, "paydial.db")
	d, err := db.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	bundle, err := flows.ReadBundle(examples.BillPayment())
	if err != nil {
		t.Fatal(err)
	}
	return at, doctor.Config{
		PublicURL: public, AccountSID: account, AuthToken: token, TwilioURL: at.URL, RedisURL: redistest.Mini(t),
		DatabaseURL: database, ArchiveURL: "file:" + filepath.Join(dir, "archive"), Dir: "my-line", Bundle: &bundle, Self: "paydial",
		Redact: func(text string) string { return text }, Now: time.Now,
	}
}

// found are findings.
type found []doctor.Finding

func examine(t *testing.T, cfg doctor.Config) found {
	t.Helper()
	var all found
	if err := doctor.Examine(t.Context(), cfg, func(f doctor.Finding) { all = append(all, f) }); err != nil {
		t.Fatal(err)
	}
	return all
}

// want fails the test unless there is a finding of that grade with all of the words, in what it says or in how to mend it.
func (all found) want(t *testing.T, grade doctor.Grade, words ...string) doctor.Finding {
	t.Helper()
	for _, f := range all {
		fits := f.Grade == grade
		for _, w := range words {
			fits = fits && strings.Contains(f.Text+"\n"+f.Mend+"\n"+f.Code, w)
		}
		if fits {
			return f
		}
	}
	t.Errorf("no finding %q says %q:\n%s", grade, words, all)
	return doctor.Finding{}
}

func (all found) String() string {
	var b strings.Builder
	for _, f := range all {
		b.WriteString(string(f.Grade) + "  " + f.Text + "  (" + f.Code + " " + f.Mend + ")\n")
	}
	return b.String()
}

// none fails the test when something is wrong.
func (all found) none(t *testing.T) {
	t.Helper()
	for _, f := range all {
		if f.Grade == doctor.Wrong {
			t.Errorf("it is wrong: %s", f.Text)
		}
	}
}

func TestSoundInstallation(t *testing.T) {
	t.Parallel()
	_, cfg := twilioAt(t, simulator.Config{})
	all := examine(t, cfg)
	all.none(t)
	for _, words := range []string{"public URL https://pay.example.com", "has no errors", "Redis answers", "the database answers", "took a file",
		"takes the credentials", number + " leads to us", "no transcripts", "no recordings older", "recordings at Twilio are 0"} {
		all.want(t, doctor.OK, words)
	}
	all.want(t, doctor.Look, "PAYDIAL_TWILIO_API_URL leads to")
	if f := all.want(t, doctor.Look, "whether PCI Mode is on cannot be asked", "Console"); !f.Compliance {
		t.Errorf("PCI Mode is a matter of compliance: %+v", f)
	}
	all.want(t, doctor.Look, "Conversation Intelligence cannot be checked")
	all.want(t, doctor.OK, "nothing is sent over http", "P010")
}

func TestNothingSet(t *testing.T) {
	t.Parallel()
	all := examine(t, doctor.Config{DatabaseURL: "sqlite:" + filepath.Join(t.TempDir(), "none.db"), ArchiveURL: "ftp://x", Self: "paydial",
		Redact: func(text string) string { return text }, Now: time.Now})
	for _, env := range []string{"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "PAYDIAL_PUBLIC_URL", "PAYDIAL_REDIS_URL"} {
		all.want(t, doctor.Wrong, env+" is not set")
	}
	all.want(t, doctor.Wrong, "there is no paydial.yaml")
	all.want(t, doctor.Look, "there is no database")
	all.want(t, doctor.Wrong, "archive cannot keep", "PAYDIAL_ARCHIVE_URL")
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		grade      doctor.Grade
		words      string
		compliance bool
	}{
		"http://pay.example.com":  {doctor.Wrong, "in the clear", true},
		"https://127.0.0.1:8080":  {doctor.Wrong, "cannot reach", false},
		"http://localhost":        {doctor.Wrong, "cannot reach", false},
		"pay.example.com":         {doctor.Wrong, "is no URL", false},
		"https://pay.example.com": {doctor.OK, "public URL", false},
	} {
		all := examine(t, doctor.Config{PublicURL: text, DatabaseURL: "sqlite::memory:", ArchiveURL: "file:" + t.TempDir(), Self: "paydial",
			Redact: func(text string) string { return text }, Now: time.Now,
			Secrets: []doctor.Secret{{Env: "TWILIO_AUTH_TOKEN", Set: true, Plain: true}, {Env: "PAYDIAL_API_TOKEN", Set: true}}})
		if f := all.want(t, want.grade, want.words); f.Compliance != want.compliance {
			t.Errorf("%s: compliance %v, want %v", text, f.Compliance, want.compliance)
		}
		all.want(t, doctor.Look, "in the environment itself: TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_FILE")
		all.want(t, doctor.Look, "the database is in memory")
	}
}

func TestStoresThatDoNotAnswer(t *testing.T) {
	t.Parallel()
	_, cfg := twilioAt(t, simulator.Config{})
	cfg.RedisURL, cfg.DatabaseURL, cfg.TwilioURL = "redis://127.0.0.1:1", "postgres://paydial@127.0.0.1:1/x?connect_timeout=1", "http://127.0.0.1:1"
	all := examine(t, cfg)
	all.want(t, doctor.Wrong, "Redis does not answer")
	all.want(t, doctor.Wrong, "the database cannot be used")
	all.want(t, doctor.Wrong, "Twilio does not answer")
}

func TestRedisThatThrowsAway(t *testing.T) {
	t.Parallel()
	cfg := doctor.Config{RedisURL: redistest.Real(t, "--maxmemory-policy", "allkeys-lru"), DatabaseURL: "sqlite::memory:", ArchiveURL: "file:" + t.TempDir(),
		Self: "paydial", Redact: func(text string) string { return text }, Now: time.Now}
	examine(t, cfg).want(t, doctor.Wrong, "allkeys-lru", "noeviction")
}

// TestProjectThatIsForbidden lists the linter's findings by code.
func TestProjectThatIsForbidden(t *testing.T) {
	t.Parallel()
	_, cfg := twilioAt(t, simulator.Config{})
	bundle, err := flows.ReadBundle(fstest.MapFS{
		"paydial.yaml": {Data: []byte("format: 1\nline: Test\ntimezone: UTC\nlanguages: [en-US]\nnumbers:\n  \"+15550100000\": line\n" +
			"services:\n  billing: { url: \"http://billing.example.com/v1\" }\n")},
		"flows/line.yaml": {Data: []byte("format: 1\nflow: line\nabout: Test.\nspeaks: [en-US]\nscenes:\n  welcome:\n    - say: Hello.\n    - hang_up: Goodbye.\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Bundle = &bundle
	all := examine(t, cfg)
	if f := all.want(t, doctor.Wrong, "P010"); !f.Compliance || !strings.HasPrefix(f.Where, "paydial.yaml:") {
		t.Errorf("%+v", f)
	}
	all.want(t, doctor.Wrong, "the project cannot be used")
	for _, f := range all {
		if f.Code == "P010" && f.Grade == doctor.OK {
			t.Error("it says that nothing is sent over http")
		}
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	_, cfg := twilioAt(t, simulator.Config{})
	cfg.AuthToken = "another"
	examine(t, cfg).want(t, doctor.Wrong, "does not take the credentials", "Authenticate")
	cfg.AccountSID = "AB1"
	examine(t, cfg).want(t, doctor.Wrong, "Twilio cannot be asked", "begins with AC")
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	at, cfg := twilioAt(t, simulator.Config{Numbers: []simulator.Number{{Number: number, VoiceURL: "https://other.example.com/voice", StatusURL: "http://pay.example.com/voice/status"}}})
	all := examine(t, cfg)
	all.want(t, doctor.Wrong, number+" leads elsewhere: its voice URL is https://other.example.com/voice", "https://pay.example.com/voice, POST")
	all.want(t, doctor.Look, "has no fallback URL")
	if f := all.want(t, doctor.Wrong, "in the clear: its status callback"); !f.Compliance {
		t.Errorf("%+v", f)
	}
	set(t, at.URL, url.Values{"VoiceUrl": {public + "/voice#rc=2"}, "VoiceMethod": {"GET"}, "VoiceFallbackUrl": {public + "/voice/fallback"},
		"StatusCallback": {public + "/voice/status"}})
	all = examine(t, cfg)
	all.want(t, doctor.Wrong, "asks with GET")
	set(t, at.URL, url.Values{"VoiceMethod": {"POST"}})
	examine(t, cfg).want(t, doctor.OK, number+" leads to us")
	_, cfg = twilioAt(t, simulator.Config{Numbers: []simulator.Number{{Number: "+15550100009", VoiceURL: public}}})
	examine(t, cfg).want(t, doctor.Wrong, number+" is not a number of this account")
}

// set configures the first number at the simulator.
func set(t *testing.T, base string, form url.Values) {
	t.Helper()
	do := func(method, path, body string) string {
		req, err := http.NewRequestWithContext(t.Context(), method, base+"/2010-04-01/Accounts/"+account+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(account, token)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var b bytes.Buffer
		if _, err := b.ReadFrom(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %d %v %s", method, path, resp.StatusCode, err, b.String())
		}
		return b.String()
	}
	_, rest, _ := strings.Cut(do(http.MethodGet, "/IncomingPhoneNumbers.json", ""), `"sid":"PN`)
	sid, _, _ := strings.Cut(rest, `"`)
	do(http.MethodPost, "/IncomingPhoneNumbers/PN"+sid+".json", form.Encode())
}

// made makes recordings at the simulator.
func made(t *testing.T, base, body string) {
	t.Helper()
	resp, err := http.Post(base+"/sim/v1/recordings", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("make recordings: %d", resp.StatusCode)
	}
}

func days(n int) string {
	return time.Now().AddDate(0, 0, -n).UTC().Format(time.RFC3339)
}

// TestRecordingsWithoutACopy counts what Twilio will delete before there is a copy of ours.
func TestRecordingsWithoutACopy(t *testing.T) {
	t.Parallel()
	at, cfg := twilioAt(t, simulator.Config{})
	made(t, at.URL, `{"count":2,"created":"`+days(100)+`"}`)
	made(t, at.URL, `{"count":1}`) // is on its way still
	all := examine(t, cfg)
	all.want(t, doctor.Look, "recordings at Twilio are 2; without a copy of ours: 2, of these not in the index: 2.", "recordings sweep")
	d, err := db.Open(t.Context(), cfg.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := recordings.New(t.Context(), recordings.Config{DB: d, Policies: func() recordings.Policies { return nil }}); err != nil {
		t.Fatal(err)
	}
	examine(t, cfg).want(t, doctor.Look, "not in the index: 2.") // with an index that is empty
	made(t, at.URL, `{"count":1,"created":"`+days(361)+`"}`)
	examine(t, cfg).want(t, doctor.Wrong, "without a copy of ours: 3,", "in 3 days")
}

// TestSignsOfPCIMode tells what can be seen of it from outside.
func TestSignsOfPCIMode(t *testing.T) {
	t.Parallel()
	at, cfg := twilioAt(t, simulator.Config{PCIMode: "off"})
	made(t, at.URL, `{"count":1,"created":"`+days(400)+`"}`)
	examine(t, cfg).want(t, doctor.Look, "recordings older than a year", "PCI Mode was off when they were made")
}

// TestNativeTranscript has the simulator transcribe a recording, which it does outside of PCI Mode only.
func TestNativeTranscript(t *testing.T) {
	t.Parallel()
	flow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write([]byte(`<Response><Record action="https://127.0.0.1:1/" transcribe="true" timeout="0"/></Response>`))
	}))
	t.Cleanup(flow.Close)
	at, cfg := twilioAt(t, simulator.Config{PCIMode: "off", ManualClock: true, Numbers: []simulator.Number{{Number: number, VoiceURL: flow.URL}}})
	post := func(path, body string) string {
		resp, err := http.Post(at.URL+"/sim/v1"+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var b bytes.Buffer
		if _, err := b.ReadFrom(resp.Body); err != nil || resp.StatusCode >= 300 {
			t.Fatalf("%s: %d %v %s", path, resp.StatusCode, err, b.String())
		}
		return b.String()
	}
	_, rest, _ := strings.Cut(post("/calls", `{"from":"+15550140000","to":"`+number+`"}`), `"call_sid":"`)
	sid, _, _ := strings.Cut(rest, `"`)
	wait := func() {
		resp, err := http.Get(at.URL + "/sim/v1/calls/" + sid + "?wait=10s")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	wait()
	post("/calls/"+sid+"/say", `{"text":"Hello there."}`)
	post("/clock", `{"advance":"7s"}`)
	post("/calls/"+sid+"/digits", `{"digits":"#"}`)
	wait()
	said := time.Date(2026, 1, 5, 23, 0, 0, 0, time.UTC) // the simulator's clock begins on that day
	cfg.Now = func() time.Time { return said }
	if f := examine(t, cfg).want(t, doctor.Wrong, "Twilio transcribed a recording itself", "so it was off then"); !f.Compliance {
		t.Errorf("%+v", f)
	}
	cfg.Now = func() time.Time { return said.AddDate(0, 0, 7) }
	examine(t, cfg).want(t, doctor.Look, "Twilio transcribed a recording itself")
}
