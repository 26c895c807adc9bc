// Package browsertest opens pages of Chromium for tests. Tab gives a test a page of its own; all tests of one
// process share a browser, in which each of them has cookies and storage of its own, and which is ended with the last
// of them. Where there is no Chromium the test is skipped with a clear word.
//
// It must not know any page, and must not be imported by anything but tests.
package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Patience is how long a step on a page may take. It only matters when a test fails: on a machine that has much else
// to do, a step may take long that takes no time elsewhere.
const Patience = time.Minute

// Every is how often a page is asked whether what is waited for is there.
const Every = 50 * time.Millisecond

// Screenshots names the folder for pictures in the environment. Without it none are taken.
const Screenshots = "PAYDIAL_SCREENSHOTS"

// Width and Height are the size of a page that nobody has given another.
const (
	Width  = 1280
	Height = 900
)

// names are tried in this order: the shell has no window and takes a third of the work.
var names = []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"}

// The one browser of this process, and how many tests use it.
var shared struct {
	sync.Mutex
	browser context.Context
	end     func()
	users   int
}

// Tab opens an empty page with cookies and storage of its own, and closes it with the test. A context that chromedp
// makes of it is another page with the same cookies.
func Tab(t testing.TB) context.Context {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(join(t), chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	if err := Ready(ctx); err != nil {
		t.Fatalf("open a page: %v", err)
	}
	return ctx
}

// Ready makes a page the usual size, and lets it have the keyboard whatever other pages do.
func Ready(ctx context.Context) error {
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(Width, Height)); err != nil {
		return err
	}
	_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return err
}

// Reachable is a JavaScript expression that is true when an element can be clicked: it stands where it stood at the
// look before, and nothing is in front of it. Else it brings the element to the middle of the page, where no bar is.
func Reachable(selector string) string {
	return fmt.Sprintf(`((el) => {
		if (!el) return false;
		const box = el.getBoundingClientRect(), at = box.x + " " + box.y;
		const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
		const free = top && (el.contains(top) || top.contains(el) && top.matches("label") || top.closest("label")?.contains(el));
		if (free && el.stoodAt === at) return true;
		if (!free) el.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
		el.stoodAt = at;
		return false;
	})(document.querySelector(%q))`, selector)
}

// Poll waits until a JavaScript expression is true, or ctx ends.
func Poll(ctx context.Context, expression string) error {
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(Every), chromedp.WithPollingTimeout(0)))
	return err
}

// Picture saves what is seen of a page as name.png, where Screenshots names a folder.
func Picture(t testing.TB, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv(Screenshots)
	if dir == "" {
		return
	}
	yes := true // quick and a little larger: most of the time would go into making files small
	shot, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{FromSurface: &yes, OptimizeForSpeed: &yes})
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), shot.Data, 0o644)
	}
	if err != nil {
		t.Errorf("picture %s: %v", name, err)
	}
}

// join gives the browser, and starts it for the first test that uses it.
func join(t testing.TB) context.Context {
	t.Helper()
	path := find()
	if path == "" {
		t.Skip("SKIPPED: needs Chromium in PATH (Debian: apt-get install chromium-headless-shell); looked for " + strings.Join(names, ", "))
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.browser == nil {
		browser, end, err := start(path)
		if err != nil {
			t.Fatalf("start %s: %v", path, err)
		}
		shared.browser, shared.end = browser, end
	}
	shared.users++
	t.Cleanup(leave)
	return shared.browser
}

// leave ends the browser with its last user.
func leave() {
	shared.Lock()
	defer shared.Unlock()
	shared.users--
	if shared.users == 0 {
		shared.end()
		shared.browser = nil
	}
}

func find() string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// start runs a browser with a folder of its own.
func start(path string) (_ context.Context, end func(), err error) {
	dir, err := os.MkdirTemp("", "browsertest")
	if err != nil {
		return nil, nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en-US"), chromedp.Flag("hide-scrollbars", true))
	allocator, closeAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	end = func() {
		closeBrowser()
		closeAllocator()
		_ = os.RemoveAll(dir)
	}
	if err := chromedp.Do(ctx); err != nil {
		end()
		return nil, nil, fmt.Errorf("run: %w", err)
	}
	return ctx, end, nil
}
