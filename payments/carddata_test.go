package payments_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/paydial/paydial/payments"
)

// Ways to write 13 to 19 digits that pass Luhn.
var cardSpellings = []string{
	"4242424242424242",          // 16 digits
	"4222222222222",             // 13
	"378282246310005",           // 15
	"6304000000000000000",       // 19
	"9999999999999995",          // of no known issuer
	"4242 4242 4242 4242",       // as on the card
	"4242-4242-4242-4242",       //
	"4242.4242.4242.4242",       //
	"4242 - 4242 - 4242 4242",   //
	"4\n2\n4\n2\n4242424 24242", // split over lines
	"3782 822463 10005",         //
	"4242424242424242 12/30 123",
	"42424242424242421230",       // with the date behind it
	"card 4242424242424242, ok?", // in a sentence
	"4242\u200b4242\u200b4242\u200b4242",
	"４２４２４２４２４２４２４２４２", // full width
	"٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", // Arabic
}

// textFields calls fn with each string field of a struct, by name.
func textFields(v any, fn func(name string, set func(string))) {
	s := reflect.ValueOf(v).Elem()
	for i := range s.NumField() {
		if f := s.Field(i); f.Kind() == reflect.String {
			fn(s.Type().Field(i).Name, f.SetString)
		}
	}
}

// No text handed to Open can carry a card number into the ledger: it is refused.
func TestOpenRefusesCards(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		checked := 0
		for _, card := range cardSpellings {
			var n payments.NewPayment
			textFields(&n, func(name string, set func(string)) {
				n = bill("CA1", 1)
				set(card)
				checked++
				_, err := b.Open(t.Context(), n)
				if err == nil {
					t.Errorf("%s: %q was taken", name, card)
				}
				if closed := name == "Intent" || name == "Source" || name == "Method"; !closed && !errors.Is(err, payments.ErrCardData) {
					t.Errorf("%s: %q: got %v, want ErrCardData", name, card, err)
				}
				if err != nil && strings.Contains(err.Error(), card) {
					t.Errorf("%s: the error repeats the number", name)
				}
			})
		}
		if want := 13 * len(cardSpellings); checked != want {
			t.Errorf("%d fields were checked, want %d: is a new one searched?", checked, want)
		}
		noCardIn(t, b)
	})
}

// A result is taken whatever it carries, and the number is masked.
func TestCloseMasksCards(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		turn := 0
		for _, card := range cardSpellings {
			var r payments.Result
			textFields(&r, func(name string, set func(string)) {
				r = payments.Result{State: payments.Declined}
				if name == "State" {
					return
				}
				set(card)
				turn++
				p := b.open(t, bill("CA1", turn))
				if got := b.close(t, p.ID, r); got.State != payments.Declined {
					t.Errorf("%s: %q kept a result out: %+v", name, card, got)
				}
			})
		}
		p := b.open(t, bill("CA2", 1))
		b.close(t, p.ID, payments.Result{State: payments.Paid, ErrorCode: 4242424242424242, Confirmation: "A"})
		_, _, err := b.Close(t.Context(), p.ID, payments.Result{State: payments.Paid, Confirmation: "4242424242424242"})
		if !errors.Is(err, payments.ErrContradiction) {
			t.Errorf("got %v, want ErrContradiction", err)
		}
		noCardIn(t, b)
	})
}

// noCardIn searches every column of every row for five digits of the numbers in a row.
func noCardIn(t *testing.T, b bench) {
	t.Helper()
	rows, err := b.db.Query(t.Context(), "SELECT * FROM payments")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	found := func(text string) bool {
		digits := strings.Map(func(r rune) rune {
			for zero := range strings.SplitSeq("0 ０ ٠", " ") {
				if d := r - []rune(zero)[0]; d >= 0 && d <= 9 {
					return '0' + d
				}
			}
			if r == 'x' {
				return r
			}
			return -1
		}, text)
		for _, part := range []string{"42424", "22222", "37828", "63040", "00000", "99999"} {
			if strings.Contains(digits, part) {
				return true
			}
		}
		return false
	}
	if !found("4242 4242") || !found("４２４２４") || found("xxxxxxxxxxxx4242") {
		t.Fatal("the search does not find what it should")
	}
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			if strings.HasSuffix(columns[i], "_at") || columns[i] == "id" || columns[i] == "guard" {
				continue // a time, a random name, a hash
			}
			if text := fmt.Sprint(*v.(*any)); found(text) {
				t.Errorf("column %s holds %q", columns[i], text)
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// What is no card number passes: dates, references, and what computers call things.
func TestOrdinaryTextsPass(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		for i, text := range []string{
			"bill 12345678", "INV-2026-11-21-000123", "2026-11-21 01:46:16", "account 007123", "+1 555 010 0000",
			"1234567890127", // 13 digits that do not pass Luhn
			"0.05", "", "9f86d081884c7d659a2feaa0c55ad015",
		} {
			n := bill(fmt.Sprint("CA", i), 1)
			n.Reference = text
			if _, err := b.Open(t.Context(), n); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
		// A CallSid and a token with a run of digits that passes Luhn: computers make these.
		n := bill("CA4242424242424242abcdefabcdefabcd", 1)
		p := b.open(t, n)
		token := "tok_a4242424242424242b"
		if got := b.close(t, p.ID, payments.Result{State: payments.Paid, Token: token}); got.Token != token {
			t.Errorf("token: got %q, want it untouched", got.Token)
		}
		// A wordy gateway: cut, and still a result.
		p = b.open(t, bill("CAx", 1))
		got := b.close(t, p.ID, payments.Result{State: payments.Declined, ErrorText: strings.Repeat("é", 5000), ConnectorError: "a\x00b\xff"})
		if len(got.ErrorText) > 500 || got.ConnectorError != "ab\ufffd" {
			t.Errorf("got %d bytes, %q", len(got.ErrorText), got.ConnectorError)
		}
	})
}

// The tables themselves hold short what is short: no writer can put a number there by another way.
func TestTablesRefuse(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		p := b.open(t, bill("CA1", 1))
		for column, value := range map[string]any{
			"last4": "42424", "brand": "4242424242424242", "state": "4242424242424242", "currency": "4242", "method": "x",
			"intent": "x", "source": "x", "error_code": int64(4242424242424242), "amount_minor": int64(4242424242424242),
			"turn": int64(4242424242424242), "review": 2,
		} {
			if _, err := b.db.Exec(t.Context(), "UPDATE payments SET "+column+" = ? WHERE id = ?", value, p.ID); err == nil {
				t.Errorf("%s took %v", column, value)
			}
		}
	})
}
