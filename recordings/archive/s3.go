package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	// partBytes is how much of a copy is sent at once, and how much memory that takes.
	partBytes = 16 << 20
	// tries of one request. Whoever stores copies has a longer breath than this.
	tries = 4
	// answerTimeout is how long the storage may take to begin its answer.
	answerTimeout = time.Minute
)

// bucket is an archive in a bucket of S3.
type bucket struct {
	name     string
	prefix   string // "" or ending in a slash
	endpoint string // host
	secure   bool
	region   string
	custom   bool // the endpoint is not Amazon's
	lockDays int  // how long an object lock may be
	keys     *credentials.Credentials
	client   *minio.Client
}

// openS3 reads the address of a bucket.
func openS3(u *url.URL) (*bucket, error) {
	b := &bucket{name: u.Host, endpoint: "s3.amazonaws.com", secure: true}
	q := u.Query()
	for name := range q {
		switch name {
		case "endpoint", "region", "max_lock_days":
		default:
			return nil, fmt.Errorf("archive: the address of a bucket has no setting %.40q; endpoint, region and max_lock_days are meant", name)
		}
	}
	switch {
	case u.User != nil:
		return nil, errors.New("archive: keys must not stand in the address of a bucket: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	case b.name == "":
		return nil, errors.New("archive: the address names no bucket; one like s3://bucket/prefix is meant")
	}
	if b.prefix = strings.Trim(u.Path, "/"); b.prefix != "" {
		if err := CheckKey(b.prefix); err != nil {
			return nil, fmt.Errorf("archive: the prefix %.60q: letters, digits and . _ - are meant", b.prefix)
		}
		b.prefix += "/"
	}
	if v := q.Get("max_lock_days"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("archive: max_lock_days %.20q is not a number of days", v)
		}
		b.lockDays = n
	}
	b.region = q.Get("region")
	if v := q.Get("endpoint"); v != "" {
		e, err := url.Parse(v)
		if err != nil || e.Host == "" || e.Scheme != "http" && e.Scheme != "https" || strings.Trim(e.Path, "/") != "" || e.User != nil || e.RawQuery != "" {
			return nil, errors.New("archive: endpoint: an address like https://storage.example.com is meant")
		}
		b.endpoint, b.secure, b.custom = e.Host, e.Scheme == "https", true
		if b.region == "" {
			b.region = "us-east-1" // what makers other than Amazon take
		}
	}
	return b, b.connect()
}

// connect makes the client; nothing is sent yet.
func (b *bucket) connect() error {
	pool, err := minio.DefaultTransport(b.secure)
	if err != nil {
		return fmt.Errorf("archive: %s: %w", b, err)
	}
	pool.ResponseHeaderTimeout = answerTimeout
	b.keys = credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{Client: &http.Client{Transport: http.DefaultTransport}},
	})
	b.client, err = b.clientWith(b.keys, pool)
	return err
}

func (b *bucket) clientWith(keys *credentials.Credentials, pool http.RoundTripper) (*minio.Client, error) {
	lookup := minio.BucketLookupAuto
	if b.custom {
		lookup = minio.BucketLookupPath
	}
	c, err := minio.New(b.endpoint, &minio.Options{
		Creds: keys, Secure: b.secure, Region: b.region, BucketLookup: lookup, Transport: pool, MaxRetries: tries,
	})
	if err != nil {
		return nil, fmt.Errorf("archive: %s: %w", b, err)
	}
	return c, nil
}

// String is the archive's address; keys are never part of it.
func (b *bucket) String() string {
	u := url.URL{Scheme: "s3", Host: b.name, Path: "/" + strings.TrimSuffix(b.prefix, "/")}
	if b.custom {
		scheme := "http"
		if b.secure {
			scheme = "https"
		}
		u.RawQuery = "endpoint=" + scheme + "://" + b.endpoint
	}
	return u.String()
}

// Put sends the file in parts, each with a sum that the storage checks. What an interrupted Put of the same key has
// left there is taken away first. See Archive.
func (b *bucket) Put(ctx context.Context, key string, from *os.File, sha256 string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	op, name := "store "+key, b.prefix+key
	size, err := announced(ctx, from, sha256, io.Discard)
	if err != nil {
		return b.failed(op, err)
	}
	if size > partBytes {
		if err := b.abandon(ctx, name); err != nil {
			return b.failed(op, err)
		}
	}
	// Every part goes with its MD5, which is signed and which all makers check. Signing each chunk of a part as well is
	// something that not all of them understand. That the whole is what it was is for Sum to find out.
	info, err := b.client.PutObject(ctx, b.name, name, io.NewSectionReader(from, 0, size), size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", PartSize: partBytes, NumThreads: 1, SendContentMd5: true, DisableContentSha256: true,
		CacheControl: "no-store", UserMetadata: map[string]string{"sha256": sha256},
	})
	if err == nil && info.Size != size {
		err = fmt.Errorf("%d of %d bytes were stored: %w", info.Size, size, io.ErrShortWrite)
	}
	return b.failed(op, err)
}

// abandon takes away the parts of copies that were never completed.
func (b *bucket) abandon(ctx context.Context, name string) error {
	err := b.client.RemoveIncompleteUpload(ctx, b.name, name)
	switch answer(err).Code {
	case "NotImplemented", "MethodNotAllowed", "NoSuchUpload": // nothing of the kind there, or not any more
		return nil
	}
	return err
}

// Delete removes every version and marker of a copy, and what was begun of one; then it looks.
func (b *bucket) Delete(ctx context.Context, key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	op, name := "delete "+key, b.prefix+key
	if err := b.abandon(ctx, name); err != nil {
		return b.failed(op, err)
	}
	found, err := b.versions(ctx, name)
	if err != nil {
		return b.failed(op, err)
	}
	for _, version := range found {
		if err := b.client.RemoveObject(ctx, b.name, name, minio.RemoveObjectOptions{VersionID: version}); err != nil {
			return b.failed(op, err)
		}
	}
	left, err := b.versions(ctx, name)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("%d of %d versions are still there", len(left), len(found))
	}
	if err == nil {
		if _, err = b.client.StatObject(ctx, b.name, name, minio.StatObjectOptions{}); err == nil {
			err = errors.New("it is still there")
		} else if answer(err).Code == "NoSuchKey" {
			err = nil
		}
	}
	return b.failed(op, err)
}

// versions lists the ids of all versions of an object and of the markers that hide them: https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
// A bucket without versions has one, null.
func (b *bucket) versions(ctx context.Context, name string) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing when it is left early
	var ids []string
	for o := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: name, Recursive: true, WithVersions: true}) {
		if o.Err != nil {
			return nil, o.Err
		}
		if o.Key == name {
			ids = append(ids, o.VersionID)
		}
	}
	return ids, ctx.Err()
}

// List lists what is to be seen: the newest version of each copy.
func (b *bucket) List(ctx context.Context, prefix string, fn func(Object) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for o := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix + prefix, Recursive: true}) {
		if o.Err != nil {
			return b.failed("list", o.Err)
		}
		key := strings.TrimPrefix(o.Key, b.prefix)
		if CheckKey(key) != nil { // not ours
			continue
		}
		if err := fn(Object{Key: key, Bytes: o.Size, ModTime: o.LastModified}); err != nil {
			return err
		}
	}
	return ctx.Err()
}
