package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/paydial/paydial/console"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/recordings"
)

// everyState puts a recording in every state into the index, and some with everything that can be said of them.
func everyState(k *kept) {
	at := func(d time.Duration) int64 { return db.Millis(noon.Add(d)) }
	old := func(left time.Duration) time.Time { return noon.AddDate(-1, 0, 0).Add(left) }
	gone := []any{"twilio", "deleted", "twilio_deleted_at", at(-40 * day24)}
	none := []any{"archive_key", "", "bytes", 0, "sha256", "", "archived_at", 0, "verified_at", 0}
	for i, row := range [][]any{
		append([]any{"state", "recording", "duration_ms", 0, "created_at", at(-2 * time.Minute), "started_at", at(-2 * time.Minute)}, none...),
		append([]any{"state", "paused", "duration_ms", 0, "created_at", at(-3 * time.Minute), "started_at", at(-3 * time.Minute)}, none...),
		append([]any{"state", "processing", "duration_ms", 0, "created_at", at(-10 * time.Minute)}, none...),
		append([]any{"state", "completed", "created_at", at(-20 * time.Minute), "tries", 9, "flags", "stuck",
			"trouble", "copy from Twilio: Twilio asks to go slower (429, code 20429): Too Many Requests"}, none...),
		append([]any{"state", "archiving", "created_at", at(-30 * time.Minute)}, none...),
		{"state", "archived", "created_at", at(-40 * time.Minute), "verified_at", 0},
		{"created_at", at(-time.Hour)},
		{"state", "held", "held", 1, "created_at", at(-2 * time.Hour), "call", "CA" + fmt.Sprintf("%032x", 7)},
		{"state", "deleting", "deleting", "both", "created_at", at(-90 * day24)},
		append([]any{"state", "deleted", "created_at", at(-100 * day24), "archive_deleted_at", at(-10 * day24)}, gone...),
		append([]any{"state", "failed", "created_at", at(-5 * time.Hour), "duration_ms", 0, "trouble", "Twilio recorded nothing: it was too short (16101)"}, none...),
		append([]any{"state", "expired_at_twilio", "twilio", "expired", "flags", "lost", "created_at", db.Millis(noon.AddDate(-1, -1, 0))}, none...),
		{"flags", "damaged,not_paused", "not_paused", "pay_0123456789abcdef", "created_at", at(-6 * time.Hour), "class", "complaints",
			"trouble", "the copy in the archive has 4 bytes and should have 816044"},
		append([]any{"state", "completed", "created_at", db.Millis(old(5 * day24)), "cliff_at", at(5 * day24), "warned", 7}, none...),
		append([]any{"state", "completed", "created_at", db.Millis(old(40 * day24)), "cliff_at", at(40 * day24), "warned", 60}, none...),
	} {
		k.put(re(i+1), row...)
	}
	counts := "INSERT INTO recording_counts (name, n) SELECT 'state.' || state, COUNT(*) FROM recordings GROUP BY state UNION ALL " +
		"SELECT 'flagged', COUNT(*) FROM recordings WHERE flags <> '' UNION ALL SELECT 'in_archive', COUNT(*) FROM recordings WHERE verified_at > 0 UNION ALL SELECT 'bytes', 5712308"
	if _, err := k.db.Exec(k.t.Context(), counts); err != nil {
		k.t.Fatal(err)
	}
	for reason, on := range map[string]recordings.HoldOn{
		"Acme v. Doe, asked for by legal on 2 March": {Recording: re(8)},
		"the same caller's complaint, whole call":    {Call: "CA" + fmt.Sprintf("%032x", 7)},
	} {
		if _, err := k.Hold(k.t.Context(), "sam", on, reason); err != nil {
			k.t.Fatal(err)
		}
	}
}

// tab is one page of Chromium.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string

	looks int // so far
}

// openTab starts a browser in which somebody has signed in.
func openTab(t *testing.T, h inhabited, name string) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	server := httptest.NewServer(h.engine)
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-component-update", true))
	allocator, closeAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(closeAllocator)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	b := &tab{t: t, ctx: ctx, url: server.URL}
	cookie := h.signedIn(t, name).cookie
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)); err != nil { // not b.do: the browser lives as long as this context
		t.Fatalf("start %s: %v", path, err)
	}
	if _, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{Name: cookie.Name, Value: cookie.Value, URL: server.URL}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.url + path))
	b.until("document.documentElement.classList.contains('scripted')")
}

// until waits for a JavaScript expression to be true.
func (b *tab) until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	err := context.Cause(ctx)
	for found := false; !found && ctx.Err() == nil; {
		found, err = chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(20*time.Millisecond)))
	}
	if err != nil || ctx.Err() != nil {
		b.t.Fatalf("wait for %s: %v, %v", expression, err, ctx.Err())
	}
}

// look takes pictures in light and dark, wide and narrow, where PAYDIAL_SCREENSHOTS names a folder, and lets axe judge.
func (b *tab) look(name string) {
	b.t.Helper()
	for _, width := range []int64{1280, 360} {
		b.do(chromedp.EmulateViewport(width, 900))
		for _, colours := range []string{"light", "dark"} {
			if narrow := b.looks%2 == 1; !everyLook && ((width == 360) != narrow || (colours == "dark") != narrow) {
				continue
			}
			_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: colours}, {Name: "prefers-reduced-motion", Value: "reduce"}},
			})
			if err != nil {
				b.t.Fatal(err)
			}
			b.judge(fmt.Sprintf("%s-%d-%s", name, width, colours))
		}
	}
	b.looks++
	b.do(chromedp.EmulateViewport(320, 700))
	if !b.fits() {
		b.t.Errorf("%s is wider than 320 pixels", name)
	}
	b.do(chromedp.EmulateViewport(1280, 900))
}

func (b *tab) fits() bool {
	yes, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("document.documentElement.scrollWidth <= 320 && "+
		"[...document.querySelectorAll('main section')].every((e) => e.scrollWidth <= 320)"))
	if err != nil {
		b.t.Fatal(err)
	}
	return yes
}

func (b *tab) judge(name string) {
	b.t.Helper()
	if dir := os.Getenv("PAYDIAL_SCREENSHOTS"); dir != "" {
		raw, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name+".png"), raw, 0o644)
		}
		if err != nil {
			b.t.Error(err)
		}
	}
	source, err := os.ReadFile("../internal/rig/node/node_modules/axe-core/axe.min.js")
	if err != nil {
		b.t.Skip("axe-core is not installed: run npm ci in internal/rig/node")
	}
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("if (!window.axe) {"+string(source)+"\n};"+
		"axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations))", chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	var found []struct {
		ID, Impact, Help string
		Nodes            []struct{ HTML, FailureSummary string }
	}
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		b.t.Fatal(err)
	}
	for _, f := range found {
		for _, n := range f.Nodes {
			b.t.Errorf("%s: axe calls %s %s: %s\n%s\n%s", name, f.ID, f.Impact, f.Help, n.HTML, n.FailureSummary)
		}
	}
}

// TestRecordingsGallery looks at both pages with a recording in every state, and moves through them by keyboard.
func TestRecordingsGallery(t *testing.T) {
	t.Parallel()
	pausesAt := func(r recordings.Recording) []console.Pause {
		return []console.Pause{
			{Payment: "pay_0123456789abcdef", From: r.Started.Add(8 * time.Second), To: r.Started.Add(23 * time.Second), Sure: true},
			{Payment: "pay_fedcba9876543210", From: r.Started.Add(30 * time.Second), To: r.Started.Add(36 * time.Second), Trouble: "Twilio did not answer"},
		}
	}
	h, k := openKept(t, func(cfg *console.Config) {
		cfg.Pauses = func(_ context.Context, of []recordings.Recording) (map[string][]console.Pause, error) {
			out := map[string][]console.Pause{}
			for _, r := range of {
				if r.SID == re(7) || r.SID == re(13) {
					out[r.SID] = pausesAt(r)
				}
			}
			return out, nil
		}
		cfg.Transcribed = func(context.Context, []string) (map[string]bool, error) {
			return map[string]bool{"CA11111111111111111111111111111111": true}, nil
		}
	})
	h.ledger.Now = func() time.Time { return noon.Add(-time.Hour + 9*time.Second) }
	if _, err := h.ledger.Open(t.Context(), payments.NewPayment{Call: "CA11111111111111111111111111111111", Turn: 1, Flow: "pay-my-bill",
		Intent: payments.Charge, Amount: payments.Amount{Minor: 8420, Currency: "usd"}}); err != nil {
		t.Fatal(err)
	}
	everyState(k)
	b := openTab(t, h, "sam")
	b.open("/recordings")
	b.look("recordings")
	b.until("[...document.querySelectorAll('.rec-tools details, .rules details')].every((d) => (d.open = true))")
	b.look("recordings-open")
	for n, name := range map[int]string{8: "held", 13: "flagged", 14: "warned"} {
		b.open("/recordings/" + re(n))
		b.look("recording-" + name)
	}
	b.open("/calls")
	b.do(chromedp.KeyEvent("g"), chromedp.KeyEvent("r"))
	b.until("location.pathname === '/recordings'")
}
