// Package pgtest starts a throw-away Postgres for tests. Each runs a test on SQLite and on Postgres; Start returns the
// URL of an empty database of the test's own. All tests of one process share a server, which is ended with the last of
// them. Where Postgres is not installed the test is skipped with a clear word.
//
// It must not be imported by anything but tests.
package pgtest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"sync"
	"testing"
	"time"

	"github.com/paydial/paydial/internal/testproc"
)

// startTimeout is how long the server may take until it answers; it takes about a second.
const startTimeout = 30 * time.Second

// The one server of this process, and how many tests use it.
var shared struct {
	sync.Mutex
	server *server
	users  int
	names  int
}

// server is a running Postgres.
type server struct {
	bin  string // folder of Postgres's programs
	dir  string
	addr string
	proc *testproc.Process
}

// Each runs fn as two parallel subtests, "sqlite" and "postgres", with the URL of an empty database of its own.
func Each(t *testing.T, fn func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		fn(t, "sqlite:"+filepath.Join(t.TempDir(), "paydial.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		fn(t, Start(t))
	})
}

// Start returns the URL of a new, empty database.
func Start(t testing.TB) string {
	t.Helper()
	bin := binaries()
	if bin == "" {
		t.Skip("SKIPPED: needs Postgres (Debian: apt-get install postgresql): no /usr/lib/postgresql/*/bin/postgres, none in PATH")
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		s, err := newServer(bin)
		if err != nil {
			t.Fatalf("start postgres: %v", err)
		}
		shared.server = s
	}
	shared.users++
	t.Cleanup(leave)
	shared.names++
	name := fmt.Sprintf("test_%d", shared.names)
	if err := shared.server.create(name); err != nil {
		t.Fatalf("create database: %v", err)
	}
	return shared.server.url(name)
}

// Main runs the tests of a package that uses Start in many of them, from its TestMain: the server is then kept
// until the last has ended, and not started anew whenever none happens to use it.
func Main(m *testing.M) {
	shared.Lock()
	shared.users++
	shared.Unlock()
	code := m.Run()
	leave()
	os.Exit(code)
}

// leave ends the server with its last user.
func leave() {
	shared.Lock()
	defer shared.Unlock()
	shared.users--
	if shared.users == 0 && shared.server != nil {
		shared.server.proc.Stop() // not Kill: Postgres would leave its shared memory behind
		_ = os.RemoveAll(shared.server.dir)
		shared.server = nil
	}
}

// binaries is the folder of postgres, initdb and createdb; "" where there is none.
func binaries() string {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	sort.Sort(sort.Reverse(sort.StringSlice(dirs)))
	if path, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	for _, dir := range dirs {
		if exists(filepath.Join(dir, "postgres")) && exists(filepath.Join(dir, "initdb")) && exists(filepath.Join(dir, "createdb")) {
			return dir
		}
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func newServer(bin string) (*server, error) {
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return nil, err
	}
	s := &server{bin: bin, dir: dir}
	if err := s.run(); err != nil {
		if s.proc != nil {
			s.proc.Stop()
			err = fmt.Errorf("%w\n%s", err, s.proc.Output())
		}
		_ = os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func (s *server) run() error {
	attr, err := unprivileged(s.dir)
	if err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(filepath.Join(s.bin, "initdb"), "-D", data, "-U", "paydial", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = attr, s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.addr = l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return err
	}
	// Nothing has to survive: without fsync the tests take seconds instead of minutes.
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), "-D", data, "-p", port, "-h", "127.0.0.1", "-k", "",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200")
	cmd.SysProcAttr, cmd.Dir = attr, s.dir
	if s.proc, err = testproc.Start(cmd); err != nil {
		return err
	}
	return s.wait()
}

// wait waits until the server takes a database.
func (s *server) wait() error {
	deadline := time.Now().Add(startTimeout)
	for {
		err := s.create("first")
		switch {
		case err == nil:
			return nil
		case s.proc.Ended():
			return errors.New("postgres ended at once")
		case time.Now().After(deadline):
			return fmt.Errorf("postgres does not answer: %w", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// create makes an empty database with Postgres's own tool, so that this package needs no driver.
func (s *server) create(name string) error {
	host, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(s.bin, "createdb"), "-h", host, "-p", port, "-U", "paydial", "-w",
		"--maintenance-db=postgres", name)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("createdb: %w\n%s", err, out)
	}
	return nil
}

func (s *server) url(name string) string {
	return "postgres://paydial@" + s.addr + "/" + name + "?sslmode=disable"
}
