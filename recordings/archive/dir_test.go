package archive_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/internal/testproc"
	"github.com/paydial/paydial/recordings/archive"
)

// storeForEver names the setting that makes of this program one that stores the same copy again and again in a folder.
const storeForEver = "PAYDIAL_TEST_STORE_FOR_EVER"

// longSound is what it stores.
func longSound() (content []byte, sum string) {
	content = bytes.Repeat([]byte("sound"), 1<<20)
	raw := sha256.Sum256(content)
	return content, hex.EncodeToString(raw[:])
}

func storeUntilKilled(path string) {
	content, sum := longSound()
	f, err := os.CreateTemp("", "sound")
	if err == nil {
		_ = os.Remove(f.Name())
		_, err = f.Write(content)
	}
	a, err2 := archive.Open("file:" + path)
	for err = errors.Join(err, err2); err == nil; {
		err = errors.Join(a.Put(context.Background(), "2026/a", f, sum), a.Delete(context.Background(), "2026/a"))
	}
	fmt.Println(err)
	os.Exit(1)
}

// TestKilledWhileStoring: whenever the process dies, what is under the key is whole, and the leftovers go with the
// next Put or Check.
func TestKilledWhileStoring(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "archive")
	a := open(t, "file:"+root)
	f, sum, _ := sound(t, 1, 100)
	_, long := longSound()
	leftovers := 0
	for round := range 12 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), storeForEver+"="+root)
		p, err := testproc.Start(cmd)
		if err != nil {
			t.Fatal(err)
		}
		part := filepath.Join(root, "2026", ".a.part")
		waitFor(t, p, func() bool { info, err := os.Stat(part); return err == nil && info.Size() > int64(round)<<17 })
		p.Kill()
		if got, _, err := archive.Sum(t.Context(), a, "2026/a"); err == nil && got != long && got != sum || err != nil && !errors.Is(err, archive.ErrNotFound) {
			t.Fatalf("there is half a copy: %s, %v", got, err)
		}
		if _, err := os.Stat(part); err == nil {
			leftovers++
		}
		if err := a.List(t.Context(), "", func(o archive.Object) error {
			if o.Key != "2026/a" {
				t.Errorf("listed: %s", o.Key)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		if round%2 == 0 {
			err = a.Put(t.Context(), "2026/a", f, sum)
		} else {
			err = errors.Join(a.Check(t.Context()), a.Delete(t.Context(), "2026/a"))
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(part); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("round %d: the leftovers are still there: %v", round, err)
		}
	}
	if leftovers == 0 {
		t.Error("no round left anything: the test shows nothing")
	}
}

// waitFor waits until a process has come to a point.
func waitFor(t *testing.T, p *testproc.Process, there func() bool) {
	t.Helper()
	tick := time.NewTicker(200 * time.Microsecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); !there(); <-tick.C {
		if p.Ended() || time.Now().After(end) {
			t.Fatalf("it does not store: %s", p.Output())
		}
	}
}

// TestModes: nobody else on the machine can read copies.
func TestModes(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "a", "archive")
	a := open(t, "file:"+root)
	f, sum, _ := sound(t, 1, 100)
	if err := a.Put(t.Context(), "2026/11/x", f, sum); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fs.FileMode{"": 0o700, "2026": 0o700, "2026/11": 0o700, "2026/11/x": 0o600} {
		info, err := os.Stat(filepath.Join(root, path))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
}

// TestFolderTroubles: what is wrong with a folder is said in words.
func TestFolderTroubles(t *testing.T) {
	t.Parallel()
	f, sum, _ := sound(t, 1, 100)
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	inTheWay := open(t, "file:"+root+"/file")
	gone := open(t, "file:"+root+"/disk/archive")
	open1 := open(t, "file:"+root)
	if err := os.Chmod(root, 0o777); err != nil {
		t.Fatal(err)
	}
	_, _, openErr := gone.Open(t.Context(), "a")
	for name, c := range map[string]struct {
		err  error
		says string
	}{
		"a file is in the way":                   {inTheWay.Put(t.Context(), "a", f, sum), "a file of that name is in the way"},
		"a copy is in the way":                   {errors.Join(open1.Put(t.Context(), "a", f, sum), open1.Put(t.Context(), "a/b", f, sum)), "in the way"},
		"the disk is not there: open":            {openErr, "is its disk mounted?"},
		"the disk is not there: delete":          {gone.Delete(t.Context(), "a"), "is its disk mounted?"},
		"everybody can write":                    {open1.Check(t.Context()), "chmod 700"},
		"a folder in place of a copy: delete it": {errors.Join(open1.Put(t.Context(), "f/x", f, sum), open1.Delete(t.Context(), "f")), "directory not empty"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.says) || errors.Is(c.err, archive.ErrNotFound) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if got := keys(t, gone, ""); len(got) > 0 {
		t.Errorf("listed: %v", got)
	}
	if got := files(t, root); !slices.Equal(got, []string{"a", "f/x", "file"}) {
		t.Errorf("left: %v", got)
	}
}
