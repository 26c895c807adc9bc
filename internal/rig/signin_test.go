package rig_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

// TestSignInInTheBrowser opens the link that dev prints in a real browser, which holds cookies to their rules: the
// auditor sees the audit log and leaves again. On a narrow screen nothing is wider than the screen.
func TestSignInInTheBrowser(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	b := openBrowser(t)
	b.do(chromedp.EmulateViewport(360, 800), chromedp.Navigate(r.Local.SignIn("ana")), chromedp.Navigate(r.AppURL+"/audit"))
	b.reads("table", "by link: Ana")
	b.reads(".who", "Ana auditor")
	b.picture("audit-narrow")
	wide, err := chromedp.Run(b.ctx, chromedp.Evaluate[float64]("document.documentElement.scrollWidth"))
	if err != nil || wide > 360 {
		t.Errorf("the page is %v wide, %v", wide, err)
	}
	if seen, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.cookie")); err != nil || seen != "" {
		t.Errorf("a script sees the cookie: %q, %v", seen, err)
	}
	b.do(chromedp.EmulateViewport(1280, 900))
	b.picture("audit")
	b.click(".who button")
	b.reads("#main", "On this computer, as:")
	b.picture("sign-in")
	b.do(chromedp.Navigate(r.AppURL + "/audit"))
	b.reads("h1", "Sign in")
	b.click(`.people a[href*="next"]`) // the first is kim, who may not see it
	b.reads("h1", "Your role does not allow this")
	if where := b.text("body"); !strings.Contains(where, "see_audit") {
		t.Errorf("the page does not say what is missing:\n%s", where)
	}
	b.picture("forbidden")
}
