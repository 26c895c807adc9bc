//go:build !unix

package archive

import "os"

// lockFile opens a file, or makes it. Where files cannot be locked, one worker must do for a folder.
func lockFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode)
}
