package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// upload is a request whose body is written while it is sent, and whose answer comes in lines meanwhile.
type upload struct {
	path, kind string // kind is the Content-Type
	write      func(context.Context, io.Writer) error
	line       func(kind string, line []byte) error // progress, and what else comes before the last line
	lost       string                               // what is said when the answer has no end
}

// upload sends a file that may be long, and returns the last line of the answer. The error is a *deskProblem where the app
// says what is wrong.
func (c *deskClient) upload(ctx context.Context, u upload) (json.RawMessage, error) {
	sending, cancel := context.WithCancel(ctx)
	defer cancel()
	pipe, to := io.Pipe()
	wrote := make(chan error, 1)
	go func() {
		err := u.write(sending, to)
		wrote <- err
		_ = to.CloseWithError(err)
	}()
	// The transport waits for the body, which may come from somebody who types: only this ends it.
	context.AfterFunc(sending, func() { _ = pipe.Close() })
	req, err := c.request(sending, apiRequest{method: http.MethodPost, path: u.path, key: c.key()})
	if err != nil {
		return nil, err
	}
	req.Body, req.ContentLength = pipe, -1
	req.Header.Set("Content-Type", u.kind)
	last, err := c.uploaded(req, u)
	var told *exitError
	var p *deskProblem
	switch {
	case err == nil, errors.As(err, &told), errors.As(err, &p):
		return last, err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	select {
	case local := <-wrote: // what broke it off was here
		if local != nil && !errors.Is(local, io.ErrClosedPipe) {
			return nil, fail(exitFailed, "%v", local)
		}
	default:
	}
	return nil, err
}

// uploaded sends a request and reads the lines of its answer.
func (c *deskClient) uploaded(req *http.Request, u upload) (json.RawMessage, error) {
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= 300 {
		raw, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
		return nil, problemIn(resp.StatusCode, raw)
	}
	scan := bufio.NewScanner(resp.Body)
	scan.Buffer(make([]byte, 0, 64<<10), maxAnswer)
	for scan.Scan() {
		var l struct {
			Line    string       `json:"line"`
			Problem *deskProblem `json:"problem"`
		}
		if err := decoded(scan.Bytes(), &l); err != nil {
			return nil, err
		}
		switch l.Line {
		case "progress", "rejected":
			if err := u.line(l.Line, scan.Bytes()); err != nil {
				return nil, err
			}
		case "problem":
			if l.Problem == nil {
				return nil, fail(exitFailed, "decode the app's answer: it has a problem without words")
			}
			return nil, l.Problem
		default:
			return bytes.Clone(scan.Bytes()), nil
		}
	}
	return nil, brokenOff{u.lost}
}

// brokenOff is an answer that came without its end.
type brokenOff struct{ lost string }

func (b brokenOff) Error() string { return "the app's answer broke off before its end: " + b.lost }
