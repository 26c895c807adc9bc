package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/recordings"
)

// fileBuffer is how much of a recording is in memory at a time.
const fileBuffer = 256 << 10

func (r *recordingCommand) downloadCommand() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:     "download RECORDING",
		Short:   "The sound of one, from the archive, as a WAV file",
		Example: "  paydial recordings download RE...\n  paydial recordings download RE... -o - | aplay",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			sid, c, err := r.named(cmd, args[0])
			if err != nil {
				return err
			}
			if to == "-" {
				return c.pour(cmd.Context(), r.s.out, sid, func(int64) {})
			}
			var row recordingRow
			if _, err := c.get(cmd.Context(), "/api/v1/recordings/"+url.PathEscape(sid), &row); err != nil {
				return err
			}
			if to == "" {
				to = sid + ".wav"
			}
			p, done := newMeter(r.s), int64(0)
			err = c.download(cmd.Context(), to, row, func(n int64) {
				done += n
				p.at(sid, done, row.InArchive.Bytes, true)
			})
			p.end()
			if err != nil {
				return err
			}
			return r.tell(json.RawMessage(fmt.Sprintf(`{"file":%q,"bytes":%d,"sha256":%q}`, to, done, row.InArchive.SHA256)), func() {
				fmt.Fprintf(r.s.out, "%s  %s, as it was stored: SHA-256 %s\n", to, bytesWords(done), row.InArchive.SHA256)
			})
		},
	}
	cmd.Flags().StringVarP(&to, "output", "o", "", "file, or - for standard output; RECORDING.wav by default")
	return cmd
}

// pour writes the sound of a recording somewhere. more is called with the bytes that came.
func (c *deskClient) pour(ctx context.Context, to io.Writer, sid string, more func(int64)) error {
	body, err := c.open(ctx, apiRequest{method: http.MethodGet, path: "/api/v1/recordings/" + url.PathEscape(sid) + "/audio?download=true"})
	if err != nil {
		return err
	}
	defer body.Close()
	if err := pump(ctx, to, body, more); err != nil {
		return fail(exitUnreachable, "%v", err)
	}
	return nil
}

// download puts a recording into a file, once all of it is there and is what the index says.
func (c *deskClient) download(ctx context.Context, path string, row recordingRow, more func(int64)) error {
	return replaced(path, func(file *os.File) error {
		sum, size := sha256.New(), int64(0)
		err := c.pour(ctx, io.MultiWriter(file, sum), row.SID, func(n int64) { size += n; more(n) })
		if err != nil {
			return err
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != row.InArchive.SHA256 || size != row.InArchive.Bytes {
			return fail(exitFailed, "what came is not what was stored: %d bytes with SHA-256 %s, not %d with %s", size, got, row.InArchive.Bytes, row.InArchive.SHA256)
		}
		return nil
	})
}

// replaced writes a file beside its place, and puts it there when it is complete.
func replaced(path string, write func(*os.File) error) error {
	part := path + ".part"
	file, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) // #nosec G304 -- where the person says
	if err != nil {
		return fail(exitFailed, "%v", err)
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		_ = os.Remove(part)
	}
	return err
}

// pump copies, and says how much came.
func pump(ctx context.Context, to io.Writer, from io.Reader, more func(int64)) error {
	buffer := make([]byte, fileBuffer)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := from.Read(buffer)
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return err
			}
			more(int64(n))
		}
		switch {
		case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// sumOf is the SHA-256 and the length of a file.
func sumOf(ctx context.Context, path string, more func(int64)) (sum string, size int64, err error) {
	file, err := os.Open(path) // #nosec G304 -- where the person says
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	hash := sha256.New()
	err = pump(ctx, hash, file, func(n int64) {
		if size += n; more != nil {
			more(n)
		}
	})
	return hex.EncodeToString(hash.Sum(nil)), size, err
}

// checkedFiles is what was found of the recordings in a folder.
type checkedFiles struct {
	Files int      `json:"files"` // that are as their receipts say
	Bytes int64    `json:"bytes"`
	Wrong []string `json:"wrong"`
}

// checkFolder compares the recordings in an export with its receipts, and finds those that its index names and that are
// not there.
func checkFolder(ctx context.Context, folder string, p *meter) (*checkedFiles, error) {
	said, err := copiesSaid(filepath.Join(folder, receiptsFile))
	if err != nil {
		return nil, fail(exitFailed, "%v", err)
	}
	names, err := filepath.Glob(filepath.Join(folder, "RE*.wav"))
	if err != nil {
		return nil, fail(exitFailed, "%v", err)
	}
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	out := &checkedFiles{Wrong: []string{}}
	defer p.end()
	for i, name := range names {
		sum, size, err := sumOf(ctx, filepath.Join(folder, name), nil)
		receipt, there := said[strings.TrimSuffix(name, ".wav")]
		switch {
		case err != nil:
			out.Wrong = append(out.Wrong, name+": "+err.Error())
		case !there:
			out.Wrong = append(out.Wrong, name+": there is no receipt of it")
		case sum != receipt.SHA256 || size != receipt.Bytes:
			out.Wrong = append(out.Wrong, fmt.Sprintf("%s: it is not as receipt %d says: %d bytes with SHA-256 %s, not %d with %s", name, receipt.N, size, sum, receipt.Bytes, receipt.SHA256))
		default:
			out.Files, out.Bytes = out.Files+1, out.Bytes+size
		}
		p.at("recordings checked", int64(i+1), int64(len(names)), false)
	}
	missing, err := missingFiles(folder, names)
	out.Wrong = append(out.Wrong, missing...)
	return out, err
}

// copiesSaid is the last receipt of a copy of each recording, in a file of receipts that was found to hold.
func copiesSaid(path string) (map[string]recordings.Receipt, error) {
	file, err := os.Open(path) // #nosec G304 -- where the person says
	if err != nil {
		return nil, err
	}
	defer file.Close()
	out := map[string]recordings.Receipt{}
	scan := bufio.NewScanner(file)
	for scan.Scan() {
		if c, err := recordings.ReadReceipt(scan.Bytes()); err == nil && c.Kind == recordings.KindArchived {
			c.Line = nil
			out[c.Recording] = c
		}
	}
	return out, scan.Err()
}

// missingFiles are the files that an export's index names and that are not there. An export without an index misses
// none.
func missingFiles(folder string, names []string) ([]string, error) {
	raw, err := os.ReadFile(filepath.Join(folder, indexFile)) // #nosec G304 -- where the person says
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var index struct {
		Recordings []struct {
			File string `json:"file"`
		} `json:"recordings"`
	}
	if err == nil {
		err = json.Unmarshal(raw, &index)
	}
	if err != nil {
		return nil, fail(exitFailed, "%s: %v", indexFile, err)
	}
	var out []string
	for _, x := range index.Recordings {
		if x.File != "" && !slices.Contains(names, x.File) {
			out = append(out, x.File+": the index names it, and it is not there")
		}
	}
	return out, nil
}

// joined are lines of a message, the first few of them.
func joined(lines []string, most int) string {
	if len(lines) > most {
		lines = append(slices.Clone(lines[:most]), fmt.Sprintf("and %d more", len(lines)-most))
	}
	return strings.Join(lines, "\n  ")
}
