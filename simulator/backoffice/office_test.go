package backoffice

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// march is the moment of these tests: a bill is due on the 15th.
var march = time.Date(2026, 3, 3, 10, 30, 0, 0, time.UTC)

func newOffice(t *testing.T) (*Office, string) {
	t.Helper()
	o := New(func() time.Time { return march })
	s := httptest.NewServer(o)
	t.Cleanup(s.Close)
	return o, s.URL + Prefix
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	_, url := newOffice(t)
	for _, tc := range []struct {
		id     string
		status int
		body   string
	}{
		{"12345678", 200, `{"autopay":false,"balance":"84.20","due_on":"2026-03-15","name":"Dana Fox","zip":"94109"}`},
		{"10000000", 200, `{"autopay":true,"balance":"0.00","due_on":"2026-03-15","name":"Kim Tran","zip":"10001"}`},
		{"30000000", 200, `{"autopay":false,"balance":"12500.00","due_on":"2026-03-15","name":"North Pier Bakery","zip":"33101"}`},
		{"99999999", 404, `{"error":"no such account"}`},
		{"50000000", 500, `{"error":"this account always fails, to show what a flow does then"}`},
		{"12345678/more", 404, `{"error":"there is nothing at this address"}`},
	} {
		status, body := send(t, "GET", url+"/accounts/"+tc.id, "", "")
		if status != tc.status || body != tc.body {
			t.Errorf("account %s: got %d %s, want %d %s", tc.id, status, body, tc.status, tc.body)
		}
	}
}

func TestSlowAccountTakesItsTime(t *testing.T) {
	t.Parallel()
	o, url := newOffice(t)
	var waited time.Duration
	o.wait = func(_ *http.Request, d time.Duration) { waited = d }
	if status, body := send(t, "GET", url+"/accounts/50400000", "", ""); status != 200 || waited != 3*time.Second {
		t.Errorf("got %d %s after %s, want 200 after 3s", status, body, waited)
	}
}

func TestWaitEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/", nil)
	wait(r, time.Nanosecond)
	ctx, cancel := contextCancelled(r)
	defer cancel()
	wait(ctx, time.Hour)
}

func TestDueOnIsNeverBehindTheCaller(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ now, want string }{
		{"2026-03-03", "2026-03-15"}, {"2026-03-10", "2026-03-15"}, {"2026-03-11", "2026-04-15"},
		{"2026-12-20", "2027-01-15"}, {"2026-12-30", "2027-01-15"}, {"2028-02-29", "2028-03-15"},
	} {
		now, err := time.Parse(time.DateOnly, tc.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := dueOn(now); got != tc.want {
			t.Errorf("dueOn(%s) = %s, want %s", tc.now, got, tc.want)
		}
	}
}

func TestPaymentIsRecordedOncePerKey(t *testing.T) {
	t.Parallel()
	_, url := newOffice(t)
	first := `{"receipt":"R000001","recorded_at":"2026-03-03T10:30:00Z","payment":{"account":"12345678","amount":"84.20"}}`
	for _, tc := range []struct {
		name, key, body string
		status          int
		want            string
	}{
		{"first", "a", `{"amount": "84.20", "account": "12345678"}`, 201, first},
		{"again, fields in another order", "a", `{"account":"12345678","amount":"84.20"}`, 200, first},
		{"another payment under the key", "a", `{"account":"12345678","amount":"1.00"}`, 409, `{"error":"this Idempotency-Key was used for another payment"}`},
		{"no key", "", `{}`, 400, `{"error":"send an Idempotency-Key of 1 to 255 characters"}`},
		{"long key", strings.Repeat("k", 256), `{}`, 400, `{"error":"send an Idempotency-Key of 1 to 255 characters"}`},
		{"not JSON", "b", `amount=1`, 400, `{"error":"send one JSON object of at most 16 KiB"}`},
		{"null", "b", `null`, 400, `{"error":"send one JSON object of at most 16 KiB"}`},
		{"two values", "b", `{} {}`, 400, `{"error":"send one JSON object of at most 16 KiB"}`},
		{"too big", "b", `{"note":"` + strings.Repeat("x", largestBody) + `"}`, 400, `{"error":"send one JSON object of at most 16 KiB"}`},
		{"second", "b", `{}`, 201, `{"receipt":"R000002","recorded_at":"2026-03-03T10:30:00Z","payment":{}}`},
	} {
		if status, body := send(t, "POST", url+"/payments", tc.key, tc.body); status != tc.status || body != tc.want {
			t.Errorf("%s: got %d %s, want %d %s", tc.name, status, body, tc.status, tc.want)
		}
	}
	if _, body := send(t, "GET", url+"/payments", "", ""); strings.Count(body, `"receipt"`) != 2 || !strings.Contains(body, first) {
		t.Errorf("the book holds %s, want two payments", body)
	}
	if _, body := send(t, "GET", url+"/accounts/12345678", "", ""); !strings.Contains(body, `"84.20"`) {
		t.Errorf("after a payment the account is %s, want the balance as it was", body)
	}
}

func TestPaymentsAtTheSameTime(t *testing.T) {
	t.Parallel()
	_, url := newOffice(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	created := 0
	for range 20 {
		wg.Go(func() {
			if status, _ := send(t, "POST", url+"/payments", "same", `{"amount":"1.00"}`); status == 201 {
				mu.Lock()
				created++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if created != 1 {
		t.Errorf("20 copies of a payment were recorded %d times, want 1", created)
	}
}

func TestBookForgetsTheOldest(t *testing.T) {
	t.Parallel()
	b := newBook()
	for i := range keptPayments + 5 {
		b.record(fmt.Sprint(i), json.RawMessage(`{}`), march)
	}
	if len(b.all()) != keptPayments || len(b.byKey) != keptPayments {
		t.Errorf("the book holds %d payments and %d keys, want %d", len(b.all()), len(b.byKey), keptPayments)
	}
	if p, replayed := b.record("4", json.RawMessage(`{}`), march); replayed || p.Receipt != "R001006" {
		t.Errorf("a forgotten key gave %s, replayed %t; want a new receipt", p.Receipt, replayed)
	}
}
