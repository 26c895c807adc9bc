package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
)

// The files of an export, beside the recordings themselves.
const (
	indexFile    = "index.json"
	receiptsFile = "receipts.jsonl"
)

func (r *recordingCommand) exportCommand() *cobra.Command {
	var f recordingFilter
	var to string
	var all bool
	cmd := &cobra.Command{
		Use:   "export -o FOLDER",
		Short: "Recordings with index and receipts, for who has to have them",
		Long: "Write recordings into a folder: RE....wav for each, index.json with what is known of them, and receipts.jsonl, the\n" +
			"whole chain of receipts, so that whoever gets it can check it. What is there already and is right is not fetched\n" +
			"again, so an export that was interrupted goes on. Each recording that is fetched is a line of the audit log.",
		Example: "  paydial recordings export --call CA... -o complaint-4711\n" +
			"  paydial recordings export --since 2026-03-01 --until 2026-04-01 -o march\n" +
			"  paydial recordings verify march                    # also elsewhere, without a server",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q := f.query()
			switch {
			case to == "":
				return fail(exitUsage, "say where to with -o FOLDER")
			case len(q) == 0 && !all:
				return fail(exitUsage, "say which: --call, --since ..., or --all")
			}
			c, err := r.client(cmd)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(to, 0o700); err != nil {
				return fail(exitFailed, "%v", err)
			}
			e := &export{r: r, c: c, to: to, progress: newMeter(r.s)}
			defer e.progress.end()
			return e.run(cmd.Context(), q)
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().BoolVar(&all, "all", false, "all of them")
	cmd.Flags().StringVarP(&to, "output", "o", "", "folder; made if it is not there")
	cmd.Flags().SortFlags = false
	return cmd
}

// export is one export under way.
type export struct {
	r        *recordingCommand
	c        *deskClient
	to       string
	progress *meter

	items               []exported
	fetched, kept, none int
	failed              []string
	done, total         int64
}

// exported is a recording in index.json.
type exported struct {
	File      string          `json:"file,omitempty"`
	Why       string          `json:"why_not,omitempty"` // there is no file
	Recording json.RawMessage `json:"recording"`
	row       recordingRow
}

// run exports what a query finds.
func (e *export) run(ctx context.Context, q url.Values) error {
	shown := q.Encode()
	_, err := e.c.pages(ctx, "/api/v1/recordings", q, 0, func(item json.RawMessage) error {
		x := exported{Recording: item}
		if err := json.Unmarshal(item, &x.row); err != nil {
			return fail(exitFailed, "decode the app's answer: %v", err)
		}
		if _, err := recordingID(x.row.SID); err != nil || filepath.Base(x.row.SID) != x.row.SID { // it becomes a file's name
			return fail(exitFailed, "the app named a recording %.60q", x.row.SID)
		}
		if x.row.InArchive.State == "verified" {
			e.total += x.row.InArchive.Bytes
		}
		e.items = append(e.items, x)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range e.items {
		if err := e.one(ctx, &e.items[i]); err != nil {
			return err
		}
	}
	if err := e.receipts(ctx); err != nil {
		return err
	}
	if err := e.index(shown); err != nil {
		return err
	}
	e.progress.end()
	return e.end()
}

// one fetches a recording, unless it is there. The error ends the export; a recording that cannot be had is noted.
func (e *export) one(ctx context.Context, x *exported) error {
	copy := x.row.InArchive
	if copy.State != "verified" {
		x.Why = "there is no copy in the archive: " + stateWords(x.row.State)
		e.none++
		return nil
	}
	name := x.row.SID + ".wav"
	path := filepath.Join(e.to, name)
	if sum, size, err := sumOf(ctx, path, nil); err == nil && sum == copy.SHA256 && size == copy.Bytes {
		x.File, e.kept, e.done = name, e.kept+1, e.done+size
		e.progress.at("export", e.done, e.total, true)
		return nil
	}
	before := e.done
	err := e.c.download(ctx, path, x.row, func(n int64) {
		e.done += n
		e.progress.at("export", e.done, e.total, true)
	})
	e.done = before + copy.Bytes
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		x.Why = err.Error()
		e.failed = append(e.failed, x.row.SID+": "+err.Error())
	default:
		x.File, e.fetched = name, e.fetched+1
	}
	return nil
}

// receipts writes the whole chain. The new one takes the place of the old when it is complete.
func (e *export) receipts(ctx context.Context) error {
	return replaced(filepath.Join(e.to, receiptsFile), func(file *os.File) error {
		return e.c.lines(ctx, apiRequest{method: http.MethodGet, path: "/api/v1/receipts"}, func(line []byte) error {
			_, err := file.Write(append(line, '\n'))
			return err
		})
	})
}

// index writes what is known of the recordings.
func (e *export) index(query string) error {
	return replaced(filepath.Join(e.to, indexFile), func(file *os.File) error {
		enc := json.NewEncoder(file)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(struct {
			At    time.Time  `json:"exported_at"`
			App   string     `json:"app"`
			Query string     `json:"query"`
			Items []exported `json:"recordings"`
		}{time.Now().UTC().Truncate(time.Second), e.c.app, query, append([]exported{}, e.items...)})
	})
}

// end says what became of it, and checks the receipts as their reader will.
func (e *export) end() error {
	head, err := e.r.headOf(filepath.Join(e.to, receiptsFile))
	if err != nil {
		e.failed = append(e.failed, err.Error())
	}
	if e.r.asJSON {
		err = printJSON(e.r.s, map[string]any{
			"folder": e.to, "fetched": e.fetched, "already_there": e.kept, "without_a_copy": e.none, "failed": append([]string{}, e.failed...), "head": head,
		})
		if err != nil {
			return err
		}
	} else {
		fmt.Fprintf(e.r.s.out, "%s in %s: %d fetched, %d there already, %d without a copy\n", plural(len(e.items), "recording"), e.to, e.fetched, e.kept, e.none)
		e.r.printHead(head)
	}
	if len(e.failed) > 0 {
		return fail(exitFailed, "%s not exported:\n  %s", plural(len(e.failed), "thing"), joined(e.failed, 20))
	}
	return nil
}
