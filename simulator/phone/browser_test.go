package phone_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/paydial/paydial/internal/browsertest"
)

// patience is how long a step on the page may take: sentences are said eight times faster than by people.
const patience = browsertest.Patience

// tab is one page of a browser, and what went wrong in it.
type tab struct {
	t     *testing.T
	ctx   context.Context
	quiet chan struct{} // closed when nothing more is read from the console
}

// openTab opens a page with storage of the test's own. Where there is no browser the test is skipped, and says so.
func openTab(t *testing.T) *tab {
	t.Helper()
	ctx, closeTab := context.WithCancel(browsertest.Tab(t))
	b := &tab{t: t, ctx: ctx, quiet: make(chan struct{})}
	t.Cleanup(func() {
		closeTab()
		<-b.quiet
	})
	b.complain()
	return b
}

// complain fails the test for anything the page writes to the console as an error: a refused script, a module
// that is missing, an exception.
func (b *tab) complain() {
	messages := chromedp.Console(b.ctx)
	go func() {
		defer close(b.quiet)
		for m, err := range messages {
			if err != nil {
				return
			}
			// A call is unknown to the app until its first webhook has arrived there.
			if (m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException) && !strings.Contains(m.Text, "404") {
				b.t.Errorf("the page says: %s (%s)", m.Text, m.URL)
			}
		}
	}()
}

func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v\nthe page shows:\n%s", what, err, b.text("body"))
	}
}

func (b *tab) click(selector string) {
	b.t.Helper()
	b.until(selector+" to be reachable", browsertest.Reachable(selector))
	b.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// until waits for a JavaScript expression to be true.
func (b *tab) until(what, expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := browsertest.Poll(ctx, expression); err != nil {
		b.t.Fatalf("wait for %s: %v\nthe page shows:\n%s", what, err, b.text("body"))
	}
}

// reads waits until an element's text holds the words.
func (b *tab) reads(selector, words string) {
	b.t.Helper()
	b.until(fmt.Sprintf("%q in %s", words, selector),
		fmt.Sprintf("(document.querySelector(%q)?.innerText ?? '').includes(%q)", selector, words))
}

func (b *tab) text(selector string) string {
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector)))
	if err != nil {
		return err.Error()
	}
	return text
}

// html is everything the document holds, to search it.
func (b *tab) html() string {
	b.t.Helper()
	html, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.documentElement.outerHTML"))
	if err != nil {
		b.t.Fatal(err)
	}
	return html
}

func (b *tab) truth(expression string) bool {
	b.t.Helper()
	yes, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return yes
}

// colours makes the system's colour scheme light or dark.
func (b *tab) colours(scheme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) size(width, height int64) {
	b.t.Helper()
	b.do("resize", chromedp.EmulateViewport(width, height, chromedp.EmulateScale(2)))
}

// picture saves what is seen as name.png in the folder that PAYDIAL_SCREENSHOTS names.
func (b *tab) picture(name string) {
	b.t.Helper()
	browsertest.Picture(b.t, b.ctx, name)
}
