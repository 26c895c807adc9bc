package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"syscall"

	"github.com/minio/minio-go/v7"
)

// failed says what was tried when it went wrong, and how to mend it.
func (d *dir) failed(op string, err error) error {
	switch {
	case errors.Is(err, errNoFolder), errors.Is(err, errBusy), errors.Is(err, ErrChanged):
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("archive: %s in %s: the disk is full: make room on it, or let PAYDIAL_ARCHIVE_URL name a folder elsewhere: %w", op, d, err)
	case errors.Is(err, syscall.EROFS):
		return fmt.Errorf("archive: %s in %s: the file system cannot be written to: let PAYDIAL_ARCHIVE_URL name a folder elsewhere: %w", op, d, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("archive: %s in %s: the user %s may not do that: chown -R %[3]s %[4]s: %[5]w", op, d, userID(), d.root, err)
	case errors.Is(err, syscall.EIO):
		return fmt.Errorf("archive: %s in %s: the disk may be failing: %w", op, d, err)
	}
	return fmt.Errorf("archive: %s in %s: %w", op, d, err)
}

func userID() string {
	if id := os.Geteuid(); id >= 0 {
		return fmt.Sprint(id)
	}
	return "that runs this"
}

// remedies say how to mend what S3 complains of, by its codes:
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func (b *bucket) remedy(code string) string {
	switch code {
	case "NoSuchBucket":
		return fmt.Sprintf("there is no bucket %q there: create it, or correct PAYDIAL_ARCHIVE_URL", b.name)
	case "InvalidAccessKeyId", "InvalidToken":
		return "the access key is not known there: correct AWS_ACCESS_KEY_ID"
	case "SignatureDoesNotMatch":
		return "the secret key is not the one of the access key: correct AWS_SECRET_ACCESS_KEY"
	case "ExpiredToken", "ExpiredTokenException":
		return "the keys have expired: get new ones"
	case "AccessDenied", "AllAccessDisabled", "AccountProblem":
		return "the keys do not allow that: allow s3:PutObject, s3:GetObject, s3:DeleteObject, s3:DeleteObjectVersion, s3:ListBucket, " +
			"s3:ListBucketVersions, s3:ListBucketMultipartUploads and s3:AbortMultipartUpload on the bucket; an object lock forbids deletion too"
	case "AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException", "TemporaryRedirect":
		return "the bucket is in another region: add region=... to PAYDIAL_ARCHIVE_URL"
	case "RequestTimeTooSkewed":
		return "the clock of this machine is wrong: set it"
	case "SlowDown", "SlowDownWrite", "SlowDownRead", "ServiceUnavailable", "InternalError", "RequestTimeout":
		return "the storage is busy; it will be tried again"
	case "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "IncompleteBody":
		return "what arrived there is not what was sent; it will be tried again"
	}
	return ""
}

// noKeys is what to do when there are no keys to a bucket at all.
const noKeys = "there are no keys to it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role that may use it"

// answer is what the storage said; the zero value if it said nothing.
func answer(err error) minio.ErrorResponse {
	var said minio.ErrorResponse
	errors.As(err, &said)
	return said
}

// failed says what was tried when it went wrong, and how to mend it.
func (b *bucket) failed(op string, err error) error {
	if err == nil {
		return nil
	}
	said := answer(err)
	if said.Code == "NoSuchKey" || said.Code == "NoSuchVersion" {
		return fmt.Errorf("archive: %s in %s: %w", op, b, ErrNotFound)
	}
	remedy := b.remedy(said.Code)
	var refused *net.OpError
	switch {
	case said.StatusCode == 401 || said.StatusCode == 403:
		if keys, err := b.keys.GetWithContext(nil); err == nil && keys.AccessKeyID == "" {
			remedy = noKeys
		}
	case said.Code == "" && errors.As(err, &refused):
		remedy = "nobody answers there: is the address right, and the storage running?"
	}
	var where *url.Error
	if errors.As(err, &where) { // it holds the whole address of the request
		err = where.Err
	}
	if remedy == "" {
		return fmt.Errorf("archive: %s in %s: %w", op, b, err)
	}
	return fmt.Errorf("archive: %s in %s: %s: %w", op, b, remedy, err)
}
