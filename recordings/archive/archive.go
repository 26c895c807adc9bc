package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"
)

// ErrNotFound is what Open and Sum say of a key that holds nothing.
var ErrNotFound = errors.New("there is no such copy in the archive")

// ErrChanged is what Put says when the file that it is given is not what the caller says it is.
var ErrChanged = errors.New("the file is not the one that was announced")

// Object is a copy as List finds it.
type Object struct {
	Key     string
	Bytes   int64
	SHA256  string // hex, "" where the archive does not keep it; Sum reads it from the bytes
	ModTime time.Time
}

// Archive is a place for copies. All methods may be called at once, by several processes too. A key is what CheckKey
// lets pass. Every error says what was tried, on what, and where it can how to mend it; it holds no secret.
type Archive interface {
	// Put stores the file, from its beginning to its end, which has that SHA-256 in hex and is not empty. It is durable when Put
	// returns. What was there under the key is replaced, and is there till then. ErrChanged: the file has another sum.
	Put(ctx context.Context, key string, from *os.File, sha256 string) error
	// Open reads a copy, whose length in bytes it gives too; ErrNotFound if there is none. Close it.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, int64, error)
	// Delete removes every version of a copy, and what an interrupted Put has left, and then looks whether it is gone.
	// That nothing is there is no error.
	Delete(ctx context.Context, key string) error
	// List calls fn with every copy whose key begins with prefix, in no promised order, until fn gives an error.
	List(ctx context.Context, prefix string, fn func(Object) error) error
	// Check finds out whether the archive can be used: it writes a small copy, reads it back, deletes it and finds it
	// gone. It refuses a place that everybody can read, or one that would keep copies longer than it may.
	Check(ctx context.Context) error
	// String is the archive's address, without secrets.
	String() string
}

// Open makes an archive of its address; nothing is read or written yet.
//
//	file:/var/lib/paydial/archive          a folder
//	file:recordings-archive                one below the working folder
//	s3://bucket/prefix                     a bucket of Amazon's
//	s3://bucket?region=eu-central-1        one whose region is known
//	s3://bucket?endpoint=http://127.0.0.1:9000   of another maker; its name is sent in the path
//	s3://bucket?max_lock_days=30           whose object lock may be that long; default 0
//
// The keys to a bucket come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), else from
// ~/.aws/credentials, else from the machine's role. They cannot stand in the address, which is shown to people.
func Open(address string) (Archive, error) {
	switch scheme, rest, _ := strings.Cut(address, ":"); {
	case scheme == "file" && strings.TrimPrefix(rest, "//") != "":
		return openDir(strings.TrimPrefix(rest, "//"))
	case scheme == "s3":
		u, err := url.Parse(address)
		if err != nil {
			return nil, errors.New("archive: the address cannot be read; one like s3://bucket/prefix is meant")
		}
		return openS3(u)
	}
	scheme, _, _ := strings.Cut(address, ":")
	return nil, fmt.Errorf("archive: an address like file:/var/lib/paydial/archive or s3://bucket/prefix is meant, not %.20q ...", scheme)
}

// Limits of keys, so that they fit into every file system and bucket, with a prefix.
const (
	maxKey  = 512
	maxPart = 160
)

// CheckKey says what is wrong with a key: parts of letters, digits, ".", "_" and "-", none of which begins with ".",
// with "/" between them.
func CheckKey(key string) error {
	if len(key) > maxKey {
		return fmt.Errorf("archive: a key of %d characters is too long", len(key))
	}
	for part := range strings.SplitSeq(key, "/") {
		if part == "" || part[0] == '.' || len(part) > maxPart {
			return fmt.Errorf("archive: %.60q cannot be a key", key)
		}
		for i := range len(part) {
			if strings.IndexByte(keyCharacters, part[i]) < 0 {
				return fmt.Errorf("archive: %.60q cannot be a key", key)
			}
		}
	}
	return nil
}

const keyCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

// Sum reads a copy from its first byte to its last and gives its SHA-256 in hex and its length. It takes the same
// little memory for every length.
func Sum(ctx context.Context, a Archive, key string) (sum string, bytes int64, err error) {
	r, size, err := a.Open(ctx, key)
	if err != nil {
		return "", 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	h := sha256.New()
	n, err := copyUntil(ctx, h, r)
	switch {
	case err != nil:
		return "", n, fmt.Errorf("archive: read %s back from %s: %w", key, a, err)
	case n != size:
		return "", n, fmt.Errorf("archive: read %s back from %s: %d bytes came, not %d: %w", key, a, n, size, io.ErrUnexpectedEOF)
	}
	return hex.EncodeToString(h.Sum(nil)), n, nil
}

// copyUntil copies until the end, or until ctx ends.
func copyUntil(ctx context.Context, to io.Writer, from io.Reader) (int64, error) {
	return io.CopyBuffer(to, struct{ io.Reader }{untilDone{ctx, from}}, make([]byte, copyBuffer))
}

const copyBuffer = 256 << 10

type untilDone struct {
	ctx  context.Context
	from io.Reader
}

// Read reads on, unless the context is over.
func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.from.Read(p)
}

// isSHA256 tells whether a sum is one, in lower-case hex.
func isSHA256(sum string) bool {
	raw, err := hex.DecodeString(sum)
	return err == nil && len(raw) == sha256.Size && strings.ToLower(sum) == sum
}

// errEmpty keeps nothing from being taken for something: no recording is empty.
var errEmpty = errors.New("the file is empty")

// announced checks the file against what the caller says of it, by its own offsets: the file's position does not move.
func announced(ctx context.Context, from *os.File, sum string, copyTo io.Writer) (int64, error) {
	if !isSHA256(sum) {
		return 0, fmt.Errorf("%.80q is not a SHA-256 in hex", sum)
	}
	info, err := from.Stat()
	if err != nil {
		return 0, err
	}
	h := sha256.New()
	n, err := copyUntil(ctx, io.MultiWriter(h, copyTo), io.NewSectionReader(from, 0, info.Size()))
	switch got := hex.EncodeToString(h.Sum(nil)); {
	case err != nil:
		return n, err
	case n == 0:
		return 0, errEmpty
	case n != info.Size():
		return n, fmt.Errorf("%w: it became shorter while it was read", ErrChanged)
	case got != sum:
		return n, fmt.Errorf("%w: its SHA-256 is %s, not %s", ErrChanged, got, sum)
	}
	return n, nil
}

// checkArchive is what every Check does: store, read back, delete, look.
func checkArchive(ctx context.Context, a Archive, probe func(key string) error) error {
	f, err := os.CreateTemp("", "paydial-check-")
	if err != nil {
		return fmt.Errorf("archive: check %s: %w", a, err)
	}
	defer func() { _, _ = f.Close(), os.Remove(f.Name()) }()
	text := "Paydial checks whether recordings can be kept here. This file may be deleted.\n" + time.Now().UTC().Format(time.RFC3339Nano) + "\n"
	if _, err := f.WriteString(text); err != nil {
		return fmt.Errorf("archive: check %s: %w", a, err)
	}
	raw := sha256.Sum256([]byte(text))
	sum := hex.EncodeToString(raw[:])
	key := "paydial-check-" + sum[:16]
	if err := a.Put(ctx, key, f, sum); err != nil {
		return err
	}
	back, _, err := Sum(ctx, a, key)
	if err == nil && back != sum {
		err = fmt.Errorf("archive: check %s: what was read back is not what was stored", a)
	}
	if err == nil {
		err = probe(key)
	}
	if err := errors.Join(err, a.Delete(ctx, key)); err != nil {
		return err
	}
	if _, _, err := a.Open(ctx, key); !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("archive: check %s: a copy that was deleted is still there (%v)", a, err)
	}
	return nil
}
