package archive

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Check tries the bucket out with and without keys; see Archive.
func (b *bucket) Check(ctx context.Context) error {
	if keys, err := b.keys.GetWithContext(nil); err != nil || keys.AccessKeyID == "" {
		return fmt.Errorf("archive: check %s: %s", b, noKeys)
	}
	if err := b.checkLock(ctx); err != nil {
		return b.failed("check", err)
	}
	return checkArchive(ctx, b, func(key string) error { return b.checkPrivate(ctx, key) })
}

// checkLock refuses a bucket that would keep what has to be deleted. Where the storage does not say, the copy that
// Check stores and deletes shows it.
func (b *bucket) checkLock(ctx context.Context) error {
	_, mode, validity, unit, err := b.client.GetObjectLockConfig(ctx, b.name)
	if err != nil {
		if said := answer(err); said.Code == "NoSuchBucket" || said.Code == "InvalidAccessKeyId" || said.Code == "SignatureDoesNotMatch" {
			return err
		}
		return ctx.Err() // no lock, not known there, or not for us to see
	}
	if mode == nil || validity == nil || unit == nil {
		return nil
	}
	days := int(*validity)
	if *unit == minio.Years {
		days *= 366
	}
	if days > b.lockDays {
		return fmt.Errorf("its object lock keeps every copy for %d days, so that none can be deleted before: take the default retention off the bucket, "+
			"or allow it with max_lock_days=%d in PAYDIAL_ARCHIVE_URL", days, days)
	}
	return nil
}

// checkPrivate looks at a copy, and for copies, as somebody without keys.
func (b *bucket) checkPrivate(ctx context.Context, key string) error {
	pool, err := minio.DefaultTransport(b.secure)
	if err != nil {
		return b.failed("check", err)
	}
	defer pool.CloseIdleConnections()
	stranger, err := b.clientWith(credentials.NewStaticV4("", "", ""), http.RoundTripper(pool))
	if err != nil {
		return err
	}
	public := errors.New("everybody can read it without keys: make the bucket private (block public access)")
	if _, err := stranger.StatObject(ctx, b.name, b.prefix+key, minio.StatObjectOptions{}); err == nil {
		return b.failed("check", public)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for o := range stranger.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix + key}) {
		if o.Err == nil {
			return b.failed("check", public)
		}
		break
	}
	return nil
}
