package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/recordings"
)

func (r *recordingCommand) receiptCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "receipt RECORDING",
		Short: "What was done with a recording, when, by whom and why",
		Long: "The receipts of a recording, for whoever asks what became of it: copied, deleted at Twilio, deleted here, each\n" +
			"with the rule by which it was done. With --json they are the lines exactly as they were written; how to check\n" +
			"one without this program is told in docs/recordings.md.",
		Example: "  paydial recordings receipt RE...\n  paydial recordings receipt RE... --json > receipt.jsonl",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			sid, c, err := r.named(cmd, args[0])
			if err != nil {
				return err
			}
			var lines [][]byte
			err = c.lines(cmd.Context(), apiRequest{method: http.MethodGet, path: "/api/v1/receipts?recording=" + url.QueryEscape(sid)}, func(line []byte) error {
				lines = append(lines, bytes.Clone(line))
				return nil
			})
			if err != nil {
				return err
			}
			if len(lines) == 0 {
				return fail(exitNotFound, "there is no receipt of %s: nothing was copied or deleted yet\nHow it stands: %s recordings show %s", sid, r.s.self, sid)
			}
			return r.printReceipts(lines)
		},
	}
}

// printReceipts prints receipts; one that is not as it was written is an error, behind all of them.
func (r *recordingCommand) printReceipts(lines [][]byte) error {
	broken := 0
	for i, line := range lines {
		c, err := recordings.ReadReceipt(line)
		if err != nil {
			broken++
		}
		if r.asJSON {
			fmt.Fprintf(r.s.out, "%s\n", line)
			continue
		}
		if i > 0 {
			fmt.Fprintln(r.s.out)
		}
		if err != nil {
			r.say("receipt", "THIS LINE IS NOT AS IT WAS WRITTEN")
			r.say("line", string(line))
			continue
		}
		r.printReceipt(c)
	}
	if broken > 0 {
		return fail(exitFailed, "%s of %d not as written: the receipts were changed", plural(broken, "line"), len(lines))
	}
	return nil
}

func (r *recordingCommand) printReceipt(c recordings.Receipt) {
	const moment = "2006-01-02 15:04:05.000 UTC"
	r.say("receipt", fmt.Sprintf("%d: %s", c.N, receiptWords(c.Kind)))
	r.say("when", c.At.UTC().Format(moment))
	r.say("by", c.By)
	if b := c.Because; b != nil {
		where := b.Rule
		if b.File != "" {
			where += fmt.Sprintf(", %s line %d", b.File, b.Line)
		}
		r.say("because", strings.TrimPrefix(where+": "+b.Text, ": "))
	}
	r.say("detail", c.Detail)
	r.say("recording", c.Recording)
	r.say("call", c.Call)
	if !c.Created.IsZero() {
		r.say("made", c.Created.UTC().Format(moment))
	}
	if c.SHA256 != "" {
		r.say("audio", fmt.Sprintf("%d bytes, SHA-256 %s", c.Bytes, c.SHA256))
	}
	r.say("hash", c.Hash)
	r.say("hash before", c.Before)
}

// verifyFlags are the flags of verify.
type verifyFlags struct {
	against, recording string
	receiptsOnly       bool
}

func (r *recordingCommand) verifyCommand() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify [FILE|FOLDER]",
		Short: "Check that receipts and copies are as they were written",
		Long: "Recompute the chain of receipts, and read every copy in the archive back: its length and SHA-256 have to be those\n" +
			"of its receipt. It ends with 0 when all holds, and with 1 when something does not, which it names.\n\n" +
			"FILE is an exported receipts.jsonl, - is standard input, FOLDER is what export made: these are checked here,\n" +
			"without any server. --against says that the server's receipts have to begin with those of a file that was kept\n" +
			"elsewhere: only so a chain that was written anew as a whole is found.",
		Example: "  paydial recordings verify\n  paydial recordings verify --against /mnt/elsewhere/receipts.jsonl\n" +
			"  paydial recordings verify export/receipts.jsonl       # needs no server",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if f != (verifyFlags{}) {
					return fail(exitUsage, "a file is checked by itself: leave the flags out")
				}
				return r.verifyHere(cmd.Context(), args[0])
			}
			return r.verifyThere(cmd, f)
		},
	}
	cmd.Flags().StringVar(&f.against, "against", "", "an export of receipts that was kept elsewhere")
	cmd.Flags().BoolVar(&f.receiptsOnly, "receipts-only", false, "not the copies")
	cmd.Flags().StringVar(&f.recording, "recording", "", "of the copies only that of this recording")
	return cmd
}

// headOf checks a file of receipts.
func (r *recordingCommand) headOf(path string) (recordings.Head, error) {
	from := r.s.in
	if path != "-" {
		file, err := os.Open(path) // #nosec G304 -- the person's own file
		if err != nil {
			return recordings.Head{}, fail(exitNotFound, "%v", err)
		}
		defer file.Close()
		from = file
	}
	if from == nil {
		return recordings.Head{}, fail(exitUsage, "nothing comes from standard input")
	}
	head, err := recordings.VerifyReceipts(from)
	switch {
	case errors.Is(err, recordings.ErrReceipts):
		return head, fail(exitFailed, "%s: %s\n%s before it hold", path, withoutOperation(err), plural(int(head.Lines), "line"))
	case err != nil:
		return head, fail(exitFailed, "%s: %v", path, err)
	}
	return head, nil
}

// withoutOperation is an error about receipts without what was tried.
func withoutOperation(err error) string { return strings.TrimPrefix(err.Error(), "verify receipts: ") }

// verifyHere checks what was exported.
func (r *recordingCommand) verifyHere(ctx context.Context, path string) error {
	file := path
	info, err := os.Stat(path)
	folder := err == nil && info.IsDir()
	if folder {
		file = filepath.Join(path, receiptsFile)
	}
	head, err := r.headOf(file)
	if err != nil {
		return err
	}
	out := struct {
		Head recordings.Head `json:"head"`
		*checkedFiles
	}{Head: head}
	if folder {
		if out.checkedFiles, err = checkFolder(ctx, path, newMeter(r.s)); err != nil {
			return err
		}
	}
	if r.asJSON {
		err = printJSON(r.s, out)
	} else {
		r.printHead(head)
		if folder {
			fmt.Fprintf(r.s.out, "%s, %s: read, and as their receipts say\n", plural(out.Files, "recording"), bytesWords(out.Bytes))
		}
	}
	if folder && len(out.Wrong) > 0 {
		return fail(exitFailed, "%s", strings.Join(out.Wrong, "\n"))
	}
	return err
}

func (r *recordingCommand) printHead(h recordings.Head) {
	if h.Lines == 0 {
		fmt.Fprintln(r.s.out, "no receipts yet")
		return
	}
	fmt.Fprintf(r.s.out, "%s, none was changed; the last has the hash %s\n", plural(int(h.Lines), "receipt"), h.Hash)
}

// verifyReport is what the app found.
type verifyReport struct {
	OK       bool            `json:"ok"`
	Head     recordings.Head `json:"head"`
	Receipts string          `json:"receipts"`
	Copies   int64           `json:"copies"`
	Bytes    int64           `json:"bytes"`
	Damaged  []copyTrouble   `json:"damaged"`
	Unread   []copyTrouble   `json:"unread"`
}

type copyTrouble struct {
	Recording string `json:"recording"`
	Text      string `json:"text"`
}

// verifyThere has the app check.
func (r *recordingCommand) verifyThere(cmd *cobra.Command, f verifyFlags) error {
	body := map[string]any{}
	if f.receiptsOnly {
		body["receipts_only"] = true
	}
	if f.recording != "" {
		sid, err := recordingID(f.recording)
		if err != nil {
			return err
		}
		body["recording"] = sid
	}
	if f.against != "" {
		head, err := r.headOf(f.against)
		if err != nil {
			return err
		}
		if head.Lines == 0 {
			return fail(exitUsage, "%s has no receipts in it", f.against)
		}
		body["against"] = head
	}
	raw, err := r.job(cmd, "/api/v1/recordings/verify", body, map[string]string{"receipts": "receipts", "copies": "copies read back"})
	if err != nil {
		return err
	}
	var v verifyReport
	if err := json.Unmarshal(raw, &v); err != nil {
		return fail(exitFailed, "decode the app's answer: %v", err)
	}
	if err := r.tell(raw, func() { r.printVerified(v, f) }); err != nil {
		return err
	}
	if !v.OK {
		return &exitError{code: exitFailed, err: errors.New("not as it was written"), silent: true}
	}
	return nil
}

func (r *recordingCommand) printVerified(v verifyReport, f verifyFlags) {
	p := palette(colourful(r.s, r.s.out))
	if v.Receipts != "" {
		fmt.Fprintf(r.s.out, "%s  %s\n", p.red("wrong"), strings.TrimPrefix(v.Receipts, "verify receipts: "))
	} else {
		r.printHead(v.Head)
	}
	if f.against != "" && v.Receipts == "" {
		fmt.Fprintf(r.s.out, "they begin with those of %s\n", f.against)
	}
	if f.receiptsOnly {
		return
	}
	good := v.Copies - int64(len(v.Damaged))
	fmt.Fprintf(r.s.out, "copies: %d read back, %s; %d as stored\n", v.Copies, bytesWords(v.Bytes), good)
	for _, t := range v.Damaged {
		fmt.Fprintf(r.s.out, "%s  %s  %s\n", p.red("damaged"), t.Recording, t.Text)
	}
	for _, t := range v.Unread {
		fmt.Fprintf(r.s.out, "%s  %s  %s\n", p.yellow("not read"), t.Recording, t.Text)
	}
}
