package flows

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// ProjectFile is the name of the file that makes a directory a project.
const ProjectFile = "paydial.yaml"

// maxFileSize keeps one file small enough that reading, linting and pinning it is always quick. The longest
// hand-written flow seen so far has 12 KB.
const maxFileSize = 256 << 10

// ReadBundle reads the files of a project: paydial.yaml and everything in flows/ that ends in .yaml or .yml.
// A project without paydial.yaml is read too; Load then says what is missing.
func ReadBundle(fsys fs.FS) (Bundle, error) {
	names := []string{}
	if _, err := fs.Stat(fsys, ProjectFile); err == nil {
		names = append(names, ProjectFile)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return Bundle{}, fmt.Errorf("read project: %w", err)
	}
	entries, err := fs.ReadDir(fsys, "flows")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Bundle{}, fmt.Errorf("read project: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() && isFlowFile(path.Join("flows", e.Name())) {
			names = append(names, path.Join("flows", e.Name()))
		}
	}
	var b Bundle
	for _, name := range names {
		source, err := readLimited(fsys, name)
		if err != nil {
			return Bundle{}, fmt.Errorf("read project: %w", err)
		}
		b.Files = append(b.Files, File{Path: name, Source: source})
	}
	return b, nil
}

// readLimited reads one byte more than a file may have, so that Load can tell that it is too big.
func readLimited(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	source, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	return source, errors.Join(err, f.Close())
}

// isFlowFile tells whether a path of a bundle is a flow. Hidden files (an editor's leavings) are not.
func isFlowFile(name string) bool {
	dir, base := path.Split(name)
	ext := path.Ext(base)
	return dir == "flows/" && !strings.HasPrefix(base, ".") && (ext == ".yaml" || ext == ".yml")
}

// Hash is the content hash of the bundle, in hex. The order of the files does not matter.
func (b Bundle) Hash() string {
	files := slices.Clone(b.Files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	h := sha256.New()
	part := func(p []byte) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		h.Write(size[:])
		h.Write(p)
	}
	for _, f := range files {
		part([]byte(f.Path))
		part(f.Source)
	}
	return hex.EncodeToString(h.Sum(nil))
}
