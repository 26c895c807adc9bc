package rig

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// startLimit is how long a process may take to say that it is ready.
const startLimit = time.Minute

var built struct {
	sync.Once
	path string
	err  error
	log  []byte
}

// Binary builds the command once for the test process, as releases are built, and returns its path.
func Binary(t testing.TB) string {
	t.Helper()
	built.Do(func() {
		dir, err := os.MkdirTemp("", "paydial-rig-")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "paydial")
		cmd := exec.Command("go", "build", "-trimpath", "-o", built.path, "github.com/paydial/paydial/cmd/paydial")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		built.log, built.err = cmd.CombinedOutput()
	})
	if built.err != nil {
		t.Fatalf("build the command: %v\n%s", built.err, built.log)
	}
	return built.path
}

// Process is one run of the command.
type Process struct {
	Args []string
	Env  []string

	t   testing.TB
	mu  sync.Mutex
	log bytes.Buffer
	cmd *exec.Cmd
}

// NewProcess prepares a run of the command; Start starts it, and the test's end kills it.
func NewProcess(t testing.TB, env []string, args ...string) *Process {
	t.Helper()
	p := &Process{Args: args, Env: env, t: t}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("end of the log of paydial %s:\n%s", strings.Join(args, " "), lastLines(p.Log()))
		}
	})
	return p
}

// shownLines is how much of a log a failed test prints.
const shownLines = 30

func lastLines(log string) string {
	lines := strings.Split(log, "\n")
	return strings.Join(lines[max(0, len(lines)-shownLines):], "\n")
}

// Start starts the process and waits until it says ready.
func (p *Process) Start() {
	p.t.Helper()
	p.cmd = exec.Command(Binary(p.t), p.Args...)
	p.cmd.Env = append(os.Environ(), p.Env...)
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	p.cmd.Stdout = io.Discard
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ready := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(stderr)
		lines.Buffer(nil, 1<<20)
		told := false
		for lines.Scan() {
			p.mu.Lock()
			p.log.WriteString(lines.Text() + "\n")
			p.mu.Unlock()
			if lines.Text() == "ready" && !told {
				told = true
				ready <- true
			}
		}
		if !told {
			ready <- false
		}
	}()
	select {
	case ok := <-ready:
		if !ok {
			p.t.Fatalf("paydial %s ended before it was ready:\n%s", strings.Join(p.Args, " "), p.Log())
		}
	case <-time.After(startLimit):
		p.t.Fatalf("paydial %s was not ready in %s:\n%s", strings.Join(p.Args, " "), startLimit, p.Log())
	}
}

// Kill ends the process at once, as kill -9 does.
func (p *Process) Kill() {
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	_, _ = p.cmd.Process.Wait()
	p.cmd = nil
}

// Log is all the process has written to stderr.
func (p *Process) Log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// FreePort is a port of the loopback address that was free a moment ago.
func FreePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
