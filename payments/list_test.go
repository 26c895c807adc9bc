package payments_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/payments"
)

// many opens 30 payments, three at a time: 10 paid, 10 declined, 5 unknown, 5 started; every other in eur.
func many(t *testing.T, b bench) []payments.Payment {
	t.Helper()
	var all []payments.Payment
	for i := range 30 {
		n := bill(fmt.Sprintf("CA%02d", i), 1)
		if i%2 == 1 {
			n.Amount.Currency, n.Flow, n.Campaign = "eur", "renew", "spring"
		}
		p := b.open(t, n)
		switch {
		case i < 10:
			p = b.close(t, p.ID, paid)
		case i < 20:
			p = b.close(t, p.ID, payments.Result{State: payments.Declined})
		case i < 25:
			p = b.close(t, p.ID, payments.Result{State: payments.Unknown})
		}
		all = append(all, p)
		if i%3 == 2 {
			b.clock.advance(time.Second)
		}
	}
	return all
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		all := many(t, b)
		start := all[0].Started
		list := func(q payments.Query) []string {
			t.Helper()
			var ids []string
			for range 40 {
				page, err := b.List(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range page.Payments {
					ids = append(ids, p.ID)
				}
				if q.After = page.Next; page.Next == "" {
					return ids
				}
			}
			t.Fatal("the list never ends")
			return nil
		}
		whole := list(payments.Query{Limit: 100})
		if len(whole) != 30 {
			t.Fatalf("got %d payments, want 30", len(whole))
		}
		for _, limit := range []int{1, 2, 3, 7, 29, 30, 31, 0} {
			if got := list(payments.Query{Limit: limit}); !slices.Equal(got, whole) {
				t.Errorf("pages of %d differ from the whole", limit)
			}
		}
		for i := 1; i < len(whole); i++ {
			if b.get(t, whole[i]).Started.After(b.get(t, whole[i-1]).Started) {
				t.Fatal("not the newest first")
			}
		}
		for name, c := range map[string]struct {
			filter payments.Filter
			want   int
		}{
			"paid":            {payments.Filter{States: []payments.State{payments.Paid}}, 10},
			"two states":      {payments.Filter{States: []payments.State{payments.Paid, payments.Started}}, 15},
			"call":            {payments.Filter{Call: "CA07"}, 1},
			"calls":           {payments.Filter{Calls: []string{"CA07", "CA08", "none"}}, 2},
			"flow":            {payments.Filter{Flow: "renew"}, 15},
			"campaign, state": {payments.Filter{Campaign: "spring", States: []payments.State{payments.Declined}}, 5},
			"reference":       {payments.Filter{Reference: "bill 12345678"}, 30},
			"nobody":          {payments.Filter{Agent: "kim"}, 0},
			"needs a look":    {payments.Filter{NeedsLook: true}, 5},
			"since":           {payments.Filter{Since: start.Add(9 * time.Second)}, 3},
			"until":           {payments.Filter{Until: start.Add(time.Second)}, 3},
			"sql":             {payments.Filter{Call: "' OR 1=1 --"}, 0},
		} {
			if got := list(payments.Query{Filter: c.filter, Limit: 4}); len(got) != c.want {
				t.Errorf("%s: got %d, want %d", name, len(got), c.want)
			}
		}
		for _, after := range []string{"x", "12", "a.b"} {
			if _, err := b.List(t.Context(), payments.Query{After: after}); err == nil {
				t.Errorf("a page behind %q was found", after)
			}
		}
	})
}

func TestTotals(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		if none, err := b.Totals(t.Context(), payments.Filter{}); err != nil || len(none) != 0 {
			t.Errorf("of nothing: got %v, %v", none, err)
		}
		many(t, b)
		total := func(s payments.State, count int, currency string) payments.Total {
			return payments.Total{State: s, Intent: payments.Charge, Count: count,
				Amount: payments.Amount{Minor: int64(count) * 8420, Currency: currency}}
		}
		got, err := b.Totals(t.Context(), payments.Filter{States: []payments.State{payments.Paid, payments.Unknown}})
		want := []payments.Total{
			total(payments.Paid, 5, "eur"), total(payments.Paid, 5, "usd"),
			total(payments.Unknown, 2, "eur"), total(payments.Unknown, 3, "usd"),
		}
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("%v, %s", err, cmp.Diff(want, got))
		}
	})
}

func TestAmount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, currency string
		minor          int64
		decimal        string // "": as text
	}{
		{"84.20", "usd", 8420, ""}, {"84.2", "usd", 8420, "84.20"}, {"84", "usd", 8400, "84.00"}, {"0.05", "usd", 5, ""},
		{"131072.01", "usd", 13107201, ""}, {"999999.99", "usd", 99999999, ""}, {"1200", "jpy", 1200, ""}, {"1.234", "kwd", 1234, ""},
		{"0", "usd", 0, "0.00"}, {"007.10", "usd", 710, "7.10"},
	} {
		want := c.decimal
		if want == "" {
			want = c.text
		}
		a, err := payments.ParseAmount(c.text, c.currency)
		if err != nil || a.Minor != c.minor || a.Decimal() != want || a.String() != want+" "+c.currency {
			t.Errorf("%s %s: got %d, %q, %v", c.text, c.currency, a.Minor, a, err)
		}
	}
	for _, bad := range []string{"", ".", "1.", ".5", "-1", "+1", "1e3", "1,000.00", " 1", "1.234", "99999999999999999999", "٤"} {
		if a, err := payments.ParseAmount(bad, "usd"); err == nil {
			t.Errorf("%q was read as %v", bad, a)
		}
	}
	for _, bad := range []string{"", "us", "USD", "usdx"} {
		if _, err := payments.ParseAmount("1", bad); err == nil {
			t.Errorf("currency %q was taken", bad)
		}
	}
	if got := (payments.Amount{Minor: -5, Currency: "usd"}).Decimal(); got != "-0.05" {
		t.Errorf("got %s, want -0.05", got)
	}
	one := payments.Amount{Minor: 1, Currency: "usd"}
	if sum, ok := one.Plus(one); !ok || sum.Minor != 2 {
		t.Errorf("1+1: got %v, %v", sum, ok)
	}
	if _, ok := one.Plus(payments.Amount{Minor: 1, Currency: "eur"}); ok {
		t.Error("usd and eur were added")
	}
	if _, ok := one.Plus(payments.Amount{Minor: 1<<63 - 1, Currency: "usd"}); ok {
		t.Error("a sum that is too large was taken")
	}
}
