package twilio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Media is the sound of a recording, or the rest of it, while it comes. Body gives io.EOF only after the last byte: a
// connection that breaks before is an error that is io.ErrUnexpectedEOF or says what happened. Close it.
type Media struct {
	Body  io.ReadCloser
	From  int64  // where in the file Body begins: the offset that was asked for, or 0 when it has to begin anew
	Total int64  // length of the whole file in bytes; -1 when Twilio does not say
	ETag  string // of the file, to go on with later; "" when there is none that can be trusted
}

// RecordingMedia fetches the sound of a recording as WAV, from byte from on. etag is what an earlier answer gave: with
// it Twilio is asked to go on only if the file is still the same, and without it the file begins anew. Media.From says
// which of the two came. Twilio's timeout is the time until the answer begins, and the longest time without a byte; a
// long file may take as long as it takes.
// https://www.twilio.com/docs/voice/api/recording#fetch-a-recordings-media-file
func (c *Client) RecordingMedia(ctx context.Context, sid string, from int64, etag string) (*Media, error) {
	const op = "fetch recording's media"
	if err := checkSID(op, sid, "RE"); err != nil {
		return nil, err
	}
	if from < 0 {
		return nil, fmt.Errorf("twilio: %s: %d is not an offset", op, from)
	}
	if etag == "" || strings.HasPrefix(etag, "W/") {
		from = 0
	}
	ctx, cancel := context.WithCancelCause(ctx)
	watch := time.AfterFunc(c.timeout, func() { cancel(errSilent) })
	m, err := c.media(ctx, sid, from, etag)
	watch.Stop()
	if err != nil {
		if cause := context.Cause(ctx); errors.Is(cause, errSilent) {
			err = cause
		}
		cancel(nil)
		return nil, failed(op, err)
	}
	m.Body = &mediaBody{from: m.Body, watch: watch, wait: c.timeout, ctx: ctx, cancel: cancel, left: m.Total - m.From, counted: m.Total >= 0}
	return m, nil
}

// errSilent is why a download was given up: it is a timeout, as errors.Is(err, context.DeadlineExceeded) tells.
var errSilent = fmt.Errorf("no byte came for too long: %w", context.DeadlineExceeded)

// media sends the request and checks the answer's head.
func (c *Client) media(ctx context.Context, sid string, from int64, etag string) (*Media, error) {
	address := *c.base
	address.Path = strings.TrimSuffix(address.Path, "/") + "/" + apiVersion + "/Accounts/" + c.account + "/Recordings/" + sid + ".wav"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	r.SetBasicAuth(c.user, c.secret)
	r.Header.Set("User-Agent", userAgent)
	r.Header.Set("Accept-Encoding", "identity") // so that lengths are those of the file
	if from > 0 {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
		r.Header.Set("If-Range", etag)
	}
	resp, err := (&http.Client{Transport: c.next, CheckRedirect: mediaRedirect}).Do(r)
	if err != nil {
		return nil, err
	}
	m, err := mediaOf(resp, from, etag)
	if err != nil {
		_ = resp.Body.Close()
	}
	return m, err
}

// mediaRedirect lets Twilio send us to where it stores files. The credentials do not go there: net/http keeps them
// from other hosts, and nothing leads from https to http.
func mediaRedirect(r *http.Request, via []*http.Request) error {
	if len(via) > 3 {
		return errors.New("the media leads from one place to another too often")
	}
	if r.URL.Scheme != "https" && via[0].URL.Scheme == "https" {
		return errors.New("the media leads away from https")
	}
	return nil
}

// mediaOf makes of an answer what it says about the file. It does not close the body.
func mediaOf(resp *http.Response, from int64, etag string) (*Media, error) {
	switch resp.StatusCode {
	case http.StatusOK, http.StatusPartialContent:
	case http.StatusRequestedRangeNotSatisfiable:
		if _, _, total, err := contentRange(resp.Header.Get("Content-Range")); err == nil && from > 0 && total == from {
			return &Media{Body: struct {
				io.Reader
				io.Closer
			}{strings.NewReader(""), resp.Body}, From: from, Total: total, ETag: etag}, nil // all of it was there already
		}
		fallthrough
	default:
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // what can be read of an error is enough
		return nil, newError(resp.StatusCode, resp.Header, body)
	}
	if err := checkMediaType(resp.Header); err != nil {
		return nil, err
	}
	m := &Media{Body: resp.Body, Total: resp.ContentLength, ETag: resp.Header.Get("ETag")}
	if strings.HasPrefix(m.ETag, "W/") {
		m.ETag = ""
	}
	if resp.StatusCode == http.StatusPartialContent {
		return m, m.partial(resp, from, etag)
	}
	if m.Total < 0 && resp.ProtoMajor < 2 && len(resp.TransferEncoding) == 0 {
		return nil, fmt.Errorf("%w: it does not say how long the file is", errAnswer)
	}
	return m, nil
}

// partial checks that the answer is the rest of the file, all of it, from where it was asked for.
func (m *Media) partial(resp *http.Response, from int64, etag string) error {
	first, last, total, err := contentRange(resp.Header.Get("Content-Range"))
	switch {
	case err != nil:
		return err
	case from == 0 || first != from || last != total-1:
		return fmt.Errorf("%w: bytes %d to %d of %d came in place of those from %d on", errAnswer, first, last, total, from)
	case resp.ContentLength >= 0 && resp.ContentLength != total-first:
		return fmt.Errorf("%w: its length is %d, but bytes %d to %d of %d are announced", errAnswer, resp.ContentLength, first, last, total)
	case m.ETag != "" && m.ETag != etag:
		return fmt.Errorf("%w: a part of another file came: %.80q, not %.80q", errAnswer, m.ETag, etag)
	}
	m.From, m.Total, m.ETag = first, total, etag
	return nil
}

// contentRange reads "bytes 5-9/10", or "bytes */10", of which first is 0 and last is -1.
func contentRange(v string) (first, last, total int64, err error) {
	wrong := fmt.Errorf("%w: the content range %.60q cannot be read", errAnswer, v)
	span, ok := strings.CutPrefix(v, "bytes ")
	part, whole, cut := strings.Cut(span, "/")
	if total, err = strconv.ParseInt(whole, 10, 64); !ok || !cut || err != nil || total < 0 {
		return 0, 0, 0, wrong
	}
	if part == "*" {
		return 0, -1, total, nil
	}
	a, b, cut := strings.Cut(part, "-")
	first, err1 := strconv.ParseInt(a, 10, 64)
	last, err2 := strconv.ParseInt(b, 10, 64)
	if !cut || err1 != nil || err2 != nil || first < 0 || last < first || last >= total {
		return 0, 0, 0, wrong
	}
	return first, last, total, nil
}

// checkMediaType keeps a proxy's page from being taken for a recording.
func checkMediaType(h http.Header) error {
	if v := h.Get("Content-Encoding"); v != "" && v != "identity" {
		return fmt.Errorf("%w: the file comes encoded as %.40q", errAnswer, v)
	}
	v := h.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(v)
	if v == "" || err == nil && (strings.HasPrefix(kind, "audio/") || strings.HasSuffix(kind, "/octet-stream")) {
		return nil
	}
	return fmt.Errorf("%w: it is %.60q and not audio", errAnswer, v)
}

// mediaBody counts what comes, and gives up when nothing comes.
type mediaBody struct {
	from    io.ReadCloser
	ctx     context.Context // of the request: says why it ended
	cancel  context.CancelCauseFunc
	watch   *time.Timer
	wait    time.Duration
	left    int64
	counted bool // whether left is known
}

// Read reads on.
func (b *mediaBody) Read(p []byte) (int, error) {
	b.watch.Reset(b.wait) // it does not run while the reader is busy with what it got
	n, err := b.from.Read(p)
	b.watch.Stop()
	b.left -= int64(n)
	const op = "fetch recording's media"
	switch {
	case b.counted && b.left < 0:
		return 0, fmt.Errorf("twilio: %s: %w: more came than was announced", op, errAnswer)
	case err == nil:
		return n, nil
	case !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		if cause := context.Cause(b.ctx); cause != nil {
			err = cause
		}
		return n, failed(op, err)
	case b.counted && b.left > 0:
		return n, fmt.Errorf("twilio: %s: the connection broke %d bytes before the end: %w", op, b.left, io.ErrUnexpectedEOF)
	}
	return n, io.EOF
}

// Close lets go of the connection.
func (b *mediaBody) Close() error {
	b.watch.Stop()
	b.cancel(nil)
	return b.from.Close()
}
