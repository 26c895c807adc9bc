package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/spf13/cobra"
)

// open makes a request whose answer is read while it comes; it may be long. The caller closes it.
func (c *deskClient) open(ctx context.Context, r apiRequest) (io.ReadCloser, error) {
	req, err := c.request(ctx, r)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, c.failure(err)
	}
	if resp.StatusCode >= 300 {
		defer resp.Body.Close()
		raw, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
		return nil, c.failure(problemIn(resp.StatusCode, raw))
	}
	if resp.StatusCode == http.StatusNoContent {
		_ = resp.Body.Close()
		return http.NoBody, nil
	}
	return resp.Body, nil
}

// errCutOff says that an answer has no end.
var errCutOff = errors.New("the app's answer broke off before its end: what was done until then is kept")

// lines hands over the lines of an answer, as they come.
func (c *deskClient) lines(ctx context.Context, r apiRequest, fn func([]byte) error) error {
	body, err := c.open(ctx, r)
	if err != nil {
		return err
	}
	defer body.Close()
	scan := bufio.NewScanner(body)
	scan.Buffer(make([]byte, 0, 64<<10), maxAnswer)
	for scan.Scan() {
		if len(bytes.TrimSpace(scan.Bytes())) == 0 {
			continue
		}
		if err := fn(scan.Bytes()); err != nil {
			return err
		}
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case scan.Err() != nil:
		return fail(exitUnreachable, "%v (%v)", errCutOff, scan.Err())
	}
	return nil
}

// jobLine is a line of the answer to long work: progress, then the report or a problem.
type jobLine struct {
	Line  string `json:"line"`
	Phase string `json:"phase"`
	Done  int64  `json:"done"`
	Total int64  `json:"total"`
	Bytes int64  `json:"bytes"`
}

// job has the app do long work, shows how far it is, and returns the report. names say what a phase is.
func (r *recordingCommand) job(cmd *cobra.Command, path string, body any, names map[string]string) (json.RawMessage, error) {
	c, err := r.client(cmd)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	p, report := newMeter(r.s), json.RawMessage(nil)
	defer p.end()
	err = c.lines(cmd.Context(), apiRequest{method: http.MethodPost, path: path, body: text}, func(line []byte) error {
		var l jobLine
		if err := json.Unmarshal(line, &l); err != nil {
			return fail(exitFailed, "decode the app's answer: %v", err)
		}
		switch l.Line {
		case "progress":
			p.at(names[l.Phase], l.Done, l.Total, false)
		case "problem":
			problem := &deskProblem{}
			_ = json.Unmarshal(line, problem) // what cannot be read keeps its place: it failed
			return c.failure(problem)
		case "report":
			report = bytes.Clone(line)
		}
		return nil
	})
	if err == nil && report == nil {
		err = fail(exitUnreachable, "%v", errCutOff)
	}
	return report, err
}
