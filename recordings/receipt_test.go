package recordings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/twilio"
)

// export is all receipts as JSON lines.
func (b *bench) export(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	for after := int64(0); ; {
		list, err := b.Receipts(t.Context(), ReceiptQuery{After: after, Limit: 7})
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			return out.Bytes()
		}
		for _, c := range list {
			text, err := json.Marshal(c)
			if err != nil || !bytes.Equal(text, c.Line) {
				t.Fatalf("as JSON %s, %v; as a line %s", text, err, c.Line)
			}
			out.Write(append(c.Line, '\n'))
			after = c.N
		}
	}
}

// Every byte of an export that is changed is found, in the line in which it is.
func TestReceiptsTampered(t *testing.T) {
	t.Parallel()
	b := newBench(t, "sqlite::memory:", nil)
	b.verified(3)
	b.pass(8 * day24)
	b.work()
	text := b.export(t)
	h, err := VerifyReceipts(bytes.NewReader(text))
	if head, err2 := b.Head(t.Context()); err != nil || err2 != nil || h != head || h.Lines != 6 {
		t.Fatalf("%+v, %v; %+v, %v", h, err, head, err2)
	}
	line := 1
	for i := range text {
		if text[i] == '\n' {
			line++
			continue
		}
		changed := bytes.Clone(text)
		changed[i] ^= 1
		_, err := VerifyReceipts(bytes.NewReader(changed))
		if !errors.Is(err, ErrReceipts) || !strings.Contains(err.Error(), fmt.Sprintf("line %d ", line)) {
			t.Fatalf("byte %d of line %d was changed: %v", i, line, err)
		}
	}
	lines := strings.SplitAfter(string(text), "\n")
	for name, c := range map[string]struct{ text, says string }{
		"one left out": {strings.Join(append(append([]string{}, lines[:2]...), lines[3:]...), ""), "line 3 is missing"},
		"two swapped":  {lines[1] + lines[0], "line 1 is missing"},
		"from a later": {lines[2], "line 1 is missing"},
		"long":         {strings.Repeat("x", maxLine+1), "longer than a receipt can be"},
		"no JSON":      {"hello\n", "line 1 is not as it was written"},
	} {
		if _, err := VerifyReceipts(strings.NewReader(c.text)); !errors.Is(err, ErrReceipts) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Verify: the database against an earlier export, and against one of another history.
	if v, err := b.Verify(t.Context(), VerifyOptions{Earlier: strings.NewReader(lines[0] + lines[1])}, nil); err != nil || !v.OK() {
		t.Errorf("%+v, %v", v, err)
	}
	other := newBench(t, "sqlite::memory:", nil)
	other.pass(time.Minute)
	other.verified(1)
	if v, err := b.Verify(t.Context(), VerifyOptions{Earlier: bytes.NewReader(other.export(t))}, nil); err != nil ||
		!strings.Contains(v.Receipts, "line 1 is another one than in the earlier export") {
		t.Errorf("%+v, %v", v, err)
	}
	if v, err := other.Verify(t.Context(), VerifyOptions{Earlier: bytes.NewReader(text)}, nil); err != nil || v.OK() {
		t.Errorf("an export that is longer: %+v, %v", v, err)
	}
}

func FuzzReadReceipt(f *testing.F) {
	c := Receipt{N: 1, At: morning, Kind: KindLost, Recording: "RE1", By: ByWorker}
	if err := c.write(); err != nil {
		f.Fatal(err)
	}
	f.Add(c.Line)
	f.Add([]byte(`{"hash":"` + strings.Repeat("0", 64) + `"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		got, err := readReceipt(line)
		if err == nil && !bytes.Equal(got.Line, line) {
			t.Errorf("another line came out: %q", got.Line)
		}
	})
}

// Receipts in the database cannot be changed, and when they are nevertheless, it is found.
func TestReceiptsInDatabase(t *testing.T) {
	onDatabases(t, func(t *testing.T, b *bench) {
		b.verified(4)
		d := b.cfg.DB
		for _, sql := range []string{"UPDATE recording_receipts SET line = '' WHERE n = 1", "DELETE FROM recording_receipts WHERE n = 1"} {
			if _, err := d.Exec(t.Context(), sql); err == nil {
				t.Errorf("%s was done", sql)
			}
		}
		drop := []string{"DROP TRIGGER recording_receipts_no_update", "DROP TRIGGER recording_receipts_no_delete"}
		if d.Dialect() == db.Postgres {
			drop = []string{"DROP TRIGGER recording_receipts_no_change ON recording_receipts"}
		}
		exec := func(sql string) {
			t.Helper()
			if _, err := d.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
		for _, sql := range append(drop, "CREATE TABLE kept AS SELECT * FROM recording_receipts") {
			exec(sql)
		}
		for _, c := range []struct{ sql, says string }{
			{"UPDATE recording_receipts SET line = replace(line, 'worker', 'nobody') WHERE n = 3", "line 3 is not as it was written"},
			{"DELETE FROM recording_receipts WHERE n = 2", "line 2 is missing"},
			{"DELETE FROM recording_receipts WHERE n = 4", "the last line is 3 and should be 4"},
			{"DELETE FROM recording_receipts", "the last line is 0 and should be 4"},
		} {
			exec(c.sql)
			v, err := b.Verify(t.Context(), VerifyOptions{ReceiptsOnly: true}, nil)
			if err != nil || !strings.Contains(v.Receipts, c.says) {
				t.Errorf("after %s: %+v, %v", c.sql, v, err)
			}
			exec("DELETE FROM recording_receipts")
			exec("INSERT INTO recording_receipts SELECT * FROM kept")
		}
		if v, err := b.Verify(t.Context(), VerifyOptions{}, nil); err != nil || !v.OK() {
			t.Errorf("put back: %+v, %v", v, err)
		}
	})
}

// One byte of a copy is changed: Verify names it. While Twilio has it, it is copied again; else it is flagged.
func TestDamagedCopy(t *testing.T) {
	onDatabases(t, func(t *testing.T, b *bench) {
		sid := b.verified(2)[0]
		flip := func() {
			t.Helper()
			path := filepath.Join(b.dir, "archive", filepath.FromSlash(b.get(sid).Key))
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			text[len(text)/2] ^= 1
			_ = os.Chmod(path, 0o600)
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		flip()
		v, err := b.Verify(t.Context(), VerifyOptions{}, nil)
		if err != nil || len(v.Damaged) != 1 || v.Damaged[0].Recording != sid || v.Copies != 2 {
			t.Errorf("%+v, %v", v, err)
		}
		b.want(sid, Completed, TwilioHas, FlagDamaged)
		b.work()
		b.want(sid, Verified, TwilioHas)
		// Before Twilio's copy is deleted ours is read back once more.
		flip()
		b.pass(7 * day24)
		b.work()
		b.want(sid, Completed, TwilioHas, FlagDamaged)
		b.pass(2 * time.Second)
		b.work()
		b.want(sid, Verified, TwilioHas)
		b.pass(7 * day24)
		b.work()
		b.want(sid, Verified, TwilioDeleted)
		flip()
		for range 2 {
			v, err = b.Verify(t.Context(), VerifyOptions{}, nil)
			if err != nil || len(v.Damaged) != 1 {
				t.Errorf("%+v, %v", v, err)
			}
		}
		b.want(sid, Verified, TwilioDeleted, FlagDamaged)
		if got := b.kinds(sid); got != "[archived damaged archived damaged archived deleted_at_twilio damaged]" {
			t.Errorf("receipts: %s", got)
		}
		if reasons, err := b.Why(t.Context(), sid); err != nil || !slices.ContainsFunc(reasons, func(r Reason) bool { return strings.Contains(r.Text, "is damaged since") }) {
			t.Errorf("why: %+v, %v", reasons, err)
		}
		flip() // somebody puts back what was stored
		if v, err = b.Verify(t.Context(), VerifyOptions{Recording: sid}, nil); err != nil || !v.OK() {
			t.Errorf("%+v, %v", v, err)
		}
		b.want(sid, Verified, TwilioDeleted)
		// The index is changed along with the copy: the receipt says otherwise.
		other := b.mustList(t, Filter{})[0].SID
		if other == sid {
			other = b.mustList(t, Filter{})[1].SID
		}
		if _, err := b.cfg.DB.Exec(t.Context(), "UPDATE recordings SET bytes = bytes + 1 WHERE sid = ?", other); err != nil {
			t.Fatal(err)
		}
		v, err = b.Verify(t.Context(), VerifyOptions{Recording: other}, nil)
		if err != nil || len(v.Damaged) != 1 || !strings.Contains(v.Damaged[0].Text, "than the receipt") {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

// Many at once: the chain has no gap and no fork, and nothing is receipted twice.
func TestReceiptsAtOnce(t *testing.T) {
	onDatabases(t, func(t *testing.T, b *bench) {
		sids := b.make(40, time.Hour)
		b.sweep(SweepOptions{})
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for _, sid := range sids {
					if _, err := b.run(t.Context(), sid); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for _, sid := range sids {
			b.want(sid, Verified, TwilioHas)
			if got := b.kinds(sid); got != "[archived]" {
				t.Errorf("%s", got)
			}
		}
		if h, err := VerifyReceipts(bytes.NewReader(b.export(t))); err != nil || h.Lines != 40 {
			t.Errorf("%+v, %v", h, err)
		}
		totals, err := b.Totals(t.Context())
		if err != nil || totals.States[Verified] != 40 || totals.InArchive != 40 || totals.Bytes != 40*b.get(sids[0]).Bytes {
			t.Errorf("%+v, %v", totals, err)
		}
	})
}

// What people write is kept without card numbers.
func TestReceiptHidesCards(t *testing.T) {
	t.Parallel()
	b := newBench(t, "sqlite::memory:", nil)
	if _, err := b.Hold(t.Context(), "kim", HoldOn{Call: "CA1"}, "paid with 4242 4242 4242 4242"); err != nil {
		t.Fatal(err)
	}
	if text := string(b.export(t)); strings.Contains(text, "4242 4242 42") || !strings.Contains(text, "4242") {
		t.Errorf("got %s", text)
	}
	if err := b.Hear(t.Context(), twilio.RecordingStatus{SID: "RE1", Status: "completed"}, CallFacts{}); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) mustList(t *testing.T, f Filter) []Recording {
	t.Helper()
	page, err := b.List(t.Context(), Query{Filter: f, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	return page.Recordings
}
