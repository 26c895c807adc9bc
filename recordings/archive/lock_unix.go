//go:build unix

package archive

import (
	"errors"
	"os"
	"syscall"
)

// lockFile opens a file, or makes it, and keeps everybody else from writing to it until it is closed: the kernel gives
// the lock back when a process is killed. errBusy: somebody has it.
func lockFile(path string) (*os.File, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, fileMode)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			if errors.Is(err, syscall.EWOULDBLOCK) {
				err = errBusy
			}
			return nil, errors.Join(err, f.Close())
		}
		mine, err := f.Stat()
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		there, err := os.Lstat(path)
		if err == nil && os.SameFile(mine, there) {
			return f, nil
		}
		_ = f.Close() // it was renamed or removed between opening and locking: that file is not ours to write
		if err = ignoreAbsent(err); err != nil {
			return nil, err
		}
	}
}
