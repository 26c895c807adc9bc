package recordings

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/paydial/paydial/twilio"
)

const (
	// fetchBuffer is how much of a recording is in memory at a time.
	fetchBuffer = 256 << 10
	// markEvery is how many bytes come between two places from which a download can go on after the power went.
	markEvery = 16 << 20
)

// fetched is what Twilio sent, in a file.
type fetched struct {
	file   *os.File
	sha256 string
	bytes  int64
}

// mark is how far an unfinished copy can be relied on: so many bytes are on the disk, and have that sum. What lies
// beyond may be anything if the power went.
type mark struct {
	ETag   string `json:"etag"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

func (r *Recordings) spoolPath(sid, kind string) string {
	return filepath.Join(r.cfg.Spool, sid+kind)
}

// clearSpool forgets an unfinished copy.
func (r *Recordings) clearSpool(sid string) {
	for _, kind := range []string{".mark", ".part"} {
		if err := os.Remove(r.spoolPath(sid, kind)); err != nil && !errors.Is(err, os.ErrNotExist) {
			r.cfg.Log.Warn("recording: an unfinished copy stays in the spool folder", "recording", sid, "error", err)
		}
	}
}

// fetch brings a recording's sound into the spool folder, from where an earlier worker stopped if Twilio still has the
// same file. The caller closes the file.
func (j *job) fetch(ctx context.Context) (out fetched, err error) {
	if err := os.MkdirAll(j.r.cfg.Spool, 0o700); err != nil {
		return out, err
	}
	file, err := os.OpenFile(j.r.spoolPath(j.row.SID, ".part"), os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- our folder, Twilio's id
	if err != nil {
		return out, err
	}
	d := &download{r: j.r, sid: j.row.SID, file: file}
	defer func() {
		if err == nil {
			return
		}
		_ = file.Close()
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			j.r.clearSpool(j.row.SID) // others may fit
		}
	}()
	if err := d.resume(ctx); err != nil {
		return out, err
	}
	media, err := j.r.cfg.Twilio.RecordingMedia(ctx, j.row.SID, d.mark.Bytes, d.mark.ETag)
	if err != nil {
		return out, err
	}
	err = d.take(ctx, media)
	if err := errors.Join(err, media.Body.Close()); err != nil {
		return out, err
	}
	return fetched{file: file, sha256: d.mark.SHA256, bytes: d.mark.Bytes}, nil
}

// download is a copy on its way into the spool folder.
type download struct {
	r    *Recordings
	sid  string
	file *os.File
	sum  hash.Hash
	at   int64 // bytes written
	mark mark  // as it was written down last
}

// resume finds out how much of an unfinished copy can be relied on, and hashes that once more.
func (d *download) resume(ctx context.Context) error {
	d.sum = sha256.New()
	text, err := os.ReadFile(d.r.spoolPath(d.sid, ".mark"))
	if err != nil || json.Unmarshal(text, &d.mark) != nil || d.mark.Bytes < 0 {
		d.mark = mark{}
	}
	n, err := io.CopyBuffer(d.sum, readUntil{ctx, io.NewSectionReader(d.file, 0, d.mark.Bytes)}, make([]byte, fetchBuffer))
	if err != nil {
		return err
	}
	if n != d.mark.Bytes || n > 0 && hex.EncodeToString(d.sum.Sum(nil)) != d.mark.SHA256 {
		d.mark = mark{}
		d.sum.Reset()
	}
	d.at = d.mark.Bytes
	return nil
}

// take writes what comes, and hashes it. In the end all of it is on the disk and in the mark.
func (d *download) take(ctx context.Context, media *twilio.Media) error {
	if media.From != d.at {
		if media.From != 0 {
			return fmt.Errorf("twilio went on at byte %d and not at %d", media.From, d.at)
		}
		d.at = 0
		d.sum.Reset()
	}
	if err := d.file.Truncate(d.at); err != nil {
		return err
	}
	if _, err := d.file.Seek(d.at, io.SeekStart); err != nil {
		return err
	}
	d.mark = mark{ETag: media.ETag, Bytes: d.at}
	buffer, marked := make([]byte, fetchBuffer), d.at
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := media.Body.Read(buffer)
		if n > 0 {
			if _, err := d.file.Write(buffer[:n]); err != nil {
				return err
			}
			_, _ = d.sum.Write(buffer[:n]) // a hash never fails
			d.at += int64(n)
		}
		if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return errors.Join(err, d.note())
		}
		if d.at-marked >= markEvery {
			if err := d.note(); err != nil {
				return err
			}
			marked = d.at
		}
	}
	if media.Total >= 0 && d.at != media.Total {
		return fmt.Errorf("twilio sent %d bytes of %d", d.at, media.Total)
	}
	if d.at == 0 {
		return errors.New("twilio sent an empty file")
	}
	return d.note()
}

// note brings what was written to the disk, and writes down how far it reaches.
func (d *download) note() error {
	if err := d.file.Sync(); err != nil {
		return err
	}
	d.mark.Bytes, d.mark.SHA256 = d.at, hex.EncodeToString(d.sum.Sum(nil))
	text, err := json.Marshal(d.mark)
	if err != nil {
		return err
	}
	path := d.r.spoolPath(d.sid, ".mark")
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// readUntil reads until the context is over.
type readUntil struct {
	ctx context.Context
	io.Reader
}

// Read reads on, unless the context is over.
func (u readUntil) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.Reader.Read(p)
}
