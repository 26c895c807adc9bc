package contacts

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// split reads all records of a text.
func split(text string, buffer int) (out [][]string, broken bool, err error) {
	s := &scanner{in: bufio.NewReaderSize(strings.NewReader(text), buffer), sep: ',', maxCell: defaultMaxCell}
	for {
		rec, err := s.next()
		if errors.Is(err, io.EOF) {
			return out, broken, nil
		}
		if err != nil {
			return out, broken, err
		}
		broken = broken || rec.bad != ""
		if len(rec.cells) == 1 && rec.cells[0] == "" {
			continue // encoding/csv knows no empty lines
		}
		out = append(out, append([]string{}, rec.cells...))
	}
}

// FuzzScan holds the scanner to encoding/csv: what that one takes, ours reads alike, whatever the buffer's size.
func FuzzScan(f *testing.F) {
	for _, text := range []string{
		"", "a", "a,b\n", "a,b\r\nc,d", "\"a\"\"b\",c\n", "\"a\nb\",\"c\r\nd\"\n", ",,\n\n,", "a\"b,c", "\"a\"b,c\nd", "\"a", "\"\"", "a,\"b\",\n", "\"a\"\r\n", "\xff,é",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		got, broken, err := split(text, readAhead)
		small, _, errSmall := split(text, 16)
		if !strings.Contains(text, "\r") && (!cmp.Equal(got, small) || (err == nil) != (errSmall == nil)) {
			t.Errorf("the size of the buffer matters:\n%q %v\n%q %v", got, err, small, errSmall)
		}
		ref := csv.NewReader(strings.NewReader(text))
		ref.FieldsPerRecord = -1
		want, refErr := ref.ReadAll()
		if refErr != nil || err != nil || strings.Contains(text, "\r") && !strings.Contains(text, "\r\n") {
			return
		}
		for i := range want {
			if len(want[i]) == 1 && want[i][0] == "" {
				return // a pair of quotes alone on a line: no row for us
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || broken {
			t.Errorf("%q: encoding/csv reads it otherwise (broken: %v):\n%s", text, broken, diff)
		}
	})
}

func TestSeenRemembersLines(t *testing.T) {
	t.Parallel()
	s := newSeen()
	const n = 60_000
	word := func(i int) string { return "+1" + grouped(i) }
	for i := 1; i <= n; i++ {
		if at := s.find(word(i)); at != 0 {
			t.Fatalf("%d is taken for %d", i, at)
		}
		s.add(word(i), i)
		s.add(word(i), i+1) // the first stays
	}
	for i := 1; i <= n; i += 997 {
		if at := s.find(word(i)); at != i {
			t.Errorf("%d stood on line %d", i, at)
		}
	}
	if each := float64(12*len(s.hash)) / n; each > 31 {
		t.Errorf("%.1f bytes for each", each)
	}
}
