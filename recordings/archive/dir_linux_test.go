package archive_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// nobody is a user who owns nothing.
const nobody = 65534

// TestFolderOfSomebodyElse: a folder that one may not write to is named, with the command that mends it.
func TestFolderOfSomebodyElse(t *testing.T) {
	t.Parallel()
	f, sum, _ := sound(t, 1, 100)
	root := filepath.Join(t.TempDir(), "archive")
	if err := os.Mkdir(root, 0o500); err != nil {
		t.Fatal(err)
	}
	a := open(t, "file:"+root)
	failed := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread that became somebody else ends with the goroutine
		if os.Geteuid() == 0 {
			_ = syscall.Setfsuid(nobody)
		}
		failed <- a.Put(t.Context(), "x", f, sum)
	}()
	if err := <-failed; err == nil || !strings.Contains(err.Error(), "chown -R") || !strings.Contains(err.Error(), root) {
		t.Errorf("got %v", err)
	}
}
