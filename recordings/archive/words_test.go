package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
)

// TestWords: what the system says of a disk comes with what to do about it.
func TestWords(t *testing.T) {
	t.Parallel()
	d := &dir{root: "/archive"}
	for errno, says := range map[error]string{
		syscall.ENOSPC: "the disk is full: make room", syscall.EDQUOT: "the disk is full", syscall.EROFS: "cannot be written to",
		syscall.EACCES: "chown", syscall.EPERM: "chown", syscall.EIO: "may be failing", fmt.Errorf("%w: x", ErrChanged): "announced",
	} {
		err := d.failed("store x", &fs.PathError{Op: "write", Path: "/archive/x", Err: errno})
		if !errors.Is(err, errno) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "store x in file:/archive") {
			t.Errorf("%v: %v", errno, err)
		}
	}
}
