package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	folderMode = 0o700
	fileMode   = 0o600
	// unfinished ends the name of a copy while it is written. It begins with a dot, as no key does.
	unfinished = ".part"
)

// dir is an archive in a folder.
type dir struct {
	root string // absolute
}

func openDir(path string) (*dir, error) {
	root, err := filepath.Abs(filepath.FromSlash(path))
	if err != nil {
		return nil, fmt.Errorf("archive: folder %q: %w", path, err)
	}
	if root == filepath.Dir(root) {
		return nil, fmt.Errorf("archive: %q is the root of the file system: name a folder of the archive's own", path)
	}
	return &dir{root: root}, nil
}

// String is the archive's address.
func (d *dir) String() string { return "file:" + filepath.ToSlash(d.root) }

// places gives the file of a key, and its name while it is written: in the same folder, because nothing can be renamed
// from one file system into another.
func (d *dir) places(key string) (file, part string, err error) {
	if err := CheckKey(key); err != nil {
		return "", "", err
	}
	file = filepath.Join(d.root, filepath.FromSlash(key))
	folder, name := filepath.Split(file)
	return file, filepath.Join(folder, "."+name+unfinished), nil
}

// Put writes beside the copy and renames; see Archive.
func (d *dir) Put(ctx context.Context, key string, from *os.File, sha256 string) error {
	file, part, err := d.places(key)
	if err != nil {
		return err
	}
	if err := d.put(ctx, file, part, from, sha256); err != nil {
		return d.failed("store "+key, err)
	}
	return nil
}

func (d *dir) put(ctx context.Context, file, part string, from *os.File, sha256 string) (err error) {
	if err := makeFolder(filepath.Dir(file)); err != nil {
		return err
	}
	to, err := lockFile(part)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreAbsent(os.Remove(part)))
		}
		err = errors.Join(err, to.Close()) // only now may another process write there
	}()
	if err := to.Truncate(0); err != nil { // what was left by one that was killed
		return err
	}
	if _, err := announced(ctx, from, sha256, to); err != nil {
		return err
	}
	if err := to.Sync(); err != nil {
		return err
	}
	if err := os.Rename(part, file); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

// makeFolder makes a folder and those above it that are missing, so that they outlast a power cut.
func makeFolder(path string) error {
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return &fs.PathError{Op: "use as a folder", Path: path, Err: errNoFolder}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	above := filepath.Dir(path)
	if above != path {
		if err := makeFolder(above); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, folderMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(above)
}

var errNoFolder = errors.New("a file of that name is in the way")

// syncFolder makes durable which names are in a folder.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Open reads a copy.
func (d *dir) Open(_ context.Context, key string) (io.ReadSeekCloser, int64, error) {
	file, _, err := d.places(key)
	if err != nil {
		return nil, 0, err
	}
	f, err := os.Open(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, d.failed("open "+key, d.absent(ErrNotFound))
	case err != nil:
		return nil, 0, d.failed("open "+key, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file", file)
	}
	if err != nil {
		return nil, 0, d.failed("open "+key, errors.Join(err, f.Close()))
	}
	return f, info.Size(), nil
}

// absent gives the meaning of a file that is not there: nothing, if it is the whole archive that is not there.
func (d *dir) absent(meaning error) error {
	if _, err := os.Stat(d.root); err != nil {
		return fmt.Errorf("the folder cannot be found: is its disk mounted? %w", err)
	}
	return meaning
}

// Delete removes a copy and what was begun of one.
func (d *dir) Delete(_ context.Context, key string) error {
	file, part, err := d.places(key)
	if err != nil {
		return err
	}
	op := "delete " + key
	if err := d.absent(nil); err != nil {
		return d.failed(op, err)
	}
	if err := errors.Join(ignoreAbsent(os.Remove(file)), ignoreAbsent(os.Remove(part))); err != nil {
		return d.failed(op, err)
	}
	if err := ignoreAbsent(syncFolder(filepath.Dir(file))); err != nil {
		return d.failed(op, err)
	}
	for _, path := range []string{file, part} {
		switch _, err := os.Lstat(path); {
		case err == nil:
			return d.failed(op, errors.New("the file is there again: another process stores it"))
		case !errors.Is(err, fs.ErrNotExist):
			return d.failed(op, err)
		}
	}
	return nil
}

// List walks through the folder.
func (d *dir) List(ctx context.Context, prefix string, fn func(Object) error) error {
	return d.walk(ctx, func(path, key string, e fs.DirEntry) error {
		if strings.HasPrefix(filepath.Base(path), ".") || !strings.HasPrefix(key, prefix) {
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) { // deleted meanwhile
			return nil
		}
		if err != nil {
			return d.failed("list", err)
		}
		return fn(Object{Key: key, Bytes: info.Size(), ModTime: info.ModTime()})
	})
}

// walk calls fn with every file, and the key that its path stands for.
func (d *dir) walk(ctx context.Context, fn func(path, key string, e fs.DirEntry) error) error {
	return filepath.WalkDir(d.root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist): // no archive yet, or deleted meanwhile
			return nil
		case err != nil:
			return d.failed("list", err)
		case e.IsDir() && path != d.root && strings.HasPrefix(e.Name(), "."):
			return filepath.SkipDir
		case !e.Type().IsRegular():
			return nil
		}
		rel, err := filepath.Rel(d.root, path)
		if err != nil {
			return d.failed("list", err)
		}
		return fn(path, filepath.ToSlash(rel), e)
	})
}

// Check tries the folder out, and takes away what was left by processes that were killed while they wrote.
func (d *dir) Check(ctx context.Context) error {
	if err := checkArchive(ctx, d, func(string) error { return nil }); err != nil {
		return err
	}
	info, err := os.Stat(d.root)
	if err != nil {
		return d.failed("check", err)
	}
	if mode := info.Mode(); mode.Perm()&0o002 != 0 && mode&fs.ModeSticky == 0 {
		return d.failed("check", fmt.Errorf("everybody on this machine can put files into it: chmod 700 %s", d.root))
	}
	return d.walk(ctx, func(path, _ string, _ fs.DirEntry) error {
		if name := filepath.Base(path); !strings.HasPrefix(name, ".") || !strings.HasSuffix(name, unfinished) {
			return nil
		}
		f, err := lockFile(path)
		if errors.Is(err, errBusy) { // somebody is writing it
			return nil
		}
		if err != nil {
			return d.failed("clean up", err)
		}
		if err := errors.Join(ignoreAbsent(os.Remove(path)), f.Close()); err != nil {
			return d.failed("clean up", err)
		}
		return nil
	})
}

// errBusy says that another process, or another goroutine, is writing the same copy.
var errBusy = errors.New("it is being stored by somebody else at this moment; try again")
