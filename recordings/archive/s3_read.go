package archive

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/minio/minio-go/v7"
)

// Open reads a copy while it comes.
func (b *bucket) Open(ctx context.Context, key string) (io.ReadSeekCloser, int64, error) {
	if err := CheckKey(key); err != nil {
		return nil, 0, err
	}
	r := &reading{ctx: ctx, bucket: b, key: key}
	if err := r.begin(); err != nil {
		return nil, 0, err
	}
	return r, r.size, nil
}

// reading is a copy that is being read: always the same version of it, wherever one goes in it.
type reading struct {
	ctx    context.Context // of Open: net/http ends a body with it
	bucket *bucket
	key    string
	etag   string
	size   int64
	at     int64         // what is read next
	body   io.ReadCloser // from at on; nil until it is asked for
}

// begin asks for the bytes from at on.
func (r *reading) begin() error {
	opts := minio.GetObjectOptions{}
	op := "read " + r.key
	if r.etag != "" {
		err := opts.SetMatchETag(r.etag)
		if err == nil && r.at > 0 { // a range from 0 would be read as the first byte
			err = opts.SetRange(r.at, 0)
		}
		if err != nil {
			return r.bucket.failed(op, err)
		}
	}
	core := minio.Core{Client: r.bucket.client}
	body, info, header, err := core.GetObject(r.ctx, r.bucket.name, r.bucket.prefix+r.key, opts)
	if err != nil {
		return r.bucket.failed(op, err)
	}
	switch {
	case r.etag == "" && info.Size < 0:
		err = errors.New("the storage does not say how long it is")
	case r.etag == "":
		r.etag, r.size = info.ETag, info.Size
	case info.ETag != r.etag:
		err = errors.New("it was replaced while it was read")
	case r.at > 0 && header.Get("Content-Range") != fmt.Sprintf("bytes %d-%d/%d", r.at, r.size-1, r.size):
		err = errors.New("the storage sent another part than the one that was asked for")
	}
	if err != nil {
		return r.bucket.failed(op, errors.Join(err, body.Close()))
	}
	r.body = body
	return nil
}

// Read reads on. io.EOF comes at the end, and not when the connection breaks.
func (r *reading) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if r.body == nil {
		if err := r.begin(); err != nil {
			return 0, err
		}
	}
	n, err := r.body.Read(p)
	r.at += int64(n)
	switch {
	case r.at > r.size:
		err = errors.New("more came than was announced")
	case errors.Is(err, io.EOF) && r.at < r.size:
		err = io.ErrUnexpectedEOF
	case errors.Is(err, io.EOF), err == nil:
		return n, err
	}
	return n, r.bucket.failed("read "+r.key, err)
}

// Seek goes somewhere else; nothing is sent before the next Read.
func (r *reading) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return r.at, errors.New("archive: seek to before the beginning")
	}
	if offset != r.at {
		_ = r.Close() // what was on its way is not wanted
		r.at = offset
	}
	return offset, nil
}

// Close lets go of the connection.
func (r *reading) Close() error {
	if r.body == nil {
		return nil
	}
	err := r.body.Close()
	r.body = nil
	return err
}
