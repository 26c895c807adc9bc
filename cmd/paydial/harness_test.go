package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paydial/paydial/examples"
)

// patience is how long a test waits for something to be printed.
const patience = time.Minute

// result is what a command did.
type result struct {
	code     int
	out, err string
}

// env is an environment for a command; nothing of the real one comes in.
type env map[string]string

func (e env) lookup(name string) (string, bool) {
	v, ok := e[name]
	return v, ok
}

// paydial runs a command to its end.
func paydial(t *testing.T, e env, args ...string) result {
	t.Helper()
	return paydialWith(t, nil, e, args...)
}

// paydialWith runs a command that somebody is typing into.
func paydialWith(t *testing.T, in io.Reader, e env, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	var out, errs screen
	code := run(ctx, args, streams{in: in, out: &out, err: &errs, env: e.lookup})
	return result{code, out.text(), errs.text()}
}

// want fails the test unless the command ended with code and printed all of the words, on stdout or stderr.
func (r result) want(t *testing.T, code int, words ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d", r.code, code)
	}
	for _, w := range words {
		if !strings.Contains(r.out+r.err, w) {
			t.Errorf("it does not say %q", w)
		}
	}
	if t.Failed() {
		t.Logf("stdout:\n%s\nstderr:\n%s", r.out, r.err)
	}
}

// screen keeps what is printed and wakes those who wait for it.
type screen struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	changed chan struct{}
}

// Write keeps more text.
func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
	return s.buf.Write(b)
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// until waits until the text from offset on has the words, and returns that text.
func (s *screen) until(t *testing.T, from int, words string) string {
	t.Helper()
	limit := time.After(patience)
	for {
		s.mu.Lock()
		text := s.buf.String()[from:]
		if strings.Contains(text, words) {
			s.mu.Unlock()
			return text
		}
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("it did not say %q within %s, but:\n%s", words, patience, text)
		}
	}
}

// running is a command that goes on until it is stopped.
type running struct {
	out, err screen
	stop     func() int
}

// start runs a command until the test stops it or ends, and waits until it says ready.
func start(t *testing.T, e env, args ...string) *running {
	t.Helper()
	r := &running{}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, args, streams{out: &r.out, err: &r.err, env: e.lookup}) }()
	var once sync.Once
	code := 0
	r.stop = func() int {
		once.Do(func() {
			cancel()
			code = <-ended
		})
		return code
	}
	t.Cleanup(func() { r.stop() })
	r.err.until(t, 0, "ready\n")
	return r
}

// devRun is `paydial dev`, running on free ports.
type devRun struct {
	*running
	app, sim string
}

var (
	appURL  = regexp.MustCompile(`Phone    (http://[0-9.:]+)/phone`)
	escapes = regexp.MustCompile("\x1b\\[[0-9;]*[a-zA-Z]")
	simURL  = regexp.MustCompile(`--simulator (http://[0-9.:]+)`)
)

func startDev(t *testing.T, e env, args ...string) devRun {
	t.Helper()
	d := devRun{running: start(t, e, append([]string{"dev", "--listen", "127.0.0.1:0", "--simulator-listen", "127.0.0.1:0"}, args...)...)}
	banner := escapes.ReplaceAllString(d.out.text(), "")
	app, sim := appURL.FindStringSubmatch(banner), simURL.FindStringSubmatch(banner)
	if app == nil || sim == nil {
		t.Fatalf("the banner does not say where the app and the simulator are:\n%s", banner)
	}
	d.app, d.sim = app[1], sim[1]
	return d
}

// call runs `paydial call` against it.
func (d devRun) call(t *testing.T, args ...string) result {
	t.Helper()
	return d.callWith(t, nil, args...)
}

func (d devRun) callWith(t *testing.T, in io.Reader, args ...string) result {
	t.Helper()
	return paydialWith(t, in, nil, append([]string{"call", "--app", d.app, "--simulator", d.sim}, args...)...)
}

// demoProject is the demo line as a project on disk.
func demoProject(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, examples.BillPayment()); err != nil {
		t.Fatal(err)
	}
	return dir
}

const demoFlow = "flows/pay-my-bill.yaml"

// edit changes a file of a project, as an editor does that writes in place.
func edit(t *testing.T, dir, file, old, now string) {
	t.Helper()
	path := filepath.Join(dir, file)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), old) {
		t.Fatalf("%s has no %q", file, old)
	}
	write(t, path, strings.Replace(string(raw), old, now, 1))
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// widest is the longest line of a text, with its length in characters.
func widest(text string) (line string, width int) {
	for l := range strings.Lines(text) {
		l = strings.TrimRight(l, "\n")
		if n := len([]rune(l)); n > width {
			line, width = l, n
		}
	}
	return line, width
}

// fits fails the test when a text is wider than a terminal.
func fits(t *testing.T, what, text string) {
	t.Helper()
	if line, width := widest(text); width > helpWidth {
		t.Errorf("%s has a line of %d characters, more than %d:\n%s", what, width, helpWidth, line)
	}
	if strings.Contains(text, "\x1b") {
		t.Errorf("%s has escape codes:\n%q", what, text)
	}
}
