package archive

import (
	"context"
	"crypto/md5" // S3 has every part checked by it; what proves a copy is SHA-256
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"time"

	"github.com/minio/minio-go/v7"
)

// Put sends the file in parts, each with sums that the storage checks. What an interrupted Put of the same key has
// left there is taken away first. See Archive.
func (b *bucket) Put(ctx context.Context, key string, from *os.File, sha256 string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	op := "store " + key
	size, err := announced(ctx, from, sha256, io.Discard)
	if err != nil {
		return b.failed(op, err)
	}
	u := upload{bucket: b, core: minio.Core{Client: b.client}, name: b.prefix + key, from: from, size: size, options: minio.PutObjectOptions{
		ContentType: "application/octet-stream", CacheControl: "no-store", DisableContentSha256: true,
		UserMetadata: map[string]string{"sha256": sha256},
	}}
	if size > partBytes {
		return b.failed(op, u.sendParts(ctx))
	}
	return b.failed(op, u.sendWhole(ctx))
}

// upload is a file on its way to a bucket. The library that sends it is given readers that it cannot rewind: when it
// repeats a request by itself, it rewinds what the request before may still be reading.
type upload struct {
	bucket  *bucket
	core    minio.Core
	name    string
	from    *os.File
	size    int64
	options minio.PutObjectOptions
}

// part is the file, or a piece of it, that one request carries.
type part struct {
	offset, size int64
	md5, sha256  string // as S3 wants them
}

func (u *upload) part(ctx context.Context, offset int64) (part, error) {
	p := part{offset: offset, size: min(partBytes, u.size-offset)}
	m, s := md5.New(), sha256.New()
	n, err := copyUntil(ctx, io.MultiWriter(m, s), io.NewSectionReader(u.from, offset, p.size))
	if err == nil && n != p.size {
		err = ErrChanged
	}
	p.md5, p.sha256 = base64.StdEncoding.EncodeToString(m.Sum(nil)), hex.EncodeToString(s.Sum(nil))
	return p, err
}

// content is the part's bytes, from the first one.
func (u *upload) content(p part) io.Reader {
	return struct{ io.Reader }{io.NewSectionReader(u.from, p.offset, p.size)}
}

func (u *upload) sendWhole(ctx context.Context) error {
	p, err := u.part(ctx, 0)
	if err != nil {
		return err
	}
	return again(ctx, func() error {
		_, err := u.core.PutObject(ctx, u.bucket.name, u.name, u.content(p), p.size, p.md5, p.sha256, u.options)
		return err
	})
}

func (u *upload) sendParts(ctx context.Context) (err error) {
	if err := u.bucket.abandon(ctx, u.name); err != nil {
		return err
	}
	id, err := u.core.NewMultipartUpload(ctx, u.bucket.name, u.name, u.options)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil { // also when nobody waits any more: the parts would be kept, and paid for
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTimeout)
			defer cancel()
			_ = u.core.AbortMultipartUpload(ctx, u.bucket.name, u.name, id) // else the next Put, or Delete, does it
		}
	}()
	var parts []minio.CompletePart
	for offset := int64(0); offset < u.size; offset += partBytes {
		p, err := u.part(ctx, offset)
		if err != nil {
			return err
		}
		n := len(parts) + 1
		err = again(ctx, func() error {
			sent, err := u.core.PutObjectPart(ctx, u.bucket.name, u.name, id, n, u.content(p), p.size,
				minio.PutObjectPartOptions{Md5Base64: p.md5, Sha256Hex: p.sha256, DisableContentSha256: true})
			parts = append(parts[:n-1], minio.CompletePart{PartNumber: n, ETag: sent.ETag})
			return err
		})
		if err != nil {
			return err
		}
	}
	_, err = u.core.CompleteMultipartUpload(ctx, u.bucket.name, u.name, id, parts, minio.PutObjectOptions{})
	return err
}

// again does a request until it succeeds, or fails for a reason that will not go away, or has failed often enough.
func again(ctx context.Context, request func() error) error {
	wait := 100 * time.Millisecond
	for try := 1; ; try++ {
		err := request()
		if err == nil || try == tries || ctx.Err() != nil || !passing(err) {
			return err
		}
		t := time.NewTimer(wait/2 + rand.N(wait))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return errors.Join(err, ctx.Err())
		}
		wait *= 2
	}
}

// passing tells whether what went wrong may be better in a moment.
func passing(err error) bool {
	said := answer(err)
	switch said.Code {
	case "": // no answer came
		return true
	case "SlowDown", "SlowDownWrite", "RequestTimeout", "InternalError", "ServiceUnavailable", "BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody":
		return true
	case "XMinioStorageFull", "QuotaExceeded", "NotImplemented":
		return false
	}
	return said.StatusCode >= 500 || said.StatusCode == http.StatusTooManyRequests || said.StatusCode == http.StatusRequestTimeout
}
