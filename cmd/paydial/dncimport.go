package main

import (
	"errors"
	"fmt"
	"io"
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

func (d *dncFlags) runImport(cmd *cobra.Command, name string, f importFlags) error {
	q := campaigns.ImportRequest{List: d.list, Country: strings.ToUpper(d.country), Reason: f.because, By: d.who(), DryRun: f.dryRun}
	var err error
	if q.Expires, err = dayFlag("expires", f.expires); err != nil {
		return err
	}
	var res campaigns.ImportResult
	err = d.takeIn(cmd, name, f, intake{action: "dnc.import", into: " into " + d.list, take: func(in *takenFile) (_ int64, err error) {
		if err := d.known(cmd, in.st); err != nil {
			return 0, err
		}
		q.From, q.Source, q.Rejected = in.from, in.source, in.rejected
		res, err = in.st.Import(cmd.Context(), q, func(r campaigns.ImportResult) { in.progress(r.Bytes) })
		return res.Rejected, err
	}, failed: func(err error) error { return d.importFailure(res, err) }})
	if err != nil {
		return err
	}
	return d.printImport(res, f)
}

// intake is how a file is taken in.
type intake struct {
	action, into string // for the line of the audit log
	take         func(*takenFile) (rejected int64, err error)
	failed       func(error) error // what is said when it went wrong
}

// takenFile is a file that is being taken in.
type takenFile struct {
	st       *dncStore
	from     io.Reader
	source   string
	rejected io.Writer // nil: nobody wants the rejected rows
	progress func(bytes int64)
}

// takeIn opens a file, the database and the file of rejected rows, notes what is about to be done, and has it done.
func (d *dncFlags) takeIn(cmd *cobra.Command, name string, f importFlags, how intake) error {
	from, size, err := d.source(name)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	in := &takenFile{from: from, source: f.source}
	if in.source == "" {
		in.source = filepath.Base(name)
	}
	if in.st, err = d.open(cmd); err != nil {
		return err
	}
	defer in.st.end()
	var out *ownFile
	if f.rejected != "" {
		if out, err = newOwnFile(f.rejected); err != nil {
			return err
		}
		defer out.discard()
		in.rejected = out
	}
	if !f.dryRun {
		if err := d.note(cmd, in.st, how.action, fmt.Sprintf("%s%s, source %s", name, how.into, in.source)); err != nil {
			return err
		}
	}
	p := newMeter(d.s)
	in.progress = func(bytes int64) { p.at("reading "+name, bytes, size, true) }
	rejected, err := how.take(in)
	p.end()
	if err != nil {
		return how.failed(err)
	}
	if out == nil || rejected == 0 {
		return nil
	}
	return out.keep()
}

// importFailure says what had been done when it went wrong.
func (d *dncFlags) importFailure(res campaigns.ImportResult, err error) error {
	var told *exitError
	if !errors.As(err, &told) {
		err = dncFailure(err)
	}
	if res.New+res.Already > 0 && !res.DryRun {
		fmt.Fprintf(d.s.err, "what stood before it is on %s: %s; import the file again when it is mended\n", d.list, plural(int(res.New+res.Already), "number"))
	}
	return err
}

// source opens what is imported.
func (d *dncFlags) source(name string) (io.ReadCloser, int64, error) {
	if name == "-" {
		if d.s.in == nil {
			return nil, 0, fail(exitUsage, "there is nothing on standard input")
		}
		return io.NopCloser(d.s.in), 0, nil
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

func (d *dncFlags) printImport(r campaigns.ImportResult, f importFlags) error {
	if d.asJSON {
		return printJSON(d.s, r)
	}
	word := "put on"
	if r.DryRun {
		word = "would be put on"
	}
	fmt.Fprintf(d.s.out, "%10s  %s %s\n%10s  are on it already\n", thousands(r.New), word, d.list, thousands(r.Already))
	if r.Twice > 0 {
		fmt.Fprintf(d.s.out, "%10s  stand in the file twice\n", thousands(r.Twice))
	}
	if r.Rejected > 0 {
		where := "see which with --rejected FILE"
		if f.rejected != "" {
			where = "see " + f.rejected
		}
		fmt.Fprintf(d.s.out, "%10s  are no phone numbers: %s\n", thousands(r.Rejected), where)
	}
	if r.DryRun {
		fmt.Fprintln(d.s.out, "Nothing was changed.")
	}
	return nil
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

// keep gives the file its name.
func (f *ownFile) keep() error {
	if err := errors.Join(f.Close(), os.Rename(f.Name(), f.name)); err != nil {
		return fail(exitFailed, "write rejected rows: %v", err)
	}
	return nil
}

// discard takes a file away that was not kept.
func (f *ownFile) discard() {
	_ = f.Close()
	_ = os.Remove(f.Name()) // after keep it is not there
}
