//go:build !nosimulator

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
)

// narrator tells in the terminal what happens, one line for each thing: arrows for requests, words for the rest.
// What a caller keys is told as a single key or as a count, never as digits.
type narrator struct {
	s        streams
	p        palette
	app      *local.Local
	webhooks chan webhook // as the app's handler saw them
	calls    map[string]*toldCall
	order    []string // of calls, so that old ones can be forgotten

	mu   sync.Mutex // keeps lines whole
	last string     // the progress that stands in the last line, and may be written over
}

func newNarrator(s streams) *narrator {
	return &narrator{
		s: s, p: palette(colourful(s, s.out)), webhooks: make(chan webhook, 1024), calls: map[string]*toldCall{},
	}
}

// markWidth is the column of marks between the time and the text.
const markWidth = 5

// say writes one line that happens now.
func (n *narrator) say(mark, text string) { n.line(time.Now(), mark, text) }

// line writes one line: the time, a mark, a text.
func (n *narrator) line(at time.Time, mark, text string) {
	n.write(n.row(at, mark, text))
}

// textColumn is where the texts of lines begin: behind the time and the mark.
const textColumn = 8 + 2 + markWidth + 1

func (n *narrator) row(at time.Time, mark, text string) string {
	if room := n.room(textColumn); room > 0 && len([]rune(text)) > room && !strings.Contains(text, "\x1b") {
		text = strings.Join(wrap(text, room), "\n"+strings.Repeat(" ", textColumn))
	}
	shown := n.mark(mark) + strings.Repeat(" ", max(markWidth-len([]rune(padMark(mark))), 0))
	return strings.TrimRight(n.p.dim(at.Format("15:04:05"))+"  "+shown+" "+text, " ") + "\n"
}

// padMark puts a single sign below the middle of the longer marks.
func padMark(mark string) string {
	if len([]rune(mark)) > 1 {
		return mark
	}
	return "  " + mark
}

// mark is a mark in its colour.
func (n *narrator) mark(mark string) string {
	text := padMark(mark)
	switch mark {
	case "✓":
		return n.p.green(text)
	case "✗", "?":
		return n.p.red(text)
	case "!":
		return n.p.yellow(text)
	case "→", "←", "▣":
		return n.p.cyan(text)
	case "·", "":
		return text
	}
	return n.p.bold(text)
}

func (n *narrator) write(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.last = ""
	_, _ = io.WriteString(n.s.out, text)
}

// progress writes a line that the next progress of the same key may take the place of, where the terminal can do
// that and nothing else was written in between.
func (n *narrator) progress(key, row string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.last == key && bool(n.p) && n.columns() >= helpWidth {
		row = "\x1b[1A\x1b[2K" + row
	}
	n.last = key
	_, _ = io.WriteString(n.s.out, row)
}

// columns is how wide the terminal is; 0 when it is none, and nothing has to be cut.
func (n *narrator) columns() int {
	f, ok := n.s.out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	wide, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return helpWidth
	}
	return wide
}

// room is how many characters of a line are left behind the first used ones; 0 is no limit.
func (n *narrator) room(used int) int {
	wide := n.columns()
	if wide == 0 {
		return 0
	}
	return max(wide-used, 12)
}

// maxWarnings is how many findings are told one by one.
const maxWarnings = 5

// warnings tells what lint has to say of a project that can run all the same, a line each.
func (n *narrator) warnings(findings flows.Findings) {
	for i, f := range findings {
		if i == maxWarnings {
			n.say("!", fmt.Sprintf("and %s more", plural(len(findings)-maxWarnings, "finding")))
			break
		}
		n.say("!", fmt.Sprintf("%s  %s  %s", f.Span, f.Code, f.Message))
	}
	if len(findings) > 0 {
		n.say("", n.p.dim("more of this: "+n.s.self+" lint"))
	}
}

// reload takes a saved project; a broken one never takes the last good one down.
func (n *narrator) reload(bundle flows.Bundle, err error) {
	if err != nil {
		n.say("✗", err.Error())
		return
	}
	before := n.app.App.Projects.Current()
	if bundle.Hash() == before.Hash {
		return
	}
	findings, err := n.app.App.Reload(bundle)
	if err != nil {
		var b bytes.Buffer
		_ = findings.WriteText(&b, bool(n.p))
		n.write(b.String())
		n.say("✗", "not reloaded: calls go on with the last good version, "+before.Hash[:4])
		return
	}
	n.warnings(findings)
	n.say("·", fmt.Sprintf("reloaded: %s → %s; calls under way stay on theirs", before.Hash[:4], bundle.Hash()[:4]))
	n.newNumbers(before, n.app.App.Projects.Current())
}

// newNumbers says what a reload cannot do: the simulator knows the numbers and the connector it was started with.
func (n *narrator) newNumbers(before, now *flows.Project) {
	had := map[string]bool{}
	for _, line := range before.Numbers {
		had[line.Number] = true
	}
	for _, line := range now.Numbers {
		if !had[line.Number] {
			n.say("!", "start dev again to ring the new number "+spaced(line.Number))
		}
	}
	if before.Payments.Connector != now.Payments.Connector {
		n.say("!", "start dev again to pay through the connector "+now.Payments.Connector)
	}
}

// follow begins to tell what happens on calls, until the function it returns is called.
func (n *narrator) follow(ctx context.Context, all *local.Local) (end func(), err error) {
	n.app = all
	sub, err := n.app.App.Sessions.Subscribe(ctx, "")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer sub.Close()
		for {
			select {
			case <-ctx.Done():
				return
			case w := <-n.webhooks:
				n.webhook(ctx, w)
			case e, ok := <-sub.C:
				if !ok {
					return
				}
				n.drain(ctx) // what came in before it
				n.catchUp(ctx, e.Call, e.ID, e.Turn)
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}, nil
}

// drain tells the webhooks that are known.
func (n *narrator) drain(ctx context.Context) {
	for {
		select {
		case w := <-n.webhooks:
			n.webhook(ctx, w)
		default:
			return
		}
	}
}
