// Package testproc runs the programs that tests need beside them: redis-server, postgres. A Process keeps what
// the program says and is killed with the test, and by the kernel when the test itself is killed.
//
// It must not be imported by anything but test helpers.
package testproc

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// stopTimeout is how long Stop is polite.
const stopTimeout = 5 * time.Second

// Process is a running program.
type Process struct {
	cmd   *exec.Cmd
	ended chan struct{}

	mu  sync.Mutex
	out bytes.Buffer
}

// Start runs cmd. Set cmd.SysProcAttr with Attr before, where another user's rights are needed.
func Start(cmd *exec.Cmd) (*Process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = Attr()
	}
	p := &Process{cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p, p
	started := make(chan error)
	go func() {
		// Linux ends a child with the thread that made it, so the thread is kept for as long as the child.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in Output
		}
		close(p.ended)
	}()
	return p, <-started
}

// Write takes what the program says.
func (p *Process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

// Output is what the program said so far.
func (p *Process) Output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// Ended tells whether the program is over.
func (p *Process) Ended() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// Stop asks the program to end (SIGINT), and kills it where it does not within a few seconds.
func (p *Process) Stop() {
	if p.cmd.Process.Signal(os.Interrupt) == nil {
		timer := time.NewTimer(stopTimeout)
		defer timer.Stop()
		select {
		case <-p.ended:
			return
		case <-timer.C:
		}
	}
	p.Kill()
}

// Kill ends the program and waits for its end.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}
