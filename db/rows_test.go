package db_test

import (
	"errors"
	"testing"

	"github.com/paydial/paydial/db"
)

func TestSelect(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		d := open(t, url)
		all, err := db.Select(t.Context(), d, db.Word, "SELECT 'a' UNION ALL SELECT 'b' WHERE 1 = ?", 1)
		if err != nil || len(all) != 2 || all[0] != "a" || all[1] != "b" {
			t.Errorf("got %v, %v", all, err)
		}
		bad := errors.New("not this one")
		all, err = db.Select(t.Context(), d, func(from db.Scanner) (string, error) {
			if w, err := db.Word(from); err != nil || w == "a" {
				return w, err
			}
			return "", bad
		}, "SELECT 'a' UNION ALL SELECT 'b'")
		if !errors.Is(err, bad) || all != nil {
			t.Errorf("got %v, %v", all, err)
		}
		err = d.Tx(t.Context(), func(tx *db.Tx) error {
			if _, err := db.Select(t.Context(), tx, db.Word, "SELECT 'a' UNION ALL SELECT 'b'"); err != nil {
				return err
			}
			_, err := db.Select(t.Context(), tx, db.Word, "SELECT 'c'") // the rows before are closed
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if _, err := db.Select(t.Context(), d, db.Word, "SELECT"); err == nil {
			t.Error("what is no query was answered")
		}
	})
}

func TestPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]db.Place{"17.RE1": {At: 17, ID: "RE1"}, "-3.a.b": {At: -3, ID: "a.b"}, "0.": {}} {
		if p, ok := db.ParsePlace(text); !ok || p != want || p.String() != text {
			t.Errorf("%q: %+v, %v", text, p, ok)
		}
	}
	for _, text := range []string{"", "17", "x.RE1", ".RE1", "17,RE1"} {
		if p, ok := db.ParsePlace(text); ok {
			t.Errorf("%q is taken for %+v", text, p)
		}
	}
	for limit, want := range map[int]int{-1: 50, 0: 50, 1: 1, 500: 500, 501: 500} {
		if got := db.PageSize(limit); got != want {
			t.Errorf("%d: %d rows, want %d", limit, got, want)
		}
	}
	if got := db.Marks(3) + db.Marks(1) + db.Marks(0); got != "?, ?, ??" {
		t.Error(got)
	}
}
