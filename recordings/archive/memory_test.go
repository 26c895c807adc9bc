package archive_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/paydial/paydial/internal/s3test"
	"github.com/paydial/paydial/recordings/archive"
	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/twilio"
)

// copyRecording names the setting that makes of this program one that copies a recording, as a worker does: it holds
// the address of the simulator, the recording and the address of the archive.
const copyRecording = "PAYDIAL_TEST_COPY"

// fullSize names the setting that lets TestMemory copy recordings of so many MiB, in place of 40.
const fullSize = "PAYDIAL_TEST_COPY_MIB"

// maxGrowth is how much more memory a copy may take than the program had before it: the buffers of two connections
// and of one hash. It does not depend on the length of the recording.
const maxGrowth = 24 << 20

// TestMemory copies a long recording and states how much memory that took.
func TestMemory(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("SKIPPED: only Linux tells the peak of a process's memory")
	}
	mib := 40
	if v := os.Getenv(fullSize); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			t.Fatal(err)
		}
		mib = n
	}
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(sim.Handler())
	t.Cleanup(srv.Close)
	t.Cleanup(func() { _ = sim.Close(context.Background()) })
	sid := makeRecording(t, srv.URL, float64(mib<<20)/16000)
	s := s3test.Start(t)
	for _, address := range []string{"file:" + filepath.Join(t.TempDir(), "archive"), s.ArchiveURL("x")} {
		t.Run(address[:4], func(t *testing.T) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), copyRecording+"="+srv.URL+" "+sid+" "+address, "TMPDIR="+t.TempDir())
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			var before, peak, bytes int64
			if _, err := fmt.Sscan(string(out), &before, &peak, &bytes); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			t.Logf("a recording of %d MiB: the peak was %.1f MiB, %.1f MiB more than before it", bytes>>20, float64(peak)/(1<<20), float64(peak-before)/(1<<20))
			if grown := peak - before; grown > maxGrowth || bytes < int64(mib)<<20 {
				t.Errorf("%d bytes were copied, with %d MiB of memory", bytes, grown>>20)
			}
		})
	}
}

// makeRecording has the simulator make a recording.
func makeRecording(t *testing.T, url string, seconds float64) string {
	t.Helper()
	res, err := http.Post(url+"/sim/v1/recordings", "application/json", strings.NewReader(fmt.Sprintf(`{"seconds":%.0f}`, seconds+1)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var made struct{ SIDs []string }
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil || len(made.SIDs) != 1 {
		t.Fatal(made, err)
	}
	return made.SIDs[0]
}

// copyAsWorker copies a recording and prints how much memory that took.
func copyAsWorker(setting string) {
	before := peakMemory()
	n, err := copyOnce(context.Background(), strings.Fields(setting))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(before, peakMemory(), n)
	os.Exit(0)
}

func copyOnce(ctx context.Context, from []string) (int64, error) {
	c, err := twilio.NewClient(twilio.Config{AccountSID: simulator.DefaultAccountSID, AuthToken: simulator.DefaultAuthToken, BaseURL: from[0]})
	if err != nil {
		return 0, err
	}
	a, err := archive.Open(from[2])
	if err != nil {
		return 0, err
	}
	m, err := c.RecordingMedia(ctx, from[1], 0, "")
	if err != nil {
		return 0, err
	}
	spool, err := os.CreateTemp("", "spool")
	if err != nil {
		return 0, err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(spool, h), m.Body)
	if err := errors.Join(err, m.Body.Close()); err != nil {
		return n, err
	}
	sum := hex.EncodeToString(h.Sum(nil))
	if err := a.Put(ctx, "2026/"+from[1]+".wav", spool, sum); err != nil {
		return n, err
	}
	back, size, err := archive.Sum(ctx, a, "2026/"+from[1]+".wav")
	if err == nil && (back != sum || size != n) {
		err = errors.New("what was read back is something else")
	}
	return n, errors.Join(err, spool.Close())
}

// peakMemory is the most memory that this process has had, in bytes.
func peakMemory() int64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		panic(err)
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			var kib int64
			if _, err := fmt.Sscan(text, &kib); err == nil {
				return kib << 10
			}
		}
	}
	panic("no VmHWM")
}
