// Package redistest starts Redis servers for tests: Each runs a test on miniredis and on a real redis-server,
// so that neither is the only proof. Real and Cluster start a redis-server of the test's own on a free port
// and end it with the test; where there is none in PATH the test is skipped with a clear word.
//
// It must not be imported by anything but tests.
package redistest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/internal/testproc"
)

// startTimeout is how long a server may take until it answers; it takes some 20 ms.
const startTimeout = 30 * time.Second

// Each runs fn as two parallel subtests, "miniredis" and "redis", with the URL of a server of its own.
func Each(t *testing.T, fn func(t *testing.T, url string)) {
	t.Helper()
	t.Run("miniredis", func(t *testing.T) {
		t.Parallel()
		fn(t, Mini(t))
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		fn(t, Real(t))
	})
}

// Mini starts a miniredis and returns its URL. Its keys do not expire by themselves.
func Mini(t testing.TB) string {
	t.Helper()
	return "redis://" + miniredis.RunT(t).Addr() + "/0"
}

// Real starts a redis-server and returns its URL. args are further settings, "--maxmemory-policy",
// "allkeys-lru".
func Real(t testing.TB, args ...string) string {
	t.Helper()
	return "redis://" + start(t, args) + "/0"
}

// Cluster starts a redis-server that is a cluster of one node, and returns a URL for sessions.Open. One node
// holds every slot, and still refuses a script or command whose keys lie in different ones.
func Cluster(t testing.TB) string {
	t.Helper()
	addr := start(t, []string{"--cluster-enabled", "yes", "--cluster-config-file", t.TempDir() + "/nodes.conf"})
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	c := redis.NewClient(&redis.Options{Addr: addr})
	defer func() { _ = c.Close() }()
	if err := c.ClusterAddSlotsRange(ctx, 0, 16383).Err(); err != nil {
		t.Fatalf("make a cluster of one: %v", err)
	}
	for {
		info, err := c.ClusterInfo(ctx).Result()
		if err != nil {
			t.Fatalf("ask the cluster: %v", err)
		}
		if strings.Contains(info, "cluster_state:ok") {
			return "redis-cluster://" + addr
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Sentinel starts a redis-server and a sentinel that watches it as "main", and returns a URL for sessions.Open.
func Sentinel(t testing.TB) string {
	t.Helper()
	host, port, _ := strings.Cut(start(t, nil), ":")
	conf := filepath.Join(t.TempDir(), "sentinel.conf")
	if err := os.WriteFile(conf, []byte("sentinel monitor main "+host+" "+port+" 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return "redis-sentinel://" + run(t, func(port int, dir string) []string {
		return []string{conf, "--sentinel", "--bind", "127.0.0.1", "--port", fmt.Sprint(port), "--dir", dir}
	}) + "/0?master_name=main"
}

// start runs a redis-server that keeps nothing on disk, and returns its address.
func start(t testing.TB, args []string) string {
	t.Helper()
	return run(t, func(port int, dir string) []string {
		return append([]string{
			"--bind", "127.0.0.1", "--port", fmt.Sprint(port), "--dir", dir, "--save", "", "--appendonly", "no",
			"--maxmemory-policy", "noeviction", "--loglevel", "warning",
		}, args...)
	})
}

// run starts redis-server on a free port and returns its address. A port that somebody else takes first makes
// the server end at once; then another one is tried.
func run(t testing.TB, args func(port int, dir string) []string) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("SKIPPED: needs redis-server in PATH (Debian: apt-get install redis-server)")
	}
	dir := t.TempDir()
	for try := range 5 {
		port := freePort(t)
		addr := fmt.Sprintf("127.0.0.1:%d", port)
		proc, err := testproc.Start(exec.Command(path, args(port, dir)...))
		if err != nil {
			t.Fatalf("start redis-server: %v", err)
		}
		t.Cleanup(proc.Kill)
		if answers(t, addr, proc) {
			return addr
		}
		t.Logf("redis-server did not come up on port %d (try %d): %s", port, try+1, proc.Output())
	}
	t.Fatal("redis-server did not come up")
	return ""
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// answers waits until the server that we started answers; false when it has ended.
func answers(t testing.TB, addr string, proc *testproc.Process) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	c := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1})
	defer func() { _ = c.Close() }()
	for ctx.Err() == nil {
		if proc.Ended() {
			return false
		}
		if c.Ping(ctx).Err() == nil {
			return !proc.Ended()
		}
		time.Sleep(2 * time.Millisecond)
	}
	return false
}
