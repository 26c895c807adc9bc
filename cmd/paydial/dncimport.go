package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/campaigns"
)

// importFlags are the flags of dnc import.
type importFlags struct {
	source, because, expires, rejected string
	dryRun                             bool
}

func (d *dncFlags) importCommand() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Put the numbers of a file on a list",
		Long: "Put the numbers of a file on a list: one number to a line, a CSV with a column phone or number, or a registry's pairs\n" +
			"of area code and number. - is standard input. Numbers that are on the list stay as they are, so that importing a\n" +
			"file again changes nothing. With --dry-run it only counts.",
		Example: "  paydial dnc import state.csv --list state --dry-run\n" +
			"  paydial dnc import state.csv --list state --source \"state registry, May\" --rejected state.rejected.csv\n" +
			"  zcat federal.txt.gz | paydial dnc import - --list federal",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := d.needList(); err != nil {
				return err
			}
			return d.runImport(cmd, args[0], f)
		},
	}
	d.listFlag(cmd)
	flags := cmd.Flags()
	flags.BoolVarP(&f.dryRun, "dry-run", "n", false, "count only, and change nothing")
	flags.StringVar(&f.source, "source", "", "where it comes from (default: the file's name)")
	flags.StringVar(&f.because, "because", "", "why; it is kept with each entry")
	flags.StringVar(&f.expires, "expires", "", "the day from when on the entries do not count any more; without, they stay")
	flags.StringVar(&f.rejected, "rejected", "", "a file for the rows that are no numbers, with what is wrong with each")
	return cmd
}

// importLine is a line of the answer to an import.
type importLine struct {
	campaigns.ImportResult
	CSV string `json:"csv"` // of a line of rejected rows
}

func (d *dncFlags) runImport(cmd *cobra.Command, name string, f importFlags) error {
	if err := dayFlag("expires", f.expires); err != nil {
		return err
	}
	from, size, err := listSource(d.s, name)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	rejected, err := f.rejectedFile()
	if err != nil {
		return err
	}
	defer rejected.discard()
	api, err := d.client(cmd)
	if err == nil {
		err = d.known(cmd.Context(), api)
	}
	if err != nil {
		return err
	}
	p := newMeter(d.s)
	var l importLine
	raw, err := api.upload(cmd.Context(), upload{
		path: dncPath(d.list, "import") + "?" + d.importQuery(name, f).Encode(), kind: "text/csv", lost: "what was read until then is kept",
		write: func(ctx context.Context, to io.Writer) error { return pump(ctx, to, from, func(int64) {}) },
		line: func(kind string, line []byte) error {
			if err := decoded(line, &l); err != nil || kind == "progress" {
				p.at("reading "+name, l.Bytes, size, true)
				return err
			}
			return rejected.add(l.CSV)
		},
	})
	p.end()
	if err == nil {
		err = decoded(raw, &l)
	}
	if err != nil {
		return d.importFailure(api, l.ImportResult, err)
	}
	if l.Rejected > 0 {
		if err := rejected.keep(); err != nil {
			return err
		}
	}
	return d.tell(raw, func() { d.printImport(l.ImportResult, f) })
}

// importQuery is how the app is to take a file.
func (d *dncFlags) importQuery(name string, f importFlags) url.Values {
	q := url.Values{"country": {strings.ToUpper(d.country)}, "source": {cmp.Or(f.source, filepath.Base(name))}}
	for key, text := range map[string]string{"because": f.because, "expires": f.expires} {
		if text != "" {
			q.Set(key, text)
		}
	}
	for key, yes := range map[string]bool{"dry_run": f.dryRun, "rejected": f.rejected != ""} {
		if yes {
			q.Set(key, "1")
		}
	}
	return q
}

// importFailure says what had been done when it went wrong, as far as that is known.
func (d *dncFlags) importFailure(api *deskClient, res campaigns.ImportResult, err error) error {
	if n := res.New + res.Already; n > 0 && !res.DryRun {
		var p *deskProblem
		word, then := "at least what stood before it", "import the file again"
		if errors.As(err, &p) {
			word, then = "what stood before it", then+" when it is mended"
		}
		fmt.Fprintf(d.s.err, "%s is on %s: %s; %s\n", word, d.list, plural(int(n), "number"), then)
	}
	return api.failure(err)
}

// listSource opens what is taken in, and tells its size; - is standard input.
func listSource(s streams, name string) (io.ReadCloser, int64, error) {
	if name == "-" {
		if s.in == nil {
			return nil, 0, fail(exitUsage, "there is nothing on standard input")
		}
		return io.NopCloser(s.in), 0, nil
	}
	return openList(name)
}

// openList opens a file and tells its size.
func openList(name string) (io.ReadCloser, int64, error) {
	f, err := os.Open(filepath.Clean(name))
	if errors.Is(err, os.ErrNotExist) {
		return nil, 0, fail(exitNotFound, "there is no file %s", fromHere(name))
	}
	if err != nil {
		return nil, 0, fail(exitFailed, "read the list: %v", err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = errors.New("it is a folder")
	}
	if err != nil {
		_ = f.Close()
		return nil, 0, fail(exitFailed, "read %s: %v", fromHere(name), err)
	}
	return f, info.Size(), nil
}

func (d *dncFlags) printImport(r campaigns.ImportResult, f importFlags) {
	word := "put on"
	if r.DryRun {
		word = "would be put on"
	}
	fmt.Fprintf(d.s.out, "%10s  %s %s\n%10s  are on it already\n", thousands(r.New), word, d.list, thousands(r.Already))
	if r.Twice > 0 {
		fmt.Fprintf(d.s.out, "%10s  stand in the file twice\n", thousands(r.Twice))
	}
	if r.Rejected > 0 {
		fmt.Fprintf(d.s.out, "%10s  are no phone numbers: %s\n", thousands(r.Rejected), f.rejectedWords())
	}
	if r.DryRun {
		fmt.Fprintln(d.s.out, "Nothing was changed.")
	}
}

// rejectedWords is where rows that were not taken are found.
func (f importFlags) rejectedWords() string {
	if f.rejected == "" {
		return "see which with --rejected FILE"
	}
	return "see " + f.rejected
}

// rejectedFile begins the file of rejected rows; nil where nobody wants one.
func (f importFlags) rejectedFile() (*ownFile, error) {
	if f.rejected == "" {
		return nil, nil //nolint:nilnil // its methods do nothing then
	}
	return newOwnFile(f.rejected)
}

// ownFile is a file of ours that is written beside its name, and takes it when it is whole.
type ownFile struct {
	*os.File
	name string
}

// rejectedHead is how a file of rejected rows begins, whatever separates its columns.
var rejectedHead = regexp.MustCompile(`^\x{FEFF}?(rejected )?line[,;\t|](rejected )?column[,;\t|](rejected )?reason[,;\t|]`)

// newOwnFile begins a file of rejected rows. A file of that name is written over only when it is one of those too.
func newOwnFile(name string) (*ownFile, error) {
	if f, err := os.Open(filepath.Clean(name)); err == nil {
		first := make([]byte, 100)
		n, _ := io.ReadFull(f, first)
		_ = f.Close()
		if !rejectedHead.Match(first[:n]) {
			return nil, fail(exitConflict, "%s is there, and is no file of rejected rows: name another with --rejected", fromHere(name))
		}
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return nil, fail(exitFailed, "write rejected rows: %v", err)
	}
	return &ownFile{f, name}, nil
}

// add writes more of it.
func (f *ownFile) add(text string) error {
	if f == nil {
		return nil
	}
	if _, err := f.WriteString(text); err != nil {
		return fail(exitFailed, "write rejected rows: %v", err)
	}
	return nil
}

// keep gives the file its name.
func (f *ownFile) keep() error {
	if f == nil {
		return nil
	}
	if err := errors.Join(f.Close(), os.Rename(f.Name(), f.name)); err != nil {
		return fail(exitFailed, "write rejected rows: %v", err)
	}
	return nil
}

// discard takes a file away that was not kept.
func (f *ownFile) discard() {
	if f == nil {
		return
	}
	_ = f.Close()
	_ = os.Remove(f.Name()) // after keep it is not there
}
